// SPDX-License-Identifier: MIT
//
// The table of invariants.
#include "model/invariants.h"

#include <algorithm>
#include <array>

namespace model {
namespace {

constexpr std::array<InvariantEntry, invariant_count - 1> table{{
    {Invariant::double_unmap, "double-unmap", "double DMA unmap",
     "an MR's scatterlist is DMA-unmapped at most once per mapping"},
    {Invariant::unmap_never_mapped, "unmap-never-mapped", "DMA unmap of what was never mapped",
     "an MR's scatterlist is DMA-unmapped only after op_map has mapped it"},
    {Invariant::map_over_live_mapping, "map-over-live-mapping", "DMA map over a live mapping",
     "op_map maps an MR's scatterlist only when no earlier mapping of it is live"},
    {Invariant::mr_on_one_list, "mr-on-one-list", "MR on two lists or on none",
     "an MR is on one list at a time, no walk is led off its list, and at rest every MR is free"},
    {Invariant::leaked_mapping, "leaked-mapping", "leaked DMA mapping",
     "at rest no DMA mapping is left"},
    {Invariant::rpc_finishes, "rpc-finishes", "RPC that never finishes",
     "some context can continue until every RPC is done (no deadlock)"},
    {Invariant::recovery_of_in_flight_mr, "recovery-of-in-flight-mr",
     "recovery of an MR with its FASTREG in flight",
     "recovery starts only when no FASTREG of the MR is queued or its completion unhandled"},
    {Invariant::use_after_free, "use-after-free", "use after free",
     "an MR is freed only when no context has it in hand and no completion of it is outstanding"},
    {Invariant::stale_completion, "stale-completion", "handler run for a stale completion",
     "frwr_wc_fastreg runs only while the MR is as the op_map that posted the FASTREG left it"},
    {Invariant::fastreg_on_live_mr, "fastreg-on-live-mr", "FASTREG of a dead rkey or mapping",
     "the RNIC executes a FASTREG only for an rkey and a mapping that are alive"},
    {Invariant::rdma_on_live_mr, "rdma-on-live-mr", "RDMA access to a dead rkey or mapping",
     "the server reads and writes only by rkeys and mappings that are alive"},
    {Invariant::fastreg_on_invalid_mr, "fastreg-on-invalid-mr", "FASTREG of a registered MR",
     "the RNIC executes a FASTREG only for an MR that it does not have registered already"},
}};

}  // namespace

std::span<const InvariantEntry> invariants() { return table; }

bool may_be(Invariant invariant, Severity severity) {
  switch (invariant) {
    case Invariant::mr_on_one_list:
      return severity == Severity::fatal;
    case Invariant::leaked_mapping:
    case Invariant::rpc_finishes:
      return severity != Severity::observed;
    default:
      return true;
  }
}

const InvariantEntry& entry_of(Invariant invariant) {
  return *std::find_if(table.begin(), table.end(), [invariant](const InvariantEntry& entry) {
    return entry.invariant == invariant;
  });
}

}  // namespace model
