// SPDX-License-Identifier: MIT
//
// Models written as programs: threads that are lists of instructions.
//
// The programs that others have published counts of are a few lines each, and
// random ones are data from the start. One interpreter serves both. An instruction
// accesses at most one shared variable and is one step; a variable is a byte.
// Threads have two registers, which are zero once they have been stored. What an
// instruction accesses can be read off it, so these models know their footprints.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "sim/model_concept.h"
#include "tests/sim/models/textbook_models.h"

namespace textbook {

enum class Op : Byte {
  load,    ///< register = variable
  store,   ///< variable = register + value; register = 0
  put,     ///< variable = value
  add,     ///< variable += value, in one step
  choose,  ///< variable = the outcome, one of `value` many
  branch,  ///< goes on at `equal` if variable == value, else at `otherwise`
  check,   ///< a violation if variable != value
  lock,    ///< waits for variable == 0, then sets it to thread + 1
  unlock,  ///< variable = 0
  cut,     ///< a budget is exceeded; no variable
};

struct Instruction {
  Op op = Op::load;
  Byte variable = 0;
  Byte value = 0;
  Byte reg = 0;
  Byte equal = 0, otherwise = 0;  ///< positions in the thread's code; its length is its end
};

using Code = std::vector<Instruction>;

constexpr Byte byte(unsigned value) { return static_cast<Byte>(value); }
constexpr Instruction load(unsigned x, unsigned reg = 0) {
  return {Op::load, byte(x), 0, byte(reg), 0, 0};
}
constexpr Instruction store(unsigned x, unsigned plus, unsigned reg = 0) {
  return {Op::store, byte(x), byte(plus), byte(reg), 0, 0};
}
constexpr Instruction put(unsigned x, unsigned value) {
  return {Op::put, byte(x), byte(value), 0, 0, 0};
}
constexpr Instruction add(unsigned x, unsigned value) {
  return {Op::add, byte(x), byte(value), 0, 0, 0};
}
constexpr Instruction choose(unsigned x, unsigned outcomes) {
  return {Op::choose, byte(x), byte(outcomes), 0, 0, 0};
}
constexpr Instruction branch(unsigned x, unsigned value, unsigned equal, unsigned otherwise) {
  return {Op::branch, byte(x), byte(value), 0, byte(equal), byte(otherwise)};
}
constexpr Instruction check(unsigned x, unsigned value) {
  return {Op::check, byte(x), byte(value), 0, 0, 0};
}
constexpr Instruction lock(unsigned x) { return {Op::lock, byte(x), 0, 0, 0, 0}; }
constexpr Instruction unlock(unsigned x) { return {Op::unlock, byte(x), 0, 0, 0, 0}; }
constexpr Instruction cut() { return {Op::cut, 0, 0, 0, 0, 0}; }

/// What a thread's next instruction accesses, whatever comes of it.
constexpr sim::Footprint accesses(const Instruction& i) {
  const std::uint64_t bit = std::uint64_t{1} << i.variable;
  switch (i.op) {
    case Op::load:
    case Op::branch:
    case Op::check:
      return {bit, 0};
    case Op::store:
    case Op::put:
    case Op::choose:
    case Op::unlock:
      return {0, bit};
    case Op::add:
    case Op::lock:
      return {bit, bit};
    case Op::cut:
      break;
  }
  return {};
}

/// A program of at most `threads` threads and `variables` variables. Immutable.
///
/// A run ends in rest if every thread has come to its end; in a violation if one
/// of them failed a check (detail 4 + thread), if not all are done and all are
/// blocked (1), or if a variable does not have the value expected at the end (2);
/// cut if a thread has executed `cut` (detail 4 + thread).
template <unsigned threads, unsigned variables>
class Program : public Threads<threads> {
 public:
  static constexpr unsigned max_threads = threads;
  static constexpr unsigned max_variables = variables;

  struct State {
    std::array<Byte, threads> pc;
    std::array<std::array<Byte, 2>, threads> r;
    std::array<Byte, variables> memory;
    Byte stop;  ///< 0; thread + 1 of a failed check; that + 32 of a cut
  };

  /// REQUIRES: at most `threads` codes, every jump within its code.
  explicit Program(std::vector<Code> codes) : codes_(std::move(codes)) { find_futures(); }

  /// The same program with threads that are environment.
  [[nodiscard]] Program with_environment(sim::ActorSet actors) const {
    Program result = *this;
    result.environment_ = actors;
    return result;
  }
  /// The same program that is wrong if it ends with x != value.
  [[nodiscard]] Program expecting(unsigned x, unsigned value) const {
    Program result = *this;
    result.expected_ = {byte(x), byte(value)};
    return result;
  }

  [[nodiscard]] unsigned actor_count() const { return static_cast<unsigned>(codes_.size()); }
  [[nodiscard]] sim::ActorSet environment() const { return environment_; }
  [[nodiscard]] State initial() const { return {}; }

