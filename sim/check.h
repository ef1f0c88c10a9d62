// SPDX-License-Identifier: MIT
//
// A model in, a verdict out: the library in one header.
//
// What a search has found can be asked many questions (sim/questions/). These are the ones
// that everybody asks: is something violated, how, and how much was seen. Reductions are
// chosen at compile time, because what a reduction needs of a model is known then.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string>

#include "sim/audit.h"
#include "sim/questions/outlook.h"
#include "sim/questions/shortest_schedule.h"
#include "sim/schedule.h"
#include "sim/search/enough_bits.h"
#include "sim/search/explorer.h"
#include "sim/simple_model.h"
#include "sim/verdict.h"

namespace sim {

/// How far to search.
struct CheckOptions {
  unsigned jobs = 1;  ///< threads; the result does not depend on it
  StateId max_states = static_cast<StateId>(most_states);
  std::uint64_t max_memory = std::numeric_limits<std::uint64_t>::max();  ///< bytes
};

/// A run that ends in a violation.
struct Counterexample {
  Schedule schedule;
  std::string token;        ///< the schedule as one word
  std::uint8_t detail = 0;  ///< what is violated: the model's end_detail
  /// Of a canonical one: the fewest that any has. Nothing if it is one of the shortest only.
  std::optional<unsigned> preemptions;
};

/// What was found.
struct CheckResult {
  /// violated; exhausted: every state was seen, and none violates; or bound_reached.
  Verdict verdict = Verdict::bound_reached;
  Bound bound = Bound::none;  ///< what ended the search, or the counting after it, too early
  StateId states = 0;         ///< with symmetry, of those that differ in names one
  std::uint64_t transitions = 0;
  std::uint64_t resting = 0;    ///< states in which runs end at rest
  std::uint64_t violating = 0;  ///< ... in a violation
  std::uint64_t cut = 0;        ///< ... because a budget of the model was exceeded
  bool cyclic = false;          ///< a run can come back to a state that it has left
  /// Complete orders of steps, and those that end in a violation. Nothing of a cyclic model,
  /// under partial order, or where a bound was reached.
  std::optional<BigInt> interleavings;
  std::optional<BigInt> violating_interleavings;
  std::optional<Counterexample> counterexample;

  /// Some lines for people.
  [[nodiscard]] std::string text() const;
};

namespace detail {

/// What the graph alone can answer. Sets all but the counterexample's token, and leaves the
/// counterexample out where the graph has no order.
void ask(const StateGraph& graph, Reductions reductions, const Limits& limits, CheckResult& result);

}  // namespace detail

/// Searches all states of `model`: check(model), or
/// check<Reductions{.symmetry = true}>(model). Throws std::invalid_argument if partial order
/// has found nothing and the model is cyclic, because then it has shown nothing; and what
/// explore() throws.
template <Reductions reductions = Reductions{}, Model M>
CheckResult check(const M& model, const CheckOptions& options = {}) {
  static_assert(!reductions.symmetry || SymmetricModel<M>,
                "symmetry: the model must have canonical(state)");
  static_assert(!reductions.partial_order || FootprintModel<M>,
                "partial order: the model must have footprint(), future() and may_stop()");
  const auto found = explore(model, {.jobs = options.jobs,
                                     .reductions = reductions,
                                     .max_states = options.max_states,
                                     .max_memory = options.max_memory});
  CheckResult result;
  result.bound = found.bound;
  result.states = found.state_count();
  result.transitions = found.transitions;
  const std::uint64_t held = found.store.memory() + found.graph.memory();
  const Limits limits{options.max_memory - std::min(options.max_memory, held), {}};
  detail::ask(found.graph, reductions, limits, result);
  if (result.cyclic && reductions.partial_order && result.verdict != Verdict::violated) {
    throw std::invalid_argument(
        "partial order: a run of the model can come back to where it was, and violations may be "
        "missed; check it without partial order, or give its loops a budget");
  }
  if (result.verdict != Verdict::violated) return result;
  if (!result.counterexample) {
    const EndState* end = found.graph.ends().data();
    while (!is_violation(*end)) ++end;
    result.counterexample.emplace();
    result.counterexample->detail = end->detail;
    result.counterexample->schedule = shortest_schedule(model, found, reductions, end->state);
  }
  result.counterexample->token =
      to_token(result.counterexample->schedule, 0, schedule_names(model));
  return result;
}

}  // namespace sim
