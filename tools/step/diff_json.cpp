// SPDX-License-Identifier: MIT
//
// Two runs side by side as JSON.
#include "tools/run/report_world.h"
#include "tools/step/report_diff.h"
#include "tools/step/report_step.h"

namespace tools {
namespace {

using Json = nlohmann::ordered_json;

Json row_to_json(const Lockstep& runs, std::size_t i) {
  const LockstepRow& row = runs.rows[i];
  Json json;
  json["decision"] = i + 1;
  json["choice"] = choice_in_words(runs.sides[0], row.decision);
  json["differs"] = row.differs;
  json["sides"] = Json::array();
  for (std::size_t side = 0; side < 2; ++side) {
    const std::string cannot = cannot_in_words(row.followed[side]);
    json["sides"].push_back(cannot.empty() ? step_to_json(runs.sides[side], row.steps[side])
                                           : Json{{"cannot", cannot}});
  }
  return json;
}

Json world_difference(const Lockstep& runs) {
  if (!runs.first_world) return nullptr;
  const model::WorldView view(runs.sides[0].model());
  const std::size_t decisions = runs.first_world->decisions;
  std::array<WorldValues, 2> values;
  for (std::size_t side = 0; side < 2; ++side) {
    values[side] = view.values(runs.world(side, decisions));
  }
  Json json;
  json["after_decision"] = decisions;
  json["fields"] = Json::array();
  for (const std::size_t field : runs.first_world->fields) {
    json["fields"].push_back({{"field", field_name(view.fields()[field])},
                              {"values", {values[0][field], values[1][field]}}});
  }
  return json;
}

Json side_to_json(const Lockstep& runs, std::size_t side, const DiffSource& source) {
  const Stepping& run = runs.sides[side];
  Json json;
  json["policy"] = source.policies[side];
  json["steps"] = run.steps().size();
  json["left_out"] = runs.left_out(side);
  const auto& rest = runs.rest[side].schedule;
  json["continued"] = rest ? rest->size() : 0;
  json["end"] = model::end_to_json(end_of(run), run.model().setup());
  json["schedule"] = token_of(run, source);
  return json;
}

}  // namespace

Json diff_to_json(const Lockstep& runs, const DiffSource& source) {
  Json json;
  json["format"] = "frwrsim-diff/1";
  json["scenario_name"] = source.scenario.name;
  json["scenario_hash"] = model::hash_text(source.scenario.hash());
  json["guards"] = source.scenario.guards_in_force();
  json["schedule"] = source.schedule;
  json["first_effect"] = runs.first_effect ? Json(*runs.first_effect + 1) : Json(nullptr);
  json["first_world_difference"] = world_difference(runs);
  json["sides"] = {side_to_json(runs, 0, source), side_to_json(runs, 1, source)};
  json["rows"] = Json::array();
  for (std::size_t i = 0; i < runs.rows.size(); ++i) json["rows"].push_back(row_to_json(runs, i));
  return json;
}

}  // namespace tools
