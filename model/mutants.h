// SPDX-License-Identifier: MIT
//
// Mutants: the fixed model with one of its safeguards taken out.
//
// How we know that a sweep can fail. Each is one statement of the kernel that is
// left out or one test that is not made; tests/mutation_test.cpp sweeps each and
// demands that it is caught, or holds the proof that it cannot be. No scenario and
// no option selects one.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace model {

enum class Mutant : std::uint8_t {
  none,
  drain_does_not_wait,               ///< ib_drain_sq posts its marker and returns
  any_state_is_mapped,               ///< op_map does not test for INVALID
  valid_is_not_set,                  ///< op_map does not set VALID
  flushed_li_is_unmapped,            ///< recover_mr does not test for FLUSHED_LI
  reset_leaves_state,                ///< recover_mr does not set INVALID
  recovered_is_not_unmapped,         ///< recover_mr does not DMA-unmap
  reset_keeps_rkey,                  ///< recover_mr does not deregister
  retransmit_keeps_mrs,              ///< send_request does not unmap what is registered
  free_keeps_mrs,                    ///< xprt_rdma_free does not
  invalidated_stays_linked,          ///< unmap_sync does not unlink the MR it puts back
  invalidation_is_not_awaited,       ///< unmap_sync does not wait for its last LOCAL_INV
  invalidated_is_not_unmapped,       ///< unmap_sync does not DMA-unmap
  invalidation_keeps_state,          ///< unmap_sync does not set INVALID
  upcall_is_not_awaited,             ///< the connect worker does not wait for the disconnect upcall
  lock_is_shared,                    ///< a task does not wait for the transport lock
  match_keeps_request,               ///< a matched request stays on the receive list
  cookie_is_not_tested,              ///< send_request sends twice on one connection
  free_list_is_a_stack,              ///< rpcrdma_put_mw adds at the head
  stale_list_is_a_queue,             ///< rpcrdma_defer_mr_recovery adds at the tail
  flush_is_not_marked,               ///< frwr_wc_fastreg writes nothing
  invalidation_flush_is_not_marked,  ///< frwr_wc_localinv, _wake write nothing
};

/// By value, as tests and reports spell them.
inline constexpr std::array<std::string_view, 22> mutant_names{
    "none",
    "drain-does-not-wait",
    "any-state-is-mapped",
    "valid-is-not-set",
    "flushed-li-is-unmapped",
    "reset-leaves-state",
    "recovered-is-not-unmapped",
    "reset-keeps-rkey",
    "retransmit-keeps-mrs",
    "free-keeps-mrs",
    "invalidated-stays-linked",
    "invalidation-is-not-awaited",
    "invalidated-is-not-unmapped",
    "invalidation-keeps-state",
    "upcall-is-not-awaited",
    "lock-is-shared",
    "match-keeps-request",
    "cookie-is-not-tested",
    "free-list-is-a-stack",
    "stale-list-is-a-queue",
    "flush-is-not-marked",
    "invalidation-flush-is-not-marked",
};

}  // namespace model
