// SPDX-License-Identifier: MIT
//
// Steps, choices and odds as JSON.
#include "model/labels.h"
#include "tools/run/report_world.h"
#include "tools/step/report_step.h"
#include "tools/words/words.h"

namespace tools {
namespace {

using Json = nlohmann::ordered_json;

void add_label(Json& json, sim::ActorId actor, std::uint8_t step_id) {
  const model::Label label = model::label_of(actor, step_id);
  json["who"] = model::long_name(actor);
  json["function"] = label.function;
  json["statement"] = label.statement;
}

Json choices_to_json(const Stepping& run) {
  Json json = Json::array();
  for (const sim::Choice choice : run.choices()) {
    Json one;
    one["choice"] = choice_in_words(run, choice);
    add_label(one, choice.actor, model::RaceModel::step_id(run.world(), choice.actor));
    json.push_back(one);
  }
  return json;
}

Json steps_json(std::optional<unsigned> steps) { return steps ? Json(*steps) : Json(nullptr); }

Json odds_of(const sim::Odds& odds) {
  Json json;
  json["label"] = outlook_in_words(odds.outlook);
  json["probability"] = {{"decimal", odds.failure.decimal()},
                         {"error_below", odds.failure.error_bound()}};
  json["steps_to_violation"] = steps_json(odds.to_failure);
  json["steps_to_rest"] = steps_json(odds.to_rest);
  return json;
}

}  // namespace

Json step_to_json(const Stepping& run, std::size_t step) {
  Json json;
  json["step"] = step;
  const model::TraceStep& taken = run.steps()[step - 1];
  json["choice"] = choice_in_words(run, taken.choice);
  add_label(json, taken.choice.actor, taken.step_id);
  json["says"] = Json::array();
  for (const model::Event& event : taken.events)
    json["says"].push_back(in_words(event, run.model().setup()));
  return json;
}

Json standing_to_json(const Stepping& run, const model::WorldView& view) {
  Json json;
  if (run.steps().empty()) {
    json["step"] = 0;
    json["choice"] = nullptr;
    json["says"] = Json::array();
  } else {
    json = step_to_json(run, run.steps().size());
  }
  json["world"] = world_to_json(view, view.values(run.world()));
  json["choices"] = choices_to_json(run);
  json["end"] = run.end() ? model::end_to_json(end_of(run), run.model().setup()) : Json(nullptr);
  return json;
}

Json odds_to_json(const Stepping& run, const sim::OddsTable& table) {
  const sim::StateId here = table.after(run.schedule());
  Json json = odds_of(table.at(here));
  json["worlds"] = table.state_count();
  json["choices"] = Json::array();
  for (const sim::Choice choice : run.choices()) {
    Json one;
    one["choice"] = choice_in_words(run, choice);
    one.update(odds_of(table.at(table.after(here, choice))));
    json["choices"].push_back(one);
  }
  return json;
}

}  // namespace tools
