// SPDX-License-Identifier: MIT
//
// A comparison for programs. Members that explore's report also has are named and
// written as there.
#include "model/property/properties.h"
#include "model/scenario/names.h"
#include "tools/compare/report.h"
#include "tools/explore/report.h"

namespace tools {
namespace {

using Json = nlohmann::ordered_json;

Json cell_json(const Findings& cell, const model::Scenario& scenario, bool reproducible) {
  Json json;
  json["scenario_name"] = scenario.name;
  json["scenario_hash"] = model::hash_text(scenario.hash());
  json["policy"] = cell.policy;
  json["verdict"] = sim::name_of(cell.verdict);
  json["bound"] = sim::name_of(cell.bound);
  json["states"] = cell.states;
  json["not_expanded"] = cell.states - cell.expanded;
  json["depth"] = cell.depth;
  if (cell.interleavings) {
    json["interleavings"] = {{"all", cell.interleavings->all.str()},
                             {"failing", cell.interleavings->failing.str()}};
  }
  if (cell.probability) json["probability"] = probability_json(cell);
  if (const auto least = least_preemptions(cell)) json["least_preemptions"] = *least;
  json["invariants"] = Json::object();
  for (const model::Invariant rule : model::rules_of(scenario.setup)) {
    const model::InvariantEntry entry = model::entry_of(rule, scenario.setup);
    if (scenario.setup.severity(entry.invariant) != model::Severity::fatal) continue;
    json["invariants"][std::string(entry.name)] =
        model::name_of(standing_names, standing_of(cell, entry.invariant));
  }
  json["cut"] = Json::object();
  for (const auto& [budget, worlds] : cell.cut) {
    json["cut"][std::string(model::name_of(model::budget_names, budget))] = worlds;
  }
  json["not_known"] = cell.missing;
  if (!reproducible) {
    json["measured"] = {{"search_seconds", cell.search_seconds},
                        {"all_seconds", cell.all_seconds},
                        {"memory_bytes", cell.memory}};
  }
  return json;
}

}  // namespace

nlohmann::ordered_json comparison_json(const Comparison& comparison, bool reproducible) {
  Json json;
  json["format"] = "frwrsim-comparison/1";
  json["reduction"] = {{"symmetry", true}, {"partial_order", false}};
  json["policies"] = comparison.policies;
  json["scenarios"] = Json::array();
  json["cells"] = Json::array();
  for (const ComparedScenario& row : comparison.scenarios) {
    json["scenarios"].push_back({{"name", row.scenario.name},
                                 {"hash", model::hash_text(row.scenario.hash())},
                                 {"title", row.scenario.title},
                                 {"guards", row.scenario.guards_in_force()}});
    for (const Findings& cell : row.cells) {
      json["cells"].push_back(cell_json(cell, row.scenario, reproducible));
    }
  }
  return json;
}

}  // namespace tools
