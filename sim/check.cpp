// SPDX-License-Identifier: MIT
//
// What everybody asks of a graph, and the answers in words.
#include "sim/check.h"

#include <span>
#include <variant>

#include "sim/questions/counterexample.h"
#include "sim/questions/interleavings.h"
#include "sim/questions/topological_order.h"

namespace sim {
namespace {

void count_ends(const StateGraph& graph, CheckResult& result) {
  for (const EndState& end : graph.ends()) {
    ++(end.end == End::rest        ? result.resting
       : end.end == End::violation ? result.violating
                                   : result.cut);
  }
  if (result.violating > 0) {
    result.verdict = Verdict::violated;
  } else if (result.bound == Bound::none && result.cut == 0) {
    result.verdict = Verdict::exhausted;
  }
}

void count_paths(const StateGraph& graph, const TopologicalOrder& order, const Limits& limits,
                 CheckResult& result) {
  BigInt all = 0;
  BigInt violating = 0;
  const auto add = [&](const EndState& end, std::span<const BigInt> counts) {
    all += counts[0];
    if (is_violation(end)) violating += counts[0];
  };
  count_interleavings(graph, order, false, add, limits);
  result.interleavings = all;
  result.violating_interleavings = violating;
}

void find_counterexample(const StateGraph& graph, const TopologicalOrder& order,
                         const Limits& limits, CheckResult& result) {
  const auto path = best_path(graph, order, Best::fewest_preemptions, is_violation, limits);
  if (!path) return;
  Counterexample& example = result.counterexample.emplace();
  example.schedule = path->schedule;
  if (graph.complete()) example.preemptions = path->preemptions;
  for (const EndState& end : graph.ends()) {
    if (end.state == path->states.back()) example.detail = end.detail;
  }
}

std::string counted(const std::string& number, const char* thing) {
  return number + " " + thing + (number == "1" ? "" : "s");
}

}  // namespace

void detail::ask(const StateGraph& graph, Reductions reductions, const Limits& limits,
                 CheckResult& result) {
  count_ends(graph, result);
  try {
    const auto order = topological_order(graph, limits);
    result.cyclic = std::holds_alternative<Cycle>(order);
    if (result.cyclic || reductions.partial_order) return;
    const auto& states = std::get<TopologicalOrder>(order);
    if (result.verdict == Verdict::violated) find_counterexample(graph, states, limits, result);
    if (graph.complete()) count_paths(graph, states, limits, result);
  } catch (const Stopped& stopped) {
    result.bound = stopped.bound;
  }
}

std::string CheckResult::text() const {
  std::string text = std::string(name_of(verdict)) + ": " +
                     counted(std::to_string(states), "state") + ", " +
                     counted(std::to_string(transitions), "transition");
  if (interleavings) {
    text += ", " + counted(interleavings->str(), "interleaving");
    if (*violating_interleavings != 0) {
      text += ", " + violating_interleavings->str() + " of them violating";
    }
  }
  if (cyclic) text += "; runs can go on for ever";
  if (cut > 0) text += "; runs were cut in " + counted(std::to_string(cut), "state");
  if (bound != Bound::none) text += "; ended by: " + std::string(name_of(bound));
  if (counterexample) {
    text += "\nviolation " + std::to_string(counterexample->detail) + " after " +
            counted(std::to_string(counterexample->schedule.size()), "step");
    if (counterexample->preemptions) {
      text += ", " + counted(std::to_string(*counterexample->preemptions), "preemption");
    }
    text += ": " + counterexample->token;
  }
  return text + "\n";
}

}  // namespace sim
