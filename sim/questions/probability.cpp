// SPDX-License-Identifier: MIT
//
// Means of means, from the ends to the beginning.
#include "sim/questions/probability.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace sim {
namespace {

namespace mp = boost::multiprecision;

/// Calls `use(first, count)` for every run of edges of the same actor.
template <class Use>
void for_each_actor(std::span<const Choice> choices, Use use) {
  for (std::size_t first = 0; first < choices.size();) {
    std::size_t end = first + 1;
    while (end < choices.size() && choices[end].actor == choices[first].actor) ++end;
    use(first, end - first);
    first = end;
  }
}

/// The mean over a state's actors of the mean over their outcomes.
template <class Number, class Value>
Number mean(const StateGraph& graph, StateId state, Value value) {
  const auto targets = graph.targets(state);
  Number sum = 0;
  unsigned actors = 0;
  for_each_actor(graph.choices(state), [&](std::size_t first, std::size_t count) {
    Number outcomes = 0;
    for (std::size_t i = 0; i < count; ++i) outcomes += value(targets[first + i]);
    if (count > 1) outcomes /= count;
    sum += outcomes;
    ++actors;
  });
  if (actors > 1) sum /= actors;
  return sum;
}

/// The digits that decimal() writes.
struct Digits {
  mp::cpp_int number = 0;  ///< without a point; if count is 0, the whole value
  unsigned zeros = 0;      ///< between the point and the first digit that is none
  unsigned count = 0;      ///< digits behind these zeros
};

/// As many digits as are certain, at most 20: those that all possible values begin with. Where
/// these values are on both sides of a short decimal number and close to it, it is that number.
Digits certain_digits(const Probability& p) {
  const mp::cpp_int one = mp::cpp_int(1) << probability_bits;
  const mp::cpp_int low(p.low);
  const mp::cpp_int high = std::min<mp::cpp_int>(low + p.width, one);
  if (low == 0 || low == one) return {low == 0 ? 0 : 1, 0, 0};
  unsigned zeros = 0;
  for (mp::cpp_int scaled = low * 10; scaled < one; scaled *= 10) ++zeros;
  for (unsigned count = 20; count > 0; --count) {
    const mp::cpp_int scale = mp::pow(mp::cpp_int(10), zeros + count);
    const mp::cpp_int from = low * scale / one;
    const mp::cpp_int to = high * scale / one;
    if (from == to) return {from, zeros, count};
    if (to == from + 1 && 2 * (high - low) * scale <= one) {
      return {to == scale ? from : to, zeros, count};  // 0.99... is not written as 1
    }
  }
  return {};
}

/// Steps of the longest path.
std::uint64_t longest_path(const StateGraph& graph, const TopologicalOrder& order) {
  std::vector<std::uint32_t> longest(order.size());
  for (std::size_t i = order.size(); i-- > 0;) {
    for (const StateId target : graph.targets(order[i])) {
      longest[order[i]] = std::max(longest[order[i]], longest[target] + 1);
    }
  }
  return order.empty() ? 0 : longest[order.front()];
}

}  // namespace

std::vector<FixedProbability> failure_probabilities(const StateGraph& graph,
                                                    const TopologicalOrder& order,
                                                    const EndTest& fails, const Limits& limits) {
  limits.check(order.size() * sizeof(FixedProbability));
  std::vector<FixedProbability> values(order.size());
  for (const EndState& end : graph.ends()) {
    if (fails(end)) values[end.state] = FixedProbability(1) << probability_bits;
  }
  for (std::size_t i = order.size(); i-- > 0;) {
    if (i % 65536 == 0) limits.check(0);
    if (graph.targets(order[i]).empty()) continue;
    values[order[i]] =
        mean<FixedProbability>(graph, order[i], [&](StateId target) { return values[target]; });
  }
  return values;
}

Probability failure_probability(const StateGraph& graph, const TopologicalOrder& order,
                                const EndTest& fails, const Limits& limits) {
  const FixedProbability low = failure_probabilities(graph, order, fails, limits)[0];
  const bool can_fail = std::any_of(graph.ends().begin(), graph.ends().end(), fails);
  return {low, can_fail ? 2 * longest_path(graph, order) : 0};
}

std::optional<mp::cpp_rational> failure_fraction(const StateGraph& graph,
                                                 const TopologicalOrder& order,
                                                 const EndTest& fails, unsigned most_bits,
                                                 const Limits& limits) {
  limits.check(order.size() * (sizeof(mp::cpp_rational) + most_bits / 4));
  std::vector<mp::cpp_rational> values(order.size());
  for (const EndState& end : graph.ends()) values[end.state] = fails(end) ? 1 : 0;
  for (std::size_t i = order.size(); i-- > 0;) {
    if (i % 4096 == 0) limits.check(0);
    if (graph.targets(order[i]).empty()) continue;
    mp::cpp_rational& value = values[order[i]];
    value = mean<mp::cpp_rational>(graph, order[i], [&](StateId target) { return values[target]; });
    if (mp::msb(mp::denominator(value)) >= most_bits) return std::nullopt;
  }
  return values[0];
}

double Probability::value() const {
  return std::ldexp(low.convert_to<double>(), -static_cast<int>(probability_bits));
}

std::string Probability::decimal() const {
  const Digits all = certain_digits(*this);
  if (all.count == 0) return all.number == 0 ? "0" : "1";
  std::string digits = all.number.str();
  // 0.0999... may have become 0.1.
  const std::size_t zeros = all.zeros + all.count - digits.size();
  while (digits.size() > 1 && digits.back() == '0') digits.pop_back();
  if (zeros < 4) return "0." + std::string(zeros, '0') + digits;
  const std::string power = std::to_string(zeros + 1);
  return digits.substr(0, 1) + (digits.size() > 1 ? "." + digits.substr(1) : "") + "e-" +
         (power.size() < 2 ? "0" : "") + power;
}

std::string Probability::error_bound() const {
  // What rounding lost and what decimal() cut off: the smallest power of ten that
  // is not below their sum.
  const mp::cpp_int one = mp::cpp_int(1) << probability_bits;
  mp::cpp_int error(width);
  const Digits all = certain_digits(*this);
  if (all.count > 0) {
    error += one / mp::pow(mp::cpp_int(10), all.zeros + all.count) + 1;
  } else if (all.number == 0) {
    error += low;
  }
  if (error == 0) return "0";
  int power = 0;
  while (error * 10 <= one) {
    error *= 10;
    ++power;
  }
  return "1e-" + std::string(power < 10 ? "0" : "") + std::to_string(power);
}

std::uint64_t seeds_for_99_percent(double probability) {
  if (probability <= 0) return 0;
  if (probability >= 0.99) return 1;
  const double seeds = std::ceil(std::log(0.01) / std::log1p(-probability));
  if (seeds >= 1e18) return std::numeric_limits<std::uint64_t>::max();
  return static_cast<std::uint64_t>(seeds);
}

}  // namespace sim
