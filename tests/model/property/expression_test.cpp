// SPDX-License-Identifier: MIT
//
// Every operator and every field of conditions, against states made by hand.
//
// The states have letters, and a row says in which of them a condition holds. Which those
// are follows from how the states are made below, a field at a time.
#include "model/property/parser.h"
#include "tests/model/model_fixture.h"

using namespace fixture;

namespace {

const std::vector<std::string> two_rpcs{"w1", "a long name"};

/// A state, and what the step before it told.
struct Seen {
  char letter;
  World w;
  std::vector<Event> events{};
  std::uint8_t actor = anything;
  bool is_blocked = false;
};

Setup setup_of_two() {
  Setup setup = basic_setup();
  setup.rpc_count = 2;
  setup.pool = 3;
  return setup;
}

/// Three MRs on the free list, INVALID, never mapped; QP RTS, CONNECTED; both RPCs before
/// call_connect.
Bench at_start() { return Bench(setup_of_two()); }

void add_usual(std::vector<Seen>& all) {
  all.push_back({'a', at_start().w});

  // MR 1 is registered by RPC 1, VALID, mapped, its FASTREG queued; RPC 1 has the lock.
  Bench b = at_start();
  b.set_free({2, 3});
  b.set_registered(1, {1});
  b.make_valid(1);
  b.enqueue(Wr(WrKind::fastreg, 1));
  b.at(1, TaskPc::post_send);
  b.w.rpc(1).segment = 1;
  b.w.rare.watched[0].set_rpc(1);
  all.push_back({'b',
                 b.w,
                 {{.kind = EventKind::moved,
                   .mr = 1,
                   .rpc = 1,
                   .from = static_cast<std::uint8_t>(Place::in_hand),
                   .to = static_cast<std::uint8_t>(Place::registered)}},
                 task1});

  // The reported bug: MR 1 is free, unmapped, FLUSHED_FR. The connection is lost.
  Bench c = at_start();
  c.lost_and_told();
  c.w.mr(1).fr_state = FrState::flushed_fr;
  c.w.mr(1).dma = DmaState::unmapped;
  c.w.losses_left = 2;
  all.push_back({'c',
                 c.w,
                 {{.kind = EventKind::fr_state,
                   .mr = 1,
                   .from = static_cast<std::uint8_t>(FrState::is_invalid),
                   .to = static_cast<std::uint8_t>(FrState::flushed_fr)}},
                 softirq_actor});
}

void add_unusual(std::vector<Seen>& all) {
  // MR 2 is on the stale list, still mapped for RPC 2, which is done. RPC 1 sleeps.
  Bench d = at_start();
  d.set_free({1, 3});
  d.set_stale({2});
  d.make_valid(2);
  d.w.rare.watched[1].set_rpc(2);
  d.w.rpc(2).pc = TaskPc::done;
  d.w.rpc(1).pc = TaskPc::call_status;
  d.w.rpc(1).on_pending = 1;
  d.w.rpc(1).on_receive_list = 1;
  d.w.rpc(1).at_server = 1;
  d.w.rpc(1).status = Status::again;
  all.push_back({'d',
                 d.w,
                 {{.kind = EventKind::dma_map, .mr = 2, .rpc = 2},
                  {.kind = EventKind::posted, .wr = Wr(WrKind::local_inv, 3)}},
                 task2});

  // Workers: recovery has MR 3 in hand after its dereg, the connect worker has the lock,
  // RPC 2 waits for it. The reply to RPC 1 is being handled. Nothing can take a step.
  Bench e = at_start();
  e.set_free({1, 2});
  e.in_hand(3);
  e.w.recovery = {RecoverPc::alloc, 3, FrState{}};
  e.enqueue(Wr(WrKind::fastreg, 3, true));
  e.complete(Wr(WrKind::local_inv, 1));
  e.w.mr(1).done = Done::wc_localinv_wake;
  e.w.softirq = {SoftirqPc::wc_localinv, 2};
  e.w.connect = ConnectPc::drain;
  e.w.connecting = 1;
  e.w.qp = QpState::idle;
  e.w.locked_by = connect_owner;
  e.w.sending[0] = 2;
  e.w.rpc(1).reply_received = 1;
  e.w.handler(1).pc = ReplyPc::linv_wait;
  all.push_back({'e', e.w, {{.kind = EventKind::woken, .rpc = 2, .to = 3}}, upcall_actor, true});
}

std::vector<Seen> states() {
  std::vector<Seen> all;
  add_usual(all);
  add_unusual(all);
  return all;
}

std::string where(const std::string& text) {
  const Expression condition = read_condition(text, two_rpcs);
  std::string letters;
  for (const Seen& seen : states()) {
    const Instant moment{.world = seen.w,
                         .rpc_count = 2,
                         .events = seen.events,
                         .actor = seen.actor,
                         .is_blocked = seen.is_blocked};
    if (condition.holds(moment)) letters += seen.letter;
  }
  return letters;
}

struct Row {
  const char* text;
  const char* letters;
};

void check_all(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    CAPTURE(row.text);
    CHECK(where(row.text) == row.letters);
  }
}

}  // namespace

