// SPDX-License-Identifier: MIT
//
// The race itself.
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
// The functions below are those of net/sunrpc/xprtrdma/frwr_ops.c (v4.9) that this
// timeline visits, in its order: op_map, the marshal loop's bookkeeping (rpc_rdma.c),
// unmap_safe, recover_mr, the completion handlers. Every `case` is one step: other
// contexts can take steps between two cases.
#pragma once

#include "model/actors.h"
#include "model/kernel/dma.h"
#include "model/kernel/mr_lists.h"
#include "model/kernel/rnic.h"

namespace model {

/// rpcrdma_marshal_req continues: with the next segment, or with preparing the Send,
/// which is a local matter unless it may fail.
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

/// rpcrdma_marshal_req has failed and has finished with the MRs: how
/// xprt_rdma_send_request, xprt_transmit and call_transmit_status continue.
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
  switch (k.setup.policy.failed_marshal) {
    case FailedMarshal::leaves_registered:
      if (!k.mutant(Mutant::failed_marshal_unmaps)) return marshal_has_failed(k, id);
      [[fallthrough]];
    case FailedMarshal::unmap_safe:
      rpc.unmap_for = UnmapFor::marshal_error;
      rpc.pc = TaskPc::unmap_safe_pop;
      break;
    case FailedMarshal::drain_unmap_safe:
      rpc.pc = TaskPc::drain_post;
      break;
    case FailedMarshal::put_back:
      rpc.pc = TaskPc::put_back_pop;
      break;
  }
}

/// What the policies other than the two upstream ones do after a failed marshal: drain
/// the QP (ib_drain_sq, which first moves it to error), or unmap the MRs and put them
/// back (frwr_reset).
template <class Sink>
void failed_marshal_step(Kernel<Sink>& k, RpcId id) {
  World& w = k.world;
  Rpc& rpc = w.rpc(id);
  switch (rpc.pc) {
    case TaskPc::drain_post:
      if (w.qp == QpState::rts) lose_connection(k);
      post_marker(k, id);
      rpc.pc = TaskPc::drain_wait;
      break;
    case TaskPc::drain_wait:
      w.drained &= static_cast<std::uint8_t>(~(1u << id));
      rpc.unmap_for = UnmapFor::marshal_error;
      rpc.pc = TaskPc::unmap_safe_pop;
      break;
    case TaskPc::put_back_pop:
      rpc.mr = list_take(k, rpc.registered, id);
      if (rpc.mr == 0) return marshal_has_failed(k, id);
      rpc.pc = TaskPc::put_back_unmap;
      break;
    case TaskPc::put_back_unmap:
      dma_unmap(k, rpc.mr);
      rpc.pc = TaskPc::put_back_put;
      break;
    case TaskPc::put_back_put:
      put_back(k, rpc.mr);
      rpc.mr = 0;
      rpc.pc = TaskPc::put_back_pop;
      break;
    default:
      break;
  }
}

