// SPDX-License-Identifier: MIT
//
// Which latency an actor's next step has.
//
// A step takes a statement's time unless it waits for something: for the RNIC, for a
// processor after a wake-up, for a timer. Where `woken` is not used, the program
// counter itself says that its actor has slept.
#include "model/latency.h"

namespace model {
namespace {

Latency of_recovery(RecoverPc pc) {
  switch (pc) {
    case RecoverPc::dereg:
      return Latency::dereg_mr;
    case RecoverPc::alloc:
      return Latency::alloc_mr;
    default:
      return Latency::statement;
  }
}

/// For a program counter at which the actor waits, unless what it waits for is already
/// there.
Latency of_wait(bool woken) { return woken ? Latency::wakeup : Latency::statement; }

Latency of_unmap_sync(ReplyPc pc, bool woken) {
  switch (pc) {
    case ReplyPc::reset_dereg:
      return Latency::dereg_mr;
    case ReplyPc::reset_alloc:
      return Latency::alloc_mr;
    case ReplyPc::linv_wait:
      return of_wait(woken);
    default:
      return Latency::statement;
  }
}

Latency of_task(const World& w, RpcId id, bool woken) {
  const Rpc& rpc = w.rpc(id);
  switch (rpc.pc) {
    case TaskPc::op_map_get:
    case TaskPc::op_map_test:
    case TaskPc::op_map_set_valid:
    case TaskPc::op_map_dma_map:
    case TaskPc::op_map_set_done:
    case TaskPc::op_map_post:
    case TaskPc::marshal_add:
    case TaskPc::prepare_send_sges:
      return Latency::marshal;
    case TaskPc::unmap_safe_recover:
      return of_recovery(rpc.recovery.pc);
    case TaskPc::unmap_sync:
      return of_unmap_sync(w.sync(id).pc, woken);
    case TaskPc::connect_wait:
      // Still asleep: only its timer wakes it.
      return rpc.on_pending ? Latency::timeout : Latency::wakeup;
    case TaskPc::connect_lock_wait:
    case TaskPc::transmit_lock_wait:
    case TaskPc::drain_wait:
      return Latency::wakeup;
    case TaskPc::call_status:
    case TaskPc::release:
      // Woken where it slept, by a wake-up or a reply; or killed there.
      return of_wait(woken);
    case TaskPc::enobufs_wait:
      return Latency::enobufs_wait;
    default:
      return Latency::statement;
  }
}

Latency of_rnic(const World& w) {
  if (w.qp != QpState::rts) return Latency::flush;
  switch (w.send_queue.items[0].kind()) {
    case WrKind::fastreg:
    case WrKind::local_inv:
    case WrKind::local_inv_signaled:
      return Latency::fastreg;
    default:
      return Latency::work_request;
  }
}

Latency of_connect_worker(ConnectPc pc, bool woken) {
  switch (pc) {
    case ConnectPc::clear_connected:
      return Latency::reconnect_delay;
    case ConnectPc::wait_upcall:
    case ConnectPc::drain:
    case ConnectPc::wait_connected:
      return of_wait(woken);
    default:
      return Latency::statement;
  }
}

}  // namespace

Latency latency_of(const World& w, sim::ActorId actor, bool woken) {
  const RpcId id = rpc_of(actor);
  switch (role_of(actor)) {
    case Role::task:
      return of_task(w, id, woken);
    case Role::reply_handler:
      if (woken && w.handler(id).pc == ReplyPc::idle) return Latency::workqueue;
      return of_unmap_sync(w.handler(id).pc, woken);
    case Role::rnic:
      return of_rnic(w);
    case Role::softirq:
      return woken ? Latency::softirq : Latency::statement;
    case Role::recovery_worker:
      return woken ? Latency::recovery_worker : of_recovery(w.recovery.pc);
    case Role::connect_worker:
      return of_connect_worker(w.connect, woken);
    case Role::conn_upcall:
      return w.established_upcall ? Latency::workqueue : Latency::loss_upcall;
    case Role::link:
      return w.qp == QpState::rts ? Latency::loss : Latency::connect;
    case Role::server:
      return Latency::server_reply;
    case Role::signal:
      return Latency::signal;
    case Role::timer:
      return Latency::timeout;
    case Role::refresh_worker:
    case Role::rep_connect_worker:
      break;
  }
  return Latency::workqueue;
}

}  // namespace model
