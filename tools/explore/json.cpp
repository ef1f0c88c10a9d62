// SPDX-License-Identifier: MIT
//
// The JSON report.
#include "model/labels.h"
#include "model/property/properties.h"
#include "model/scenario/names.h"
#include "tools/explore/report.h"
#include "tools/words/words.h"

namespace tools {
namespace {

using Json = nlohmann::ordered_json;

Json step_json(StepName step) {
  Json json;
  json["actor"] = model::short_name(step.actor);
  json["step"] = model::label_of(step.actor, step.step_id).name;
  return json;
}

Json digits(const std::vector<sim::BigInt>& numbers) {
  Json json = Json::array();
  for (const sim::BigInt& number : numbers) json.push_back(number.str());
  return json;
}

Json interleavings_json(const InterleavingTable& table) {
  Json json;
  json["all"] = table.all.str();
  json["failing"] = table.failing.str();
  if (!table.all_by_preemptions.empty()) {
    json["all_by_preemptions"] = digits(table.all_by_preemptions);
    json["failing_by_preemptions"] = digits(table.failing_by_preemptions);
  }
  return json;
}

Json counterexample_json(const Counterexample& example, const Findings& f,
                         const model::Scenario& scenario, const ExploreReportOptions& options) {
  const model::RaceModel model(scenario.setup);
  const auto token = [&](const sim::Schedule& schedule) {
    return sim::to_token(schedule, scenario.hash(), sim::schedule_names(model));
  };
  Json json;
  json["invariant"] = model::entry_of(example.violation.invariant, f.setup).name;
  if (example.violation.mr != 0) json["mr"] = example.violation.mr;
  if (example.violation.rpc != 0) json["rpc"] = example.violation.rpc;
  json["canonical"] = example.preemptions.has_value();
  if (example.preemptions) json["preemptions"] = *example.preemptions;
  json["steps"] = example.schedule.size();
  json["schedule"] = token(example.schedule);
  json["command"] = replay_command(f, scenario, options, example.schedule);
  if (example.inevitable_after) {
    json["inevitable_after"] = *example.inevitable_after;
    if (*example.inevitable_after > 0) {
      json["decisive_step"] = step_json(example.decisive);
      json["instead"] = Json::array();
      for (const StepName step : example.instead) json["instead"].push_back(step_json(step));
    }
  }
  if (example.shortest) {
    json["shortest"] = {{"preemptions", example.shortest_preemptions},
                        {"steps", example.shortest->size()},
                        {"schedule", token(*example.shortest)},
                        {"command", replay_command(f, scenario, options, *example.shortest)}};
  }
  return json;
}

Json ends_json(const Findings& f) {
  Json json;
  json["rest"] = f.rest;
  json["violation"] = Json::object();
  for (const auto& [invariant, worlds] : f.violating) {
    json["violation"][std::string(model::entry_of(invariant, f.setup).name)] = worlds;
  }
  json["cut"] = Json::object();
  for (const auto& [budget, worlds] : f.cut) {
    json["cut"][std::string(model::name_of(model::budget_names, budget))] = worlds;
  }
  return json;
}

Json causes_json(const Findings& f) {
  Json json = Json::array();
  for (const Cause& cause : f.causes) {
    Json item;
    item["invariant"] = model::entry_of(cause.invariant, f.setup).name;
    if (cause.step) item["decisive_step"] = step_json(*cause.step);
    item["interleavings"] = cause.interleavings.str();
    json.push_back(item);
  }
  return json;
}

Json steps_json(const Findings& f) {
  Json json = Json::array();
  for (const auto& [step, transitions] : f.steps) {
    Json item = step_json(step);
    item["transitions"] = transitions;
    json.push_back(item);
  }
  return json;
}

}  // namespace

Json probability_json(const Findings& f) {
  Json json;
  json["decimal"] = f.probability->decimal();
  json["error_below"] = f.probability->error_bound();
  if (!f.fraction.empty()) json["fraction"] = f.fraction;
  if (f.probability->low != 0) {
    json["seeds_for_99_percent"] = sim::seeds_for_99_percent(f.probability->value());
  }
  return json;
}

Json explore_json(const Findings& f, const model::Scenario& scenario,
                  const ExploreReportOptions& options) {
  Json json;
  json["format"] = "frwrsim-exploration/1";
  json["scenario_name"] = scenario.name;
  json["scenario_hash"] = model::hash_text(scenario.hash());
  json["guards"] = scenario.guards_in_force();
  json["policy"] = f.policy;
  json["reduction"] = {{"symmetry", f.reductions.symmetry},
                       {"partial_order", f.reductions.partial_order}};
  if (f.invariant != model::Invariant::none) {
    json["invariant"] = model::entry_of(f.invariant, f.setup).name;
  }
  json["verdict"] = sim::name_of(f.verdict);
  json["bound"] = sim::name_of(f.bound);
  json["states"] = f.states;
  json["not_expanded"] = f.states - f.expanded;
  json["transitions"] = f.transitions;
  if (!f.reductions.partial_order) json["depth"] = f.depth;
  json["ends"] = ends_json(f);
  for (const VacuousPart& vacuous : f.vacuous) {
    json["vacuous"].push_back({{"property", model::entry_of(vacuous.property, f.setup).name},
                               {"never_true", vacuous.part}});
  }
  if (f.outlooks) {
    json["labels"] = {{"safe", (*f.outlooks)[0]},
                      {"avoidable", (*f.outlooks)[1]},
                      {"inevitable", (*f.outlooks)[2]}};
  }
  if (f.interleavings) json["interleavings"] = interleavings_json(*f.interleavings);
  if (f.probability) json["probability"] = probability_json(f);
  json["counterexamples"] = Json::array();
  for (const Counterexample& example : f.counterexamples) {
    json["counterexamples"].push_back(counterexample_json(example, f, scenario, options));
  }
  if (!f.causes.empty()) json["causes"] = causes_json(f);
  if (!f.steps.empty()) json["transitions_by_step"] = steps_json(f);
  if (f.cycle) {
    const model::RaceModel model(scenario.setup);
    const auto token = [&](const sim::Schedule& schedule) {
      return sim::to_token(schedule, scenario.hash(), sim::schedule_names(model));
    };
    json["cycle"] = {{"after", token(f.to_cycle)}, {"round", token(f.cycle->choices)}};
  }
  json["not_known"] = f.missing;
  if (!options.reproducible) {
    const auto rate = [&f](std::uint64_t count) {
      return f.search_seconds > 0 ? static_cast<double>(count) / f.search_seconds : 0;
    };
    json["measured"] = {{"search_seconds", f.search_seconds},
                        {"all_seconds", f.all_seconds},
                        {"states_per_second", rate(f.states)},
                        {"transitions_per_second", rate(f.transitions)},
                        {"memory_bytes", f.memory}};
  }
  return json;
}

}  // namespace tools
