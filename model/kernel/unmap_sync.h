// SPDX-License-Identifier: MIT
//
// unmap_sync: a request's MRs are invalidated in order, then unmapped.
//
// frwr_op_unmap_sync (frwr_ops.c): a chain of LOCAL_INVs, one post, a wait for the last
// of them; then per MR unlink, DMA-unmap, free list. The reply handler runs it; under
// some policies the task does, too, each with a walk of its own. No lock protects the
// registered list. If another context has moved the MR at which the walk is, the
// kernel would walk off into that other list; the model calls it mr_on_one_list.
#pragma once

#include "model/kernel/frwr_race.h"

namespace model {

/// Whether the walk can continue: it is not waiting for its last LOCAL_INV.
inline bool unmap_sync_enabled(const World& w, const ReplyHandler& h) {
  return h.pc != ReplyPc::linv_wait || w.mr(h.mr).linv_done != 0;
}

/// True if the MR at which the walk is is still on this request's registered list; else
/// the violation is recorded.
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
void prepare_invalidation_step(Kernel<Sink>& k, RpcId id, ReplyHandler& h) {
  World& w = k.world;
  switch (h.pc) {
    case ReplyPc::unmap_sync:
      h.mr = h.chain = w.rpc(id).registered;
      h.pc = h.mr != 0 ? ReplyPc::linv_invalid : ReplyPc::complete;
      break;
    case ReplyPc::linv_invalid:
      if (!k.mutant(Mutant::invalidation_keeps_state)) k.set_fr_state(h.mr, FrState::is_invalid);
      h.pc = ReplyPc::linv_done;
      break;
    case ReplyPc::linv_done:
      if (!k.mutant(Mutant::invalidation_keeps_callback)) w.mr(h.mr).done = Done::wc_localinv;
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
      if (!k.mutant(Mutant::wake_callback_is_not_set)) w.mr(h.mr).done = Done::wc_localinv_wake;
      if (!k.mutant(Mutant::completion_is_not_reset)) w.mr(h.mr).linv_done = 0;
      h.pc = ReplyPc::linv_post;
      break;
    default:
      break;
  }
}

/// ib_post_send of the whole chain: all of it or, if the QP rejects, none.
template <class Sink>
void post_invalidation_step(Kernel<Sink>& k, ReplyHandler& h) {
  World& w = k.world;
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
  if (h.pc == ReplyPc::linv_wait && k.mutant(Mutant::invalidation_is_not_awaited)) {
    h.mr = 0;
    h.pc = ReplyPc::unlink_first;
  }
}

/// The post failed: disconnect, then reset every MR that was not posted.
template <class Sink>
void reset_step(Kernel<Sink>& k, RpcId id, ReplyHandler& h) {
  World& w = k.world;
  switch (h.pc) {
    case ReplyPc::disconnect:
      if (w.qp == QpState::rts && !k.mutant(Mutant::rejected_post_keeps_connection)) {
        lose_connection(k);
      }
      h.pc = ReplyPc::unlink_first;
      if (k.mutant(Mutant::rejected_invalidation_is_not_reset)) break;
      h.mr = w.rpc(id).registered;
      if (h.mr != 0) h.pc = ReplyPc::reset_dereg;
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
      if (!k.mutant(Mutant::reset_leaves_state)) k.set_fr_state(h.mr, FrState::is_invalid);
      if (!walk_is_sound(k, id, h.mr)) return;
      h.mr = w.mr(h.mr).next;
      h.pc = h.mr != 0 ? ReplyPc::reset_dereg : ReplyPc::unlink_first;
      break;
    default:
      break;
  }
}

/// The last loop: unlink, DMA-unmap, put on the free list.
template <class Sink>
void release_mrs_step(Kernel<Sink>& k, RpcId id, ReplyHandler& h) {
  World& w = k.world;
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
        if (!k.mutant(Mutant::invalidated_stays_linked)) {
          list_remove(k, w.rpc(id).registered, h.mr, id);
        }
        h.pc = ReplyPc::dma_unmap;
        if (k.mutant(Mutant::invalidated_is_put_first)) put_mr(k, h.mr);
      }
      break;
    case ReplyPc::dma_unmap:
      if (!k.mutant(Mutant::invalidated_is_not_unmapped)) dma_unmap(k, h.mr);
      h.pc = ReplyPc::put;
      break;
    case ReplyPc::put:
      if (!k.mutant(Mutant::invalidated_is_put_first)) put_mr(k, h.mr);
      h.mr = 0;
      h.pc = h.next != 0 ? ReplyPc::unlink : ReplyPc::complete;
      break;
    default:
      break;
  }
}

/// One step of unmap_sync; it is over when `h.pc` is `complete`.
/// REQUIRES: unmap_sync_enabled, and h.pc is one of its steps.
template <class Sink>
void unmap_sync_step(Kernel<Sink>& k, RpcId id, ReplyHandler& h) {
  World& w = k.world;
  switch (h.pc) {
    case ReplyPc::idle:
    case ReplyPc::complete:
      break;
    case ReplyPc::unmap_sync:
    case ReplyPc::linv_invalid:
    case ReplyPc::linv_done:
    case ReplyPc::linv_wake:
      return prepare_invalidation_step(k, id, h);
    case ReplyPc::linv_post:
      return post_invalidation_step(k, h);
    case ReplyPc::linv_wait: {
      const MrId last = h.mr;
      w.mr(last).linv_done = 0;
      h.pc = ReplyPc::unlink_first;
      forget_dead_callback(w, last);
      h.mr = 0;
      break;
    }
    case ReplyPc::disconnect:
    case ReplyPc::reset_dereg:
    case ReplyPc::reset_alloc:
    case ReplyPc::reset_invalid:
      return reset_step(k, id, h);
    case ReplyPc::unlink_first:
    case ReplyPc::unlink:
    case ReplyPc::dma_unmap:
    case ReplyPc::put:
      return release_mrs_step(k, id, h);
  }
}

}  // namespace model
