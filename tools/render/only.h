// SPDX-License-Identifier: MIT
//
// Which part of a run a picture shows: everything, or what is about some MRs or
// contexts.
//
// The part is chosen by rule, never by hand: a picture that leaves out what its author
// found unimportant proves nothing. What is left out is counted where it would be.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "model/trace/trace.h"

namespace tools {

/// Without mrs and lanes, all of the run; with both, what fits both.
struct Only {
  std::vector<model::MrId> mrs;     ///< what is about one of these; empty: about anything
  std::vector<sim::ActorId> lanes;  ///< of these contexts; empty: of all
  [[nodiscard]] bool any() const { return !mrs.empty() || !lanes.empty(); }
  [[nodiscard]] bool has_lane(sim::ActorId actor) const;
  [[nodiscard]] bool has_mr(model::MrId mr) const;
};

/// Reads "mr=1", "mr=1,2", "lanes=t1,rec", one after the other. Throws
/// model::InputError for any other form, and for an MR or a context that has no part in
/// the run: the message says which ones have.
Only only_of(std::span<const std::string> words, const model::Trace& trace);

/// "MR 1; RPC task 1, RNIC". Nothing if everything is shown.
std::string in_words(const Only& only);

/// What each step of the run does about `only.mrs`, or all it does if no MR is named:
/// its events about the MR or about a work request of it, and a failure of the marshal
/// of a request that has the MR. A link's events concern every MR.
std::vector<std::vector<model::Event>> events_about(const model::Trace& trace, const Only& only);

/// For each step, whether the step itself is about one of `only.mrs`; a step that only
/// reads it counts too. True for all steps if no MR is named.
/// REQUIRES: the trace's choices are possible, as in any that `replayed` returns.
std::vector<bool> steps_about(const model::Trace& trace, const Only& only);

/// An event about an MR that the reader knows of: "fr_state = VALID", "DMA unmap
/// again". For other events, what in_words says. `step_id` is that of its step.
std::string in_short(const model::Event& event, sim::ActorId actor, std::uint8_t step_id,
                     const model::Setup& setup);

}  // namespace tools
