// SPDX-License-Identifier: MIT
//
// The exact probability that uniform random choice leads to a failure.
//
// Computed backwards from the ends: a state's probability is the mean over its enabled
// actors of the mean over their outcomes. It is computed in two ways: in fixed point,
// rounding down, with a bound on the loss; and, where the numbers stay small, as a
// fraction.
//
// The bound. A state's value is rounded down at most twice, by less than one unit each,
// in addition to the mean of what its successors lost. So a state from which the
// longest path to an end has n steps has lost less than 2 n units of 2^-120. The true
// probability of the initial state is within [value, value + 2 n units).
#pragma once

#include <boost/multiprecision/cpp_int.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/questions/outlook.h"

namespace sim {

/// Binary digits behind the point.
inline constexpr unsigned probability_bits = 120;

/// A probability in units of 2^-120; 2^120 is 1.
using FixedProbability = boost::multiprecision::uint128_t;

/// A probability that is at least `low` and less than `low` + `width` (equal to
/// `low` if the width is 0).
struct Probability {
  FixedProbability low = 0;
  std::uint64_t width = 0;

  /// To 20 significant digits or as many as are certain, whichever is less: "0.25",
  /// "1.234e-07"; "0" if no digit is. Digits are cut off, not rounded.
  [[nodiscard]] std::string decimal() const;
  /// An upper bound of the difference between decimal() and the true value: "1e-25".
  [[nodiscard]] std::string error_bound() const;
  [[nodiscard]] double value() const;
};

/// The probability, by state. REQUIRES: graph.complete(). Throws Stopped.
std::vector<FixedProbability> failure_probabilities(const StateGraph& graph,
                                                    const TopologicalOrder& order,
                                                    const EndTest& fails,
                                                    const Limits& limits = {});

/// That of the initial state, with its bound.
Probability failure_probability(const StateGraph& graph, const TopologicalOrder& order,
                                const EndTest& fails, const Limits& limits = {});

/// The same as a fraction in lowest terms; nothing if a fraction on the way has a
/// denominator of more than `most_bits` bits. Throws Stopped.
std::optional<boost::multiprecision::cpp_rational> failure_fraction(const StateGraph& graph,
                                                                    const TopologicalOrder& order,
                                                                    const EndTest& fails,
                                                                    unsigned most_bits,
                                                                    const Limits& limits = {});

/// Runs with independent seeds after which a failure has been seen with a chance
/// of 99 %; 0 if it never is.
std::uint64_t seeds_for_99_percent(double probability);

}  // namespace sim
