// SPDX-License-Identifier: MIT
//
// Who sent what to whom, against the events of the run and the worlds it went through.
#include "tools/render/lanes.h"

#include <catch2/catch.hpp>
#include <set>

#include "tests/tools/render/render_fixture.h"

using namespace model;
using render_fixture::many_runs;
using tools::Lanes;
using tools::lanes_of;
using tools::Message;
using tools::MessageKind;
using tools::Moment;

namespace {

template <class Test>
unsigned count_events(const Trace& trace, Test test) {
  unsigned n = 0;
  for (const TraceStep& step : trace.steps) {
    for (const Event& event : step.events) n += test(step, event) ? 1 : 0;
  }
  return n;
}

unsigned count_kinds(const Trace& trace, std::set<EventKind> kinds) {
  return count_events(
      trace, [&](const TraceStep&, const Event& event) { return kinds.count(event.kind) != 0; });
}

template <class Test>
unsigned count_messages(const Lanes& lanes, Test test) {
  unsigned n = 0;
  for (const Message& message : lanes.messages) n += test(message) ? 1 : 0;
  return n;
}

std::string name_of_run(const Trace& trace) { return trace.scenario.name + " " + trace.token(); }

bool enabled(const RaceModel& model, const World& w, sim::ActorId actor) {
  return !model.stopped(w) && model.enabled(w).contains(actor);
}

/// A context that goes on by itself, when time has passed.
bool waits_for_time(const World& w, sim::ActorId actor) {
  if (role_of(actor) != Role::task) return false;
  const TaskPc pc = w.rpc(rpc_of(actor)).pc;
  return pc == TaskPc::enobufs_wait || pc == TaskPc::connect_wait;
}

}  // namespace

TEST_CASE("every work request and completion is one message") {
  unsigned lost = 0;
  unsigned all = 0;
  std::vector<Trace> runs = many_runs();
  // What it is about is a LOCAL_INV that goes away with its QP.
  runs.push_back(
      render_fixture::failing_run(render_fixture::scenario("r11-lost-wakeup"), "leave-registered"));
  for (const Trace& trace : runs) {
    INFO(name_of_run(trace));
    const Lanes lanes = lanes_of(trace, true);
    const auto is = [](MessageKind kind) {
      return [kind](const Message& m) { return m.kind == kind; };
    };
    const auto is_taken = [](MessageKind kind) {
      return [kind](const Message& m) { return m.kind == kind && m.taken != 0; };
    };
    CHECK(count_messages(lanes, is(MessageKind::post)) == count_kinds(trace, {EventKind::posted}));
    CHECK(count_messages(lanes, is_taken(MessageKind::post)) ==
          count_kinds(trace, {EventKind::executed, EventKind::flushed, EventKind::failed}));
    CHECK(count_messages(lanes, is_taken(MessageKind::completion)) ==
          count_kinds(trace, {EventKind::polled}));
    const unsigned dropped = count_kinds(trace, {EventKind::dropped});
    CHECK(count_messages(lanes, [](const Message& m) {
            return m.lost != 0 && m.kind != MessageKind::request;
          }) == dropped);
    lost += dropped;
    all += count_messages(lanes, is(MessageKind::post));
  }
  CHECK(lost > 0);
  CHECK(all > 1000);
}

