// SPDX-License-Identifier: MIT
//
// Programs about which others have published what a search must find.
//
// The scalable ones are benchmarks of optimal partial-order reduction (Abdulla,
// Aronis, Jonsson, Sagonas: "Optimal dynamic partial order reduction", POPL 2014;
// "Source Sets", JACM 2017) and of the test suites of Concuerror and GenMC; the
// litmus tests are the memory-model literature's. All start from zeros and are
// sequentially consistent. In the comments R and W are a read and a write, || is
// "in parallel".
#pragma once

#include <utility>
#include <vector>

#include "tests/sim/models/program_model.h"
#include "tests/sim/models/traced_model.h"

namespace textbook {

/// Wide enough for readers(13) and lastzero(10).
using OracleProgram = Program<14, 11>;
/// Long enough for lastzero(10).
using TracedOracle = Traced<OracleProgram, 11>;

/// The variables of the small ones.
inline constexpr unsigned x = 0, y = 1;

inline std::vector<Code> copies(unsigned n, const Code& code) { return {n, code}; }
inline std::vector<Code> join(std::vector<Code> a, const std::vector<Code>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

/// Wx || N times Rx
inline OracleProgram readers(unsigned n) {
  return OracleProgram(join({{put(x, 1)}}, copies(n, {load(x)})));
}

/// {i = N; while a[i] != 0: i = i - 1} || for j = 1..N: a[j] = a[j - 1] + 1
inline OracleProgram lastzero(unsigned n) {
  Code search;
  for (unsigned at = 0; at <= n; ++at) search.push_back(branch(n - at, 0, n + 1, at + 1));
  std::vector<Code> codes{search};
  for (unsigned j = 1; j <= n; ++j) codes.push_back({load(j - 1), store(j, 1)});
  return OracleProgram(codes);
}

/// N times {x += 1; y += 1}, each indivisible
inline OracleProgram binc(unsigned n) { return OracleProgram(copies(n, {add(x, 1), add(y, 1)})); }

/// N times {r = x; x = r + 1}: updates may get lost
inline OracleProgram inc(unsigned n) { return OracleProgram(copies(n, {load(x), store(x, 1)})); }

/// Wx || N times {Rx; Wx}
inline OracleProgram wrw(unsigned n) {
  return OracleProgram(join({{put(x, 1)}}, copies(n, {load(x), put(x, 2)})));
}

/// SB, store buffering: Wx Ry || Wy Rx
inline OracleProgram store_buffering() {
  return OracleProgram({{put(x, 1), load(y)}, {put(y, 1), load(x)}});
}
/// LB, load buffering: Rx Wy || Ry Wx
inline OracleProgram load_buffering() {
  return OracleProgram({{load(x), put(y, 1)}, {load(y), put(x, 1)}});
}
/// MP, message passing: Wx Wy || Ry Rx
inline OracleProgram message_passing() {
  return OracleProgram({{put(x, 1), put(y, 1)}, {load(y), load(x, 1)}});
}
/// 2+2W: Wx Wy || Wy Wx
inline OracleProgram two_plus_two_writes() {
  return OracleProgram({{put(x, 1), put(y, 2)}, {put(y, 1), put(x, 2)}});
}
/// IRIW, independent reads of independent writes: Wx || Wy || Rx Ry || Ry Rx
inline OracleProgram independent_reads() {
  return OracleProgram({{put(x, 1)}, {put(y, 1)}, {load(x), load(y, 1)}, {load(y), load(x, 1)}});
}
/// CoRR2, coherence of two pairs of reads: Wx || Wx || Rx Rx || Rx Rx
inline OracleProgram coherent_reads() {
  return OracleProgram({{put(x, 1)}, {put(x, 2)}, {load(x), load(x, 1)}, {load(x), load(x, 1)}});
}

// Mutual exclusion. Whoever is in the critical section writes its name and checks
// that it still stands there. A thread enters `rounds` times.

/// Code of a thread made from that of one round, whose jumps count from its start.
inline Code repeated(unsigned rounds, const Code& once) {
  Code code;
  for (unsigned round = 0; round < rounds; ++round) {
    const auto start = static_cast<unsigned>(code.size());
    for (Instruction i : once) {
      i.equal = byte(i.equal + start);
      i.otherwise = byte(i.otherwise + start);
      code.push_back(i);
    }
  }
  return code;
}

/// The variables of mutual exclusion; 0 and 1 are the threads' flags.
inline constexpr unsigned turn = 2, inside = 3;

/// Peterson's algorithm ("Myths about the mutual exclusion problem", 1981). Its
/// broken twin gives way before it raises its flag.
inline OracleProgram peterson(bool broken, unsigned rounds = 2) {
  std::vector<Code> codes;
  for (unsigned me = 0; me < 2; ++me) {
    const unsigned other = 1 - me;
    Code code{
        put(me, 1),
        put(turn, other),
        branch(other, 0, 4, 3),  // 2: the other does not want to: enter
        branch(turn, other, 2, 4),
        put(inside, me + 1),  // 4
        check(inside, me + 1),
        put(me, 0),
    };
    if (broken) std::swap(code[0], code[1]);
    codes.push_back(repeated(rounds, code));
  }
  return OracleProgram(codes);
}

/// Dekker's algorithm (Dijkstra, "Cooperating sequential processes", 1965). Its
/// broken twin, having waited for its turn, does not ask again but enters.
inline OracleProgram dekker(bool broken, unsigned rounds = 2) {
  std::vector<Code> codes;
  for (unsigned me = 0; me < 2; ++me) {
    const unsigned other = 1 - me;
    const unsigned enter = 5;
    codes.push_back(repeated(rounds, {
                                         put(me, 1),
                                         branch(other, 0, enter, 2),  // 1
                                         branch(turn, me, 1, 3),
                                         put(me, 0),
                                         branch(turn, me, broken ? enter : 0, 4),  // 4
                                         put(inside, me + 1),                      // 5
                                         check(inside, me + 1),
                                         put(turn, other),
                                         put(me, 0),
                                     }));
  }
  return OracleProgram(codes);
}

/// N philosophers, who take the fork on the left and then that on the right; if
/// `ordered`, the last one does it the other way round.
inline OracleProgram philosophers(unsigned n, bool ordered) {
  std::vector<Code> codes;
  for (unsigned i = 0; i < n; ++i) {
    unsigned first = i;
    unsigned second = (i + 1) % n;
    if (ordered && i == n - 1) std::swap(first, second);
    codes.push_back({lock(first), lock(second), unlock(second), unlock(first)});
  }
  return OracleProgram(codes);
}

}  // namespace textbook
