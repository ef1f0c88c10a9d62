// SPDX-License-Identifier: MIT
//
// The tables: per program counter, what a step touches; per actor, what it may.
//
// Whatever is not listed conflicts with everything: a new step costs reduction
// until somebody has thought about it, never soundness.
#include "model/footprint.h"

#include <initializer_list>

#include "model/actors.h"
#include "model/connection.h"

namespace model {
namespace {

using sim::ActorId;
using sim::ActorSet;
using sim::Footprint;
using Objects = std::uint64_t;

// The objects. MR n is bit n-1.
constexpr Objects bit(unsigned n) { return Objects{1} << (max_mrs + n); }
constexpr Objects free_head = bit(0);    ///< whoever takes
constexpr Objects free_tail = bit(1);    ///< whoever puts, or finds nothing to take
constexpr Objects stale = bit(2);        ///< the stale list
constexpr Objects sq_head = bit(3);      ///< send queue: whoever executes, or destroys it
constexpr Objects sq_tail = bit(4);      ///< ... whoever posts
constexpr Objects cq_head = bit(5);      ///< completions: whoever polls, or destroys them
constexpr Objects cq_tail = bit(6);      ///< ... whoever completes
constexpr Objects qp = bit(7);           ///< QpState, and what a loss window asks for
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

constexpr Objects of_mr(MrId mr) { return mr == 0 ? 0 : Objects{1} << (mr - 1); }
constexpr Footprint reads(Objects objects) { return {objects, 0}; }
constexpr Footprint writes(Objects objects) { return {0, objects}; }
constexpr Footprint nothing{};

Objects on_list(const World& w, MrId head) {
  Objects mrs = 0;
  for (MrId mr = head; mr != 0; mr = w.mr(mr).next) mrs |= of_mr(mr);
  return mrs;
}

Objects named_in(const WrQueue& queue) {
  Objects mrs = 0;
  for (unsigned i = 0; i < queue.size; ++i) {
    if (names_mr(queue.items[i])) mrs |= of_mr(queue.items[i].subject());
  }
  return mrs;
}

/// In a completion that is queued or being handled.
Objects named_by_softirq(const World& w) { return named_in(w.completions) | of_mr(w.softirq.mr); }

/// In a register of this reply handler, or on its chain.
Objects held_by(const World& w, const ReplyHandler& h) {
  Objects chain = 0;
  for (MrId mr = h.chain; (of_mr(mr) & ~chain) != 0; mr = w.mr(mr).linv_next) chain |= of_mr(mr);
  return chain | of_mr(h.mr) | of_mr(h.next);
}

Objects held_by_handlers(const World& w) {
  Objects mrs = 0;
  for (const ReplyHandler& h : w.handlers) {
    if (h.pc != ReplyPc::idle) mrs |= held_by(w, h);
  }
  return mrs;
}

/// A loss may still happen, now or after a reconnect.
bool loss_ahead(const Setup& setup, const World& w) {
  if (w.losses_left == 0) return false;
  return setup.loss_before_send_of == 0 || !w.rpc(setup.loss_before_send_of).send_was_posted;
}

/// The queues might fill up, should all WRs be queued that can still be posted: a
/// FASTREG for each segment, a Send and LOCAL_INVs for its reply per attempt that is
/// left or being made, LOCAL_INVs for the reply to the one before, the marker.
bool queue_may_fill(const Setup& setup, const World& w) {
  unsigned wrs = w.send_queue.size + w.completions.size + w.reconnects_left + 1u;
  for (unsigned i = 0; i < setup.rpc_count; ++i) {
    const Rpc& rpc = w.rpcs[i];
    const unsigned attempts = 1u + rpc.sends_left + rpc.enobufs_left;
    const unsigned segments = setup.rpcs[i].segments();
    wrs += attempts * (2 * segments + 1) + segments;
  }
  return wrs > queue_depth;
}

/// A reply that is queued would be matched: the handler would begin to work.
bool would_match(const Rpc& rpc) { return rpc.on_receive_list && !rpc.reply_received; }

// ---- What the next step touches.

/// fr_state, callback and mapping of the MR in hand; steps r1 to r5. r6 is `put`.
Footprint of_recovery(const Recovery& r) {
  if (r.pc == RecoverPc::put) return {linv, free_tail | of_mr(r.mr)};
  return writes(of_mr(r.mr));
}

/// A post: what it comes to depends on the QP.
Footprint of_post() { return {qp, sq_tail}; }

/// Faults matter while there are any.
Objects faults_of(const World& w) {
  return w.faults_left.dma_map || w.faults_left.map_mr_sg || w.faults_left.prepare_send ? faults
                                                                                        : 0;
}

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
      // Whether it is free matters to who would forget its callback, if it has one,
      // and to a handler whose walk was led here.
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
  // The marker's completion lets the connect worker go on, who waits for it.
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
  }
  return unknown;
}

