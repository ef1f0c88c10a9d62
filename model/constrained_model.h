// SPDX-License-Identifier: MIT
//
// The race under orderings (reduction/ordering.h): what a fix would leave of it.
//
// A system under orderings has the states and steps of the one without, only fewer: no
// step is added and none has another effect. Hence its interleavings are interleavings
// of the other one, up to a state in which everything is held back. That state is a
// deadlock that the orderings make.
#pragma once

#include <cassert>
#include <optional>
#include <string_view>
#include <vector>

#include "model/race_model.h"
#include "model/reduction/ordering.h"

namespace model {

/// A RaceModel under orderings. Immutable; may be used by several threads. No
/// FootprintModel: an ordering lets a step depend on more than the step touches,
/// so partial order reduction would be unsound.
class ConstrainedModel {
 public:
  using State = World;
  using Event = model::Event;

  /// All orderings hold at once.
  ConstrainedModel(const Setup& setup, std::vector<Ordering> orderings)
      : model_(setup), orderings_(std::move(orderings)) {}

  [[nodiscard]] World initial() const { return model_.initial(); }
  [[nodiscard]] unsigned actor_count() const { return model_.actor_count(); }
  [[nodiscard]] sim::ActorSet optional_actors() const { return model_.optional_actors(); }
  [[nodiscard]] static constexpr sim::ActorSet environment() { return RaceModel::environment(); }

  /// A loss that alone could take its step, because all others are held back, need not
  /// happen either.
  [[nodiscard]] sim::ActorSet enabled(const World& w) const {
    const sim::ActorSet all = model_.enabled(w);
    sim::ActorSet set = all;
    for (const unsigned actor : all) {
      for (const Ordering& ordering : orderings_) {
        if (holds_back(ordering, w, static_cast<sim::ActorId>(actor))) set.erase(actor);
      }
    }
    return RaceModel::unless_optional(w, set);
  }
  [[nodiscard]] sim::OutcomeSet outcomes(const World& w, sim::ActorId actor) const {
    return enabled(w).contains(actor) ? model_.outcomes(w, actor) : sim::OutcomeSet{};
  }
  template <class Sink>
  void step(World& w, sim::Choice choice, Sink& sink) const {
    assert(enabled(w).contains(choice.actor));
    model_.step(w, choice, sink);
  }
  [[nodiscard]] std::optional<sim::End> stopped(const World& w) const { return model_.stopped(w); }
  [[nodiscard]] sim::End end_when_blocked(const World& w) const {
    return violation(w).invariant == Invariant::none ? sim::End::rest : sim::End::violation;
  }
  [[nodiscard]] std::uint8_t end_detail(const World& w) const {
    if (w.cut != Budget::none) return static_cast<std::uint8_t>(w.cut);
    return static_cast<std::uint8_t>(violation(w).invariant);
  }
  /// As RaceModel::violation. If every actor that could take a step is held back,
  /// rpc_finishes is violated at least, even if no RPC has anything left to do.
  [[nodiscard]] Violation violation(const World& w) const;

  static void canonical(World& w) { RaceModel::canonical(w); }
  [[nodiscard]] static std::uint8_t step_id(const World& w, sim::ActorId actor) {
    return RaceModel::step_id(w, actor);
  }
  [[nodiscard]] static std::string_view actor_name(sim::ActorId actor) {
    return RaceModel::actor_name(actor);
  }
  [[nodiscard]] static std::string_view outcome_name(sim::ActorId actor, sim::Outcome outcome) {
    return RaceModel::outcome_name(actor, outcome);
  }

 private:
  RaceModel model_;
  std::vector<Ordering> orderings_;
};

static_assert(sim::Model<ConstrainedModel>);
static_assert(sim::SymmetricModel<ConstrainedModel>);
static_assert(!sim::FootprintModel<ConstrainedModel>);

}  // namespace model
