// SPDX-License-Identifier: MIT
//
// Ends, actors and steps by name.
#include "model/trace/run_json.h"

#include <algorithm>

#include "model/labels.h"
#include "model/property/properties.h"
#include "model/scenario/names.h"

namespace model {
namespace {

constexpr std::array<std::string_view, 4> end_names{"rest", "violation", "cut", "step_limit"};

}  // namespace

nlohmann::ordered_json end_to_json(const RunEnd& end, const Setup& setup) {
  nlohmann::ordered_json json;
  json["kind"] = name_of(end_names, end.kind);
  if (end.kind == sim::End::violation) {
    json["invariant"] = entry_of(end.violation.invariant, setup).name;
    if (end.violation.mr != 0) json["mr"] = end.violation.mr;
    if (end.violation.rpc != 0) json["rpc"] = end.violation.rpc;
  }
  if (end.kind == sim::End::cut) json["budget"] = name_of(budget_names, end.cut);
  return json;
}

RunEnd end_from_json(const JsonValue& json, const Setup& setup) {
  constexpr std::array<std::string_view, 5> keys{"kind", "invariant", "mr", "rpc", "budget"};
  json.expect_object(keys);
  RunEnd end;
  end.kind = static_cast<sim::End>(json.at("kind").one_of(end_names));
  if (end.kind == sim::End::violation) {
    end.violation.invariant =
        static_cast<Invariant>(json.at("invariant").one_of(invariant_names(setup)));
    if (const auto mr = json.find("mr")) {
      end.violation.mr = static_cast<MrId>(mr->integer(1, max_mrs));
    }
    if (const auto rpc = json.find("rpc")) {
      end.violation.rpc = static_cast<RpcId>(rpc->integer(1, max_rpcs));
    }
  }
  if (end.kind == sim::End::cut) {
    end.cut = static_cast<Budget>(json.at("budget").one_of(budget_names));
  }
  return end;
}

std::vector<std::string_view> invariant_names(const Setup& setup) {
  std::vector<std::string_view> names{"none"};
  for (const Invariant rule : rules_of(setup)) names.push_back(entry_of(rule, setup).name);
  return names;
}

sim::ActorId actor_named(const JsonValue& name) {
  std::vector<std::string_view> known;
  for (unsigned i = 0; i < actor_count; ++i) {
    known.push_back(short_name(static_cast<sim::ActorId>(i)));
  }
  return static_cast<sim::ActorId>(name.one_of(known));
}

std::uint8_t step_named(sim::ActorId actor, const JsonValue& name) {
  std::vector<std::string_view> known;
  std::vector<std::uint8_t> ids;
  for (unsigned id = 0; id < 256; ++id) {
    const std::string_view step = label_of(actor, static_cast<std::uint8_t>(id)).name;
    if (step.empty() || std::find(known.begin(), known.end(), step) != known.end()) continue;
    known.push_back(step);
    ids.push_back(static_cast<std::uint8_t>(id));
  }
  return ids.at(name.one_of(known));
}

}  // namespace model