// ---- What an actor may touch before anybody hands it something.

// A QP can be lost only while it is connected. Should it become connected, that is
// the link's doing, whose territory includes all that comes of it.
Objects losing(const World& w) { return w.qp == QpState::rts ? qp | news | server : 0; }

/// A handler that still has LOCAL_INVs to post can cost the QP, too: one whose MR
/// somebody deregisters before the RNIC gets to it fails. (What several can do only
/// together is in the territory of one of them.)
bool may_disconnect(const World& w, const ReplyHandler& h) {
  return w.qp == QpState::rts && (h.pc <= ReplyPc::linv_post || h.pc == ReplyPc::disconnect);
}

/// A task may do anything that tasks do, and what follows from its posts and from
/// what it recovers inline: a reply and its handling, a failed WR and a lost QP.
Footprint task_territory(const World& w, RpcId id) {
  const Rpc& rpc = w.rpc(id);
  const Objects mrs =
      on_list(w, w.free_head) | on_list(w, rpc.registered) | of_mr(rpc.mr) | of_mr(rpc.recovery.mr);
  const Objects shared = free_head | free_tail | stale | sq_tail | connected | connecting | lock |
                         quiet | faults_of(w) | linv | replies | request(id) | sleeps | losing(w);
  return {qp | news, mrs | shared};
}

Footprint reply_handler_territory(const World& w, RpcId id) {
  const Rpc& rpc = w.rpc(id);
  const ReplyHandler& h = w.handler(id);
  if (h.pc == ReplyPc::idle && !would_match(rpc)) return {request(id), replies};
  const Objects mrs = held_by(w, h) | on_list(w, rpc.registered);
  const Objects lost = may_disconnect(w, h) ? losing(w) : 0;
  return {qp, mrs | free_tail | sq_tail | linv | replies | request(id) | sleep_of(id) | lost};
}

Footprint rnic_territory(const World& w) {
  const Objects mrs = named_in(w.send_queue);
  Footprint f{qp, mrs | sq_head | cq_tail | quiet};
  if (w.qp == QpState::rts) f.writes |= server;
  // A WR fails if its MR has been replaced, or will be before it is executed.
  if (mrs != 0) f.writes |= losing(w);
  return f;
}

/// The old QP is destroyed when its marker has come through, behind everything that
/// RNIC and softirq have to do. While that is still before the softirq, or before
/// the RNIC, the connect worker leaves alone what only they would notice.
Objects destruction(const World& w) {
  const bool drained =
      w.drained || w.connect == ConnectPc::swap_qp || w.connect == ConnectPc::destroy_qp;
  bool executed = drained;
  for (unsigned i = 0; i < w.completions.size; ++i) {
    executed |= w.completions.items[i].kind() == WrKind::drain_marker;
  }
  return (drained ? cq_head | linv | on_list(w, w.free_head) : 0) |
         (executed ? sq_head | cq_tail : 0);
}

/// What the connect worker does once it has learnt that the connection is lost.
Footprint rest_of_connect(const World& w) {
  return {replies,
          qp | news | server | ep | sleeps | connecting | connected | sq_tail | destruction(w)};
}

/// The connect worker has not yet come to rest, or may be started.
bool connect_ahead(const World& w) { return w.connect != ConnectPc::idle || w.reconnects_left > 0; }

/// The connect worker comes to wait_upcall, and not beyond without the upcall.
bool will_wait_for_upcall(const World& w) {
  return w.connect <= ConnectPc::wait_upcall && w.ep == EpState::connected;
}

Footprint connect_worker_territory(const World& w) {
  if (w.connect >= ConnectPc::wait_connected && w.reconnects_left == 0) {
    if (w.connect == ConnectPc::finish) return writes(connecting);
    return {ep | replies, connecting | sleeps};
  }
  if (will_wait_for_upcall(w)) return writes(connected | losing(w));
  return rest_of_connect(w);
}

