// SPDX-License-Identifier: MIT
//
// Breadth first, with a parent for every world.
#include "tools/step/way_to_rest.h"

#include <algorithm>
#include <cstring>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "tools/app/watch.h"

namespace tools {
namespace {

struct Node {
  model::World world;
  std::size_t parent;
  sim::Choice choice;  // that led from the parent to here
};

std::string_view bytes_of(const model::World& world) {
  return {reinterpret_cast<const char*>(&world), sizeof world};
}

/// Worlds by their number in `nodes`; a world is plain bytes.
struct HashOfWorld {
  const std::vector<Node>* nodes;
  std::size_t operator()(std::size_t i) const {
    return std::hash<std::string_view>()(bytes_of((*nodes)[i].world));
  }
};
struct SameWorld {
  const std::vector<Node>* nodes;
  bool operator()(std::size_t a, std::size_t b) const {
    return bytes_of((*nodes)[a].world) == bytes_of((*nodes)[b].world);
  }
};

sim::Schedule way_to(std::size_t node, const std::vector<Node>& nodes) {
  sim::Schedule schedule;
  for (; node != 0; node = nodes[node].parent) schedule.push_back(nodes[node].choice);
  std::reverse(schedule.begin(), schedule.end());
  return schedule;
}

}  // namespace

WayToRest way_to_rest(const model::RaceModel& model, const model::World& from,
                      const SearchLimits& limits) {
  constexpr std::size_t bytes_per_world = 2 * (sizeof(Node) + 4 * sizeof(void*));
  const std::size_t most = std::min<std::size_t>(
      {most_worlds_to_rest, limits.max_states, limits.max_memory / bytes_per_world});
  std::vector<Node> nodes{{from, 0, {}}};
  std::unordered_set<std::size_t, HashOfWorld, SameWorld> known(0, HashOfWorld{&nodes},
                                                                SameWorld{&nodes});
  known.insert(0);
  Watch watch(limits.time, "the way to rest");
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const model::World world = nodes[i].world;
    if (model.stopped(world)) continue;
    const sim::ActorSet enabled = model.enabled(world);
    if (enabled.empty()) {
      if (model.end_when_blocked(world) == sim::End::rest) return {way_to(i, nodes), {}};
      continue;
    }
    if (const sim::Bound bound = watch.look({}); bound != sim::Bound::none) return {{}, bound};
    for (const unsigned a : enabled) {
      const auto actor = static_cast<sim::ActorId>(a);
      for (const unsigned outcome : model.outcomes(world, actor)) {
        if (nodes.size() >= most) return {{}, sim::Bound::states};
        const sim::Choice choice{actor, static_cast<sim::Outcome>(outcome)};
        nodes.push_back({world, i, choice});
        sim::NullSink sink;
        model.step(nodes.back().world, choice, sink);
        if (!known.insert(nodes.size() - 1).second) nodes.pop_back();
      }
    }
  }
  return {};
}

}  // namespace tools
