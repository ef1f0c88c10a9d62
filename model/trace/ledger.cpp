// SPDX-License-Identifier: MIT
//
// Building the ledger from a trace.
#include "model/trace/ledger.h"

#include <array>
#include <cstdio>

namespace model {

std::vector<LedgerEntry> ledger_of(const Trace& trace) {
  std::vector<LedgerEntry> ledger;
  std::array<LedgerEntry, max_mrs + 1> last_map{};
  // Intel's IOMMU hands out addresses downwards from 4 GiB.
  constexpr std::uint64_t top = 0x1'0000'0000;
  std::uint64_t next_iova = top;
  for (std::size_t i = 0; i < trace.steps.size(); ++i) {
    const TraceStep& step = trace.steps[i];
    for (const Event& event : step.events) {
      if (event.kind == EventKind::moved && static_cast<Place>(event.to) == Place::released) {
        last_map.at(event.mr) = {};
      }
      if (event.kind != EventKind::dma_map && event.kind != EventKind::dma_unmap) continue;
      LedgerEntry entry = last_map.at(event.mr);
      entry.step = i + 1;
      entry.time_ns = step.time_ns;
      entry.actor = step.choice.actor;
      entry.step_id = step.step_id;
      entry.mr = event.mr;
      entry.is_map = event.kind == EventKind::dma_map;
      entry.pages = trace.scenario.segment_pages;
      entry.found = static_cast<DmaState>(event.from);
      if (!entry.is_map) entry.victim = event.to;
      if (entry.is_map) {
        const std::uint64_t size = std::uint64_t{entry.pages} * page_size;
        if (event.iova == 0) next_iova -= size;
        entry.iova = event.iova == 0 ? next_iova : top - event.iova * size;
        entry.direction = static_cast<Direction>(event.to);
        ++entry.generation;
        last_map.at(event.mr) = entry;
      }
      ledger.push_back(entry);
    }
  }
  return ledger;
}

const LedgerEntry* culprit_of(const std::vector<LedgerEntry>& ledger) {
  if (ledger.empty()) return nullptr;
  const LedgerEntry& last = ledger.back();
  for (auto entry = ledger.rbegin() + 1; entry != ledger.rend(); ++entry) {
    if (entry->mr == last.mr && entry->is_map) return nullptr;
    if (!entry->is_map && entry->victim == last.mr) return &*entry;
  }
  return nullptr;
}

std::string dma_api_line(const LedgerEntry& entry) {
  char text[200];
  std::snprintf(text, sizeof text,
                "DMA-API: mlx5_core 0000:08:00.1: device driver tries to free DMA memory it has "
                "not allocated [device address=0x%016llx] [size=%u bytes]",
                static_cast<unsigned long long>(entry.iova), entry.pages * page_size);
  return text;
}

}  // namespace model
