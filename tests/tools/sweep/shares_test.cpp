// SPDX-License-Identifier: MIT
//
// Sharing out: every cell once, no share much dearer than need be.
#include "tools/sweep/shares.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <numeric>

#include "sim/random.h"

using namespace tools;

namespace {

std::vector<std::uint64_t> loads(const std::vector<std::uint64_t>& costs, unsigned shards) {
  const std::vector<unsigned> owner = shared_out(costs, shards);
  REQUIRE(owner.size() == costs.size());
  std::vector<std::uint64_t> load(shards);
  for (std::size_t i = 0; i < costs.size(); ++i) {
    REQUIRE(owner[i] >= 1);
    REQUIRE(owner[i] <= shards);
    load[owner[i] - 1] += costs[i];
  }
  return load;
}

/// The best there is, by trying everything.
std::uint64_t least_possible(const std::vector<std::uint64_t>& costs, unsigned shards) {
  std::uint64_t best = UINT64_MAX;
  std::vector<unsigned> owner(costs.size());
  for (;;) {
    std::vector<std::uint64_t> load(shards);
    for (std::size_t i = 0; i < costs.size(); ++i) load[owner[i]] += costs[i];
    best = std::min(best, *std::max_element(load.begin(), load.end()));
    std::size_t i = 0;
    while (i < owner.size() && ++owner[i] == shards) owner[i++] = 0;
    if (i == owner.size()) return best;
  }
}

}  // namespace

TEST_CASE("no share is dearer than Graham's bound allows") {
  sim::Random random(7);
  for (int round = 0; round < 50; ++round) {
    std::vector<std::uint64_t> costs;
    const auto cells = 1 + random.below(8);
    for (std::uint64_t i = 0; i < cells; ++i) costs.push_back(1 + random.below(100));
    for (const unsigned shards : {1u, 2u, 3u}) {
      const auto load = loads(costs, shards);
      // 4/3 - 1/(3m) of the best possible.
      CHECK(*std::max_element(load.begin(), load.end()) * 3 * shards <=
            least_possible(costs, shards) * (4 * shards - 1));
    }
  }
}

TEST_CASE("more shares than cells leave some with nothing to do") {
  const auto load = loads({5, 7}, 4);
  CHECK(std::count(load.begin(), load.end(), 0u) == 2);
}

TEST_CASE("equal costs are shared out evenly") {
  for (const std::uint64_t load : loads(std::vector<std::uint64_t>(24, 3), 8)) CHECK(load == 9);
}
