// SPDX-License-Identifier: MIT
//
// The transition system: actors, what is enabled, the step.
//
// This is the model as sim/ sees it. Every context's own file says what its
// steps are; here they are only gathered.
#pragma once

#include <cassert>
#include <optional>
#include <string_view>

#include "model/actors.h"
#include "model/kernel/connection.h"
#include "model/kernel/mr_workers.h"
#include "model/kernel/reply_handler.h"
#include "model/latency.h"
#include "model/reduction/footprint.h"
#include "model/reduction/symmetry.h"
#include "sim/model_concept.h"

namespace model {

/// A violation found in a world.
struct Violation {
  Invariant invariant = Invariant::none;
  MrId mr = 0;    ///< 0 where no MR is involved
  RpcId rpc = 0;  ///< 0 where no RPC is involved
  friend bool operator==(const Violation&, const Violation&) = default;
};

/// One scenario under one policy. Immutable; may be used by several threads.
class RaceModel {
 public:
  using State = World;
  using Event = model::Event;

  /// REQUIRES: a setup within the limits of world.h.
  explicit RaceModel(const Setup& setup) : setup_(setup) {}

  [[nodiscard]] const Setup& setup() const { return setup_; }

  [[nodiscard]] World initial() const;

  /// Signal and timer, the last two, are there only where the scenario has them: a
  /// seed of another scenario means what it meant without them.
  [[nodiscard]] constexpr unsigned actor_count() const {
    return interrupts() ? model::actor_count : signal_actor;
  }

  /// Link, signal and timer: a loss is enabled, but need not happen.
  [[nodiscard]] constexpr sim::ActorSet optional_actors() const {
    sim::ActorSet set = sim::ActorSet::of(link_actor);
    if (interrupts()) {
      set.insert(signal_actor);
      set.insert(timer_actor);
    }
    return set;
  }

  /// RNIC, link, server, signal and timer.
  [[nodiscard]] static constexpr sim::ActorSet environment() {
    sim::ActorSet set;
    for (unsigned actor = 0; actor < model::actor_count; ++actor) {
      if (is_environment(static_cast<sim::ActorId>(actor))) set.insert(actor);
    }
    return set;
  }

  [[nodiscard]] sim::ActorSet enabled(const World& w) const {
    sim::ActorSet set;
    const auto add = [&set](sim::ActorId actor, bool is_enabled) {
      if (is_enabled) set.insert(actor);
    };
    for (unsigned i = 0; i < setup_.rpc_count; ++i) {
      const auto id = static_cast<RpcId>(i + 1);
      add(task_of(id), task_enabled(setup_, w, id));
      add(reply_handler_of(id), reply_handler_enabled(w, id));
    }
    add(rnic_actor, rnic_enabled(w));
    add(softirq_actor, softirq_enabled(w));
    add(recovery_actor, recovery_worker_enabled(w));
    add(refresh_actor, refresh_worker_enabled(w));
    add(connect_actor, connect_worker_enabled(setup_, w));
    add(rep_connect_actor, w.rep_connect_scheduled != 0);
    add(upcall_actor, conn_upcall_enabled(w));
    add(link_actor, link_enabled(setup_, w));
    add(server_actor, !server_outcomes(w).empty());
    if (interrupts()) {
      add(signal_actor, !signal_outcomes(w).empty());
      add(timer_actor, !timer_outcomes(w).empty());
    }
    return unless_optional(w, set);
  }

  /// Of actors that could take a step, those that are enabled. A loss, a signal, a
  /// timeout need not happen: where they alone could move things on, nothing can.
  [[nodiscard]] static sim::ActorSet unless_optional(const World& w, sim::ActorSet set) {
    sim::ActorSet need_not_happen = sim::ActorSet::of(signal_actor);
    need_not_happen.insert(timer_actor);
    if (w.qp == QpState::rts) need_not_happen.insert(link_actor);
    if ((set - need_not_happen).empty()) return {};
    return set;
  }

  /// How the actor's next step may turn out. REQUIRES: the actor is enabled.
  [[nodiscard]] sim::OutcomeSet outcomes(const World& w, sim::ActorId actor) const {
    switch (role_of(actor)) {
      case Role::task:
        return task_outcomes(w, rpc_of(actor));
      case Role::recovery_worker:
        return recovery_outcomes(w, w.recovery);
      case Role::connect_worker:
        return connect_outcomes(w);
      case Role::server:
        return server_outcomes(w);
      case Role::signal:
        return signal_outcomes(w);
      case Role::timer:
        return timer_outcomes(w);
      default:
        return outcomes_of({});
    }
  }

