// SPDX-License-Identifier: MIT
//
// Two-phase commit, and symmetry: a network in which messages have a place, but no order.
//
// The transition system is TwoPhase of Gray and Lamport ("Consensus on transaction commit",
// ACM TODS 2006; TwoPhase.tla), where messages are a set: it has 288 states with three
// resource managers, 8,832 with five. Here a message lies in the first place that is free, so
// states also differ in who sent first, which nobody can see. Symmetry makes one of them.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <optional>

#include "sim/check.h"

/// Actor a is the transaction manager; then come the resource managers.
template <unsigned managers>
struct TwoPhaseCommit : sim::SimpleModel<managers + 1> {
  enum Phase : std::uint8_t { working, prepared, committed, aborted };
  /// Messages: r + 1 says that manager r has prepared.
  static constexpr std::uint8_t commit = managers + 1, abort = managers + 2;

  struct State {
    std::array<Phase, managers> manager;
    Phase decision;                                   ///< working: none yet
    std::array<std::uint8_t, managers> heard;         ///< the decision maker knows: prepared
    std::array<std::uint8_t, managers + 1> messages;  ///< sent, the rest 0
  };
  static State initial() { return {}; }

  static bool is_sent(const State& s, unsigned message) {
    return std::find(s.messages.begin(), s.messages.end(), message) != s.messages.end();
  }
  static void send(State& s, unsigned message) {
    *std::find(s.messages.begin(), s.messages.end(), 0) = static_cast<std::uint8_t>(message);
  }
  /// Of a resource manager: 0 prepare, 1 abort, 2 obey the decision. Of the transaction
  /// manager: r hear that r has prepared, then commit, abort.
  static sim::OutcomeSet outcomes(const State& s, sim::ActorId actor) {
    sim::OutcomeSet set;
    if (actor > 0) {
      const Phase now = s.manager[actor - 1];
      if (now == working) set = sim::OutcomeSet::from_bits(3);
      if ((is_sent(s, commit) && now != committed) || (is_sent(s, abort) && now != aborted)) {
        set.insert(2);
      }
    } else if (s.decision == working) {
      for (unsigned r = 0; r < managers; ++r) {
        if (is_sent(s, r + 1) && s.heard[r] == 0) set.insert(r);
      }
      if (std::count(s.heard.begin(), s.heard.end(), 0) == 0) set.insert(managers);
      set.insert(managers + 1);
    }
    return set;
  }
  static sim::ActorSet enabled(const State& s) {
    sim::ActorSet set;
    for (unsigned actor = 0; actor <= managers; ++actor) {
      if (!outcomes(s, static_cast<sim::ActorId>(actor)).empty()) set.insert(actor);
    }
    return set;
  }
  template <class Sink>
  static void step(State& s, sim::Choice choice, Sink& /*sink*/) {
    if (choice.actor > 0) {
      Phase& phase = s.manager[choice.actor - 1];
      if (choice.outcome == 0) send(s, choice.actor);
      phase = choice.outcome == 0   ? prepared
              : choice.outcome == 1 ? aborted
              : is_sent(s, commit)  ? committed
                                    : aborted;
    } else if (choice.outcome < managers) {
      s.heard[choice.outcome] = 1;
    } else {
      s.decision = choice.outcome == managers ? committed : aborted;
      send(s, s.decision == committed ? commit : abort);
    }
  }
  /// That one has committed and another one aborted is what must not be.
  static std::optional<sim::End> stopped(const State& s) {
    const auto has = [&s](Phase phase) {
      return std::find(s.manager.begin(), s.manager.end(), phase) != s.manager.end();
    };
    if (has(committed) && has(aborted)) return sim::End::violation;
    return std::nullopt;
  }
  static sim::End end_when_blocked(const State&) { return sim::End::rest; }

  /// Places of messages are names: no actor and no outcome depends on them.
  static void canonical(State& s) {
    std::sort(s.messages.begin(), s.messages.end(), std::greater<>());
  }
};

int main() {
  std::printf("%s\n", sim::audit(TwoPhaseCommit<3>{}).text().c_str());
  constexpr sim::Reductions symmetry{.symmetry = true};
  std::printf("%s", sim::check(TwoPhaseCommit<3>{}).text().c_str());
  std::printf("%s", sim::check<symmetry>(TwoPhaseCommit<3>{}).text().c_str());
  std::printf("five managers: %u states\n", sim::check<symmetry>(TwoPhaseCommit<5>{}).states);
}
