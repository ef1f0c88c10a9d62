// SPDX-License-Identifier: MIT
//
// Footprints are right: what they say is independent is, wherever it is said.
//
// The claim behind partial order reduction is about all that the others may do
// before the chosen actor moves. So that is what is walked here: from a world in
// which one actor suffices, every path of the others, and in every world on it
// the step is still there, with the same outcomes, commutes with each of their
// steps, takes none of them away and ends nothing. And what follows from it: the
// reduced search finds the same worlds at rest or in deadlock, and the same kinds
// of violations and cuts.
#include <algorithm>
#include <deque>

#include "sim/search/partial_order.h"
#include "tests/model/model_fixture.h"
#include "tests/model/reachable_states.h"

namespace {

using namespace fixture;
using reachable::after;

sim::Footprint future_in(const Bench& bench, sim::ActorId actor) {
  const RaceModel model(bench.setup);
  return model.future(bench.w, model.enabled(bench.w), actor);
}

sim::Footprint futures_of_others(const RaceModel& model, const World& w, sim::ActorId actor) {
  sim::Footprint all;
  for (unsigned other = 0; other < model.actor_count(); ++other) {
    if (other != actor)
      all = all | model.future(w, model.enabled(w), static_cast<sim::ActorId>(other));
  }
  return all;
}

bool may_go_first(const RaceModel& model, const World& w, sim::ActorId actor) {
  return !model.may_stop(w, actor) &&
         !conflict(model.footprint(w, actor), futures_of_others(model, w, actor));
}

sim::ActorSet sufficient(const RaceModel& model, const World& w, sim::ActorSet enabled) {
  return sim::sufficient_actors(model, w, enabled);
}

/// The first thing wrong with leaving all but `actor` for later in `w`; empty if
/// nothing is. `room` bounds the worlds looked at.
std::string objection(const RaceModel& model, const World& start, sim::ActorId actor,
                      std::size_t room) {
  const sim::OutcomeSet outcomes = model.outcomes(start, actor);
  reachable::WorldMap<bool> seen{{start, true}};
  std::deque<World> frontier{start};
  while (!frontier.empty() && room > 0) {
    const World w = frontier.front();
    frontier.pop_front();
    --room;
    const sim::ActorSet enabled = model.enabled(w);
    if (!enabled.contains(actor)) return "it is disabled";
    if (model.outcomes(w, actor) != outcomes) return "its outcomes change";
    const auto its_choices = reachable::choices(model, w, sim::ActorSet::of(actor));
    for (const sim::Choice its : its_choices) {
      if (model.stopped(after(model, w, its))) return "it ends the run";
    }
    for (const sim::Choice other :
         reachable::choices(model, w, enabled - sim::ActorSet::of(actor))) {
      const std::string who(model.actor_name(other.actor));
      const World then = after(model, w, other);
      for (const sim::Choice its : its_choices) {
        const World first = after(model, w, its);
        if (!model.enabled(first).contains(other.actor)) return "it disables " + who;
        if (model.outcomes(first, other.actor) != model.outcomes(w, other.actor)) {
          return "it changes the outcomes of " + who;
        }
        if (model.stopped(then)) {
          const World last = after(model, first, other);
          if (model.stopped(last) != model.stopped(then)) return "it keeps an end away by " + who;
          if (model.end_detail(last) != model.end_detail(then)) return "another end by " + who;
        } else if (!model.enabled(then).contains(actor)) {
          return "disabled by " + who;
        } else if (!same(after(model, first, other), after(model, then, its))) {
          return "the order matters to " + who;
        }
      }
      if (!model.stopped(then) && seen.try_emplace(then, true).second) frontier.push_back(then);
    }
  }
  return {};
}

/// The actors that may go first in `w`, of which a search takes one.
sim::ActorSet candidates(const RaceModel& model, const World& w) {
  const sim::ActorSet enabled = reachable::enabled(model, w);
  sim::ActorSet result;
  for (const unsigned candidate : enabled) {
    const auto actor = static_cast<sim::ActorId>(candidate);
    if (enabled.size() > 1 && may_go_first(model, w, actor)) result.insert(actor);
  }
  return result;
}

/// How many actors may go first in `w`, after checking that each of them may.
std::size_t check_world(const RaceModel& model, const World& w, std::size_t room) {
  const sim::ActorSet actors = candidates(model, w);
  for (const unsigned candidate : actors) {
    const auto actor = static_cast<sim::ActorId>(candidate);
    const std::string wrong = objection(model, w, actor, room);
    if (wrong.empty()) continue;
    INFO(model.actor_name(actor) << " at " << unsigned{RaceModel::step_id(w, actor)} << ": "
                                 << wrong);
    REQUIRE(wrong.empty());
  }
  return actors.size();
}

/// Checks one in `every` of a model's worlds, `room` worlds of others' paths each.
void check_worlds(const RaceModel& model, std::size_t every, std::size_t room) {
  const reachable::Search full = reachable::search(model);
  std::size_t reduced = 0;
  for (std::size_t i = 0; i < full.worlds.size(); i += every) {
    reduced += check_world(model, full.worlds[i], room);
  }
  CHECK(reduced > 0);
}

/// Checks worlds of random runs of random setups.
void check_random_setups(std::uint64_t first, std::uint64_t count, std::size_t room) {
  std::size_t reduced = 0;
  for (std::uint64_t seed = first; seed < first + count; ++seed) {
    sim::Random random(seed);
    const RaceModel model(reachable::random_setup(random));
    INFO("seed " << seed);
    for (const World& w : reachable::random_run(model, seed)) {
      if (random.below(4) == 0) reduced += check_world(model, w, room);
    }
  }
  CHECK(reduced > count);
}

bool same_worlds(const reachable::WorldMap<bool>& a, const reachable::WorldMap<bool>& b) {
  return a.size() == b.size() && std::all_of(a.begin(), a.end(), [&](const auto& entry) {
           return b.count(entry.first) != 0;
         });
}

std::vector<reachable::EndKind> kinds(const reachable::Search& search) {
  std::vector<reachable::EndKind> result;
  for (const auto& [kind, count] : search.ends) result.push_back(kind);
  return result;
}

void check_reduced_search(const RaceModel& model, const std::string& name) {
  const auto enough = [&](const World& w, sim::ActorSet enabled) {
    return sufficient(model, w, enabled);
  };
  const reachable::Search full = reachable::search(model);
  const reachable::Search reduced = reachable::search(model, enough, reachable::no_renaming);
  CHECK(same_worlds(reduced.blocked, full.blocked));
  CHECK(kinds(reduced) == kinds(full));
  CHECK(reduced.worlds.size() < full.worlds.size());

  // Together with the other reduction.
  const reachable::Search classes = reachable::search(model, enough, RaceModel::canonical);
  reachable::WorldMap<bool> blocked;
  for (const auto& [world, is_blocked] : full.blocked) {
    World w = world;
    RaceModel::canonical(w);
    blocked[w] = is_blocked;
  }
  CHECK(same_worlds(classes.blocked, blocked));
  CHECK(kinds(classes) == kinds(full));
  UNSCOPED_INFO(name << ": " << full.worlds.size() << " worlds, " << reduced.worlds.size()
                     << " of them needed, " << classes.worlds.size() << " classes");
}

/// The same worlds at rest and the same kinds of ends, with what is reduced and without.
void check_same_ends(const RaceModel& model) {
  const reachable::Search full = reachable::search(model);
  const auto enough = [&model](const World& w, sim::ActorSet enabled) {
    return sufficient(model, w, enabled);
  };
  const reachable::Search reduced = reachable::search(model, enough, reachable::no_renaming);
  CHECK(kinds(reduced) == kinds(full));
  CHECK(same_worlds(reduced.blocked, full.blocked));
  const reachable::Search classes = reachable::search(model, enough, RaceModel::canonical);
  CHECK(kinds(classes) == kinds(full));
}

bool may_go_first(const Bench& bench, sim::ActorId actor) {
  return may_go_first(RaceModel(bench.setup), bench.w, actor);
}

/// The recovery worker about to write fr_state of MR 1; task 1 is about to take one.
Bench recovering() {
  Bench bench(basic_setup());
  bench.set_free({2, 3, 4});
  bench.in_hand(1);
  bench.w.recovery = {RecoverPc::set_invalid, 1, FrState::is_valid};
  bench.at(1, TaskPc::op_map_get);
  return bench;
}

}  // namespace