  template <class Sink>
  void step(World& w, sim::Choice choice, Sink& sink) const {
    assert(enabled(w).contains(choice.actor));
    Kernel<Sink> k{setup_, w, sink};
    switch (role_of(choice.actor)) {
      case Role::task:
        return task_step(k, rpc_of(choice.actor), static_cast<Fault>(choice.outcome));
      case Role::reply_handler:
        return reply_handler_step(k, rpc_of(choice.actor));
      case Role::rnic:
        return rnic_step(k);
      case Role::softirq:
        return softirq_step(k);
      case Role::recovery_worker:
        return recovery_worker_step(k, static_cast<Fault>(choice.outcome));
      case Role::refresh_worker:
        return refresh_worker_step(k);
      case Role::connect_worker:
        return connect_worker_step(k, static_cast<Fault>(choice.outcome));
      case Role::rep_connect_worker:
        return rep_connect_worker_step(k);
      case Role::conn_upcall:
        return conn_upcall_step(k);
      case Role::link:
        return link_step(k);
      case Role::server:
        return server_step(k, choice.outcome);
      case Role::signal:
        --w.faults_left.signal;
        return kill_task(k, choice.outcome);
      case Role::timer:
        --w.faults_left.timeout;
        return wake(k, choice.outcome, Status::timedout);
    }
  }

  [[nodiscard]] std::optional<sim::End> stopped(const World& w) const {
    if (w.violated != Invariant::none) return sim::End::violation;
    if (w.cut != Budget::none) return sim::End::cut;
    return std::nullopt;
  }

  /// REQUIRES: nothing is enabled and the run was not stopped.
  [[nodiscard]] sim::End end_when_blocked(const World& w) const {
    return blocked_violation(w).invariant == Invariant::none ? sim::End::rest : sim::End::violation;
  }

  /// The invariant violated, or the budget exceeded.
  [[nodiscard]] std::uint8_t end_detail(const World& w) const {
    if (w.cut != Budget::none) return static_cast<std::uint8_t>(w.cut);
    return static_cast<std::uint8_t>(violation(w).invariant);
  }

  /// What is violated in a world a run has ended in.
  [[nodiscard]] Violation violation(const World& w) const;
  /// Deadlock and the invariants that only a world at rest can violate.
  /// REQUIRES as end_when_blocked.
  [[nodiscard]] Violation blocked_violation(const World& w) const;

  /// Symmetry reduction: MRs are interchangeable (symmetry.h).
  static void canonical(World& w) { rename_mrs(w); }

  // Partial order reduction: who may be in whose way (footprint.h).
  [[nodiscard]] sim::Footprint footprint(const World& w, sim::ActorId actor) const {
    return footprint_of(setup_, w, actor);
  }
  [[nodiscard]] sim::Footprint future(const World& w, sim::ActorSet enabled,
                                      sim::ActorId actor) const {
    return future_of(setup_, w, enabled, actor);
  }
  [[nodiscard]] bool may_stop(const World& w, sim::ActorId actor) const {
    return step_may_stop(setup_, w, actor);
  }

  /// Virtual time: which Latency the actor's next step has (latency.h).
  [[nodiscard]] static std::uint8_t latency(const World& w, sim::ActorId actor, bool woken) {
    return static_cast<std::uint8_t>(latency_of(w, actor, woken));
  }

  /// The program counter the actor stands at: part of the fingerprint.
  [[nodiscard]] static std::uint8_t step_id(const World& w, sim::ActorId actor);

  [[nodiscard]] static std::string_view actor_name(sim::ActorId actor) { return short_name(actor); }
  [[nodiscard]] static std::string_view outcome_name(sim::ActorId actor, sim::Outcome outcome) {
    return model::outcome_name(actor, outcome);
  }

 private:
  /// The server answers any request it has; the outcome is whose.
  [[nodiscard]] sim::OutcomeSet server_outcomes(const World& w) const {
    sim::OutcomeSet set;
    for (unsigned id = 1; id <= setup_.rpc_count; ++id) {
      if (w.rpcs[id - 1].at_server) set.insert(id);
    }
    return set;
  }

