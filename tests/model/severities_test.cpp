// SPDX-License-Identifier: MIT
//
// Invariants with their severities: off, observed, fatal; and who may choose them.
//
// For every invariant one step that violates it and one that only just does not,
// taken under each severity it may have. A fatal violation ends the run; an observed
// one is told, and the run goes on as if nobody had looked; off, nobody looks.
#include <string>
#include <vector>

#include "model/invariants.h"
#include "model/kernel/connection.h"
#include "model/scenario/names.h"
#include "tests/model/model_fixture.h"
#include "tests/model/reachable_states.h"

using namespace fixture;

namespace {

constexpr Severity all_severities[] = {Severity::off, Severity::observed, Severity::fatal};

std::uint8_t value_of(Invariant invariant) { return static_cast<std::uint8_t>(invariant); }

/// One RPC; only `invariant` is looked at, and what cannot be off.
Setup looking_at(Invariant invariant, Severity severity, Policy policy = fix) {
  Setup setup = basic_setup(policy);
  for (const InvariantEntry& entry : invariants()) {
    if (may_be(entry.invariant, Severity::off)) {
      setup.severities[value_of(entry.invariant)] = Severity::off;
    }
  }
  setup.severities[value_of(invariant)] = severity;
  return setup;
}

void recover(Bench& b, RecoverPc pc) {
  b.set_free({2, 3, 4});
  b.in_hand(1);
  b.make_valid(1);
  b.w.recovery = {pc, 1, FrState{}};
}

void release(Bench& b) {
  b.set_free({2, 3, 4});
  b.w.mr(1) = Mr{};
  b.w.mr(1).place = Place::released;
}

/// The handler of MR 1's flushed FASTREG is about to write; the MR is registered.
void flushed(Bench& b) {
  b.set_free({2, 3, 4});
  b.set_registered(1, {1});
  b.make_valid(1);
  b.w.softirq = {SoftirqPc::wc_fastreg, 1};
}

/// Task 1 has taken MR 1 again and is about to do `pc` with it.
void in_use_again(Bench& b, TaskPc pc) {
  flushed(b);
  b.w.rpc(1).registered = 0;
  b.in_hand(1);
  b.at(1, pc);
  b.w.rpc(1).mr = 1;
}

void drained(Bench& b) {
  b.setup.policy.connection_end = ConnectionEnd::replaces_mrs;
  b.lost_and_told();
  b.w.connecting = 1;
  b.w.connect = ConnectPc::reset_pop;
}

void fastreg_is_next(Bench& b) {
  flushed(b);
  b.w.softirq = {};
  b.enqueue(Wr(WrKind::fastreg, 1));
}

/// What makes the next step of `actor` a violation, or not quite one.
struct Case {
  Invariant invariant;
  const char* what;
  sim::ActorId actor;
  MrId mr;
  void (*prepare)(Bench&);
};

const std::vector<Case> violations{
    {Invariant::double_unmap, "recovery of what is unmapped", recovery_actor, 1,
     [](Bench& b) {
       recover(b, RecoverPc::dma_unmap);
       b.w.mr(1).dma = DmaState::unmapped;
     }},
    {Invariant::double_unmap, "the same, the reset having failed", recovery_actor, 1,
     [](Bench& b) {
       recover(b, RecoverPc::orphan_dma_unmap);
       b.w.mr(1).dma = DmaState::unmapped;
     }},
    {Invariant::double_unmap, "by the connect worker", connect_actor, 1,
     [](Bench& b) {
       drained(b);
       b.set_free({2, 3, 4});
       b.in_hand(1);
       b.w.mr(1).dma = DmaState::unmapped;
       b.w.rare.connect_mr = 1;
       b.w.connect = ConnectPc::reset_unmap;
     }},
    {Invariant::unmap_never_mapped, "recovery of what was not mapped", recovery_actor, 1,
     [](Bench& b) {
       recover(b, RecoverPc::dma_unmap);
       b.w.mr(1).dma = DmaState::none;
     }},
    {Invariant::map_over_live_mapping, "op_map", task1, 1,
     [](Bench& b) {
       in_use_again(b, TaskPc::op_map_dma_map);
       b.w.softirq = {};
     }},
    {Invariant::mr_on_one_list, "recovery of what is on the free list", recovery_actor, 1,
     [](Bench& b) {
       recover(b, RecoverPc::put);
       b.set_free({1, 2, 3, 4});
     }},
    {Invariant::mr_on_one_list, "the release of what is on the free list", recovery_actor, 1,
     [](Bench& b) {
       recover(b, RecoverPc::release);
       b.set_free({1, 2, 3, 4});
     }},
    {Invariant::recovery_of_in_flight_mr, "a FASTREG is queued", recovery_actor, 1,
     [](Bench& b) {
       recover(b, RecoverPc::snapshot);
       b.enqueue(Wr(WrKind::fastreg, 1));
     }},
    {Invariant::recovery_of_in_flight_mr, "a completion is queued", recovery_actor, 1,
     [](Bench& b) {
       recover(b, RecoverPc::snapshot);
       b.complete(Wr(WrKind::fastreg, 1, true));
     }},
    {Invariant::use_after_free, "a completion is polled", softirq_actor, 1,
     [](Bench& b) {
       release(b);
       b.complete(Wr(WrKind::fastreg, 1, true));
     }},
    {Invariant::use_after_free, "frwr_wc_fastreg writes", softirq_actor, 1,
     [](Bench& b) {
       release(b);
       b.w.softirq = {SoftirqPc::wc_fastreg, 1};
     }},
    {Invariant::use_after_free, "frwr_wc_localinv writes", softirq_actor, 1,
     [](Bench& b) {
       release(b);
       b.w.softirq = {SoftirqPc::wc_localinv, 1};
     }},
    {Invariant::use_after_free, "frwr_wc_localinv_wake writes", softirq_actor, 1,
     [](Bench& b) {
       release(b);
       b.w.softirq = {SoftirqPc::wc_localinv_wake, 1};
     }},
    {Invariant::use_after_free, "frwr_wc_localinv_wake wakes", softirq_actor, 1,
     [](Bench& b) {
       release(b);
       b.w.softirq = {SoftirqPc::wake, 1};
     }},
    {Invariant::use_after_free, "MRs die while one is in hand", connect_actor, 1,
     [](Bench& b) {
       drained(b);
       b.set_free({2, 3, 4});
       b.in_hand(1);
       b.w.recovery = {RecoverPc::alloc, 1, FrState::is_valid};
     }},
    {Invariant::stale_completion, "the MR was recovered", softirq_actor, 1,
     [](Bench& b) {
       flushed(b);
       b.w.mr(1).fr_state = FrState::is_invalid;
     }},
    {Invariant::stale_completion, "the MR is in use again, being mapped", softirq_actor, 1,
     [](Bench& b) { in_use_again(b, TaskPc::op_map_dma_map); }},
    {Invariant::stale_completion, "the MR is in use again, about to be posted", softirq_actor, 1,
     [](Bench& b) { in_use_again(b, TaskPc::op_map_post); }},
    {Invariant::stale_completion, "the MR is in use again, its post was rejected", softirq_actor, 1,
     [](Bench& b) { in_use_again(b, TaskPc::op_map_error_defer); }},
    {Invariant::stale_completion, "the MR is in use again, its FASTREG is queued", softirq_actor, 1,
     [](Bench& b) {
       flushed(b);
       b.enqueue(Wr(WrKind::fastreg, 1));
     }},
    {Invariant::stale_completion, "the MR is in use again, its FASTREG was flushed, too",
     softirq_actor, 1,
     [](Bench& b) {
       flushed(b);
       b.complete(Wr(WrKind::fastreg, 1, true));
     }},
    {Invariant::stale_completion, "the MR is in use again, to be posted with the Send",
     softirq_actor, 1,
     [](Bench& b) {
       flushed(b);
       b.setup.policy.post_fastreg = PostFastreg::with_send;
       b.at(1, TaskPc::post_send);
     }},
    {Invariant::fastreg_on_live_mr, "the rkey is dead", rnic_actor, 1,
     [](Bench& b) {
       fastreg_is_next(b);
       b.w.send_queue.items[0] = Wr(WrKind::fastreg, 1, true);
     }},
    {Invariant::fastreg_on_live_mr, "the mapping is gone", rnic_actor, 1,
     [](Bench& b) {
       fastreg_is_next(b);
       b.w.mr(1).dma = DmaState::unmapped;
     }},
    {Invariant::rdma_on_live_mr, "the server answers", server_actor, 0,
     [](Bench& b) {
       b.w.rpc(1).at_server = 1;
       b.w.rare.rkey_is_dead[0] = 1;
     }},
    {Invariant::fastreg_on_invalid_mr, "it is registered", rnic_actor, 1,
     [](Bench& b) {
       fastreg_is_next(b);
       b.w.rare.watched[0].set_registered(true);
     }},
};

const std::vector<Case> only_just_not{
    {Invariant::double_unmap, "recovery of what is mapped", recovery_actor, 1,
     [](Bench& b) { recover(b, RecoverPc::dma_unmap); }},
    {Invariant::unmap_never_mapped, "recovery of what is mapped", recovery_actor, 1,
     [](Bench& b) { recover(b, RecoverPc::orphan_dma_unmap); }},
    {Invariant::map_over_live_mapping, "op_map of what was unmapped", task1, 1,
     [](Bench& b) {
       in_use_again(b, TaskPc::op_map_dma_map);
       b.w.softirq = {};
       b.w.mr(1).dma = DmaState::none;
     }},
    {Invariant::mr_on_one_list, "recovery of what is in hand", recovery_actor, 1,
     [](Bench& b) { recover(b, RecoverPc::put); }},
    {Invariant::recovery_of_in_flight_mr, "another MR's FASTREG, a LOCAL_INV", recovery_actor, 1,
     [](Bench& b) {
       recover(b, RecoverPc::snapshot);
       b.enqueue(Wr(WrKind::fastreg, 2));
       b.enqueue(Wr(WrKind::local_inv, 1));
     }},
    {Invariant::use_after_free, "a completion of another MR", softirq_actor, 1,
     [](Bench& b) {
       release(b);
       b.complete(Wr(WrKind::fastreg, 2, true));
     }},
    {Invariant::use_after_free, "a Send of RPC 1", softirq_actor, 1,
     [](Bench& b) {
       release(b);
       b.complete(Wr(WrKind::send, 1, true));
     }},
    {Invariant::use_after_free, "MRs die, none is in hand", connect_actor, 1,
     [](Bench& b) {
       drained(b);
       release(b);
     }},
    {Invariant::stale_completion, "the MR is as op_map left it", softirq_actor, 1, flushed},
    {Invariant::stale_completion, "as op_map left it, and about to be registered", softirq_actor, 1,
     [](Bench& b) { in_use_again(b, TaskPc::marshal_add); }},
    {Invariant::stale_completion, "another MR's FASTREG is queued", softirq_actor, 1,
     [](Bench& b) {
       flushed(b);
       b.enqueue(Wr(WrKind::fastreg, 2));
       b.complete(Wr(WrKind::fastreg, 3, true));
     }},
    {Invariant::fastreg_on_live_mr, "rkey and mapping are alive", rnic_actor, 1, fastreg_is_next},
    {Invariant::fastreg_on_live_mr, "it is flushed, not executed", rnic_actor, 1,
     [](Bench& b) {
       fastreg_is_next(b);
       b.w.send_queue.items[0] = Wr(WrKind::fastreg, 1, true);
       b.w.mr(1).dma = DmaState::unmapped;
       b.w.qp = QpState::error;
     }},
    {Invariant::fastreg_on_live_mr, "a LOCAL_INV of a dead rkey", rnic_actor, 1,
     [](Bench& b) {
       fastreg_is_next(b);
       b.w.send_queue.items[0] = Wr(WrKind::local_inv, 1, true);
     }},
    {Invariant::rdma_on_live_mr, "the server answers", server_actor, 0,
     [](Bench& b) { b.w.rpc(1).at_server = 1; }},
    {Invariant::fastreg_on_invalid_mr, "another one is registered", rnic_actor, 1,
     [](Bench& b) {
       fastreg_is_next(b);
       b.w.rare.watched[1].set_registered(true);
     }},
};

/// The bench of a case after its step.
Bench after_step(const Case& c, Severity severity) {
  Bench b(looking_at(c.invariant, severity));
  c.prepare(b);
  b.step(c.actor, c.actor == server_actor ? 1 : 0);
  return b;
}

nlohmann::json document_with(const std::string& pointer, const nlohmann::json& value) {
  nlohmann::json document = reachable::scenario("upstream-report").document;
  document[nlohmann::json::json_pointer(pointer)] = value;
  return document;
}

/// As from a file: a number that is not negative is an unsigned one there.
Scenario read(const nlohmann::json& document) {
  return read_scenario(parse_json(document.dump(), "test"), "test", "test");
}

/// The reader's complaint; empty if it has none.
std::string complaint(const nlohmann::json& document) {
  try {
    read(document);
  } catch (const InputError& error) {
    return error.what();
  }
  return {};
}

}  // namespace