TEST_CASE("what may go first commutes with all that others do before") {
  reachable::for_each(reachable::small_scenarios, [](const RaceModel& model, const std::string&) {
    check_worlds(model, 31, 100);
  });
}

TEST_CASE("what may go first commutes in setups nobody thought of") {
  check_random_setups(1, 1000, 50);
}

TEST_CASE("what may go first commutes, everywhere", "[full]") {
  reachable::for_each(reachable::small_scenarios, [](const RaceModel& model, const std::string&) {
    check_worlds(model, 1, 400);
  });
  reachable::for_each({"upstream-next-request"}, [](const RaceModel& model, const std::string&) {
    check_worlds(model, 7, 400);
  });
  check_random_setups(1'000'000, 50'000, 500);
  reachable::for_each({"two-rpcs"}, [](const RaceModel& model, const std::string&) {
    for (std::uint64_t seed = 1; seed <= 1000; ++seed) {
      for (const World& w : reachable::random_run(model, seed)) check_world(model, w, 500);
    }
  });
}

TEST_CASE("the reduced search finds every end") {
  reachable::for_each(reachable::small_scenarios, check_reduced_search);
}

TEST_CASE("the reduced search finds every end of larger scenarios", "[full]") {
  reachable::for_each({"upstream-next-request", "upstream-three-segments"}, check_reduced_search);
}

TEST_CASE("nothing is left for later where the tables do not reach") {
  // They were made for the upstream policies and the faults of one map call.
  std::vector<Setup> setups;
  const auto add = [&setups](auto change) {
    Setup setup = basic_setup();
    setup.losses = 1;
    change(setup);
    setups.push_back(setup);
  };
  add([](Setup& s) { s.policy.failed_marshal = FailedMarshal::drain_unmap_safe; });
  add([](Setup& s) { s.policy.failed_marshal = FailedMarshal::put_back; });
  add([](Setup& s) { s.policy.failed_map = FailedMap::put_back; });
  add([](Setup& s) { s.policy.give_up = GiveUp::unmap_sync; });
  add([](Setup& s) { s.policy.post_fastreg = PostFastreg::with_send; });
  add([](Setup& s) { s.policy.recover = Recover::destroy; });
  add([](Setup& s) { s.policy.mapped = Mapped::by_mr_dir; });
  add([](Setup& s) { s.policy.flush = Flush::marks_if_valid; });
  add([](Setup& s) { s.policy.flush = Flush::marks_nothing; });
  add([](Setup& s) { s.policy.connection_end = ConnectionEnd::replaces_mrs; });
  add([](Setup& s) { s.policy.connect_lock = ConnectLock::worker; });
  add([](Setup& s) { s.faults.reset = 1; });
  add([](Setup& s) { s.faults.drain_marker = 1; });
  add([](Setup& s) { s.faults.signal = 1; });
  add([](Setup& s) { s.faults.timeout = 1; });
  add([](Setup& s) { s.iova = IovaChoice::reuse; });
  add([](Setup& s) { s.guards.reconnect_delay = true; });
  for (std::size_t i = 1; i < invariant_count; ++i) {
    for (const Severity severity : {Severity::off, Severity::observed, Severity::fatal}) {
      if (severity == usual_severities[i]) continue;
      add([=](Setup& s) { s.severities[i] = severity; });
    }
  }
  for (std::size_t n = 0; n < setups.size(); ++n) {
    INFO("setup " << n);
    const RaceModel model(setups[n]);
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
      for (const World& w : reachable::random_run(model, seed)) {
        const sim::ActorSet enabled = reachable::enabled(model, w);
        for (const unsigned actor : enabled) {
          if (!model.may_stop(w, static_cast<sim::ActorId>(actor))) FAIL("may not stop");
        }
        if (!enabled.empty() && sufficient(model, w, enabled) != enabled) FAIL("reduced");
      }
    }
  }
}

