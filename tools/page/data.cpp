// SPDX-License-Identifier: MIT
//
// A search, its answers, and as much of its graph as the user asked for.
#include "tools/page/data.h"

#include <algorithm>
#include <charconv>
#include <deque>
#include <map>
#include <set>
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
#include "tools/words/words.h"

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

/// The choices as far as the graph has them, then a shortest way to an end at rest. Nothing
/// if there is no such way.
std::optional<sim::Schedule> to_rest(const sim::StateGraph& graph, const sim::Schedule& choices) {
  sim::Schedule taken;
  sim::StateId at = 0;
  for (const sim::Choice choice : choices) {
    const auto edge = graph.edge_by(at, choice);
    if (!edge || graph.targets(at)[*edge] == sim::no_state) break;
    taken.push_back(choice);
    at = graph.targets(at)[*edge];
  }
  std::set<sim::StateId> rests;
  for (const sim::EndState& end : graph.ends()) {
    if (sim::is_rest(end)) rests.insert(end.state);
  }
  std::map<sim::StateId, std::pair<sim::StateId, sim::Choice>> came_from;
  std::deque<sim::StateId> queue{at};
  while (!queue.empty() && !rests.contains(queue.front())) {
    const sim::StateId from = queue.front();
    queue.pop_front();
    for (std::size_t e = 0; e < graph.targets(from).size(); ++e) {
      const sim::StateId target = graph.targets(from)[e];
      if (target == sim::no_state || target == at) continue;
      if (came_from.try_emplace(target, from, graph.choices(from)[e]).second) {
        queue.push_back(target);
      }
    }
  }
  if (queue.empty()) return std::nullopt;
  sim::Schedule way;
  for (sim::StateId back = queue.front(); back != at; back = came_from.at(back).first) {
    way.push_back(came_from.at(back).second);
  }
  taken.insert(taken.end(), way.rbegin(), way.rend());
  return taken;
}

/// The graph, and the paths through it that a reader may want to see. `along`: what is told
/// if nothing fails.
PolicyPage shown_graph(const ShownGraph& shown, const sim::TopologicalOrder& order,
                       const sim::Limits& limits, const std::optional<sim::Schedule>& along) {
  PolicyPage page{shown.graph.state_count(), graph_json(shown), {}, {}, {}};
  const auto path = [&](sim::Best best, const sim::EndTest& wanted) {
    return sim::best_path(shown.graph, order, best, wanted, limits);
  };
  const auto failing = path(sim::Best::fewest_preemptions, sim::is_violation);
  const auto passing = path(sim::Best::fewest_steps, sim::is_rest);
  page.json["counterexample"] = failing ? edges_of(shown.graph, failing->schedule) : Json();
  page.json["passing"] = passing ? edges_of(shown.graph, passing->schedule) : Json();
  if (failing) page.counterexample = failing->schedule;
  page.told = page.counterexample;
  if (!failing && along) page.told = to_rest(shown.graph, *along);
  page.json["told"] = page.told ? edges_of(shown.graph, *page.told) : Json();
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

/// The alias of a policy, else its name.
std::string short_name(const std::string& policy) {
  const model::PolicyEntry* entry = model::find_policy(policy);
  return entry == nullptr || entry->alias.empty() ? policy : std::string(entry->alias);
}

/// The stops of the guided story.
Json stops_json(const std::vector<StoryStop>& stops) {
  Json json = Json::array();
  for (const StoryStop& stop : stops) {
    json.push_back({{"step", stop.step}, {"title", stop.title}, {"text", stop.text}});
  }
  return json;
}

model::Trace trace_of(const model::Scenario& scenario, const std::string& policy,
                      const sim::Schedule& schedule) {
  const model::RaceModel model = model_of(scenario, policy);
  const std::string token = sim::to_token(schedule, scenario.hash(), sim::schedule_names(model));
  return replayed({scenario, policy, token, std::nullopt}, scenario.name);
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
                               const TeachOptions& options, PagePart wanted,
                               std::optional<FailedBefore> before)
    : scenario_(scenario),
      policy_(std::move(policy)),
      options_(options),
      before_(std::move(before)),
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
      whole_ = shown_graph({model_, found.graph, world}, order, limits, along());
      ask_for_order(found, order, limits);
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

/// Whether the facts that decided the failure before can happen here.
void SearchedPolicy::ask_for_order(const sim::Exploration<model::RaceModel>& search,
                                   const sim::TopologicalOrder& order, const sim::Limits& limits) {
  if (!before_ || before_->facts.empty() || whole_->counterexample) return;
  try {
    has_no_such_order_ = !can_happen(model_, search, order, limits, before_->facts);
  } catch (const model::InputError&) {
    // More kinds of steps than can be told apart: then the story does without.
  }
}

/// The choices of the run that failed before which are possible here.
std::optional<sim::Schedule> SearchedPolicy::along() const {
  if (!before_) return std::nullopt;
  return possible_part(model_, before_->schedule);
}

std::optional<PolicyPage> SearchedPolicy::page(const PagePart& part) {
  auto page = part.kind == PagePart::Kind::whole ? std::move(whole_) : part_page(part);
  if (page) {
    page->json = described(part, *page);
    tell(*page);
  }
  return page;
}

/// The story of what is told.
void SearchedPolicy::tell(PolicyPage& page) const {
  page.json["story"] = Json::array();
  if (!page.told) return;
  const model::Trace trace = trace_of(scenario_, policy_, *page.told);
  if (trace.end == sim::End::violation) {
    page.failed = {*page.told, subject_of(trace), trace.violation, policy_, {}};
    page.json["story"] = stops_json(story_of(trace));
  } else if (before_) {
    page.json["story"] =
        stops_json(story_of_rest(trace, before_->subject, why_it_rests(page, trace)));
  }
}

/// Why a run does not fail: of all runs, as far as they are known.
std::string SearchedPolicy::why_it_rests(const PolicyPage& page, const model::Trace& trace) const {
  if (found_.verdict != sim::Verdict::exhausted) {
    return "This run ends at rest. Not every interleaving under " + policy_ +
           " was covered, so another may fail.";
  }
  std::string text;
  if (has_no_such_order_) {
    text = "Under " + short_name(before_->policy) +
           " a run fails exactly when this happens to one MR: " + in_words(before_->facts) +
           ". Under " + short_name(policy_) + " it happens in no run. " +
           other_order(trace, before_->subject, before_->facts) + " ";
  }
  return text + "All " + number(found_.states) + " states under " + policy_ +
         " were searched, and none is a violation." +
         (page.states == found_.states ? "" : " A part of them is in this page.");
}

std::optional<PolicyPage> SearchedPolicy::part_page(const PagePart& part) {
  std::optional<sim::Schedule> run;
  if (part.kind == PagePart::Kind::near) {
    run = counterexample();
    if (!run) run = along();
  }
  const auto some = walked(model_, part, run, most_worlds_in(options_.max_size));
  if (!some) return std::nullopt;
  const std::function<model::World(sim::StateId)> world = [&some](sim::StateId id) {
    return some->states[id];
  };
  const auto order = sim::topological_order(some->graph);
  return shown_graph({model_, some->graph, world}, std::get<sim::TopologicalOrder>(order), {},
                     along());
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
  return json;
}

}  // namespace tools
