// SPDX-License-Identifier: MIT
//
// Partial order reduction: where the others can wait, one actor is enough.
//
// In a state s, let `a` be an enabled actor whose next step t
//   (1) conflicts with nothing that any other actor may do, in any order, before a
//       moves (footprint of t against the others' futures, both declared by the model),
//   (2) does not end the run, has to happen (a is not optional), and leaves a enabled,
//       until it moves again, wherever an optional actor could take a step (may_stop is
//       false).
// Then only t, with all its outcomes, is expanded in s. The set {t} is persistent
// in the sense of Godefroid ("Partial-Order Methods for the Verification of
// Concurrent Systems", LNCS 1032, 1996, ch. 4). What it preserves, and why:
//
// Let w be a path from s to an end in the full graph, and p what comes in it before a
// moves, all of it if a does not. By (1) no step of p touches what t writes, or writes
// what t reads, its being enabled included. So t is enabled, with the same outcomes, all
// along p, and t p is a path, too, as far as footprints say what enables a step:
//   An optional actor is enabled only while others are, which no footprint says. It takes
//   a step in p while a is enabled. In t p it needs an actor that is: by (2) a still is.
//   `stopped` is no step. Whether a step of p ends the run depends on what the step
//   reads, which t does not write. So in t p the same steps do, in the same way.
// There are two cases.
//   a moves in w. Its first step is t, with some outcome, and w = p t w'. By (1) t p leads
//   to where p t does: t p w' leads to the same end.
//   a does not move in w. At the end of w a is enabled, and its step has to happen; so
//   this is no rest and no deadlock but a stop: a violation or a cut. It is decided by
//   the last step of w, and t w stops in the same violation or cut.
// Either way a step of the reduced graph leads closer to an end of the same kind:
// in the first case the rest of the path is shorter, and the second can only
// happen finitely often in a row because the reduced graph is finite and acyclic,
// which is checked in the graph (topological_order.h) or promised by the model
// (AcyclicModel). In a cycle t could be put before w for ever. For the same reason no
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
