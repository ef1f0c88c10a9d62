// SPDX-License-Identifier: MIT
//
// A search, its answers, and as much of its graph as was asked for.
#include "tools/page_data.h"

#include <algorithm>
#include <charconv>
#include <utility>
#include <vector>

#include "model/policy.h"
#include "sim/counterexample.h"
#include "sim/part_of_graph.h"
#include "tools/compact_number.h"
#include "tools/full_search.h"
#include "tools/page_graph.h"
#include "tools/replayable.h"
#include "tools/report_numbers.h"
#include "tools/search_setup.h"
#include "tools/story.h"
#include "tools/told_run.h"

namespace tools {
namespace {

using Json = nlohmann::ordered_json;
using Part = sim::PartOfGraph<model::RaceModel>;

/// A path as the page reads it: of every world, which of its edges to take.
Json edges_of(const sim::StateGraph& graph, const sim::Schedule& schedule) {
  Json json = Json::array();
  sim::StateId at = 0;
  for (const sim::Choice choice : schedule) {
    const std::size_t edge = graph.edge_by(at, choice).value();
    json.push_back(edge);
    at = graph.targets(at)[edge];
  }
  return json;
}

/// The graph, and the two paths through it that a reader may want to see.
Json shown_graph(const ShownGraph& shown, const sim::TopologicalOrder& order,
                 const sim::Limits& limits, std::optional<sim::Schedule>& counterexample) {
  Json json = graph_json(shown);
  const auto path = [&](sim::Best best, const sim::EndTest& wanted) {
    return sim::best_path(shown.graph, order, best, wanted, limits);
  };
  const auto failing = path(sim::Best::fewest_preemptions, sim::is_violation);
  const auto passing = path(sim::Best::fewest_steps, sim::is_rest);
  json["counterexample"] = failing ? edges_of(shown.graph, failing->schedule) : Json();
  json["passing"] = passing ? edges_of(shown.graph, passing->schedule) : Json();
  if (failing) counterexample = failing->schedule;
  return json;
}

Json facts(const Findings& found, const std::optional<sim::Schedule>& counterexample) {
  Json json{{"interleavings", nullptr},
            {"failing", nullptr},
            {"probability", nullptr},
            {"least_preemptions", nullptr},
            {"shortest", nullptr}};
  if (found.interleavings) {
    json["interleavings"] = compact(found.interleavings->all);
    json["failing"] = compact(found.interleavings->failing);
  }
  if (found.probability) json["probability"] = compact(*found.probability);
  for (const Counterexample& example : found.counterexamples) {
    if (counterexample && example.schedule == *counterexample && example.preemptions) {
      json["least_preemptions"] = *example.preemptions;
    }
    const std::size_t steps = (example.shortest ? *example.shortest : example.schedule).size();
    if (json["shortest"].is_null() || json["shortest"] > steps) json["shortest"] = steps;
  }
  return json;
}

/// The stops of the guided story.
Json story(const model::Scenario& scenario, const std::string& policy,
           const sim::Schedule& schedule) {
  const model::RaceModel model = model_of(scenario, policy);
  const std::string token = sim::to_token(schedule, scenario.hash(), sim::schedule_names(model));
  Json json = Json::array();
  for (const StoryStop& stop :
       story_of(replayed({scenario, policy, token, std::nullopt}, scenario.name))) {
    json.push_back({{"step", stop.step}, {"text", stop.text}});
  }
  return json;
}

/// What a graph that is not whole lacks.
std::string said_of(const PagePart& part, const std::string& states) {
  if (part.kind == PagePart::Kind::reduced) {
    return "The reduced graph of " + states +
           " worlds: where steps cannot be in each other's way, one order stands for all. Every "
           "kind of end is here, not every way to it.";
  }
  return "Only the worlds at most " + plural(part.radius, "step") + " away from one run, " +
         states + " of them; other steps lead beyond this page.";
}

std::optional<Part> walked(const model::RaceModel& model, const PagePart& part,
                           const std::optional<sim::Schedule>& run, sim::StateId most) {
  if (part.kind == PagePart::Kind::reduced) {
    const sim::Expansion<model::RaceModel> expansion(model, {.partial_order = true});
    return sim::part_of_graph(
        expansion, [](const model::World&) { return true; }, most);
  }
  const sim::Expansion<model::RaceModel> expansion(model, {});
  const auto near = sim::near_run(model, run.value_or(sim::Schedule{}), part.radius, most);
  if (!near) return std::nullopt;
  return sim::part_of_graph(
      expansion, [&near](const model::World& w) { return near->count(w) != 0; }, most);
}

/// As many of the choices as are possible one after the other, the others left out.
sim::Schedule possible_part(const model::RaceModel& model, const sim::Schedule& schedule) {
  sim::Schedule possible;
  model::World w = model.initial();
  sim::NullSink sink;
  for (const sim::Choice choice : schedule) {
    if (model.stopped(w)) break;
    if (!model.enabled(w).contains(choice.actor)) continue;
    if (!model.outcomes(w, choice.actor).contains(choice.outcome)) continue;
    model.step(w, choice, sink);
    possible.push_back(choice);
  }
  return possible;
}

}  // namespace

PagePart page_part(const std::string& text) {
  if (text == "whole") return {PagePart::Kind::whole, 0};
  if (text == "reduced") return {PagePart::Kind::reduced, 0};
  if (text.starts_with("near:")) {
    PagePart part{PagePart::Kind::near, 0};
    const char* const last = text.data() + text.size();
    const auto [end, error] = std::from_chars(text.data() + 5, last, part.radius);
    if (error == std::errc{} && end == last && part.radius <= 1000) return part;
  }
  throw model::InputError(
      "--part: expected 'whole', 'reduced' or 'near:R' with R steps, 0 to "
      "1000, found '" +
      model::printable(text) + "'");
}

sim::StateId most_worlds_in(std::uint64_t bytes) {
  constexpr std::uint64_t least_bytes = 6;  // a move, a target, an edge count, in base64
  return static_cast<sim::StateId>(std::min<std::uint64_t>(bytes / least_bytes, sim::most_states));
}

PolicyPage policy_page(const model::Scenario& scenario, const std::string& policy,
                       const PagePart& part, const std::optional<sim::Schedule>& along,
                       const TeachOptions& options) {
  FullSearchOptions search;
  static_cast<LimitOptions&>(search) = options;
  search.jobs = options.jobs;
  const ExploreRequest request = limited_request(search, scenario);
  const model::RaceModel model = model_of(scenario, policy);
  const sim::StateId most = most_worlds_in(options.max_size);

  PolicyPage page;
  Json graph;
  WatchedSearch watched_search{scenario, policy, scenario.name + ", " + policy};
  watched_search.keep = [&](const auto& found, const auto& order, const sim::Limits& limits) {
    if (part.kind != PagePart::Kind::whole || found.state_count() > most) return;
    const std::function<model::World(sim::StateId)> world = [&found](sim::StateId id) {
      return found.state(id);
    };
    graph = shown_graph({model, found.graph, world}, order, limits, page.counterexample);
  };
  const Findings found = explore_watched(watched_search, request, search);
  page.states = found.states;
  page.is_complete = found.is_complete;

  if (part.kind != PagePart::Kind::whole) {
    std::optional<sim::Schedule> run;
    if (part.kind == PagePart::Kind::near) {
      const ToldRun told = counterexample_to_tell(scenario, policy, options);
      if (told.trace) run = told.trace->schedule();
      if (!run && along) run = possible_part(model, *along);
    }
    const std::optional<Part> some = walked(model, part, run, most);
    if (some) {
      const std::function<model::World(sim::StateId)> world = [&some](sim::StateId id) {
        return some->states[id];
      };
      page.states = some->states.size();
      const auto order = sim::topological_order(some->graph);
      graph = shown_graph({model, some->graph, world}, std::get<sim::TopologicalOrder>(order), {},
                          page.counterexample);
    }
  }
  if (graph.is_null()) return page;

  const bool is_whole = part.kind == PagePart::Kind::whole;
  const model::PolicyEntry& entry = *model::find_policy(policy);
  Json json{{"name", policy},
            {"alias", entry.alias},
            {"summary", std::string(entry.since) + ": " + std::string(entry.idea)},
            {"verdict", sim::name_of(found.verdict)},
            {"whole", is_whole},
            {"part", is_whole ? "" : said_of(part, number(page.states))},
            {"facts", facts(found, page.counterexample)}};
  json.update(graph);
  json["story"] =
      page.counterexample ? story(scenario, policy, *page.counterexample) : Json::array();
  page.json = std::move(json);
  return page;
}

}  // namespace tools
