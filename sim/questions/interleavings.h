// SPDX-License-Identifier: MIT
//
// How many interleavings there are, exactly, and how many preemptions each has.
//
// An interleaving is a path of the acyclic state graph, so their number is a sum over
// predecessors, made in topological order: a few hundred thousand states stand for
// 10^40 paths. To tell them apart by preemptions, a state is split by the kernel
// context that ran last, if that one is still enabled: to leave it then costs one. What
// is carried from state to state is a polynomial, whose coefficients are the numbers of
// paths with so many preemptions. It is dropped when its state has passed it on, so
// only the frontier is held.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "sim/questions/outlook.h"
#include "sim/search/enough_bits.h"

namespace sim {

/// Calls `visit(end, counts)` for every end that can be reached, in topological
/// order: counts[p] is the number of interleavings that end there with exactly p
/// preemptions, or, if `by_preemptions` is false, counts[0] that of all.
/// docs/semantics.md says what a preemption is. REQUIRES: graph.complete().
/// Throws Stopped.
void count_interleavings(const StateGraph& graph, const TopologicalOrder& order,
                         bool by_preemptions,
                         const std::function<void(const EndState&, std::span<const BigInt>)>& visit,
                         const Limits& limits = {});

/// Interleavings with the same kind of end for the same reason.
struct Blame {
  EndState end;            ///< its state is the first of those ends
  std::uint32_t step = 0;  ///< what `name_step` said
  BigInt count;
};

/// Names the step from a state by a choice: any small number; equal numbers are
/// added up. Not 0, which means that the first state was inevitable already.
using StepNamer = std::function<std::uint32_t(StateId, Choice)>;

/// Splits the failing interleavings by the step that made failure inevitable and
/// by what was violated: every failing interleaving has exactly one such step.
/// Sorted by (detail, step). REQUIRES as above; `outlooks` are those for `fails`.
/// Throws Stopped.
std::vector<Blame> blame(const StateGraph& graph, const TopologicalOrder& order,
                         const std::vector<Outlook>& outlooks, const EndTest& fails,
                         const StepNamer& name_step, const Limits& limits = {});

}  // namespace sim
