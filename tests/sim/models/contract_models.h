// SPDX-License-Identifier: MIT
//
// The contract of partial order reduction, taken at its word.
//
// What FootprintModel asks of a model (model_concept.h) is written for people. Here each
// of its sentences is encoded, and nothing beyond: a random program promises as little as
// the sentence lets it. What it promises is found by walking the paths of the program
// that the sentence speaks of. If the search loses an end, a sentence says too little.
//
// Three readings say too little. They are what the contract once said, and show that the
// test would notice.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "sim/model_concept.h"
#include "sim/random.h"
#include "tests/sim/models/program_model.h"
#include "tests/sim/models/random_models.h"

namespace textbook {

/// How the contract is read.
enum class Reading : std::uint8_t {
  as_written,
  /// `future`: what the actor may touch before any other enabled actor moves.
  future_before_any_other,
  /// `may_stop`: the step may end the run, or may itself disable an optional actor.
  disables_at_once,
  /// `footprint`: without what `stopped` looks at.
  stopped_is_nobodys,
};

/// A run stops in a violation where one variable has one value and another another.
struct Forbidden {
  Byte x = 0, value_of_x = 0;
  Byte y = 0, value_of_y = 0;
};

/// A program with optional threads, which need not run and cannot where no other thread
/// can, and with a forbidden pair of values.
template <class P>
class ContractProgram : public P {
 public:
  using State = typename P::State;

  ContractProgram(std::vector<Code> codes, sim::ActorSet optional,
                  std::optional<Forbidden> forbidden)
      : P(codes), codes_(std::move(codes)), optional_(optional), forbidden_(forbidden) {}

  [[nodiscard]] sim::ActorSet optional_actors() const { return optional_; }
  /// Where a thread could take its step, were it not for the others.
  [[nodiscard]] sim::ActorSet ready(const State& s) const { return P::enabled(s); }
  [[nodiscard]] sim::ActorSet enabled(const State& s) const {
    const sim::ActorSet all = ready(s);
    return (all - optional_).empty() ? sim::ActorSet{} : all;
  }
  [[nodiscard]] std::optional<sim::End> stopped(const State& s) const {
    const bool is_forbidden = forbidden_ && s.memory[forbidden_->x] == forbidden_->value_of_x &&
                              s.memory[forbidden_->y] == forbidden_->value_of_y;
    return is_forbidden ? sim::End::violation : P::stopped(s);
  }
  [[nodiscard]] sim::End end_when_blocked(const State& s) const {
    for (unsigned t = 0; t < codes_.size(); ++t) {
      if (!optional_.contains(t) && s.pc[t] != codes_[t].size()) return sim::End::violation;
    }
    return sim::End::rest;
  }
  [[nodiscard]] Byte end_detail(const State& s) const {
    if (P::stopped(s)) return P::end_detail(s);
    return stopped(s) ? 3 : 1;
  }
  /// What a step accesses; and if that may decide whether the run stops after it, all that
  /// decides it.
  [[nodiscard]] sim::Footprint footprint(const State& s, sim::ActorId t) const {
    sim::Footprint result = P::footprint(s, t);
    if (!forbidden_) return result;
    const std::uint64_t pair = std::uint64_t{1} << forbidden_->x | std::uint64_t{1}
                                                                       << forbidden_->y;
    if ((result.writes & pair) != 0) result.reads |= pair;
    return result;
  }
  [[nodiscard]] sim::Footprint access(const State& s, sim::ActorId t) const {
    return P::footprint(s, t);
  }

 private:
  std::vector<Code> codes_;
  sim::ActorSet optional_;
  std::optional<Forbidden> forbidden_;
};

/// A program that promises what the contract asks for, and no more. `M` has at most four
/// actors and few states, all of which are kept.
template <class M>
class Promises : public M {
 public:
  using State = typename M::State;

  Promises(M model, Reading reading)
      : M(std::move(model)), reading_(reading), known_(std::make_shared<Known>()) {
    add_states();
  }

  [[nodiscard]] sim::Footprint footprint(const State& s, sim::ActorId actor) const {
    return reading_ == Reading::stopped_is_nobodys ? M::access(s, actor) : M::footprint(s, actor);
  }

  /// "What the actor may touch from this state on, whatever the others do, as long as some
  /// other enabled actor has not moved; and likewise what those actors may touch that are not
  /// enabled and that it may enable, directly or not. [...] may be empty for an actor that is
  /// not enabled."
  [[nodiscard]] sim::Footprint future(const State& s, sim::ActorSet enabled,
                                      sim::ActorId actor) const {
    auto& futures = known_->futures;
    const unsigned id = number(s);
    auto at = futures.find(id);
    if (at == futures.end()) {
      at = futures.try_emplace(id).first;
      if (reading_ == Reading::future_before_any_other) {
        for (const unsigned one : enabled) walk(id, enabled, sim::ActorSet::of(one), at->second);
      } else {
        walk(id, enabled, enabled, at->second);
      }
    }
    return at->second.at(actor);
  }

