// SPDX-License-Identifier: MIT
//
// Mutants: the fixed model with one of its safeguards taken out.
//
// They show that a sweep can fail. Each is one statement of the kernel that is left out
// or one test that is not made. tests/model/mutation_test.cpp sweeps each, and
// docs/mutants.md says what caught it, or why nothing does. No scenario and no option
// selects one.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace model {

enum class Mutant : std::uint8_t {
  none,
  failed_marshal_unmaps,        ///< marshal_req's error path calls unmap_safe: the fix undone
  drain_does_not_wait,          ///< ib_drain_sq posts its marker and returns
  upcall_is_not_awaited,        ///< the connect worker does not wait for the disconnect upcall
  worker_keeps_connected,       ///< the connect worker does not clear CONNECTED
  worker_does_not_disconnect,   ///< the connect worker does not disconnect
  old_qp_stays,                 ///< the connect worker does not destroy the old QP
  failed_connect_wakes_nobody,  ///< the connect worker does not wake for a connection lost already
  loss_wakes_nobody,          ///< the rep_connect worker does not wake when the connection is lost
  cookie_is_not_bumped,       ///< the rep_connect worker does not bump the cookie
  connecting_is_not_tested,   ///< xprt_connect queues the worker although CONNECTING is set
  connect_test_is_left_out,   ///< xprt_connect does not test CONNECTED again
  lock_is_shared,             ///< a task does not wait for the transport lock
  release_keeps_lock,         ///< xprt_release does not release the transport lock
  answered_is_sent_again,     ///< nothing tests for a reply before a request is sent
  sleeps_on_lost_connection,  ///< xprt_transmit does not test CONNECTED before it sleeps
  cookie_is_not_tested,       ///< send_request sends twice on one connection
  rejected_send_is_ignored,   ///< send_request does not look at the result of the Send's post
  drop_keeps_connected,       ///< xprt_disconnect_done does not clear CONNECTED
  retransmit_keeps_mrs,       ///< send_request does not unmap what is registered
  free_keeps_mrs,             ///< xprt_rdma_free does not
  refresh_is_not_scheduled,   ///< rpcrdma_get_mw does not kick the refresh worker
  any_state_is_mapped,        ///< op_map does not test for INVALID
  not_invalid_is_lost,        ///< op_map does not defer the MR that is not INVALID
  valid_is_not_set,           ///< op_map does not set VALID
  fastreg_keeps_callback,     ///< op_map leaves the callback of an earlier LOCAL_INV
  rejected_fastreg_is_ignored,  ///< op_map does not look at the result of the FASTREG's post
  rejected_is_lost,             ///< op_map does not defer the MR it fails with
  registered_is_not_listed,     ///< the marshal loop does not add the MR to the registered list
  flushed_li_is_unmapped,       ///< recover_mr does not test for FLUSHED_LI
  reset_keeps_rkey,             ///< __frwr_reset_mr does not deregister
  reset_leaves_state,           ///< __frwr_reset_mr does not set INVALID
  recovered_is_not_unmapped,    ///< recover_mr does not DMA-unmap
  recovered_is_put_first,       ///< recover_mr puts the MR back before it unmaps it
  match_keeps_request,          ///< a matched request stays on the receive list
  duplicate_is_handled,         ///< the reply handler does not test whether the request is answered
  invalidation_keeps_state,     ///< unmap_sync does not set INVALID
  invalidation_keeps_callback,  ///< unmap_sync leaves op_map's callback
  wake_callback_is_not_set,     ///< unmap_sync gives its last LOCAL_INV no _wake callback
  completion_is_not_reset,      ///< unmap_sync does not re-initialise its completion
  rejected_invalidation_is_not_reset,  ///< unmap_sync does not reset what it could not post
  rejected_post_keeps_connection,      ///< unmap_sync does not disconnect when its post fails
  invalidation_is_not_awaited,         ///< unmap_sync does not wait for its last LOCAL_INV
  invalidated_stays_linked,            ///< unmap_sync does not unlink the MR it puts back
  invalidated_is_not_unmapped,         ///< unmap_sync does not DMA-unmap
  invalidated_is_put_first,            ///< unmap_sync puts the MR back before it unmaps it
  answer_wakes_nobody,                 ///< xprt_complete_rqst does not wake the task
  free_list_is_a_stack,                ///< rpcrdma_put_mw adds at the head
  stale_list_is_a_queue,               ///< rpcrdma_defer_mr_recovery adds at the tail
  flush_is_not_marked,                 ///< frwr_wc_fastreg writes nothing
  invalidation_flush_is_not_marked,    ///< frwr_wc_localinv, _wake write nothing
  success_is_marked,                   ///< frwr_wc_localinv_wake does not test the status
};

/// By value, as tests and reports spell them.
inline constexpr std::array<std::string_view, 52> mutant_names{
    "none",
    "failed-marshal-unmaps",
    "drain-does-not-wait",
    "upcall-is-not-awaited",
    "worker-keeps-connected",
    "worker-does-not-disconnect",
    "old-qp-stays",
    "failed-connect-wakes-nobody",
    "loss-wakes-nobody",
    "cookie-is-not-bumped",
    "connecting-is-not-tested",
    "connect-test-is-left-out",
    "lock-is-shared",
    "release-keeps-lock",
    "answered-is-sent-again",
    "sleeps-on-lost-connection",
    "cookie-is-not-tested",
    "rejected-send-is-ignored",
    "drop-keeps-connected",
    "retransmit-keeps-mrs",
    "free-keeps-mrs",
    "refresh-is-not-scheduled",
    "any-state-is-mapped",
    "not-invalid-is-lost",
    "valid-is-not-set",
    "fastreg-keeps-callback",
    "rejected-fastreg-is-ignored",
    "rejected-is-lost",
    "registered-is-not-listed",
    "flushed-li-is-unmapped",
    "reset-keeps-rkey",
    "reset-leaves-state",
    "recovered-is-not-unmapped",
    "recovered-is-put-first",
    "match-keeps-request",
    "duplicate-is-handled",
    "invalidation-keeps-state",
    "invalidation-keeps-callback",
    "wake-callback-is-not-set",
    "completion-is-not-reset",
    "rejected-invalidation-is-not-reset",
    "rejected-post-keeps-connection",
    "invalidation-is-not-awaited",
    "invalidated-stays-linked",
    "invalidated-is-not-unmapped",
    "invalidated-is-put-first",
    "answer-wakes-nobody",
    "free-list-is-a-stack",
    "stale-list-is-a-queue",
    "flush-is-not-marked",
    "invalidation-flush-is-not-marked",
    "success-is-marked",
};
static_assert(mutant_names.size() == static_cast<std::size_t>(Mutant::success_is_marked) + 1);

}  // namespace model
