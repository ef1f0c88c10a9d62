// SPDX-License-Identifier: MIT
//
// A bounded buffer that deadlocks, and cycles: threads that put and get for ever.
//
// Who finds the buffer full, or empty, waits. Who does not, notifies one that waits, of
// whichever kind: that is the bug of many a wait() and notify(). It deadlocks exactly if
// there are more than twice as many threads as places (M. Kuppe's TLA+ tutorial
// BlockingQueue). Runs have no end but the deadlock, so there are no counts of them.
#include <cstdint>
#include <cstdio>

#include "sim/check.h"

/// Threads below `producers` put, the others get.
template <unsigned producers, unsigned consumers, unsigned places>
struct BoundedBuffer : sim::SimpleModel<producers + consumers> {
  struct State {
    std::uint32_t filled;
    std::uint32_t waiting;  ///< a bit for each thread
  };
  static State initial() { return {}; }
  static sim::ActorSet enabled(const State& s) {
    return sim::ActorSet::from_bits(((1u << (producers + consumers)) - 1) & ~s.waiting);
  }
  static bool has_to_wait(const State& s, unsigned thread) {
    return s.filled == (thread < producers ? places : 0);
  }
  /// Which of those that wait is notified, if there are any and it does not wait itself.
  static sim::OutcomeSet outcomes(const State& s, sim::ActorId thread) {
    return s.waiting == 0 || has_to_wait(s, thread) ? sim::OutcomeSet::of(0)
                                                    : sim::OutcomeSet::from_bits(s.waiting);
  }
  template <class Sink>
  static void step(State& s, sim::Choice choice, Sink& /*sink*/) {
    if (has_to_wait(s, choice.actor)) {
      s.waiting |= 1u << choice.actor;
    } else {
      s.filled = choice.actor < producers ? s.filled + 1 : s.filled - 1;
      s.waiting &= ~(1u << choice.outcome);
    }
  }
  static sim::End end_when_blocked(const State&) { return sim::End::violation; }
};

int main() {
  std::printf("%s\n", sim::audit(BoundedBuffer<1, 2, 1>{}).text().c_str());
  std::printf("%s", sim::check(BoundedBuffer<1, 2, 1>{}).text().c_str());
  std::printf("%s", sim::check(BoundedBuffer<2, 2, 2>{}).text().c_str());
}