TEST_CASE("nothing is left for later in setups nobody thought of, unless all of it is upstream") {
  for (std::uint64_t seed = 1; seed <= 1500; ++seed) {
    sim::Random random(seed);
    const RaceModel model(reachable::random_later_setup(random));
    INFO("seed " << seed);
    for (const World& w : reachable::random_run(model, seed)) {
      if (random.below(4) == 0) check_world(model, w, 30);
    }
  }
}

TEST_CASE("the reduced search finds every end under every policy") {
  const Scenario small = reachable::scenario("single-segment");
  for (const PolicyEntry& policy : policies()) {
    INFO(policy.name);
    check_same_ends(RaceModel(small.with_policy(policy.policy)));
  }
}

TEST_CASE("the reduced search finds every end with every new fault, addresses, severities",
          "[full]") {
  const Scenario small = reachable::scenario("single-segment");
  const std::vector<void (*)(Setup&)> changes{
      [](Setup& s) { s.faults.reset = 1; },
      [](Setup& s) { s.faults.drain_marker = 1; },
      [](Setup& s) { s.faults.signal = 1; },
      [](Setup& s) { s.faults.timeout = 1; },
      [](Setup& s) { s.guards.reconnect_delay = true; },
      [](Setup& s) {
        s.iova = IovaChoice::reuse;
        s.detect = Detect::dma_api;
      },
      [](Setup& s) { s.severities.at(1) = Severity::observed; },
      [](Setup& s) { s.severities.back() = Severity::fatal; },
  };
  for (std::size_t i = 0; i < changes.size(); ++i) {
    for (const char* policy : {"fix", "pre-fix"}) {
      INFO("change " << i << " under " << policy);
      Setup setup = small.with_policy(find_policy(policy)->policy);
      changes[i](setup);
      check_same_ends(RaceModel(setup));
    }
  }
}

