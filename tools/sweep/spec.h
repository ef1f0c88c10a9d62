// SPDX-License-Identifier: MIT
//
// What a sweep goes through: scenarios, varied; policies; all interleavings or seeds.
//
// A spec lists families. A family is a scenario with some of its values varied, under
// some policies; it is either explored or hunted. Its cells are the combinations: the
// unit in which work is shared out, kept and merged. The spec alone decides which cells
// there are, and in which order.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "model/scenario/scenario.h"
#include "tools/hunt/hunt.h"

namespace tools {

/// A hunt over seeds; for what is not given, the defaults of `frwrsim hunt` hold.
struct SweepHunt {
  std::string strategy;
  unsigned depth = 0;
  std::uint64_t max_steps = 0;
  SeedRange seeds;
};

/// One combination.
struct SweepCell {
  std::size_t family = 0;         ///< number in the spec, from 0
  model::Scenario scenario;       ///< with the values of this cell
  nlohmann::ordered_json varied;  ///< by JSON pointer: the values that are varied
  std::string policy;
  std::uint64_t max_states = 0;   ///< of an exploration; 0: no limit
  std::optional<SweepHunt> hunt;  ///< none: explored
};

/// A sweep that was read.
struct SweepSpec {
  nlohmann::json document;  ///< with every scenario embedded: what the sweep is
  std::vector<SweepCell> cells;
};

/// Most cells of a sweep.
inline constexpr std::size_t most_sweep_cells = 100'000;

/// Reads "frwrsim-sweep/1". Scenarios are named as on the command line; a path is
/// relative to the working directory. Every cell's scenario is checked. Throws
/// model::InputError.
SweepSpec load_sweep(const std::string& path);

}  // namespace tools
