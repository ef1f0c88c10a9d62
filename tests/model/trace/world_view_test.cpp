// SPDX-License-Identifier: MIT
//
// The world as a person is shown it, against worlds built by hand.
#include "model/trace/world_view.h"

#include <algorithm>

#include "tests/model/model_fixture.h"

using namespace fixture;

namespace {

std::string shown(const Bench& bench, const std::string& subject, const std::string& name) {
  const WorldView view{RaceModel(bench.setup)};
  const std::vector<std::string> values = view.values(bench.w);
  REQUIRE(values.size() == view.fields().size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    const ViewField& field = view.fields()[i];
    if (field.subject == subject && field.name == name) return values[i];
  }
  FAIL("no field " << subject << " " << name);
  return {};
}

}  // namespace

TEST_CASE("every MR says its state, where it is and whether it is mapped") {
  Bench b(basic_setup(pre_fix));
  b.set_free({2});
  b.set_stale({3});
  b.set_registered(1, {1});
  b.in_hand(4);
  b.w.recovery = {RecoverPc::dereg, 4, FrState::is_valid};
  b.make_valid(1);
  CHECK(shown(b, "MR 1", "fr_state") == "VALID");
  CHECK(shown(b, "MR 1", "where") == "registered list of RPC 1");
  CHECK(shown(b, "MR 1", "DMA-mapped") == "yes");
  CHECK(shown(b, "MR 1", "callback") == "frwr_wc_fastreg");
  CHECK(shown(b, "MR 2", "where") == "free list");
  CHECK(shown(b, "MR 2", "DMA-mapped") == "no");
  CHECK(shown(b, "MR 3", "where") == "stale list");
  CHECK(shown(b, "MR 3", "pending") == "recovery");
  CHECK(shown(b, "MR 4", "where") == "in hand of MR recovery worker");
  CHECK(shown(b, "MR 5", "fr_state").empty());
  CHECK(shown(b, "", "free list") == "MR 2");
  CHECK(shown(b, "", "stale list") == "MR 3");
  CHECK(shown(b, "", "registered by RPC 1") == "MR 1");
}

TEST_CASE("the ledger tells a mapping that is gone from one that never was") {
  Bench b(basic_setup());
  CHECK(shown(b, "", "MR 1") == "nothing mapped");
  b.w.mr(1).dma = DmaState::mapped;
  CHECK(shown(b, "", "MR 1") == "mapped");
  b.w.mr(1).dma = DmaState::unmapped;
  CHECK(shown(b, "", "MR 1") == "mapped and unmapped");
}

TEST_CASE("queues are shown in order, with what is only true in them") {
  Bench b(basic_setup());
  CHECK(shown(b, "", "work requests").empty());
  b.enqueue(Wr(WrKind::fastreg, 1, true));
  b.enqueue(Wr(WrKind::send, 1));
  b.enqueue(Wr(WrKind::drain_marker, 1));
  b.complete(Wr(WrKind::fastreg, 2, true));
  CHECK(shown(b, "", "work requests") == "FASTREG of MR 1 (old rkey), SEND of RPC 1, drain marker");
  CHECK(shown(b, "", "completions") == "FASTREG of MR 2 (flushed)");
  CHECK(shown(b, "MR 1", "rkey") == "new; a queued work request has the old one");
  CHECK(shown(b, "MR 2", "pending") == "FASTREG");
}

TEST_CASE("the connection, the lock and who waits for it") {
  Bench b(basic_setup());
  b.lost_and_told();
  b.w.locked_by = connect_owner;
  b.w.sending[0] = 1;
  CHECK(shown(b, "", "QP") == "ERROR");
  CHECK(shown(b, "", "CONNECTED") == "no");
  CHECK(shown(b, "", "transport lock") == "held by the connect worker");
  CHECK(shown(b, "", "waiting for the lock") == "RPC 1");
}

TEST_CASE("a context that nothing has woken is not shown") {
  Bench b(basic_setup());
  CHECK(shown(b, "", "MR recovery worker").empty());
  b.set_stale({1});
  CHECK(shown(b, "", "MR recovery worker") ==
        "rpcrdma_mr_recovery_worker: take an MR off the stale list");
  CHECK_FALSE(shown(b, "", "RPC task 1").empty());
}

TEST_CASE("a step changes the fields it is about, and no field appears twice") {
  Bench b(basic_setup());
  const WorldView view{RaceModel(b.setup)};
  b.in_hand(1);
  b.w.rpc(1).mr = 1;
  b.at(1, TaskPc::op_map_set_valid);
  const std::vector<std::string> before = view.values(b.w);
  b.step(task1);
  const std::vector<std::string> after = view.values(b.w);
  std::vector<std::string> changed;
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (before[i] != after[i]) changed.push_back(view.fields()[i].name);
  }
  CHECK(changed == std::vector<std::string>{"fr_state", "RPC task 1"});
  for (std::size_t i = 0; i < view.fields().size(); ++i) {
    CHECK(std::count(view.fields().begin(), view.fields().end(), view.fields()[i]) == 1);
  }
}
