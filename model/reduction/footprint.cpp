// SPDX-License-Identifier: MIT
//
// Per program counter, what the next step touches.
//
// What is not listed conflicts with everything: a new step costs reduction until it is
// listed, never soundness.
#include "model/actors.h"
#include "model/kernel/connection.h"
#include "model/reduction/footprint_objects.h"

namespace model {

using namespace objects;

namespace {

using sim::ActorId;
/// fr_state, callback and mapping of the MR in hand; steps r1 to r5. r6 is `put`.
Footprint of_recovery(const Recovery& r) {
  if (r.pc == RecoverPc::put) return {linv, free_tail | of_mr(r.mr)};
  return writes(of_mr(r.mr));
}

/// A post: its result depends on the QP.
Footprint of_post() { return {qp, sq_tail}; }

/// Onto the stale list. The MR's contents are left alone.
Footprint of_defer() { return writes(stale | quiet); }

Footprint of_task(const Setup& setup, const World& w, RpcId id) {
  const Rpc& rpc = w.rpc(id);
  const Objects pins = setup.guards.reply_pins_request ? replies : 0;
  const Objects mr = of_mr(rpc.mr);
  switch (rpc.pc) {
    case TaskPc::call_connect:
    case TaskPc::connect_test:
      return reads(connected);
    case TaskPc::connect_lock:
      return writes(lock);
    case TaskPc::connect_lock_wait:
      // It has been given the lock, and keeps it.
      return nothing;
    case TaskPc::connect_sleep:
      return {connected, sleep_of(id)};
    case TaskPc::connect_start:
      return {connected | ep | news, connecting};
    case TaskPc::connect_unlock:
    case TaskPc::end_transmit:
      return writes(lock);
    case TaskPc::connect_wait:
      // Awake: its status will not change. Asleep: the timer, which waits for much.
      return rpc.on_pending ? unknown : nothing;
    case TaskPc::prepare_transmit:
      if (rpc.reply_received) return nothing;
      return {request(id) | connected | pins, lock};
    case TaskPc::transmit_lock_wait:
      return reads(pins | (setup.guards.wake_means_reconnect ? connected : 0));
    case TaskPc::transmit:
      return writes(request(id));
    case TaskPc::send_request:
      return reads(request(id) | faults_of(w));
    case TaskPc::check_cookie:
      return writes(cookie);
    case TaskPc::post_send:
      // The Send may close the window in which a loss is possible.
      return of_post() | writes(setup.loss_before_send_of == id ? qp : 0);
    case TaskPc::drop_connection:
      return {pins, connected | sleeps};
    case TaskPc::transmit_done:
      return {connected | request(id), sleep_of(id)};
    case TaskPc::call_status:
      // Awake: its status will not change. reply_received is set once and for all.
      return reads(rpc.reply_received ? 0 : request(id));
    case TaskPc::release:
      return writes(request(id) | (w.locked_by == id ? lock : 0));
    case TaskPc::free_buffer:
      return writes(request(id));

    case TaskPc::unmap_safe_pop:
      if ((of_mr(rpc.registered) & held_by_handlers(w)) != 0) return unknown;
      return {faults_of(w), request(id)};
    case TaskPc::unmap_safe_defer:
    case TaskPc::op_map_defer:
    case TaskPc::op_map_error_defer:
      return (mr & held_by_handlers(w)) != 0 ? unknown : of_defer();
    case TaskPc::unmap_safe_recover:
      return of_recovery(rpc.recovery);

    case TaskPc::op_map_get: {
      if (w.free_head == 0) return unknown;
      // Whether it is free matters to a context that would forget its callback, if it
      // has one, and to a handler whose walk was led here.
      const Mr& first = w.mr(w.free_head);
      const bool has_callback = first.done != Done::unset || first.linv_done != 0;
      const bool is_named = (of_mr(w.free_head) & (named_in(w.send_queue) | named_by_softirq(w) |
                                                   held_by_handlers(w))) != 0;
      return has_callback || is_named ? unknown : writes(free_head);
    }
    case TaskPc::op_map_test:
    case TaskPc::op_map_set_valid:
    case TaskPc::op_map_set_done:
      return writes(mr);
    case TaskPc::op_map_dma_map:
      return writes(mr | faults_of(w));
    case TaskPc::op_map_post:
      return of_post() | writes(quiet);
    case TaskPc::marshal_add:
      if ((mr & held_by_handlers(w)) != 0) return unknown;
      return {faults_of(w), request(id)};
    case TaskPc::prepare_send_sges:
      return writes(faults);
    default:
      return unknown;
  }
}

Footprint of_reply_handler(const Setup& setup, const World& w, RpcId id) {
  const ReplyHandler& h = w.handler(id);
  const Objects pins = setup.guards.reply_pins_request ? replies : 0;
  const Objects mr = of_mr(h.mr);
  switch (h.pc) {
    case ReplyPc::idle:
      // Until it is taken a reply counts as work left, and its handling does too.
      return writes(request(id) | (would_match(w.rpc(id)) ? 0 : pins));
    case ReplyPc::unmap_sync:
      return {request(id), linv};
    case ReplyPc::linv_invalid:
      return writes(mr);
    case ReplyPc::linv_done:
      return {request(id), linv | mr};
    case ReplyPc::linv_wake:
      return writes(mr);
    case ReplyPc::linv_post:
    case ReplyPc::linv_wait:
      // One that is free already has a callback that may be forgotten now, if no
      // WR names it.
      if ((held_by(w, h) & on_list(w, w.free_head)) != 0) return unknown;
      return (h.pc == ReplyPc::linv_post ? of_post() : nothing) | writes(linv | held_by(w, h));
    case ReplyPc::disconnect:
      return w.qp == QpState::rts ? unknown : reads(qp | request(id));
    case ReplyPc::reset_dereg:
    case ReplyPc::reset_alloc:
      return writes(mr);
    case ReplyPc::reset_invalid:
      return {request(id), mr};
    case ReplyPc::unlink_first:
    case ReplyPc::unlink:
      return writes(request(id));
    case ReplyPc::dma_unmap:
      return writes(mr);
    case ReplyPc::put:
      return {linv, free_tail | mr};
    case ReplyPc::complete:
      // Work is left until then, and may be afterwards.
      return writes(request(id) | sleep_of(id) | pins);
  }
  return unknown;
}

Footprint of_rnic(const World& w) {
  const Wr wr = w.send_queue.items[0];
  if (w.qp != QpState::rts) {
    // Flushed, whether its MR has been replaced or not. The QP is not up again before
    // it has been destroyed, which needs the marker, which needs this step. A FASTREG keeps the
    // machinery busy as WR and as completion, another WR only as completion.
    const bool stays_busy = wr.kind() == WrKind::fastreg;
    return writes(sq_head | cq_tail | (stays_busy ? 0 : quiet));
  }
  if (names_mr(wr) && wr.flag()) return unknown;
  const Footprint pop{qp, sq_head};
  switch (wr.kind()) {
    case WrKind::send:
      return pop | writes(server);
    case WrKind::fastreg:
    case WrKind::local_inv:
      return pop | writes(of_mr(wr.subject()));
    case WrKind::local_inv_signaled:
      return pop | writes(of_mr(wr.subject()) | cq_tail | quiet);
    default:
      return unknown;
  }
}

Footprint of_softirq(const World& w) {
  if (w.softirq.pc != SoftirqPc::poll) return writes(of_mr(w.softirq.mr));
  const Wr wc = w.completions.items[0];
  // The marker's completion enables the connect worker, which waits for it.
  if (!names_mr(wc)) return writes(cq_head);
  return {linv, cq_head | of_mr(wc.subject())};
}

Footprint of_connect_worker(const Setup& setup, const World& w) {
  const bool down = w.qp != QpState::rts;  // and only this worker can change that
  switch (w.connect) {
    case ConnectPc::clear_connected:
      return writes(connected);
    case ConnectPc::disconnect:
      return down ? nothing : unknown;
    case ConnectPc::wait_upcall:
      return reads(ep);
    case ConnectPc::post_marker:
      return writes(sq_tail);
    case ConnectPc::drain:
      return reads(setup.guards.drain_covers_replies ? replies : 0);
    case ConnectPc::swap_qp:
      return down ? writes(qp) : unknown;
    case ConnectPc::wait_connected:
      return reads(ep);
    case ConnectPc::wake_failed:
      return {replies, sleeps};
    case ConnectPc::finish:
      return writes(connecting);
    case ConnectPc::reset_pop:
    case ConnectPc::reset_unmap:
    case ConnectPc::reset_put:
    case ConnectPc::destroy_qp:
    case ConnectPc::connect:
    case ConnectPc::idle:
      break;
  }
  return unknown;
}

Footprint of_conn_upcall(const World& w) {
  // Established, or lost for the first time: no more news of the kind can come
  // before the endpoint's state has changed, and until then the connection counts
  // as unsettled, and as about to be up or not, as it does afterwards.
  const bool only_news =
      w.established_upcall || (w.ep == EpState::connected && w.qp != QpState::rts);
  return writes(ep | (only_news ? 0 : news));
}

Footprint step_footprint(const Setup& setup, const World& w, ActorId actor) {
  switch (role_of(actor)) {
    case Role::task:
      return of_task(setup, w, rpc_of(actor));
    case Role::reply_handler:
      return of_reply_handler(setup, w, rpc_of(actor));
    case Role::rnic:
      return of_rnic(w);
    case Role::softirq:
      return of_softirq(w);
    case Role::recovery_worker:
      // Taking an MR: the machinery is busy before and after.
      return w.recovery.pc == RecoverPc::idle ? writes(stale) : of_recovery(w.recovery);
    case Role::refresh_worker:
      return writes(free_head | free_tail);
    case Role::connect_worker:
      return of_connect_worker(setup, w);
    case Role::rep_connect_worker:
      return {ep | connected | replies, connected | cookie | sleeps};
    case Role::conn_upcall:
      return of_conn_upcall(w);
    case Role::link:
      return w.qp == QpState::rts ? unknown : writes(qp | news);
    case Role::server:
      return writes(server | replies);
    case Role::signal:
    case Role::timer:
      break;
  }
  return unknown;
}

}  // namespace

Footprint footprint_of(const Setup& setup, const World& w, ActorId actor) {
  Footprint f = step_footprint(setup, w, actor);
  // No step reads it without the guard.
  if (!setup.guards.enobufs_delay) f.writes &= ~quiet;
  return f;
}

}  // namespace model