/// frwr_op_map and the loop around it (rpcrdma_encode_read_list, _write_list,
/// _reply_chunk), then rpcrdma_prepare_send_sges.
template <class Sink>
void marshal_step(Kernel<Sink>& k, RpcId id, Fault fault) {
  World& w = k.world;
  Rpc& rpc = w.rpc(id);
  switch (rpc.pc) {
    case TaskPc::op_map_get:
      rpc.mr = list_take(k, w.free_head);
      if (rpc.mr != 0) {
        rpc.pc = TaskPc::op_map_test;
      } else {
        // rpcrdma_get_mw kicks the refresh worker on its way out.
        const bool replaces = k.setup.policy.recover == Recover::destroy;
        if (k.setup.refresh_batch > 0 || replaces) {
          w.refresh_scheduled = k.mutant(Mutant::refresh_is_not_scheduled) ? 0 : 1;
        }
        fail_marshal(k, id, Status::nobufs);
      }
      break;

    case TaskPc::op_map_test:
      if (w.mr(rpc.mr).fr_state == FrState::is_invalid || k.mutant(Mutant::any_state_is_mapped)) {
        rpc.pc = TaskPc::op_map_set_valid;
      } else {
        rpc.pc = TaskPc::op_map_defer;
      }
      break;

    case TaskPc::op_map_defer:
      if (!k.mutant(Mutant::not_invalid_is_lost)) defer_mr_recovery(k, rpc.mr);
      rpc.mr = 0;
      rpc.pc = TaskPc::op_map_get;
      break;

    case TaskPc::op_map_set_valid:
      // Before anything is mapped. The scatterlist is this request's from here.
      if (!k.mutant(Mutant::valid_is_not_set)) k.set_fr_state(rpc.mr, FrState::is_valid);
      if (w.mr(rpc.mr).dma == DmaState::unmapped) w.mr(rpc.mr).dma = DmaState::none;
      if (k.setup.notes_requests) w.rare.watched[rpc.mr - 1u].set_rpc(id);
      rpc.pc = TaskPc::op_map_dma_map;
      break;

    case TaskPc::op_map_dma_map:
      if (fault == Fault::dma_map) {
        --w.faults_left.dma_map;
      } else {
        dma_map(k, rpc.mr, id, k.setup.rpc(id).direction(rpc.segment));
        if (fault == Fault::map_mr_sg) --w.faults_left.map_mr_sg;
      }
      if (fault == Fault::none) {
        rpc.pc = TaskPc::op_map_set_done;
      } else {
        rpc.status = Status::io;
        const bool puts_back =
            fault == Fault::dma_map && k.setup.policy.failed_map == FailedMap::put_back;
        rpc.pc = puts_back ? TaskPc::op_map_error_put : TaskPc::op_map_error_defer;
      }
      break;

    case TaskPc::op_map_set_done:
      w.mr(rpc.mr).done =
          k.mutant(Mutant::fastreg_keeps_callback) ? Done::wc_localinv : Done::wc_fastreg;
      k.tell({.kind = EventKind::rkey_bump, .mr = rpc.mr});
      rpc.pc = k.setup.policy.post_fastreg == PostFastreg::with_send ? TaskPc::marshal_add
                                                                     : TaskPc::op_map_post;
      break;

    case TaskPc::op_map_post:
      if (post(k, Wr(WrKind::fastreg, rpc.mr)) || k.mutant(Mutant::rejected_fastreg_is_ignored)) {
        rpc.pc = TaskPc::marshal_add;
      } else {
        rpc.status = Status::notconn;
        rpc.pc = TaskPc::op_map_error_defer;
      }
      break;

    case TaskPc::op_map_error_defer:
      if (!k.mutant(Mutant::rejected_is_lost)) defer_mr_recovery(k, rpc.mr);
      rpc.mr = 0;
      fail_marshal(k, id, rpc.status);
      break;

    case TaskPc::op_map_error_put:
      put_back(k, rpc.mr);
      rpc.mr = 0;
      fail_marshal(k, id, rpc.status);
      break;

    case TaskPc::marshal_add:
      if (!k.mutant(Mutant::registered_is_not_listed)) {
        list_add(k, rpc.registered, rpc.mr, Place::registered, id);
      }
      rpc.mr = 0;
      ++rpc.segment;
      continue_marshal(k, id);
      break;

    case TaskPc::prepare_send_sges:
      if (fault == Fault::none) {
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

/// The MR of a LOCAL_INV was unmapped by unmap_sync already.
template <class Sink>
bool is_unmapped_by(const Kernel<Sink>& k, const Recovery& r) {
  return r.snapshot != FrState::flushed_li || k.mutant(Mutant::flushed_li_is_unmapped);
}

/// The MR will not be used again: unmap it, if needed, and release it.
inline void orphan(Recovery& r) {
  r.pc = r.snapshot == FrState::flushed_li ? RecoverPc::release : RecoverPc::orphan_dma_unmap;
  r.snapshot = FrState{};
}

/// frwr_op_release_mr: its memory is freed, even if something still names it.
template <class Sink>
void release_mr(Kernel<Sink>& k, MrId id) {
  if (k.world.mr(id).place != Place::in_hand) return k.violate(Invariant::mr_on_one_list, id);
  dereg_mr(k, id);
  move_mr(k, id, Place::released);
  const DmaState dma = k.world.mr(id).dma;
  k.world.mr(id) = Mr{};
  k.world.rare.iova[id - 1u] = 0;
  k.world.mr(id).place = Place::released;
  if (dma == DmaState::mapped) k.world.mr(id).dma = dma;  // leaked
  if (k.setup.notes_requests) forget_request(k.world, id);
}

/// frwr_op_recover_mr. When a FLUSHED_FR is written decides everything: before r1 or
/// between r1 and r4 it is harmless, after r4 it poisons the MR.
template <class Sink>
void recover_step(Kernel<Sink>& k, Recovery& r, Fault fault) {
  World& w = k.world;
  switch (r.pc) {
    case RecoverPc::snapshot:  // r1
      r.snapshot = w.mr(r.mr).fr_state;
      if (k.watches(Invariant::recovery_of_in_flight_mr) && fastreg_in_flight(w, r.mr)) {
        k.violate(Invariant::recovery_of_in_flight_mr, r.mr);
      }
      r.pc = RecoverPc::dereg;
      if (k.setup.policy.recover == Recover::destroy) orphan(r);
      break;
    case RecoverPc::dereg:  // r2, sleeps
      if (fault == Fault::reset) {
        --w.faults_left.reset;
        orphan(r);
        break;
      }
      dereg_mr(k, r.mr);
      r.pc = RecoverPc::alloc;
      break;
    case RecoverPc::alloc:  // r3, sleeps
      if (fault == Fault::reset) {
        --w.faults_left.reset;
        orphan(r);
        break;
      }
      k.tell({.kind = EventKind::alloc, .mr = r.mr});
      r.pc = RecoverPc::set_invalid;
      break;
    case RecoverPc::set_invalid:  // r4
      if (!k.mutant(Mutant::reset_leaves_state)) k.set_fr_state(r.mr, FrState::is_invalid);
      r.pc = is_unmapped_by(k, r) ? RecoverPc::dma_unmap : RecoverPc::put;
      r.snapshot = FrState{};
      if (k.mutant(Mutant::recovered_is_put_first) && r.pc == RecoverPc::dma_unmap) {
        put_mr(k, r.mr);
      }
      break;
    case RecoverPc::dma_unmap:  // r5
      if (!k.mutant(Mutant::recovered_is_not_unmapped)) dma_unmap(k, r.mr);
      r.pc = RecoverPc::put;
      if (k.mutant(Mutant::recovered_is_put_first)) r = Recovery{};
      break;
    case RecoverPc::orphan_dma_unmap:
      dma_unmap(k, r.mr);
      r.pc = RecoverPc::release;
      break;
    case RecoverPc::release:
      release_mr(k, r.mr);
      r = Recovery{};
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
void unmap_safe_step(Kernel<Sink>& k, RpcId id, Fault fault) {
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
      recover_step(k, rpc.recovery, fault);
      if (rpc.recovery.pc == RecoverPc::idle) rpc.pc = TaskPc::unmap_safe_pop;
      break;
    default:
      break;
  }
}

/// If FASTREGs are posted with the Send: whether this MR's is not posted yet.
inline bool waits_for_its_post(const World& w, MrId id) {
  for (const Rpc& rpc : w.rpcs) {
    if (rpc.pc < TaskPc::op_map_get || rpc.pc > TaskPc::post_send) continue;
    for (MrId mr = rpc.registered; mr != 0; mr = w.mr(mr).next) {
      if (mr == id) return true;
    }
  }
  return false;
}

/// A flushed FASTREG's completion comes too late if its MR is no longer as the
/// op_map that posted it left it: recovered, given up, or in use again.
inline bool fastreg_is_stale(const Setup& setup, const World& w, MrId id) {
  const Mr& mr = w.mr(id);
  if (mr.fr_state != FrState::is_valid) return true;
  for (const Rpc& rpc : w.rpcs) {
    if (rpc.mr == id && rpc.pc > TaskPc::op_map_set_valid && rpc.pc <= TaskPc::op_map_error_put) {
      return true;
    }
  }
  if (fastreg_is_queued(w, id)) return true;
  return setup.policy.post_fastreg == PostFastreg::with_send && waits_for_its_post(w, id);
}

/// Whether it is at work, or a completion is there to be polled.
inline bool softirq_enabled(const World& w) {
  return w.softirq.pc != SoftirqPc::poll || w.completions.size > 0;
}

/// What a handler writes when its WR was flushed.
template <class Sink>
void mark_flushed(Kernel<Sink>& k, MrId id, FrState state) {
  if (k.world.mr(id).place == Place::released) return k.violate(Invariant::use_after_free, id);
  const bool of_fastreg = state == FrState::flushed_fr;
  switch (k.setup.policy.flush) {
    case Flush::marks:
      break;
    case Flush::marks_if_valid:
      if (of_fastreg && k.world.mr(id).fr_state != FrState::is_valid) return;
      break;
    case Flush::marks_nothing:
      return;
  }
  if (k.mutant(of_fastreg ? Mutant::flush_is_not_marked
                          : Mutant::invalidation_flush_is_not_marked)) {
    return;
  }
  k.set_fr_state(id, state);
}

/// The send-CQ softirq: takes one completion and looks up its callback, which the MR's
/// next post overwrites. Then the handler writes fr_state, without a lock and without
/// reading the old value. (frwr_wc_fastreg, frwr_wc_localinv, _wake.)
template <class Sink>
void softirq_step(Kernel<Sink>& k) {
  World& w = k.world;
  Softirq& s = w.softirq;
  switch (s.pc) {
    case SoftirqPc::poll: {
      const Wr wc = pop(w.completions);
      k.tell({.kind = EventKind::polled, .wr = wc});
      if (wc.kind() == WrKind::drain_marker)
        w.drained |= static_cast<std::uint8_t>(1u << wc.subject());
      if (!names_mr(wc)) break;
      if (w.mr(wc.subject()).place == Place::released) {
        // The completion entry, and the callback in it, were part of the MR.
        k.violate(Invariant::use_after_free, wc.subject());
        break;
      }
      const Done done = w.mr(wc.subject()).done;
      forget_dead_callback(w, wc.subject());
      if (done == Done::wc_localinv_wake) {
        const bool marks = wc.flag() || k.mutant(Mutant::success_is_marked);
        s = {marks ? SoftirqPc::wc_localinv_wake : SoftirqPc::wake, wc.subject()};
      } else if (wc.flag()) {
        s = {done == Done::wc_fastreg ? SoftirqPc::wc_fastreg : SoftirqPc::wc_localinv,
             wc.subject()};
      }
      break;
    }
    case SoftirqPc::wc_fastreg:
      if (k.watches(Invariant::stale_completion) && fastreg_is_stale(k.setup, w, s.mr)) {
        k.violate(Invariant::stale_completion, s.mr);
      }
      mark_flushed(k, s.mr, FrState::flushed_fr);
      s = Softirq{};
      break;
    case SoftirqPc::wc_localinv:
      mark_flushed(k, s.mr, FrState::flushed_li);
      s = Softirq{};
      break;
    case SoftirqPc::wc_localinv_wake:
      mark_flushed(k, s.mr, FrState::flushed_li);
      s.pc = SoftirqPc::wake;
      break;
    case SoftirqPc::wake:
      if (w.mr(s.mr).place == Place::released) {
        k.violate(Invariant::use_after_free, s.mr);
      } else {
        w.mr(s.mr).linv_done = 1;
      }
      s = Softirq{};
      break;
  }
}

}  // namespace model
