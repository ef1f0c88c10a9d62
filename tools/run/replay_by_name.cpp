// SPDX-License-Identifier: MIT
//
// Tolerant reading of names, strict comparison of steps.
#include "tools/run/replay_by_name.h"

#include <algorithm>

#include "model/policy.h"
#include "model/scenario/policy_text.h"
#include "model/trace/trace_json.h"
#include "sim/strategies/replay.h"
#include "tools/app/policy_choice.h"
#include "tools/app/search_setup.h"
#include "tools/engine/strand_runs.h"
#include "tools/run/replayable.h"
#include "tools/run/stepping.h"
#include "tools/words/numbers.h"
#include "tools/words/words.h"

namespace tools {
namespace {

using model::JsonValue;

constexpr std::size_t longest_name = 100;

/// The actor or outcome of that name, by number; nothing if the model has none.
template <class NameOf>
std::optional<std::uint8_t> number_named(const std::string& name, unsigned count, NameOf name_of) {
  for (unsigned i = 0; i < count; ++i) {
    if (name_of(static_cast<std::uint8_t>(i)) == name) return static_cast<std::uint8_t>(i);
  }
  return std::nullopt;
}

/// The choices of a trace that are possible one after the other, and why the next is not.
struct Fitting {
  Stepping run;
  std::string misfit{};  ///< empty if all fit
};

/// Takes a recorded step's choice if the run has it.
bool fits(const JsonValue& step, Fitting& fitting) {
  const std::string actor_name = step.at("actor").string(longest_name);
  const auto actor = number_named(actor_name, model::actor_count, model::short_name);
  if (!actor) {
    fitting.misfit = "no actor is called '" + model::printable(actor_name) + "'";
    return false;
  }
  Stepping& run = fitting.run;
  if (run.end()) {
    fitting.misfit = "the run has ended";
    return false;
  }
  if (const auto mismatch = run.mismatch({*actor, 0}); mismatch && mismatch->outcomes.empty()) {
    fitting.misfit = misfit_in_words(*mismatch, run.model(), run.schedule());
    return false;
  }
  std::string outcome_name;
  if (const auto given = step.find("outcome")) outcome_name = given->string(longest_name);
  const sim::OutcomeSet possible = run.model().outcomes(run.world(), *actor);
  const auto outcome = number_named(outcome_name, sim::OutcomeSet::capacity, [&](std::uint8_t i) {
    return possible.contains(i) ? model::outcome_name(*actor, i) : std::string_view("\n");
  });
  if (!outcome) {
    fitting.misfit = "the step of " + actor_name + " cannot come out as '" +
                     model::printable(outcome_name) + "'";
    return false;
  }
  run.take({*actor, *outcome});
  return true;
}

Fitting fitting_choices(const std::vector<JsonValue>& steps, const model::RaceModel& model) {
  Fitting fitting{Stepping(model)};
  for (const JsonValue& step : steps) {
    if (!fits(step, fitting)) break;
  }
  return fitting;
}

std::string step_in_words(const nlohmann::json& step) {
  std::string text = model::printable(step.value("function", "")) + ": " +
                     model::printable(step.value("statement", ""));
  if (const auto events = step.find("events"); events != step.end() && !events->empty()) {
    text += "; " + model::printable(events->dump());
  }
  return text;
}

/// Where the steps taken first differ from those recorded; times are not compared.
std::string deviation(const std::vector<JsonValue>& recorded, const nlohmann::json& taken) {
  for (std::size_t i = 0; i < taken.size(); ++i) {
    nlohmann::json then = recorded[i].json();
    nlohmann::json now = taken[i];
    then.erase("time_ns");
    now.erase("time_ns");
    if (then == now) continue;
    return "at step " + std::to_string(i + 1) + ", of " + now.at("actor").get<std::string>() +
           "\n  recorded   " + step_in_words(then) + "\n  now        " + step_in_words(now);
  }
  return {};
}

/// The policy to replay under: that of the options, else the file's.
std::string policy_of(const ReplayOptions& options, const JsonValue& root,
                      const model::Scenario& scenario) {
  if (!options.policy.empty()) {
    const std::vector<std::string> policies = chosen_policies({options.policy}, scenario.policies);
    if (policies.size() != 1) throw model::InputError("--policy: one policy is replayed at a time");
    return policies.front();
  }
  return model::kept_policy(root.at("policy"));
}

}  // namespace

NamedReplay replay_by_name(const ReplayOptions& options) {
  const nlohmann::json document =
      model::parse_json(model::read_file(options.what, largest_trace), options.what);
  const JsonValue root(document, options.what);
  if (!document.is_object() ||
      !root.at("format").string(longest_name).starts_with("frwrsim-trace/")) {
    root.fail("expected a trace: --by-name takes the names from its steps");
  }
  const model::Scenario scenario = model::read_scenario(
      root.at("scenario").json(), root.at("scenario_name").string(200), "the scenario in the file");
  const std::string policy = policy_of(options, root, scenario);
  const model::RaceModel model = model_of(scenario, policy);
  const std::vector<JsonValue> steps = root.at("steps").elements(0, sim::max_schedule_length);
  const Fitting fitting = fitting_choices(steps, model);
  const sim::Schedule schedule = fitting.run.schedule();

  model::TraceRecorder recorder;
  const auto result = replay_on_strands(model, schedule, recorder);
  NamedReplay replay;
  replay.trace = make_trace(scenario, policy, {.strategy = "replay", .seed = std::nullopt}, model,
                            result, recorder);
  const std::string differs = deviation(steps, trace_to_json(replay.trace).at("steps"));
  replay.is_same = fitting.misfit.empty() && differs.empty();
  replay.summary =
      line("by name", number(schedule.size()) + " of " + plural(steps.size(), "step") +
                          (fitting.misfit.empty() ? " fit"
                                                  : " fit; at step " + number(schedule.size() + 1) +
                                                        " " + fitting.misfit)) +
      line("deviates", differs.empty() ? "nowhere in what fits" : differs);
  return replay;
}

}  // namespace tools
