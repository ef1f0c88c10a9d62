// SPDX-License-Identifier: MIT
//
// Uniform over interleavings. The uniform random walk is often taken for this, and is
// not.
//
// Every interleaving is exactly as likely as every other one: a number below the number
// of all of them is drawn at the start, and its interleaving run
// (interleaving_ranks.h). The uniform random walk differs much from that: it favours
// interleavings with few choices on their way (see Sen, "Effective random testing of
// concurrent programs", ASE 2007). The price is a search of all states beforehand. The
// share of failing runs tends to that of failing interleavings, which a search counts
// exactly. It too is not the probability of anything in a kernel.
#pragma once

#include <bit>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/questions/interleaving_ranks.h"
#include "sim/random.h"

namespace sim {

/// One interleaving, each equally likely. One object per run.
class InterleavingsStrategy {
 public:
  /// `all` are those of the model that is run, and must outlive the strategy. Their
  /// graph may be one under symmetry reduction, which keeps choices, but not one under
  /// partial order reduction.
  InterleavingsStrategy(std::uint64_t seed, const RankedInterleavings& all) : all_(all) {
    Random random(seed);
    const ConstWords total = all.count(0);
    rank_.resize(total.size());
    // As many random bits as the total has, until they are below it: exactly
    // uniform, and on average at most two attempts.
    const std::uint64_t top_bits = ~std::uint64_t{0} >> std::countl_zero(total.back());
    do {
      for (std::uint64_t& word : rank_) word = random.next();
      rank_.back() &= top_bits;
    } while (!less(rank_, total));
  }

  ActorId pick_actor([[maybe_unused]] ActorSet enabled) {
    const auto targets = all_.graph().targets(at_);
    std::size_t edge = 0;
    while (!less(rank_, all_.count(targets[edge]))) {
      subtract(rank_, all_.count(targets[edge]));
      ++edge;
    }
    choice_ = all_.graph().choices(at_)[edge];
    at_ = targets[edge];
    assert(enabled.contains(choice_.actor));
    return choice_.actor;
  }
  [[nodiscard]] Outcome pick_outcome(ActorId /*actor*/,
                                     [[maybe_unused]] OutcomeSet outcomes) const {
    assert(outcomes.contains(choice_.outcome));
    return choice_.outcome;
  }

 private:
  const RankedInterleavings& all_;
  std::vector<std::uint64_t> rank_;  // of the rest of the interleaving among those from here
  StateId at_ = 0;
  Choice choice_;
};

}  // namespace sim
