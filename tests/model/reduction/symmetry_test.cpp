// SPDX-License-Identifier: MIT
//
// Renaming MRs is an automorphism that nobody sees, and finds every twin.
//
// In every world of small scenarios, and in worlds of random runs: a slow renaming
// that knows nothing of canonical names makes a twin by a random permutation, and
// twins must have the same canonical form; what actors can do, and how runs end,
// must not depend on names. Then what a search gains by it must cost nothing: the
// same interleavings, the same ends.
#include <algorithm>
#include <array>
#include <boost/multiprecision/cpp_int.hpp>
#include <numeric>

#include "tests/model/model_fixture.h"
#include "tests/model/reachable_states.h"

namespace {

using namespace fixture;
using reachable::after;

using Count = boost::multiprecision::cpp_int;

/// New name by old name; 0 to 0.
using Permutation = std::array<MrId, max_mrs + 1>;

/// A random permutation of the MRs a world has.
Permutation random_permutation(unsigned mr_count, sim::Random& random) {
  Permutation names;
  std::iota(names.begin(), names.end(), MrId{0});
  for (unsigned i = mr_count; i > 1; --i) std::swap(names.at(i), names.at(1 + random.below(i)));
  return names;
}

/// The same world under other names, field by field.
World renamed(const World& w, const Permutation& names) {
  World r = w;
  for (unsigned id = 1; id <= max_mrs; ++id) {
    Mr mr = w.mr(static_cast<MrId>(id));
    mr.next = names.at(mr.next);
    mr.linv_next = names.at(mr.linv_next);
    r.mr(names.at(id)) = mr;
    r.rare.iova.at(names.at(id) - 1u) = w.rare.iova.at(id - 1);
    r.rare.advertised.at(names.at(id) - 1u) = w.rare.advertised.at(id - 1);
    r.rare.watched.at(names.at(id) - 1u) = w.rare.watched.at(id - 1);
    for (unsigned at = 0; at < max_mrs; ++at) {
      if (w.rare.iovas.owner.at(at) == id) r.rare.iovas.owner.at(at) = names.at(id);
    }
  }
  std::vector<MrId*> ids{&r.softirq.mr,  &r.free_head,   &r.stale_head,
                         &r.recovery.mr, &r.violated_mr, &r.rare.connect_mr};
  for (Rpc& rpc : r.rpcs) {
    ids.insert(ids.end(), {&rpc.mr, &rpc.registered, &rpc.recovery.mr});
  }
  for (auto* walks : {&r.handlers, &r.rare.sync}) {
    for (ReplyHandler& h : *walks) ids.insert(ids.end(), {&h.mr, &h.next, &h.chain});
  }
  for (MrId* id : ids) *id = names.at(*id);
  for (WrQueue* queue : {&r.send_queue, &r.completions}) {
    for (Wr& wr : queue->items) {
      switch (wr.kind()) {
        case WrKind::fastreg:
        case WrKind::local_inv:
        case WrKind::local_inv_signaled:
          wr = Wr(wr.kind(), names.at(wr.subject()), wr.flag());
          break;
        case WrKind::none:
        case WrKind::send:
        case WrKind::drain_marker:
          break;
      }
    }
  }
  return r;
}

World canonical(World w) {
  RaceModel::canonical(w);
  return w;
}

/// Whether `b` is `a` under some names, by trying them all.
bool is_renamed(const World& a, const World& b) {
  Permutation names;
  std::iota(names.begin(), names.end(), MrId{0});
  const auto first = names.begin() + 1;
  do {
    if (same(renamed(a, names), b)) return true;
  } while (std::next_permutation(first, first + a.mr_count));
  return false;
}

/// What is wrong with the canonical form of a world; empty if nothing is.
std::string objection(const RaceModel& model, const World& w, sim::Random& random) {
  const World twin = renamed(w, random_permutation(w.mr_count, random));
  const World form = canonical(w);
  if (!same(canonical(form), form)) return "not idempotent";
  if (!same(canonical(twin), form)) return "a twin has another form";
  if (!is_renamed(w, form)) return "not a renaming";
  for (const World& other : {form, twin}) {
    if (model.stopped(other) != model.stopped(w)) return "stops differ";
    if (model.enabled(other) != model.enabled(w)) return "others are enabled";
    const sim::ActorSet enabled = reachable::enabled(model, w);
    if (enabled.empty()) {
      if (!model.stopped(w) && model.end_when_blocked(other) != model.end_when_blocked(w)) {
        return "ends differ";
      }
      if (model.end_detail(other) != model.end_detail(w)) return "details differ";
    }
    for (const unsigned actor : enabled) {
      const auto a = static_cast<sim::ActorId>(actor);
      if (model.outcomes(other, a) != model.outcomes(w, a)) return "outcomes differ";
      if (RaceModel::step_id(other, a) != RaceModel::step_id(w, a)) return "labels differ";
    }
    for (const sim::Choice choice : reachable::choices(model, w, enabled)) {
      if (!same(canonical(after(model, other, choice)), canonical(after(model, w, choice)))) {
        return "successors differ: " + std::string(model.actor_name(choice.actor)) + " at " +
               std::to_string(RaceModel::step_id(w, choice.actor));
      }
    }
  }
  return {};
}

/// The number of interleavings, by end: paths from the initial world.
std::map<reachable::EndKind, Count> interleavings(const RaceModel& model,
                                                  const reachable::Search& search) {
  // No cycles: counting down from the ends, each world when its successors are done.
  std::vector<std::map<reachable::EndKind, Count>> paths(search.worlds.size());
  std::vector<char> done(search.worlds.size());
  std::vector<std::uint32_t> stack{0};
  while (!stack.empty()) {
    const std::uint32_t at = stack.back();
    bool ready = true;
    for (const std::uint32_t next : search.successors[at]) {
      if (done[next]) continue;
      ready = false;
      stack.push_back(next);
    }
    if (!ready) continue;
    stack.pop_back();
    if (done[at]) continue;
    done[at] = 1;
    const World& w = search.worlds[at];
    if (search.successors[at].empty()) {
      const auto stop = model.stopped(w);
      const sim::End end = stop ? *stop : model.end_when_blocked(w);
      paths[at][{end, end == sim::End::rest ? 0u : model.end_detail(w)}] = 1;
    }
    for (const std::uint32_t next : search.successors[at]) {
      for (const auto& [kind, count] : paths[next]) paths[at][kind] += count;
    }
  }
  return paths[0];
}

/// A world in which every register that names an MR names one of its own.
World crowded() {
  Bench bench(basic_setup());
  bench.setup.pool = max_mrs;
  bench.w = RaceModel(bench.setup).initial();
  for (MrId id = 1; id <= max_mrs; ++id) bench.in_hand(id);
  bench.set_free({12, 3});
  bench.set_stale({7});
  bench.set_registered(2, {5, 1});
  bench.w.rpc(1).mr = 9;
  bench.w.rpc(3).recovery = {RecoverPc::alloc, 2, FrState::is_valid};
  bench.w.recovery = {RecoverPc::put, 11, {}};
  bench.w.handler(2) = {ReplyPc::linv_done, 5, 0, 4};
  bench.w.mr(4).linv_next = 5;
  bench.w.handler(3) = {ReplyPc::put, 6, 0, 0};
  bench.w.softirq = {SoftirqPc::wc_fastreg, 8};
  bench.enqueue({WrKind::fastreg, 10});
  bench.enqueue({WrKind::send, 2});
  bench.enqueue({WrKind::local_inv, 1, true});
  bench.enqueue({WrKind::drain_marker, 0});
  bench.complete({WrKind::local_inv_signaled, 12, true});
  bench.w.violated_mr = 3;
  return bench.w;
}

}  // namespace

