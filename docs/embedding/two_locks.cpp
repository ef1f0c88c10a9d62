// SPDX-License-Identifier: MIT
//
// The engine used as a library: a model of one's own, explored.
//
// Two tasks each need two locks. One takes them in the order 0, 1, the other in the
// order 1, 0; each then gives back both at once. It can deadlock, and that is all
// that can go wrong. Of the 4 x 4 pairs of program counters the three in which a lock
// would be held twice cannot be reached, so there are 13 states; whoever goes first either
// goes through to the end or meets the other half-way, so there are 4 interleavings, and 2
// of them deadlock.
#include <array>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string_view>

#include "sim/questions/counterexample.h"
#include "sim/questions/interleavings.h"
#include "sim/schedule.h"
#include "sim/search/explorer.h"

struct TwoLocks {
  /// By task: how many of its three steps it has taken. Nothing else is there to know.
  struct State {
    std::array<std::uint8_t, 2> pc;
  };
  struct Event {};

  static State initial() { return {}; }
  static unsigned actor_count() { return 2; }
  static sim::ActorSet optional_actors() { return {}; }
  static sim::ActorSet environment() { return {}; }

  /// Whether `task` holds a lock: task 0 takes lock 0 first, task 1 lock 1.
  static bool holds(const State& s, unsigned task, unsigned lock) {
    return s.pc[task] == 2 || (s.pc[task] == 1 && lock == task);
  }
  static sim::ActorSet enabled(const State& s) {
    sim::ActorSet set;
    for (unsigned task = 0; task < 2; ++task) {
      const unsigned other = 1 - task;
      const unsigned wanted = s.pc[task] == 0 ? task : other;
      if (s.pc[task] == 2 || (s.pc[task] < 2 && !holds(s, other, wanted))) set.insert(task);
    }
    return set;
  }
  static sim::OutcomeSet outcomes(const State&, sim::ActorId) { return sim::OutcomeSet::of(0); }
  template <class Sink>
  static void step(State& s, sim::Choice choice, Sink&) {
    ++s.pc[choice.actor];
  }
  static std::optional<sim::End> stopped(const State&) { return std::nullopt; }
  static sim::End end_when_blocked(const State& s) {
    return s.pc[0] == 3 && s.pc[1] == 3 ? sim::End::rest : sim::End::violation;
  }
  static std::uint8_t end_detail(const State&) { return 1; }
  static std::uint8_t step_id(const State& s, sim::ActorId actor) { return s.pc[actor]; }
  static std::string_view actor_name(sim::ActorId actor) { return actor == 0 ? "a" : "b"; }
  static std::string_view outcome_name(sim::ActorId, sim::Outcome) { return {}; }
};
static_assert(sim::Model<TwoLocks>);

int main() {
  const TwoLocks model;
  const auto found = sim::explore(model);
  const auto order = std::get<sim::TopologicalOrder>(sim::topological_order(found.graph));
  sim::BigInt all = 0;
  sim::BigInt deadlocked = 0;
  sim::count_interleavings(found.graph, order, false, [&](const sim::EndState& end, auto counts) {
    all += counts[0];
    if (end.end == sim::End::violation) deadlocked += counts[0];
  });
  std::printf("states %u, interleavings %s, deadlocked %s\n", found.state_count(),
              all.str().c_str(), deadlocked.str().c_str());
  const auto path =
      sim::best_path(found.graph, order, sim::Best::fewest_steps,
                     [](const sim::EndState& end) { return end.end == sim::End::violation; });
  std::printf("deadlock: %s\n",
              sim::to_token(path->schedule, 0, sim::schedule_names(model)).c_str());
}
