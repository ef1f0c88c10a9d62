// SPDX-License-Identifier: MIT
//
// Estimates; the most expensive cells are assigned first.
#include "tools/sweep/shares.h"

#include <algorithm>
#include <charconv>
#include <numeric>

#include "tools/app/search_setup.h"
#include "tools/engine/race_runs.h"
#include "tools/engine/race_search.h"

namespace tools {
namespace {

/// Steps of a run, the mean of a few.
std::uint64_t run_length(const model::RaceModel& model, std::uint64_t max_steps) {
  constexpr std::uint64_t runs = 20;
  std::uint64_t steps = 0;
  const sim::StrategySpec uniform{.kind = sim::StrategyKind::uniform};
  for (std::uint64_t seed = 1; seed <= runs; ++seed) {
    steps += run_seed(model, uniform, seed, max_steps).result.steps;
  }
  return std::max<std::uint64_t>(1, steps / runs);
}

/// A search that is not done after so many states is assumed to continue as it began:
/// the number of states by depth grows like its square until half of a run's length.
std::uint64_t exploration_cost(const SweepCell& cell, const model::RaceModel& model) {
  constexpr sim::StateId probe = 20'000;
  sim::ExploreOptions options{.keep_graph = false};
  options.max_states = probe;
  if (cell.max_states != 0 && cell.max_states < probe) {
    options.max_states = static_cast<sim::StateId>(cell.max_states);
  }
  const auto found = search_states(model, options);
  if (found.bound == sim::Bound::none) return found.transitions;
  const std::uint64_t length = run_length(model, 10'000);
  const std::uint64_t depth = std::max(1u, found.depth());
  const std::uint64_t ratio = 1 + length / depth;
  const std::uint64_t cost = found.transitions * ratio * ratio * ratio;
  const std::uint64_t most = cell.max_states == 0 ? cost : 4 * cell.max_states;
  return std::min(cost, most);
}

}  // namespace

Shard shard_of(const std::string& text) {
  constexpr unsigned most = 10'000;
  Shard shard;
  const char* const last = text.data() + text.size();
  const auto number = std::from_chars(text.data(), last, shard.number);
  if (number.ec == std::errc{} && number.ptr != last && *number.ptr == '/') {
    const auto of = std::from_chars(number.ptr + 1, last, shard.of);
    const bool is_read = of.ec == std::errc{} && of.ptr == last;
    if (is_read && shard.number >= 1 && shard.number <= shard.of && shard.of <= most) return shard;
  }
  throw model::InputError("--shard: expected I/N, such as 2/8, with 1 <= I <= N <= 10000, found '" +
                          model::printable(text) + "'");
}

std::uint64_t estimated_cost(const SweepCell& cell) {
  const model::RaceModel model = model_of(cell.scenario, cell.policy);
  if (!cell.hunt) return exploration_cost(cell, model);
  // A step that is only taken costs a tenth of a step whose state is looked up.
  return 1 + cell.hunt->seeds.size() * run_length(model, cell.hunt->max_steps) / 10;
}

std::vector<unsigned> shared_out(const std::vector<std::uint64_t>& costs, unsigned shards) {
  std::vector<std::size_t> dearest_first(costs.size());
  std::iota(dearest_first.begin(), dearest_first.end(), std::size_t{0});
  std::stable_sort(dearest_first.begin(), dearest_first.end(),
                   [&costs](std::size_t a, std::size_t b) { return costs[a] > costs[b]; });
  std::vector<std::uint64_t> load(shards);
  std::vector<unsigned> owner(costs.size());
  for (const std::size_t cell : dearest_first) {
    const auto least = std::min_element(load.begin(), load.end());
    *least += costs[cell];
    owner[cell] = static_cast<unsigned>(least - load.begin()) + 1;
  }
  return owner;
}

}  // namespace tools
