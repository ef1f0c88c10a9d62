// SPDX-License-Identifier: MIT
//
// The world: everything that decides what can happen next, in one plain struct.
//
// One transport (QP, CQ, lists, workers) and the RPCs on it. The struct is
// trivially copyable and without padding, ids stand for pointers, vacated slots and
// registers that will not be read again are zero: equal worlds have equal bytes, so
// copying is memcpy and comparing is memcmp. Nothing here is history: no absolute
// counters, generations or timings, which would make equal worlds differ; a sink is
// told of those as they happen (events.h).
//
// This file is the only place that knows the layout.
//
// Program counters: one value per statement between which another context can take a
// step, in the kernel's order, named after the kernel function (net/sunrpc,
// net/sunrpc/xprtrdma, about v4.9). docs/fidelity.md has the table.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "model/watched.h"

namespace model {

inline constexpr unsigned max_mrs = 12;
inline constexpr unsigned max_segments = 8;  ///< of one request
/// Depth of the send queue, and of the completion queue.
inline constexpr unsigned queue_depth = 32;

/// 1..max_mrs; 0 is "no MR".
using MrId = std::uint8_t;
/// Holder of the transport lock that is not an RPC: the connect worker.
inline constexpr RpcId connect_owner = max_rpcs + 1;

/// What the driver believes of an MR (enum rpcrdma_frmr_state, xprt_rdma.h).
/// The kernel's enum has the same four values; `is_invalid` is where it begins.
enum class FrState : std::uint8_t { is_invalid, is_valid, flushed_fr, flushed_li };

/// What is true of an MR's scatterlist. `none`: not mapped since op_map took
/// the MR. A second unmap is an unmap in `unmapped`.
enum class DmaState : std::uint8_t { none, mapped, unmapped };

/// Where an MR is. `absent`: not allocated (yet). `in_hand`: taken off a list by
/// a context that has not yet put it on another. `released`: freed for good, its
/// slot may be used for a new MR once nothing refers to it.
enum class Place : std::uint8_t { absent, free_list, stale_list, registered, in_hand, released };

/// The completion callback of an MR, shared by its FASTREG and its LOCAL_INV
/// (struct rpcrdma_frmr, fr_cqe).
enum class Done : std::uint8_t { unset, wc_fastreg, wc_localinv, wc_localinv_wake };

/// One memory region and its bookkeeping (struct rpcrdma_mw).
struct Mr {
  FrState fr_state;
  DmaState dma;
  Place place;
  MrId next;               ///< following MR on the same list (mw_list)
  Done done;               ///< fr_cqe.done
  MrId linv_next;          ///< following MR of a LOCAL_INV chain not yet posted
  std::uint8_t linv_done;  ///< fr_linv_done has been completed
};

/// Kinds of work requests on the send queue.
enum class WrKind : std::uint8_t {
  none,
  fastreg,             ///< unsignalled: success makes no completion
  local_inv,           ///< unsignalled
  local_inv_signaled,  ///< last of a LOCAL_INV chain
  send,
  drain_marker,  ///< posted by ib_drain_sq
};

/// A work request, or its completion, in one byte. `flag` means "the MR was
/// replaced since this was posted" in the send queue, "not IB_WC_SUCCESS" in
/// the completion queue. A Send names its RPC, the others their MR.
class Wr {
 public:
  constexpr Wr() = default;
  constexpr Wr(WrKind kind, std::uint8_t subject, bool flag = false)
      : bits_(static_cast<std::uint8_t>(static_cast<unsigned>(kind) << 5 | (flag ? 0x10u : 0u) |
                                        (subject & 0xfu))) {}
  [[nodiscard]] constexpr WrKind kind() const { return static_cast<WrKind>(bits_ >> 5); }
  [[nodiscard]] constexpr std::uint8_t subject() const { return bits_ & 0xfu; }
  [[nodiscard]] constexpr bool flag() const { return (bits_ & 0x10u) != 0; }
  friend constexpr bool operator==(Wr, Wr) = default;