TEST_CASE("a fatal violation ends the run with this step") {
  for (const Case& c : violations) {
    CAPTURE(entry_of(c.invariant).name, c.what);
    const Bench b = after_step(c, Severity::fatal);
    CHECK(b.violation() == Violation{c.invariant, c.mr, 0});
    CHECK(b.stopped() == sim::End::violation);
    CHECK(b.log.has({.kind = EventKind::violation, .mr = c.mr, .to = value_of(c.invariant)}));
    CHECK(b.log.count(EventKind::violation) == 1);
    CHECK(b.log.count(EventKind::observed) == 0);
  }
}

TEST_CASE("an observed violation is told, and the run goes on") {
  for (const Case& c : violations) {
    if (!may_be(c.invariant, Severity::observed)) continue;
    CAPTURE(entry_of(c.invariant).name, c.what);
    const Bench b = after_step(c, Severity::observed);
    CHECK(b.log.has({.kind = EventKind::observed, .mr = c.mr, .to = value_of(c.invariant)}));
    CHECK(b.log.count(EventKind::observed) == 1);
    CHECK(b.log.count(EventKind::violation) == 0);
    CHECK(b.w.violated == Invariant::none);
    CHECK(b.w.violated_mr == 0);
    CHECK_FALSE(b.stopped().has_value());
    // The step was taken: whoever took it does not stand where he stood.
    Bench before(looking_at(c.invariant, Severity::observed));
    c.prepare(before);
    CHECK_FALSE(same(before.w, b.w));
    // And it was the step that is taken when nobody looks.
    CHECK(same(b.w, after_step(c, Severity::off).w));
  }
}

