// SPDX-License-Identifier: MIT
//
// The smallest race: two threads, each {r = x; x = r + 1}. It is a bug that x may end up as 1.
//
// By hand: 12 states and 14 transitions; C(4, 2) = 6 interleavings, of which 2 are right,
// those in which a thread runs at a stretch. A wrong one needs one preemption.
#include <array>
#include <cstdint>
#include <cstdio>

#include "sim/check.h"

struct LostUpdate : sim::SimpleModel<2> {
  struct State {
    std::array<std::uint8_t, 2> pc, r;
    std::uint8_t x;
  };
  static State initial() { return {}; }
  static sim::ActorSet enabled(const State& s) {
    return sim::ActorSet::from_bits((s.pc[0] < 2 ? 1u : 0u) | (s.pc[1] < 2 ? 2u : 0u));
  }
  template <class Sink>
  static void step(State& s, sim::Choice choice, Sink& /*sink*/) {
    const unsigned t = choice.actor;
    if (s.pc[t]++ == 0) {
      s.r[t] = s.x;
    } else {
      s.x = static_cast<std::uint8_t>(s.r[t] + 1);
      s.r[t] = 0;  // not read again
    }
  }
  static sim::End end_when_blocked(const State& s) {
    return s.x == 2 ? sim::End::rest : sim::End::violation;
  }
};

/// The same for partial order: what steps touch is x, object 0, read and then written.
struct Footprints : LostUpdate {
  static constexpr bool acyclic = true;
  static sim::Footprint footprint(const State& s, sim::ActorId t) {
    return s.pc[t] == 0 ? sim::Footprint{1, 0} : sim::Footprint{0, 1};
  }
  static sim::Footprint future(const State& s, sim::ActorSet /*enabled*/, sim::ActorId t) {
    return s.pc[t] == 2 ? sim::Footprint{} : sim::Footprint{s.pc[t] == 0 ? 1u : 0u, 1};
  }
  static bool may_stop(const State&, sim::ActorId) { return false; }
};

int main() {
  std::printf("%s\n", sim::audit(LostUpdate{}).text().c_str());
  std::printf("%s", sim::check(LostUpdate{}).text().c_str());
  if (!sim::audit(Footprints{}).ok()) return 1;
  const auto reduced = sim::check<sim::Reductions{.partial_order = true}>(Footprints{});
  std::printf("with partial order: %s\n", std::string(sim::name_of(reduced.verdict)).c_str());
}
