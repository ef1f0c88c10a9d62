// SPDX-License-Identifier: MIT
//
// The choices of a schedule, step by step, or an exact message that says where they
// stop fitting.
#include "tools/run/replayable.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <utility>

#include "model/labels.h"
#include "model/policy.h"
#include "sim/strategies/replay.h"
#include "sim/strategies/strategies.h"
#include "tools/app/policy_choice.h"
#include "tools/app/scenario_search.h"
#include "tools/app/search_setup.h"
#include "tools/engine/strand_runs.h"
#include "tools/words/words.h"

namespace tools {
namespace {

/// "t1 (call_connect: test CONNECTED)"
std::string described(sim::ActorId actor, const model::World& w) {
  const model::Label label = model::label_of(actor, model::RaceModel::step_id(w, actor));
  return std::string(model::short_name(actor)) + " (" + std::string(label.function) + ": " +
         std::string(label.statement) + ")";
}

}  // namespace

std::string misfit_in_words(const sim::ScheduleMismatch& mismatch, const model::RaceModel& model,
                            const sim::Schedule& schedule) {
  const model::World w = world_after(model, schedule, mismatch.step);
  const sim::ActorId actor = mismatch.wanted.actor;
  std::string message = "it asks for " + std::string(model::short_name(actor)) + " (" +
                        std::string(model::long_name(actor)) + ")";
  if (mismatch.outcomes.empty()) {
    message += ", which cannot take a step; enabled there:";
    for (const unsigned enabled : mismatch.enabled) {
      message += "\n  " + described(static_cast<sim::ActorId>(enabled), w);
    }
  } else {
    message += " with outcome '" +
               std::string(model::outcome_name(actor, mismatch.wanted.outcome)) +
               "'; its step there is " + described(actor, w) + " and has the outcomes:";
    for (const unsigned outcome : mismatch.outcomes) {
      const auto name = model::outcome_name(actor, static_cast<sim::Outcome>(outcome));
      message += "\n  " + std::string(name.empty() ? "(none to name)" : name);
    }
  }
  return message;
}

namespace {

/// The replay of a trace must result in that trace, event by event.
void check_same(model::Trace replayed, const model::Trace& recorded, const std::string& file) {
  replayed.origin = recorded.origin;
  const nlohmann::json now = trace_to_json(replayed);
  const nlohmann::json then = trace_to_json(recorded);
  if (now == then) return;
  const std::string where = nlohmann::json::diff(then, now).at(0).at("path").get<std::string>();
  throw model::InputError(file + ": " + model::printable(where) +
                          ": the replay differs: the file was edited, or written by a program "
                          "with another model");
}

/// A schedule has no clock, but the run it is from may have had one.
void take_times(const model::Trace& recorded, model::Trace& replayed) {
  const std::string& strategy = recorded.origin.strategy;
  const bool may_have_clock =
      strategy == sim::name_of(sim::StrategyKind::timed) || strategy == "replay";
  const std::size_t steps = std::min(replayed.steps.size(), recorded.steps.size());
  for (std::size_t i = 0; may_have_clock && i < steps; ++i) {
    replayed.steps[i].time_ns = recorded.steps[i].time_ns;
  }
}

/// What a trace or schedule file holds; nothing if it is something else. Reads nothing
/// that can be read only once.
std::optional<model::Replayable> replayable_in(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) return std::nullopt;
  nlohmann::json document;
  try {
    document = model::parse_json(model::read_file(path, largest_trace), path);
  } catch (const model::InputError&) {
    return std::nullopt;  // then it is a scenario, and its errors are reported as those of one
  }
  if (!document.is_object() || !document.contains("format")) return std::nullopt;
  const nlohmann::json& format = document.at("format");
  if (!format.is_string()) return std::nullopt;
  const auto& name = format.get_ref<const std::string&>();
  if (!name.starts_with("frwrsim-trace/") && !name.starts_with("frwrsim-schedule/")) {
    return std::nullopt;
  }
  return model::replayable_from_json(document, path);
}

}  // namespace

