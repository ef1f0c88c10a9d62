// SPDX-License-Identifier: MIT
//
// The invariants by name: what must hold, in a sentence.
//
// A fatal one ends the run that violates it; an observed one is reported and the
// run goes on; one that is off is not looked at. A scenario may choose (setup.h has
// the usual severities). Where each is checked: dma.h (the three about mappings),
// mr_lists.h and unmap_sync.h (lists), race_model.cpp (at rest, the server's access),
// frwr_race.h (recovery, completions), rnic.h (FASTREGs).
#pragma once

#include <span>
#include <string_view>

#include "model/setup.h"
#include "model/world.h"

namespace model {

/// An invariant as users see it.
struct InvariantEntry {
  Invariant invariant;
  std::string_view name;
  std::string_view title;    ///< what a violation is called: "double DMA unmap"
  std::string_view meaning;  ///< one sentence
};

/// The severities a scenario may give an invariant. The lists' is always fatal: a
/// walk that was led off its list has nowhere to go on. What is looked at where
/// nothing can move has no step in which it could be observed.
bool may_be(Invariant invariant, Severity severity);

/// All invariants, in the order of their values.
std::span<const InvariantEntry> invariants();

/// The entry of an invariant. REQUIRES: not Invariant::none.
const InvariantEntry& entry_of(Invariant invariant);

}  // namespace model
