// SPDX-License-Identifier: MIT
//
// A model with a memory: its states are the Mazurkiewicz traces of another.
//
// Two interleavings belong to the same trace if one becomes the other by swapping
// neighbouring independent steps. That is so exactly if every step happens in
// both, and finds the same number of earlier writes on the variable it accesses:
// these numbers put the writes of a variable in order, and every read between two
// of them; reads among themselves are in no order. So a state that also has this
// number for each step taken stands for one trace, and the end states can be
// counted to compare with what optimal partial-order reduction is published to
// explore. It does not depend on the path, so the engine can search a Traced model
// like any other, and must keep all its end states under reduction.
#pragma once

#include <array>
#include <bit>
#include <utility>

#include "sim/model_concept.h"
#include "tests/sim/models/model_adapter.h"
#include "tests/sim/models/textbook_models.h"

namespace textbook {

/// `M` with the history of each thread, of up to `max_steps` steps.
/// REQUIRES: steps have one outcome and access one variable each.
template <sim::FootprintModel M, unsigned max_steps>
class Traced : public ModelAdapter<M, Traced<M, max_steps>> {
 public:
  struct State {
    typename M::State now;
    std::array<std::array<Byte, max_steps>, M::max_threads> version;  ///< by thread and step
    std::array<Byte, M::max_threads> steps;                           ///< taken
    std::array<Byte, M::max_variables> writes;                        ///< so far, by variable
  };

  explicit Traced(M model) : ModelAdapter<M, Traced>(std::move(model)) {}

  [[nodiscard]] static const typename M::State& plain(const State& s) { return s.now; }

  [[nodiscard]] State initial() const { return {M::initial(), {}, {}, {}}; }
  template <class Sink>
  void step(State& s, sim::Choice choice, Sink& sink) const {
    const unsigned t = choice.actor;
    const sim::Footprint access = M::footprint(s.now, choice.actor);
    const auto variable = static_cast<unsigned>(std::countr_zero(access.reads | access.writes));
    s.version.at(t).at(s.steps.at(t)++) = s.writes.at(variable);
    if (access.writes != 0) ++s.writes.at(variable);
    M::step(s.now, choice, sink);
  }
};

}  // namespace textbook
