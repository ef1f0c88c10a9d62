// SPDX-License-Identifier: MIT
//
// DMA map and unmap of an MR's scatterlist, with the checks.
//
// The world keeps three states per MR, enough to tell a second unmap from a
// first one; addresses, generations and who did it are history and belong to
// the ledger (ledger.h), which listens. (ib_dma_map_sg, ib_dma_unmap_sg.)
#pragma once

#include "model/kernel.h"

namespace model {

template <class Sink>
void dma_map(Kernel<Sink>& k, MrId id, RpcId rpc, Direction direction) {
  Mr& mr = k.world.mr(id);
  k.tell({.kind = EventKind::dma_map,
          .mr = id,
          .rpc = rpc,
          .from = static_cast<std::uint8_t>(mr.dma),
          .to = static_cast<std::uint8_t>(direction)});
  if (mr.dma == DmaState::mapped) k.violate(Invariant::map_over_live_mapping, id);
  mr.dma = DmaState::mapped;
}

template <class Sink>
void dma_unmap(Kernel<Sink>& k, MrId id) {
  Mr& mr = k.world.mr(id);
  k.tell({.kind = EventKind::dma_unmap, .mr = id, .from = static_cast<std::uint8_t>(mr.dma)});
  if (mr.dma == DmaState::unmapped) k.violate(Invariant::double_unmap, id);
  if (mr.dma == DmaState::none) k.violate(Invariant::unmap_never_mapped, id);
  mr.dma = DmaState::unmapped;
}

}  // namespace model