TEST_CASE("an MR in the recovery worker's hand is nobody else's business") {
  CHECK(may_go_first(recovering(), recovery_actor));
}

TEST_CASE("an MR in hand is not private while something names it") {
  SECTION("a WR, which completes one day") {
    Bench bench = recovering();
    bench.enqueue({WrKind::fastreg, 1});
    CHECK_FALSE(may_go_first(bench, recovery_actor));
  }
  SECTION("a completion") {
    Bench bench = recovering();
    bench.complete({WrKind::fastreg, 1, true});
    CHECK_FALSE(may_go_first(bench, recovery_actor));
  }
  SECTION("the softirq") {
    Bench bench = recovering();
    bench.w.softirq = {SoftirqPc::wc_fastreg, 1};
    CHECK_FALSE(may_go_first(bench, recovery_actor));
  }
  SECTION("a reply handler that stands on it") {
    Bench bench = recovering();
    bench.w.handler(1) = {ReplyPc::linv_invalid, 1, 0, 1};
    CHECK_FALSE(may_go_first(bench, recovery_actor));
  }
  SECTION("another one's WR is no matter") {
    Bench bench = recovering();
    bench.enqueue({WrKind::fastreg, 2});
    CHECK(may_go_first(bench, recovery_actor));
  }
}

// Found by a second reading: each is a world in which a step went first although
// the order mattered, if only to worlds that no shipped scenario reaches.

