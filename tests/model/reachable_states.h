// SPDX-License-Identifier: MIT
//
// Every world of a scenario, for tests of what must hold in each of them.
//
// Breadth first, whole worlds in an ordinary hash map; which actors are expanded
// in a world, and what a world is renamed to, is the caller's choice, so the same
// few lines are the full search and every reduced one.
#pragma once

#include <catch2/catch.hpp>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "model/invariants.h"
#include "model/race_model.h"
#include "model/scenario/guards.h"
#include "model/scenario/scenario.h"
#include "sim/random.h"
#include "sim/strategies/uniform.h"

namespace reachable {

using namespace model;

inline std::string_view bytes_of(const World& w) {
  return {reinterpret_cast<const char*>(&w), sizeof w};
}
struct Hash {
  std::size_t operator()(const World& w) const {
    return std::hash<std::string_view>{}(bytes_of(w));
  }
};
struct Equal {
  bool operator()(const World& a, const World& b) const { return bytes_of(a) == bytes_of(b); }
};
/// A value by world.
template <class T>
using WorldMap = std::unordered_map<World, T, Hash, Equal>;

inline World after(const RaceModel& model, World w, sim::Choice choice) {
  sim::NullSink sink;
  model.step(w, choice, sink);
  return w;
}

/// All choices of some actors.
inline std::vector<sim::Choice> choices(const RaceModel& model, const World& w,
                                        sim::ActorSet actors) {
  std::vector<sim::Choice> result;
  for (const unsigned actor : actors) {
    for (const unsigned outcome : model.outcomes(w, static_cast<sim::ActorId>(actor))) {
      result.push_back({static_cast<sim::ActorId>(actor), static_cast<sim::Outcome>(outcome)});
    }
  }
  return result;
}

/// What is enabled where the run has not been stopped.
inline sim::ActorSet enabled(const RaceModel& model, const World& w) {
  return model.stopped(w) ? sim::ActorSet{} : model.enabled(w);
}

/// How a run ends in a world, and the invariant or budget.
using EndKind = std::pair<sim::End, unsigned>;

/// A search: worlds in the order of discovery, and their successors by number.
struct Search {
  std::vector<World> worlds;
  std::vector<std::vector<std::uint32_t>> successors;
  WorldMap<std::uint32_t> number;
  std::map<EndKind, std::uint64_t> ends;
  /// Worlds at rest or in a deadlock.
  WorldMap<bool> blocked;
};

/// Searches from the initial world. `actors(world, enabled)` are expanded;
/// `rename(world)` is done to every world before it is looked up.
template <class Actors, class Rename>
Search search(const RaceModel& model, Actors actors, Rename rename) {
  Search s;
  const auto number_of = [&](World w) {
    rename(w);
    const auto [at, is_new] = s.number.try_emplace(w, static_cast<std::uint32_t>(s.worlds.size()));
    if (is_new) s.worlds.push_back(w);
    return at->second;
  };
  number_of(model.initial());
  for (std::size_t i = 0; i < s.worlds.size(); ++i) {
    const World w = s.worlds[i];
    const sim::ActorSet all = enabled(model, w);
    s.successors.emplace_back();
    if (all.empty()) {
      const auto stop = model.stopped(w);
      const sim::End end = stop ? *stop : model.end_when_blocked(w);
      ++s.ends[{end, end == sim::End::rest ? 0u : model.end_detail(w)}];
      if (!stop) s.blocked[w] = true;
      continue;
    }
    for (const sim::Choice choice : choices(model, w, actors(w, all))) {
      s.successors[i].push_back(number_of(after(model, w, choice)));
    }
  }
  return s;
}

inline sim::ActorSet all_of_them(const World&, sim::ActorSet enabled) { return enabled; }
inline void no_renaming(World&) {}

/// The full search.
inline Search search(const RaceModel& model) { return search(model, all_of_them, no_renaming); }

inline Scenario scenario(const std::string& name) {
  return load_scenario(std::string(FRWRSIM_SCENARIO_DIR) + "/" + name + ".json");
}
inline RaceModel model_of(const Scenario& scenario, std::string_view policy) {
  return RaceModel(scenario.with_policy(find_policy(policy)->policy));
}

/// Shipped scenarios that are searched in well under a second.
inline const std::vector<std::string> small_scenarios{"no-loss",
                                                      "single-segment",
                                                      "pool-exhaustion",
                                                      "upstream-report",
                                                      "loss-any-time",
                                                      "flushing-provider",
                                                      "flushing-provider-short-pool"};
inline const std::vector<std::string> policies_by_name{"fix", "pre-fix"};

/// Some setup or other: one to three RPCs, any guards, faults and budgets.
inline Setup random_setup(sim::Random& random) {
  const auto up_to = [&random](unsigned most) {
    return static_cast<std::uint8_t>(random.below(most + 1));
  };
  Setup setup;
  setup.rpc_count = static_cast<std::uint8_t>(1 + up_to(max_rpcs - 1));
  for (unsigned i = 0; i < setup.rpc_count; ++i) {
    RpcSetup& rpc = setup.rpcs[i];
    rpc.read_list = up_to(2);
    rpc.write_list = up_to(1);
    rpc.async = up_to(1) != 0;
    if (i > 0 && up_to(2) == 0) rpc.after = up_to(i);
  }
  setup.pool = static_cast<std::uint8_t>(1 + up_to(4));
  setup.refresh_batch = up_to(2);
  setup.losses = up_to(2);
  if (up_to(1) != 0) setup.loss_before_send_of = 1;
  if (up_to(1) != 0) setup.provider = Provider::flush;
  setup.faults.dma_map = up_to(1);
  setup.faults.map_mr_sg = up_to(1);
  setup.faults.prepare_send = up_to(1);
  for (const GuardEntry& guard : guards) setup.guards.*guard.is_on = up_to(1) != 0;
  setup.budgets.retransmissions = static_cast<std::uint8_t>(1 + up_to(1));
  setup.budgets.enobufs_retries = up_to(2);
  setup.budgets.reconnects = up_to(3);
  setup.budgets.refreshes = up_to(1);
  setup.policy = find_policy(policies_by_name[up_to(1)])->policy;
  return setup;
}

/// One of the above under some policy or other, be it one that nobody ever proposed,
/// with any faults, addresses and severities.
inline Setup random_later_setup(sim::Random& random) {
  Setup setup = random_setup(random);
  const auto up_to = [&random](unsigned most) {
    return static_cast<std::uint8_t>(random.below(most + 1));
  };
  const auto some = [&up_to](auto most) {
    return static_cast<decltype(most)>(up_to(static_cast<unsigned>(most)));
  };
  const auto all = policies();
  setup.policy = all[up_to(static_cast<unsigned>(all.size()) - 1)].policy;
  if (up_to(2) == 0) {
    setup.policy = {.failed_marshal = some(FailedMarshal::put_back),
                    .failed_map = some(FailedMap::put_back),
                    .give_up = some(GiveUp::unmap_sync),
                    .post_fastreg = some(PostFastreg::with_send),
                    .recover = some(Recover::destroy),
                    .mapped = some(Mapped::by_mr_dir),
                    .flush = some(Flush::marks_nothing),
                    .connection_end = some(ConnectionEnd::replaces_mrs),
                    .connect_lock = some(ConnectLock::worker)};
  }
  setup.faults.reset = up_to(1);
  setup.faults.drain_marker = up_to(1);
  setup.faults.signal = up_to(1);
  setup.faults.timeout = up_to(1);
  setup.iova = some(IovaChoice::reuse);
  if (setup.iova == IovaChoice::reuse) setup.detect = some(Detect::dma_api);
  for (const InvariantEntry& entry : invariants()) {
    const Severity severity = some(Severity::fatal);
    if (up_to(1) != 0 && may_be(entry.invariant, severity)) {
      setup.severities[static_cast<std::size_t>(entry.invariant)] = severity;
    }
  }
  return setup;
}

/// The worlds of one random run, the last one included.
inline std::vector<World> random_run(const RaceModel& model, std::uint64_t seed) {
  sim::UniformStrategy strategy(seed);
  std::vector<World> worlds{model.initial()};
  for (;;) {
    REQUIRE(worlds.size() < 10'000);  // budgets see to it that every run ends
    const World w = worlds.back();
    const sim::ActorSet movable = enabled(model, w);
    if (movable.empty()) return worlds;
    const sim::ActorId actor = strategy.pick_actor(movable);
    const sim::Outcome outcome = strategy.pick_outcome(actor, model.outcomes(w, actor));
    worlds.push_back(after(model, w, {actor, outcome}));
  }
}

/// Calls `check(model, name)` for each of them under each policy.
template <class Check>
void for_each(const std::vector<std::string>& names, Check check) {
  for (const std::string& name : names) {
    const Scenario read = scenario(name);
    for (const std::string& policy : policies_by_name) {
      INFO(name << " under " << policy);
      check(model_of(read, policy), name + ", " + policy);
    }
  }
}

}  // namespace reachable
