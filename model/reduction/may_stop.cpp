// SPDX-License-Identifier: MIT
//
// Whether a step may end the run, or leave a loss as the only step.
#include "model/actors.h"
#include "model/kernel/connection.h"
#include "model/reduction/footprint_objects.h"

namespace model {

using namespace objects;

namespace {

using sim::ActorId;
bool on_registered_list(const World& w, RpcId id, MrId mr) {
  return (on_list(w, w.rpc(id).registered) & of_mr(mr)) != 0;
}

bool recovery_may_stop(const World& w, const Recovery& r) {
  if (r.pc == RecoverPc::dma_unmap) return w.mr(r.mr).dma != DmaState::mapped;
  if (r.pc == RecoverPc::put) return w.mr(r.mr).place != Place::in_hand;
  return false;
}

bool task_may_stop(const World& w, RpcId id) {
  const Rpc& rpc = w.rpc(id);
  switch (rpc.pc) {
    case TaskPc::connect_start:
      return w.reconnects_left == 0 && !w.connecting;
    case TaskPc::send_request:
      return rpc.sends_left == 0;
    case TaskPc::enobufs_wait:
      return rpc.enobufs_left == 0;
    case TaskPc::op_map_dma_map:
      return w.mr(rpc.mr).dma == DmaState::mapped;
    case TaskPc::unmap_safe_recover:
      return recovery_may_stop(w, rpc.recovery);
    case TaskPc::op_map_defer:
    case TaskPc::op_map_error_defer:
    case TaskPc::unmap_safe_defer:
    case TaskPc::marshal_add:
      return w.mr(rpc.mr).place != Place::in_hand;
    default:
      return false;
  }
}

bool reply_handler_may_stop(const World& w, RpcId id) {
  const ReplyHandler& h = w.handler(id);
  switch (h.pc) {
    case ReplyPc::linv_done:
    case ReplyPc::reset_invalid:
      return !on_registered_list(w, id, h.mr);
    case ReplyPc::unlink:
      return h.next != 0 && !on_registered_list(w, id, h.next);
    case ReplyPc::dma_unmap:
      return w.mr(h.mr).dma != DmaState::mapped;
    case ReplyPc::put:
      return w.mr(h.mr).place != Place::in_hand;
    default:
      return false;
  }
}

bool posts(const World& w, ActorId actor) {
  switch (role_of(actor)) {
    case Role::task: {
      const TaskPc pc = w.rpc(rpc_of(actor)).pc;
      return pc == TaskPc::op_map_post || pc == TaskPc::post_send;
    }
    case Role::reply_handler:
      return w.handler(rpc_of(actor)).pc == ReplyPc::linv_post;
    case Role::connect_worker:
      return w.connect == ConnectPc::post_marker;
    default:
      return false;
  }
}

bool may_end_the_run(const World& w, ActorId actor) {
  switch (role_of(actor)) {
    case Role::task:
      return task_may_stop(w, rpc_of(actor));
    case Role::reply_handler:
      return reply_handler_may_stop(w, rpc_of(actor));
    case Role::recovery_worker:
      return recovery_may_stop(w, w.recovery);
    case Role::refresh_worker:
      return w.refreshes_left == 0;
    default:
      return false;
  }
}

/// Whether after its next step the actor is enabled, and stays so wherever a loss is
/// possible; or whether the step conflicts with what a loss enables.
bool task_goes_on(const Setup& setup, const World& w, RpcId id) {
  const Rpc& rpc = w.rpc(id);
  const bool pins = setup.guards.reply_pins_request;
  switch (rpc.pc) {
    case TaskPc::connect_lock:
      return w.locked_by == 0 || w.locked_by == id;
    case TaskPc::prepare_transmit:
      return w.locked_by == 0 || w.locked_by == id || rpc.reply_received;
    case TaskPc::call_connect:
      return !w.connected || !pins;
    case TaskPc::connect_start:
    case TaskPc::connect_unlock:
    case TaskPc::free_buffer:
      return false;
    case TaskPc::connect_wait:
      return rpc.status != Status::ok || !pins;
    case TaskPc::end_transmit:
      return !rpc.on_pending;
    case TaskPc::call_status:
      if (rpc.reply_received || rpc.status == Status::io) return true;
      return rpc.status != Status::nobufs && (rpc.status != Status::again || !pins);
    case TaskPc::enobufs_wait:
      return !pins;
    default:
      return true;
  }
}

bool goes_on(const Setup& setup, const World& w, ActorId actor) {
  switch (role_of(actor)) {
    case Role::task:
      return task_goes_on(setup, w, rpc_of(actor));
    case Role::reply_handler: {
      const ReplyPc pc = w.handler(rpc_of(actor)).pc;
      if (pc == ReplyPc::idle) return would_match(w.rpc(rpc_of(actor)));
      return pc != ReplyPc::linv_post && pc != ReplyPc::complete;
    }
    case Role::rnic:
      return w.send_queue.size > 1;
    case Role::softirq:
      // Taking a completion may be its whole work, and the next completion may be
      // dropped with the old QP.
      if (w.softirq.pc == SoftirqPc::wc_localinv_wake) return true;
      return !w.drained && w.connect != ConnectPc::swap_qp && w.connect != ConnectPc::destroy_qp &&
             w.completions.size > (w.softirq.pc == SoftirqPc::poll ? 1 : 0);
    case Role::recovery_worker:
      return w.recovery.pc != RecoverPc::put || w.stale_head != 0;
    case Role::connect_worker:
      // Without it the connection stays down, and a connection that is down cannot be
      // lost.
      return w.connect != ConnectPc::finish && w.qp != QpState::rts;
    default:
      return false;
  }
}

/// The tables were made for the upstream policies and the faults of one map call. In
/// other cases nothing is left out, which costs reduction, never soundness.
bool tables_cover(const Setup& setup) {
  Policy policy = setup.policy;
  // The upstream fix's one decision; a decision that comes later is not covered by itself.
  if (policy.failed_marshal == FailedMarshal::unmap_safe) policy.failed_marshal = {};
  const bool is_upstream = policy == Policy{};
  const FaultsLeft& f = setup.faults;
  return is_upstream && f.reset == 0 && f.drain_marker == 0 && f.signal == 0 && f.timeout == 0 &&
         setup.iova == IovaChoice::fresh && !setup.guards.reconnect_delay &&
         setup.severities == usual_severities && setup.mutant == Mutant::none;
}

}  // namespace

bool step_may_stop(const Setup& setup, const World& w, ActorId actor) {
  if (!tables_cover(setup)) return true;
  if (may_end_the_run(w, actor)) return true;
  if (posts(w, actor) && queue_may_fill(setup, w)) return true;
  if (actor == link_actor && w.qp == QpState::rts) return true;
  return loss_ahead(setup, w) && !goes_on(setup, w, actor);
}

}  // namespace model
