// SPDX-License-Identifier: MIT
//
// The shortest way to a failure that does not lose the last chance by a known step.
#include "tools/find/other_cause.h"

#include <algorithm>
#include <limits>

#include "model/scenario/input.h"

namespace tools {
namespace {

using sim::Outlook;
using sim::StateId;

constexpr std::uint32_t unreachable = std::numeric_limits<std::uint32_t>::max();

class Search {
 public:
  Search(const sim::Exploration<model::RaceModel>& found, const sim::TopologicalOrder& order,
         const sim::Limits& limits)
      : found_(found), order_(order), limits_(limits) {
    outlooks_ = sim::outlooks(found.graph, order, sim::is_violation, limits);
  }

  /// What decides a run that fails.
  [[nodiscard]] StepName decisive(const sim::Schedule& schedule) const {
    StateId state = 0;
    if (outlooks_[state] == Outlook::inevitable) {
      throw model::InputError(
          "--other-than: failure is inevitable from the start, so no step decides a run");
    }
    for (const sim::Choice choice : schedule) {
      const StateId next = found_.graph.after(state, choice);
      if (outlooks_[next] == Outlook::inevitable) return name_of(state, choice);
      state = next;
    }
    throw model::InputError("--other-than: the schedule does not fail; expected one that does");
  }

  OtherCause run(std::vector<StepName> known) {
    OtherCause result{std::move(known), std::nullopt, {}};
    measure(result.known);
    if (distances_[0] != unreachable) follow(result);
    return result;
  }

 private:
  [[nodiscard]] StepName name_of(StateId state, sim::Choice choice) const {
    return {choice.actor, model::RaceModel::step_id(found_.state(state), choice.actor)};
  }

  /// Whether the step from `state` decides the run, and is one of those that are known.
  [[nodiscard]] bool is_known(StateId state, StateId target, sim::Choice choice,
                              const std::vector<StepName>& known) const {
    if (outlooks_[state] == Outlook::inevitable || outlooks_[target] != Outlook::inevitable) {
      return false;
    }
    return std::find(known.begin(), known.end(), name_of(state, choice)) != known.end();
  }

  /// Steps to a failure without a known cause, from every state.
  void measure(const std::vector<StepName>& known) {
    const sim::StateGraph& graph = found_.graph;
    limits_.check(order_.size() * sizeof(std::uint32_t));
    distances_.assign(order_.size(), unreachable);
    for (const sim::EndState& end : graph.ends()) {
      if (sim::is_violation(end)) distances_[end.state] = 0;
    }
    for (std::size_t i = order_.size(); i-- > 0;) {
      if (i % 65'536 == 0) limits_.check(0);
      const StateId state = order_[i];
      const auto targets = graph.targets(state);
      for (std::size_t e = 0; e < targets.size(); ++e) {
        const std::uint32_t after = distances_[targets[e]];
        if (after == unreachable || after + 1 >= distances_[state]) continue;
        if (is_known(state, targets[e], graph.choices(state)[e], known)) continue;
        distances_[state] = after + 1;
      }
    }
  }

  /// The least choices among the shortest.
  void follow(OtherCause& result) const {
    const sim::StateGraph& graph = found_.graph;
    sim::Schedule& schedule = result.schedule.emplace();
    StateId state = 0;
    while (distances_[state] != 0) {
      const auto targets = graph.targets(state);
      std::size_t e = 0;
      while (distances_[targets[e]] != distances_[state] - 1 ||
             is_known(state, targets[e], graph.choices(state)[e], result.known)) {
        ++e;
      }
      const sim::Choice choice = graph.choices(state)[e];
      if (outlooks_[state] != Outlook::inevitable && outlooks_[targets[e]] == Outlook::inevitable) {
        result.decisive = name_of(state, choice);
      }
      schedule.push_back(choice);
      state = targets[e];
    }
  }

  const sim::Exploration<model::RaceModel>& found_;
  const sim::TopologicalOrder& order_;
  const sim::Limits& limits_;
  std::vector<Outlook> outlooks_;
  std::vector<std::uint32_t> distances_;
};

}  // namespace

OtherCause other_cause(const sim::Exploration<model::RaceModel>& found,
                       const sim::TopologicalOrder& order, std::span<const sim::Schedule> known,
                       const sim::Limits& limits) {
  Search search(found, order, limits);
  std::vector<StepName> steps;
  for (const sim::Schedule& schedule : known) steps.push_back(search.decisive(schedule));
  return search.run(std::move(steps));
}

}  // namespace tools
