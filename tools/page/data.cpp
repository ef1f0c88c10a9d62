// SPDX-License-Identifier: MIT
//
// A search, its answers, and as much of its graph as the user asked for.
#include "tools/page/data.h"

#include <algorithm>
#include <charconv>
#include <utility>
#include <vector>

#include "model/policy.h"
#include "model/scenario/policy_text.h"
#include "sim/questions/counterexample.h"
#include "sim/questions/part_of_graph.h"
#include "tools/app/search_setup.h"
#include "tools/explain/story.h"
#include "tools/explore/full_search.h"
#include "tools/page/graph.h"
#include "tools/run/replayable.h"
#include "tools/run/stepping.h"
#include "tools/run/told_run.h"
#include "tools/words/compact_number.h"
#include "tools/words/numbers.h"

namespace tools {
namespace {

using Json = nlohmann::ordered_json;
using Part = sim::PartOfGraph<model::RaceModel>;

/// A path as the page reads it: for every state, which of its edges to take.
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
PolicyPage shown_graph(const ShownGraph& shown, const sim::TopologicalOrder& order,
                       const sim::Limits& limits) {
  PolicyPage page{shown.graph.state_count(), graph_json(shown), std::nullopt};
  const auto path = [&](sim::Best best, const sim::EndTest& wanted) {
    return sim::best_path(shown.graph, order, best, wanted, limits);
  };
  const auto failing = path(sim::Best::fewest_preemptions, sim::is_violation);
  const auto passing = path(sim::Best::fewest_steps, sim::is_rest);
  page.json["counterexample"] = failing ? edges_of(shown.graph, failing->schedule) : Json();
  page.json["passing"] = passing ? edges_of(shown.graph, passing->schedule) : Json();
  if (failing) page.counterexample = failing->schedule;
  return page;
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

/// What is missing in a graph that is not whole.
std::string said_of(const PagePart& part, const std::string& states) {
  if (part.kind == PagePart::Kind::reduced) {
    return "The reduced graph of " + states +
           " states: where steps cannot be in each other's way, one order stands for all. Every "
           "kind of end is here, not every way to it.";
  }
  return "Only the states at most " + plural(part.radius, "step") + " away from one run, " +
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
  Stepping run(model);
  for (const sim::Choice choice : schedule) {
    if (!run.mismatch(choice)) run.take(choice);
  }
  return run.schedule();
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

SearchedPolicy::SearchedPolicy(const model::Scenario& scenario, std::string policy,
                               const TeachOptions& options, PagePart wanted)
    : scenario_(scenario),
      policy_(std::move(policy)),
      options_(options),
      model_(model_of(scenario, policy_)) {
  FullSearchOptions search;
  static_cast<LimitOptions&>(search) = static_cast<const LimitOptions&>(options);
  search.jobs = options.jobs;
  WatchedSearch watched{scenario, policy_, scenario.name + ", " + policy_};
  watched.keep = [&](const auto& found, const auto& order, const sim::Limits& limits) {
    const std::function<model::World(sim::StateId)> world = [&found](sim::StateId id) {
      return found.state(id);
    };
    if (wanted.kind == PagePart::Kind::whole) {
      if (found.state_count() > most_worlds_in(options.max_size)) return;
      whole_ = shown_graph({model_, found.graph, world}, order, limits);
    } else if (wanted.kind == PagePart::Kind::near) {
      const auto path = sim::best_path(found.graph, order, sim::Best::fewest_preemptions,
                                       sim::is_violation, limits);
      if (path) counterexample_ = path->schedule;
      counterexample_is_known_ = true;
    }
  };
  found_ = explore_watched(watched, limited_request(search, scenario), search);
}

/// The run that a part is near. It is searched for if the search of everything has not
/// found it.
const std::optional<sim::Schedule>& SearchedPolicy::counterexample() {
  if (!counterexample_is_known_) {
    const ToldRun told = counterexample_to_tell(scenario_, policy_, options_);
    if (told.trace) counterexample_ = told.trace->schedule();
    counterexample_is_known_ = true;
  }
  return counterexample_;
}

std::optional<PolicyPage> SearchedPolicy::page(const PagePart& part,
                                               const std::optional<sim::Schedule>& along) {
  auto page = part.kind == PagePart::Kind::whole ? std::move(whole_) : part_page(part, along);
  if (page) page->json = described(part, *page);
  return page;
}

std::optional<PolicyPage> SearchedPolicy::part_page(const PagePart& part,
                                                    const std::optional<sim::Schedule>& along) {
  std::optional<sim::Schedule> run;
  if (part.kind == PagePart::Kind::near) {
    run = counterexample();
    if (!run && along) run = possible_part(model_, *along);
  }
  const auto some = walked(model_, part, run, most_worlds_in(options_.max_size));
  if (!some) return std::nullopt;
  const std::function<model::World(sim::StateId)> world = [&some](sim::StateId id) {
    return some->states[id];
  };
  const auto order = sim::topological_order(some->graph);
  return shown_graph({model_, some->graph, world}, std::get<sim::TopologicalOrder>(order), {});
}

Json SearchedPolicy::described(const PagePart& part, const PolicyPage& page) const {
  const bool is_whole = part.kind == PagePart::Kind::whole;
  const model::PolicyEntry& entry = model::read_policy(policy_);
  Json json{{"name", policy_},
            {"alias", entry.alias},
            {"summary", entry.since + ": " + entry.idea},
            {"verdict", sim::name_of(found_.verdict)},
            {"whole", is_whole},
            {"part", is_whole ? "" : said_of(part, number(page.states))},
            {"facts", facts(found_, page.counterexample)}};
  json.update(page.json);
  json["story"] =
      page.counterexample ? story(scenario_, policy_, *page.counterexample) : Json::array();
  return json;
}

}  // namespace tools
