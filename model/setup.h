// SPDX-License-Identifier: MIT
//
// What a scenario fixes for a whole run: sizes, budgets, guards, environment.
//
// The world changes with every step; this never does. It is what the step
// function needs of a scenario, without its names and prose (scenario.h).
#pragma once

#include <array>
#include <cstdint>
#include <memory>

#include "model/mutants.h"
#include "model/policy.h"
#include "model/world.h"

namespace model {

class Properties;

/// What a provider does with a post to a QP that is in the error state.
enum class Provider : std::uint8_t {
  reject,  ///< ib_post_send fails, as ocrdma's does
  flush,   ///< it is accepted and completes as flushed
};

/// Which way the RNIC moves a segment's data (enum dma_data_direction).
enum class Direction : std::uint8_t { to_device, from_device };

/// One RPC, as the scenario describes it. Segments are registered in the
/// kernel's order: read list, write list, reply chunk. One segment is one MR.
struct RpcSetup {
  std::uint8_t read_list = 0;
  std::uint8_t write_list = 0;
  std::uint8_t reply_chunk = 0;
  RpcId after = 0;     ///< starts when that RPC is done; 0: at once
  bool async = false;  ///< run by rpciod: xprt_rdma_free does not recover inline

  /// The segments of all lists: each takes an MR.
  [[nodiscard]] unsigned segments() const {
    return unsigned{read_list} + unsigned{write_list} + unsigned{reply_chunk};
  }
  /// The server reads the read list's segments and writes the others.
  [[nodiscard]] Direction direction(unsigned segment) const {
    return segment < read_list ? Direction::to_device : Direction::from_device;
  }
};

/// Idealisations that close one window each; docs/semantics.md says which.
struct Guards {
  /// The 250 ms after -ENOBUFS outlast the RNIC, the completion handler,
  /// recovery and refresh.
  bool enobufs_delay = false;
  /// A task that is about to send tests CONNECTED once it has the transport.
  bool wake_means_reconnect = false;
  /// While a reply is queued or handled, its task is neither woken nor sends.
  bool reply_pins_request = false;
  /// The connect worker's drain also waits until no reply is queued or handled.
  bool drain_covers_replies = false;
  /// xprt_connect notices a connection that comes up between its test of
  /// CONNECTED and its going to sleep or starting the connect worker.
  bool no_spurious_reconnect = false;
  /// The delay before a reconnect outlasts what enobufs_delay outlasts. In steady
  /// state the kernel's first reconnect has none.
  bool reconnect_delay = false;
};

inline constexpr unsigned scenario_properties = 8;                   ///< the most of one scenario
inline constexpr unsigned max_properties = scenario_properties + 1;  ///< one is what is sought
/// Invariants and properties together: one more than the highest value.
inline constexpr unsigned rule_count = invariant_count + max_properties;
static_assert(static_cast<unsigned>(Invariant::first_property) == invariant_count);

/// The property of that index. REQUIRES: index < max_properties.
constexpr Invariant property_at(std::size_t index) {
  return static_cast<Invariant>(invariant_count + index);
}
constexpr bool is_property(Invariant invariant) { return invariant >= Invariant::first_property; }

/// The effect of a violation of an invariant.
enum class Severity : std::uint8_t {
  off,       ///< not checked
  observed,  ///< it is reported, and the run continues
  fatal,     ///< it ends the run
};

/// By Invariant, the properties included.
using Severities = std::array<Severity, rule_count>;

/// The severities in a scenario that does not mention invariants and has no properties.
inline constexpr Severities usual_severities = [] {
  Severities all{};
  all.fill(Severity::fatal);
  const auto set = [&all](Invariant invariant, Severity severity) {
    all[static_cast<std::size_t>(invariant)] = severity;
  };
  set(Invariant::recovery_of_in_flight_mr, Severity::observed);
  set(Invariant::stale_completion, Severity::observed);
  set(Invariant::fastreg_on_live_mr, Severity::observed);
  set(Invariant::rdma_on_live_mr, Severity::off);
  set(Invariant::fastreg_on_invalid_mr, Severity::off);
  for (std::size_t i = 0; i < max_properties; ++i) set(property_at(i), Severity::off);
  return all;
}();

/// Where a mapping finds its I/O address.
enum class IovaChoice : std::uint8_t {
  fresh,  ///< one never used before
  reuse,  ///< the one freed last
};

/// When a second unmap is noticed.
enum class Detect : std::uint8_t {
  ledger,   ///< at once, whichever MR has the address by then
  dma_api,  ///< as the kernel's DMA-API debugging: when no mapping has that address
};

/// How often things may happen that could happen for ever.
struct Budgets {
  std::uint8_t retransmissions = 0;  ///< per RPC
  std::uint8_t enobufs_retries = 0;  ///< per RPC
  std::uint8_t reconnects = 0;
  std::uint8_t refreshes = 0;  ///< runs of the MR refresh worker that find memory
};

/// Everything constant about a run.
struct Setup {
  std::uint8_t rpc_count = 1;
  std::array<RpcSetup, max_rpcs> rpcs{};
  std::uint8_t pool = 1;           ///< MRs allocated at the start
  std::uint8_t refresh_batch = 0;  ///< MRs a refresh adds; 0: it never finds memory
  std::uint8_t losses = 0;
  RpcId loss_before_send_of = 0;  ///< 0: a loss may happen at any time
  Provider provider = Provider::reject;
  FaultsLeft faults{};
  IovaChoice iova = IovaChoice::fresh;
  Detect detect = Detect::ledger;
  Severities severities = usual_severities;
  Guards guards;
  Budgets budgets;
  Policy policy;
  Mutant mutant = Mutant::none;
  std::shared_ptr<const Properties> properties{};  ///< null where a scenario has none
  bool notes_requests = false;  ///< a property asks for which RPC an MR was taken

  /// The effect of a violation of it.
  [[nodiscard]] Severity severity(Invariant invariant) const {
    return severities[static_cast<std::size_t>(invariant)];
  }

  /// REQUIRES: 1 <= id <= max_rpcs.
  [[nodiscard]] const RpcSetup& rpc(RpcId id) const { return rpcs[id - 1u]; }
};

}  // namespace model