TEST_CASE("conditions: logic") {
  check_all({
      {"true", "abcde"},
      {"false", ""},
      {"connected", "abde"},
      {"!connected", "c"},
      {"not connected", "c"},
      {"!!connected", "abde"},
      {"connected && locked", "be"},
      {"connected and locked", "be"},
      {"!connected || locked", "bce"},
      {"not connected or locked", "bce"},
      {"connected => locked", "bce"},
      {"connected => locked => connecting", "acde"},  // to the right
      {"(connected => locked) => connecting", "ade"},
      {"!connected || connected && connecting", "ce"},  // && before ||
      {"(!connected || connected) && connecting", "e"},
      {"!connected && connecting", ""},
      {"!(connected && connecting)", "abcd"},
  });
}

TEST_CASE("conditions: comparisons") {
  check_all({
      {"losses_left == 2", "c"},
      {"losses_left != 2", "abde"},
      {"losses_left < 2", "abde"},
      {"losses_left <= 2", "abcde"},
      {"losses_left > 0", "c"},
      {"losses_left >= 2", "c"},
      {"losses_left >= 3", ""},
      {"connected == true", "abde"},
      {"connected == false", "c"},
      {"connected != true", "c"},
      {"qp == ERROR", "c"},
      {"qp != RTS", "ce"},
      {"qp == IDLE", "e"},
  });
}

TEST_CASE("conditions: the transport") {
  check_all({
      {"connecting", "e"},
      {"locked", "be"},
      {"connect_worker_has_lock", "e"},
      {"send_queue == 1", "be"},
      {"completion_queue == 1", "e"},
      {"free_list == 3", "ac"},
      {"free_list == 2", "bde"},
      {"stale_list > 0", "d"},
      {"softirq == poll", "abcd"},
      {"softirq == wc_localinv", "e"},
      {"recovery_worker == idle", "abcd"},
      {"recovery_worker == alloc", "e"},
      {"connect_worker == drain", "e"},
      {"connect_worker == idle", "abcd"},
      {"blocked", "e"},
  });
}

TEST_CASE("conditions: MRs") {
  check_all({
      {"mr.fr_state == FLUSHED_FR", "c"},
      {"mr.fr_state == VALID", "bd"},
      {"mr.fr_state == FLUSHED_LI", ""},
      {"mr.fr_state != INVALID", "bcd"},
      {"mr.place == free_list", "abcde"},
      {"mr.place == stale_list", "d"},
      {"mr.place == registered_list", "b"},
      {"mr.place == in_hand", "e"},
      {"mr.place == released", ""},
      {"mr.place == absent", ""},  // an MR that is not there is none
      {"mr.mapped", "bd"},
      {"mr.dma == unmapped", "c"},
      {"mr.dma == mapped", "bd"},
      {"mr.callback == frwr_wc_fastreg", "bd"},
      {"mr.callback == frwr_wc_localinv_wake", "e"},
      {"mr.callback == frwr_wc_localinv", ""},
      {"mr.fastreg_pending", "be"},
      {"mr.local_inv_pending", "e"},
      {"mr.recovery_pending", "de"},
      {"mr.old_rkey_queued", "e"},
  });
}