  /// "May end the run; or need not happen; or its actor may be without a step, before it has
  /// moved again, where an optional actor could take one."
  [[nodiscard]] bool may_stop(const State& s, sim::ActorId actor) const {
    const sim::ActorSet optional = M::optional_actors();
    if (optional.contains(actor)) return true;
    std::unordered_set<unsigned> seen;
    std::vector<unsigned> open;
    for (const Edge& edge : known_->edges[number(s)]) {
      if (edge.actor != actor) continue;
      const State& next = known_->states[edge.target];
      if (M::stopped(next)) return true;
      if (reading_ == Reading::disables_at_once) {
        if (!((M::enabled(s) & optional) - M::enabled(next)).empty()) return true;
      } else if (seen.insert(edge.target).second) {
        open.push_back(edge.target);
      }
    }
    while (!open.empty()) {
      const unsigned id = open.back();
      open.pop_back();
      const State& now = known_->states[id];
      if (M::stopped(now)) continue;
      if (!M::enabled(now).contains(actor) && !(M::ready(now) & optional).empty()) return true;
      for (const Edge& edge : known_->edges[id]) {
        if (edge.actor != actor && seen.insert(edge.target).second) open.push_back(edge.target);
      }
    }
    return false;
  }

 private:
  static constexpr unsigned most_actors = 4;
  using Futures = std::array<sim::Footprint, most_actors>;
  struct Edge {
    sim::ActorId actor;
    unsigned target;
  };
  /// All states and what follows them. Shared by copies.
  struct Known {
    std::map<std::string, unsigned, std::less<>> numbers;
    std::vector<State> states;
    std::vector<std::vector<Edge>> edges;
    std::map<unsigned, Futures> futures;
  };

  static std::string_view bytes(const State& s) {
    return {reinterpret_cast<const char*>(&s), sizeof s};
  }
  [[nodiscard]] unsigned number(const State& s) const {
    return known_->numbers.find(bytes(s))->second;
  }
  unsigned added(const State& s) {
    const auto [at, is_new] =
        known_->numbers.try_emplace(std::string(bytes(s)), known_->states.size());
    if (is_new) {
      known_->states.push_back(s);
      known_->edges.emplace_back();
    }
    return at->second;
  }
  void add_states() {
    added(M::initial());
    for (unsigned id = 0; id < known_->states.size(); ++id) {
      const State s = known_->states[id];
      if (M::stopped(s)) continue;
      for (const unsigned a : M::enabled(s)) {
        const auto actor = static_cast<sim::ActorId>(a);
        for (const unsigned outcome : M::outcomes(s, actor)) {
          State next = s;
          sim::NullSink sink;
          M::step(next, {actor, static_cast<sim::Outcome>(outcome)}, sink);
          const unsigned target = added(next);
          known_->edges[id].push_back({actor, target});
        }
      }
    }
  }

  /// A path from the state whose futures are asked for. An actor that was not enabled there is
  /// in the future of the one that it owes that to, step by step: its owner.
  struct Node {
    unsigned state;
    sim::ActorSet moved;
    std::array<std::uint8_t, most_actors> owner;
    [[nodiscard]] std::uint64_t key() const {
      std::uint64_t all = state;
      for (const std::uint8_t o : owner) all = all << 4 | o;
      return all << 8 | moved.bits();
    }
  };

  /// Adds what is touched on the paths on which those in `may_move`, and those that owe it to
  /// them, take all steps.
  void walk(unsigned from, sim::ActorSet enabled, sim::ActorSet may_move, Futures& futures) const {
    constexpr std::uint8_t nobody = 15;
    Node first{from, {}, {}};
    for (unsigned a = 0; a < most_actors; ++a) {
      first.owner[a] = enabled.contains(a) ? static_cast<std::uint8_t>(a) : nobody;
    }
    std::unordered_set<std::uint64_t> seen{first.key()};
    std::vector<Node> open{first};
    while (!open.empty()) {
      const Node now = open.back();
      open.pop_back();
      const State& s = known_->states[now.state];
      for (const Edge& edge : known_->edges[now.state]) {
        const unsigned owner = now.owner[edge.actor];
        if (!may_move.contains(owner)) continue;
        Node next = now;
        next.state = edge.target;
        next.moved.insert(owner);
        // Where all have moved, nobody is left that might have gone first.
        if ((enabled - next.moved).empty()) continue;
        futures[owner] = futures[owner] | footprint(s, edge.actor);
        const State& then = known_->states[edge.target];
        for (const unsigned a : M::stopped(then) ? sim::ActorSet{} : M::enabled(then)) {
          if (!enabled.contains(a) && !M::enabled(s).contains(a)) {
            next.owner[a] = static_cast<std::uint8_t>(owner);
          }
        }
        if (seen.insert(next.key()).second) open.push_back(next);
      }
    }
  }

  Reading reading_;
  std::shared_ptr<Known> known_;
};

using RandomContract = ContractProgram<RandomProgram>;

/// A small random program, the same for the same seed: one or two optional threads in half of the
/// programs, a forbidden pair in half of them.
inline RandomContract drawn_contract(std::uint64_t seed) {
  std::vector<Code> codes = ProgramGenerator(seed).codes({.variables = 4, .instructions = 9});
  sim::Random random(seed);
  const auto threads = static_cast<std::uint32_t>(codes.size());
  sim::ActorSet optional;
  if (random.below(2) == 0) optional.insert(random.below(threads));
  if (threads > 2 && random.below(4) == 0) optional.insert(random.below(threads));
  std::optional<Forbidden> forbidden;
  if (random.below(2) == 0) {
    const auto byte = [&random](unsigned n) { return static_cast<Byte>(random.below(n)); };
    // Not what the variables begin with.
    forbidden = {byte(4), static_cast<Byte>(1 + byte(2)), byte(4), byte(3)};
  }
  return RandomContract(std::move(codes), optional, forbidden);
}

}  // namespace textbook
