// SPDX-License-Identifier: MIT
//
// Which shard does which cells: shares of about the same cost.
//
// The cost of an exploration is not known before it is done. It is estimated from the
// first states of the search, the cost of a hunt from a few runs. Both estimates are
// the same on every machine, so all shards agree on the shares without talking to each
// other. The most expensive cells are assigned first, each to the shard that has least
// (R. L. Graham, "Bounds on multiprocessing timing anomalies", SIAM J. Appl. Math.
// 1969): no share is more than 4/3 of the best possible, if the estimates are right.
#pragma once

#include <cstdint>
#include <vector>

#include "tools/sweep/spec.h"

namespace tools {

/// One of several shares. Numbered from 1.
struct Shard {
  unsigned number = 1;
  unsigned of = 1;
};

/// "2/8". Throws model::InputError.
Shard shard_of(const std::string& text);

/// An estimate of what a cell takes, in steps of the model.
std::uint64_t estimated_cost(const SweepCell& cell);

/// By cell, the number of the shard that does it, 1 to `shards`.
std::vector<unsigned> shared_out(const std::vector<std::uint64_t>& costs, unsigned shards);

}  // namespace tools
