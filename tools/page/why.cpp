// SPDX-License-Identifier: MIT
//
// Asked of explain, then of the other graph.
#include "tools/page/why.h"

#include <algorithm>

#include "model/kernel/mr_lists.h"
#include "model/labels.h"
#include "tools/app/watch.h"
#include "tools/words/told.h"

namespace tools {
namespace {

using model::RaceModel;

/// The last step of the trace that is of that kind and about that MR; 0: none. Steps are
/// counted from 1.
std::size_t last_step_of(const StepOfMr& kind, const model::Trace& trace, model::MrId mr) {
  for (std::size_t i = trace.steps.size(); i > 0; --i) {
    const model::TraceStep& step = trace.steps[i - 1];
    if (model::role_of(step.choice.actor) != kind.step.role || step.step_id != kind.step.step_id) {
      continue;
    }
    const auto is_it = [&](const model::Event& event) {
      const bool is_about =
          event.mr == mr || (model::names_mr(event.wr) && event.wr.subject() == mr);
      return is_about && (!kind.has_effect || event.kind == kind.effect);
    };
    if (std::any_of(step.events.begin(), step.events.end(), is_it)) return i;
  }
  return 0;
}

/// The step at which the connect worker's drain ends, between two steps; 0: none.
std::size_t drain_between(const model::Trace& trace, std::size_t from, std::size_t to) {
  for (std::size_t i = from + 1; i < to; ++i) {
    const model::TraceStep& step = trace.steps[i - 1];
    if (step.choice.actor != model::connect_actor) continue;
    if (model::label_of(step.choice.actor, step.step_id).name == "drain") return i;
  }
  return 0;
}

/// "the MR recovery worker sets fr_state = INVALID"
std::string without_function(const StepOfMr& kind) {
  const std::string text = in_words(kind);
  const std::size_t comma = text.find(", ");
  const std::size_t colon = text.find(": ");
  if (comma == std::string::npos || colon == std::string::npos || comma > colon) return text;
  return "the " + text.substr(0, comma) + " " + text.substr(colon + 2);
}

}  // namespace

std::vector<PlacedFact> deciding_facts(const model::Scenario& scenario, const std::string& policy,
                                       const sim::Schedule& failing, const TeachOptions& options) {
  ExplainRequest request{.scenario = scenario,
                         .policy = policy,
                         .failing = failing,
                         .limits = limits_of(options, scenario),
                         .jobs = workers_of(options.jobs),
                         .watch = {}};
  Watch watch(request.limits.time);
  request.watch = [&watch](const sim::Progress& progress) { return watch.look(progress); };
  const Explanation found = explain(request);
  if (!found.why || found.why->of_the_run || found.why->deciding.empty()) return {};
  return found.why->deciding.front().facts;
}

bool can_happen(const RaceModel& model, const sim::Exploration<RaceModel>& search,
                const sim::TopologicalOrder& order, const sim::Limits& limits,
                const std::vector<PlacedFact>& facts) {
  const KindsOfSteps steps = kinds_of_steps(model, search, false, limits);
  sim::Conjunction wanted;
  for (const PlacedFact& fact : facts) {
    const auto first = std::find(steps.kinds.begin(), steps.kinds.end(), fact.first);
    const auto later = std::find(steps.kinds.begin(), steps.kinds.end(), fact.later);
    // A step that nobody ever takes is in no order with any other.
    if (first == steps.kinds.end() || later == steps.kinds.end()) return false;
    wanted.push_back({static_cast<std::uint8_t>(first - steps.kinds.begin()),
                      static_cast<std::uint8_t>(later - steps.kinds.begin())});
  }
  const sim::Judge judge = [](const sim::EndState& end) -> sim::Judgement {
    if (sim::is_rest(end)) return {sim::Counts::passing, 0};
    return {};
  };
  const sim::FactGraph graph(search.graph, order, steps.marks, judge, limits);
  return graph.any_passing_with(wanted).has_value();
}

std::string in_words(const std::vector<PlacedFact>& facts) {
  std::string text;
  const StepOfMr* last = nullptr;
  for (const PlacedFact& fact : facts) {
    // A chain is told as one: A, then B, then C.
    if (last == nullptr || *last != fact.first) {
      text += (last == nullptr ? "" : "; and ") + without_function(fact.first);
    }
    text += ", then " + without_function(fact.later);
    last = &fact.later;
  }
  return text;
}

std::string other_order(const model::Trace& trace, model::MrId mr,
                        const std::vector<PlacedFact>& facts) {
  if (facts.empty()) return {};
  const std::size_t first = last_step_of(facts.front().first, trace, mr);
  const std::size_t later = last_step_of(facts.front().later, trace, mr);
  if (first == 0 || later == 0 || later >= first) return {};
  std::string text = "Here the second of these comes at step " + std::to_string(later) +
                     " and the first at step " + std::to_string(first) + ".";
  if (const std::size_t drain = drain_between(trace, later, first); drain != 0) {
    text += " Between them, at step " + std::to_string(drain) +
            ", the connect worker's drain ends: its marker comes behind the flush.";
  }
  return text;
}

}  // namespace tools