TEST_CASE("conditions: RPCs") {
  check_all({
      {"rpc.done", "d"},
      {"rpc[2].done", "d"},
      {"rpc[1].done", ""},
      {"rpc[\"a long name\"].done", "d"},
      {"rpc[w1].done", ""},
      {"rpc.status == -EAGAIN", "d"},
      {"rpc.status == none", "abcde"},  // of one of the two
      {"all rpc: rpc.status == none", "abce"},
      {"rpc.asleep", "d"},
      {"rpc.on_receive_list", "d"},
      {"rpc.at_server", "d"},
      {"rpc.reply_received", "e"},
      {"rpc.has_lock", "b"},
      {"rpc[2].has_lock", ""},
      {"rpc.waits_for_lock", "e"},
      {"rpc[1].waits_for_lock", ""},
      {"rpc.segment == 1", "b"},
      {"rpc.registered == 1", "b"},
      {"rpc.task == post_send", "b"},
      {"rpc.task == call_status", "d"},
      {"rpc[1].handler == linv_wait", "e"},
      {"rpc.handler == linv_wait", "e"},
  });
}

TEST_CASE("conditions: some and all") {
  check_all({
      {"any mr: mr.mapped", "bd"},
      {"all mr: mr.mapped", ""},
      {"all mr: !mr.mapped", "ace"},
      {"any mr: !mr.mapped", "abcde"},
      // What is left open is the same MR in the whole text.
      {"mr.fr_state == FLUSHED_FR && mr.place == free_list", "c"},
      {"mr.fr_state == VALID && mr.place == free_list", ""},
      {"(any mr: mr.fr_state == VALID) && (any mr: mr.place == free_list)", "bd"},
      {"any rpc: rpc.done", "d"},
      {"all rpc: rpc.done", ""},
      {"all rpc: !rpc.done", "abce"},
      {"any mr of rpc: mr.mapped", "bd"},
      {"any mr of rpc[1]: mr.mapped", "b"},
      {"any mr of rpc[2]: mr.mapped", "d"},
      {"all mr of rpc[2]: mr.mapped", "abcde"},  // of none, all
      {"all mr of rpc[2]: !mr.mapped", "abce"},
      {"rpc.done && any mr of rpc: mr.mapped", "d"},
      {"!rpc.done && any mr of rpc: mr.mapped", "b"},
      // The innermost one is meant.
      {"any mr: mr.place == stale_list && any mr: mr.place == free_list && !mr.mapped", "d"},
      {"any rpc: rpc.done && any rpc: rpc.asleep", "d"},
      {"any rpc: rpc.done && rpc.asleep", ""},
  });
}

TEST_CASE("conditions: events") {
  check_all({
      {"event moved", "b"},
      {"event moved of mr", "b"},
      {"event moved of rpc", "b"},
      {"event moved of rpc[1]", "b"},
      {"event moved of rpc[2]", ""},
      {"event moved from in_hand", "b"},
      {"event moved from in_hand to registered_list", "b"},
      {"event moved to free_list", ""},
      {"event moved by t1", "b"},
      {"event moved by t2", ""},
      {"event moved of mr && mr.mapped", "b"},
      {"event moved of mr && !mr.mapped", ""},
      {"event fr_state of mr to FLUSHED_FR", "c"},
      {"event fr_state from VALID", ""},
      {"event fr_state by irq", "c"},
      {"event dma_map of mr && mr.place == stale_list", "d"},
      {"event posted", "d"},
      {"event posted LOCAL_INV", "d"},
      {"event posted FASTREG", ""},
      {"event posted LOCAL_INV of mr && mr.place == free_list", "d"},
      {"event posted of mr && mr.place == stale_list", ""},
      {"event woken of rpc[2] to -ENOTCONN", "e"},
      {"event woken of rpc[1]", ""},
      {"!event moved", "acde"},
  });
}

TEST_CASE("a condition names the MR that alone satisfies it") {
  const auto all = states();
  const auto witness = [&all](const char* text, char letter) {
    const Seen& seen = all.at(static_cast<std::size_t>(letter - 'a'));
    const Instant moment{.world = seen.w, .rpc_count = 2, .events = seen.events};
    return read_condition(text, two_rpcs).witness(moment);
  };
  CHECK(witness("mr.fr_state == FLUSHED_FR", 'c') == 1);
  CHECK(witness("mr.place == stale_list", 'd') == 2);
  CHECK(witness("rpc.done && any mr of rpc: mr.mapped", 'd') == 0);  // says it of an RPC
  CHECK(witness("mr.place == free_list", 'a') == 0);                 // of three
  CHECK(witness("connected", 'a') == 0);
  CHECK(witness("any mr: mr.mapped && mr.place == stale_list", 'd') == 2);
}

