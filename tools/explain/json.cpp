// SPDX-License-Identifier: MIT
//
// The JSON report.
#include "model/invariants.h"
#include "model/labels.h"
#include "model/scenario/names.h"
#include "tools/explain/report.h"
#include "tools/explain/story.h"
#include "tools/words/told.h"

namespace tools {
namespace {

using Json = nlohmann::ordered_json;

Json step_json(const NamedStep& step) {
  Json json;
  if (step.step != 0) json["step"] = step.step;
  json["actor"] = model::short_name(step.choice.actor);
  json["name"] = model::label_of(step.choice.actor, step.step_id).name;
  const auto outcome = model::outcome_name(step.choice.actor, step.choice.outcome);
  if (!outcome.empty()) json["outcome"] = outcome;
  json["text"] = in_words(step);
  return json;
}

Json facts_json(const std::vector<ToldFacts>& all) {
  Json json = Json::array();
  for (const ToldFacts& facts : all) {
    Json item;
    item["facts"] = Json::array();
    for (const PlacedFact& fact : facts.facts) {
      item["facts"].push_back({{"first", in_words(fact.first)},
                               {"first_step", fact.first_step},
                               {"later", in_words(fact.later)},
                               {"later_step", fact.later_step}});
    }
    item["failing_with"] = facts.counts.failing_with.str();
    item["failing_without"] = facts.counts.failing_without.str();
    item["passing_with"] = facts.counts.passing_with.str();
    item["passing_without"] = facts.counts.passing_without.str();
    if (!facts.passing_with.empty()) item["passing_example"] = facts.passing_with;
    if (!facts.failing_without.empty()) item["failing_example"] = facts.failing_without;
    json.push_back(std::move(item));
  }
  return json;
}

Json why_json(const WhyItFails& why) {
  Json json;
  json["subject"] = why.of_the_run ? "run" : "mr";
  json["interleavings"] = {
      {"failing", why.failing.str()}, {"passing", why.passing.str()}, {"apart", why.apart.str()}};
  json["facts"] = {{"candidates", why.candidates}, {"necessary", why.necessary}};
  json["deciding_count"] = why.deciding_count;
  json["deciding"] = facts_json(why.deciding);
  json["best_necessary"] = facts_json(why.best_necessary);
  json["best_sufficient"] = facts_json(why.best_sufficient);
  return json;
}

Json run_json(const Explanation& found) {
  const model::Trace& trace = *found.trace;
  Json json;
  json["given"] = found.is_given;
  json["canonical"] = found.is_canonical;
  json["steps"] = trace.steps.size();
  json["preemptions"] = found.preemptions;
  json["invariant"] = model::entry_of(trace.violation.invariant, trace.scenario.setup).name;
  if (trace.violation.mr != 0) json["mr"] = trace.violation.mr;
  if (trace.violation.rpc != 0) json["rpc"] = trace.violation.rpc;
  json["schedule"] = trace.token();
  return json;
}

Json last_chance_json(const LastChance& chance) {
  Json json;
  json["from_the_start"] = chance.from_the_start;
  if (chance.from_the_start) return json;
  json["decisive"] = step_json(chance.decisive);
  json["instead"] = Json::array();
  for (const NamedStep& step : chance.instead) json["instead"].push_back(step_json(step));
  return json;
}

Json nearest_json(const NearestRun& near) {
  Json json;
  json["second"] = step_json(near.second);
  json["before_first"] = step_json(near.first);
  json["moves"] = near.first_moves ? "first" : "second";
  json["steps_moving"] = near.moving;
  json["safe"] = near.is_safe;
  json["follows_to_step"] = near.followed;
  json["steps"] = near.steps;
  json["schedule"] = near.token;
  return json;
}

}  // namespace

Json explanation_json(const Explanation& found, const model::Scenario& scenario) {
  Json json;
  json["format"] = "frwrsim-explanation/1";
  json["scenario_name"] = scenario.name;
  json["scenario_hash"] = model::hash_text(scenario.hash());
  json["guards"] = scenario.guards_in_force();
  json["policy"] = found.policy;
  json["verdict"] = sim::name_of(found.verdict);
  json["verdict_text"] = found.verdict_in_words;
  if (found.trace) {
    json["run"] = run_json(found);
    json["story"] = Json::array();
    for (const StoryStop& stop : story_of(*found.trace)) {
      json["story"].push_back({{"step", stop.step}, {"text", stop.text}});
    }
    json["told"] = Json::array();
    for (const ToldSteps& steps : told(*found.trace)) {
      json["told"].push_back(
          {{"first_step", steps.first}, {"last_step", steps.last}, {"text", steps.text}});
    }
    if (found.why) json["why"] = why_json(*found.why);
    if (found.last_chance) json["last_chance"] = last_chance_json(*found.last_chance);
    // Null: there is none. Absent: it was not searched for.
    if (found.nearest_was_sought) {
      json["nearest_pass"] = found.nearest ? nearest_json(*found.nearest) : Json();
    }
  }
  json["not_known"] = found.missing;
  return json;
}

}  // namespace tools
