// SPDX-License-Identifier: MIT
//
// What an actor may touch before another actor hands it something, and which actors it
// may enable.
//
// What several of them can do only together is in the territory of one of them.
#include <initializer_list>

#include "model/actors.h"
#include "model/kernel/connection.h"
#include "model/reduction/footprint_objects.h"

namespace model {

using namespace objects;

namespace {

using sim::ActorId;
using sim::ActorSet;

// A QP can be lost only while it is connected. If it becomes connected, that is the
// link's doing, whose territory includes all consequences.
Objects losing(const World& w) { return w.qp == QpState::rts ? qp | news | server : 0; }

/// A handler that still has LOCAL_INVs to post can cost the QP, too: one of them fails
/// if another context deregisters its MR before the RNIC executes it. (What several can
/// do only together is in the territory of one of them.)
bool may_disconnect(const World& w, const ReplyHandler& h) {
  return w.qp == QpState::rts && (h.pc <= ReplyPc::linv_post || h.pc == ReplyPc::disconnect);
}

/// A task may do anything that tasks do, and what follows from its posts and from
/// what it recovers inline: a reply and its handling, a failed WR and a lost QP.
Footprint task_territory(const World& w, RpcId id) {
  const Rpc& rpc = w.rpc(id);
  const Objects mrs =
      on_list(w, w.free_head) | on_list(w, rpc.registered) | of_mr(rpc.mr) | of_mr(rpc.recovery.mr);
  const Objects shared = free_head | free_tail | stale | sq_tail | connected | connecting | lock |
                         quiet | faults_of(w) | linv | replies | request(id) | sleeps | losing(w);
  return {qp | news, mrs | shared};
}

Footprint reply_handler_territory(const World& w, RpcId id) {
  const Rpc& rpc = w.rpc(id);
  const ReplyHandler& h = w.handler(id);
  if (h.pc == ReplyPc::idle && !would_match(rpc)) return {request(id), replies};
  const Objects mrs = held_by(w, h) | on_list(w, rpc.registered);
  const Objects lost = may_disconnect(w, h) ? losing(w) : 0;
  return {qp, mrs | free_tail | sq_tail | linv | replies | request(id) | sleep_of(id) | lost};
}

Footprint rnic_territory(const World& w) {
  const Objects mrs = named_in(w.send_queue);
  Footprint f{qp, mrs | sq_head | cq_tail | quiet};
  if (w.qp == QpState::rts) f.writes |= server;
  // A WR fails if its MR has been replaced, or will be before it is executed.
  if (mrs != 0) f.writes |= losing(w);
  return f;
}

/// The old QP is destroyed when its marker is handled, behind everything that RNIC and
/// softirq have to do. While the marker is still before the softirq, or before the
/// RNIC, the connect worker does not touch what only they would notice.
Objects destruction(const World& w) {
  const bool drained =
      w.drained || w.connect == ConnectPc::swap_qp || w.connect == ConnectPc::destroy_qp;
  bool executed = drained;
  for (unsigned i = 0; i < w.completions.size; ++i) {
    executed |= w.completions.items[i].kind() == WrKind::drain_marker;
  }
  return (drained ? cq_head | linv | on_list(w, w.free_head) : 0) |
         (executed ? sq_head | cq_tail : 0);
}

/// What the connect worker does once it has learnt that the connection is lost.
Footprint rest_of_connect(const World& w) {
  return {replies,
          qp | news | server | ep | sleeps | connecting | connected | sq_tail | destruction(w)};
}

/// Whether the connect worker is not yet idle, or may be started.
bool connect_ahead(const World& w) { return w.connect != ConnectPc::idle || w.reconnects_left > 0; }

/// Whether the connect worker gets to wait_upcall, and not beyond without the upcall.
bool will_wait_for_upcall(const World& w) {
  return w.connect <= ConnectPc::wait_upcall && w.ep == EpState::connected;
}

Footprint connect_worker_territory(const World& w) {
  if (w.connect >= ConnectPc::wait_connected && w.reconnects_left == 0) {
    if (w.connect == ConnectPc::finish) return writes(connecting);
    return {ep | replies, connecting | sleeps};
  }
  if (will_wait_for_upcall(w)) return writes(connected | losing(w));
  return rest_of_connect(w);
}

Footprint territory(const World& w, ActorId actor) {
  switch (role_of(actor)) {
    case Role::task:
      return task_territory(w, rpc_of(actor));
    case Role::reply_handler:
      return reply_handler_territory(w, rpc_of(actor));
    case Role::rnic:
      return rnic_territory(w);
    case Role::softirq:
      return {linv, cq_head | named_by_softirq(w)};
    case Role::recovery_worker:
      return {linv, of_mr(w.recovery.mr) | on_list(w, w.stale_head) | free_tail |
                        (w.stale_head != 0 ? stale : 0)};
    case Role::refresh_worker:
      return writes(free_head | free_tail);
    case Role::connect_worker:
      return connect_worker_territory(w);
    case Role::rep_connect_worker:
      return {ep | connected | replies, connected | cookie | sleeps};
    case Role::conn_upcall:
      // Then the connect worker continues, if it waits or will wait for this.
      return writes(ep | news) | (connect_ahead(w) ? rest_of_connect(w) : nothing);
    case Role::link:
      return writes(qp | news | server);
    case Role::server:
      return writes(server | replies);
    case Role::signal:
    case Role::timer:
      break;
  }
  return unknown;
}

// ---- Which actors an actor may enable.

template <class Condition>
ActorSet rpcs_where(const Setup& setup, const World& w, ActorId first, Condition condition) {
  ActorSet set;
  for (unsigned i = 0; i < setup.rpc_count; ++i) {
    if (condition(w, static_cast<RpcId>(i + 1))) set.insert(first + i);
  }
  return set;
}
ActorSet unfinished_tasks(const Setup& setup, const World& w) {
  return rpcs_where(setup, w, first_task,
                    [](const World& at, RpcId id) { return at.rpc(id).pc != TaskPc::done; });
}
ActorSet tasks_waiting_for_quiet(const Setup& setup, const World& w) {
  return rpcs_where(setup, w, first_task, [](const World& at, RpcId id) {
    return at.rpc(id).pc == TaskPc::enobufs_wait;
  });
}
bool waits_for_connection(const Rpc& rpc) {
  return rpc.on_pending || rpc.pc == TaskPc::connect_wait;
}
ActorSet tasks_waiting_for_connection(const Setup& setup, const World& w) {
  return rpcs_where(setup, w, first_task,
                    [](const World& at, RpcId id) { return waits_for_connection(at.rpc(id)); });
}

bool send_is_queued(const World& w, RpcId id) {
  for (unsigned i = 0; i < w.send_queue.size; ++i) {
    if (w.send_queue.items[i] == Wr(WrKind::send, id)) return true;
  }
  return false;
}

/// Handlers of replies that the server owes, or will when it gets the Send.
ActorSet handlers_with_replies_to_come(const Setup& setup, const World& w) {
  return rpcs_where(setup, w, first_reply_handler, [](const World& at, RpcId id) {
    return at.rpc(id).at_server || (at.qp == QpState::rts && send_is_queued(at, id));
  });
}

ActorSet with(ActorSet set, std::initializer_list<ActorId> actors) {
  for (const ActorId actor : actors) set.insert(actor);
  return set;
}

ActorSet set_going_by(const Setup& setup, const World& w, ActorId actor) {
  switch (role_of(actor)) {
    case Role::task: {
      ActorSet set =
          with(unfinished_tasks(setup, w), {reply_handler_of(rpc_of(actor)), rnic_actor,
                                            softirq_actor, recovery_actor, server_actor});
      if (w.qp == QpState::rts) set.insert(upcall_actor);
      if (setup.refresh_batch > 0) set.insert(refresh_actor);
      if (w.connect == ConnectPc::idle && w.reconnects_left > 0) set.insert(connect_actor);
      return set;
    }
    case Role::reply_handler: {
      const RpcId id = rpc_of(actor);
      const Rpc& rpc = w.rpc(id);
      ActorSet set = ActorSet::of(rnic_actor);
      if (waits_for_connection(rpc) || setup.guards.reply_pins_request) set.insert(task_of(id));
      const bool works = w.handler(id).pc != ReplyPc::idle || would_match(rpc);
      if (works && may_disconnect(w, w.handler(id))) set.insert(upcall_actor);
      if (w.connect == ConnectPc::drain) set.insert(connect_actor);
      return set;
    }
    case Role::rnic: {
      ActorSet set = with(tasks_waiting_for_quiet(setup, w), {softirq_actor});
      if (w.qp != QpState::rts) return set;
      if (!handlers_with_replies_to_come(setup, w).empty()) set.insert(server_actor);
      if (named_in(w.send_queue) != 0) set.insert(upcall_actor);
      return set;
    }
    case Role::softirq: {
      ActorSet set = tasks_waiting_for_quiet(setup, w);
      if (w.completions.size == queue_depth) set.insert(rnic_actor);
      for (unsigned i = 0; i < setup.rpc_count; ++i) {
        if (w.handlers[i].pc == ReplyPc::linv_wait) set.insert(first_reply_handler + i);
      }
      if (w.connect == ConnectPc::drain) set.insert(connect_actor);
      return set;
    }
    case Role::recovery_worker:
    case Role::refresh_worker:
      return tasks_waiting_for_quiet(setup, w);
    case Role::connect_worker: {
      ActorSet set = tasks_waiting_for_connection(setup, w);
      for (const unsigned task : tasks_waiting_for_quiet(setup, w)) set.insert(task);
      set.insert(rnic_actor);
      if (w.qp == QpState::rts) set.insert(upcall_actor);
      if (!will_wait_for_upcall(w)) set.insert(link_actor);
      return set;
    }
    case Role::rep_connect_worker:
      return tasks_waiting_for_connection(setup, w);
    case Role::conn_upcall: {
      const ActorSet set = with(tasks_waiting_for_connection(setup, w), {rep_connect_actor});
      return connect_ahead(w) ? with(set, {connect_actor}) : set;
    }
    case Role::link:
      return ActorSet::of(upcall_actor);
    case Role::server:
      return handlers_with_replies_to_come(setup, w);
    case Role::signal:
    case Role::timer:
      break;
  }
  return {};
}

}  // namespace

Footprint future_of(const Setup& setup, const World& w, ActorSet enabled, ActorId actor) {
  const bool is_latent_loss = actor == link_actor && w.qp == QpState::rts && loss_ahead(setup, w);
  if (!enabled.contains(actor) && !is_latent_loss) return nothing;
  ActorSet going = ActorSet::of(actor);
  ActorSet to_look_at = going;
  Footprint future;
  while (!to_look_at.empty()) {
    const auto next = static_cast<ActorId>(to_look_at.first());
    future = future | territory(w, next);
    const ActorSet more = set_going_by(setup, w, next) - enabled - going;
    to_look_at = ActorSet::from_bits((to_look_at.bits() & ~(1u << next)) | more.bits());
    going = ActorSet::from_bits(going.bits() | more.bits());
  }
  // Whether a post is one too many depends on what has been executed.
  if ((future.writes & sq_tail) != 0 && queue_may_fill(setup, w)) future.reads |= sq_head;
  return future;
}

}  // namespace model
