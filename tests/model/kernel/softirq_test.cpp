// SPDX-License-Identifier: MIT
//
// The send-CQ softirq: which callback a completion finds, and what it writes.
//
// FASTREG and LOCAL_INV of an MR share one completion entry (fr_cqe); its callback
// is whatever the last post of that MR has set (frwr_ops.c).
#include "tests/model/model_fixture.h"

using namespace fixture;

namespace {

/// A completion of MR 1 waits; MR 1's callback is `done`.
Bench with_completion(WrKind kind, bool error, Done done) {
  Bench b(basic_setup());
  b.set_free({2, 3, 4});
  b.in_hand(1);
  b.make_valid(1);
  b.w.mr(1).done = done;
  b.complete(Wr(kind, 1, error));
  return b;
}

}  // namespace

TEST_CASE("a flushed FASTREG marks its MR FLUSHED_FR, whatever was there") {
  for (const FrState found :
       {FrState::is_invalid, FrState::is_valid, FrState::flushed_fr, FrState::flushed_li}) {
    Bench b = with_completion(WrKind::fastreg, true, Done::wc_fastreg);
    b.step(softirq_actor);  // polled: the handler has not written yet
    CHECK(b.w.completions.size == 0);
    CHECK(b.w.mr(1).fr_state == FrState::is_valid);
    CHECK(b.enabled(softirq_actor));
    b.w.mr(1).fr_state = found;
    World expected = b.w;
    expected.mr(1).fr_state = FrState::flushed_fr;
    expected.softirq = {};
    b.step(softirq_actor);
    CHECK(same(b.w, expected));
    CHECK_FALSE(b.enabled(softirq_actor));
  }
}

TEST_CASE("the handlers ignore success") {
  for (const Done done : {Done::wc_fastreg, Done::wc_localinv}) {
    Bench b = with_completion(WrKind::local_inv_signaled, false, done);
    World expected = b.w;
    expected.completions = {};
    b.step(softirq_actor);
    CHECK(same(b.w, expected));
  }
}

TEST_CASE("a flushed LOCAL_INV marks its MR FLUSHED_LI") {
  Bench b = with_completion(WrKind::local_inv, true, Done::wc_localinv);
  b.steps(softirq_actor, 2);
  CHECK(b.w.mr(1).fr_state == FrState::flushed_li);
  CHECK(b.w.mr(1).linv_done == 0);
}

TEST_CASE("the last LOCAL_INV wakes the waiter whether flushed or not") {
  SECTION("success: the state stays") {
    Bench b = with_completion(WrKind::local_inv_signaled, false, Done::wc_localinv_wake);
    b.w.mr(1).fr_state = FrState::is_invalid;
    b.steps(softirq_actor, 2);
    CHECK(b.w.mr(1).fr_state == FrState::is_invalid);
    CHECK(b.w.mr(1).linv_done == 1);
  }
  SECTION("flushed: first the state, then the waiter") {
    Bench b = with_completion(WrKind::local_inv_signaled, true, Done::wc_localinv_wake);
    b.steps(softirq_actor, 2);
    CHECK(b.w.mr(1).fr_state == FrState::flushed_li);
    CHECK(b.w.mr(1).linv_done == 0);
    b.step(softirq_actor);
    CHECK(b.w.mr(1).linv_done == 1);
  }
}

TEST_CASE("a flushed FASTREG whose callback was overwritten runs the other handler") {
  SECTION("by a LOCAL_INV") {
    Bench b = with_completion(WrKind::fastreg, true, Done::wc_localinv);
    b.steps(softirq_actor, 2);
    CHECK(b.w.mr(1).fr_state == FrState::flushed_li);
  }
  SECTION("by the last LOCAL_INV: the waiter is woken before its time") {
    Bench b = with_completion(WrKind::fastreg, true, Done::wc_localinv_wake);
    b.steps(softirq_actor, 3);
    CHECK(b.w.mr(1).fr_state == FrState::flushed_li);
    CHECK(b.w.mr(1).linv_done == 1);
  }
}

TEST_CASE("a LOCAL_INV whose callback a new FASTREG has overwritten wakes nobody") {
  Bench b = with_completion(WrKind::local_inv_signaled, true, Done::wc_fastreg);
  b.steps(softirq_actor, 2);
  CHECK(b.w.mr(1).fr_state == FrState::flushed_fr);
  CHECK(b.w.mr(1).linv_done == 0);
}

TEST_CASE("the callback is looked up when the completion is handled, not when it was queued") {
  Bench b = with_completion(WrKind::fastreg, true, Done::wc_fastreg);
  b.step(softirq_actor);
  b.w.mr(1).done = Done::wc_localinv;  // too late: wc_fastreg is running
  b.step(softirq_actor);
  CHECK(b.w.mr(1).fr_state == FrState::flushed_fr);
}

TEST_CASE("a flushed Send touches no MR") {
  Bench b(basic_setup());
  b.complete(Wr(WrKind::send, 1, true));
  World expected = b.w;
  expected.completions = {};
  b.step(softirq_actor);
  CHECK(same(b.w, expected));
}

TEST_CASE("the drain marker's completion, flushed as it is, ends the drain") {
  Bench b(basic_setup());
  b.complete(Wr(WrKind::fastreg, 1, true));
  b.complete(Wr(WrKind::drain_marker, 0, true));
  b.w.mr(1).done = Done::wc_fastreg;
  b.steps(softirq_actor, 2);
  CHECK(b.w.drained == 0);
  CHECK(b.w.mr(1).fr_state == FrState::flushed_fr);  // all earlier ones are handled
  b.step(softirq_actor);
  CHECK(b.w.drained == 1);
}

TEST_CASE("completions are handled one after the other, in order") {
  Bench b(basic_setup());
  b.w.mr(1).done = b.w.mr(2).done = Done::wc_fastreg;
  b.complete(Wr(WrKind::fastreg, 2, true));
  b.complete(Wr(WrKind::fastreg, 1, true));
  b.step(softirq_actor);
  CHECK(b.w.softirq.mr == 2);
  b.step(softirq_actor);
  CHECK(b.w.mr(2).fr_state == FrState::flushed_fr);
  CHECK(b.w.mr(1).fr_state == FrState::is_invalid);
  b.steps(softirq_actor, 2);
  CHECK(b.w.mr(1).fr_state == FrState::flushed_fr);
}
