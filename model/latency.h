// SPDX-License-Identifier: MIT
//
// What an actor waits for before its next step, or what takes time in that step.
//
// The model has no clock; a strategy that has one asks the model which latency a
// step has and draws from that latency's distribution (timing.h).
#pragma once

#include <cstdint>

#include "model/actors.h"

namespace model {

/// What takes time. The values index Timing (timing.h).
enum class Latency : std::uint8_t {
  statement,        ///< any step that is not one of those below
  marshal,          ///< a step of op_map or of what follows it in marshaling
  dereg_mr,         ///< ib_dereg_mr, which sleeps
  alloc_mr,         ///< ib_alloc_mr, which sleeps
  fastreg,          ///< the RNIC executes a FASTREG or a LOCAL_INV
  work_request,     ///< the RNIC executes a Send or a marker
  flush,            ///< the RNIC flushes a WR
  softirq,          ///< from the first completion to the softirq's first step
  recovery_worker,  ///< from the first stale MR to the recovery worker's first step
  workqueue,        ///< from being scheduled to the first step of any other worker
  wakeup,           ///< from the wake-up of a sleeper to its next step
  loss,             ///< from having a connection to losing it, if it is lost
  loss_upcall,      ///< from the loss to the upcall that tells of it
  reconnect_delay,  ///< from xprt_connect to the connect worker's first step
  connect,          ///< from rdma_connect to the established connection
  server_reply,     ///< from the Send to the reply
  enobufs_wait,     ///< the wait after -ENOBUFS
  timeout,          ///< a timer of the RPC layer
  signal,           ///< from going to sleep to a signal, if there is one
};
inline constexpr unsigned latency_count = 19;

/// The latency of the actor's next step. `woken`: it was not enabled until just now.
/// REQUIRES: the actor is enabled.
Latency latency_of(const World& w, sim::ActorId actor, bool woken);

}  // namespace model
