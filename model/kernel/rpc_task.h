// SPDX-License-Identifier: MIT
//
// An RPC task: the RPC layer's state machine around send_request.
//
// For the race it matters when a task may send: it holds the transport lock from
// xprt_prepare_transmit until the request is sent, keeps it over -ENOBUFS and
// -ENOTCONN, and drops it once it has started the connect worker. It also matters what
// wakes it, and with which status: a dropped connection wakes all *other* tasks with
// -EAGAIN, and such a task goes straight to transmit.
// (net/sunrpc/clnt.c: call_connect .. call_status; net/sunrpc/xprt.c;
// xprtrdma/transport.c: xprt_rdma_send_request, xprt_rdma_free.)
#pragma once

#include "model/kernel/unmap_sync.h"

namespace model {

/// Whether a reply of this RPC is queued or being handled.
inline bool reply_under_way(const World& w, RpcId id) {
  return w.rpc(id).replies > 0 || w.handler(id).pc != ReplyPc::idle;
}

/// Under the guard reply_pins_request: whether the task waits for its reply's handler.
inline bool pinned(const Setup& setup, const World& w, RpcId id) {
  return setup.guards.reply_pins_request && !w.rpc(id).reply_received && reply_under_way(w, id);
}

/// Wakes a task asleep on xprt->pending; no effect on one that is not.
template <class Sink>
void wake(Kernel<Sink>& k, RpcId id, Status status) {
  Rpc& rpc = k.world.rpc(id);
  if (!rpc.on_pending) return;
  rpc.on_pending = 0;
  rpc.status = status;
  k.tell({.kind = EventKind::woken, .rpc = id, .to = static_cast<std::uint8_t>(status)});
}

/// xprt_wake_pending_tasks.
template <class Sink>
void wake_pending_tasks(Kernel<Sink>& k, Status status) {
  for (unsigned id = 1; id <= k.setup.rpc_count; ++id) {
    const auto rpc = static_cast<RpcId>(id);
    if (!pinned(k.setup, k.world, rpc)) wake(k, rpc, status);
  }
}

/// xprt_reserve_xprt_cong: true if the task now holds the transport, otherwise it is
/// queued on xprt->sending.
template <class Sink>
bool reserve_transport(Kernel<Sink>& k, RpcId id) {
  World& w = k.world;
  if (w.locked_by == 0) {
    w.locked_by = id;
    k.tell({.kind = EventKind::locked, .rpc = id});
  }
  if (w.locked_by == id || k.mutant(Mutant::lock_is_shared)) return true;
  unsigned place = 0;
  while (w.sending[place] != 0) ++place;
  w.sending[place] = id;
  return false;
}

/// xprt_release_xprt_cong: hands the transport to the first waiter, if there is one.
template <class Sink>
void release_transport(Kernel<Sink>& k, RpcId id) {
  World& w = k.world;
  if (w.locked_by != id) return;
  if (id != connect_owner) k.tell({.kind = EventKind::unlocked, .rpc = id});
  w.locked_by = w.sending[0];
  for (unsigned i = 1; i < max_rpcs; ++i) w.sending[i - 1] = w.sending[i];
  w.sending[max_rpcs - 1] = 0;
  if (w.locked_by != 0) k.tell({.kind = EventKind::locked, .rpc = w.locked_by});
}

/// The RPC is over. What the server and the network still have of it remains there.
template <class Sink>
void finish_rpc(Kernel<Sink>& k, RpcId id) {
  Rpc& rpc = k.world.rpc(id);
  const Rpc before = rpc;
  rpc = Rpc{};
  rpc.pc = TaskPc::done;
  rpc.send_was_posted = before.send_was_posted;
  rpc.at_server = before.at_server;
  rpc.replies = before.replies;
  for (unsigned other = 1; other <= k.setup.rpc_count; ++other) {
    Rpc& waiting = k.world.rpcs[other - 1];
    if (k.setup.rpcs[other - 1].after == id && waiting.pc == TaskPc::not_started) {
      waiting.pc = TaskPc::call_connect;
    }
  }
}

/// Whether a task is asleep where a signal reaches it.
inline bool is_asleep(const World& w, RpcId id) {
  const Rpc& rpc = w.rpc(id);
  switch (rpc.pc) {
    case TaskPc::connect_lock_wait:
    case TaskPc::transmit_lock_wait:
      return w.locked_by != id;
    case TaskPc::connect_wait:
    case TaskPc::call_status:
      return rpc.on_pending != 0;
    case TaskPc::enobufs_wait:
      return true;
    default:
      return false;
  }
}

/// A signal, or a soft timeout: the RPC ends where it sleeps, and xprt_release
/// follows. (__rpc_execute: -ERESTARTSYS, rpc_exit; call_timeout.)
template <class Sink>
void kill_task(Kernel<Sink>& k, RpcId id) {
  World& w = k.world;
  Rpc& rpc = w.rpc(id);
  unsigned kept = 0;
  for (const RpcId waiting : w.sending) {
    if (waiting != id) w.sending[kept++] = waiting;
  }
  while (kept < max_rpcs) w.sending[kept++] = 0;
  rpc.on_pending = 0;
  rpc.status = Status::none;
  rpc.pc = TaskPc::release;
  k.tell(
      {.kind = EventKind::woken, .rpc = id, .to = static_cast<std::uint8_t>(Status::restartsys)});
}

/// Whether all is idle that the 250 ms of -ENOBUFS should outlast.
inline bool local_machinery_idle(const World& w) {
  for (const Wr wr : w.send_queue.items) {
    if (wr.kind() == WrKind::fastreg) return false;
  }
  return w.completions.size == 0 && w.softirq.pc == SoftirqPc::poll && w.stale_head == 0 &&
         w.recovery.pc == RecoverPc::idle && w.refresh_scheduled == 0;
}

/// Whether no context works on the connection or has news of it to deliver.
inline bool connection_settled(const World& w) {
  return w.connect == ConnectPc::idle && !w.rep_connect_scheduled && !w.established_upcall &&
         !w.disconnected_upcall;
}

/// Under the guard no_spurious_reconnect: whether the connection is up, or the news
/// that it is are on their way to CONNECTED.
inline bool about_to_be_connected(const World& w) {
  return w.connected || w.established_upcall ||
         (w.rep_connect_scheduled && w.ep == EpState::connected);
}

/// Whether it is neither asleep, nor waiting for a lock or a guard, nor not begun or
/// done.
inline bool task_enabled(const Setup& setup, const World& w, RpcId id) {
  const Rpc& rpc = w.rpc(id);
  switch (rpc.pc) {
    case TaskPc::not_started:
    case TaskPc::done:
      return false;
    case TaskPc::connect_lock_wait:
      return w.locked_by == id;
    case TaskPc::transmit_lock_wait:
      return w.locked_by == id && !pinned(setup, w, id);
    case TaskPc::prepare_transmit:
      return !pinned(setup, w, id);
    case TaskPc::call_status:
      return rpc.on_pending == 0;
    case TaskPc::connect_wait:
      // Asleep although nothing outstanding would wake it: the wake-up came before the
      // task slept, and its timer (rq_timeout) wakes it.
      return rpc.on_pending == 0 || (connection_settled(w) && !pinned(setup, w, id));
    case TaskPc::enobufs_wait:
      return !setup.guards.enobufs_delay || local_machinery_idle(w);
    case TaskPc::unmap_sync:
      return unmap_sync_enabled(w, w.sync(id));
    case TaskPc::drain_wait:
      return (w.drained & 1u << id) != 0;
    default:
      return true;
  }
}

/// World::connecting if the worker is queued while it runs; only under a mutant.
inline constexpr std::uint8_t worker_queued_again = 2;

/// xprt_connect and what surrounds it (call_connect, call_connect_status).
template <class Sink>
void connect_step(Kernel<Sink>& k, RpcId id) {
  World& w = k.world;
  Rpc& rpc = w.rpc(id);
  switch (rpc.pc) {
    case TaskPc::call_connect:
      rpc.pc = w.connected ? TaskPc::prepare_transmit : TaskPc::connect_lock;
      break;
    case TaskPc::connect_lock:
      rpc.pc = reserve_transport(k, id) ? TaskPc::connect_test : TaskPc::connect_lock_wait;
      break;
    case TaskPc::connect_lock_wait:
      // Woken holding the lock, with -EAGAIN: call_timeout, call_bind.
      rpc.pc = TaskPc::call_connect;
      break;
    case TaskPc::connect_test:
      rpc.status = Status::none;
      rpc.pc = TaskPc::connect_sleep;
      if (w.connected && !k.mutant(Mutant::connect_test_is_left_out)) {
        rpc.status = Status::ok;
        rpc.pc = TaskPc::connect_unlock;
      }
      break;
    case TaskPc::connect_sleep:
      if (k.setup.guards.no_spurious_reconnect && w.connected) {
        rpc.status = Status::ok;
        rpc.pc = TaskPc::connect_unlock;
        break;
      }
      rpc.on_pending = 1;
      rpc.pc = TaskPc::connect_start;
      break;
    case TaskPc::connect_start:
      if (w.connecting && k.mutant(Mutant::connecting_is_not_tested)) {
        if (w.reconnects_left == 0) return k.cut(Budget::reconnects);
        --w.reconnects_left;
        w.connecting = worker_queued_again;
        rpc.pc = TaskPc::connect_unlock;
      } else if (w.connecting ||
                 (k.setup.guards.no_spurious_reconnect && about_to_be_connected(w))) {
        rpc.pc = TaskPc::connect_wait;  // returns still holding the transport
      } else if (w.reconnects_left == 0) {
        k.cut(Budget::reconnects);
      } else {
        --w.reconnects_left;
        w.connecting = 1;
        w.connect = ConnectPc::clear_connected;
        rpc.pc = TaskPc::connect_unlock;
        if (k.setup.policy.connect_lock == ConnectLock::worker) {
          w.locked_by = connect_owner;
          rpc.pc = TaskPc::connect_wait;
        }
      }
      break;
    case TaskPc::connect_unlock:
      release_transport(k, id);
      rpc.pc = TaskPc::connect_wait;
      break;
    case TaskPc::connect_wait:
      // xprt_connect_status knows which errors to retry; -ENOTCONN is not among
      // them, becomes -EIO and ends the RPC.
      if (rpc.status == Status::ok) {
        rpc.pc = TaskPc::prepare_transmit;
      } else if (rpc.status == Status::notconn) {
        rpc.pc = TaskPc::release;
      } else {
        rpc.pc = TaskPc::call_connect;
      }
      rpc.on_pending = 0;
      rpc.status = Status::none;
      break;
    default:
      break;
  }
}

/// The request gives up its MRs before it is marshaled again, or freed.
template <class Sink>
void give_up_mrs(Kernel<Sink>& k, RpcId id, UnmapFor why) {
  Rpc& rpc = k.world.rpc(id);
  rpc.unmap_for = why;
  if (k.setup.policy.give_up == GiveUp::unmap_sync) {
    k.world.sync(id).pc = ReplyPc::unmap_sync;
    rpc.pc = TaskPc::unmap_sync;
  } else {
    rpc.pc = TaskPc::unmap_safe_pop;
  }
}

/// unmap_sync in the task's own context.
template <class Sink>
void give_up_step(Kernel<Sink>& k, RpcId id) {
  Rpc& rpc = k.world.rpc(id);
  ReplyHandler& sync = k.world.sync(id);
  unmap_sync_step(k, id, sync);
  if (sync.pc != ReplyPc::complete) return;
  sync = ReplyHandler{};
  if (rpc.unmap_for == UnmapFor::retransmit) return start_marshal(k, id);
  rpc.unmap_for = UnmapFor::none;
  rpc.pc = TaskPc::free_buffer;
}

/// The Send, and before it in the same chain what op_map itself has not posted: all of
/// it or, if the QP rejects, none.
template <class Sink>
bool post_request(Kernel<Sink>& k, RpcId id) {
  World& w = k.world;
  if (k.setup.policy.post_fastreg == PostFastreg::with_send) {
    for (MrId mr = w.rpc(id).registered; mr != 0; mr = w.mr(mr).next) {
      if (!post(k, Wr(WrKind::fastreg, mr))) return false;
    }
  }
  if (!post(k, Wr(WrKind::send, id))) return false;
  if (k.setup.severity(Invariant::rdma_on_live_mr) != Severity::off) advertise(w, id);
  return true;
}

/// From having something to send to having sent it (call_transmit,
/// xprt_transmit, xprt_rdma_send_request without marshaling).
template <class Sink>
void transmit_step(Kernel<Sink>& k, RpcId id) {
  World& w = k.world;
  Rpc& rpc = w.rpc(id);
  switch (rpc.pc) {
    case TaskPc::prepare_transmit:
    case TaskPc::transmit_lock_wait:
      if (rpc.pc == TaskPc::prepare_transmit && rpc.reply_received &&
          !k.mutant(Mutant::answered_is_sent_again)) {
        rpc.pc = TaskPc::call_status;
      } else if (!reserve_transport(k, id)) {
        rpc.pc = TaskPc::transmit_lock_wait;
      } else if (k.setup.guards.wake_means_reconnect && !w.connected) {
        rpc.pc = TaskPc::call_connect;
      } else {
        rpc.pc = TaskPc::transmit;
      }
      break;
    case TaskPc::transmit:
      if (rpc.reply_received && !k.mutant(Mutant::answered_is_sent_again)) {
        rpc.pc = TaskPc::end_transmit;
      } else {
        rpc.on_receive_list = 1;
        rpc.pc = TaskPc::send_request;
      }
      break;
    case TaskPc::send_request:
      if (rpc.sends_left == 0) return k.cut(Budget::retransmissions);
      --rpc.sends_left;
      if (rpc.registered == 0 || k.mutant(Mutant::retransmit_keeps_mrs)) {
        return start_marshal(k, id);
      }
      give_up_mrs(k, id, UnmapFor::retransmit);
      break;
    case TaskPc::check_cookie:
      rpc.status = Status::none;
      rpc.pc = TaskPc::post_send;
      if (rpc.cookie_is_current && !k.mutant(Mutant::cookie_is_not_tested)) {
        rpc.status = Status::notconn;
        rpc.pc = TaskPc::drop_connection;
      }
      rpc.cookie_is_current = 1;
      break;
    case TaskPc::post_send:
      if (post_request(k, id) || k.mutant(Mutant::rejected_send_is_ignored)) {
        if (k.setup.loss_before_send_of == id) rpc.send_was_posted = 1;
        rpc.pc = TaskPc::transmit_done;
      } else {
        rpc.status = Status::notconn;
        rpc.pc = TaskPc::drop_connection;
      }
      break;
    case TaskPc::drop_connection:
      if (!k.mutant(Mutant::drop_keeps_connected)) k.set_connected(false);
      wake_pending_tasks(k, Status::again);
      rpc.pc = TaskPc::call_status;
      break;
    case TaskPc::transmit_done:
      if (!w.connected && !k.mutant(Mutant::sleeps_on_lost_connection)) {
        rpc.status = Status::notconn;  // keeps the transport
        rpc.pc = TaskPc::call_status;
      } else {
        rpc.on_pending = rpc.reply_received ? 0 : 1;
        rpc.pc = TaskPc::end_transmit;
      }
      break;
    case TaskPc::end_transmit:
      release_transport(k, id);
      rpc.pc = TaskPc::call_status;
      break;
    default:
      break;
  }
}

/// How an attempt ends, and the end of an RPC (call_status, xprt_release,
/// xprt_rdma_free).
template <class Sink>
void status_step(Kernel<Sink>& k, RpcId id) {
  World& w = k.world;
  Rpc& rpc = w.rpc(id);
  switch (rpc.pc) {
    case TaskPc::call_status: {
      const Status status = rpc.reply_received ? Status::io : rpc.status;
      rpc.status = Status::none;
      switch (status) {
        case Status::io:  // answered, or failed: either way the RPC ends
          rpc.pc = TaskPc::release;
          break;
        case Status::nobufs:
          rpc.pc = TaskPc::enobufs_wait;
          break;
        case Status::again:
          rpc.pc = TaskPc::prepare_transmit;
          break;
        default:  // -ENOTCONN, -ETIMEDOUT; or woken without a reply: call_decode retries
          rpc.pc = TaskPc::call_connect;
          break;
      }
      break;
    }
    case TaskPc::enobufs_wait:
      if (rpc.enobufs_left == 0) return k.cut(Budget::enobufs_retries);
      --rpc.enobufs_left;
      ++rpc.sends_left;  // the next attempt is paid for by this budget
      rpc.pc = TaskPc::prepare_transmit;
      break;
    case TaskPc::release:
      if (!k.mutant(Mutant::release_keeps_lock)) release_transport(k, id);
      rpc.on_receive_list = 0;
      rpc.pc = TaskPc::free_buffer;
      break;
    case TaskPc::free_buffer:
      if (rpc.registered == 0 || k.mutant(Mutant::free_keeps_mrs)) return finish_rpc(k, id);
      give_up_mrs(k, id, UnmapFor::free);
      break;
    default:
      break;
  }
}

/// One step of an RPC task. REQUIRES: task_enabled.
template <class Sink>
void task_step(Kernel<Sink>& k, RpcId id, Fault fault) {
  const TaskPc pc = k.world.rpc(id).pc;
  switch (pc) {
    case TaskPc::not_started:
    case TaskPc::done:
      break;
    case TaskPc::call_connect:
    case TaskPc::connect_lock:
    case TaskPc::connect_lock_wait:
    case TaskPc::connect_test:
    case TaskPc::connect_sleep:
    case TaskPc::connect_start:
    case TaskPc::connect_unlock:
    case TaskPc::connect_wait:
      return connect_step(k, id);
    case TaskPc::prepare_transmit:
    case TaskPc::transmit_lock_wait:
    case TaskPc::transmit:
    case TaskPc::send_request:
    case TaskPc::check_cookie:
    case TaskPc::post_send:
    case TaskPc::drop_connection:
    case TaskPc::transmit_done:
    case TaskPc::end_transmit:
      return transmit_step(k, id);
    case TaskPc::unmap_safe_pop:
    case TaskPc::unmap_safe_defer:
    case TaskPc::unmap_safe_recover:
      return unmap_safe_step(k, id, fault);
    case TaskPc::unmap_sync:
      return give_up_step(k, id);
    case TaskPc::drain_post:
    case TaskPc::drain_wait:
    case TaskPc::put_back_pop:
    case TaskPc::put_back_unmap:
    case TaskPc::put_back_put:
      return failed_marshal_step(k, id);
    case TaskPc::op_map_get:
    case TaskPc::op_map_test:
    case TaskPc::op_map_defer:
    case TaskPc::op_map_set_valid:
    case TaskPc::op_map_dma_map:
    case TaskPc::op_map_set_done:
    case TaskPc::op_map_post:
    case TaskPc::op_map_error_defer:
    case TaskPc::op_map_error_put:
    case TaskPc::marshal_add:
    case TaskPc::prepare_send_sges:
      return marshal_step(k, id, fault);
    case TaskPc::call_status:
    case TaskPc::enobufs_wait:
    case TaskPc::release:
    case TaskPc::free_buffer:
      return status_step(k, id);
  }
}

}  // namespace model
