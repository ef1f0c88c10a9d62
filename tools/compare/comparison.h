// SPDX-License-Identifier: MIT
//
// Scenarios by policies: what explore() found in each cell, and what a table needs to
// know of a cell.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/invariants.h"
#include "model/scenario/scenario.h"
#include "tools/explore/explore.h"

namespace tools {

/// A scenario with what was found under each policy, in their order.
struct ComparedScenario {
  model::Scenario scenario;
  std::vector<Findings> cells;
};

/// Scenarios by policies: a cell for every pair.
struct Comparison {
  std::vector<std::string> policies;  ///< by name
  std::vector<ComparedScenario> scenarios;
  double seconds = 0;  ///< all of it took
};

/// What a cell says of one invariant; `explore --invariant` says the same with the
/// verdicts exhausted, violated and bound_reached.
enum class Standing : std::uint8_t { holds, violated, unknown };

inline constexpr std::array<std::string_view, 3> standing_names{"holds", "violated", "unknown"};

/// `unknown` if the search did not see everything, and saw no violation of it.
Standing standing_of(const Findings& cell, model::Invariant invariant);

/// The fewest preemptions of an interleaving that fails; nothing if that is not
/// known or none fails.
std::optional<unsigned> least_preemptions(const Findings& cell);

/// "double-unmap; others unknown: cut by reconnects": the violated invariants, then the
/// unknown ones with the reason. "none" if all hold. Invariants that end no run of the
/// scenario are left out.
std::string violated_in_words(const Findings& cell, const model::Setup& setup);

/// "1.82e34 of 1.85e34", interleavings; "?" if they are not known.
std::string share_in_words(const Findings& cell);

/// "3.70e-07"; "?" if it is not known.
std::string probability_in_words(const Findings& cell);

/// The heading of a policy's column: its alias, if it has one.
std::string column_name(const std::string& policy);

/// What the reader of a cell must know.
inline constexpr std::string_view about_cells =
    "\"n of N\": of N interleavings n fail, which is not a probability; p: the probability that a "
    "uniform random run fails; k: the fewest preemptions of an interleaving that fails. An "
    "invariant "
    "that is neither violated nor unknown holds. Searched with symmetry reduction, which changes "
    "none of this.";

}  // namespace tools
