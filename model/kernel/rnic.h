// SPDX-License-Identifier: MIT
//
// The RNIC: send queue in, completion queue out, strictly in order.
//
// What the race needs of it: to post is not to execute; a success makes no completion
// unless one was asked for; once the QP is in error every WR that is still queued
// completes as flushed, one by one, at any later time.
#pragma once

#include <cassert>
#include <cstring>

#include "model/kernel/dma.h"
#include "model/kernel/kernel.h"
#include "model/kernel/mr_lists.h"

namespace model {

/// Adds a WR at the tail. REQUIRES: queue.size < queue_depth.
inline void push(WrQueue& queue, Wr wr) {
  assert(queue.size < queue_depth);
  queue.items[queue.size++] = wr;
}

/// Takes the WR at the head. REQUIRES: the queue is not empty.
inline Wr pop(WrQueue& queue) {
  assert(queue.size > 0);
  const Wr wr = queue.items[0];
  --queue.size;
  std::memmove(queue.items.data(), queue.items.data() + 1, queue.size);
  queue.items[queue.size] = Wr{};
  return wr;
}

/// Whether ib_post_send would accept a WR now. A QP that is not connected yet
/// rejects with any provider, as the IB specification demands.
inline bool accepts_posts(const Setup& setup, const World& w) {
  return w.qp == QpState::rts || (w.qp == QpState::error && setup.provider == Provider::flush);
}

/// Each of the request's rkeys is in its Send.
inline void advertise(World& w, RpcId id) {
  w.rare.rkey_is_dead[id - 1u] = 0;
  for (MrId mr = w.rpc(id).registered; mr != 0; mr = w.mr(mr).next) {
    w.rare.advertised[mr - 1u] = id;
  }
}

/// ib_post_send of one WR. False: rejected, and no completion will come for it. A full
/// queue is no kernel behaviour that we model: it cuts the run.
template <class Sink>
bool post(Kernel<Sink>& k, Wr wr) {
  if (!accepts_posts(k.setup, k.world)) {
    k.tell({.kind = EventKind::post_failed, .wr = wr});
    return false;
  }
  if (k.world.send_queue.size == queue_depth) {
    k.cut(Budget::queue_depth);
    return true;
  }
  push(k.world.send_queue, wr);
  k.tell({.kind = EventKind::posted, .wr = wr});
  return true;
}

/// ib_drain_sq's marker, of the connect worker (0) or of a task. With every provider
/// it is accepted, unlike other posts.
template <class Sink>
void post_marker(Kernel<Sink>& k, RpcId waiter) {
  if (k.world.send_queue.size == queue_depth) return k.cut(Budget::queue_depth);
  push(k.world.send_queue, Wr(WrKind::drain_marker, waiter));
  k.tell({.kind = EventKind::posted, .wr = Wr(WrKind::drain_marker, waiter)});
}

/// The connection is gone: QP to error, an upcall is going to come, and the replies
/// that the server still owed on this connection will not come.
template <class Sink>
void lose_connection(Kernel<Sink>& k) {
  k.set_qp(QpState::error);
  k.world.disconnected_upcall = 1;
  for (Rpc& rpc : k.world.rpcs) rpc.at_server = 0;
  k.world.rare.rkey_is_dead = {};
  k.world.rare.advertised = {};
}

/// ib_dereg_mr as the RNIC sees it: WRs already queued for this MR refer to an
/// rkey that is dead.
template <class Sink>
void dereg_mr(Kernel<Sink>& k, MrId id) {
  if (k.mutant(Mutant::reset_keeps_rkey)) return;
  k.tell({.kind = EventKind::dereg, .mr = id});
  stop_advertising(k.world, id);
  k.world.rare.watched[id - 1u].set_registered(false);
  WrQueue& queue = k.world.send_queue;
  for (unsigned i = 0; i < queue.size; ++i) {
    Wr& wr = queue.items[i];
    if (names_mr(wr) && wr.subject() == id) wr = Wr(wr.kind(), id, true);
  }
}

/// Whether a FASTREG of this MR, or its completion, is queued.
inline bool fastreg_is_queued(const World& w, MrId id) {
  const auto is_it = [id](Wr wr) { return wr.kind() == WrKind::fastreg && wr.subject() == id; };
  for (const Wr wr : w.send_queue.items) {
    if (is_it(wr)) return true;
  }
  for (const Wr wr : w.completions.items) {
    if (is_it(wr)) return true;
  }
  return false;
}

/// Whether a FASTREG of this MR is queued, or its completion not yet handled.
inline bool fastreg_in_flight(const World& w, MrId id) {
  return fastreg_is_queued(w, id) || (w.softirq.pc == SoftirqPc::wc_fastreg && w.softirq.mr == id);
}

/// The RNIC's own state of an MR, kept only if it is watched: an MR that is registered
/// must be invalidated, or deregistered, before it can be registered again.
template <class Sink>
void register_mr(Kernel<Sink>& k, MrId id) {
  if (k.setup.severity(Invariant::fastreg_on_invalid_mr) == Severity::off) return;
  Watched& watched = k.world.rare.watched[id - 1u];
  if (watched.registered()) k.violate(Invariant::fastreg_on_invalid_mr, id);
  watched.set_registered(true);
}

/// Whether a WR is queued, and there is room for its completion.
inline bool rnic_enabled(const World& w) {
  return w.send_queue.size > 0 && w.completions.size < queue_depth;
}

/// Executes or flushes the oldest WR.
template <class Sink>
void rnic_step(Kernel<Sink>& k) {
  World& w = k.world;
  const Wr wr = pop(w.send_queue);
  const Wr failed(wr.kind(), wr.subject(), true);
  if (w.qp != QpState::rts) {
    push(w.completions, failed);
    return k.tell({.kind = EventKind::flushed, .wr = wr});
  }
  if (names_mr(wr) && wr.flag()) {
    // The MR was replaced after this was posted: local error, QP to error.
    push(w.completions, failed);
    k.tell({.kind = EventKind::failed, .wr = wr});
    if (wr.kind() == WrKind::fastreg) k.violate(Invariant::fastreg_on_live_mr, wr.subject());
    return lose_connection(k);
  }
  k.tell({.kind = EventKind::executed, .wr = wr});
  switch (wr.kind()) {
    case WrKind::send:
      w.rpc(wr.subject()).at_server = 1;
      break;
    case WrKind::fastreg:
      register_mr(k, wr.subject());
      if (w.mr(wr.subject()).dma != DmaState::mapped) {
        k.violate(Invariant::fastreg_on_live_mr, wr.subject());
      }
      break;
    case WrKind::local_inv:
    case WrKind::local_inv_signaled:
      stop_advertising(w, wr.subject());
      w.rare.watched[wr.subject() - 1u].set_registered(false);
      if (wr.kind() == WrKind::local_inv_signaled) push(w.completions, wr);
      break;
    case WrKind::drain_marker:
      push(w.completions, wr);
      break;
    case WrKind::none:
      break;
  }
}

}  // namespace model
