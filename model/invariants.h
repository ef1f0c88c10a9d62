// SPDX-License-Identifier: MIT
//
// The invariants by name: what must hold, in a sentence.
//
// A fatal one ends the run that violates it; an observed one is reported and the
// run goes on. Where each is checked: dma.h (the three about mappings), mr_lists.h
// and reply_handler.h (lists), race_model.cpp (at rest), frwr_race.h (observed).
#pragma once

#include <span>
#include <string_view>

#include "model/world.h"

namespace model {

/// An invariant as users see it.
struct InvariantEntry {
  Invariant invariant;
  std::string_view name;
  std::string_view title;    ///< what a violation is called: "double DMA unmap"
  std::string_view meaning;  ///< one sentence
  bool fatal;
};

/// All invariants, fatal ones first.
std::span<const InvariantEntry> invariants();

/// The entry of an invariant. REQUIRES: not Invariant::none.
const InvariantEntry& entry_of(Invariant invariant);

}  // namespace model
