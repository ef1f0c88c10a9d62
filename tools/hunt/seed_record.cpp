// SPDX-License-Identifier: MIT
//
// Writing and reading the lines of a results file.
#include "tools/hunt/seed_record.h"

#include <array>

#include "model/labels.h"

namespace tools {
namespace {

using model::JsonValue;

constexpr std::array<std::string_view, 6> keys{"seed", "end", "steps", "time_ns", "last", "order"};
constexpr std::array<std::string_view, 2> last_keys{"actor", "pc"};

}  // namespace

std::string line_of(const SeedRecord& record, const model::Setup& setup) {
  nlohmann::ordered_json json;
  json["seed"] = record.seed;
  json["end"] = end_to_json(record.end, setup);
  json["steps"] = record.steps;
  if (record.time_ns) json["time_ns"] = *record.time_ns;
  json["last"]["actor"] = model::short_name(record.last_actor);
  json["last"]["pc"] = model::label_of(record.last_actor, record.last_step).name;
  for (const sim::ActorId actor : record.order) json["order"].push_back(model::short_name(actor));
  return json.dump() + "\n";
}

SeedRecord seed_record_from(const JsonValue& json, const model::Setup& setup) {
  json.expect_object(keys);
  SeedRecord record;
  record.seed = json.at("seed").integer(0, UINT64_MAX);
  record.end = model::end_from_json(json.at("end"), setup);
  record.steps = json.at("steps").integer(0, UINT64_MAX);
  if (const auto time = json.find("time_ns")) record.time_ns = time->integer(0, UINT64_MAX);
  const JsonValue last = json.at("last");
  last.expect_object(last_keys);
  record.last_actor = model::actor_named(last.at("actor"));
  record.last_step = model::step_named(record.last_actor, last.at("pc"));
  for (const JsonValue& actor : json.at("order").elements(1, model::actor_count)) {
    record.order.push_back(model::actor_named(actor));
  }
  return record;
}

}  // namespace tools
