// SPDX-License-Identifier: MIT
//
// Where the race is.
//
// The losing timeline, as upstream 18c0fb31a034 ("xprtrdma: Properly recover
// FRWRs with in-flight FASTREG WRs") tells it:
//
//   RPC task          op_map(MR 1): fr_state = VALID, map, post FASTREG
//   link              connection lost, QP to error
//   RPC task          op_map(MR 2): post rejected, -ENOTCONN
//                     marshal error path: unmap_safe defers MR 1
//   recovery worker   recover_mr(MR 1): dereg, alloc, fr_state = INVALID,
//                     DMA unmap, free list
//   RNIC, softirq     MR 1's FASTREG flushes; frwr_wc_fastreg:
//                     fr_state = FLUSHED_FR           <- too late: poisoned
//   RPC task          (reconnected) op_map takes MR 1: "not INVALID", defer
//   recovery worker   recover_mr(MR 1): DMA unmap     <- the second one
//
// The functions below are those of net/sunrpc/xprtrdma/frwr_ops.c (v4.9) that
// this timeline visits, in its order: op_map, the marshal loop's bookkeeping
// (rpc_rdma.c), unmap_safe, recover_mr, the completion handlers. Every `case` is
// one step: what other contexts can get between is between two cases.
#pragma once

#include "model/dma.h"
#include "model/mr_lists.h"
#include "model/rnic.h"