  /// All goes well, or one of these faults occurs.
  [[nodiscard]] static sim::OutcomeSet outcomes_of(std::initializer_list<Fault> faults) {
    sim::OutcomeSet set = sim::OutcomeSet::of(static_cast<unsigned>(Fault::none));
    for (const Fault fault : faults) set.insert(static_cast<unsigned>(fault));
    return set;
  }

  [[nodiscard]] static sim::OutcomeSet task_outcomes(const World& w, RpcId id) {
    const FaultsLeft& left = w.faults_left;
    switch (w.rpc(id).pc) {
      case TaskPc::op_map_dma_map: {
        sim::OutcomeSet set = outcomes_of({});
        if (left.dma_map) set.insert(static_cast<unsigned>(Fault::dma_map));
        if (left.map_mr_sg) set.insert(static_cast<unsigned>(Fault::map_mr_sg));
        return set;
      }
      case TaskPc::prepare_send_sges:
        return left.prepare_send ? outcomes_of({Fault::dma_map}) : outcomes_of({});
      case TaskPc::unmap_safe_recover:
        return recovery_outcomes(w, w.rpc(id).recovery);
      default:
        return outcomes_of({});
    }
  }

  [[nodiscard]] static sim::OutcomeSet recovery_outcomes(const World& w, const Recovery& r) {
    const bool resets = r.pc == RecoverPc::dereg || r.pc == RecoverPc::alloc;
    return resets && w.faults_left.reset ? outcomes_of({Fault::reset}) : outcomes_of({});
  }

  [[nodiscard]] static sim::OutcomeSet connect_outcomes(const World& w) {
    const bool posts = w.connect == ConnectPc::post_marker;
    return posts && w.faults_left.drain_marker ? outcomes_of({Fault::post}) : outcomes_of({});
  }

  [[nodiscard]] constexpr bool interrupts() const {
    return setup_.faults.signal != 0 || setup_.faults.timeout != 0;
  }

  /// Whom a signal can reach: who sleeps.
  [[nodiscard]] sim::OutcomeSet signal_outcomes(const World& w) const {
    return rpcs_where(
        w.faults_left.signal, [&](RpcId id) { return is_asleep(w, id); }, w);
  }

  /// Whose minor timeout can come: who waits for its reply.
  [[nodiscard]] sim::OutcomeSet timer_outcomes(const World& w) const {
    const auto waits = [&w](RpcId id) {
      return w.rpc(id).pc == TaskPc::call_status && w.rpc(id).on_pending != 0;
    };
    return rpcs_where(w.faults_left.timeout, waits, w);
  }

  template <class Condition>
  [[nodiscard]] sim::OutcomeSet rpcs_where(unsigned left, Condition condition,
                                           const World& w) const {
    sim::OutcomeSet set;
    for (unsigned i = 1; left != 0 && i <= setup_.rpc_count; ++i) {
      const auto id = static_cast<RpcId>(i);
      if (!pinned(setup_, w, id) && condition(id)) set.insert(i);
    }
    return set;
  }

  /// The server has used the rkeys it was told of, and answers.
  template <class Sink>
  static void server_step(Kernel<Sink>& k, RpcId id) {
    Rpc& rpc = k.world.rpc(id);
    std::uint8_t& rkey_is_dead = k.world.rare.rkey_is_dead[id - 1u];
    if (rkey_is_dead) k.violate(Invariant::rdma_on_live_mr, 0);
    rkey_is_dead = 0;
    for (RpcId& told : k.world.rare.advertised) {
      if (told == id) told = 0;
    }
    rpc.at_server = 0;
    ++rpc.replies;
    k.tell({.kind = EventKind::reply, .rpc = id});
  }

  Setup setup_;
};

/// RaceModel::step_id of a task that recovers an MR itself: this plus RecoverPc.
inline constexpr auto first_inline_recovery = static_cast<std::uint8_t>(TaskPc::done);
/// RaceModel::step_id of a task that runs unmap_sync itself: this plus ReplyPc.
inline constexpr auto first_inline_unmap_sync =
    static_cast<std::uint8_t>(first_inline_recovery + static_cast<unsigned>(RecoverPc::release));
/// RaceModel::step_id of the link when its step is not a loss.
inline constexpr std::uint8_t link_establishes = 1;

static_assert(sim::Model<RaceModel>);
static_assert(sim::SymmetricModel<RaceModel>);
static_assert(sim::FootprintModel<RaceModel>);
static_assert(sim::TimedModel<RaceModel>);

}  // namespace model