TEST_CASE("off: nobody looks") {
  for (const Case& c : violations) {
    if (!may_be(c.invariant, Severity::off)) continue;
    CAPTURE(entry_of(c.invariant).name, c.what);
    const Bench b = after_step(c, Severity::off);
    CHECK(b.log.count(EventKind::observed) == 0);
    CHECK(b.log.count(EventKind::violation) == 0);
    CHECK_FALSE(b.stopped().has_value());
  }
}

TEST_CASE("what only just violates nothing is neither told nor an end") {
  for (const Case& c : only_just_not) {
    for (const Severity severity : all_severities) {
      if (!may_be(c.invariant, severity)) continue;
      CAPTURE(entry_of(c.invariant).name, c.what, name_of(severity_names, severity));
      const Bench b = after_step(c, severity);
      CHECK(b.log.count(EventKind::observed) == 0);
      CHECK(b.log.count(EventKind::violation) == 0);
      CHECK_FALSE(b.stopped().has_value());
    }
  }
}

TEST_CASE("a violation that is observed leaves the first fatal one to come first") {
  Bench b(looking_at(Invariant::double_unmap, Severity::observed));
  b.setup.severities[value_of(Invariant::unmap_never_mapped)] = Severity::fatal;
  Kernel<Recorder> k{b.setup, b.w, b.log};
  k.violate(Invariant::double_unmap, 1);
  k.violate(Invariant::unmap_never_mapped, 2);
  k.violate(Invariant::double_unmap, 3);
  CHECK(b.violation() == Violation{Invariant::unmap_never_mapped, 2, 0});
  CHECK(b.log.count(EventKind::observed) == 2);
}