TEST_CASE("canonical names: twins have one form, and nobody sees the difference") {
  sim::Random random(1);
  reachable::for_each({"no-loss", "single-segment", "pool-exhaustion", "upstream-report"},
                      [&random](const RaceModel& model, const std::string&) {
                        for (const World& w : reachable::search(model).worlds) {
                          const std::string wrong = objection(model, w, random);
                          if (!wrong.empty()) FAIL(wrong);
                        }
                      });
}

TEST_CASE("canonical names in setups nobody thought of") {
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    sim::Random random(seed);
    const RaceModel model(reachable::random_setup(random));
    INFO("seed " << seed);
    for (const World& w : reachable::random_run(model, seed)) {
      if (random.below(8) != 0) continue;
      const std::string wrong = objection(model, w, random);
      if (!wrong.empty()) FAIL(wrong);
    }
  }
}

TEST_CASE("canonical names under every policy, with every fault, addresses, severities") {
  for (std::uint64_t seed = 1; seed <= 1500; ++seed) {
    sim::Random random(seed);
    const RaceModel model(reachable::random_later_setup(random));
    INFO("seed " << seed);
    for (const World& w : reachable::random_run(model, seed)) {
      if (random.below(8) != 0) continue;
      const std::string wrong = objection(model, w, random);
      if (!wrong.empty()) FAIL(wrong);
    }
  }
}