TEST_CASE("a chain of LOCAL_INVs that comes back to itself holds all of its MRs") {
  Bench bench(basic_setup());
  bench.setup.budgets = {.retransmissions = 2};
  bench.w = RaceModel(bench.setup).initial();
  bench.set_free({3, 4});
  bench.w.rpc(1).pc = TaskPc::done;
  bench.in_hand(2);
  bench.w.recovery = {RecoverPc::dereg, 2, FrState{}};
  bench.set_stale({1});
  bench.w.mr(1).linv_next = 2;
  bench.w.mr(2).linv_next = 1;
  bench.w.handler(1) = {ReplyPc::linv_post, 1, 0, 1};
  (void)check_world(RaceModel(bench.setup), bench.w, 100'000);
}

TEST_CASE("a LOCAL_INV that is still to be posted may cost the QP") {
  // Recovery has its MR: deregistered before the RNIC gets to it, the LOCAL_INV fails.
  Bench bench(basic_setup());
  bench.setup.rpc_count = 2;
  bench.setup.rpcs[1].read_list = 1;
  bench.setup.budgets = {.retransmissions = 2, .reconnects = 2};
  bench.w = RaceModel(bench.setup).initial();
  bench.w.rpc(1) = Rpc{};
  bench.w.rpc(1).pc = TaskPc::done;
  bench.w.handler(1) = {ReplyPc::linv_post, 1, 0, 1};
  bench.make_valid(1);
  bench.w.mr(1).done = Done::wc_localinv_wake;
  bench.set_free({2, 3, 4});
  bench.in_hand(1);
  bench.w.recovery = {RecoverPc::snapshot, 1, FrState{}};
  for (const TaskPc pc :
       {TaskPc::call_connect, TaskPc::connect_start, TaskPc::check_cookie, TaskPc::transmit_done}) {
    bench.at(2, pc);
    (void)check_world(RaceModel(bench.setup), bench.w, 100'000);
  }
}

TEST_CASE("a completion that may go away with its QP is no next step for certain") {
  Bench bench(basic_setup());
  bench.setup.losses = 2;
  bench.setup.provider = Provider::flush;
  bench.setup.guards.reply_pins_request = true;
  bench.setup.budgets = {.retransmissions = 2};
  bench.w = RaceModel(bench.setup).initial();
  bench.lost_and_told();
  bench.w.losses_left = 1;
  bench.w.connecting = 1;
  bench.w.connect = ConnectPc::drain;
  bench.w.drained = 1;
  bench.set_free({3, 4});
  bench.set_registered(1, {1, 2});
  for (const MrId mr : {MrId{1}, MrId{2}}) {
    bench.make_valid(mr);
    bench.w.mr(mr).done = Done::wc_localinv;
  }
  bench.w.mr(2).done = Done::wc_localinv_wake;
  bench.w.handler(1) = {ReplyPc::linv_wait, 2, 0, 0};
  bench.w.softirq = {SoftirqPc::wc_localinv, 1};
  bench.complete({WrKind::local_inv_signaled, 2, true});
  bench.w.rpc(1).sends_left = 1;
  for (const TaskPc pc : {TaskPc::prepare_transmit, TaskPc::transmit_lock_wait}) {
    bench.w.rpc(1).pc = pc;
    bench.w.locked_by = pc == TaskPc::transmit_lock_wait ? 1 : 0;
    (void)check_world(RaceModel(bench.setup), bench.w, 100'000);
  }
}

TEST_CASE("a step that may violate an invariant does not go first") {
  SECTION("an unmap") {
    Bench bench = recovering();
    bench.w.recovery.pc = RecoverPc::dma_unmap;
    bench.w.mr(1).dma = DmaState::mapped;
    CHECK(may_go_first(bench, recovery_actor));
    bench.w.mr(1).dma = DmaState::unmapped;
    CHECK_FALSE(may_go_first(bench, recovery_actor));
  }
  SECTION("a map") {
    Bench bench(basic_setup());
    bench.at(1, TaskPc::op_map_dma_map);
    bench.w.rpc(1).mr = 1;
    bench.set_free({2, 3, 4});
    bench.in_hand(1);
    CHECK(may_go_first(bench, task1));
    bench.w.mr(1).dma = DmaState::mapped;
    CHECK_FALSE(may_go_first(bench, task1));
  }
}

TEST_CASE("what an upcall lets the connect worker do is in the upcall's future") {
  // A post is rejected now, and would not be after the reconnect.
  Bench bench(basic_setup());
  bench.setup.budgets = {.retransmissions = 1, .enobufs_retries = 1};
  bench.w = RaceModel(bench.setup).initial();
  bench.at(1, TaskPc::op_map_post);
  bench.w.rpc(1).mr = 1;
  bench.set_free({2, 3, 4});
  bench.in_hand(1);
  bench.w.qp = QpState::error;
  CHECK(may_go_first(bench, task1));
  bench.w.connect = ConnectPc::clear_connected;
  CHECK(may_go_first(bench, task1));
  bench.w.disconnected_upcall = 1;
  CHECK_FALSE(may_go_first(bench, task1));
}

TEST_CASE("a loss that is not yet possible has a future") {
  // All is done but for a reply handler, whose post would make a loss possible.
  Bench bench(basic_setup());
  bench.setup.rpc_count = 2;
  bench.w.rpc(1).pc = TaskPc::done;
  bench.w.rpc(2).pc = TaskPc::done;
  bench.set_free({4});
  bench.set_registered(1, {1, 2});
  bench.set_registered(2, {3});
  bench.w.handler(1) = {ReplyPc::linv_post, 2, 0, 1};
  bench.w.handler(2) = {ReplyPc::linv_post, 3, 0, 3};
  CHECK(future_in(bench, link_actor) == sim::Footprint{});
  bench.w.losses_left = 1;
  CHECK_FALSE(bench.enabled(link_actor));
  CHECK_FALSE(future_in(bench, link_actor) == sim::Footprint{});
}

TEST_CASE("a step after which an actor sleeps does not go first while a loss may come") {
  Bench bench(basic_setup());
  bench.at(1, TaskPc::end_transmit);
  bench.w.rpc(1).on_pending = 1;
  CHECK(may_go_first(bench, task1));
  bench.w.losses_left = 1;
  CHECK_FALSE(may_go_first(bench, task1));
  bench.w.rpc(1).on_pending = 0;
  CHECK(may_go_first(bench, task1));
}

TEST_CASE("who may be woken is in the future of who may wake him") {
  // The handler unlinks an MR of a request whose task sleeps; another task may drop
  // the connection, which wakes it, and a task that is awake may unmap its MRs.
  Bench bench(basic_setup());
  bench.setup.rpc_count = 2;
  bench.lost_and_told();
  bench.w.reconnects_left = 0;
  bench.set_free({2, 3, 4});
  bench.set_registered(1, {1});
  bench.w.rpc(1).pc = TaskPc::call_status;
  bench.w.rpc(1).on_pending = 1;
  bench.w.handler(1) = {ReplyPc::unlink_first, 0, 0, 0};
  bench.w.rpc(2).pc = TaskPc::done;
  CHECK(may_go_first(bench, handler1));
  bench.w.rpc(2).pc = TaskPc::post_send;
  CHECK_FALSE(may_go_first(bench, handler1));
}

TEST_CASE("the transport is handed over by who holds it") {
  Bench bench(basic_setup());
  bench.setup.rpc_count = 2;
  bench.w.rpc(1).pc = TaskPc::release;
  bench.w.rpc(2).pc = TaskPc::connect_lock;
  CHECK(may_go_first(bench, task1));
  bench.w.locked_by = 1;
  CHECK_FALSE(may_go_first(bench, task1));
  // Asleep, the other task cannot notice before it is woken by this.
  bench.w.rpc(2).pc = TaskPc::connect_lock_wait;
  bench.w.sending[0] = 2;
  CHECK(may_go_first(bench, task1));
}

TEST_CASE("a free MR's callback that is not yet forgotten keeps its MR from being taken first") {
  Bench bench(basic_setup());
  bench.set_free({1, 2, 3});
  bench.in_hand(4);
  bench.w.recovery = {RecoverPc::alloc, 4, FrState::is_valid};
  bench.w.rpc(1).pc = TaskPc::op_map_get;
  CHECK(may_go_first(bench, task1));
  SECTION("set") { bench.w.mr(1).done = Done::wc_localinv_wake; }
  SECTION("completed") { bench.w.mr(1).linv_done = 1; }
  SECTION("named by a WR") { bench.enqueue({WrKind::local_inv, 1}); }
  SECTION("named by a completion") { bench.complete({WrKind::local_inv, 1, true}); }
  SECTION("being handled") { bench.w.softirq = {SoftirqPc::wake, 1}; }
  SECTION("under a handler's walk") { bench.w.handler(1) = {ReplyPc::linv_invalid, 1, 0, 1}; }
  CHECK_FALSE(may_go_first(bench, task1));
}

namespace {

/// Two RPCs that are done, no budgets: nobody can move.
Bench at_rest() {
  Bench bench(basic_setup());
  bench.setup.rpc_count = 2;
  bench.setup.budgets = {};
  bench.w = RaceModel(bench.setup).initial();
  bench.w.rpc(1).pc = TaskPc::done;
  bench.w.rpc(2).pc = TaskPc::done;
  return bench;
}

/// Task 1 at a statement that uses the MR in its hand.
Bench marshaling(TaskPc pc) {
  Bench bench = at_rest();
  bench.at(1, pc);
  bench.w.rpc(1).mr = 1;
  bench.in_hand(1);
  bench.set_free({2, 3, 4});
  return bench;
}

}  // namespace

TEST_CASE("each object keeps from going first whoever depends on it") {
  SECTION("the order of posts") {
    Bench bench = marshaling(TaskPc::op_map_post);
    bench.lost_and_told();
    bench.setup.provider = Provider::flush;
    CHECK(may_go_first(bench, task1));
    bench.w.handler(2) = {ReplyPc::linv_post, 3, 0, 3};
    CHECK_FALSE(may_go_first(bench, task1));
  }
  SECTION("room in the send queue") {
    Bench bench = marshaling(TaskPc::op_map_post);
    bench.lost_and_told();
    bench.setup.provider = Provider::flush;
    bench.enqueue({WrKind::fastreg, 4});
    CHECK(may_go_first(bench, rnic_actor));
    while (bench.w.send_queue.size < queue_depth) bench.enqueue({WrKind::fastreg, 4});
    CHECK_FALSE(may_go_first(bench, rnic_actor));
  }
  SECTION("an MR that is replaced before its WR is executed") {
    Bench bench = at_rest();
    bench.set_free({2, 3});
    bench.in_hand(4);
    bench.w.recovery = {RecoverPc::snapshot, 4, {}};
    bench.enqueue({WrKind::fastreg, 2});
    bench.enqueue({WrKind::send, 1});
    CHECK(may_go_first(bench, rnic_actor));
    bench.w.send_queue.items[0] = Wr(WrKind::fastreg, 4);
    CHECK_FALSE(may_go_first(bench, rnic_actor));
  }
  SECTION("a QP that is lost by a failing WR") {
    Bench bench = marshaling(TaskPc::op_map_post);
    bench.enqueue({WrKind::send, 2});
    CHECK(may_go_first(bench, task1));
    bench.enqueue({WrKind::local_inv, 4, true});
    CHECK_FALSE(may_go_first(bench, task1));
  }
  SECTION("a QP that a reply handler takes down") {
    Bench bench = at_rest();
    bench.enqueue({WrKind::send, 1});
    CHECK(may_go_first(bench, rnic_actor));
    bench.w.handler(2) = {ReplyPc::disconnect, 0, 0, 0};
    CHECK_FALSE(may_go_first(bench, rnic_actor));
  }
  SECTION("a QP that is remade") {
    Bench bench = at_rest();
    bench.lost_and_told();
    bench.w.handler(1).pc = ReplyPc::disconnect;
    bench.w.rpc(2).pc = TaskPc::connect_start;
    bench.w.connecting = 1;
    CHECK(may_go_first(bench, handler1));
    bench.w.connecting = 0;
    bench.w.reconnects_left = 1;
    CHECK_FALSE(may_go_first(bench, handler1));
  }
  SECTION("the callback of a free MR, which a reply handler keeps alive") {
    Bench bench = at_rest();
    bench.complete({WrKind::fastreg, 4, true});
    CHECK(may_go_first(bench, softirq_actor));
    bench.set_free({1, 2, 4});
    bench.set_registered(2, {3});
    bench.w.mr(3).linv_done = 1;
    bench.w.handler(2) = {ReplyPc::linv_wait, 3, 0, 0};
    CHECK_FALSE(may_go_first(bench, softirq_actor));
  }
  SECTION("replies that the drain waits for") {
    Bench bench = at_rest();
    bench.lost_and_told();
    bench.w.connect = ConnectPc::drain;
    bench.w.drained = 1;
    bench.w.rpc(1).at_server = 1;
    CHECK(may_go_first(bench, connect_actor));
    bench.setup.guards.drain_covers_replies = true;
    CHECK_FALSE(may_go_first(bench, connect_actor));
  }
  SECTION("replies that pin a task") {
    Bench bench = at_rest();
    bench.w.rpc(1).pc = TaskPc::transmit_lock_wait;
    bench.w.locked_by = 1;
    bench.w.rpc(1).at_server = 1;
    CHECK(may_go_first(bench, task1));
    bench.setup.guards.reply_pins_request = true;
    CHECK_FALSE(may_go_first(bench, task1));
  }
  SECTION("a reply that is dropped and pins no more") {
    Bench bench = at_rest();
    bench.w.rpc(1).replies = 1;
    bench.w.rpc(2).pc = TaskPc::call_connect;
    CHECK(may_go_first(bench, handler1));
    bench.setup.guards.reply_pins_request = true;
    CHECK_FALSE(may_go_first(bench, handler1));
  }
  SECTION("a reply that is matched") {
    Bench bench = at_rest();
    bench.w.rpc(1).pc = TaskPc::transmit;
    CHECK(may_go_first(bench, task1));
    bench.w.rpc(1).replies = 1;
    CHECK_FALSE(may_go_first(bench, task1));
  }
  SECTION("who else wakes a task") {
    Bench bench = at_rest();
    bench.w.rpc(1).pc = TaskPc::call_status;
    bench.w.rpc(1).on_pending = 1;
    bench.w.handler(1).pc = ReplyPc::complete;
    CHECK(may_go_first(bench, handler1));
    bench.w.rep_connect_scheduled = 1;
    CHECK_FALSE(may_go_first(bench, handler1));
  }
  SECTION("who wakes a task that is about to sleep") {
    Bench bench = at_rest();
    bench.at(1, TaskPc::transmit_done);
    CHECK(may_go_first(bench, task1));
    bench.w.connect = ConnectPc::wake_failed;
    CHECK_FALSE(may_go_first(bench, task1));
  }
  SECTION("CONNECTED") {
    for (const TaskPc pc : {TaskPc::connect_start, TaskPc::drop_connection, TaskPc::call_connect}) {
      Bench bench = at_rest();
      bench.at(1, pc);
      bench.w.reconnects_left = 1;
      CHECK(may_go_first(bench, task1));
      bench.w.rep_connect_scheduled = 1;
      CHECK_FALSE(may_go_first(bench, task1));
    }
  }
  SECTION("CONNECTING") {
    Bench bench = at_rest();
    bench.at(1, TaskPc::connect_start);
    bench.w.connecting = 1;
    CHECK(may_go_first(bench, task1));
    bench.w.connect = ConnectPc::finish;
    CHECK_FALSE(may_go_first(bench, task1));
  }
  SECTION("the endpoint's state") {
    Bench bench = at_rest();
    bench.lost_and_told();
    bench.w.connect = ConnectPc::connect;
    CHECK(may_go_first(bench, connect_actor));
    bench.w.disconnected_upcall = 1;
    CHECK_FALSE(may_go_first(bench, connect_actor));
  }
  SECTION("faults left") {
    Bench bench = marshaling(TaskPc::op_map_dma_map);
    bench.w.rpc(2).pc = TaskPc::call_connect;
    CHECK(may_go_first(bench, task1));
    bench.w.faults_left.map_mr_sg = 1;
    CHECK_FALSE(may_go_first(bench, task1));
  }
  SECTION("what the wait for quiet lets a task do") {
    Bench bench = at_rest();
    bench.setup.guards.enobufs_delay = true;
    bench.w.rpc(1).pc = TaskPc::connect_lock;
    bench.w.rpc(2).pc = TaskPc::enobufs_wait;
    bench.w.softirq = {SoftirqPc::wake, 4};
    CHECK_FALSE(may_go_first(bench, task1));
    bench.w.softirq = {};
    bench.enqueue({WrKind::fastreg, 4});
    CHECK_FALSE(may_go_first(bench, task1));
    bench.w.rpc(2).pc = TaskPc::done;
    CHECK(may_go_first(bench, task1));
  }
}

TEST_CASE("a post does not go first where the queue might fill up") {
  Bench bench(basic_setup());
  bench.setup.budgets = {};
  bench.w = RaceModel(bench.setup).initial();
  bench.at(1, TaskPc::op_map_post);
  bench.w.rpc(1).mr = 1;
  bench.in_hand(1);
  bench.set_free({2, 3, 4});
  CHECK(may_go_first(bench, task1));
  bench.w.rpc(1).sends_left = 4;
  CHECK_FALSE(may_go_first(bench, task1));
}