namespace {

/// Adds properties that were asked for. A schedule of the scenario without them is one of
/// the scenario with them, only its token says another scenario.
void add_properties(model::Replayable& what, const std::vector<std::string>& never) {
  if (never.empty()) return;
  const std::uint32_t before = what.scenario.hash();
  what.scenario = with_never(what.scenario, never);
  what.trace.reset();  // it tells of no violation of these
  if (what.token.empty()) return;
  const model::RaceModel model(what.scenario.setup);
  const sim::ScheduleNames names = sim::schedule_names(model);
  try {
    const sim::ParsedToken token = sim::from_token(what.token, names);
    if (token.scenario_hash != before) return;
    what.token = sim::to_token(token.schedule, what.scenario.hash(), names);
  } catch (const sim::ScheduleSyntaxError&) {
    return;  // whoever reads the token reports it
  }
}

}  // namespace

model::Replayable what_to_replay(const ReplayOptions& options, bool needs_token) {
  model::Replayable what;
  if (options.schedule.empty() && needs_token) {
    std::error_code unknown;  // reading the file says what it is
    if (std::filesystem::status(options.what, unknown).type() ==
        std::filesystem::file_type::not_found) {
      throw model::InputError(model::printable(options.what) +
                              ": there is no such file; to replay a schedule of a scenario, give "
                              "its token with --schedule");
    }
    const std::string text = model::read_file(options.what, largest_trace);
    what = model::replayable_from_json(model::parse_json(text, options.what), options.what);
  } else {
    const std::string path = find_scenario(options.what);
    if (auto other = replayable_in(path)) {
      what = std::move(*other);
    } else {
      what.scenario = model::load_scenario(path);
      what.policy = model::policies().front().name;
    }
    if (!options.schedule.empty()) {
      what.token = options.schedule;
      what.trace.reset();  // not the same run
    }
  }
  add_properties(what, options.never);
  if (!options.policy.empty()) {
    const std::vector<std::string> policies =
        chosen_policies({options.policy}, what.scenario.policies);
    if (policies.size() != 1) throw model::InputError("--policy: one policy is replayed at a time");
    if (policies.front() != what.policy) what.trace.reset();  // not the same run any more
    what.policy = policies.front();
  }
  return what;
}

sim::Schedule choices_of(const model::Replayable& what, const model::RaceModel& model) {
  sim::ParsedToken token;
  try {
    token = sim::from_token(what.token, sim::schedule_names(model));
  } catch (const sim::ScheduleSyntaxError& error) {
    throw model::InputError(error.what());
  }
  if (token.scenario_hash != what.scenario.hash()) {
    throw model::InputError("the schedule belongs to another scenario: its hash is " +
                            model::hash_text(token.scenario_hash) + ", that of '" +
                            what.scenario.name + "' is " + model::hash_text(what.scenario.hash()));
  }
  return std::move(token.schedule);
}

model::Trace replayed(const model::Replayable& what, const std::string& file) {
  const model::RaceModel model = model_of(what.scenario, what.policy);
  const sim::Schedule schedule = choices_of(what, model);
  model::TraceRecorder recorder;
  sim::RunResult<model::RaceModel> result;
  try {
    result = replay_on_strands(model, schedule, recorder);
  } catch (const sim::ScheduleMismatch& mismatch) {
    throw model::InputError("the schedule does not fit at step " +
                            std::to_string(mismatch.step + 1) + ": " +
                            misfit_in_words(mismatch, model, schedule));
  }
  model::Trace trace =
      make_trace(what.scenario, what.policy, {.strategy = "replay", .seed = std::nullopt}, model,
                 result, recorder);
  if (result.steps < schedule.size()) {
    throw model::InputError("the schedule does not fit at step " +
                            std::to_string(result.steps + 1) + ": the run has ended (" +
                            end_in_words(trace) + "), the schedule has " +
                            std::to_string(schedule.size()) + " steps");
  }
  if (what.trace) {
    take_times(*what.trace, trace);
    check_same(trace, *what.trace, file);
  }
  return trace;
}

}  // namespace tools
