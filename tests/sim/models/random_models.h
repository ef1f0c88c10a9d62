// SPDX-License-Identifier: MIT
//
// Random small models, the same for the same seed.
//
// Textbook programs test what somebody thought of. These have a bit of everything:
// blocking, outcomes, violations at any moment and at the end, cuts, an actor that
// is environment. They are small enough for the slow, obvious code in reference_*.h
// to walk all their paths.
//
// RenamedCells makes states differ in names: the variables of a program live in
// cells, one more than there are variables, and a variable that is overwritten moves
// to the cell that is free. A state says which variable is where, which no actor
// can see. With the names gone, what is left is the program as it was.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>
#include <vector>

#include "sim/model_concept.h"
#include "sim/random.h"
#include "tests/sim/models/model_adapter.h"
#include "tests/sim/models/program_model.h"

namespace textbook {

using RandomProgram = Program<4, 6>;

/// What random programs may be like.
struct ProgramShape {
  /// Jumps may lead back; then no instruction counts up, so that there are few states.
  bool loops = false;
  unsigned variables = 3;      ///< at most, 1..6
  unsigned instructions = 10;  ///< at most, of all threads, at least 4
};

/// Draws programs.
class ProgramGenerator {
 public:
  explicit ProgramGenerator(std::uint64_t seed) : random_(seed) {}

  /// 2 to 4 threads of 1 to 5 instructions.
  RandomProgram next(const ProgramShape& shape = {}) {
    std::vector<Code> drawn = codes(shape);
    const auto threads = static_cast<unsigned>(drawn.size());
    RandomProgram program(std::move(drawn));
    if (one_in(3)) {
      program = program.with_environment(sim::ActorSet::of(random_.below(threads)));
    }
    if (one_in(3)) program = program.expecting(random_.below(variables_), random_.below(4));
    return program;
  }

  /// The codes of these threads.
  std::vector<Code> codes(const ProgramShape& shape) {
    const unsigned threads = 2 + random_.below(3);
    shape_ = shape;
    variables_ = 1 + random_.below(shape.variables);
    std::vector<Code> result;
    unsigned left = shape.instructions - threads;  // beside one for each
    for (unsigned t = 0; t < threads; ++t) {
      const unsigned more = random_.below(std::min(left, 4u) + 1);
      left -= more;
      result.push_back(code(1 + more));
    }
    return result;
  }

 private:
  bool one_in(unsigned n) { return random_.below(n) == 0; }

  Code code(unsigned length) {
    Code result;
    for (unsigned at = 0; at < length; ++at) result.push_back(instruction(at, length));
    return result;
  }

  Instruction instruction(unsigned at, unsigned length) {
    const unsigned variable = random_.below(variables_);
    const unsigned value = random_.below(3);
    const unsigned reg = random_.below(2);
    switch (random_.below(18)) {
      case 0:
      case 1:
      case 2:
        return load(variable, reg);
      case 3:
      case 4:
        return shape_.loops ? put(variable, value) : store(variable, value, reg);
      case 5:
      case 6:
        return put(variable, value);
      case 7:
      case 8:
        return shape_.loops ? choose(variable, 2) : add(variable, 1 + value);
      case 9:
      case 10:
        return choose(variable, 2 + random_.below(2));
      case 11:
      case 12:
      case 13:
        return branch(variable, value, target(at, length), target(at, length));
      case 14:
        return lock(variable);
      case 15:
        return unlock(variable);
      case 16:
        return check(variable, value);
      default:
        return one_in(2) ? cut() : lock(variable);
    }
  }

  unsigned target(unsigned at, unsigned length) {
    return shape_.loops ? random_.below(length + 1) : at + 1 + random_.below(length - at);
  }

  sim::Random random_;
  ProgramShape shape_;
  unsigned variables_ = 1;
};

/// A program whose variables move from cell to cell.
template <class P>
class RenamedCells : public ModelAdapter<P, RenamedCells<P>> {
  static constexpr unsigned variables = P::max_variables;

 public:
  struct State {
    typename P::State rest;  ///< its memory is zero
    std::array<Byte, variables + 1> cell;
    std::array<Byte, variables + 1> name;  ///< cell of a variable; the last is free and zero
  };

  explicit RenamedCells(P program) : ModelAdapter<P, RenamedCells>(std::move(program)) {}

  /// With names gone.
  [[nodiscard]] static typename P::State plain(const State& s) {
    typename P::State result = s.rest;
    for (unsigned v = 0; v < variables; ++v) result.memory[v] = s.cell[s.name[v]];
    return result;
  }

  [[nodiscard]] State initial() const {
    State s{P::initial(), {}, {}};
    canonical(s);
    return s;
  }

  template <class Sink>
  void step(State& s, sim::Choice choice, Sink& sink) const {
    typename P::State now = plain(s);
    const sim::Footprint access = P::footprint(now, choice.actor);
    P::step(now, choice, sink);
    for (unsigned v = 0; v < variables; ++v) {
      const bool overwritten = access.reads == 0 && (access.writes >> v & 1u) != 0;
      if (overwritten) {
        s.cell[s.name[v]] = 0;
        std::swap(s.name[v], s.name[variables]);
      }
      s.cell[s.name[v]] = now.memory[v];
    }
    s.rest = now;
    s.rest.memory = {};
  }

  /// Every variable to the cell of its own number.
  static void canonical(State& s) {
    const auto memory = plain(s).memory;
    s.cell = {};
    for (unsigned v = 0; v < variables; ++v) s.cell[v] = memory[v];
    for (unsigned v = 0; v <= variables; ++v) s.name[v] = byte(v);
  }
};

}  // namespace textbook
