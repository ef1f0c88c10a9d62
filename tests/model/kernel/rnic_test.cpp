// SPDX-License-Identifier: MIT
//
// The RNIC: strictly in order, silent on unsignalled success, noisy on every error.
//
// FASTREG is posted unsignalled; "an error or a flush always makes a completion"
// holds for every kind of work request (IB specification, 10.7.3.1 and 10.8.3).
#include "model/kernel/frwr_race.h"
#include "tests/model/model_fixture.h"

using namespace fixture;

namespace {

/// Every kind of WR there is, naming MR 1 or RPC 1.
const std::array all_kinds{Wr(WrKind::fastreg, 1), Wr(WrKind::local_inv, 1),
                           Wr(WrKind::local_inv_signaled, 1), Wr(WrKind::send, 1),
                           Wr(WrKind::drain_marker, 0)};

constexpr Wr flushed(Wr wr) { return Wr(wr.kind(), wr.subject(), true); }

}  // namespace

TEST_CASE("the RNIC rests when nothing is queued") {
  Bench b(basic_setup());
  CHECK_FALSE(b.enabled(rnic_actor));
  b.enqueue(Wr(WrKind::send, 1));
  CHECK(b.enabled(rnic_actor));
}

TEST_CASE("unsignalled success makes no completion") {
  for (const WrKind kind : {WrKind::fastreg, WrKind::local_inv}) {
    Bench b(basic_setup());
    b.enqueue(Wr(kind, 1));
    World expected = b.w;
    expected.send_queue = {};
    b.step(rnic_actor);
    CHECK(same(b.w, expected));  // above all, fr_state is what it was
    CHECK(b.log.has({.kind = EventKind::executed, .wr = Wr(kind, 1)}));
  }
}

TEST_CASE("a signalled LOCAL_INV completes with success") {
  Bench b(basic_setup());
  b.enqueue(Wr(WrKind::local_inv_signaled, 2));
  b.step(rnic_actor);
  REQUIRE(b.w.completions.size == 1);
  CHECK(b.w.completions.items[0] == Wr(WrKind::local_inv_signaled, 2));
  CHECK_FALSE(b.w.completions.items[0].flag());
}

TEST_CASE("an executed Send gives the server a request to answer") {
  Bench b(basic_setup());
  b.enqueue(Wr(WrKind::send, 1));
  b.step(rnic_actor);
  CHECK(b.w.rpc(1).at_server == 1);
  CHECK(b.w.completions.size == 0);
  REQUIRE(b.enabled(server_actor));
  CHECK(b.outcomes(server_actor) == sim::OutcomeSet::of(1));
  b.step(server_actor, 1);
  CHECK(b.w.rpc(1).at_server == 0);
  CHECK(b.w.rpc(1).replies == 1);
  CHECK_FALSE(b.enabled(server_actor));
}

TEST_CASE("the server may answer in any order") {
  Setup setup = basic_setup();
  setup.rpc_count = 3;
  Bench b(setup);
  b.w.rpc(1).at_server = b.w.rpc(3).at_server = 1;
  CHECK(b.outcomes(server_actor) == sim::OutcomeSet::from_bits(1u << 1 | 1u << 3));
  b.step(server_actor, 3);
  CHECK(b.w.rpc(3).replies == 1);
  CHECK(b.w.rpc(1).at_server == 1);
}

TEST_CASE("once the QP is in error every kind of WR is flushed, one by one, in order") {
  for (const QpState qp : {QpState::error, QpState::idle}) {
    // `idle`: the new QP is swapped in, the old one's WRs are still flushing.
    Bench b(basic_setup());
    b.w.qp = qp;
    for (const Wr wr : all_kinds) b.enqueue(wr);
    for (unsigned i = 0; i < all_kinds.size(); ++i) {
      b.step(rnic_actor);
      REQUIRE(b.w.completions.size == i + 1);
      CHECK(b.w.completions.items[i] == flushed(all_kinds[i]));
      CHECK(b.log.has({.kind = EventKind::flushed, .wr = all_kinds[i]}));
    }
    CHECK_FALSE(b.enabled(rnic_actor));
    CHECK(b.w.rpc(1).at_server == 0);
    CHECK(b.w.qp == qp);
  }
}

TEST_CASE("WRs execute in the order in which they were posted") {
  Bench b(basic_setup());
  b.enqueue(Wr(WrKind::fastreg, 1));
  b.enqueue(Wr(WrKind::fastreg, 2));
  b.enqueue(Wr(WrKind::send, 1));
  b.step(rnic_actor);
  CHECK(b.w.send_queue.size == 2);
  CHECK(b.w.send_queue.items[0] == Wr(WrKind::fastreg, 2));
  CHECK(b.w.send_queue.items[1] == Wr(WrKind::send, 1));
  CHECK(b.w.send_queue.items[2] == Wr{});  // vacated slots are zero
}

