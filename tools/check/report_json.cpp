// SPDX-License-Identifier: MIT
//
// A check for programs.
#include "model/scenario/names.h"
#include "tools/check/report.h"

namespace tools {
namespace {

using Json = nlohmann::ordered_json;

Json expectation_json(const model::Expectation& expectation) {
  Json json;
  json["verdict"] = sim::name_of(expectation.verdict);
  if (expectation.states) json["states"] = std::to_string(*expectation.states);
  if (expectation.interleavings) json["interleavings"] = *expectation.interleavings;
  if (expectation.failing) json["failing"] = *expectation.failing;
  return json;
}

Json deviation_json(const Deviation& deviation) {
  Json json{{"what", deviation.what}, {"expected", deviation.expected}};
  if (!deviation.found.empty()) json["found"] = deviation.found;
  if (!deviation.note.empty()) json["note"] = deviation.note;
  return json;
}

Json policy_json(const ScenarioCheck& scenario, const PolicyCheck& check) {
  Json json{{"scenario_name", scenario.scenario.name},
            {"scenario_hash", model::hash_text(scenario.scenario.hash())},
            {"file", scenario.path},
            {"policy", check.policy},
            {"outcome", model::name_of(outcome_names, check.outcome)},
            {"expected", expectation_json(check.expected)}};
  if (check.found) json["found"] = expectation_json(*check.found);
  json["deviations"] = Json::array();
  for (const Deviation& deviation : check.deviations) {
    json["deviations"].push_back(deviation_json(deviation));
  }
  return json;
}

}  // namespace

Json check_json(const Check& check) {
  Json json;
  json["format"] = "frwrsim-check/1";
  for (std::size_t i = 0; i < outcome_names.size(); ++i) {
    json["summary"][std::string(outcome_names[i])] = check.count(static_cast<Outcome>(i));
  }
  json["checks"] = Json::array();
  for (const ScenarioCheck& scenario : check.scenarios) {
    for (const PolicyCheck& policy : scenario.policies) {
      json["checks"].push_back(policy_json(scenario, policy));
    }
  }
  json["skipped"] = check.skipped;
  return json;
}

}  // namespace tools