TEST_CASE("at rest: a mapping that is left, an RPC that hangs, fatal and off") {
  for (const Severity severity : {Severity::fatal, Severity::off}) {
    for (const Invariant invariant : {Invariant::leaked_mapping, Invariant::rpc_finishes}) {
      Bench b(looking_at(invariant, severity));
      b.w.rpc(1) = Rpc{};
      b.w.rpc(1).pc = TaskPc::done;
      if (invariant == Invariant::leaked_mapping) {
        b.w.mr(1).dma = DmaState::mapped;
      } else {
        b.w.rpc(1).pc = TaskPc::call_status;
        b.w.rpc(1).on_pending = 1;
      }
      const RaceModel m(b.setup);
      REQUIRE(m.enabled(b.w).empty());
      const bool fatal = severity == Severity::fatal;
      CHECK(m.end_when_blocked(b.w) == (fatal ? sim::End::violation : sim::End::rest));
      CHECK(b.violation().invariant == (fatal ? invariant : Invariant::none));
      CHECK(m.end_detail(b.w) == (fatal ? value_of(invariant) : 0));
    }
  }
}

TEST_CASE("the server's access: an rkey or a mapping that died since the Send was posted") {
  const Severity severity = GENERATE(Severity::observed, Severity::fatal);
  Bench b(looking_at(Invariant::rdma_on_live_mr, severity));
  b.setup.rpcs[0] = {.read_list = 2};
  b.at(1, TaskPc::send_request);
  while (b.w.rpc(1).pc != TaskPc::transmit_done) b.step(task1);
  REQUIRE(b.registered(1) == Mrs{2, 1});
  b.steps(rnic_actor, 3);
  REQUIRE(b.w.rpc(1).at_server == 1);
  Kernel<Recorder> k{b.setup, b.w, b.log};
  bool dead = true;
  SECTION("nothing happened to it") { dead = false; }
  SECTION("unmapped") { dma_unmap(k, 2); }
  SECTION("deregistered") { dereg_mr(k, 1); }
  SECTION("invalidated") {
    b.enqueue(Wr(WrKind::local_inv, 2));
    b.step(rnic_actor);
  }
  SECTION("a LOCAL_INV that was flushed invalidates nothing") {
    b.enqueue(Wr(WrKind::local_inv, 2));
    b.w.qp = QpState::error;
    b.step(rnic_actor);
    dead = false;
  }
  SECTION("another MR's fate is no matter") {
    b.w.mr(3).dma = DmaState::mapped;
    dma_unmap(k, 3);
    dereg_mr(k, 4);
    dead = false;
  }
  SECTION("a retransmission tells the server of new ones") {
    dma_unmap(k, 2);
    b.set_registered(1, {4, 3});
    b.w.rpc(1).pc = TaskPc::post_send;
    b.step(task1);
    dead = false;
  }
  SECTION("what died after the answer is no matter") {
    b.step(server_actor, 1);
    dma_unmap(k, 2);
    CHECK(b.w.rare.rkey_is_dead[0] == 0);
    b.w.rpc(1).at_server = 1;
    dead = false;
  }
  SECTION("on a new connection the server knows of nothing") {
    dma_unmap(k, 2);
    lose_connection(k);
    const Rare none{};
    CHECK(std::memcmp(&b.w.rare, &none, sizeof none) == 0);
    b.w.rpc(1).at_server = 1;
    dead = false;
  }
  b.step(server_actor, 1);
  const bool fatal = severity == Severity::fatal;
  CHECK(b.stopped().has_value() == (dead && fatal));
  CHECK(b.log.count(EventKind::observed) == (dead && !fatal ? 1 : 0));
  CHECK(b.w.rpc(1).replies > 0);
  CHECK(b.w.rare.rkey_is_dead[0] == 0);
  CHECK(b.w.rare.advertised == std::array<RpcId, max_mrs>{});
}

