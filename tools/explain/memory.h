// SPDX-License-Identifier: MIT
//
// What the sentences of a story need to know of the events before.
//
// The teller follows each MR from event to event: what is outstanding, where it is,
// when it was unmapped.
#pragma once

#include <array>
#include <cstddef>

#include "model/actors.h"
#include "model/trace/trace.h"

namespace tools::story {

/// What is remembered of an MR. Steps are counted from 1; 0: never.
struct Known {
  model::Place place = model::Place::free_list;
  model::DmaState dma = model::DmaState::none;
  model::FrState fr_state = model::FrState::is_invalid;
  bool fastreg_queued = false;  ///< on the send queue
  bool fastreg_open = false;    ///< posted, and its completion, if there is one, not handled
  std::size_t registered = 0;   ///< how often op_map has posted for it
  std::size_t taken_at = 0;
  std::size_t invalid_at = 0;
  std::size_t unmapped_at = 0;
  std::size_t flushed_at = 0;  ///< by the RNIC
  bool was_flushed = true;     ///< then; else it failed
  std::size_t released_at = 0;
};

/// What is remembered of all MRs, after the events it was given. Not thread-safe.
class Memory {
 public:
  /// REQUIRES: the events come in the order of the run.
  void remember(std::size_t step, sim::ActorId actor, const model::Event& event);
  /// frwr_wc_fastreg has run.
  void fastreg_handled();
  /// frwr_op_map has posted a FASTREG of the MR; true if it is the first.
  bool registers(model::MrId mr) { return known_.at(mr).registered++ == 0; }

  /// REQUIRES: mr <= max_mrs; 0 stands for none.
  [[nodiscard]] const Known& of(model::MrId mr) const { return known_.at(mr); }
  /// The MR that the actor took last.
  [[nodiscard]] model::MrId in_hand(sim::ActorId actor) const { return in_hand_[actor]; }

 private:
  std::array<Known, model::max_mrs + 1> known_{};
  std::array<model::MrId, model::actor_count> in_hand_{};
  model::Wr handling_{};  // by the softirq
};

}  // namespace tools::story
