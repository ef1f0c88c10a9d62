// SPDX-License-Identifier: MIT
//
// The lists that MRs are on, in the kernel's order.
//
// As in the kernel the links are in the MR itself (mw_list), so an MR can be on
// one list at a time; here that is checked instead of trusted. Free list: add at
// the tail, take at the head. Stale list and registered list: add at the head,
// take at the head. (rpcrdma_put_mw, rpcrdma_get_mw, rpcrdma_defer_mr_recovery
// in verbs.c; the chunk encoders in rpc_rdma.c.)
#pragma once

#include "model/kernel/kernel.h"

namespace model {

/// Records where an MR is from now on, and of which RPC; the caller changes the lists
/// themselves.
template <class Sink>
void move_mr(Kernel<Sink>& k, MrId id, Place to, RpcId rpc = 0) {
  Mr& mr = k.world.mr(id);
  k.tell({.kind = EventKind::moved,
          .mr = id,
          .rpc = rpc,
          .from = static_cast<std::uint8_t>(mr.place),
          .to = static_cast<std::uint8_t>(to)});
  mr.place = to;
}

/// Puts an MR at the head of a list. Violates mr_on_one_list if it is on one.
template <class Sink>
void list_add(Kernel<Sink>& k, MrId& head, MrId id, Place to, RpcId rpc = 0) {
  Mr& mr = k.world.mr(id);
  if (mr.place != Place::in_hand) return k.violate(Invariant::mr_on_one_list, id);
  move_mr(k, id, to, rpc);
  mr.next = head;
  head = id;
}

/// Whether a WR names an MR (a Send names its RPC instead).
inline bool names_mr(Wr wr) {
  return wr.kind() == WrKind::fastreg || wr.kind() == WrKind::local_inv ||
         wr.kind() == WrKind::local_inv_signaled;
}

/// Whether its LOCAL_INV is in the chain of this walk.
inline bool in_chain(const World& w, const ReplyHandler& h, MrId id) {
  // A chain of MRs that were registered again meanwhile might come back to itself.
  MrId mr = h.chain;
  for (unsigned n = 0; mr != 0 && n < max_mrs; ++n, mr = w.mr(mr).linv_next) {
    if (mr == id) return true;
  }
  return false;
}

/// Whether the reply handler is about to post a LOCAL_INV of this MR, or waits for it.
inline bool wants_callback(const World& w, const ReplyHandler& h, MrId id) {
  if (h.pc < ReplyPc::linv_invalid || h.pc > ReplyPc::linv_wait) return false;
  return h.mr == id || in_chain(w, h, id);
}

/// Whether a WR of this MR, or its completion, is queued.
inline bool is_queued(const World& w, MrId id) {
  for (const WrQueue* queue : {&w.send_queue, &w.completions}) {
    for (unsigned i = 0; i < queue->size; ++i) {
      if (names_mr(queue->items[i]) && queue->items[i].subject() == id) return true;
    }
  }
  return false;
}

/// A free MR's callback will be set before it is read again, unless a WR of the
/// MR is on its way or a reply handler wants it. What is not read again is zero
/// in equal worlds.
inline void forget_dead_callback(World& w, MrId id) {
  Mr& mr = w.mr(id);
  if (mr.place != Place::free_list) return;
  for (const ReplyHandler& h : w.handlers) {
    if (wants_callback(w, h, id)) return;
  }
  for (const ReplyHandler& sync : w.rare.sync) {
    if (wants_callback(w, sync, id)) return;
  }
  if (is_queued(w, id)) return;
  mr.done = Done::unset;
  mr.linv_done = 0;
}

/// Puts an MR at the tail of the free list. Violates mr_on_one_list if it is on a list.
template <class Sink>
void put_mr(Kernel<Sink>& k, MrId id) {
  World& w = k.world;
  if (w.mr(id).place != Place::in_hand) return k.violate(Invariant::mr_on_one_list, id);
  move_mr(k, id, Place::free_list);
  MrId* link = &w.free_head;
  while (*link != 0 && !k.mutant(Mutant::free_list_is_a_stack)) link = &w.mr(*link).next;
  w.mr(id).next = *link;
  *link = id;
  forget_dead_callback(w, id);
  if (k.setup.notes_requests) forget_request(w, id);
}

/// Takes the MR at the head of a list; 0 if there is none.
template <class Sink>
MrId list_take(Kernel<Sink>& k, MrId& head, RpcId rpc = 0) {
  const MrId id = head;
  if (id == 0) return 0;
  Mr& mr = k.world.mr(id);
  head = mr.next;
  mr.next = 0;
  move_mr(k, id, Place::in_hand, rpc);
  return id;
}

/// Takes an MR out of the middle of a request's registered list.
/// REQUIRES: it is on that list.
template <class Sink>
void list_remove(Kernel<Sink>& k, MrId& head, MrId id, RpcId rpc) {
  MrId* link = &head;
  while (*link != id) link = &k.world.mr(*link).next;
  *link = k.world.mr(id).next;
  k.world.mr(id).next = 0;
  move_mr(k, id, Place::in_hand, rpc);
}

/// rpcrdma_defer_mr_recovery: onto the stale list. The worker is scheduled at once;
/// here that means that the stale list is not empty.
template <class Sink>
void defer_mr_recovery(Kernel<Sink>& k, MrId id) {
  MrId* link = &k.world.stale_head;
  if (k.mutant(Mutant::stale_list_is_a_queue)) {
    while (*link != 0) link = &k.world.mr(*link).next;
  }
  list_add(k, *link, id, Place::stale_list);
}

/// Puts back an MR that op_map or a failed marshal has set up without use.
template <class Sink>
void put_back(Kernel<Sink>& k, MrId id) {
  k.set_fr_state(id, FrState::is_invalid);
  put_mr(k, id);
}

/// Whether a context still refers to a released MR, or its mapping is leaked: then its
/// slot is not free for a new one.
inline bool is_named(const World& w, MrId id) {
  if (w.mr(id).dma == DmaState::mapped) return true;
  for (const auto* walks : {&w.handlers, &w.rare.sync}) {
    for (const ReplyHandler& h : *walks) {
      if (h.mr == id || h.next == id || in_chain(w, h, id)) return true;
    }
  }
  if (is_queued(w, id)) return true;
  return w.softirq.mr == id;
}

}  // namespace model
