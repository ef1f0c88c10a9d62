// SPDX-License-Identifier: MIT
//
// What is pending, and what a step is about.
//
// The switches have no default: a program counter that is missing is a warning.
#include "model/rules/ordering.h"

#include "model/kernel/mr_lists.h"

namespace model {
namespace {

MrSet only(MrId mr) { return mr == 0 ? MrSet{} : MrSet::of(mr); }

/// MRs that a WR of one of these kinds names, queued or completed.
MrSet named_on_queues(const World& w, bool (*is_of_kind)(WrKind)) {
  MrSet set;
  for (const WrQueue* queue : {&w.send_queue, &w.completions}) {
    for (unsigned i = 0; i < queue->size; ++i) {
      if (is_of_kind(queue->items[i].kind())) set.insert(queue->items[i].subject());
    }
  }
  return set;
}

MrSet named_by_oldest(const WrQueue& queue) {
  if (queue.size == 0 || !names_mr(queue.items[0])) return {};
  return only(queue.items[0].subject());
}

/// The kind of the completion whose handler the softirq is in.
std::optional<Pending> being_handled(const Softirq& softirq) {
  switch (softirq.pc) {
    case SoftirqPc::poll:
      break;
    case SoftirqPc::wc_fastreg:
      return Pending::fastreg;
    case SoftirqPc::wc_localinv:
    case SoftirqPc::wc_localinv_wake:
    case SoftirqPc::wake:
      return Pending::local_inv;
  }
  return std::nullopt;
}

/// A reply handler, or unmap_sync in the task's own context.
MrSet mrs_of_walk(const World& w, RpcId id, const ReplyHandler& h) {
  switch (h.pc) {
    case ReplyPc::idle:
    case ReplyPc::disconnect:
    case ReplyPc::complete:
      return {};
    case ReplyPc::unmap_sync:
    case ReplyPc::unlink_first:
      return only(w.rpc(id).registered);
    case ReplyPc::unlink:
      return only(h.next);
    case ReplyPc::linv_post: {
      MrSet chain;
      // A chain of MRs that were registered again meanwhile might come back to itself.
      for (MrId mr = h.chain; mr != 0 && !chain.contains(mr); mr = w.mr(mr).linv_next) {
        chain.insert(mr);
      }
      return chain;
    }
    case ReplyPc::linv_invalid:
    case ReplyPc::linv_done:
    case ReplyPc::linv_wake:
    case ReplyPc::linv_wait:
    case ReplyPc::reset_dereg:
    case ReplyPc::reset_alloc:
    case ReplyPc::reset_invalid:
    case ReplyPc::dma_unmap:
    case ReplyPc::put:
      return only(h.mr);
  }
  return {};
}

MrSet mrs_of_task(const World& w, RpcId id) {
  const Rpc& rpc = w.rpc(id);
  switch (rpc.pc) {
    case TaskPc::not_started:
    case TaskPc::call_connect:
    case TaskPc::connect_lock:
    case TaskPc::connect_lock_wait:
    case TaskPc::connect_test:
    case TaskPc::connect_sleep:
    case TaskPc::connect_start:
    case TaskPc::connect_unlock:
    case TaskPc::connect_wait:
    case TaskPc::prepare_transmit:
    case TaskPc::transmit_lock_wait:
    case TaskPc::transmit:
    case TaskPc::send_request:
    case TaskPc::prepare_send_sges:
    case TaskPc::check_cookie:
    case TaskPc::post_send:
    case TaskPc::drop_connection:
    case TaskPc::transmit_done:
    case TaskPc::end_transmit:
    case TaskPc::call_status:
    case TaskPc::enobufs_wait:
    case TaskPc::release:
    case TaskPc::free_buffer:
    case TaskPc::drain_post:
    case TaskPc::drain_wait:
    case TaskPc::done:
      return {};
    case TaskPc::unmap_safe_pop:
    case TaskPc::put_back_pop:
      return only(rpc.registered);
    case TaskPc::unmap_sync:
      return mrs_of_walk(w, id, w.sync(id));
    case TaskPc::unmap_safe_recover:
      return only(rpc.recovery.mr);
    case TaskPc::op_map_get:
      return only(w.free_head);
    case TaskPc::unmap_safe_defer:
    case TaskPc::op_map_test:
    case TaskPc::op_map_defer:
    case TaskPc::op_map_set_valid:
    case TaskPc::op_map_dma_map:
    case TaskPc::op_map_set_done:
    case TaskPc::op_map_post:
    case TaskPc::op_map_error_defer:
    case TaskPc::op_map_error_put:
    case TaskPc::put_back_unmap:
    case TaskPc::put_back_put:
    case TaskPc::marshal_add:
      return only(rpc.mr);
  }
  return {};
}

/// What the connect worker takes off a request, where MRs die with the connection.
MrSet first_registered(const World& w) {
  for (const Rpc& rpc : w.rpcs) {
    if (rpc.registered != 0) return only(rpc.registered);
  }
  return {};
}

}  // namespace

MrSet pending(const World& w, Pending kind) {
  MrSet set;
  switch (kind) {
    case Pending::fastreg:
      set = named_on_queues(w, [](WrKind wr) { return wr == WrKind::fastreg; });
      break;
    case Pending::local_inv:
      set = named_on_queues(
          w, [](WrKind wr) { return wr == WrKind::local_inv || wr == WrKind::local_inv_signaled; });
      break;
    case Pending::recovery:
      for (unsigned id = 1; id <= w.mr_count; ++id) {
        if (w.mrs[id - 1].place == Place::stale_list) set.insert(id);
      }
      if (w.recovery.mr != 0) set.insert(w.recovery.mr);
      for (const Rpc& rpc : w.rpcs) {
        if (rpc.recovery.mr != 0) set.insert(rpc.recovery.mr);
      }
      return set;
  }
  if (being_handled(w.softirq) == kind) set.insert(w.softirq.mr);
  return set;
}

MrSet mrs_of_step(const World& w, sim::ActorId actor) {
  switch (role_of(actor)) {
    case Role::task:
      return mrs_of_task(w, rpc_of(actor));
    case Role::reply_handler:
      return mrs_of_walk(w, rpc_of(actor), w.handler(rpc_of(actor)));
    case Role::rnic:
      return named_by_oldest(w.send_queue);
    case Role::softirq:
      return w.softirq.pc == SoftirqPc::poll ? named_by_oldest(w.completions) : only(w.softirq.mr);
    case Role::recovery_worker:
      return only(w.recovery.pc == RecoverPc::idle ? w.stale_head : w.recovery.mr);
    case Role::connect_worker:
      return w.connect == ConnectPc::reset_pop ? first_registered(w) : only(w.rare.connect_mr);
    case Role::refresh_worker:
    case Role::rep_connect_worker:
    case Role::conn_upcall:
    case Role::link:
    case Role::server:
    case Role::signal:
    case Role::timer:
      return {};
  }
  return {};
}

std::optional<bool> ends_with_reply(const World& w, sim::ActorId actor) {
  if (role_of(actor) != Role::task) return std::nullopt;
  const Rpc& rpc = w.rpc(rpc_of(actor));
  if (rpc.pc != TaskPc::release) return std::nullopt;
  return rpc.reply_received != 0;
}

}  // namespace model
