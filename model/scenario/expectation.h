// SPDX-License-Identifier: MIT
//
// What a scenario file expects of a full search under a policy.
//
// A verdict, and how many states and interleavings go with it. The counts in the
// files are this program's own earlier answers: they notice that something changed,
// they do not say which answer was right. What holds the counting itself to account
// is elsewhere (docs/explorer.md).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "model/scenario/input.h"
#include "sim/verdict.h"

namespace model {

/// What is not stated has no value and is not checked.
struct Expectation {
  sim::Verdict verdict = sim::Verdict::exhausted;
  std::optional<std::uint64_t> states;  ///< reachable states, without reduction
  /// All, and those that fail: decimal digits without leading zeros.
  std::optional<std::string> interleavings;
  std::optional<std::string> failing;

  /// Something besides the verdict is expected.
  [[nodiscard]] bool has_counts() const { return states || interleavings || failing; }
  friend bool operator==(const Expectation&, const Expectation&) = default;
};

/// Reads a word, or an object with "verdict" and counts. Throws InputError.
Expectation read_expectation(const JsonValue& value);

/// As a scenario file has it, on one line: the word alone if there are no counts.
std::string expectation_text(const Expectation& expectation);

}  // namespace model