TEST_CASE("every reference to an MR is renamed") {
  const World w = crowded();
  const World form = canonical(w);
  // Free list, stale list, recovery worker, RPCs, handlers and chains, softirq.
  CHECK(form.free_head == 1);
  CHECK(form.mr(1).next == 2);
  CHECK(form.stale_head == 3);
  CHECK(form.recovery.mr == 4);
  CHECK(form.rpc(1).mr == 5);
  CHECK(form.rpc(2).registered == 6);
  CHECK(form.mr(6).next == 7);
  CHECK(form.rpc(3).recovery.mr == 8);
  CHECK(form.handler(2).mr == 6);
  CHECK(form.handler(2).chain == 9);
  CHECK(form.mr(9).linv_next == 6);
  CHECK(form.handler(3).mr == 10);
  CHECK(form.softirq.mr == 11);
  CHECK(form.violated_mr == 2);
  CHECK(form.send_queue.items[0] == Wr(WrKind::fastreg, 12));
  CHECK(form.send_queue.items[1] == Wr(WrKind::send, 2));
  CHECK(form.send_queue.items[2] == Wr(WrKind::local_inv, 7, true));
  CHECK(form.send_queue.items[3] == Wr(WrKind::drain_marker, 0));
  CHECK(form.completions.items[0] == Wr(WrKind::local_inv_signaled, 1, true));
  sim::Random random(7);
  for (int i = 0; i < 1000; ++i) {
    CHECK(same(canonical(renamed(w, random_permutation(max_mrs, random))), form));
  }
}

TEST_CASE("what only some policies and scenarios make use of is renamed, too") {
  Bench bench(basic_setup());
  for (MrId id = 1; id <= 4; ++id) bench.in_hand(id);
  bench.w.free_head = 0;
  bench.w.rare.sync[0] = {ReplyPc::put, 4, 3, 0};
  bench.w.rare.connect_mr = 2;
  bench.w.rare.iova = {7, 8, 5, 6};
  bench.w.rare.iovas = {8, 2, {1, 2}, {0, 0, 0, 0, 3, 4, 1, 2}};
  bench.w.rare.advertised = {3, 2, 1, 0};
  bench.w.rare.rkey_is_dead = {0, 1, 0};
  const World form = canonical(bench.w);
  CHECK(form.sync(1).mr == 1);
  CHECK(form.sync(1).next == 2);
  CHECK(form.rare.connect_mr == 3);
  for (unsigned i = 0; i < 4; ++i) {
    CHECK(form.rare.iova[i] == std::array<unsigned, 4>{6, 5, 8, 7}[i]);
    CHECK(form.rare.advertised[i] == std::array<unsigned, 4>{0, 1, 2, 3}[i]);
  }
  // Addresses and RPCs have names of their own.
  CHECK(form.rare.iovas.given_out == 8);
  CHECK(form.rare.iovas.free == bench.w.rare.iovas.free);
  CHECK(form.rare.iovas.owner == std::array<MrId, max_mrs>{0, 0, 0, 0, 2, 1, 4, 3});
  CHECK(form.rare.rkey_is_dead == bench.w.rare.rkey_is_dead);
  SECTION("a task's chain") {
    bench.w.rare.sync[2] = {ReplyPc::linv_post, 1, 0, 4};
    bench.w.rare.sync[0] = {};
    bench.w.rare.connect_mr = 0;
    bench.w.mr(4).linv_next = 3;
    bench.w.mr(3).linv_next = 1;
    bench.w.rare.advertised = {};
    const World chained = canonical(bench.w);
    CHECK(chained.sync(3).mr == 1);
    CHECK(chained.sync(3).chain == 2);
    CHECK(chained.mr(2).linv_next == 3);
    CHECK(chained.mr(3).linv_next == 1);
  }
  sim::Random random(5);
  for (int i = 0; i < 100; ++i) {
    CHECK(same(canonical(renamed(bench.w, random_permutation(4, random))), canonical(bench.w)));
  }
}

