// SPDX-License-Identifier: MIT
//
// Partial order reduction: where the others can wait, one actor is enough.
//
// In a state s, let `a` be an enabled actor whose next step t
//   (1) conflicts with nothing that any other actor may ever do before a moves
//       (footprint of t against the others' futures, both declared by the model),
//   (2) does not end the run, and disables no actor: neither another actor, which
//       (1) sees to, nor an optional one that is enabled only as long as others are
//       (may_stop is false).
// Then only t, with all its outcomes, is expanded in s. The set {t} is persistent
// in the sense of Godefroid ("Partial-Order Methods for the Verification of
// Concurrent Systems", LNCS 1032, 1996, ch. 4). What it preserves, and why:
//
// Let w be a path from s to an end in the full graph.
//   a moves in w. Its first step in w is t, with some outcome: nothing that comes
//   before touches what t reads, its being enabled included. By (1) t commutes
//   with all of it, so t can be moved to the front: t w' leads to the same end.
//   a does not move in w. Nothing in w disables t, so at the end of w a is still
//   enabled; the end is no rest and no deadlock but a stop: a violation or a cut.
//   t touches nothing that w looks at and by (2) does not stop, so t w is a path,
//   and it stops in the same violation or cut.
// Either way a step of the reduced graph leads closer to an end of the same kind:
// in the first case the rest of the path is shorter, and the second can only
// happen finitely often in a row because the reduced graph is finite and acyclic,
// which the explorer's callers check (topological_order.h). For the same reason no
// cycle proviso is needed, and combining reduction and visited set, unsound for
// path-dependent backtracking sets (Cirisci, Enea, Farzan, Mutluergil,
// arXiv 2211.11942; Siegel, "What's wrong with on-the-fly partial order
// reduction", CAV 2019), is sound here: the choice of `a` depends on s alone.
//
// So all rest and deadlock states are found, and for every violation and cut one
// with the same detail; verdicts follow. Counts, probabilities and labels do not.
//
// A state in which one step is all there is to expand has one successor. Storing
// it would only cost memory and a look-up, so the explorer steps on until there
// is a choice or an end (expansion.h).
#pragma once

#include <array>

#include "sim/model_concept.h"

namespace sim {

/// The actors whose steps are enough in `state`: one, or all of `enabled`.
/// REQUIRES: enabled is what is enabled there, and not empty.
template <Model M>
ActorSet sufficient_actors(const M& model, const typename M::State& state, ActorSet enabled) {
  if constexpr (FootprintModel<M>) {
    if (enabled.size() < 2) return enabled;
    // Futures take longest, and the first conflict decides. So each future is computed
    // when it is first needed, those of enabled actors before the others.
    std::array<Footprint, ActorSet::capacity> futures;
    ActorSet known;
    const auto conflicts = [&](Footprint step, unsigned other) {
      if (!known.contains(other)) {
        futures[other] = model.future(state, enabled, static_cast<ActorId>(other));
        known.insert(other);
      }
      return conflict(step, futures[other]);
    };
    const auto others_can_wait = [&](ActorId actor) {
      const Footprint step = model.footprint(state, actor);
      for (const unsigned other : enabled) {
        if (other != actor && conflicts(step, other)) return false;
      }
      for (unsigned other = 0; other < model.actor_count(); ++other) {
        if (!enabled.contains(other) && conflicts(step, other)) return false;
      }
      return true;
    };
    for (const unsigned candidate : enabled) {
      const auto actor = static_cast<ActorId>(candidate);
      if (!model.may_stop(state, actor) && others_can_wait(actor)) return ActorSet::of(candidate);
    }
  }
  return enabled;
}

}  // namespace sim
