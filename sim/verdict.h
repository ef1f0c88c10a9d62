// SPDX-License-Identifier: MIT
//
// Verdicts say what was shown, exit codes tell scripts the same.
//
// Never "safe": a sample that shows nothing is `none_found`, a search stopped by
// a budget is `bound_reached`, and only a search that covered every interleaving
// is `exhausted`.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "sim/model_concept.h"

namespace sim {

enum class Verdict : std::uint8_t {
  violated,       ///< an invariant was violated
  exhausted,      ///< every interleaving was covered, none violates
  none_found,     ///< the runs made did not violate anything
  bound_reached,  ///< a budget or limit ended a run or the search
};

inline constexpr std::array<std::string_view, 4> verdict_names{"violated", "exhausted",
                                                               "none_found", "bound_reached"};

/// The word for it in reports.
constexpr std::string_view name_of(Verdict verdict) {
  return verdict_names[static_cast<std::size_t>(verdict)];
}

/// The verdict on a single run.
constexpr Verdict verdict_of(End end) {
  switch (end) {
    case End::rest:
      return Verdict::none_found;
    case End::violation:
      return Verdict::violated;
    case End::cut:
    case End::step_limit:
      break;
  }
  return Verdict::bound_reached;
}

/// Exit codes of the program.
enum ExitCode : int { exit_clean = 0, exit_violated = 1, exit_usage = 2, exit_bound = 3 };

/// That of a program whose result is this verdict.
constexpr ExitCode exit_code_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::violated:
      return exit_violated;
    case Verdict::bound_reached:
      return exit_bound;
    case Verdict::exhausted:
    case Verdict::none_found:
      break;
  }
  return exit_clean;
}

/// The exit code for two results together: the first of 2, 1, 3, 0 that occurred.
constexpr ExitCode worse(ExitCode a, ExitCode b) {
  for (const ExitCode code : {exit_usage, exit_violated, exit_bound}) {
    if (a == code || b == code) return code;
  }
  return exit_clean;
}

}  // namespace sim
