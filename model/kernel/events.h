// SPDX-License-Identifier: MIT
//
// What a step tells its sink: the effects a reader of the trace cares about.
//
// The world keeps no history; code that needs one listens. An event is small and plain,
// so a recording sink is cheap and a null sink costs nothing.
#pragma once

#include <cstdint>
#include <memory>

#include "model/world.h"

namespace model {

enum class EventKind : std::uint8_t {
  fr_state,        ///< mr; from, to: FrState
  dma_map,         ///< mr, rpc; from: DmaState found; to: Direction; iova if reused
  dma_unmap,       ///< mr; from: DmaState found; to: victim, or 0; iova if reused
  moved,           ///< mr; from, to: Place; rpc where to/from is `registered`
  dereg,           ///< mr: ib_dereg_mr, its rkey is dead
  alloc,           ///< mr: ib_alloc_mr, a fresh rkey
  rkey_bump,       ///< mr: low eight bits of the rkey
  posted,          ///< wr
  post_failed,     ///< wr
  executed,        ///< wr: by the RNIC, with success
  flushed,         ///< wr: by the RNIC, completed with IB_WC_WR_FLUSH_ERR
  failed,          ///< wr: by the RNIC, completed with another error
  polled,          ///< wr: completion taken by the softirq
  dropped,         ///< wr: went away with its QP
  qp,              ///< from, to: QpState
  connected,       ///< to: 0 or 1: XPRT_CONNECTED
  woken,           ///< rpc; to: Status
  locked,          ///< rpc got the transport lock
  unlocked,        ///< rpc released it
  reply,           ///< rpc: a reply arrived
  completed,       ///< rpc: xprt_complete_rqst
  marshal_failed,  ///< rpc; to: Status
  budget,          ///< to: Budget; the run is cut
  violation,       ///< mr; to: Invariant; fatal
  observed,        ///< mr; to: Invariant; reported, the run continues
  lock_taken,      ///< a lock of the policy; to: its number, from 1; rpc or mr it is of
  lock_released,   ///< likewise
};

/// One effect of a step. Fields a kind does not use are zero.
struct Event {
  EventKind kind{};
  MrId mr = 0;
  RpcId rpc = 0;
  std::uint8_t from = 0;
  std::uint8_t to = 0;
  Wr wr{};
  std::uint8_t iova = 0;
  friend bool operator==(const Event&, const Event&) = default;
};

/// The listener that is told what a step does: a reference to anything that can be
/// called with an Event, so that the steps are compiled for one kind of listener. What
/// it refers to must outlive it. As thread-safe as that is.
class EventSink {
 public:
  /// REQUIRES: `listener` outlives this.
  template <class Listener>
  explicit EventSink(Listener& listener)
      // `tell_` gives a listener that is const its const back.
      // NOLINTNEXTLINE(cppcoreguidelines-pro-type-const-cast)
      : listener_(const_cast<void*>(static_cast<const void*>(std::addressof(listener)))),
        tell_([](void* to, const Event& event) { (*static_cast<Listener*>(to))(event); }) {}

  /// Passes the event on.
  void operator()(const Event& event) const { tell_(listener_, event); }

 private:
  void* listener_;
  void (*tell_)(void* to, const Event& event);
};

}  // namespace model