TEST_CASE("the server's access: what nobody looks at is not in the world") {
  Bench b(looking_at(Invariant::rdma_on_live_mr, Severity::off));
  b.at(1, TaskPc::send_request);
  while (b.w.rpc(1).pc != TaskPc::transmit_done) b.step(task1);
  b.steps(rnic_actor, 4);
  Kernel<Recorder> k{b.setup, b.w, b.log};
  dma_unmap(k, 2);
  dereg_mr(k, 1);
  const Rare none{};
  CHECK(std::memcmp(&b.w.rare, &none, sizeof none) == 0);
}

TEST_CASE("a sink changes nothing: the same worlds with and without one") {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    sim::Random random(seed);
    const RaceModel m(reachable::random_later_setup(random));
    INFO("seed " << seed);
    for (const World& w : reachable::random_run(m, seed)) {
      for (const sim::Choice choice : reachable::choices(m, w, reachable::enabled(m, w))) {
        Recorder log;
        World told = w;
        m.step(told, choice, log);
        if (!same(told, reachable::after(m, w, choice))) FAIL(m.actor_name(choice.actor));
      }
    }
  }
}

TEST_CASE("which severities an invariant may have") {
  for (const InvariantEntry& entry : invariants()) {
    CAPTURE(entry.name);
    const bool lists = entry.invariant == Invariant::mr_on_one_list;
    const bool at_rest =
        entry.invariant == Invariant::leaked_mapping || entry.invariant == Invariant::rpc_finishes;
    CHECK(may_be(entry.invariant, Severity::fatal));
    CHECK(may_be(entry.invariant, Severity::observed) == !(lists || at_rest));
    CHECK(may_be(entry.invariant, Severity::off) == !lists);
    // What a scenario that says nothing has.
    Severity usual = Severity::fatal;
    if (entry.invariant == Invariant::recovery_of_in_flight_mr ||
        entry.invariant == Invariant::stale_completion ||
        entry.invariant == Invariant::fastreg_on_live_mr) {
      usual = Severity::observed;
    }
    if (entry.invariant == Invariant::rdma_on_live_mr ||
        entry.invariant == Invariant::fastreg_on_invalid_mr) {
      usual = Severity::off;
    }
    CHECK(basic_setup().severity(entry.invariant) == usual);
  }
}

