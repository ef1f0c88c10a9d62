// SPDX-License-Identifier: MIT
//
// What each program counter is about to do, in the kernel's words.
//
// The switches have no default: a program counter without a label is a warning.
#include "model/labels.h"

#include <array>

namespace model {
namespace {

Label task_label(TaskPc pc) {
  switch (pc) {
    case TaskPc::not_started:
      return {"not_started", "rpc_run_task", "starts when the RPC it waits for is done"};
    case TaskPc::call_connect:
      return {"call_connect", "call_connect", "test CONNECTED"};
    case TaskPc::connect_lock:
      return {"connect_lock", "xprt_connect", "take the transport lock"};
    case TaskPc::connect_lock_wait:
      return {"connect_lock_wait", "xprt_connect", "got the transport lock, back to call_bind"};
    case TaskPc::connect_test:
      return {"connect_test", "xprt_connect", "test CONNECTED again"};
    case TaskPc::connect_sleep:
      return {"connect_sleep", "xprt_connect", "sleep on the pending queue"};
    case TaskPc::connect_start:
      return {"connect_start", "xprt_connect",
              "test and set CONNECTING, schedule the connect worker"};
    case TaskPc::connect_unlock:
      return {"connect_unlock", "xprt_connect", "release the transport lock"};
    case TaskPc::connect_wait:
      return {"connect_wait", "call_connect_status", "awake: connected?"};
    case TaskPc::prepare_transmit:
      return {"prepare_transmit", "xprt_prepare_transmit",
              "unless the reply is here: take the transport lock"};
    case TaskPc::transmit_lock_wait:
      return {"transmit_lock_wait", "xprt_prepare_transmit", "got the transport lock"};
    case TaskPc::transmit:
      return {"transmit", "xprt_transmit", "unless the reply is here: join the receive list"};
    case TaskPc::send_request:
      return {"send_request", "xprt_rdma_send_request",
              "anything registered from an earlier transmission?"};
    case TaskPc::unmap_safe_pop:
      return {"unmap_safe_pop", "frwr_op_unmap_safe", "take an MR off the registered list"};
    case TaskPc::unmap_safe_defer:
      return {"unmap_safe_defer", "rpcrdma_defer_mr_recovery",
              "put the MR on the stale list, schedule recovery"};
    case TaskPc::unmap_safe_recover:
      return {"unmap_safe_recover", "frwr_op_recover_mr", "recover the MR here and now"};
    case TaskPc::unmap_sync:
      return {"unmap_sync_here", "frwr_op_unmap_sync", "invalidate the MRs and wait"};
    case TaskPc::drain_post:
      return {"drain_post", "ib_drain_sq", "error: post a drain marker"};
    case TaskPc::drain_wait:
      return {"drain_wait", "ib_drain_sq", "the marker has completed: the QP is drained"};
    case TaskPc::put_back_pop:
      return {"put_back_pop", "frwr_reset", "error: take an MR off the registered list"};
    case TaskPc::put_back_unmap:
      return {"put_back_unmap", "frwr_reset", "error: DMA-unmap the scatterlist"};
    case TaskPc::put_back_put:
      return {"put_back_put", "frwr_reset", "error: INVALID, put the MR on the free list"};
    case TaskPc::op_map_get:
      return {"op_map_get", "frwr_op_map", "take an MR off the free list"};
    case TaskPc::op_map_test:
      return {"op_map_test", "frwr_op_map", "fr_state INVALID?"};
    case TaskPc::op_map_defer:
      return {"op_map_defer", "rpcrdma_defer_mr_recovery",
              "not INVALID: put the MR on the stale list, schedule recovery"};
    case TaskPc::op_map_set_valid:
      return {"op_map_set_valid", "frwr_op_map", "fr_state = VALID"};
    case TaskPc::op_map_dma_map:
      return {"op_map_dma_map", "frwr_op_map", "DMA-map the scatterlist"};
    case TaskPc::op_map_set_done:
      return {"op_map_set_done", "frwr_op_map",
              "bump the rkey, completion callback = frwr_wc_fastreg"};
    case TaskPc::op_map_post:
      return {"op_map_post", "frwr_op_map", "post the FASTREG"};
    case TaskPc::op_map_error_defer:
      return {"op_map_error_defer", "rpcrdma_defer_mr_recovery",
              "error: put the MR on the stale list, schedule recovery"};
    case TaskPc::op_map_error_put:
      return {"op_map_error_put", "rpcrdma_put_mw",
              "error: put the MR, which is not mapped, on the free list"};
    case TaskPc::marshal_add:
      return {"marshal_add", "rpcrdma_marshal_req", "add the MR to the registered list"};
    case TaskPc::prepare_send_sges:
      return {"prepare_send_sges", "rpcrdma_prepare_send_sges", "map the Send buffers"};
    case TaskPc::check_cookie:
      return {"check_cookie", "xprt_rdma_send_request", "sent on this connection before?"};
    case TaskPc::post_send:
      return {"post_send", "rpcrdma_ep_post", "post the Send"};
    case TaskPc::drop_connection:
      return {"drop_connection", "xprt_disconnect_done",
              "clear CONNECTED, wake the other tasks with -EAGAIN"};
    case TaskPc::transmit_done:
      return {"transmit_done", "xprt_transmit", "still CONNECTED? sleep on the pending queue"};
    case TaskPc::end_transmit:
      return {"end_transmit", "xprt_end_transmit", "release the transport lock"};
    case TaskPc::call_status:
      return {"call_status", "call_status", "the reply is here, or what was the error?"};
    case TaskPc::enobufs_wait:
      return {"enobufs_wait", "call_status", "the delay after -ENOBUFS is over"};
    case TaskPc::release:
      return {"release", "xprt_release", "release the transport lock, leave the receive list"};
    case TaskPc::free_buffer:
      return {"free_buffer", "xprt_rdma_free", "anything still registered?"};
    case TaskPc::done:
      return {"done", "rpc_exit_task", "done"};
  }
  return {};
}

Label reply_label(ReplyPc pc) {
  switch (pc) {
    case ReplyPc::idle:
      return {"idle", "rpcrdma_reply_handler",
              "match the reply, take the request off the receive list"};
    case ReplyPc::unmap_sync:
      return {"unmap_sync", "frwr_op_unmap_sync", "anything registered?"};
    case ReplyPc::linv_invalid:
      return {"linv_invalid", "frwr_op_unmap_sync", "fr_state = INVALID"};
    case ReplyPc::linv_done:
      return {"linv_done", "frwr_op_unmap_sync",
              "completion callback = frwr_wc_localinv, chain a LOCAL_INV"};
    case ReplyPc::linv_wake:
      return {"linv_wake", "frwr_op_unmap_sync",
              "last one: signaled, callback = frwr_wc_localinv_wake"};
    case ReplyPc::linv_post:
      return {"linv_post", "frwr_op_unmap_sync", "post the chain of LOCAL_INVs"};
    case ReplyPc::linv_wait:
      return {"linv_wait", "frwr_op_unmap_sync", "the last LOCAL_INV has completed"};
    case ReplyPc::disconnect:
      return {"disconnect", "frwr_op_unmap_sync", "post failed: rdma_disconnect"};
    case ReplyPc::reset_dereg:
      return {"reset_dereg", "frwr_op_unmap_sync", "reset an unposted MR: dereg_mr"};
    case ReplyPc::reset_alloc:
      return {"reset_alloc", "frwr_op_unmap_sync", "reset an unposted MR: alloc_mr"};
    case ReplyPc::reset_invalid:
      return {"reset_invalid", "frwr_op_unmap_sync", "reset an unposted MR: fr_state = INVALID"};
    case ReplyPc::unlink_first:
      return {"unlink_first", "frwr_op_unmap_sync", "take the first MR off the registered list"};
    case ReplyPc::unlink:
      return {"unlink", "frwr_op_unmap_sync", "take the next MR off the registered list"};
    case ReplyPc::dma_unmap:
      return {"dma_unmap", "frwr_op_unmap_sync", "DMA-unmap the scatterlist"};
    case ReplyPc::put:
      return {"put", "rpcrdma_put_mw", "put the MR on the free list"};
    case ReplyPc::complete:
      return {"complete", "xprt_complete_rqst", "the reply is here: wake the task"};
  }
  return {};
}

Label recover_label(RecoverPc pc) {
  switch (pc) {
    case RecoverPc::idle:
      return {"idle", "rpcrdma_mr_recovery_worker", "take an MR off the stale list"};
    case RecoverPc::snapshot:
      return {"snapshot", "frwr_op_recover_mr", "read fr_state"};
    case RecoverPc::dereg:
      return {"dereg", "frwr_op_recover_mr", "dereg_mr"};
    case RecoverPc::alloc:
      return {"alloc", "frwr_op_recover_mr", "alloc_mr"};
    case RecoverPc::set_invalid:
      return {"set_invalid", "frwr_op_recover_mr", "fr_state = INVALID"};
    case RecoverPc::dma_unmap:
      return {"dma_unmap", "frwr_op_recover_mr", "DMA-unmap the scatterlist"};
    case RecoverPc::put:
      return {"put", "rpcrdma_put_mw", "put the MR on the free list"};
    case RecoverPc::orphan_dma_unmap:
      return {"orphan_dma_unmap", "frwr_op_recover_mr",
              "the MR is given up: DMA-unmap the scatterlist"};
    case RecoverPc::release:
      return {"release", "frwr_op_release_mr", "the MR is given up: free it"};
  }
  return {};
}

/// If a task runs unmap_sync itself; two names are taken by inline recovery.
Label inline_unmap_sync_label(ReplyPc pc) {
  Label label = reply_label(pc);
  if (pc == ReplyPc::dma_unmap) label.name = "sync_dma_unmap";
  if (pc == ReplyPc::put) label.name = "sync_put";
  return label;
}

Label softirq_label(SoftirqPc pc) {
  switch (pc) {
    case SoftirqPc::poll:
      return {"poll", "__ib_process_cq", "take a completion"};
    case SoftirqPc::wc_fastreg:
      return {"wc_fastreg", "frwr_wc_fastreg", "flushed: fr_state = FLUSHED_FR"};
    case SoftirqPc::wc_localinv:
      return {"wc_localinv", "frwr_wc_localinv", "flushed: fr_state = FLUSHED_LI"};
    case SoftirqPc::wc_localinv_wake:
      return {"wc_localinv_wake", "frwr_wc_localinv_wake", "flushed: fr_state = FLUSHED_LI"};
    case SoftirqPc::wake:
      return {"wake", "frwr_wc_localinv_wake", "complete the waiter"};
  }
  return {};
}

Label connect_label(ConnectPc pc) {
  switch (pc) {
    case ConnectPc::idle:
      return {"idle", "xprt_rdma_connect_worker", "idle"};
    case ConnectPc::clear_connected:
      return {"clear_connected", "xprt_rdma_connect_worker", "clear CONNECTED"};
    case ConnectPc::disconnect:
      return {"disconnect", "rpcrdma_ep_disconnect", "rdma_disconnect"};
    case ConnectPc::wait_upcall:
      return {"wait_upcall", "rpcrdma_ep_disconnect", "the upcall has told of the disconnect"};
    case ConnectPc::post_marker:
      return {"post_marker", "ib_drain_qp", "post the drain marker"};
    case ConnectPc::drain:
      return {"drain", "ib_drain_qp", "the marker has completed: the QP is drained"};
    case ConnectPc::reset_pop:
      return {"reset_pop", "rpcrdma_reqs_reset",
              "take an MR off a request; none left: free all MRs, allocate new ones"};
    case ConnectPc::reset_unmap:
      return {"reset_unmap", "rpcrdma_reqs_reset", "DMA-unmap the scatterlist"};
    case ConnectPc::reset_put:
      return {"reset_put", "rpcrdma_reqs_reset", "put the MR on the free list"};
    case ConnectPc::swap_qp:
      return {"swap_qp", "rpcrdma_ep_connect", "create a QP and swap it in"};
    case ConnectPc::destroy_qp:
      return {"destroy_qp", "rpcrdma_ep_connect", "destroy the old QP"};
    case ConnectPc::connect:
      return {"connect", "rpcrdma_ep_connect", "rdma_connect"};
    case ConnectPc::wait_connected:
      return {"wait_connected", "rpcrdma_ep_connect", "the upcall has told the outcome"};
    case ConnectPc::wake_failed:
      return {"wake_failed", "xprt_rdma_connect_worker", "lost again: wake the tasks"};
    case ConnectPc::finish:
      return {"finish", "xprt_rdma_connect_worker", "clear CONNECTING"};
  }
  return {};
}

/// Of a lock that the policy adds to the kernel.
Label lock_label(unsigned step) {
  constexpr std::array<Label, 2 * most_locks> labels{{
      {"take_lock_1", "policy", "take lock 1"},
      {"take_lock_2", "policy", "take lock 2"},
      {"release_lock_1", "policy", "release lock 1"},
      {"release_lock_2", "policy", "release lock 2"},
  }};
  return step < labels.size() ? labels[step] : Label{};
}

}  // namespace

Label label_of(sim::ActorId actor, std::uint8_t step_id) {
  if (step_id >= first_take_lock && actor < lock_users) {
    return lock_label(static_cast<unsigned>(step_id - first_take_lock));
  }
  switch (role_of(actor)) {
    case Role::task:
      if (step_id > first_inline_unmap_sync) {
        return inline_unmap_sync_label(static_cast<ReplyPc>(step_id - first_inline_unmap_sync));
      }
      if (step_id > first_inline_recovery) {
        Label label = recover_label(static_cast<RecoverPc>(step_id - first_inline_recovery));
        if (label.name == "release") label.name = "release_mr";
        return label;
      }
      return task_label(static_cast<TaskPc>(step_id));
    case Role::reply_handler:
      return reply_label(static_cast<ReplyPc>(step_id));
    case Role::rnic:
      return {"execute", "RNIC", "execute or flush the oldest work request"};
    case Role::softirq:
      return softirq_label(static_cast<SoftirqPc>(step_id));
    case Role::recovery_worker:
      return recover_label(static_cast<RecoverPc>(step_id));
    case Role::refresh_worker:
      return {"refresh", "rpcrdma_mr_refresh_worker", "add new MRs to the free list"};
    case Role::connect_worker:
      return connect_label(static_cast<ConnectPc>(step_id));
    case Role::rep_connect_worker:
      return {"rep_connect", "rpcrdma_connect_worker",
              "bump the connect cookie, set or clear CONNECTED, wake the tasks"};
    case Role::conn_upcall:
      return {"upcall", "rpcrdma_conn_upcall", "note the connection's state, schedule rep_connect"};
    case Role::link:
      return step_id == link_establishes
                 ? Label{"establish", "link", "the new connection is established"}
                 : Label{"lose", "link", "the connection is lost"};
    case Role::server:
      return {"reply", "server", "a reply arrives"};
    case Role::signal:
      return {"signal", "rpc_exit", "a signal or a soft timeout ends an RPC where it sleeps"};
    case Role::timer:
      return {"timeout", "xprt_timer", "a minor timeout wakes a task that waits for its reply"};
  }
  return {};
}

}  // namespace model
