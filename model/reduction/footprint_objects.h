// SPDX-License-Identifier: MIT
//
// The objects of footprints, and the questions about a world that concern them.
//
// Internal to footprint.cpp, future.cpp and may_stop.cpp.
#pragma once

#include "model/kernel/mr_lists.h"
#include "model/reduction/footprint.h"

namespace model::objects {

using sim::Footprint;
using Objects = std::uint64_t;

/// The objects. MR n is bit n-1.
constexpr Objects bit(unsigned n) { return Objects{1} << (max_mrs + n); }
constexpr Objects free_head = bit(0);    ///< contexts that take
constexpr Objects free_tail = bit(1);    ///< contexts that put, or find nothing to take
constexpr Objects stale = bit(2);        ///< the stale list
constexpr Objects sq_head = bit(3);      ///< send queue: a context that executes, or destroys it
constexpr Objects sq_tail = bit(4);      ///< ... a context that posts
constexpr Objects cq_head = bit(5);      ///< completions: a context that polls, or destroys them
constexpr Objects cq_tail = bit(6);      ///< ... a context that completes
constexpr Objects qp = bit(7);           ///< QpState, and what a loss window depends on
constexpr Objects connected = bit(8);    ///< XPRT_CONNECTED
constexpr Objects ep = bit(9);           ///< EpState
constexpr Objects news = bit(10);        ///< upcalls not yet delivered
constexpr Objects connecting = bit(11);  ///< XPRT_CONNECTING; the connect worker is idle
constexpr Objects lock = bit(12);        ///< the transport lock and its queue
constexpr Objects quiet = bit(13);       ///< local_machinery_idle, where a guard asks for it
constexpr Objects faults = bit(14);      ///< faults left
constexpr Objects cookie = bit(15);      ///< every rl_connect_cookie
constexpr Objects linv = bit(16);     ///< of which MRs a reply handler is about to post LOCAL_INVs
constexpr Objects server = bit(17);   ///< every at_server
constexpr Objects replies = bit(18);  ///< replies queued or being handled
/// Registered and receive list, reply_received, and whether the RPC is done.
constexpr Objects request(RpcId id) { return bit(18u + id); }
/// on_pending, and status while asleep.
constexpr Objects sleep_of(RpcId id) { return bit(18u + max_rpcs + id); }
constexpr Objects sleeps = sleep_of(1) | sleep_of(2) | sleep_of(3);
static_assert(max_rpcs == 3);
constexpr Objects everything = ~Objects{0};
constexpr Footprint unknown{everything, everything};

/// An MR, nothing for 0; and a step that only reads, or writes, such objects.
constexpr Objects of_mr(MrId mr) { return mr == 0 ? 0 : Objects{1} << (mr - 1); }
constexpr Footprint reads(Objects objects) { return {objects, 0}; }
constexpr Footprint writes(Objects objects) { return {0, objects}; }
constexpr Footprint nothing{};

/// The MRs of the list with that head.
inline Objects on_list(const World& w, MrId head) {
  Objects mrs = 0;
  for (MrId mr = head; mr != 0; mr = w.mr(mr).next) mrs |= of_mr(mr);
  return mrs;
}

/// The MRs that its WRs are about.
inline Objects named_in(const WrQueue& queue) {
  Objects mrs = 0;
  for (unsigned i = 0; i < queue.size; ++i) {
    if (names_mr(queue.items[i])) mrs |= of_mr(queue.items[i].subject());
  }
  return mrs;
}

/// In a completion that is queued or being handled.
inline Objects named_by_softirq(const World& w) {
  return named_in(w.completions) | of_mr(w.softirq.mr);
}

/// In a register of this reply handler, or on its chain.
inline Objects held_by(const World& w, const ReplyHandler& h) {
  Objects chain = 0;
  for (MrId mr = h.chain; (of_mr(mr) & ~chain) != 0; mr = w.mr(mr).linv_next) chain |= of_mr(mr);
  return chain | of_mr(h.mr) | of_mr(h.next);
}

/// The MRs that reply handlers have in hand.
inline Objects held_by_handlers(const World& w) {
  Objects mrs = 0;
  for (const ReplyHandler& h : w.handlers) {
    if (h.pc != ReplyPc::idle) mrs |= held_by(w, h);
  }
  return mrs;
}

/// Whether a loss may still happen, now or after a reconnect.
inline bool loss_ahead(const Setup& setup, const World& w) {
  if (w.losses_left == 0) return false;
  return setup.loss_before_send_of == 0 || !w.rpc(setup.loss_before_send_of).send_was_posted;
}

/// Whether the queues might fill up, if all WRs were queued that can still be posted: a
/// FASTREG for each segment, a Send and LOCAL_INVs for its reply per attempt that is
/// left or being made, LOCAL_INVs for the reply to the one before, the marker.
inline bool queue_may_fill(const Setup& setup, const World& w) {
  unsigned wrs = w.send_queue.size + w.completions.size + w.reconnects_left + 1u;
  for (unsigned i = 0; i < setup.rpc_count; ++i) {
    const Rpc& rpc = w.rpcs[i];
    const unsigned attempts = 1u + rpc.sends_left + rpc.enobufs_left;
    const unsigned segments = setup.rpcs[i].segments();
    wrs += attempts * (2 * segments + 1) + segments;
  }
  return wrs > queue_depth;
}

/// Whether a reply that is queued would be matched: the handler would begin to work.
inline bool would_match(const Rpc& rpc) { return rpc.on_receive_list && !rpc.reply_received; }

/// Faults matter while there are any.
inline Objects faults_of(const World& w) {
  return w.faults_left.dma_map || w.faults_left.map_mr_sg || w.faults_left.prepare_send ? faults
                                                                                        : 0;
}

}  // namespace model::objects
