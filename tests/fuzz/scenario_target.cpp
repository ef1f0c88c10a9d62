// SPDX-License-Identifier: MIT
//
// Scenario files: what is accepted can be written, read back as the same, and run.
#include "model/policy.h"
#include "model/race_model.h"
#include "model/scenario/scenario.h"
#include "sim/strategies/uniform.h"
#include "tests/fuzz/fuzz_target.h"

namespace {

model::Scenario read(const std::string& text) {
  return model::read_scenario(model::parse_json(text, "input"), "fuzz", "input");
}

void require_same(const model::Scenario& a, const model::Scenario& b) {
  using fuzz::require;
  require(a.hash() == b.hash(), "the same hash when read again");
  require(a.document == b.document, "the same document when read again");
  require(a.title == b.title && a.about == b.about && a.rpc_names == b.rpc_names,
          "the same prose when read again");
  require(a.expect == b.expect && a.segment_pages == b.segment_pages,
          "the same expectations when read again");
  require(a.search.time_limit_s == b.search.time_limit_s &&
              a.search.max_memory_mib == b.search.max_memory_mib &&
              a.search.max_states == b.search.max_states,
          "the same budget when read again");
  for (std::size_t i = 0; i < a.timing.size(); ++i) {
    require(model::in_words(a.timing[i]) == model::in_words(b.timing[i]),
            "the same latencies when read again");
  }
}

/// Random steps; the model's own assertions are the judge.
void run(const model::Scenario& scenario, const model::Policy& policy, std::uint64_t seed) {
  const model::RaceModel model(scenario.with_policy(policy));
  sim::UniformStrategy strategy(seed);
  sim::NullSink nobody;
  model::World world = model.initial();
  for (unsigned step = 0; step < 200; ++step) {
    const sim::ActorSet enabled = model.stopped(world) ? sim::ActorSet{} : model.enabled(world);
    if (enabled.empty()) {
      if (!model.stopped(world)) (void)model.end_when_blocked(world);
      (void)model.end_detail(world);
      return;
    }
    const sim::ActorId actor = strategy.pick_actor(enabled);
    const sim::OutcomeSet outcomes = model.outcomes(world, actor);
    fuzz::require(!outcomes.empty(), "who is enabled has an outcome");
    model.step(world, {actor, strategy.pick_outcome(actor, outcomes)}, nobody);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto scenario = fuzz::accepted(
      [&text] { return read(text); },
      [&text](const std::string& complaint) { fuzz::require_place(complaint, "input", text); });
  if (!scenario) return 0;
  require_same(*scenario, read(scenario->document.dump(1)));
  for (const model::PolicyEntry& entry : model::policies()) {
    run(*scenario, entry.policy, scenario->hash());
  }
  for (const model::PolicyEntry& entry : scenario->policies) {
    run(*scenario, entry.policy, scenario->hash());
  }
  return 0;
}
