// SPDX-License-Identifier: MIT
//
// DMA map and unmap of an MR's scatterlist, with the checks.
//
// The world keeps three states per MR, enough to tell a second unmap from a first one.
// Generations and the actor that unmapped are history and belong to the ledger
// (ledger.h), which listens. Addresses belong there too, as long as every mapping gets
// a fresh one. If addresses are reused, the last freed first, a second unmap takes away
// the mapping that has the address by then: the MR of that mapping is the victim. The
// kernel's DMA-API debugging knows addresses only and notices when an unmap finds none,
// which may be the victim's own. (ib_dma_map_sg, ib_dma_unmap_sg; check_unmap.)
#pragma once

#include "model/kernel/kernel.h"

namespace model {

/// An address for a mapping of this MR: the one freed last, else a new one.
inline std::uint8_t take_iova(Iovas& iovas, MrId id) {
  if (iovas.free_count == 0) {
    iovas.owner[iovas.given_out] = id;
    return ++iovas.given_out;
  }
  std::uint8_t& top = iovas.free[--iovas.free_count];
  const std::uint8_t iova = top;
  top = 0;
  iovas.owner[iova - 1u] = id;
  return iova;
}

/// The MR whose mapping has this address; 0 if there is none.
inline MrId owner_of(const Iovas& iovas, std::uint8_t iova) {
  return iova == 0 ? MrId{0} : iovas.owner[iova - 1u];
}

/// Gives the address back, whichever MR has it; does nothing if none has it.
inline void free_iova(Iovas& iovas, std::uint8_t iova) {
  if (owner_of(iovas, iova) == 0) return;
  iovas.owner[iova - 1u] = 0;
  iovas.free[iovas.free_count++] = iova;
}

/// What the server was told of this MR is no longer true.
inline void stop_advertising(World& w, MrId id) {
  RpcId& told = w.rare.advertised[id - 1u];
  if (told != 0) w.rare.rkey_is_dead[told - 1u] = 1;
  told = 0;
}

/// ib_dma_map_sg: an MR's scatterlist gets an address. Violates map_over_live_mapping if it
/// has one.
template <class Sink>
void dma_map(Kernel<Sink>& k, MrId id, RpcId rpc, Direction direction) {
  Mr& mr = k.world.mr(id);
  std::uint8_t& iova = k.world.rare.iova[id - 1u];
  if (k.setup.iova == IovaChoice::reuse) iova = take_iova(k.world.rare.iovas, id);
  k.tell({.kind = EventKind::dma_map,
          .mr = id,
          .rpc = rpc,
          .from = static_cast<std::uint8_t>(mr.dma),
          .to = static_cast<std::uint8_t>(direction),
          .iova = iova});
  if (mr.dma == DmaState::mapped) k.violate(Invariant::map_over_live_mapping, id);
  mr.dma = DmaState::mapped;
}

/// ib_dma_unmap_sg of an MR's scatterlist, at the address that it had last, whichever
/// MR has that address now. Violates double_unmap or unmap_never_mapped.
template <class Sink>
void dma_unmap(Kernel<Sink>& k, MrId id) {
  World& w = k.world;
  Mr& mr = w.mr(id);
  if (k.setup.policy.mapped == Mapped::by_mr_dir && mr.dma != DmaState::mapped) return;
  const DmaState found = mr.dma;
  const std::uint8_t iova = w.rare.iova[id - 1u];
  const MrId owner = owner_of(w.rare.iovas, iova);
  mr.dma = DmaState::unmapped;
  if (k.setup.notes_requests) forget_request(w, id);
  if (k.setup.severity(Invariant::rdma_on_live_mr) != Severity::off) stop_advertising(w, id);
  k.tell({.kind = EventKind::dma_unmap,
          .mr = id,
          .from = static_cast<std::uint8_t>(found),
          .to = owner == id ? MrId{0} : owner,
          .iova = iova});
  free_iova(w.rare.iovas, iova);
  const bool is_noticed =
      k.setup.detect == Detect::dma_api ? owner == 0 : found != DmaState::mapped;
  if (!is_noticed) return;
  k.violate(found == DmaState::none ? Invariant::unmap_never_mapped : Invariant::double_unmap, id);
}

}  // namespace model
