// SPDX-License-Identifier: MIT
//
// What of a run a picture shows: everything, or what is about some MRs or of some contexts.
//
// Chosen by rule, never by hand: a picture that leaves out what somebody thought dull
// proves nothing. What is left out is counted where it would be.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "model/trace/trace.h"

namespace tools {

/// Without either, all of the run; with both, what fits both.
struct Only {
  std::vector<model::MrId> mrs;     ///< what is about one of these; empty: about anything
  std::vector<sim::ActorId> lanes;  ///< of these contexts; empty: of all
  [[nodiscard]] bool any() const { return !mrs.empty() || !lanes.empty(); }
  [[nodiscard]] bool has_lane(sim::ActorId actor) const;
  [[nodiscard]] bool has_mr(model::MrId mr) const;
};

/// Reads "mr=1", "mr=1,2", "lanes=t1,rec", one after the other. Throws model::InputError for
/// any other form, and for an MR or a context that has no part in the run: it says who has.
Only only_of(std::span<const std::string> words, const model::Trace& trace);

/// "MR 1; RPC task 1, RNIC". Nothing if everything is shown.
std::string in_words(const Only& only);

/// What each step of the run does that is about `only.mrs`, or all it does if none is
/// named: its events about the MR or a work request of it, and that the marshal fails of a
/// request that has the MR. A link's events concern every MR.
std::vector<std::vector<model::Event>> events_about(const model::Trace& trace, const Only& only);

/// Whether the step itself is about one of `only.mrs`, for each step: also where it only
/// looks. All are if none is named.
/// REQUIRES: the trace's choices are possible, as in any that `replayed` returns.
std::vector<bool> steps_about(const model::Trace& trace, const Only& only);

/// An event about an MR of which the reader knows: "fr_state = VALID", "DMA unmap again". Of
/// others what in_words says. `step_id` is that of its step.
std::string in_short(const model::Event& event, sim::ActorId actor, std::uint8_t step_id);

}  // namespace tools
