// SPDX-License-Identifier: MIT
//
// What a scenario file expects of a full search under a policy.
//
// A verdict, and how many states and interleavings belong to it. The counts in the
// files are this program's own earlier answers: they show that something changed, they
// do not say which answer was right. The counting itself is checked elsewhere
// (docs/explorer.md).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "model/scenario/input.h"
#include "sim/verdict.h"

namespace model {

/// A value that is not stated is empty and is not checked.
struct Expectation {
  sim::Verdict verdict = sim::Verdict::exhausted;
  std::optional<std::uint64_t> states;  ///< reachable states, without reduction
  /// All interleavings, and those that fail: decimal digits without leading zeros.
  std::optional<std::string> interleavings;
  std::optional<std::string> failing;

  /// Whether something besides the verdict is expected.
  [[nodiscard]] bool has_counts() const { return states || interleavings || failing; }
  friend bool operator==(const Expectation&, const Expectation&) = default;
};

/// Reads a word, or an object with "verdict" and counts. Throws InputError.
Expectation read_expectation(const JsonValue& value);

/// As a scenario file has it, on one line: the word alone if there are no counts.
std::string expectation_text(const Expectation& expectation);

}  // namespace model