TEST_CASE("a scenario gives an invariant any severity it may have, and no other") {
  for (const InvariantEntry& entry : invariants()) {
    const std::string place = "/invariants/" + std::string(entry.name);
    for (const Severity severity : all_severities) {
      const std::string name(name_of(severity_names, severity));
      CAPTURE(place, name);
      const nlohmann::json document = document_with(place, name);
      if (may_be(entry.invariant, severity)) {
        Severities expected = usual_severities;
        expected[value_of(entry.invariant)] = severity;
        CHECK(read(document).setup.severities == expected);
      } else {
        const std::string message = complaint(document);
        CHECK_THAT(message, Catch::Matchers::Contains(place + ": "));
        CHECK_THAT(message, Catch::Matchers::Contains("'" + name + "'"));
      }
    }
    CHECK_THAT(complaint(document_with(place, "fatale")),
               Catch::Matchers::Contains("did you mean 'fatal'?"));
    for (const nlohmann::json& value :
         {nlohmann::json(1), nlohmann::json(true), nlohmann::json(nullptr), nlohmann::json("")}) {
      CHECK_THAT(complaint(document_with(place, value)),
                 Catch::Matchers::Contains("off, observed, fatal"));
    }
  }
  CHECK_THAT(complaint(document_with("/invariants/double-unmapp", "off")),
             Catch::Matchers::Contains("'double-unmap'"));
  CHECK_THAT(complaint(document_with("/invariants/none", "off")),
             Catch::Matchers::Contains("unknown key"));
}

TEST_CASE("a scenario that detects as DMA-API debugging does has to use addresses again") {
  nlohmann::json document = document_with("/detect", "dma-api");
  CHECK_THAT(complaint(document), Catch::Matchers::Contains("/detect: ") &&
                                      Catch::Matchers::Contains("\"iova\": \"reuse\""));
  document["iova"] = "fresh";
  CHECK_FALSE(complaint(document).empty());
  document["iova"] = "reuse";
  REQUIRE(complaint(document).empty());
  CHECK(read(document).setup.iova == IovaChoice::reuse);
  CHECK(read(document).setup.detect == Detect::dma_api);
  document["detect"] = "ledger";
  CHECK(read(document).setup.detect == Detect::ledger);
  document.erase("iova");
  CHECK(complaint(document).empty());
}

TEST_CASE("a scenario's new faults and guard are read") {
  const Setup setup =
      read(document_with("/faults",
                         {{"reset", 1}, {"drain_marker", 2}, {"signal", 3}, {"timeout", 4}}))
          .setup;
  CHECK(setup.faults.reset == 1);
  CHECK(setup.faults.drain_marker == 2);
  CHECK(setup.faults.signal == 3);
  CHECK(setup.faults.timeout == 4);
  CHECK(setup.faults.dma_map == 0);
  CHECK(read(document_with("/guards/0", "reconnect-delay")).setup.guards.reconnect_delay);
  CHECK_FALSE(read(document_with("/guards/0", "enobufs-delay")).setup.guards.reconnect_delay);
}

