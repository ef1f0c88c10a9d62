// SPDX-License-Identifier: MIT
//
// fib_bench, a benchmark of the software verification competition, SV-COMP.
//
//   x = y = 1
//   thread 0: n times {a = x; b = y; x = a + b}
//   thread 1: n times {a = x; b = y; y = a + b}
//   thread 2: reads x, and y too if x <= 144
//
// It is what partial-order reduction is measured on (Abdulla, Aronis, Jonsson,
// Sagonas: "Optimal dynamic partial order reduction", POPL 2014), because nearly
// every order matters. Here it also serves as a workload whose states are small
// and whose steps cost next to nothing, so that what is timed is the search.
#pragma once

#include <array>
#include <cstdint>

#include "tests/sim/models/textbook_models.h"

namespace textbook {

/// The largest value is the Fibonacci number F(2n + 2), 144 for n = 5: bytes do
/// for n <= 5, and thread 2 always reads y.
class FibBench : public Threads<3> {
 public:
  static constexpr unsigned max_threads = 3;
  static constexpr unsigned max_variables = 2;

  struct State {
    std::array<Byte, 3> pc;
    std::array<Byte, 2> a, b;
    std::array<Byte, 2> memory;  ///< x, y
  };

  /// REQUIRES: rounds <= 5.
  explicit FibBench(unsigned rounds) : length_(static_cast<Byte>(3 * rounds)) {}

  [[nodiscard]] static State initial() { return {{}, {}, {}, {1, 1}}; }
  [[nodiscard]] sim::ActorSet enabled(const State& s) const {
    return sim::ActorSet::from_bits((s.pc[0] < length_ ? 1u : 0u) | (s.pc[1] < length_ ? 2u : 0u) |
                                    (s.pc[2] < 2 ? 4u : 0u));
  }
  template <class Sink>
  static void step(State& s, sim::Choice choice, Sink& /*sink*/) {
    const unsigned t = choice.actor;
    if (t > 1) {
      s.pc[2] = s.pc[2] == 0 && s.memory[0] <= 144 ? 1 : 2;
      return;
    }
    switch (s.pc[t]++ % 3) {
      case 0:
        s.a[t] = s.memory[0];
        break;
      case 1:
        s.b[t] = s.memory[1];
        break;
      default:
        s.memory[t] = static_cast<Byte>(s.a[t] + s.b[t]);
        s.a[t] = s.b[t] = 0;  // not read again
    }
  }
  [[nodiscard]] static sim::End end_when_blocked(const State&) { return sim::End::rest; }

  [[nodiscard]] static sim::Footprint footprint(const State& s, sim::ActorId t) {
    const unsigned phase = s.pc[t] % 3;
    if (phase == 2) return {0, std::uint64_t{1} << t};
    return {std::uint64_t{1} << phase, 0};
  }
  [[nodiscard]] sim::Footprint future(const State& s, sim::ActorSet /*enabled*/,
                                      sim::ActorId t) const {
    if (t == 2) return {3u & (3u << s.pc[2]), 0};
    if (s.pc[t] == length_) return {};
    // All that is left at the last store is the store.
    return {s.pc[t] + 1 == length_ ? 0u : s.pc[t] + 2 == length_ ? 2u : 3u, std::uint64_t{1} << t};
  }
  [[nodiscard]] bool may_stop(const State& s, sim::ActorId t) const {
    return t == 2 || s.pc[t] + 1 == length_;
  }

 private:
  Byte length_;
};

}  // namespace textbook
