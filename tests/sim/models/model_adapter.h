// SPDX-License-Identifier: MIT
//
// A model around another: states that contain more, behaviour that is the same.
//
// `Self`, which derives from ModelAdapter<M, Self>, has states of its own and
// says by `plain(state)` which state of M each stands for. Everything that M can
// say about a state is then asked of that one.
#pragma once

#include <utility>

#include "sim/model_concept.h"

namespace textbook {

template <sim::FootprintModel M, class Self>
class ModelAdapter : public M {
 public:
  explicit ModelAdapter(M model) : M(std::move(model)) {}

  template <class State>
  [[nodiscard]] auto enabled(const State& s) const {
    return M::enabled(Self::plain(s));
  }
  template <class State>
  [[nodiscard]] auto outcomes(const State& s, sim::ActorId actor) const {
    return M::outcomes(Self::plain(s), actor);
  }
  template <class State>
  [[nodiscard]] auto stopped(const State& s) const {
    return M::stopped(Self::plain(s));
  }
  template <class State>
  [[nodiscard]] auto end_when_blocked(const State& s) const {
    return M::end_when_blocked(Self::plain(s));
  }
  template <class State>
  [[nodiscard]] auto end_detail(const State& s) const {
    return M::end_detail(Self::plain(s));
  }
  template <class State>
  [[nodiscard]] auto step_id(const State& s, sim::ActorId actor) const {
    return M::step_id(Self::plain(s), actor);
  }
  template <class State>
  [[nodiscard]] auto footprint(const State& s, sim::ActorId actor) const {
    return M::footprint(Self::plain(s), actor);
  }
  template <class State>
  [[nodiscard]] auto future(const State& s, sim::ActorSet enabled, sim::ActorId actor) const {
    return M::future(Self::plain(s), enabled, actor);
  }
  template <class State>
  [[nodiscard]] auto may_stop(const State& s, sim::ActorId actor) const {
    return M::may_stop(Self::plain(s), actor);
  }
};

}  // namespace textbook
