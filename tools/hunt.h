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

#include <cstdint>
#include <vector>

#include "model/race_model.h"
#include "sim/strategies.h"
#include "sim/verdict.h"

namespace tools {

/// Seeds first..last, both included.
struct SeedRange {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  [[nodiscard]] std::uint64_t size() const { return last - first + 1; }
};

/// One failing run.
struct Failure {
  std::uint64_t seed = 0;
  std::uint64_t steps = 0;
  model::Violation violation;
  std::uint64_t fingerprint = 0;
};

/// What all runs of a range amount to; failures sorted by seed.
struct Tally {
  std::uint64_t runs = 0;
  std::uint64_t cut = 0;
  std::uint64_t step_limit = 0;
  std::vector<Failure> failures;

  [[nodiscard]] sim::Verdict verdict() const {
    if (!failures.empty()) return sim::Verdict::violated;
    return cut + step_limit > 0 ? sim::Verdict::bound_reached : sim::Verdict::none_found;
  }
};

/// Runs the seeds of a range, all of them or until the smallest failing one, with
/// `jobs` threads (0: one per core) and a progress bar if standard error is a
/// terminal.
Tally hunt(const model::RaceModel& model, const sim::StrategySpec& spec, SeedRange seeds,
           std::uint64_t max_steps, bool all, unsigned jobs);

}  // namespace tools