TEST_CASE("ib_dereg_mr marks what is queued for that MR, and only that") {
  Bench b(basic_setup());
  b.enqueue(Wr(WrKind::fastreg, 1));
  b.enqueue(Wr(WrKind::fastreg, 2));
  b.enqueue(Wr(WrKind::send, 1));  // a Send of RPC 1 names no MR
  b.enqueue(Wr(WrKind::local_inv, 1));
  Kernel<Recorder> k{b.setup, b.w, b.log};
  dereg_mr(k, 1);
  CHECK(b.w.send_queue.items[0].flag());
  CHECK_FALSE(b.w.send_queue.items[1].flag());
  CHECK_FALSE(b.w.send_queue.items[2].flag());
  CHECK(b.w.send_queue.items[3].flag());
}

TEST_CASE("a FASTREG whose MR was replaced fails and takes the QP to error") {
  Bench b(basic_setup());
  b.w.rpc(1).at_server = 1;
  b.enqueue(Wr(WrKind::fastreg, 1, true));
  b.enqueue(Wr(WrKind::fastreg, 2));
  b.step(rnic_actor);
  CHECK(b.w.qp == QpState::error);
  CHECK(b.w.completions.size == 1);
  CHECK(b.w.completions.items[0] == Wr(WrKind::fastreg, 1, true));
  CHECK(b.log.count(EventKind::failed) == 1);
  CHECK(b.w.disconnected_upcall == 1);
  CHECK(b.w.rpc(1).at_server == 0);  // the answer would come on a connection that is gone
  CHECK(b.w.connected == 1);         // nobody has been told yet
  b.step(rnic_actor);
  CHECK(b.w.completions.items[1] == Wr(WrKind::fastreg, 2, true));
}

TEST_CASE("what a post to a QP comes to") {
  struct Row {
    Provider provider;
    QpState qp;
    bool accepted;
  };
  // A QP not yet connected rejects whatever the provider; one in error rejects
  // (ocrdma: not RTS) or accepts and flushes (mlx4, mlx5).
  for (const Row row :
       {Row{Provider::reject, QpState::rts, true}, Row{Provider::reject, QpState::error, false},
        Row{Provider::reject, QpState::idle, false}, Row{Provider::flush, QpState::rts, true},
        Row{Provider::flush, QpState::error, true}, Row{Provider::flush, QpState::idle, false}}) {
    Bench b(basic_setup());
    b.setup.provider = row.provider;
    b.w.qp = row.qp;
    Kernel<Recorder> k{b.setup, b.w, b.log};
    CHECK(post(k, Wr(WrKind::fastreg, 1)) == row.accepted);
    CHECK(b.w.send_queue.size == (row.accepted ? 1 : 0));
    CHECK(b.log.count(EventKind::post_failed) == (row.accepted ? 0u : 1u));
  }
}

TEST_CASE("a full send queue is no kernel behaviour and cuts the run") {
  Bench b(basic_setup());
  for (unsigned i = 0; i < queue_depth; ++i) b.enqueue(Wr(WrKind::send, 1));
  Kernel<Recorder> k{b.setup, b.w, b.log};
  post(k, Wr(WrKind::fastreg, 1));
  CHECK(b.stopped() == sim::End::cut);
  CHECK(b.w.cut == Budget::queue_depth);
}

TEST_CASE("a FASTREG is in flight while queued, completed or being handled") {
  Bench b(basic_setup());
  CHECK_FALSE(fastreg_in_flight(b.w, 1));
  SECTION("queued") {
    b.enqueue(Wr(WrKind::fastreg, 1));
    CHECK(fastreg_in_flight(b.w, 1));
  }
  SECTION("its completion waits") {
    b.complete(Wr(WrKind::fastreg, 1, true));
    CHECK(fastreg_in_flight(b.w, 1));
  }
  SECTION("its handler is about to write fr_state") {
    b.w.softirq = {SoftirqPc::wc_fastreg, 1};
    CHECK(fastreg_in_flight(b.w, 1));
  }
  SECTION("a LOCAL_INV is none") {
    b.enqueue(Wr(WrKind::local_inv, 1));
    CHECK_FALSE(fastreg_in_flight(b.w, 1));
  }
  CHECK_FALSE(fastreg_in_flight(b.w, 2));
}
