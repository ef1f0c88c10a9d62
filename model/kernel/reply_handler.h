// SPDX-License-Identifier: MIT
//
// The reply handler: how an RPC's MRs are returned when all goes well.
//
// rpcrdma_reply_handler (rpc_rdma.c) matches the reply; unmap_sync (unmap_sync.h)
// takes the request's MRs back; then the task is woken.
#pragma once

#include "model/kernel/rpc_task.h"

namespace model {

/// Whether a reply waits for it, or it is at work and need not wait for an
/// invalidation.
inline bool reply_handler_enabled(const World& w, RpcId id) {
  const ReplyHandler& h = w.handler(id);
  if (h.pc == ReplyPc::idle) return w.rpc(id).replies > 0;
  return unmap_sync_enabled(w, h);
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
      if (rpc.on_receive_list && (!rpc.reply_received || k.mutant(Mutant::duplicate_is_handled))) {
        if (!k.mutant(Mutant::match_keeps_request)) rpc.on_receive_list = 0;
        h.pc = ReplyPc::unmap_sync;
      }
      break;
    case ReplyPc::complete:
      if (rpc.pc != TaskPc::done) rpc.reply_received = 1;
      rpc.on_receive_list = 0;
      k.tell({.kind = EventKind::completed, .rpc = id});
      if (!k.mutant(Mutant::answer_wakes_nobody)) wake(k, id, Status::ok);
      h = ReplyHandler{};
      break;
    default:
      return unmap_sync_step(k, id, h);
  }
}

}  // namespace model
