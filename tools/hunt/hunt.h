// SPDX-License-Identifier: MIT
//
// Hunting: the runs of a range of seeds, on all cores, as one result.
//
// Runs are stepped directly, not on strands: the same choices and fingerprints,
// several times faster. Seeds are handed out in blocks; the result is a sum over
// seeds, so the number of workers changes nothing but the time. When the first
// failure is wanted, "first" means the smallest failing seed, and a worker stops
// only when every smaller seed is accounted for.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "model/race_model.h"
#include "sim/limits.h"
#include "sim/strategies/strategies.h"
#include "sim/verdict.h"
#include "tools/hunt/seed_range.h"

namespace tools {

/// One failing run.
struct Failure {
  std::uint64_t seed = 0;
  std::uint64_t steps = 0;
  model::Violation violation;
  std::uint64_t fingerprint = 0;
};

/// The results of all runs of a range; failures sorted by seed.
struct Tally {
  std::uint64_t runs = 0;
  std::uint64_t steps = 0;
  std::uint64_t cut = 0;
  std::uint64_t step_limit = 0;
  std::vector<Failure> failures;

  /// Violated if a run was, else bound_reached if a bound ended one.
  [[nodiscard]] sim::Verdict verdict() const {
    if (!failures.empty()) return sim::Verdict::violated;
    return cut + step_limit > 0 ? sim::Verdict::bound_reached : sim::Verdict::none_found;
  }
};

/// Seeds are handed out in blocks of so many; the last block may have fewer.
inline constexpr std::uint64_t seeds_per_block = 512;

/// How far a hunt has come, in whole blocks: the tally covers the first `done` seeds of
/// its range, or, if the first failure is wanted and was found, the seeds up to it.
struct HuntState {
  std::uint64_t done = 0;
  Tally tally;
  sim::Bound stopped = sim::Bound::none;  ///< what ended it before its last seed
};

/// Which seeds to run, and how.
struct HuntPlan {
  SeedRange seeds;
  std::uint64_t max_steps = 0;
  bool all = false;    ///< all of them, not until the smallest failing one
  unsigned jobs = 0;   ///< threads; 0: one per core
  bool quiet = false;  ///< no progress bar, even on a terminal
  std::optional<std::chrono::milliseconds> time_limit{};  ///< then it stops, after whole blocks
  /// Receives a line (seed_record.h) for every run, in the order of seeds; may be
  /// empty. Called by one thread at a time. REQUIRES: all.
  std::function<void(std::string_view)> write_line{};
  HuntState begun{};  ///< where to continue; REQUIRES: what `keep` received under the same plan
  /// Receives the state after every few blocks; may be empty. Called by one thread at a
  /// time, while others wait with what they have.
  std::function<void(const HuntState&)> keep{};
};

/// Runs the seeds of a plan. Stops early at the time limit, and when a signal asks for it
/// while a Watch (tools/app/watch.h) exists.
HuntState hunt(const model::RaceModel& model, const sim::StrategySpec& spec, const HuntPlan& plan);

}  // namespace tools
