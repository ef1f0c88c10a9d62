// SPDX-License-Identifier: MIT
//
// Textbook models: small programs whose answers are known beforehand.
//
// The engine is tested on these, so that its correctness does not rest on that of
// the model it was made for. All are sequentially consistent; one access to
// something shared is one step. `Threads` supplies what they have in common: a
// program counter per thread, threads that are the actors, one outcome per step.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sim/model_concept.h"

namespace textbook {

using Byte = std::uint8_t;

/// The parts of the Model concept that all textbook models share.
template <unsigned count>
struct Threads {
  struct Event {};
  static constexpr std::array<std::string_view, 16> names{"t0",  "t1",  "t2",  "t3", "t4",  "t5",
                                                          "t6",  "t7",  "t8",  "t9", "t10", "t11",
                                                          "t12", "t13", "t14", "t15"};
  [[nodiscard]] static unsigned actor_count() { return count; }
  [[nodiscard]] static sim::ActorSet optional_actors() { return {}; }
  [[nodiscard]] static sim::ActorSet environment() { return {}; }
  template <class State>
  [[nodiscard]] static sim::OutcomeSet outcomes(const State&, sim::ActorId) {
    return sim::OutcomeSet::of(0);
  }
  template <class State>
  [[nodiscard]] static std::optional<sim::End> stopped(const State&) {
    return std::nullopt;
  }
  /// The one invariant that a textbook model has is number 1.
  template <class State>
  [[nodiscard]] static Byte end_detail(const State&) {
    return 1;
  }
  template <class State>
  [[nodiscard]] static Byte step_id(const State& s, sim::ActorId actor) {
    return s.pc[actor];
  }
  [[nodiscard]] static std::string_view actor_name(sim::ActorId actor) { return names.at(actor); }
  [[nodiscard]] static std::string outcome_name(sim::ActorId, sim::Outcome outcome) {
    return outcome == 0 ? "" : std::to_string(outcome);
  }

