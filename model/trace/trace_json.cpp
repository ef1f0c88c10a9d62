// SPDX-License-Identifier: MIT
//
// Writing and reading traces.
#include "model/trace/trace_json.h"

#include <charconv>

#include "model/kernel/mr_lists.h"
#include "model/labels.h"
#include "model/property/vocabulary.h"
#include "model/scenario/names.h"
#include "model/scenario/policy_text.h"
#include "model/trace/ledger.h"
#include "model/trace/run_json.h"
#include "sim/fingerprint.h"

namespace model {
namespace {

using nlohmann::ordered_json;

constexpr std::size_t longest_text = 100'000'000;

/// The names of a domain, by value; those of invariants are the setup's.
std::vector<std::string_view> names_of(Domain domain, const Setup& setup) {
  return domain == Domain::invariant ? invariant_names(setup) : names_of(domain);
}

ordered_json event_to_json(const Event& event, const Setup& setup) {
  ordered_json json;
  json["event"] = name_of(event_kind_names, event.kind);
  if (event.mr != 0) json["mr"] = event.mr;
  if (event.rpc != 0) json["rpc"] = event.rpc;
  const EventDomains domains = domains_of(event.kind);
  if (domains.from != Domain::none) json["from"] = names_of(domains.from, setup).at(event.from);
  if (domains.to != Domain::none) json["to"] = names_of(domains.to, setup).at(event.to);
  if (event.wr.kind() != WrKind::none) {
    ordered_json wr;
    wr["kind"] = name_of(wr_kind_names, event.wr.kind());
    if (event.wr.subject() != 0) {
      wr[names_mr(event.wr) ? "mr" : "rpc"] = event.wr.subject();
    }
    wr["flag"] = event.wr.flag();
    json["wr"] = wr;
  }
  if (event.kind == EventKind::dma_unmap && event.to != 0) json["victim"] = event.to;
  if (event.iova != 0) json["iova"] = event.iova;
  return json;
}

std::uint8_t small(const JsonValue& value, unsigned lowest, unsigned highest) {
  return static_cast<std::uint8_t>(value.integer(lowest, highest));
}

Event event_from_json(const JsonValue& json, const Setup& setup) {
  constexpr std::array<std::string_view, 8> keys{"event", "mr", "rpc",    "from",
                                                 "to",    "wr", "victim", "iova"};
  json.expect_object(keys);
  Event event;
  event.kind = static_cast<EventKind>(json.at("event").one_of(event_kind_names));
  if (const auto mr = json.find("mr")) event.mr = small(*mr, 1, max_mrs);
  if (const auto rpc = json.find("rpc")) event.rpc = small(*rpc, 1, max_rpcs);
  const EventDomains domains = domains_of(event.kind);
  const auto value = [&](std::string_view key, Domain domain) {
    if (domain == Domain::none) return std::uint8_t{0};
    return static_cast<std::uint8_t>(json.at(key).one_of(names_of(domain, setup)));
  };
  event.from = value("from", domains.from);
  event.to = value("to", domains.to);
  if (const auto victim = json.find("victim")) {
    if (event.kind != EventKind::dma_unmap) victim->fail("goes with \"dma_unmap\" only");
    event.to = small(*victim, 1, max_mrs);
  }
  if (const auto iova = json.find("iova")) event.iova = small(*iova, 1, max_mrs);
  if (const auto wr = json.find("wr")) {
    constexpr std::array<std::string_view, 4> wr_keys{"kind", "mr", "rpc", "flag"};
    wr->expect_object(wr_keys);
    const auto kind = static_cast<WrKind>(wr->at("kind").one_of(wr_kind_names));
    const auto subject = wr->find(names_mr(Wr(kind, 0)) ? "mr" : "rpc");
    event.wr =
        Wr(kind, subject ? small(*subject, 1, max_mrs) : std::uint8_t{0}, wr->at("flag").boolean());
  }
  return event;
}

ordered_json step_to_json(const TraceStep& step, std::size_t number, const Setup& setup) {
  const Label label = label_of(step.choice.actor, step.step_id);
  ordered_json json;
  json["step"] = number;
  json["time_ns"] = step.time_ns;
  json["actor"] = short_name(step.choice.actor);
  const std::string_view outcome = outcome_name(step.choice.actor, step.choice.outcome);
  if (!outcome.empty()) json["outcome"] = outcome;
  json["pc"] = label.name;
  json["function"] = label.function;
  json["statement"] = label.statement;
  json["events"] = ordered_json::array();
  for (const Event& event : step.events) json["events"].push_back(event_to_json(event, setup));
  return json;
}

TraceStep step_from_json(const JsonValue& json, const Setup& setup) {
  constexpr std::array<std::string_view, 8> keys{"step", "time_ns",  "actor",     "outcome",
                                                 "pc",   "function", "statement", "events"};
  json.expect_object(keys);
  TraceStep step;
  step.choice.actor = actor_named(json.at("actor"));
  if (const auto outcome = json.find("outcome")) {
    std::vector<std::string_view> outcomes;
    for (unsigned i = 0; i < sim::OutcomeSet::capacity; ++i) {
      outcomes.push_back(outcome_name(step.choice.actor, static_cast<sim::Outcome>(i)));
    }
    step.choice.outcome = static_cast<sim::Outcome>(outcome->one_of(outcomes));
  }
  step.step_id = step_named(step.choice.actor, json.at("pc"));
  step.time_ns = json.at("time_ns").integer(0, UINT64_MAX);
  for (const JsonValue& event : json.at("events").elements(0, 1000)) {
    step.events.push_back(event_from_json(event, setup));
  }
  return step;
}

ordered_json ledger_to_json(const Trace& trace) {
  ordered_json ledger = ordered_json::array();
  for (const LedgerEntry& entry : ledger_of(trace)) {
    ordered_json json;
    json["step"] = entry.step;
    json["time_ns"] = entry.time_ns;
    json["actor"] = short_name(entry.actor);
    json["operation"] = entry.is_map ? "map" : "unmap";
    json["mr"] = entry.mr;
    json["generation"] = entry.generation;
    json["iova"] = "0x" + sim::hex(entry.iova);
    json["pages"] = entry.pages;
    json["direction"] = name_of(direction_names, entry.direction);
    json["found"] = name_of(dma_state_names, entry.found);
    ledger.push_back(json);
  }
  return ledger;
}

/// What trace and schedule files have in common: scenario and policy.
void read_header(const JsonValue& root, Scenario& scenario, std::string& policy) {
  const JsonValue embedded = root.at("scenario");
  scenario = read_scenario(embedded.json(), root.at("scenario_name").string(200),
                           "the scenario in the file");
  policy = kept_policy(root.at("policy"));
  const JsonValue hash = root.at("scenario_hash");
  if (hash.string(8) != hash_text(scenario.hash())) {
    hash.fail("the hash of the scenario in the file is " + hash_text(scenario.hash()));
  }
}

ordered_json header(const Trace& trace, std::string_view format) {
  ordered_json json;
  json["format"] = format;
  json["scenario_name"] = trace.scenario.name;
  json["scenario_hash"] = hash_text(trace.scenario.hash());
  json["policy"] = trace.policy;
  json["schedule"] = trace.token();
  return json;
}

constexpr std::array<std::string_view, 6> schedule_keys{"format", "scenario_name", "scenario_hash",
                                                        "policy", "schedule",      "scenario"};
constexpr std::array<std::string_view, 13> trace_keys{
    "format",  "scenario_name", "scenario_hash", "policy", "schedule", "origin",  "guards",
    "verdict", "end",           "fingerprint",   "steps",  "ledger",   "scenario"};
constexpr std::array<std::string_view, 2> formats{"frwrsim-trace/1", "frwrsim-schedule/1"};

/// The format of a file: 0 trace, 1 schedule; its keys are checked.
std::size_t format_of(const JsonValue& root) {
  if (!root.json().is_object()) root.fail("expected a trace or schedule: a JSON object");
  const std::size_t format = root.at("format").one_of(formats);
  if (format == 0) {
    root.expect_object(trace_keys);
  } else {
    root.expect_object(schedule_keys);
  }
  return format;
}

}  // namespace

ordered_json trace_to_json(const Trace& trace) {
  ordered_json json = header(trace, formats[0]);
  ordered_json origin;
  origin["strategy"] = trace.origin.strategy;
  if (trace.origin.seed) origin["seed"] = *trace.origin.seed;
  if (trace.origin.depth != 0) origin["depth"] = trace.origin.depth;
  if (trace.origin.preemptions) origin["preemptions"] = *trace.origin.preemptions;
  if (trace.origin.step_bound != 0) origin["step_bound"] = trace.origin.step_bound;
  json["origin"] = origin;
  json["guards"] = trace.scenario.guards_in_force();
  json["verdict"] = sim::name_of(sim::verdict_of(trace.end));
  json["end"] = end_to_json({trace.end, trace.violation, trace.cut}, trace.scenario.setup);
  json["fingerprint"] = sim::hex(trace.fingerprint);
  json["steps"] = ordered_json::array();
  for (std::size_t i = 0; i < trace.steps.size(); ++i) {
    json["steps"].push_back(step_to_json(trace.steps[i], i + 1, trace.scenario.setup));
  }
  json["ledger"] = ledger_to_json(trace);
  json["scenario"] = trace.scenario.document;
  return json;
}

ordered_json schedule_to_json(const Trace& trace) {
  ordered_json json = header(trace, formats[1]);
  json["scenario"] = trace.scenario.document;
  return json;
}

Trace trace_from_json(const nlohmann::json& document, const std::string& source) {
  const JsonValue root(document, source);
  if (format_of(root) != 0) root.at("format").fail("expected a trace, found a schedule");
  Trace trace;
  read_header(root, trace.scenario, trace.policy);
  const JsonValue origin = root.at("origin");
  constexpr std::array<std::string_view, 5> origin_keys{"strategy", "seed", "depth", "preemptions",
                                                        "step_bound"};
  origin.expect_object(origin_keys);
  trace.origin.strategy = origin.at("strategy").string(40);
  if (const auto seed = origin.find("seed")) trace.origin.seed = seed->integer(0, UINT64_MAX);
  if (const auto depth = origin.find("depth")) {
    trace.origin.depth = static_cast<unsigned>(depth->integer(1, 1000));
  }
  if (const auto preemptions = origin.find("preemptions")) {
    trace.origin.preemptions = static_cast<unsigned>(preemptions->integer(0, 1000));
  }
  if (const auto step_bound = origin.find("step_bound")) {
    trace.origin.step_bound = static_cast<unsigned>(step_bound->integer(1, UINT32_MAX));
  }
  const RunEnd end = end_from_json(root.at("end"), trace.scenario.setup);
  trace.end = end.kind;
  trace.violation = end.violation;
  trace.cut = end.cut;
  const JsonValue print = root.at("fingerprint");
  const std::string digits = print.string(16);
  const auto [stop, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), trace.fingerprint, 16);
  if (error != std::errc{} || stop != digits.data() + digits.size() || digits.size() != 16) {
    print.fail("expected sixteen hexadecimal digits");
  }
  for (const JsonValue& step : root.at("steps").elements(0, sim::max_schedule_length)) {
    const std::uint64_t before = trace.steps.empty() ? 0 : trace.steps.back().time_ns;
    trace.steps.push_back(step_from_json(step, trace.scenario.setup));
    if (trace.steps.back().time_ns < before) step.at("time_ns").fail("time runs backwards");
  }
  return trace;
}

Replayable replayable_from_json(const nlohmann::json& document, const std::string& source) {
  const JsonValue root(document, source);
  if (document.is_array()) {
    root.fail("holds " + std::to_string(document.size()) +
              " traces, one is replayed at a time: run with a single --policy");
  }
  const bool is_trace = format_of(root) == 0;
  Replayable result;
  read_header(root, result.scenario, result.policy);
  result.token = root.at("schedule").string(longest_text);
  if (!is_trace) return result;
  result.trace = trace_from_json(document, source);
  const nlohmann::json consistent = trace_to_json(*result.trace);
  if (consistent != document) {
    const auto difference = nlohmann::json::diff(document, consistent).at(0);
    throw InputError(source + ": " + printable(difference.at("path").get<std::string>()) +
                     ": contradicts the rest of the file: it was edited, or written by a program "
                     "with another model");
  }
  return result;
}

}  // namespace model