Footprint territory(const World& w, ActorId actor) {
  switch (role_of(actor)) {
    case Role::task:
      return task_territory(w, rpc_of(actor));
    case Role::reply_handler:
      return reply_handler_territory(w, rpc_of(actor));
    case Role::rnic:
      return rnic_territory(w);
    case Role::softirq:
      return {linv, cq_head | named_by_softirq(w)};
    case Role::recovery_worker:
      return {linv, of_mr(w.recovery.mr) | on_list(w, w.stale_head) | free_tail |
                        (w.stale_head != 0 ? stale : 0)};
    case Role::refresh_worker:
      return writes(free_head | free_tail);
    case Role::connect_worker:
      return connect_worker_territory(w);
    case Role::rep_connect_worker:
      return {ep | connected | replies, connected | cookie | sleeps};
    case Role::conn_upcall:
      // Then the connect worker goes on, should it wait or come to wait for this.
      return writes(ep | news) | (connect_ahead(w) ? rest_of_connect(w) : nothing);
    case Role::link:
      return writes(qp | news | server);
    case Role::server:
      return writes(server | replies);
  }
  return unknown;
}

// ---- Whom an actor may set going.

template <class Condition>
ActorSet rpcs_where(const Setup& setup, const World& w, ActorId first, Condition condition) {
  ActorSet set;
  for (unsigned i = 0; i < setup.rpc_count; ++i) {
    if (condition(w, static_cast<RpcId>(i + 1))) set.insert(first + i);
  }
  return set;
}
ActorSet unfinished_tasks(const Setup& setup, const World& w) {
  return rpcs_where(setup, w, first_task,
                    [](const World& at, RpcId id) { return at.rpc(id).pc != TaskPc::done; });
}
ActorSet tasks_waiting_for_quiet(const Setup& setup, const World& w) {
  return rpcs_where(setup, w, first_task, [](const World& at, RpcId id) {
    return at.rpc(id).pc == TaskPc::enobufs_wait;
  });
}
bool waits_for_connection(const Rpc& rpc) {
  return rpc.on_pending || rpc.pc == TaskPc::connect_wait;
}
ActorSet tasks_waiting_for_connection(const Setup& setup, const World& w) {
  return rpcs_where(setup, w, first_task,
                    [](const World& at, RpcId id) { return waits_for_connection(at.rpc(id)); });
}

bool send_is_queued(const World& w, RpcId id) {
  for (unsigned i = 0; i < w.send_queue.size; ++i) {
    if (w.send_queue.items[i] == Wr(WrKind::send, id)) return true;
  }
  return false;
}

/// Handlers of replies that the server owes, or will when it gets the Send.
ActorSet handlers_with_replies_to_come(const Setup& setup, const World& w) {
  return rpcs_where(setup, w, first_reply_handler, [](const World& at, RpcId id) {
    return at.rpc(id).at_server || (at.qp == QpState::rts && send_is_queued(at, id));
  });
}

ActorSet with(ActorSet set, std::initializer_list<ActorId> actors) {
  for (const ActorId actor : actors) set.insert(actor);
  return set;
}