 protected:
  /// The threads whose program counter is below `length`.
  template <class State>
  [[nodiscard]] static sim::ActorSet running(const State& s, unsigned length) {
    sim::ActorSet set;
    for (unsigned t = 0; t < count; ++t) {
      if (s.pc[t] < length) set.insert(t);
    }
    return set;
  }
};

/// Two threads, each {r = x; x = r + 1}. It is a bug that x may end up as 1.
struct LostUpdate : Threads<2> {
  struct State {
    std::array<Byte, 2> pc, r;
    Byte x;
  };
  [[nodiscard]] static State initial() { return {}; }
  [[nodiscard]] static sim::ActorSet enabled(const State& s) { return running(s, 2); }
  template <class Sink>
  static void step(State& s, sim::Choice choice, Sink&) {
    const unsigned t = choice.actor;
    if (s.pc[t]++ == 0) {
      s.r[t] = s.x;
    } else {
      s.x = static_cast<Byte>(s.r[t] + 1);
      s.r[t] = 0;  // not read again
    }
  }
  [[nodiscard]] static sim::End end_when_blocked(const State& s) {
    return s.x == 2 ? sim::End::rest : sim::End::violation;
  }
};

/// The same with one indivisible increment per thread: no bug.
struct AtomicCounter : Threads<2> {
  struct State {
    std::array<Byte, 2> pc;
    Byte x;
  };
  [[nodiscard]] static State initial() { return {}; }
  [[nodiscard]] static sim::ActorSet enabled(const State& s) { return running(s, 1); }
  template <class Sink>
  static void step(State& s, sim::Choice choice, Sink&) {
    ++s.pc[choice.actor];
    ++s.x;
  }
  [[nodiscard]] static sim::End end_when_blocked(const State& s) {
    return s.x == 2 ? sim::End::rest : sim::End::violation;
  }
};

/// Two threads, two locks: lock, lock, unlock, unlock in reverse. With `crossed`
/// the second thread takes them in the other order, which may deadlock.
template <bool crossed>
struct TwoLocks : Threads<2> {
  struct State {
    std::array<Byte, 2> pc;
    std::array<Byte, 2> owner;  ///< of a lock: thread + 1, 0 if free
  };
  /// The lock that thread `t` is about to lock (pc 0, 1) or unlock (pc 2, 3).
  [[nodiscard]] static unsigned lock_of(unsigned t, unsigned pc) {
    const unsigned nth = pc == 0 || pc == 3 ? 0 : 1;
    return crossed && t == 1 ? 1 - nth : nth;
  }
  [[nodiscard]] static State initial() { return {}; }
  [[nodiscard]] static sim::ActorSet enabled(const State& s) {
    sim::ActorSet set = running(s, 4);
    for (const unsigned t : set) {
      if (s.pc[t] < 2 && s.owner[lock_of(t, s.pc[t])] != 0) set.erase(t);
    }
    return set;
  }
  template <class Sink>
  static void step(State& s, sim::Choice choice, Sink&) {
    const unsigned t = choice.actor;
    s.owner[lock_of(t, s.pc[t])] = s.pc[t] < 2 ? static_cast<Byte>(t + 1) : Byte{0};
    ++s.pc[t];
  }
  [[nodiscard]] static sim::End end_when_blocked(const State& s) {
    return s.pc == std::array<Byte, 2>{4, 4} ? sim::End::rest : sim::End::violation;
  }
};

/// readers(N): one thread writes x, N threads read it once each.
template <unsigned n>
struct Readers : Threads<n + 1> {
  struct State {
    std::array<Byte, n + 1> pc;
    std::array<Byte, n + 1> r;
    Byte x;
  };
  [[nodiscard]] static State initial() { return {}; }
  [[nodiscard]] static sim::ActorSet enabled(const State& s) {
    return Threads<n + 1>::running(s, 1);
  }
  template <class Sink>
  static void step(State& s, sim::Choice choice, Sink&) {
    ++s.pc[choice.actor];
    if (choice.actor == 0) {
      s.x = 1;
    } else {
      s.r[choice.actor] = s.x;
    }
  }
  [[nodiscard]] static sim::End end_when_blocked(const State&) { return sim::End::rest; }
};

/// SB, store buffering: {x = 1; a = y} || {y = 1; b = x}. a = b = 0 is a violation
/// that sequential consistency excludes.
struct StoreBuffering : Threads<2> {
  struct State {
    std::array<Byte, 2> pc, r, memory;
  };
  [[nodiscard]] static State initial() { return {}; }
  [[nodiscard]] static sim::ActorSet enabled(const State& s) { return running(s, 2); }
  template <class Sink>
  static void step(State& s, sim::Choice choice, Sink&) {
    const unsigned t = choice.actor;
    if (s.pc[t]++ == 0) {
      s.memory[t] = 1;
    } else {
      s.r[t] = s.memory[1 - t];
    }
  }
  [[nodiscard]] static sim::End end_when_blocked(const State& s) {
    return s.r[0] + s.r[1] > 0 ? sim::End::rest : sim::End::violation;
  }
};

/// Thread 0 takes `length` steps, thread 1 a single one, which is a bug if it falls
/// between thread 0's steps `target - 1` and `target`: a bug of depth 2.
template <unsigned length, unsigned target>
struct Window : Threads<2> {
  struct State {
    std::array<Byte, 2> pc;
    Byte hit;
  };
  [[nodiscard]] static State initial() { return {}; }
  [[nodiscard]] static sim::ActorSet enabled(const State& s) {
    sim::ActorSet set;
    if (s.pc[0] < length) set.insert(0);
    if (s.pc[1] < 1) set.insert(1);
    return set;
  }
  template <class Sink>
  static void step(State& s, sim::Choice choice, Sink&) {
    if (choice.actor == 1 && s.pc[0] == target) s.hit = 1;
    ++s.pc[choice.actor];
  }
  [[nodiscard]] static sim::End end_when_blocked(const State& s) {
    return s.hit != 0 ? sim::End::violation : sim::End::rest;
  }
};

}  // namespace textbook
