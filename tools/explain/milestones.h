// SPDX-License-Identifier: MIT
//
// Milestones, thinned to the stops of a story.
//
// A run has more milestones than a story can show. Each that changes the fate of the
// violated MR is kept if possible; the others are used where they leave gaps.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "tools/explain/story.h"

namespace tools::story {

/// How much a milestone changes; those that change least are left out first.
enum class Weight : std::uint8_t { filler, minor, major, always };

/// The milestones at which a story could stop. Not thread-safe.
class Milestones {
 public:
  /// Milestones may come in any order of steps.
  void add(std::size_t step, Weight weight, const std::string& title, const std::string& text) {
    all_.push_back({{step, title, text}, weight});
  }

  /// In order of steps, one per step, at most most_stops: all that matter, if there is
  /// room for them, and those that matter less where there is room.
  [[nodiscard]] std::vector<StoryStop> chosen() const;

 private:
  struct Milestone {
    StoryStop stop;
    Weight weight;
  };

  /// In order, and one per step: the one with the most weight, or all of them if it
  /// matters.
  [[nodiscard]] std::vector<Milestone> merged() const;

  std::vector<Milestone> all_;
};

}  // namespace tools::story
