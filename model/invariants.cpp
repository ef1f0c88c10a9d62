// SPDX-License-Identifier: MIT
//
// The table of invariants.
#include "model/invariants.h"

#include <algorithm>
#include <array>

namespace model {
namespace {

constexpr std::array<InvariantEntry, 7> table{{
    {Invariant::double_unmap, "double-unmap", "double DMA unmap",
     "an MR's scatterlist is DMA-unmapped at most once per mapping", true},
    {Invariant::unmap_never_mapped, "unmap-never-mapped", "DMA unmap of what was never mapped",
     "an MR's scatterlist is DMA-unmapped only after op_map has mapped it", true},
    {Invariant::map_over_live_mapping, "map-over-live-mapping", "DMA map over a live mapping",
     "op_map maps an MR's scatterlist only when no earlier mapping of it is live", true},
    {Invariant::mr_on_one_list, "mr-on-one-list", "MR on two lists or on none",
     "an MR is on one list at a time, no walk is led off its list, and at rest every MR is free",
     true},
    {Invariant::leaked_mapping, "leaked-mapping", "leaked DMA mapping",
     "at rest no DMA mapping is left", true},
    {Invariant::rpc_finishes, "rpc-finishes", "RPC that never finishes",
     "some context can go on until every RPC is done (no deadlock)", true},
    {Invariant::recovery_of_in_flight_mr, "recovery-of-in-flight-mr",
     "recovery of an MR with its FASTREG in flight",
     "recovery starts only when no FASTREG of the MR is queued or its completion unhandled", false},
}};

}  // namespace

std::span<const InvariantEntry> invariants() { return table; }

const InvariantEntry& entry_of(Invariant invariant) {
  return *std::find_if(table.begin(), table.end(), [invariant](const InvariantEntry& entry) {
    return entry.invariant == invariant;
  });
}

}  // namespace model