 private:
  std::uint8_t bits_ = 0;
};

/// FIFO of work requests or completions, the oldest at index 0.
struct WrQueue {
  std::uint8_t size;
  std::array<Wr, queue_depth> items;
};

/// An RPC task: the RPC state machine (net/sunrpc/clnt.c, xprt.c) down to
/// op_map (xprtrdma/frwr_ops.c).
enum class TaskPc : std::uint8_t {
  not_started,         ///< waits for the RPC named in "after"
  call_connect,        ///< test CONNECTED
  connect_lock,        ///< xprt_connect: xprt_lock_write
  connect_lock_wait,   ///< asleep on xprt->sending
  connect_test,        ///< xprt_connect: test CONNECTED again
  connect_sleep,       ///< xprt_connect: rpc_sleep_on(pending)
  connect_start,       ///< xprt_connect: test_and_set CONNECTING, schedule the worker
  connect_unlock,      ///< xprt_connect: xprt_release_write
  connect_wait,        ///< asleep on xprt->pending; call_connect_status
  prepare_transmit,    ///< xprt_prepare_transmit: reply? reserve the transport
  transmit_lock_wait,  ///< asleep on xprt->sending
  transmit,            ///< xprt_transmit: reply? add to the receive list
  send_request,        ///< xprt_rdma_send_request: anything registered?
  unmap_safe_pop,      ///< frwr_op_unmap_safe: take an MR off rl_registered
  unmap_safe_defer,    ///< ... rpcrdma_defer_mr_recovery
  unmap_safe_recover,  ///< ... or recover it here and now
  unmap_sync,          ///< frwr_op_unmap_sync, run by the task
  drain_post,          ///< marshal error: ib_drain_sq, post the marker
  drain_wait,          ///< ... wait for its completion
  put_back_pop,        ///< marshal error: take an MR off rl_registered
  put_back_unmap,      ///< ... ib_dma_unmap_sg
  put_back_put,        ///< ... rpcrdma_put_mw
  op_map_get,          ///< frwr_op_map: rpcrdma_get_mw
  op_map_test,         ///< ... fr_state INVALID?
  op_map_defer,        ///< ... no: rpcrdma_defer_mr_recovery
  op_map_set_valid,    ///< ... fr_state = VALID
  op_map_dma_map,      ///< ... ib_dma_map_sg, ib_map_mr_sg
  op_map_set_done,     ///< ... ib_update_fast_reg_key, fr_cqe.done
  op_map_post,         ///< ... ib_post_send(FASTREG)
  op_map_error_defer,  ///< ... error: rpcrdma_defer_mr_recovery
  op_map_error_put,    ///< ... or, not mapped at all: rpcrdma_put_mw
  marshal_add,         ///< rpcrdma_encode_*: list_add(rl_registered)
  prepare_send_sges,   ///< rpcrdma_prepare_send_sges
  check_cookie,        ///< xprt_rdma_send_request: connect cookie
  post_send,           ///< rpcrdma_ep_post
  drop_connection,     ///< xprt_disconnect_done
  transmit_done,       ///< xprt_transmit: test CONNECTED, sleep on pending
  end_transmit,        ///< xprt_end_transmit: release the transport
  call_status,         ///< asleep on xprt->pending, or awake: reply? error?
  enobufs_wait,        ///< call_status: rpc_delay
  release,             ///< xprt_release: transport lock, receive list
  free_buffer,         ///< xprt_rdma_free: anything registered?
  done,
};

/// Why a task runs unmap_safe; decides where it continues.
enum class UnmapFor : std::uint8_t { none, retransmit, marshal_error, free };

/// Negative errno values, and what a sleeping task was woken with.
enum class Status : std::uint8_t {
  none,
  ok,
  again,
  notconn,
  nobufs,
  io,
  connaborted,
  timedout,
  restartsys,
};

/// rpcrdma_mr_recovery_worker taking an MR off the stale list, then
/// frwr_op_recover_mr, r1 to r6; or, the reset having failed, r5 and frwr_op_release_mr.
enum class RecoverPc : std::uint8_t {
  idle,
  snapshot,
  dereg,
  alloc,
  set_invalid,
  dma_unmap,
  put,
  orphan_dma_unmap,
  release,
};

/// One execution of recover_mr, by the recovery worker or by a task in
/// xprt_rdma_free.
struct Recovery {
  RecoverPc pc;
  MrId mr;
  FrState snapshot;  ///< r1's reading, used by r5
};

/// rpcrdma_reply_handler and frwr_op_unmap_sync.
enum class ReplyPc : std::uint8_t {
  idle,           ///< waits for a reply; then: xprt_lookup_rqst
  unmap_sync,     ///< anything registered?
  linv_invalid,   ///< fr_state = INVALID
  linv_done,      ///< fr_cqe.done = frwr_wc_localinv
  linv_wake,      ///< last one: fr_cqe.done = frwr_wc_localinv_wake
  linv_post,      ///< ib_post_send(chain)
  linv_wait,      ///< wait_for_completion
  disconnect,     ///< post failed: rdma_disconnect
  reset_dereg,    ///< reset the unposted: ib_dereg_mr
  reset_alloc,    ///< ... ib_alloc_mr
  reset_invalid,  ///< ... fr_state = INVALID
  unlink_first,   ///< first MR of rl_registered, if any: list_del
  unlink,         ///< the next one: list_del
  dma_unmap,      ///< ib_dma_unmap_sg
  put,            ///< rpcrdma_put_mw
  complete,       ///< xprt_complete_rqst
};

/// The reply handler of one RPC; or unmap_sync alone, where the task runs it.
struct ReplyHandler {
  ReplyPc pc;
  MrId mr;     ///< the list walk's current MR
  MrId next;   ///< what list_for_each_entry_safe has read ahead
  MrId chain;  ///< head of the LOCAL_INV chain until it is posted
};

/// One RPC and the task that runs it.
struct Rpc {
  TaskPc pc;
  Status status;  ///< of the marshal error, or of the wake-up
  UnmapFor unmap_for;
  std::uint8_t segment;            ///< segments registered so far by this marshal
  MrId mr;                         ///< the MR op_map or unmap_safe has in hand
  MrId registered;                 ///< head of rl_registered
  Recovery recovery;               ///< of unmap_safe_recover
  std::uint8_t sends_left;         ///< budget: calls of send_request, but for
                                   ///< those that follow a wait
  std::uint8_t enobufs_left;       ///< budget: waits after -ENOBUFS
  std::uint8_t on_pending;         ///< asleep on xprt->pending
  std::uint8_t on_receive_list;    ///< on xprt->recv: a reply would be matched
  std::uint8_t reply_received;     ///< rq_reply_bytes_recvd
  std::uint8_t cookie_is_current;  ///< rl_connect_cookie == xprt->connect_cookie
  std::uint8_t send_was_posted;    ///< ever; kept only where a loss window asks
  std::uint8_t at_server;          ///< the server has the request and owes a reply
  std::uint8_t replies;            ///< replies received, not yet handled
};

/// State of the queue pair behind the transport's current connection.
/// `idle`: the connect worker has swapped in a new QP that is not connected.
enum class QpState : std::uint8_t { rts, error, idle };

/// The send-CQ softirq (__ib_process_cq and the handlers it calls).
enum class SoftirqPc : std::uint8_t { poll, wc_fastreg, wc_localinv, wc_localinv_wake, wake };

/// What it is doing.
struct Softirq {
  SoftirqPc pc;
  MrId mr;  ///< whose completion is being handled
};

/// xprt_rdma_connect_worker, rpcrdma_ep_connect.
enum class ConnectPc : std::uint8_t {
  idle,
  clear_connected,  ///< xprt_clear_connected
  disconnect,       ///< rdma_disconnect
  wait_upcall,      ///< wait_event(rep_connected != 1)
  post_marker,      ///< ib_drain_sq: post the marker
  drain,            ///< ... wait for its completion
  reset_pop,        ///< MRs die with the connection: take one off a request
  reset_unmap,      ///< ... ib_dma_unmap_sg
  reset_put,        ///< ... a new one in its place goes on the free list
  swap_qp,          ///< create a QP and swap it in
  destroy_qp,       ///< destroy the old one
  connect,          ///< rdma_connect
  wait_connected,   ///< wait_event(rep_connected != 0)
  wake_failed,      ///< the connection is lost already: wake the tasks
  finish,           ///< xprt_clear_connecting
};

/// What conn_upcall told last (rep_connected: 0, 1, negative).
enum class EpState : std::uint8_t { connecting, connected, lost };

/// Why a run was cut.
enum class Budget : std::uint8_t {
  none,
  retransmissions,
  enobufs_retries,
  reconnects,
  refreshes,
  queue_depth,
};

/// Named invariants; invariants.h says what each means.
enum class Invariant : std::uint8_t {
  none,
  double_unmap,
  unmap_never_mapped,
  map_over_live_mapping,
  mr_on_one_list,
  leaked_mapping,
  rpc_finishes,
  recovery_of_in_flight_mr,
  use_after_free,
  stale_completion,
  fastreg_on_live_mr,
  rdma_on_live_mr,
  fastreg_on_invalid_mr,
  first_property,  ///< and those after it: the properties of a scenario, in its order
};
inline constexpr unsigned invariant_count = 13;  ///< `none` included

/// Faults that may still happen.
struct FaultsLeft {
  std::uint8_t dma_map;
  std::uint8_t map_mr_sg;
  std::uint8_t prepare_send;
  std::uint8_t reset;         ///< ib_dereg_mr or ib_alloc_mr in recovery
  std::uint8_t drain_marker;  ///< ib_post_send of the drain's marker
  std::uint8_t signal;        ///< a task is killed where it sleeps
  std::uint8_t timeout;       ///< a minor timeout of a task that waits for its reply
};

/// The I/O addresses, where they are reused: what the IOMMU's table has at each, and
/// which are free, the last freed on top.
struct Iovas {
  std::uint8_t given_out;  ///< 1 .. given_out were in use at some time
  std::uint8_t free_count;
  std::array<std::uint8_t, max_mrs> free;
  std::array<MrId, max_mrs> owner;  ///< by address: whose mapping; 0: none
};

inline constexpr unsigned most_locks = 2;   ///< of one policy
inline constexpr unsigned lock_users = 13;  ///< actors 0..12: the kernel's contexts, and the RNIC
inline constexpr std::uint8_t lock_names_mr = 0x40;  ///< in Locks::held
inline constexpr std::uint8_t lock_is_due = 0x80;    ///< likewise

/// What an actor does next about locks of the policy, instead of its statement: takes one
/// (1..most_locks), or releases it (most_locks + 1 .. 2 * most_locks).
enum class LockStep : std::uint8_t {};

/// The locks of the policy (rules/locks.h).
struct Locks {
  /// By lock and actor: 0, or whose lock is held: 1, the RPC, or the MR and lock_names_mr;
  /// and lock_is_due once it is to be released.
  std::array<std::array<std::uint8_t, lock_users>, most_locks> held;
  std::array<LockStep, lock_users + 4> next;  ///< by actor, those that never hold one too
};

/// What only some policies and scenarios use. It comes last in the world, and not in
/// its natural place, because in a search that packs worlds the bits that lie between
/// two varying bits have a cost.
struct Rare {
  std::array<ReplyHandler, max_rpcs> sync;          ///< unmap_sync, where the task runs it
  std::array<std::uint8_t, max_rpcs> rkey_is_dead;  ///< the server will use an rkey or a
                                                    ///< mapping that is no more
  std::array<RpcId, max_mrs> advertised;   ///< by MR: RPC whose Send told the server its rkey
  std::array<std::uint8_t, max_mrs> iova;  ///< by MR: where it was mapped last, 0: nowhere
  std::array<Watched, max_mrs> watched;    ///< by MR
  Iovas iovas;
  MrId connect_mr;  ///< what the connect worker has in hand, where MRs die with it
  Locks locks;
};

/// The whole world.
struct World {
  std::array<Mr, max_mrs> mrs;  ///< MR n at index n-1
  std::array<Rpc, max_rpcs> rpcs;
  std::array<ReplyHandler, max_rpcs> handlers;
  WrQueue send_queue;
  WrQueue completions;
  QpState qp;
  EpState ep;
  Softirq softirq;
  MrId free_head;
  MrId stale_head;
  Recovery recovery;  ///< of the MR recovery worker, due while
                      ///< the stale list is not empty
  std::uint8_t refresh_scheduled;
  std::uint8_t rep_connect_scheduled;
  ConnectPc connect;
  std::uint8_t drained;                 ///< whose marker's completion was handled: bit 0
                                        ///< the connect worker's, bit n that of RPC n
  std::uint8_t connected;               ///< XPRT_CONNECTED
  std::uint8_t connecting;              ///< XPRT_CONNECTING
  RpcId locked_by;                      ///< XPRT_LOCKED, xprt->snd_task; or connect_owner
  std::array<RpcId, max_rpcs> sending;  ///< tasks asleep on xprt->sending, first first
  std::uint8_t established_upcall;      ///< RDMA_CM_EVENT_ESTABLISHED not yet delivered
  std::uint8_t disconnected_upcall;
  std::uint8_t mr_count;  ///< MRs allocated so far
  std::uint8_t losses_left;
  std::uint8_t reconnects_left;
  std::uint8_t refreshes_left;
  Budget cut;          ///< the budget that ended the run
  Invariant violated;  ///< the invariant that ended the run
  MrId violated_mr;
  FaultsLeft faults_left;
  Rare rare;

  /// By name. REQUIRES: 1 <= id <= max_mrs, or max_rpcs.
  [[nodiscard]] Mr& mr(MrId id) { return mrs[id - 1u]; }
  [[nodiscard]] const Mr& mr(MrId id) const { return mrs[id - 1u]; }
  [[nodiscard]] Rpc& rpc(RpcId id) { return rpcs[id - 1u]; }
  [[nodiscard]] const Rpc& rpc(RpcId id) const { return rpcs[id - 1u]; }
  [[nodiscard]] ReplyHandler& sync(RpcId id) { return rare.sync[id - 1u]; }
  [[nodiscard]] const ReplyHandler& sync(RpcId id) const { return rare.sync[id - 1u]; }
  [[nodiscard]] ReplyHandler& handler(RpcId id) { return handlers[id - 1u]; }
  [[nodiscard]] const ReplyHandler& handler(RpcId id) const { return handlers[id - 1u]; }
};

static_assert(std::is_trivially_copyable_v<World>);
static_assert(std::has_unique_object_representations_v<World>, "no padding in the world");

}  // namespace model