TEST_CASE("a scenario's hash: what came later counts only where it is in use") {
  const std::uint32_t plain = reachable::scenario("upstream-report").hash();
  CHECK(hash_text(plain) == "02bed13d");  // as before there was any of this
  for (const char* fault : {"reset", "drain_marker", "signal", "timeout"}) {
    CHECK(read(document_with("/faults", {{fault, 0}})).hash() == plain);
  }
  CHECK(read(document_with("/iova", "fresh")).hash() == plain);
  CHECK(read(document_with("/detect", "ledger")).hash() == plain);
  CHECK(read(document_with("/invariants", nlohmann::json::object())).hash() == plain);
  for (const InvariantEntry& entry : invariants()) {
    const auto usual = name_of(severity_names, usual_severities[value_of(entry.invariant)]);
    CHECK(
        read(document_with("/invariants/" + std::string(entry.name), std::string(usual))).hash() ==
        plain);
  }
}

TEST_CASE("a scenario's hash: every new key, and every value of it, makes another one") {
  std::map<std::uint32_t, std::string> seen{{reachable::scenario("upstream-report").hash(), ""}};
  const auto add = [&seen](const nlohmann::json& document, const std::string& what) {
    const auto [at, is_new] = seen.try_emplace(read(document).hash(), what);
    INFO(what << " and " << at->second);
    CHECK(is_new);
  };
  for (const char* fault :
       {"dma_map", "map_mr_sg", "prepare_send", "reset", "drain_marker", "signal", "timeout"}) {
    for (int n = 1; n <= 4; ++n) {
      add(document_with("/faults", {{fault, n}}), std::string(fault) + " " + std::to_string(n));
    }
  }
  add(document_with("/faults", {{"signal", 1}, {"timeout", 1}}), "signal and timeout");
  add(document_with("/guards/1", "reconnect-delay"), "reconnect-delay");
  nlohmann::json document = document_with("/iova", "reuse");
  add(document, "iova");
  document["detect"] = "dma-api";
  add(document, "iova and detect");
  for (const InvariantEntry& entry : invariants()) {
    for (const Severity severity : all_severities) {
      if (!may_be(entry.invariant, severity)) continue;
      if (severity == usual_severities[value_of(entry.invariant)]) continue;
      const std::string name(name_of(severity_names, severity));
      add(document_with("/invariants/" + std::string(entry.name), name),
          std::string(entry.name) + " " + name);
    }
  }
  CHECK(seen.size() > 40);
}

TEST_CASE("a scenario's hash does not depend on the policy") {
  Scenario scenario = reachable::scenario("upstream-report");
  const std::uint32_t plain = scenario.hash();
  for (const PolicyEntry& policy : policies()) {
    scenario.setup.policy = policy.policy;
    CHECK(scenario.hash() == plain);
  }
}

TEST_CASE("registered with the RNIC: from an executed FASTREG to a LOCAL_INV or dereg_mr") {
  const auto bench = [](Severity severity) {
    Bench b(looking_at(Invariant::fastreg_on_invalid_mr, severity));
    fastreg_is_next(b);
    return b;
  };
  Bench b = bench(Severity::fatal);
  b.step(rnic_actor);
  CHECK(b.w.rare.watched[0].registered());
  SECTION("a LOCAL_INV ends it") {
    b.w.send_queue.items[0] = Wr(WrKind::local_inv, 1);
    b.w.send_queue.size = 1;
    b.step(rnic_actor);
    CHECK_FALSE(b.w.rare.watched[0].registered());
  }
  SECTION("a LOCAL_INV that is flushed does not") {
    b.w.send_queue.items[0] = Wr(WrKind::local_inv, 1);
    b.w.send_queue.size = 1;
    b.w.qp = QpState::error;
    b.step(rnic_actor);
    CHECK(b.w.rare.watched[0].registered());
  }
  SECTION("dereg_mr ends it") {
    recover(b, RecoverPc::dereg);
    b.step(recovery_actor);
    CHECK_FALSE(b.w.rare.watched[0].registered());
  }
  SECTION("a flushed FASTREG does not begin it") {
    Bench other = bench(Severity::fatal);
    other.w.qp = QpState::error;
    other.step(rnic_actor);
    CHECK_FALSE(other.w.rare.watched[0].registered());
  }
  SECTION("nobody keeps it where nobody looks") {
    Bench other = bench(Severity::off);
    other.step(rnic_actor);
    CHECK_FALSE(other.w.rare.watched[0].registered());
  }
}