namespace model {

/// Outcomes of the step op_map_dma_map, and of prepare_send_sges (ok, fails).
enum class MapOutcome : std::uint8_t { ok, dma_map_fails, map_mr_sg_fails };

/// rpcrdma_marshal_req goes on: with the next segment, or with preparing the
/// Send, which is a local matter unless it may fail.
template <class Sink>
void continue_marshal(Kernel<Sink>& k, RpcId id) {
  Rpc& rpc = k.world.rpc(id);
  if (rpc.segment < k.setup.rpc(id).segments()) {
    rpc.pc = TaskPc::op_map_get;
  } else {
    rpc.segment = 0;
    rpc.pc =
        k.world.faults_left.prepare_send > 0 ? TaskPc::prepare_send_sges : TaskPc::check_cookie;
  }
}

/// rpcrdma_marshal_req begins.
template <class Sink>
void start_marshal(Kernel<Sink>& k, RpcId id) {
  k.world.rpc(id).unmap_for = UnmapFor::none;
  k.world.rpc(id).segment = 0;
  continue_marshal(k, id);
}

/// rpcrdma_marshal_req has failed and dealt with the MRs: how
/// xprt_rdma_send_request, xprt_transmit and call_transmit_status go on.
template <class Sink>
void marshal_has_failed(Kernel<Sink>& k, RpcId id) {
  Rpc& rpc = k.world.rpc(id);
  rpc.unmap_for = UnmapFor::none;
  switch (rpc.status) {
    case Status::notconn:
      rpc.pc = TaskPc::drop_connection;
      break;
    case Status::nobufs:  // keeps the transport
      rpc.pc = TaskPc::call_status;
      break;
    default:
      rpc.pc = TaskPc::end_transmit;
      break;
  }
}

/// rpcrdma_marshal_req's error path. Here the policies differ.
template <class Sink>
void fail_marshal(Kernel<Sink>& k, RpcId id, Status status) {
  Rpc& rpc = k.world.rpc(id);
  rpc.status = status;
  rpc.segment = 0;
  k.tell({.kind = EventKind::marshal_failed, .rpc = id, .to = static_cast<std::uint8_t>(status)});
  if (k.setup.policy.unmap_on_marshal_error) {
    rpc.unmap_for = UnmapFor::marshal_error;
    rpc.pc = TaskPc::unmap_safe_pop;
  } else {
    marshal_has_failed(k, id);
  }
}

/// frwr_op_map and the loop around it (rpcrdma_encode_read_list, _write_list,
/// _reply_chunk), then rpcrdma_prepare_send_sges.
template <class Sink>
void marshal_step(Kernel<Sink>& k, RpcId id, MapOutcome outcome) {
  World& w = k.world;
  Rpc& rpc = w.rpc(id);
  switch (rpc.pc) {
    case TaskPc::op_map_get:
      rpc.mr = list_take(k, w.free_head);
      if (rpc.mr != 0) {
        rpc.pc = TaskPc::op_map_test;
      } else {
        // rpcrdma_get_mw kicks the refresh worker on its way out.
        if (k.setup.refresh_batch > 0) w.refresh_scheduled = 1;
        fail_marshal(k, id, Status::nobufs);
      }
      break;

    case TaskPc::op_map_test:
      rpc.pc = w.mr(rpc.mr).fr_state == FrState::is_invalid ? TaskPc::op_map_set_valid
                                                            : TaskPc::op_map_defer;
      break;

    case TaskPc::op_map_defer:
      defer_mr_recovery(k, rpc.mr);
      rpc.mr = 0;
      rpc.pc = TaskPc::op_map_get;
      break;

    case TaskPc::op_map_set_valid:
      // Before anything is mapped. The scatterlist is this request's from here.
      k.set_fr_state(rpc.mr, FrState::is_valid);
      if (w.mr(rpc.mr).dma == DmaState::unmapped) w.mr(rpc.mr).dma = DmaState::none;
      rpc.pc = TaskPc::op_map_dma_map;
      break;

    case TaskPc::op_map_dma_map:
      if (outcome == MapOutcome::dma_map_fails) {
        --w.faults_left.dma_map;
      } else {
        dma_map(k, rpc.mr, id, k.setup.rpc(id).direction(rpc.segment));
        if (outcome == MapOutcome::map_mr_sg_fails) --w.faults_left.map_mr_sg;
      }
      if (outcome == MapOutcome::ok) {
        rpc.pc = TaskPc::op_map_set_done;
      } else {
        rpc.status = Status::io;
        rpc.pc = TaskPc::op_map_error_defer;
      }
      break;

    case TaskPc::op_map_set_done:
      w.mr(rpc.mr).done = Done::wc_fastreg;
      k.tell({.kind = EventKind::rkey_bump, .mr = rpc.mr});
      rpc.pc = TaskPc::op_map_post;
      break;

    case TaskPc::op_map_post:
      if (post(k, Wr(WrKind::fastreg, rpc.mr))) {
        rpc.pc = TaskPc::marshal_add;
      } else {
        rpc.status = Status::notconn;
        rpc.pc = TaskPc::op_map_error_defer;
      }
      break;

    case TaskPc::op_map_error_defer:
      defer_mr_recovery(k, rpc.mr);
      rpc.mr = 0;
      fail_marshal(k, id, rpc.status);
      break;

    case TaskPc::marshal_add:
      list_add(k, rpc.registered, rpc.mr, Place::registered, id);
      rpc.mr = 0;
      ++rpc.segment;
      continue_marshal(k, id);
      break;

    case TaskPc::prepare_send_sges:
      if (outcome == MapOutcome::ok) {
        rpc.pc = TaskPc::check_cookie;
      } else {
        --w.faults_left.prepare_send;
        fail_marshal(k, id, Status::io);
      }
      break;

    default:
      break;
  }
}

/// frwr_op_recover_mr. Where a FLUSHED_FR lands decides everything: before r1 or
/// between r1 and r4 it is harmless, after r4 it poisons the MR.
template <class Sink>
void recover_step(Kernel<Sink>& k, Recovery& r) {
  World& w = k.world;
  switch (r.pc) {
    case RecoverPc::snapshot:  // r1
      r.snapshot = w.mr(r.mr).fr_state;
      if (fastreg_in_flight(w, r.mr)) {
        k.tell({.kind = EventKind::observed,
                .mr = r.mr,
                .to = static_cast<std::uint8_t>(Invariant::recovery_of_in_flight_mr)});
      }
      r.pc = RecoverPc::dereg;
      break;
    case RecoverPc::dereg:  // r2, sleeps
      dereg_mr(k, r.mr);
      r.pc = RecoverPc::alloc;
      break;
    case RecoverPc::alloc:  // r3, sleeps
      k.tell({.kind = EventKind::alloc, .mr = r.mr});
      r.pc = RecoverPc::set_invalid;
      break;
    case RecoverPc::set_invalid:  // r4
      k.set_fr_state(r.mr, FrState::is_invalid);
      // A LOCAL_INV's MR was unmapped by unmap_sync already.
      r.pc = r.snapshot == FrState::flushed_li ? RecoverPc::put : RecoverPc::dma_unmap;
      r.snapshot = FrState{};
      break;
    case RecoverPc::dma_unmap:  // r5
      dma_unmap(k, r.mr);
      r.pc = RecoverPc::put;
      break;
    case RecoverPc::put:  // r6
      put_mr(k, r.mr);
      r = Recovery{};
      break;
    case RecoverPc::idle:
      break;
  }
}

/// frwr_op_unmap_safe: on retransmit, on a failed marshal (pre-fix), and when
/// the request is freed.
template <class Sink>
void unmap_safe_step(Kernel<Sink>& k, RpcId id) {
  Rpc& rpc = k.world.rpc(id);
  switch (rpc.pc) {
    case TaskPc::unmap_safe_pop: {
      const MrId mr = list_take(k, rpc.registered, id);
      if (mr == 0) {
        if (rpc.unmap_for == UnmapFor::retransmit) return start_marshal(k, id);
        if (rpc.unmap_for == UnmapFor::marshal_error) return marshal_has_failed(k, id);
        rpc.unmap_for = UnmapFor::none;
        rpc.pc = TaskPc::free_buffer;
      } else if (rpc.unmap_for == UnmapFor::free && !k.setup.rpc(id).async) {
        rpc.recovery = {RecoverPc::snapshot, mr, FrState{}};
        rpc.pc = TaskPc::unmap_safe_recover;
      } else {
        rpc.mr = mr;
        rpc.pc = TaskPc::unmap_safe_defer;
      }
      break;
    }
    case TaskPc::unmap_safe_defer:
      defer_mr_recovery(k, rpc.mr);
      rpc.mr = 0;
      rpc.pc = TaskPc::unmap_safe_pop;
      break;
    case TaskPc::unmap_safe_recover:
      recover_step(k, rpc.recovery);
      if (rpc.recovery.pc == RecoverPc::idle) rpc.pc = TaskPc::unmap_safe_pop;
      break;
    default:
      break;
  }
}

inline bool softirq_enabled(const World& w) {
  return w.softirq.pc != SoftirqPc::poll || w.completions.size > 0;
}

/// The send-CQ softirq: takes one completion and looks up its callback, which
/// the MR's next post overwrites; then the handler writes fr_state, with no lock
/// and no look at what is there. (frwr_wc_fastreg, frwr_wc_localinv, _wake.)
template <class Sink>
void softirq_step(Kernel<Sink>& k) {
  World& w = k.world;
  Softirq& s = w.softirq;
  switch (s.pc) {
    case SoftirqPc::poll: {
      const Wr wc = pop(w.completions);
      k.tell({.kind = EventKind::polled, .wr = wc});
      if (wc.kind() == WrKind::drain_marker) w.drained = 1;
      if (!names_mr(wc)) break;
      const Done done = w.mr(wc.subject()).done;
      forget_dead_callback(w, wc.subject());
      if (done == Done::wc_localinv_wake) {
        s = {wc.flag() ? SoftirqPc::wc_localinv_wake : SoftirqPc::wake, wc.subject()};
      } else if (wc.flag()) {
        s = {done == Done::wc_fastreg ? SoftirqPc::wc_fastreg : SoftirqPc::wc_localinv,
             wc.subject()};
      }
      break;
    }
    case SoftirqPc::wc_fastreg:
      k.set_fr_state(s.mr, FrState::flushed_fr);
      s = Softirq{};
      break;
    case SoftirqPc::wc_localinv:
      k.set_fr_state(s.mr, FrState::flushed_li);
      s = Softirq{};
      break;
    case SoftirqPc::wc_localinv_wake:
      k.set_fr_state(s.mr, FrState::flushed_li);
      s.pc = SoftirqPc::wake;
      break;
    case SoftirqPc::wake:
      w.mr(s.mr).linv_done = 1;
      s = Softirq{};
      break;
  }
}

}  // namespace model
