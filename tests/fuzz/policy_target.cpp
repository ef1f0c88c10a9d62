// SPDX-License-Identifier: MIT
//
// Policies as text and as JSON: what is accepted is kept as one text that means the same,
// and its race can be run; what is refused is refused in words.
#include "model/race_model.h"
#include "model/scenario/policy_text.h"
#include "sim/strategies/uniform.h"
#include "tests/fuzz/fuzz_target.h"

namespace {

/// Random steps under rules that nobody thought of: the model's own assertions judge.
void run(const model::Policy& policy) {
  model::Setup setup;
  setup.rpcs[0].read_list = 2;
  setup.pool = 2;
  setup.losses = 1;
  setup.faults.prepare_send = 1;
  setup.budgets = {.retransmissions = 1, .enobufs_retries = 1, .reconnects = 1, .refreshes = 0};
  setup.policy = policy;
  const model::RaceModel model(setup);
  sim::NullSink nobody;
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    sim::UniformStrategy strategy(seed);
    model::World world = model.initial();
    for (unsigned step = 0; step < 300 && !model.stopped(world); ++step) {
      const sim::ActorSet enabled = model.enabled(world);
      if (enabled.empty()) {
        (void)model.end_when_blocked(world);
        break;
      }
      const sim::ActorId actor = strategy.pick_actor(enabled);
      const sim::OutcomeSet outcomes = model.outcomes(world, actor);
      fuzz::require(!outcomes.empty(), "who is enabled has an outcome");
      model.step(world, {actor, strategy.pick_outcome(actor, outcomes)}, nobody);
      model::RaceModel::canonical(world);
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto read = [&text] {
    if (!text.starts_with('{')) return model::read_policy(text);
    const nlohmann::json document = model::parse_json(text, "input");
    return model::read_policy(model::JsonValue(document, "input"));
  };
  const auto entry = fuzz::accepted(read, fuzz::require_for_people);
  if (!entry) return 0;
  const model::PolicyEntry again = model::read_policy(entry->name);
  fuzz::require(again.name == entry->name, "the text that is kept is kept as it is", entry->name);
  fuzz::require(again.policy == entry->policy, "the text that is kept means the same", entry->name);
  run(entry->policy);
  return 0;
}
