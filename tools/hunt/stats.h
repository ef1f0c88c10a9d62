// SPDX-License-Identifier: MIT
//
// What the runs of a results file have in common: read line by line, so that a file
// may be larger than memory.
#pragma once

#include <compare>
#include <cstdint>
#include <istream>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "model/trace/run_json.h"
#include "tools/hunt/seed_record.h"

namespace tools {

/// The step with which a run failed, and what it violated.
struct FailingStep {
  model::Invariant invariant = model::Invariant::none;
  sim::ActorId actor = 0;
  std::uint8_t step_id = 0;
  friend auto operator<=>(const FailingStep&, const FailingStep&) = default;
};

/// Runs, and those of them that failed.
struct Count {
  std::uint64_t runs = 0;
  std::uint64_t failing = 0;
};

/// A section of a results file: one policy under one strategy.
struct Section {
  std::string scenario;
  std::string guards;
  std::string policy;
  std::string strategy;
  std::uint64_t first_seed = 0;
  std::uint64_t last_seed = 0;
  model::Setup rules;  ///< has the names of the scenario's properties, and no more

  std::map<sim::End, std::uint64_t> ends;
  std::map<FailingStep, std::uint64_t> failing_steps;
  std::map<std::string, Count> orders;  ///< "t1 link con": the actors by their first steps
  std::map<std::uint64_t, std::uint64_t> steps_to_failure;  ///< number of failing runs

  /// Runs that were read.
  [[nodiscard]] std::uint64_t runs() const;
  [[nodiscard]] std::uint64_t ended(sim::End kind) const;  ///< runs that ended so
  [[nodiscard]] std::uint64_t failing() const { return ended(sim::End::violation); }
};

/// Reads "frwrsim-results/1"; `source` names it in errors. Throws model::InputError,
/// with the line; also for a file that ends before its last seed.
std::vector<Section> read_results(std::istream& input, const std::string& source);

/// Bars of a histogram: {first value, number}, all equally wide, of a width that is 1, 2
/// or 5 times a power of ten and makes at most `most` of them.
struct Histogram {
  std::uint64_t width = 1;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> bars;
};
/// Makes them of numbers and how often each occurs. No numbers, no bars. REQUIRES: most
/// > 0.
Histogram histogram_of(const std::map<std::uint64_t, std::uint64_t>& numbers, std::size_t most);

}  // namespace tools
