// SPDX-License-Identifier: MIT
//
// What every context's step needs: the world, the rules, and a listener.
//
// A step function takes a Kernel, reads and changes `world`, and tells the sink what it
// did. With sim::NullSink, telling compiles to nothing.
#pragma once

#include <type_traits>

#include "model/kernel/events.h"
#include "model/setup.h"
#include "model/world.h"

namespace model {

/// One step in progress. Lives on the stack of RaceModel::step.
template <class Sink>
struct Kernel {
  const Setup& setup;
  World& world;
  Sink& sink;

  void tell(const Event& event) { sink(event); }

  /// Whether a violation would have an effect: code whose check is expensive asks
  /// first.
  [[nodiscard]] bool watches(Invariant invariant) const {
    constexpr bool somebody_listens = !std::is_empty_v<Sink>;  // a sink without state does not
    const Severity severity = setup.severity(invariant);
    return severity == Severity::fatal || (somebody_listens && severity == Severity::observed);
  }

  [[nodiscard]] bool mutant(Mutant which) const { return setup.mutant == which; }

  /// Handles a violation as the scenario says. A fatal one ends the run with this step;
  /// the first one counts.
  void violate(Invariant invariant, MrId mr) {
    const Severity severity = setup.severity(invariant);
    if (severity == Severity::observed) {
      tell({.kind = EventKind::observed, .mr = mr, .to = static_cast<std::uint8_t>(invariant)});
    }
    if (severity != Severity::fatal || world.violated != Invariant::none) return;
    world.violated = invariant;
    world.violated_mr = mr;
    tell({.kind = EventKind::violation, .mr = mr, .to = static_cast<std::uint8_t>(invariant)});
  }

  /// A budget is exceeded: the run ends here and shows nothing.
  void cut(Budget budget) {
    world.cut = budget;
    tell({.kind = EventKind::budget, .to = static_cast<std::uint8_t>(budget)});
  }

  void set_fr_state(MrId mr, FrState state) {
    tell({.kind = EventKind::fr_state,
          .mr = mr,
          .from = static_cast<std::uint8_t>(world.mr(mr).fr_state),
          .to = static_cast<std::uint8_t>(state)});
    world.mr(mr).fr_state = state;
  }

  void set_qp(QpState state) {
    tell({.kind = EventKind::qp,
          .from = static_cast<std::uint8_t>(world.qp),
          .to = static_cast<std::uint8_t>(state)});
    world.qp = state;
  }

  void set_connected(bool connected) {
    if ((world.connected != 0) == connected) return;
    world.connected = connected ? 1 : 0;
    tell({.kind = EventKind::connected, .to = world.connected});
  }
};

/// An MR that is free and not mapped is no longer any RPC's.
inline void forget_request(World& w, MrId id) {
  const Mr& mr = w.mr(id);
  const bool is_free = mr.place == Place::free_list || mr.place == Place::released;
  if (is_free && mr.dma != DmaState::mapped) w.rare.watched[id - 1u].set_rpc(0);
}

}  // namespace model
