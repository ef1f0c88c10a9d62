// SPDX-License-Identifier: MIT
//
// What tests of strategies share: runs as schedules, all interleavings by walking.
#pragma once

#include <catch2/catch.hpp>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "sim/questions/interleaving_ranks.h"
#include "sim/run.h"
#include "sim/schedule.h"
#include "sim/search/explorer.h"

namespace fixture {

/// A schedule that can be a key.
using Steps = std::vector<std::pair<unsigned, unsigned>>;

struct StepRecorder : sim::NullSink {
  Steps steps;
  template <class M>
  void before_step(const M&, const typename M::State&, sim::Choice choice) {
    steps.emplace_back(choice.actor, choice.outcome);
  }
};

/// The choices of one run.
template <sim::Model M, class Strategy>
Steps steps_of_run(const M& model, Strategy& strategy) {
  StepRecorder recorder;
  (void)sim::run_directly(model, strategy, 10'000, recorder);
  return recorder.steps;
}

/// All interleavings of a model with their preemptions, by a recursion that knows
/// the definition in docs/semantics.md and nothing else.
template <sim::Model M>
class AllInterleavings {
 public:
  explicit AllInterleavings(const M& model) : model_(model) { walk(model.initial(), {}, 0); }
  [[nodiscard]] const std::map<Steps, unsigned>& preemptions() const { return found_; }

 private:
  void walk(const typename M::State& state, std::optional<unsigned> last, unsigned preemptions) {
    const sim::ActorSet enabled = model_.stopped(state) ? sim::ActorSet{} : model_.enabled(state);
    if (enabled.empty()) found_.emplace(steps_, preemptions);
    if (last && !enabled.contains(*last)) last.reset();
    for (const unsigned actor : enabled) {
      const bool transparent = model_.environment().contains(actor);
      const bool preempts = !transparent && last && *last != actor;
      for (const unsigned outcome : model_.outcomes(state, static_cast<sim::ActorId>(actor))) {
        auto successor = state;
        sim::NullSink sink;
        model_.step(successor,
                    {static_cast<sim::ActorId>(actor), static_cast<sim::Outcome>(outcome)}, sink);
        steps_.emplace_back(actor, outcome);
        walk(successor, transparent ? last : actor, preemptions + (preempts ? 1 : 0));
        steps_.pop_back();
      }
    }
  }

  const M& model_;
  Steps steps_;
  std::map<Steps, unsigned> found_;
};

/// The interleavings of a model by number.
template <sim::Model M>
std::shared_ptr<const sim::RankedInterleavings> ranked(const M& model, bool symmetry = false) {
  auto found = sim::explore(model, {.reductions = {.symmetry = symmetry}});
  const auto order = std::get<sim::TopologicalOrder>(sim::topological_order(found.graph));
  return std::make_shared<sim::RankedInterleavings>(std::move(found.graph), order);
}

}  // namespace fixture
