// SPDX-License-Identifier: MIT
//
// All contexts together: what is enabled, the step; the initial world, and what is
// wrong with a world in which no actor can take a step.
//
// Every context's own file says what its steps are. All of them are compiled here, once
// for a search, which needs only the next world, and once for listeners.
#include "model/race_model.h"

#include <cassert>
#include <initializer_list>

#include "model/kernel/connection.h"
#include "model/kernel/mr_workers.h"
#include "model/kernel/reply_handler.h"
#include "model/property/properties.h"
#include "model/reduction/footprint.h"
#include "model/reduction/symmetry.h"
#include "model/rules/locks.h"

namespace model {
namespace {

/// The server answers any request it has; the outcome is the RPC of that request.
sim::OutcomeSet server_outcomes(const Setup& setup, const World& w) {
  sim::OutcomeSet set;
  for (unsigned id = 1; id <= setup.rpc_count; ++id) {
    if (w.rpcs[id - 1].at_server) set.insert(id);
  }
  return set;
}

/// All goes well, or one of these faults occurs.
sim::OutcomeSet outcomes_of(std::initializer_list<Fault> faults) {
  sim::OutcomeSet set = sim::OutcomeSet::of(static_cast<unsigned>(Fault::none));
  for (const Fault fault : faults) set.insert(static_cast<unsigned>(fault));
  return set;
}

sim::OutcomeSet recovery_outcomes(const World& w, const Recovery& r) {
  const bool resets = r.pc == RecoverPc::dereg || r.pc == RecoverPc::alloc;
  return resets && w.faults_left.reset ? outcomes_of({Fault::reset}) : outcomes_of({});
}

sim::OutcomeSet task_outcomes(const World& w, RpcId id) {
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

sim::OutcomeSet connect_outcomes(const World& w) {
  const bool posts = w.connect == ConnectPc::post_marker;
  return posts && w.faults_left.drain_marker ? outcomes_of({Fault::post}) : outcomes_of({});
}

template <class Condition>
sim::OutcomeSet rpcs_where(const Setup& setup, const World& w, unsigned left, Condition condition) {
  sim::OutcomeSet set;
  for (unsigned i = 1; left != 0 && i <= setup.rpc_count; ++i) {
    const auto id = static_cast<RpcId>(i);
    if (!pinned(setup, w, id) && condition(id)) set.insert(i);
  }
  return set;
}

/// The tasks that a signal can reach: those that sleep.
sim::OutcomeSet signal_outcomes(const Setup& setup, const World& w) {
  return rpcs_where(setup, w, w.faults_left.signal, [&w](RpcId id) { return is_asleep(w, id); });
}

/// The tasks whose minor timeout can come: those that wait for a reply.
sim::OutcomeSet timer_outcomes(const Setup& setup, const World& w) {
  const auto waits = [&w](RpcId id) {
    return w.rpc(id).pc == TaskPc::call_status && w.rpc(id).on_pending != 0;
  };
  return rpcs_where(setup, w, w.faults_left.timeout, waits);
}

/// The server has used the rkeys it was told of, and answers.
template <class Sink>
void server_step(Kernel<Sink>& k, RpcId id) {
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

/// One statement, for any listener.
template <class Sink>
void take_statement(Kernel<Sink> k, sim::Choice choice) {
  World& w = k.world;
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

Setup without_rules(Setup setup) {
  setup.policy.rules = {};
  return setup;
}

/// One step under a policy with locks. It is kept apart from take_statement, which is hot:
/// a statement is taken by the race without rules.
template <class Sink>
[[gnu::noinline]] void take_step_under_locks(Kernel<Sink> k, sim::Choice choice) {
  World& w = k.world;
  const Rules& rules = k.setup.policy.rules;
  if (const LockStep step = lock_step_of(w, choice.actor); step != LockStep{}) {
    const std::uint8_t instance = take_lock_step(rules, w, choice.actor);
    const bool is_mr = (instance & lock_names_mr) != 0;
    const bool is_request = rules.locks[lock_of(step)].scope == LockScope::request;
    k.tell({.kind = takes(step) ? EventKind::lock_taken : EventKind::lock_released,
            .mr = static_cast<MrId>(is_mr ? instance & 0xfu : 0u),
            .rpc = static_cast<RpcId>(is_request ? instance : 0u),
            .to = static_cast<std::uint8_t>(lock_of(step) + 1)});
  } else {
    const StepKind statement = step_kind(w, choice.actor);
    RaceModel(without_rules(k.setup)).step(w, choice, k.sink);
    note_executed(rules, w, choice.actor, statement);
  }
  plan_lock_steps(rules, w);
}

template <class Sink>
void take_step(const Kernel<Sink>& kernel, sim::Choice choice) {
  if (kernel.setup.policy.rules.lock_count != 0) return take_step_under_locks(kernel, choice);
  take_statement(kernel, choice);
}

}  // namespace

sim::ActorSet RaceModel::enabled(const World& w) const {
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
  add(server_actor, !server_outcomes(setup_, w).empty());
  if (interrupts()) {
    add(signal_actor, !signal_outcomes(setup_, w).empty());
    add(timer_actor, !timer_outcomes(setup_, w).empty());
  }
  if (setup_.policy.rules.any()) set = under_rules(setup_.policy.rules, w, set);
  return unless_optional(w, set);
}

sim::OutcomeSet RaceModel::outcomes(const World& w, sim::ActorId actor) const {
  if (setup_.policy.rules.lock_count != 0 && lock_step_of(w, actor) != LockStep{}) {
    return outcomes_of({});
  }
  switch (role_of(actor)) {
    case Role::task:
      return task_outcomes(w, rpc_of(actor));
    case Role::recovery_worker:
      return recovery_outcomes(w, w.recovery);
    case Role::connect_worker:
      return connect_outcomes(w);
    case Role::server:
      return server_outcomes(setup_, w);
    case Role::signal:
      return signal_outcomes(setup_, w);
    case Role::timer:
      return timer_outcomes(setup_, w);
    default:
      return outcomes_of({});
  }
}

void RaceModel::step_untold(World& w, sim::Choice choice) const {
  assert(enabled(w).contains(choice.actor));
  sim::NullSink nobody;
  if (setup_.properties != nullptr) [[unlikely]]
    return step_checked(w, choice, nobody);
  take_step(Kernel<sim::NullSink>{setup_, w, nobody}, choice);
}

void RaceModel::step_told(World& w, sim::Choice choice, EventSink sink) const {
  assert(enabled(w).contains(choice.actor));
  if (setup_.properties != nullptr) [[unlikely]]
    return step_checked(w, choice, sink);
  take_step(Kernel<EventSink>{setup_, w, sink}, choice);
}

/// A step, and what the properties say of it.
template <class Sink>
void RaceModel::step_checked(World& w, sim::Choice choice, Sink& sink) const {
  const World world_before = w;
  std::vector<Event> events;
  if (setup_.properties->uses_events()) {
    const auto listen = [&](const Event& event) {
      events.push_back(event);
      sink(event);
    };
    EventSink both(listen);
    take_step(Kernel<EventSink>{setup_, w, both}, choice);
  } else {
    take_step(Kernel<Sink>{setup_, w, sink}, choice);
  }
  const bool is_over = w.violated != Invariant::none || w.cut != Budget::none;
  if (is_over && !setup_.properties->seeks()) return;
  const Instant before{.world = world_before, .rpc_count = setup_.rpc_count};
  const Instant after{
      .world = w,
      .rpc_count = setup_.rpc_count,
      .events = events,
      .actor = choice.actor,
      .is_blocked = setup_.properties->uses_blocked() && !is_over && enabled(w).empty(),
      .before = &world_before};
  check_properties(w, after, before, sink);
}

/// One that is only observed is told of when it begins to hold, not for as long as it
/// does.
template <class Sink>
void RaceModel::check_properties(World& w, const Instant& moment, const Instant& before,
                                 Sink& sink) const {
  const Properties& properties = *setup_.properties;
  Kernel<Sink> k{setup_, w, sink};
  for (std::size_t i = 0; i < properties.all().size(); ++i) {
    const Invariant invariant = property_at(i);
    const bool is_over = w.violated != Invariant::none || w.cut != Budget::none;
    if (!k.watches(invariant) || (is_over && !properties.is_sought(i))) continue;
    const Expression& never = properties.all()[i].never;
    if (!never.holds(moment)) continue;
    const bool is_fatal = setup_.severity(invariant) == Severity::fatal;
    if (!is_fatal && never.holds(before)) continue;
    if (properties.is_sought(i)) {
      w.violated = Invariant::none;
      w.cut = Budget::none;
    }
    k.violate(invariant, never.witness(moment));
  }
  if (!stopped(w)) properties.remember(moment, w);
}

void RaceModel::canonical(World& w) { rename_mrs(w); }

sim::Footprint RaceModel::footprint(const World& w, sim::ActorId actor) const {
  return footprint_of(setup_, w, actor);
}

sim::Footprint RaceModel::future(const World& w, sim::ActorSet enabled, sim::ActorId actor) const {
  return future_of(setup_, w, enabled, actor);
}

bool RaceModel::may_stop(const World& w, sim::ActorId actor) const {
  return step_may_stop(setup_, w, actor);
}

World RaceModel::initial() const {
  World w{};
  // Freshly created MRs are spliced onto the free list in order.
  for (unsigned id = setup_.pool; id >= 1; --id) {
    Mr& mr = w.mrs[id - 1];
    mr.place = Place::free_list;
    mr.next = w.free_head;
    w.free_head = static_cast<MrId>(id);
  }
  w.mr_count = setup_.pool;
  for (unsigned i = 0; i < setup_.rpc_count; ++i) {
    Rpc& rpc = w.rpcs[i];
    rpc.pc = setup_.rpcs[i].after == 0 ? TaskPc::call_connect : TaskPc::not_started;
    rpc.sends_left = static_cast<std::uint8_t>(1 + setup_.budgets.retransmissions);
    rpc.enobufs_left = setup_.budgets.enobufs_retries;
  }
  w.ep = EpState::connected;
  w.connected = 1;
  w.losses_left = setup_.losses;
  w.reconnects_left = setup_.budgets.reconnects;
  w.refreshes_left = setup_.budgets.refreshes;
  w.faults_left = setup_.faults;
  if (setup_.policy.rules.lock_count != 0) plan_lock_steps(setup_.policy.rules, w);
  if (setup_.properties != nullptr) {
    // What must never hold must not hold at the start; what is remembered begins there.
    sim::NullSink nobody;
    const Instant start{.world = w, .rpc_count = setup_.rpc_count};
    check_properties(w, start, start, nobody);
  }
  return w;
}

Violation RaceModel::violation(const World& w) const {
  if (w.violated != Invariant::none) return {w.violated, w.violated_mr, 0};
  if (w.cut != Budget::none || !enabled(w).empty()) return {};
  return blocked_violation(w);
}

Violation RaceModel::blocked_violation(const World& w) const {
  const auto is_fatal = [this](Invariant invariant) {
    return setup_.severity(invariant) == Severity::fatal;
  };
  for (unsigned i = 0; i < setup_.rpc_count; ++i) {
    const auto id = static_cast<RpcId>(i + 1);
    if (w.rpcs[i].pc != TaskPc::done) {
      return is_fatal(Invariant::rpc_finishes) ? Violation{Invariant::rpc_finishes, 0, id}
                                               : Violation{};
    }
  }
  // One after the other, so that what is violated does not depend on MRs' names.
  for (unsigned i = 0; i < w.mr_count; ++i) {
    const auto id = static_cast<MrId>(i + 1);
    if (w.mrs[i].dma == DmaState::mapped && is_fatal(Invariant::leaked_mapping)) {
      return {Invariant::leaked_mapping, id, 0};
    }
  }
  for (unsigned i = 0; i < w.mr_count; ++i) {
    const auto id = static_cast<MrId>(i + 1);
    const Place place = w.mrs[i].place;
    if (place != Place::free_list && place != Place::released) {
      return {Invariant::mr_on_one_list, id, 0};
    }
  }
  // Held back for ever is no rest, even if every RPC is done.
  if (setup_.policy.rules.any() && is_fatal(Invariant::rpc_finishes)) {
    const RaceModel free(without_rules(setup_));
    if (!free.enabled(w).empty()) return {Invariant::rpc_finishes, 0, 0};
  }
  return {};
}

}  // namespace model
