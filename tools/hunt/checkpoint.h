// SPDX-License-Identifier: MIT
//
// What `hunt` keeps of its work: the tally of every policy and strategy so far, and how
// far the last one has come.
//
// What a strategy must know, and exact shares, are computed again: they do not depend
// on how often that is done.
#pragma once

#include <string>
#include <vector>

#include "tools/app/commands.h"
#include "tools/files/checkpoint_file.h"
#include "tools/hunt/hunt.h"

namespace tools {

/// A hunt, finished or not, and how long it has taken.
struct KeptHunt {
  std::string name;  ///< policy and strategy
  HuntState state;
  double seconds = 0;
};

/// The checkpoint of one `hunt` command, which hunts under one policy and strategy after
/// the other. Not thread-safe.
class HuntCheckpoint {
 public:
  /// Opens the file that the options name, or begins one; `strategies` are those of the
  /// hunt. Throws model::InputError.
  HuntCheckpoint(const HuntOptions& options, const model::Scenario& scenario, SeedRange seeds,
                 const std::vector<std::string>& strategies);

  /// Hunts under a policy: continues where the kept work ends, and does nothing if it
  /// was finished. What is stopped early is kept.
  KeptHunt hunt(const std::string& policy, const model::RaceModel& model,
                const sim::StrategySpec& spec, HuntPlan plan);
  /// The result is written: removes the file, unless a limit or a signal ended a hunt.
  void finish();

 private:
  CheckpointFile file_;
  std::vector<KeptHunt> kept_;  // as read
  std::vector<KeptHunt> finished_;
  bool is_finished_ = true;
};

}  // namespace tools
