// SPDX-License-Identifier: MIT
//
// The reply handler: how an RPC's MRs come home when all goes well.
//
// rpcrdma_reply_handler (rpc_rdma.c) matches the reply, frwr_op_unmap_sync
// (frwr_ops.c) invalidates the request's MRs with a chain of LOCAL_INVs, waits
// for the last, unmaps them and puts them on the free list; then the task is
// woken. It walks the request's registered list without a lock. Where another
// context has meanwhile moved the MR it stands on, the kernel would walk off into
// that other list; the model calls it mr_on_one_list.
#pragma once

#include "model/rpc_task.h"

namespace model {

inline bool reply_handler_enabled(const World& w, RpcId id) {
  const ReplyHandler& h = w.handler(id);
  if (h.pc == ReplyPc::idle) return w.rpc(id).replies > 0;
  if (h.pc == ReplyPc::linv_wait) return w.mr(h.mr).linv_done != 0;
  return true;
}

/// True if the MR the walk stands on is still on this request's registered list;
/// else the violation is recorded.
template <class Sink>
bool walk_is_sound(Kernel<Sink>& k, RpcId id, MrId mr) {
  for (MrId at = k.world.rpc(id).registered; at != 0; at = k.world.mr(at).next) {
    if (at == mr) return true;
  }
  k.violate(Invariant::mr_on_one_list, mr);
  return false;
}

/// unmap_sync up to the post: fr_state = INVALID and a chain of LOCAL_INVs.
template <class Sink>
void prepare_invalidation_step(Kernel<Sink>& k, RpcId id) {
  World& w = k.world;
  ReplyHandler& h = w.handler(id);
  switch (h.pc) {
    case ReplyPc::unmap_sync:
      h.mr = h.chain = w.rpc(id).registered;
      h.pc = h.mr != 0 ? ReplyPc::linv_invalid : ReplyPc::complete;
      break;
    case ReplyPc::linv_invalid:
      k.set_fr_state(h.mr, FrState::is_invalid);
      h.pc = ReplyPc::linv_done;
      break;
    case ReplyPc::linv_done:
      w.mr(h.mr).done = Done::wc_localinv;
      if (!walk_is_sound(k, id, h.mr)) return;
      if (const MrId next = w.mr(h.mr).next; next != 0) {
        w.mr(h.mr).linv_next = next;
        h.mr = next;
        h.pc = ReplyPc::linv_invalid;
      } else {
        h.pc = ReplyPc::linv_wake;
      }
      break;
    case ReplyPc::linv_wake:
      w.mr(h.mr).done = Done::wc_localinv_wake;
      w.mr(h.mr).linv_done = 0;
      h.pc = ReplyPc::linv_post;
      break;
    default:
      break;
  }
}

/// ib_post_send of the whole chain: all of it or, if the QP rejects, none.
template <class Sink>
void post_invalidation_step(Kernel<Sink>& k, RpcId id) {
  World& w = k.world;
  ReplyHandler& h = w.handler(id);
  const MrId last = h.mr;
  MrId mr = h.chain;
  h.chain = 0;
  h.pc = ReplyPc::linv_wait;
  for (bool accepted = true; mr != 0;) {
    const MrId next = w.mr(mr).linv_next;
    w.mr(mr).linv_next = 0;
    const WrKind kind = mr == last ? WrKind::local_inv_signaled : WrKind::local_inv;
    if (accepted && !post(k, Wr(kind, mr))) {
      accepted = false;
      h.mr = 0;
      h.pc = ReplyPc::disconnect;
    }
    if (!accepted) forget_dead_callback(w, mr);
    mr = next;
  }
}

/// The post failed: disconnect, then reset every MR that was not posted.
template <class Sink>
void reset_step(Kernel<Sink>& k, RpcId id) {
  World& w = k.world;
  ReplyHandler& h = w.handler(id);
  switch (h.pc) {
    case ReplyPc::disconnect:
      if (w.qp == QpState::rts) lose_connection(k);
      h.mr = w.rpc(id).registered;
      h.pc = h.mr != 0 ? ReplyPc::reset_dereg : ReplyPc::unlink_first;
      break;
    case ReplyPc::reset_dereg:
      dereg_mr(k, h.mr);
      h.pc = ReplyPc::reset_alloc;
      break;
    case ReplyPc::reset_alloc:
      k.tell({.kind = EventKind::alloc, .mr = h.mr});
      h.pc = ReplyPc::reset_invalid;
      break;
    case ReplyPc::reset_invalid:
      k.set_fr_state(h.mr, FrState::is_invalid);
      if (!walk_is_sound(k, id, h.mr)) return;
      h.mr = w.mr(h.mr).next;
      h.pc = h.mr != 0 ? ReplyPc::reset_dereg : ReplyPc::unlink_first;
      break;
    default:
      break;
  }
}

/// unmap_sync's last loop: unlink, DMA-unmap, put on the free list.
template <class Sink>
void release_mrs_step(Kernel<Sink>& k, RpcId id) {
  World& w = k.world;
  ReplyHandler& h = w.handler(id);
  switch (h.pc) {
    case ReplyPc::unlink_first:
    case ReplyPc::unlink:
      if (h.pc == ReplyPc::unlink_first) h.next = w.rpc(id).registered;
      h.mr = h.next;
      h.next = 0;
      if (h.mr == 0) {
        h.pc = ReplyPc::complete;
      } else if (walk_is_sound(k, id, h.mr)) {
        h.next = w.mr(h.mr).next;
        list_remove(k, w.rpc(id).registered, h.mr, id);
        h.pc = ReplyPc::dma_unmap;
      }
      break;
    case ReplyPc::dma_unmap:
      dma_unmap(k, h.mr);
      h.pc = ReplyPc::put;
      break;
    case ReplyPc::put:
      put_mr(k, h.mr);
      h.mr = 0;
      h.pc = h.next != 0 ? ReplyPc::unlink : ReplyPc::complete;
      break;
    default:
      break;
  }
}

/// One step of an RPC's reply handler. REQUIRES: reply_handler_enabled.
template <class Sink>
void reply_handler_step(Kernel<Sink>& k, RpcId id) {
  World& w = k.world;
  Rpc& rpc = w.rpc(id);
  ReplyHandler& h = w.handler(id);
  switch (h.pc) {
    case ReplyPc::idle:
      // No match, or a duplicate (rl_reply is set already): dropped.
      --rpc.replies;
      if (rpc.on_receive_list && !rpc.reply_received) {
        rpc.on_receive_list = 0;
        h.pc = ReplyPc::unmap_sync;
      }
      break;
    case ReplyPc::unmap_sync:
    case ReplyPc::linv_invalid:
    case ReplyPc::linv_done:
    case ReplyPc::linv_wake:
      return prepare_invalidation_step(k, id);
    case ReplyPc::linv_post:
      return post_invalidation_step(k, id);
    case ReplyPc::linv_wait:
      w.mr(h.mr).linv_done = 0;
      h.pc = ReplyPc::unlink_first;
      forget_dead_callback(w, h.mr);
      h.mr = 0;
      break;
    case ReplyPc::disconnect:
    case ReplyPc::reset_dereg:
    case ReplyPc::reset_alloc:
    case ReplyPc::reset_invalid:
      return reset_step(k, id);
    case ReplyPc::unlink_first:
    case ReplyPc::unlink:
    case ReplyPc::dma_unmap:
    case ReplyPc::put:
      return release_mrs_step(k, id);
    case ReplyPc::complete:
      if (rpc.pc != TaskPc::done) rpc.reply_received = 1;
      rpc.on_receive_list = 0;
      k.tell({.kind = EventKind::completed, .rpc = id});
      wake(k, id, Status::ok);
      h = ReplyHandler{};
      break;
  }
}

}  // namespace model
