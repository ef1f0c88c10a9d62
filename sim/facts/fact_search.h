// SPDX-License-Identifier: MIT
//
// The simplest conjunction of facts that decides whether an interleaving fails.
//
// Necessary is a conjunction all of whose facts are; which are, one pass tells. Whether
// one is sufficient takes a product with the graph, and there are a million triples.
// Most are refuted by an interleaving that passes and has all of their facts: some are
// known from random walks, and every exact check that fails hands out another. So only
// what no known interleaving refutes is checked, and nothing rests on the walks.
//
// A fact is only told if its order is one: some passing interleaving has the later kind
// before the first one. A step that is never taken but on the way to a failure would
// otherwise explain everything: it is what follows, not why.
#pragma once

#include <functional>
#include <vector>

#include "sim/facts/ordering_facts.h"

namespace sim {

/// What to look for.
struct FactQuestion {
  /// A failing interleaving, the one to be explained, and its subject. Conjunctions are
  /// made of facts it has: of others none is necessary.
  Schedule failing;
  std::uint8_t subject = 0;
  /// Facts that can be part of an answer, beside what is demanded of all.
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
  /// If there is none: necessary ones of which the fewest known passing interleavings,
  /// and a sufficient one of which the most known failing ones, have all facts. Found by
  /// samples, counted exactly.
  std::vector<CountedFacts> best_necessary;
  std::vector<CountedFacts> best_sufficient;
  BigInt failing;  ///< interleavings, in all
  BigInt passing;
  std::uint64_t exact_checks = 0;
};

/// Where a path has a fact for the first time.
struct FactPlace {
  std::size_t first = 0;  ///< steps, counted from 0: the last of the first kind before
  std::size_t later = 0;
};

/// REQUIRES: the choices are possible. Nothing if the subject has no such fact.
std::optional<FactPlace> place_of(const FactGraph& graph, const Schedule& schedule,
                                  std::uint8_t subject, Fact fact);

/// Searches. Deterministic. REQUIRES: `failing` leads to an end that counts as failing.
/// Throws Stopped.
FactAnswer search_facts(const FactGraph& graph, const FactQuestion& question);

}  // namespace sim
