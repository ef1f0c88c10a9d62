// SPDX-License-Identifier: MIT
//
// The invariants by name: what must hold, in a sentence.
//
// A fatal one ends the run that violates it; an observed one is reported and the run
// continues; one that is off is not checked. A scenario may choose (setup.h has the
// usual severities). Each is checked here: dma.h (the three about mappings), mr_lists.h
// and unmap_sync.h (lists), race_model.cpp (at rest, the server's access), frwr_race.h
// (recovery, completions), rnic.h (FASTREGs).
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
  std::string_view title;    ///< the name of a violation: "double DMA unmap"
  std::string_view meaning;  ///< one sentence
};

/// The severities that a scenario may give an invariant. That of the lists is always
/// fatal: a walk that was led off its list cannot continue. An invariant that is
/// checked when no actor can take a step has no step in which it could be observed.
bool may_be(Invariant invariant, Severity severity);

/// All invariants, in the order of their values. A scenario may add properties to them
/// (property/properties.h).
std::span<const InvariantEntry> invariants();

/// The entry of an invariant. REQUIRES: neither Invariant::none nor a property, which has
/// a name of its own in every scenario.
const InvariantEntry& entry_of(Invariant invariant);

}  // namespace model
