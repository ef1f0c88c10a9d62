// SPDX-License-Identifier: MIT
//
// A run as contexts side by side: which ones take part, what they send each other, and
// what happens to the MRs. Every picture of a run draws this; it is found once, here.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "model/trace/trace.h"
#include "tools/render/messages.h"
#include "tools/render/only.h"

namespace tools {

/// The state of an MR from a step on, until the next span.
struct MrSpan {
  std::size_t from = 0;  ///< the step that made it so; 0: from the start
  model::FrState fr_state{};
  bool is_mapped = false;  ///< its scatterlist
};

/// The states of an MR to which something happened.
struct MrLife {
  model::MrId mr = 0;
  std::vector<MrSpan> spans;  ///< each differs from the one before
};

/// What happened where: which contexts take part, what passes between them, what
/// happens to the MRs.
struct Lanes {
  std::vector<sim::ActorId> actors;  ///< those that take part, in the order to show them
  std::vector<Message> messages;     ///< by ascending `sent`; those of one step in its order
  std::vector<MrLife> mrs;           ///< by ascending name
};

/// Without `every_step`, contexts that do nothing noteworthy and only pass on news of
/// the connection are left out: what they pass on goes from its sender to its
/// receivers. Messages and MRs are those that `only` names; contexts are those it
/// names, else all that have a part in what is left.
/// REQUIRES: the trace's choices are possible, as in any that `replayed` returns.
Lanes lanes_of(const model::Trace& trace, bool every_step, const Only& only = {});

/// A step that a picture shows.
struct Moment {
  std::size_t step = 0;
  sim::ActorId actor = 0;
  std::vector<std::string> words;  ///< see words_of; none if only messages make it worth showing
  std::vector<std::size_t> sends;  ///< indices of messages
  std::vector<std::size_t> takes;  ///< the same
  bool is_violation = false;
  bool is_for_all = false;  ///< the link's, which has no lane: what it does concerns every lane
};

/// The steps that have words, or an end of a message; with `every_step` all. Of these,
/// the steps that `only` chooses, and then also those of the link: a loss is where a
/// story begins.
std::vector<Moment> moments_of(const model::Trace& trace, const Lanes& lanes, bool every_step,
                               const Only& only = {});

/// How many steps of the run are not shown before the moment with that index, or after
/// the last one: one more number than there are moments.
std::vector<std::size_t> steps_between(const model::Trace& trace,
                                       const std::vector<Moment>& moments);

/// "1 step", "14 steps"
std::string steps_in_words(std::size_t steps);

/// What to say of a step, counted from 1, a clause each: its noteworthy events, or with
/// `every_step` its statement and all of them. Empty if it is not worth showing.
std::vector<std::string> words_of(const model::Trace& trace, std::size_t step, bool every_step);

/// What there is to say of a step that only takes the message.
std::string taken_in_words(const Message& message);

/// "VIOLATION: double DMA unmap of MR 1 at step 95", or how else it ended.
std::string last_word(const model::Trace& trace);

/// "upstream-report under unmap-on-marshal-error (pre-fix)"
std::string run_in_words(const model::Trace& trace);

/// The same, and which of its steps are shown, if not all that are worth it:
/// "...; only MR 1: 24 of 92 steps"
std::string run_in_words(const model::Trace& trace, const Only& only, std::size_t shown);

}  // namespace tools
