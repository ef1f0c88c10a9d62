// SPDX-License-Identifier: MIT
//
// What `explore` keeps of its work: reports that are finished, and a search between two
// rounds.
//
// The questions that are asked of the graph after a search are asked again: a report
// does not depend on how often that is done. A search that was ended by a limit on time
// or memory, or by an interruption, is kept as it was then, and nothing beyond it. The
// next start continues there, perhaps with more time and memory.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/race_model.h"
#include "sim/search/explorer.h"
#include "sim/verdict.h"
#include "tools/app/commands.h"
#include "tools/files/checkpoint_file.h"

namespace tools {

/// The whole report of one policy.
struct FinishedReport {
  sim::ExitCode code = sim::exit_clean;
  std::string report;  ///< text, or a JSON document
};

/// A search and how long it has taken.
struct BegunSearch {
  sim::Exploration<model::RaceModel> found;
  double seconds = 0;
};

/// The checkpoint of one `explore`. Not thread-safe.
class ExploreCheckpoint {
 public:
  /// Opens the file that the options name, or begins one. Throws model::InputError.
  ExploreCheckpoint(const ExploreOptions& options, const model::Scenario& scenario);

  /// The finished reports of the first policies, in their order.
  [[nodiscard]] const std::vector<FinishedReport>& finished() const { return finished_; }
  void add(FinishedReport report);

  /// The search of the next policy, if it was begun; only the first call returns it.
  /// Throws model::InputError.
  std::optional<BegunSearch> take_search(const model::RaceModel& model,
                                         const sim::ExploreOptions& options);
  [[nodiscard]] bool is_due() const { return !is_frozen_ && file_.is_due(); }
  /// Saves a search between two rounds.
  void save(const sim::Exploration<model::RaceModel>& found, double seconds);
  /// Saves a search that another start is to continue; nothing is saved after it.
  void save_for_later(const sim::Exploration<model::RaceModel>& found, double seconds);
  /// All reports are written: removes the file, unless it holds a search to be
  /// continued.
  void finish();

 private:
  CheckpointFile file_;
  std::vector<FinishedReport> finished_;
  Bytes search_;  // as it was read; may be empty
  bool is_frozen_ = false;
};

}  // namespace tools
