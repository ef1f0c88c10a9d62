// SPDX-License-Identifier: MIT
//
// A failing schedule made simpler by trying.
//
// The idea is Jalbert and Sen's, "A Trace Simplification Technique for Effective
// Debugging of Concurrent Programs" (FSE 2010): turns of an actor, whole or in part,
// are removed, or moved beside another turn of the same actor. The result is kept if it
// still fails and costs less, until nothing helps any more. What is tried need not fit:
// a choice that is not possible is left out, and where no choices are left the run
// continues without a preemption. This takes almost no memory and finds a local
// minimum, not the least cost. For the least cost there is cheapest_failure.h, which
// needs a bound to start from.
#pragma once

#include <algorithm>
#include <cstddef>

#include "sim/limits.h"
#include "sim/questions/outlook.h"
#include "sim/questions/schedule_cost.h"

namespace sim {

/// A schedule with its cost.
struct CountedSchedule {
  Schedule schedule;
  Cost cost;
};

namespace detail {

template <Model M>
class Simplifier {
 public:
  Simplifier(const M& model, const EndTest& fails, const Limits& limits)
      : model_(model), fails_(fails), limits_(limits) {}

  CountedSchedule run(const Schedule& schedule) {
    best_ = {schedule, cost_of(model_, schedule)};
    most_steps_ = 2 * schedule.size() + 1000;
    // Tries all changes again until one whole pass has not helped.
    constexpr std::size_t moves = 4;
    std::size_t tried = 0;
    for (std::size_t i = 0; tried < moves * best_.schedule.size(); ++i, ++tried) {
      if (i >= moves * best_.schedule.size()) i = 0;
      if (i % 256 == 0 && limits_.ask && limits_.ask() != Bound::none) break;
      if (improves(changed(i / moves, i % moves))) tried = 0;
    }
    return best_;
  }

 private:
  /// The best schedule changed at one place, in one of four ways.
  [[nodiscard]] Schedule changed(std::size_t at, std::size_t move) const {
    const Schedule& old = best_.schedule;
    const auto place = [&old](std::size_t i) { return old.begin() + static_cast<long>(i); };
    const auto is_same = [&](std::size_t i) { return old[i].actor == old[at].actor; };
    std::size_t begin = at;  // of the turn
    while (begin > 0 && is_same(begin - 1)) --begin;
    std::size_t end = at + 1;
    while (end < old.size() && is_same(end)) ++end;

    Schedule result(old.begin(), place(at));
    switch (move) {
      case 0:  // continue without preemption from here
        return result;
      case 1:  // the rest of the turn is removed
        result.insert(result.end(), place(end), old.end());
        return result;
      case 2: {  // the rest of the turn joins the actor's next one
        std::size_t next = end;
        while (next < old.size() && !is_same(next)) ++next;
        result.insert(result.end(), place(end), place(next));
        result.insert(result.end(), place(at), place(end));
        result.insert(result.end(), place(next), old.end());
        return result;
      }
      default: {  // the turn up to here joins the actor's last one
        std::size_t last = begin;
        while (last > 0 && !is_same(last - 1)) --last;
        result.assign(old.begin(), place(last));
        result.insert(result.end(), place(begin), place(at + 1));
        result.insert(result.end(), place(last), place(begin));
        result.insert(result.end(), place(at + 1), old.end());
        return result;
      }
    }
  }

  /// Runs a schedule, as far as it is possible, and keeps the run if it fails at a
  /// lower cost.
  bool improves(const Schedule& schedule) {
    CountedRun<M> run(model_);
    Schedule taken;
    std::size_t next = 0;
    while (!run.end()) {
      if (run.cost() >= best_.cost || run.cost().steps >= most_steps_) return false;
      Choice choice;
      if (next < schedule.size()) {
        choice = schedule[next++];
        if (!run.is_possible(choice)) continue;
      } else {
        choice.actor =
            static_cast<ActorId>(run.last() != nobody ? run.last() : run.enabled().first());
        choice.outcome = static_cast<Outcome>(run.outcomes(choice.actor).first());
      }
      run.take(choice);
      taken.push_back(choice);
    }
    if (run.cost() >= best_.cost || !fails_(*run.end())) return false;
    best_ = {std::move(taken), run.cost()};
    return true;
  }

  const M& model_;
  const EndTest& fails_;
  const Limits& limits_;
  CountedSchedule best_;
  std::size_t most_steps_ = 0;  // without an end a run may be endless
};

}  // namespace detail

/// A schedule that also fails and costs no more. None of the changes tried here makes
/// it cheaper, unless `limits.ask` stopped the search before. Deterministic. REQUIRES:
/// the schedule's choices are possible and lead to an end that `fails`.
template <Model M>
CountedSchedule simplified(const M& model, const Schedule& schedule, const EndTest& fails,
                           const Limits& limits = {}) {
  return detail::Simplifier<M>(model, fails, limits).run(schedule);
}

}  // namespace sim
