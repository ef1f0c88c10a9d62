// SPDX-License-Identifier: MIT
//
// Updates what is known by the events.
#include "tools/explain/memory.h"

#include "model/kernel/mr_lists.h"

namespace tools::story {

using namespace model;

void Memory::remember(std::size_t step, sim::ActorId actor, const Event& event) {
  Known& mr = known_.at(event.mr != 0        ? event.mr
                        : names_mr(event.wr) ? event.wr.subject()
                                             : MrId{0});
  switch (event.kind) {
    case EventKind::moved:
      mr.place = static_cast<Place>(event.to);
      if (mr.place == Place::in_hand) {
        in_hand_[actor] = event.mr;
        mr.taken_at = step;
      }
      if (mr.place == Place::released) mr = {.place = Place::released, .released_at = step};
      break;
    case EventKind::fr_state:
      mr.fr_state = static_cast<FrState>(event.to);
      if (mr.fr_state == FrState::is_invalid) mr.invalid_at = step;
      if (mr.fr_state == FrState::is_valid) mr.dma = DmaState::none;
      break;
    case EventKind::dma_map:
      mr.dma = DmaState::mapped;
      break;
    case EventKind::dma_unmap:
      // The first unmap is the one a second one repeats.
      if (mr.dma != DmaState::unmapped) mr.unmapped_at = step;
      mr.dma = DmaState::unmapped;
      break;
    case EventKind::posted:
      if (event.wr.kind() == WrKind::fastreg) mr.fastreg_open = mr.fastreg_queued = true;
      break;
    case EventKind::flushed:
    case EventKind::failed:
      mr.flushed_at = step;
      mr.was_flushed = event.kind == EventKind::flushed;
      if (event.wr.kind() == WrKind::fastreg) mr.fastreg_queued = false;
      break;
    case EventKind::executed:
    case EventKind::dropped:
      if (event.wr.kind() == WrKind::fastreg) mr.fastreg_open = mr.fastreg_queued = false;
      break;
    case EventKind::polled:
      handling_ = event.wr;
      break;
    default:
      break;
  }
}

void Memory::fastreg_handled() {
  if (names_mr(handling_)) known_.at(handling_.subject()).fastreg_open = false;
}

}  // namespace tools::story
