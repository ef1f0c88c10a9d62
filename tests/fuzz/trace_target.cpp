// SPDX-License-Identifier: MIT
//
// Trace and schedule files: what is accepted is written as the same bytes, and replays
// to its own fingerprint or not at all.
//
// The input is JSON, or edits of a genuine trace; of the schedule file that goes with it
// if the first line is "schedule".
#include "model/policy.h"
#include "model/trace/trace_json.h"
#include "sim/strategies/uniform.h"
#include "tests/fuzz/fuzz_target.h"
#include "tools/app/search_setup.h"
#include "tools/run/replayable.h"

namespace {

/// The choices of some run that fails.
sim::Schedule failing_schedule(const model::RaceModel& model) {
  for (std::uint64_t seed = 0;; ++seed) {
    sim::UniformStrategy strategy(seed);
    sim::NullSink nobody;
    sim::Schedule schedule;
    model::World world = model.initial();
    while (!model.stopped(world) && !model.enabled(world).empty()) {
      const sim::ActorId actor = strategy.pick_actor(model.enabled(world));
      schedule.push_back({actor, strategy.pick_outcome(actor, model.outcomes(world, actor))});
      model.step(world, schedule.back(), nobody);
    }
    if (model.stopped(world) == sim::End::violation) return schedule;
  }
}

model::Trace genuine_trace() {
  model::Replayable what;
  what.scenario = model::load_scenario(FRWRSIM_SCENARIO_DIR "/one-slide.json");
  what.policy = model::policies().front().name;
  const model::RaceModel model = tools::model_of(what.scenario, what.policy);
  what.token =
      sim::to_token(failing_schedule(model), what.scenario.hash(), sim::schedule_names(model));
  return tools::replayed(what, "genuine");
}

std::string text_of(const std::string& input) {
  if (input.starts_with("{") || input.starts_with("[")) return input;
  static const model::Trace genuine = genuine_trace();
  static const nlohmann::json trace = trace_to_json(genuine);
  static const nlohmann::json schedule = schedule_to_json(genuine);
  nlohmann::json document = input.starts_with("schedule\n") ? schedule : trace;
  fuzz::for_each_line(input, [&document](const std::string& line) { fuzz::edit(document, line); });
  return document.dump();
}

model::Replayable read(const std::string& text) {
  return model::replayable_from_json(model::parse_json(text, "input"), "input");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text = text_of({reinterpret_cast<const char*>(data), size});
  const auto what = fuzz::accepted(
      [&text] { return read(text); },
      [&text](const std::string& complaint) {
        // The scenario in it is a document of its own.
        const bool embedded = complaint.starts_with("the scenario in the file: ");
        fuzz::require_place(complaint, embedded ? "the scenario in the file" : "input", text);
      });
  if (!what) return 0;
  if (what->trace) {
    const nlohmann::json written = trace_to_json(*what->trace);
    fuzz::require(written == model::parse_json(text, "input"), "what is accepted is written so");
    const model::Replayable again = read(written.dump(1));
    fuzz::require(again.trace && nlohmann::json(trace_to_json(*again.trace)) == written,
                  "what is written reads back as the same");
  }
  const auto replay =
      fuzz::accepted([&what] { return tools::replayed(*what, "input"); }, fuzz::require_for_people);
  if (replay && what->trace) {
    fuzz::require(replay->fingerprint == what->trace->fingerprint,
                  "a trace that replays has the fingerprint it says");
  }
  return 0;
}
