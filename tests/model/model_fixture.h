// SPDX-License-Identifier: MIT
//
// A world built by hand, steps taken one by one, everything they tell recorded.
//
// Every test of a single step starts here: set the fields that matter, take the
// step through RaceModel::step as any driver would, look at the world after it.
#pragma once

#include <catch2/catch.hpp>
#include <cstring>
#include <initializer_list>
#include <memory>
#include <vector>

#include "model/race_model.h"

namespace fixture {

using namespace model;

inline constexpr sim::ActorId task1 = task_of(1);
inline constexpr sim::ActorId task2 = task_of(2);
inline constexpr sim::ActorId task3 = task_of(3);
inline constexpr sim::ActorId handler1 = reply_handler_of(1);
inline constexpr sim::ActorId handler2 = reply_handler_of(2);

inline constexpr auto marker_is_rejected = static_cast<unsigned>(Fault::post);

inline constexpr Policy pre_fix{.failed_marshal = FailedMarshal::unmap_safe};
inline constexpr Policy fix{};

/// A sink that keeps what it is told.
struct Recorder {
  std::vector<Event> events;
  void operator()(const Event& event) { events.push_back(event); }
  [[nodiscard]] unsigned count(EventKind kind) const {
    unsigned n = 0;
    for (const Event& e : events) n += e.kind == kind;
    return n;
  }
  [[nodiscard]] bool has(const Event& event) const {
    for (const Event& e : events) {
      if (e == event) return true;
    }
    return false;
  }
};

/// One RPC with three segments and a pool of four: the reported bug's scenario.
inline Setup basic_setup(Policy policy = fix) {
  Setup setup;
  setup.rpcs[0].read_list = 3;
  setup.pool = 4;
  setup.policy = policy;
  setup.budgets = {.retransmissions = 3, .enobufs_retries = 3, .reconnects = 3, .refreshes = 1};
  return setup;
}

/// A model and a world, to be prepared and stepped.
struct Bench {
  explicit Bench(const Setup& s) : setup(s), w(RaceModel(s).initial()) {}

  Setup setup;  ///< may be changed between steps
  World w;
  Recorder log;

  /// Takes one step. REQUIREs that it is enabled with that outcome.
  void step(sim::ActorId actor, unsigned outcome = 0) {
    const RaceModel model(setup);
    log.events.clear();
    INFO("actor " << model::short_name(actor));
    REQUIRE(model.enabled(w).contains(actor));
    REQUIRE(model.outcomes(w, actor).contains(outcome));
    model.step(w, {actor, static_cast<sim::Outcome>(outcome)}, log);
  }
  void steps(sim::ActorId actor, unsigned count) {
    while (count-- > 0) step(actor);
  }
  [[nodiscard]] bool enabled(sim::ActorId actor) const {
    return RaceModel(setup).enabled(w).contains(actor);
  }
  [[nodiscard]] sim::OutcomeSet outcomes(sim::ActorId actor) const {
    return RaceModel(setup).outcomes(w, actor);
  }
  [[nodiscard]] Violation violation() const { return RaceModel(setup).violation(w); }
  [[nodiscard]] std::optional<sim::End> stopped() const { return RaceModel(setup).stopped(w); }

  /// Puts RPC `id` at `pc`, holding the transport as it does from
  /// xprt_prepare_transmit on.
  void at(RpcId id, TaskPc pc) {
    w.rpc(id).pc = pc;
    w.locked_by = id;
  }

  // Lists by hand: `mrs` in list order, the head first.
  void set_free(std::initializer_list<MrId> mrs) { link(w.free_head, mrs, Place::free_list); }
  void set_stale(std::initializer_list<MrId> mrs) { link(w.stale_head, mrs, Place::stale_list); }
  void set_registered(RpcId id, std::initializer_list<MrId> mrs) {
    link(w.rpc(id).registered, mrs, Place::registered);
  }
  [[nodiscard]] std::vector<MrId> free_list() const { return list(w.free_head); }
  [[nodiscard]] std::vector<MrId> stale_list() const { return list(w.stale_head); }
  [[nodiscard]] std::vector<MrId> registered(RpcId id) const { return list(w.rpc(id).registered); }

  /// An MR as op_map left it: VALID, mapped, its callback frwr_wc_fastreg.
  void make_valid(MrId id) {
    w.mr(id).fr_state = FrState::is_valid;
    w.mr(id).dma = DmaState::mapped;
    w.mr(id).done = Done::wc_fastreg;
  }
  void in_hand(MrId id) {
    w.mr(id).place = Place::in_hand;
    w.mr(id).next = 0;
  }

  void enqueue(Wr wr) { w.send_queue.items[w.send_queue.size++] = wr; }
  void complete(Wr wr) { w.completions.items[w.completions.size++] = wr; }

  /// The connection is gone and everybody who should know knows.
  void lost_and_told() {
    w.qp = QpState::error;
    w.ep = EpState::lost;
    w.connected = 0;
  }

 private:
  void link(MrId& head, std::initializer_list<MrId> mrs, Place place) {
    MrId* at = &head;
    for (const MrId id : mrs) {
      *at = id;
      w.mr(id).place = place;
      w.mr(id).next = 0;
      at = &w.mr(id).next;
    }
    *at = 0;
  }
  [[nodiscard]] std::vector<MrId> list(MrId head) const {
    std::vector<MrId> ids;
    for (MrId id = head; id != 0 && ids.size() <= max_mrs; id = w.mr(id).next) ids.push_back(id);
    return ids;
  }
};

using Mrs = std::vector<MrId>;

inline bool same(const World& a, const World& b) { return std::memcmp(&a, &b, sizeof(World)) == 0; }

}  // namespace fixture
