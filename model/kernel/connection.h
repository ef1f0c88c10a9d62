// SPDX-License-Identifier: MIT
//
// Losing and remaking the connection.
//
// The link may fail (an environment event, optional, budgeted); an upcall tells the
// transport; rep_connect_worker flips CONNECTED and wakes the tasks; the connect
// worker, started by a task, disconnects, drains the QP, replaces it and connects
// again. The upstream fix relies on the drain: its marker completes behind every
// flushed FASTREG, so once it is handled no completion of the old QP can touch an MR.
// (verbs.c: rpcrdma_conn_upcall, rpcrdma_ep_connect; rpc_rdma.c:
// rpcrdma_connect_worker; transport.c: xprt_rdma_connect_worker; ib_drain_sq.)
#pragma once

#include "model/kernel/rpc_task.h"

namespace model {

/// Whether there is a live connection, a loss left whose time is not over, and work
/// left.
inline bool loss_possible(const Setup& setup, const World& w) {
  if (w.qp != QpState::rts || w.losses_left == 0) return false;
  if (setup.loss_before_send_of != 0 && w.rpc(setup.loss_before_send_of).send_was_posted) {
    return false;
  }
  if (w.send_queue.size > 0 || w.completions.size > 0) return true;
  for (unsigned i = 0; i < setup.rpc_count; ++i) {
    if (w.rpcs[i].pc != TaskPc::done) return true;
  }
  return false;
}

/// Whether the connect worker waits for the connection that it has asked for.
inline bool establish_possible(const World& w) {
  return w.connect == ConnectPc::wait_connected && w.qp == QpState::idle &&
         w.ep == EpState::connecting;
}

/// Whether a loss is possible, or the end of a connect.
inline bool link_enabled(const Setup& setup, const World& w) {
  return loss_possible(setup, w) || establish_possible(w);
}

/// The link fails, or the connection being made is established.
template <class Sink>
void link_step(Kernel<Sink>& k) {
  World& w = k.world;
  if (w.qp == QpState::rts) {
    --w.losses_left;
    lose_connection(k);
  } else {
    k.set_qp(QpState::rts);
    w.established_upcall = 1;
  }
}

/// Whether an event waits for its upcall.
inline bool conn_upcall_enabled(const World& w) {
  return w.established_upcall || w.disconnected_upcall;
}

/// rpcrdma_conn_upcall: events arrive in the order in which they happened.
template <class Sink>
void conn_upcall_step(Kernel<Sink>& k) {
  World& w = k.world;
  if (w.established_upcall) {
    w.established_upcall = 0;
    w.ep = EpState::connected;
  } else {
    w.disconnected_upcall = 0;
    w.ep = EpState::lost;
  }
  w.rep_connect_scheduled = 1;
}

/// rpcrdma_connect_worker (the rep_connect_worker work item): every run bumps
/// the connect cookie.
template <class Sink>
void rep_connect_worker_step(Kernel<Sink>& k) {
  World& w = k.world;
  w.rep_connect_scheduled = 0;
  if (!k.mutant(Mutant::cookie_is_not_bumped)) {
    for (Rpc& rpc : w.rpcs) rpc.cookie_is_current = 0;
  }
  const bool was_connected = w.connected != 0;
  const bool is_connected = w.ep == EpState::connected;
  if (was_connected == is_connected) return;
  k.set_connected(is_connected);
  if (!is_connected && k.mutant(Mutant::loss_wakes_nobody)) return;
  wake_pending_tasks(k, is_connected ? Status::ok : Status::notconn);
}

/// The drain also waits for replies: under the guard, and where MRs are replaced
/// after it (rpcrdma_xprt_drain waits for Receives, and replies are handled there).
inline bool drain_covers_replies(const Setup& setup) {
  return setup.guards.drain_covers_replies ||
         setup.policy.connection_end == ConnectionEnd::replaces_mrs;
}

/// Whether a reply is queued or being handled; asked if the drain covers replies.
inline bool reply_work_left(const World& w) {
  for (unsigned id = 1; id <= max_rpcs; ++id) {
    if (reply_under_way(w, static_cast<RpcId>(id))) return true;
  }
  return false;
}

/// Whether it has been started, and what it waits for has come.
inline bool connect_worker_enabled(const Setup& setup, const World& w) {
  switch (w.connect) {
    case ConnectPc::idle:
      return false;
    case ConnectPc::clear_connected:
      return !setup.guards.reconnect_delay || local_machinery_idle(w);
    case ConnectPc::wait_upcall:
      return w.ep != EpState::connected || setup.mutant == Mutant::upcall_is_not_awaited;
    case ConnectPc::drain:
      return (w.drained & 1u) != 0 && !(drain_covers_replies(setup) && reply_work_left(w));
    case ConnectPc::wait_connected:
      return w.ep != EpState::connecting;
    default:
      return true;
  }
}

/// When a QP is destroyed, what is still queued on it is gone, completions too.
template <class Sink>
void destroy_old_qp(Kernel<Sink>& k) {
  for (WrQueue* queue : {&k.world.send_queue, &k.world.completions}) {
    for (unsigned i = 0; i < queue->size; ++i) {
      k.tell({.kind = EventKind::dropped, .wr = queue->items[i]});
    }
    *queue = WrQueue{};
  }
  for (unsigned i = 0; i < k.world.mr_count; ++i) {
    forget_dead_callback(k.world, static_cast<MrId>(i + 1));
  }
}

/// The connect worker's next statement once the QP is drained.
template <class Sink>
ConnectPc after_drain(const Kernel<Sink>& k) {
  return k.setup.policy.connection_end == ConnectionEnd::replaces_mrs ? ConnectPc::reset_pop
                                                                      : ConnectPc::swap_qp;
}

/// The first request that has something registered gives up an MR. Or, if none has
/// anything left, all MRs are freed and allocated anew; a context that has one in hand
/// then refers to freed memory.
template <class Sink>
void reset_pop(Kernel<Sink>& k) {
  World& w = k.world;
  for (unsigned i = 0; i < k.setup.rpc_count; ++i) {
    w.rare.connect_mr = list_take(k, w.rpcs[i].registered, static_cast<RpcId>(i + 1));
    if (w.rare.connect_mr != 0) {
      w.connect = ConnectPc::reset_unmap;
      return;
    }
  }
  w.connect = ConnectPc::swap_qp;
  for (MrId mr = w.free_head; mr != 0; mr = w.mr(mr).next) {
    if (w.mr(mr).fr_state != FrState::is_invalid) k.set_fr_state(mr, FrState::is_invalid);
  }
  // Which MR the event names must not depend on MRs' names.
  MrId left = w.recovery.mr != 0 ? w.recovery.mr : w.stale_head;
  for (unsigned i = 0; i < max_rpcs; ++i) {
    for (const MrId mr :
         {w.rpcs[i].mr, w.rpcs[i].recovery.mr, w.handlers[i].mr, w.rare.sync[i].mr}) {
      if (left == 0 && mr != 0 && w.mr(mr).place == Place::in_hand) left = mr;
    }
  }
  if (left != 0) k.violate(Invariant::use_after_free, left);
}

/// One step of xprt_rdma_connect_worker. REQUIRES: connect_worker_enabled.
template <class Sink>
void connect_worker_step(Kernel<Sink>& k, Fault fault) {
  World& w = k.world;
  switch (w.connect) {
    case ConnectPc::idle:
      break;
    case ConnectPc::clear_connected:  // wakes no task
      if (!k.mutant(Mutant::worker_keeps_connected)) k.set_connected(false);
      w.connect = ConnectPc::disconnect;
      break;
    case ConnectPc::disconnect:
      if (w.qp == QpState::rts && !k.mutant(Mutant::worker_does_not_disconnect)) {
        lose_connection(k);
      }
      w.connect = ConnectPc::wait_upcall;
      break;
    case ConnectPc::wait_upcall:
      w.connect = ConnectPc::post_marker;
      break;
    case ConnectPc::post_marker:
      if (fault == Fault::post) {
        // ib_drain_sq warns and returns: nothing is waited for.
        --w.faults_left.drain_marker;
        k.tell({.kind = EventKind::post_failed, .wr = Wr(WrKind::drain_marker, 0)});
        w.connect = after_drain(k);
        break;
      }
      post_marker(k, 0);
      w.connect = k.mutant(Mutant::drain_does_not_wait) ? after_drain(k) : ConnectPc::drain;
      break;
    case ConnectPc::drain:
      w.drained &= static_cast<std::uint8_t>(~1u);
      w.connect = after_drain(k);
      break;
    case ConnectPc::reset_pop:
      reset_pop(k);
      break;
    case ConnectPc::reset_unmap:
      dma_unmap(k, w.rare.connect_mr);
      w.connect = ConnectPc::reset_put;
      break;
    case ConnectPc::reset_put:
      put_back(k, w.rare.connect_mr);
      w.rare.connect_mr = 0;
      w.connect = ConnectPc::reset_pop;
      break;
    case ConnectPc::swap_qp:
      k.set_qp(QpState::idle);
      w.connect = ConnectPc::destroy_qp;
      break;
    case ConnectPc::destroy_qp:
      if (!k.mutant(Mutant::old_qp_stays)) destroy_old_qp(k);
      w.connect = ConnectPc::connect;
      break;
    case ConnectPc::connect:
      w.ep = EpState::connecting;
      w.connect = ConnectPc::wait_connected;
      break;
    case ConnectPc::wait_connected:
      w.connect = w.ep == EpState::connected ? ConnectPc::finish : ConnectPc::wake_failed;
      break;
    case ConnectPc::wake_failed:
      if (!k.mutant(Mutant::failed_connect_wakes_nobody)) {
        wake_pending_tasks(k, Status::connaborted);
      }
      w.connect = ConnectPc::finish;
      break;
    case ConnectPc::finish:
      w.connect =
          w.connecting == worker_queued_again ? ConnectPc::clear_connected : ConnectPc::idle;
      w.connecting = w.connecting == worker_queued_again ? 1 : 0;
      if (w.locked_by == connect_owner) release_transport(k, connect_owner);
      break;
  }
}

}  // namespace model