TEST_CASE("hand-overs, replies and wake-ups are those of the events") {
  unsigned hand_overs = 0;
  for (const Trace& trace : many_runs()) {
    INFO(name_of_run(trace));
    const Lanes lanes = lanes_of(trace, true);
    const auto on_stale = [](const TraceStep&, const Event& e) {
      return e.kind == EventKind::moved && static_cast<Place>(e.to) == Place::stale_list;
    };
    const auto off_stale = [](const TraceStep&, const Event& e) {
      return e.kind == EventKind::moved && static_cast<Place>(e.from) == Place::stale_list;
    };
    const auto is_of_mr = [](const Message& m) {
      return m.kind == MessageKind::hand_over && m.mr != 0;
    };
    CHECK(count_messages(lanes, is_of_mr) == count_events(trace, on_stale));
    CHECK(count_messages(lanes, [&](const Message& m) { return is_of_mr(m) && m.taken != 0; }) ==
          count_events(trace, off_stale));
    CHECK(count_messages(lanes, [](const Message& m) { return m.kind == MessageKind::reply; }) ==
          count_kinds(trace, {EventKind::reply, EventKind::completed}));
    CHECK(count_messages(lanes, [](const Message& m) { return m.kind == MessageKind::request; }) ==
          count_events(trace, [](const TraceStep&, const Event& e) {
            return e.kind == EventKind::executed && e.wr.kind() == WrKind::send;
          }));
    hand_overs += count_messages(lanes, is_of_mr);
  }
  CHECK(hand_overs > 100);
}

TEST_CASE("a message is sent by its sender and taken later by its receiver") {
  for (const Trace& trace : many_runs()) {
    INFO(name_of_run(trace));
    for (const bool every_step : {false, true}) {
      const Lanes lanes = lanes_of(trace, every_step);
      std::size_t last = 0;
      for (const Message& m : lanes.messages) {
        CHECK(m.sent >= last);
        last = m.sent;
        CHECK(m.from != m.to);
        CHECK(trace.steps.at(m.sent - 1).choice.actor == m.from);
        if (m.taken != 0) {
          CHECK(m.taken > m.sent);
          CHECK(trace.steps.at(m.taken - 1).choice.actor == m.to);
        }
        CHECK((m.taken == 0 || m.lost == 0));
        CHECK(std::count(lanes.actors.begin(), lanes.actors.end(), m.from) == 1);
        CHECK(std::count(lanes.actors.begin(), lanes.actors.end(), m.to) == 1);
      }
    }
  }
}

TEST_CASE("a connection that is lost takes along the requests that the server owes") {
  unsigned lost = 0;
  const Scenario scenario = render_fixture::scenario("loss-any-time");
  for (unsigned seed = 1; seed <= 300; ++seed) {
    const Trace trace = render_fixture::pct_run(scenario, "leave-registered", seed);
    INFO(name_of_run(trace));
    std::set<std::size_t> losses;
    for (std::size_t i = 0; i < trace.steps.size(); ++i) {
      for (const Event& event : trace.steps[i].events) {
        const bool is_loss =
            event.kind == EventKind::qp && static_cast<QpState>(event.to) == QpState::error;
        if (is_loss) losses.insert(i + 1);
      }
    }
    for (const Message& m : lanes_of(trace, true).messages) {
      if (m.kind != MessageKind::request) continue;
      const auto next = losses.upper_bound(m.sent);
      const std::size_t first = next == losses.end() ? 0 : *next;
      CHECK((m.taken != 0 ? first == 0 || m.taken < first : m.lost == first));
      lost += m.lost != 0 ? 1 : 0;
    }
  }
  CHECK(lost > 0);
}

// What the events do not say: whoever could not go on and then can was told to by somebody.
TEST_CASE("nobody is set going without a message") {
  unsigned told = 0;
  for (const Trace& trace : many_runs()) {
    const RaceModel model = render_fixture::model_of(trace.scenario, trace.policy);
    const Guards& guards = model.setup().guards;
    if (guards.reply_pins_request || guards.drain_covers_replies || guards.reconnect_delay)
      continue;
    if (model.setup().policy.connection_end == ConnectionEnd::replaces_mrs) continue;
    INFO(name_of_run(trace));
    const Lanes lanes = lanes_of(trace, true);
    World w = model.initial();
    sim::NullSink sink;
    for (std::size_t step = 1; step <= trace.steps.size(); ++step) {
      const World before = w;
      const sim::Choice choice = trace.steps[step - 1].choice;
      model.step(w, choice, sink);
      for (unsigned a = 0; a < model.actor_count(); ++a) {
        const auto actor = static_cast<sim::ActorId>(a);
        if (actor == choice.actor) continue;
        const bool connects = actor == link_actor && w.qp == QpState::idle;
        if (model.optional_actors().contains(a) && !connects) continue;
        if (enabled(model, before, actor) || !enabled(model, w, actor)) continue;
        if (waits_for_time(w, actor)) continue;
        CAPTURE(step, short_name(choice.actor), short_name(actor));
        CHECK(std::any_of(lanes.messages.begin(), lanes.messages.end(), [&](const Message& m) {
          return m.to == actor && m.sent <= step && (m.taken == 0 || m.taken > step);
        }));
        ++told;
      }
    }
  }
  CHECK(told > 5000);
}

