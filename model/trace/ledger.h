// SPDX-License-Identifier: MIT
//
// Ledger of DMA mappings.
//
// With it a second unmap is a recorded fact, not a crash: every map and unmap of a run,
// its actor and its time, with the I/O address that a kernel would have shown. It is
// history, made from a trace and never stored in the world.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/trace/trace.h"

namespace model {

/// One map or unmap.
struct LedgerEntry {
  std::size_t step = 0;       ///< from 1
  std::uint64_t time_ns = 0;  ///< virtual
  sim::ActorId actor = 0;
  std::uint8_t step_id = 0;  ///< names the kernel function
  bool is_map = false;
  MrId mr = 0;
  unsigned generation = 0;  ///< how often this MR had been mapped; 0: never
  std::uint64_t iova = 0;   ///< 0 if it was never mapped
  unsigned pages = 0;
  Direction direction{};
  DmaState found = DmaState::none;  ///< before: an unmap in `unmapped` is the second
  MrId victim = 0;                  ///< MR whose live mapping an unmap took away; 0: no other's
};

/// The ledger of a run, in order. Addresses are fresh unless the scenario reuses them.
std::vector<LedgerEntry> ledger_of(const Trace& trace);

/// If a victim's unmap finds nothing: the entry that took its mapping away; nullptr if
/// the last entry of the ledger is not a victim's.
const LedgerEntry* culprit_of(const std::vector<LedgerEntry>& ledger);

/// Bytes of a page, as in the kernel's x86_64 configuration.
inline constexpr unsigned page_size = 4096;

/// What a kernel with DMA-API debugging prints on that second unmap
/// (check_unmap: lib/dma-debug.c, later kernel/dma/debug.c, whose form this is).
/// REQUIRES: !entry.is_map.
std::string dma_api_line(const LedgerEntry& entry);

}  // namespace model