  [[nodiscard]] sim::ActorSet enabled(const State& s) const {
    sim::ActorSet set;
    for (unsigned t = 0; t < actor_count(); ++t) {
      if (s.pc[t] == codes_[t].size()) continue;
      const Instruction& i = codes_[t][s.pc[t]];
      if (i.op != Op::lock || s.memory[i.variable] == 0) set.insert(t);
    }
    return set;
  }

  [[nodiscard]] sim::OutcomeSet outcomes(const State& s, sim::ActorId t) const {
    if (!enabled(s).contains(t)) return {};
    const Instruction& i = next(s, t);
    return sim::OutcomeSet::from_bits(i.op == Op::choose ? (1u << i.value) - 1 : 1u);
  }

  template <class Sink>
  void step(State& s, sim::Choice choice, Sink& /*sink*/) const {
    const unsigned t = choice.actor;
    const Instruction& i = next(s, t);
    Byte& variable = s.memory[i.variable];
    Byte& reg = s.r[t][i.reg];
    ++s.pc[t];
    switch (i.op) {
      case Op::load:
        reg = variable;
        break;
      case Op::store:
        variable = byte(reg + 0u + i.value);
        reg = 0;  // not read again
        break;
      case Op::put:
        variable = i.value;
        break;
      case Op::add:
        variable = byte(variable + 0u + i.value);
        break;
      case Op::choose:
        variable = choice.outcome;
        break;
      case Op::branch:
        s.pc[t] = variable == i.value ? i.equal : i.otherwise;
        break;
      case Op::check:
        if (variable != i.value) s.stop = byte(t + 1);
        break;
      case Op::lock:
        variable = byte(t + 1);
        break;
      case Op::unlock:
        variable = 0;
        break;
      case Op::cut:
        s.stop = byte(t + 33);
        break;
    }
  }

  [[nodiscard]] std::optional<sim::End> stopped(const State& s) const {
    if (s.stop == 0) return std::nullopt;
    return s.stop > 32 ? sim::End::cut : sim::End::violation;
  }
  [[nodiscard]] sim::End end_when_blocked(const State& s) const {
    return all_done(s) && as_expected(s) ? sim::End::rest : sim::End::violation;
  }
  [[nodiscard]] Byte end_detail(const State& s) const {
    if (s.stop != 0) return byte(4 + (s.stop - 1u) % 32);
    return all_done(s) ? 2 : 1;
  }

  [[nodiscard]] sim::Footprint footprint(const State& s, sim::ActorId t) const {
    return accesses(next(s, t));
  }
  [[nodiscard]] sim::Footprint future(const State& s, sim::ActorSet /*enabled*/,
                                      sim::ActorId t) const {
    return futures_[t][s.pc[t]];
  }
  [[nodiscard]] bool may_stop(const State& s, sim::ActorId t) const {
    const Instruction& i = next(s, t);
    if (i.op == Op::check || i.op == Op::cut) return true;
    if (i.op == Op::branch) return may_block(t, i.equal) || may_block(t, i.otherwise);
    return may_block(t, s.pc[t] + 1u);
  }

 private:
  [[nodiscard]] const Instruction& next(const State& s, unsigned t) const {
    return codes_[t][s.pc[t]];
  }
  [[nodiscard]] bool may_block(unsigned t, unsigned pc) const {
    return pc == codes_[t].size() || codes_[t][pc].op == Op::lock;
  }
  [[nodiscard]] bool all_done(const State& s) const {
    for (unsigned t = 0; t < actor_count(); ++t) {
      if (s.pc[t] != codes_[t].size()) return false;
    }
    return true;
  }
  [[nodiscard]] bool as_expected(const State& s) const {
    return !expected_ || s.memory[expected_->variable] == expected_->value;
  }

  // Backwards over each code until nothing changes: once if no jump leads back.
  void find_futures() {
    for (const Code& code : codes_) {
      std::vector<sim::Footprint> future(code.size() + 1);
      for (bool changed = true; changed;) {
        changed = false;
        for (auto pc = static_cast<unsigned>(code.size()); pc-- > 0;) {
          const Instruction& i = code[pc];
          const sim::Footprint after =
              i.op == Op::branch ? future[i.equal] | future[i.otherwise] : future[pc + 1];
          const sim::Footprint all = accesses(i) | after;
          changed = changed || !(all == future[pc]);
          future[pc] = all;
        }
      }
      futures_.push_back(std::move(future));
    }
  }

  struct Expected {
    Byte variable, value;
  };

  std::vector<Code> codes_;
  std::vector<std::vector<sim::Footprint>> futures_;  // by thread and position
  sim::ActorSet environment_;
  std::optional<Expected> expected_;
};

}  // namespace textbook