TEST_CASE("the life of an MR is what the worlds say") {
  for (const Trace& trace : many_runs()) {
    INFO(name_of_run(trace));
    const RaceModel model = render_fixture::model_of(trace.scenario, trace.policy);
    const Lanes lanes = lanes_of(trace, true);
    for (const tools::MrLife& life : lanes.mrs) {
      World w = model.initial();
      sim::NullSink sink;
      std::size_t span = 0;
      for (std::size_t step = 0;; ++step) {
        while (span + 1 < life.spans.size() && life.spans[span + 1].from <= step) ++span;
        const Mr& mr = w.mr(life.mr);
        const bool is_there = mr.place != Place::absent && mr.place != Place::released;
        CAPTURE(step, unsigned{life.mr});
        if (is_there) {
          CHECK(life.spans[span].fr_state == mr.fr_state);
          CHECK(life.spans[span].is_mapped == (mr.dma == DmaState::mapped));
        }
        if (step == trace.steps.size()) break;
        model.step(w, trace.steps[step].choice, sink);
      }
    }
  }
}

TEST_CASE("what happens to an MR is in the life of that MR") {
  const Trace trace = render_fixture::double_unmap();
  std::set<unsigned> touched;
  for (const TraceStep& step : trace.steps) {
    for (const Event& event : step.events) {
      if (event.kind == EventKind::fr_state || event.kind == EventKind::dma_map) {
        touched.insert(event.mr);
      }
    }
  }
  std::set<unsigned> shown;
  for (const tools::MrLife& life : lanes_of(trace, false).mrs) shown.insert(life.mr);
  CHECK(shown == touched);
}

TEST_CASE("a connection's news goes past the upcall unless every step is shown") {
  const Trace trace = render_fixture::double_unmap();
  const auto has = [](const Lanes& lanes, sim::ActorId actor) {
    return std::count(lanes.actors.begin(), lanes.actors.end(), actor) != 0;
  };
  const Lanes all = lanes_of(trace, true);
  const Lanes few = lanes_of(trace, false);
  CHECK(has(all, upcall_actor));
  CHECK(!has(few, upcall_actor));
  CHECK(count_messages(few, [](const Message& m) {
          return m.from == link_actor && m.to == rep_connect_actor;
        }) == count_kinds(trace, {EventKind::qp}) - 1);  // lost, made again; not the new QP
  CHECK(all.actors.size() == few.actors.size() + 1);
}

TEST_CASE("moments are the steps worth showing") {
  const Trace trace = render_fixture::double_unmap();
  const auto all = moments_of(trace, lanes_of(trace, true), true);
  REQUIRE(all.size() == trace.steps.size());
  const auto few = moments_of(trace, lanes_of(trace, false), false);
  CHECK(few.size() < all.size());
  std::set<std::size_t> shown;
  for (const Moment& moment : few) shown.insert(moment.step);
  for (std::size_t i = 0; i < trace.steps.size(); ++i) {
    CHECK(all[i].step == i + 1);
    CHECK(all[i].is_violation == (i + 1 == trace.steps.size()));
    if (!tools::words_of(trace, i + 1, false).empty()) CHECK(shown.count(i + 1) == 1);
  }
}
