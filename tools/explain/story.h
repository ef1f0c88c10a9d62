// SPDX-License-Identifier: MIT
//
// The story of a failing run in a few stops, for a reader who has not seen one.
//
// A stop is an event that changed the fate of the MR that is violated (or, if none is,
// of the RPCs): registered, handed over, recovered, marked, taken again. Stops are
// recognised by what happened, not by when, so every failing run has a story. If more
// happened than a story has room for, what changed least is left out.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "model/trace/trace.h"

namespace tools {

/// A moment of a story: the world after that step; 0 is the start.
struct StoryStop {
  std::size_t step = 0;  ///< 0 .. number of steps
  std::string title;     ///< a few words, plain text
  std::string text;      ///< sentences, plain text
};

/// The most stops that a story has.
inline constexpr std::size_t most_stops = 10;

/// The story of a run that ends in a violation: in order of steps, from 0 to the last.
/// REQUIRES: trace.end is a violation.
std::vector<StoryStop> story_of(const model::Trace& trace);

/// The MR that the story of a failing run is about; 0 if it is about RPCs.
/// REQUIRES: trace.end is a violation.
model::MrId subject_of(const model::Trace& trace);

/// The story of a run that does not fail, told of that MR (0: of RPCs); `why` are the
/// sentences of its last stop.
std::vector<StoryStop> story_of_rest(const model::Trace& trace, model::MrId subject,
                                     const std::string& why);

}  // namespace tools
