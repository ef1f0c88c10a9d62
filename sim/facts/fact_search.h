// SPDX-License-Identifier: MIT
//
// The simplest conjunction of facts that decides whether an interleaving fails.
//
// A conjunction is necessary if all of its facts are necessary; one pass finds those
// facts. Whether a conjunction is sufficient takes a product with the graph, and there
// are a million triples. Most are refuted by an interleaving that passes and has all of
// their facts: some such interleavings are known from random walks, and every exact
// check that fails returns another one. So only conjunctions that no known interleaving
// refutes are checked exactly, and no answer depends on the walks.
//
// A fact is told only if its order matters: some passing interleaving has the later
// kind before the first one. Otherwise a step that is taken only on the way to a
// failure would explain everything, although it is a consequence and not the reason.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "sim/facts/ordering_facts.h"

namespace sim {

/// What to look for.
struct FactQuestion {
  /// A failing interleaving, the one to be explained, and its subject. Conjunctions are
  /// made of facts that it has: of other facts none is necessary.
  Schedule failing;
  std::uint8_t subject = 0;
  /// Facts that can be part of an answer, if they also meet the conditions on all
  /// facts.
  std::function<bool(Fact)> may_be_told;
  /// How far a fact is from what a reader wants to be told. Preferred is what `failing`
  /// has first, then the least sum, then the fewest steps from first to later.
  std::function<unsigned(Fact)> distance;
  unsigned most_shown = 3;  ///< conjunctions counted and handed out, at least 1
};

/// A conjunction with what it leaves unexplained.
struct CountedFacts {
  Conjunction facts;
  FactCounts counts;
  std::optional<Schedule> passing_with;     ///< a shortest one, if there is one
  std::optional<Schedule> failing_without;  ///< likewise
};

/// What was found.
struct FactAnswer {
  std::size_t candidates = 0;  ///< facts that may be told
  std::size_t necessary = 0;   ///< of these, those that every failing interleaving has
  /// Conjunctions that are necessary and sufficient, of the fewest facts with which
  /// there are some, the preferred ones first; and how many there are in all.
  std::vector<CountedFacts> deciding;
  std::uint64_t deciding_count = 0;
  /// If there is none: the necessary conjunctions whose facts the fewest known passing
  /// interleavings have, and a sufficient one whose facts the most known failing
  /// interleavings have. Found by samples, counted exactly.
  std::vector<CountedFacts> best_necessary;
  std::vector<CountedFacts> best_sufficient;
  BigInt failing;  ///< interleavings, in all
  BigInt passing;
  std::uint64_t exact_checks = 0;
};

/// The place at which a path has a fact for the first time.
struct FactPlace {
  std::size_t first = 0;  ///< steps, counted from 0: the last of the first kind before
  std::size_t later = 0;
};

/// Nothing if the subject has no such fact. REQUIRES: the choices are possible.
std::optional<FactPlace> place_of(const FactGraph& graph, const Schedule& schedule,
                                  std::uint8_t subject, Fact fact);

/// Searches. Deterministic. REQUIRES: `failing` leads to an end that counts as failing.
/// Throws Stopped.
FactAnswer search_facts(const FactGraph& graph, const FactQuestion& question);

}  // namespace sim