ActorSet set_going_by(const Setup& setup, const World& w, ActorId actor) {
  switch (role_of(actor)) {
    case Role::task: {
      ActorSet set =
          with(unfinished_tasks(setup, w), {reply_handler_of(rpc_of(actor)), rnic_actor,
                                            softirq_actor, recovery_actor, server_actor});
      if (w.qp == QpState::rts) set.insert(upcall_actor);
      if (setup.refresh_batch > 0) set.insert(refresh_actor);
      if (w.connect == ConnectPc::idle && w.reconnects_left > 0) set.insert(connect_actor);
      return set;
    }
    case Role::reply_handler: {
      const RpcId id = rpc_of(actor);
      const Rpc& rpc = w.rpc(id);
      ActorSet set = ActorSet::of(rnic_actor);
      if (waits_for_connection(rpc) || setup.guards.reply_pins_request) set.insert(task_of(id));
      const bool works = w.handler(id).pc != ReplyPc::idle || would_match(rpc);
      if (works && may_disconnect(w, w.handler(id))) set.insert(upcall_actor);
      if (w.connect == ConnectPc::drain) set.insert(connect_actor);
      return set;
    }
    case Role::rnic: {
      ActorSet set = with(tasks_waiting_for_quiet(setup, w), {softirq_actor});
      if (w.qp != QpState::rts) return set;
      if (!handlers_with_replies_to_come(setup, w).empty()) set.insert(server_actor);
      if (named_in(w.send_queue) != 0) set.insert(upcall_actor);
      return set;
    }
    case Role::softirq: {
      ActorSet set = tasks_waiting_for_quiet(setup, w);
      if (w.completions.size == queue_depth) set.insert(rnic_actor);
      for (unsigned i = 0; i < setup.rpc_count; ++i) {
        if (w.handlers[i].pc == ReplyPc::linv_wait) set.insert(first_reply_handler + i);
      }
      if (w.connect == ConnectPc::drain) set.insert(connect_actor);
      return set;
    }
    case Role::recovery_worker:
    case Role::refresh_worker:
      return tasks_waiting_for_quiet(setup, w);
    case Role::connect_worker: {
      ActorSet set = tasks_waiting_for_connection(setup, w);
      for (const unsigned task : tasks_waiting_for_quiet(setup, w)) set.insert(task);
      set.insert(rnic_actor);
      if (w.qp == QpState::rts) set.insert(upcall_actor);
      if (!will_wait_for_upcall(w)) set.insert(link_actor);
      return set;
    }
    case Role::rep_connect_worker:
      return tasks_waiting_for_connection(setup, w);
    case Role::conn_upcall: {
      const ActorSet set = with(tasks_waiting_for_connection(setup, w), {rep_connect_actor});
      return connect_ahead(w) ? with(set, {connect_actor}) : set;
    }
    case Role::link:
      return ActorSet::of(upcall_actor);
    case Role::server:
      return handlers_with_replies_to_come(setup, w);
  }
  return {};
}

// ---- Whether a step may end the run, or leave a loss alone.

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

/// After its next step the actor is enabled, and stays so wherever a loss is
/// possible; or the step conflicts with what a loss sets going.
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
      // Taking a completion may be all there is to it, and the next one may go away
      // with the old QP.
      if (w.softirq.pc == SoftirqPc::wc_localinv_wake) return true;
      return !w.drained && w.connect != ConnectPc::swap_qp && w.connect != ConnectPc::destroy_qp &&
             w.completions.size > (w.softirq.pc == SoftirqPc::poll ? 1 : 0);
    case Role::recovery_worker:
      return w.recovery.pc != RecoverPc::put || w.stale_head != 0;
    case Role::connect_worker:
      // Without it the connection stays down, and what is down is not lost.
      return w.connect != ConnectPc::finish && w.qp != QpState::rts;
    default:
      return false;
  }
}

}  // namespace

Footprint footprint_of(const Setup& setup, const World& w, ActorId actor) {
  Footprint f = step_footprint(setup, w, actor);
  // Nobody reads what is not guarded.
  if (!setup.guards.enobufs_delay) f.writes &= ~quiet;
  return f;
}

Footprint future_of(const Setup& setup, const World& w, ActorSet enabled, ActorId actor) {
  const bool is_latent_loss = actor == link_actor && w.qp == QpState::rts && loss_ahead(setup, w);
  if (!enabled.contains(actor) && !is_latent_loss) return nothing;
  ActorSet going = ActorSet::of(actor);
  ActorSet to_look_at = going;
  Footprint future;
  while (!to_look_at.empty()) {
    const auto next = static_cast<ActorId>(to_look_at.first());
    future = future | territory(w, next);
    const ActorSet more = set_going_by(setup, w, next) - enabled - going;
    to_look_at = ActorSet::from_bits((to_look_at.bits() & ~(1u << next)) | more.bits());
    going = ActorSet::from_bits(going.bits() | more.bits());
  }
  // Whether a post is one too many depends on what has been executed.
  if ((future.writes & sq_tail) != 0 && queue_may_fill(setup, w)) future.reads |= sq_head;
  return future;
}

bool step_may_stop(const Setup& setup, const World& w, ActorId actor) {
  if (may_end_the_run(w, actor)) return true;
  if (posts(w, actor) && queue_may_fill(setup, w)) return true;
  if (actor == link_actor && w.qp == QpState::rts) return true;
  return loss_ahead(setup, w) && !goes_on(setup, w, actor);
}

}  // namespace model