TEST_CASE("MRs that nobody refers to are told apart by address and by whom they are known to") {
  for (const bool by_address : {false, true}) {
    Bench bench(basic_setup());
    bench.w.free_head = 0;
    for (MrId id = 1; id <= 4; ++id) bench.in_hand(id);
    if (by_address) {
      bench.w.rare.iova = {4, 3, 2, 1};
    } else {
      bench.w.rare.advertised = {3, 2, 1, 0};
    }
    sim::Random random(9);
    for (int i = 0; i < 100; ++i) {
      CHECK(same(canonical(renamed(bench.w, random_permutation(4, random))), canonical(bench.w)));
    }
  }
}

TEST_CASE("what a handler has read ahead is renamed") {
  Bench bench(basic_setup());
  for (MrId id = 1; id <= 4; ++id) bench.in_hand(id);
  bench.set_free({4});
  bench.w.handler(1) = {ReplyPc::put, 3, 2, 0};
  bench.w.softirq = {SoftirqPc::wake, 1};
  const World form = canonical(bench.w);
  CHECK(form.handler(1).mr == 2);
  CHECK(form.handler(1).next == 3);
  CHECK(form.softirq.mr == 4);
}

TEST_CASE("MRs that nobody refers to come last, in the order of what they contain") {
  Bench bench(basic_setup());
  for (MrId id = 1; id <= 4; ++id) bench.in_hand(id);
  bench.w.free_head = 0;
  bench.set_stale({4});
  bench.make_valid(1);
  bench.make_valid(2);
  bench.w.mr(3).fr_state = FrState::flushed_fr;
  bench.w.mr(2).dma = DmaState::unmapped;
  const World form = canonical(bench.w);
  CHECK(form.stale_head == 1);
  CHECK(form.mr(2).dma == DmaState::mapped);
  CHECK(form.mr(3).dma == DmaState::unmapped);
  CHECK(form.mr(4).fr_state == FrState::flushed_fr);
  sim::Random random(3);
  for (int i = 0; i < 100; ++i) {
    CHECK(same(canonical(renamed(bench.w, random_permutation(4, random))), form));
  }
}

TEST_CASE(
    "MRs die with the connection: which of two in hand is told of has nothing to do with names") {
  for (const auto& [of_task, of_worker] : {std::pair<MrId, MrId>{1, 2}, {2, 1}}) {
    Bench bench(basic_setup({.connection_end = ConnectionEnd::replaces_mrs}));
    bench.lost_and_told();
    bench.w.connecting = 1;
    bench.w.connect = ConnectPc::reset_pop;
    bench.set_free({3, 4});
    bench.in_hand(1);
    bench.in_hand(2);
    bench.w.rpc(1).pc = TaskPc::op_map_test;
    bench.w.rpc(1).mr = of_task;
    bench.w.recovery = {RecoverPc::alloc, of_worker, FrState::is_valid};
    const World twin = renamed(bench.w, {0, 2, 1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12});
    const RaceModel model(bench.setup);
    CHECK(same(canonical(twin), canonical(bench.w)));
    CHECK(same(canonical(after(model, twin, {connect_actor, 0})),
               canonical(after(model, bench.w, {connect_actor, 0}))));
  }
}

TEST_CASE("MRs that are not allocated yet stay where they are") {
  Bench bench(basic_setup());
  bench.set_free({3, 1, 4, 2});
  const World form = canonical(bench.w);
  for (MrId id = 5; id <= max_mrs; ++id) CHECK(form.mr(id).place == Place::absent);
  CHECK(same(form, RaceModel(bench.setup).initial()));
}

TEST_CASE("a search of classes has the same interleavings and the same ends") {
  reachable::for_each(reachable::small_scenarios, [](const RaceModel& model,
                                                     const std::string& name) {
    const reachable::Search worlds = reachable::search(model);
    const reachable::Search classes =
        reachable::search(model, reachable::all_of_them, RaceModel::canonical);
    const bool same_interleavings = interleavings(model, worlds) == interleavings(model, classes);
    INFO(name << ": " << worlds.worlds.size() << " worlds, " << classes.worlds.size()
              << " classes");
    CHECK(same_interleavings);
    CHECK(classes.worlds.size() <= worlds.worlds.size());
    // Exactly the classes of the worlds, no more.
    reachable::WorldMap<bool> forms;
    for (const World& w : worlds.worlds) forms[canonical(w)] = true;
    CHECK(forms.size() == classes.worlds.size());
  });
}