TEST_CASE("what was true once is remembered by MR") {
  const Expression condition =
      read_condition("mr.place == free_list && once mr.fr_state == VALID", two_rpcs);
  CHECK(condition.memories() == 1);
  Bench b = at_start();
  const auto holds = [&] { return condition.holds({.world = b.w, .rpc_count = 2}); };
  const auto remember = [&] {
    std::array<Watched, max_mrs> memory = b.w.rare.watched;
    condition.remember({.world = b.w, .rpc_count = 2}, memory);
    b.w.rare.watched = memory;
  };
  remember();
  CHECK_FALSE(holds());
  b.w.mr(2).fr_state = FrState::is_valid;
  CHECK_FALSE(holds());  // strictly before
  remember();
  CHECK(holds());
  b.w.mr(2).fr_state = FrState::is_invalid;
  remember();
  CHECK(holds());
  CHECK(condition.witness({.world = b.w, .rpc_count = 2}) == 2);
  b.w.mr(2).place = Place::in_hand;
  CHECK_FALSE(holds());  // it was no other MR
}

TEST_CASE("an order is of the same MR, if both sides speak of one") {
  const Expression same =
      read_order("event dma_unmap of mr < event fr_state of mr to FLUSHED_FR", two_rpcs);
  const Expression any = read_order("event dma_unmap < event fr_state to FLUSHED_FR", two_rpcs);
  Bench b = at_start();
  const auto take = [&b](const Expression& order, const Event& event) {
    const std::vector<Event> events{event};
    const Instant moment{.world = b.w, .rpc_count = 2, .events = events};
    const bool holds = order.holds(moment);
    std::array<Watched, max_mrs> memory = b.w.rare.watched;
    order.remember(moment, memory);
    b.w.rare.watched = memory;
    return holds;
  };
  const Event unmap{.kind = EventKind::dma_unmap, .mr = 1};
  const auto flushed = [](MrId mr) {
    return Event{.kind = EventKind::fr_state,
                 .mr = mr,
                 .to = static_cast<std::uint8_t>(FrState::flushed_fr)};
  };
  CHECK_FALSE(take(same, flushed(1)));
  CHECK_FALSE(take(same, unmap));
  CHECK_FALSE(take(same, flushed(2)));
  CHECK(take(same, flushed(1)));
  b = at_start();
  CHECK_FALSE(take(any, flushed(1)));
  CHECK_FALSE(take(any, unmap));
  CHECK(take(any, flushed(2)));
}

TEST_CASE("the parts of a condition that must be true for it to hold") {
  const auto parts = [](const char* text) {
    std::vector<std::string> texts;
    for (const Expression& part : read_condition(text, two_rpcs).parts()) {
      texts.push_back(part.text());
    }
    return texts;
  };
  using Texts = std::vector<std::string>;
  CHECK(parts("mr.fr_state == FLUSHED_LI && mr.place == free_list") ==
        Texts{"mr.fr_state == FLUSHED_LI", "mr.place == free_list"});
  CHECK(parts("any mr: mr.mapped && (connected || locked)") ==
        Texts{"mr.mapped", "connected", "locked"});
  CHECK(parts("!(rpc.done => locked)") == Texts{"rpc.done", "!(locked)"});
  CHECK(parts("!(connected || locked)") == Texts{"!(connected)", "!(locked)"});
  CHECK(parts("connected => locked") == Texts{"connected => locked"});
  CHECK(parts("all mr: mr.mapped && connected") == Texts{"all mr: mr.mapped && connected"});
  CHECK(parts("connected") == Texts{"connected"});

  // A part is closed: it holds where some MR and RPC make it true.
  const auto all = states();
  const auto of_d = [&all](const Expression& part) {
    return part.holds({.world = all[3].w, .rpc_count = 2});
  };
  for (const char* text : {"rpc.done && any mr of rpc: mr.mapped", "mr.mapped && connected",
                           "!(connected => !mr.mapped)"}) {
    for (const Expression& part : read_condition(text, two_rpcs).parts()) {
      CAPTURE(text, part.text());
      CHECK(of_d(part));
    }
  }
  CHECK_FALSE(of_d(read_condition("qp == ERROR && mr.mapped", two_rpcs).parts()[0]));
}
