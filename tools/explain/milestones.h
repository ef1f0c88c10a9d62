// SPDX-License-Identifier: MIT
//
// Milestones, thinned to the stops of a story.
//
// A run has more of them than a reader has patience for. All that changes what becomes
// of the violated MR stays if it can; the rest is there where it leaves gaps.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "tools/explain/story.h"

namespace tools::story {

/// How much a milestone changes; the least are left out first.
enum class Weight : std::uint8_t { filler, minor, major, always };

/// What a story could stop at. Not thread-safe.
class Milestones {
 public:
  /// In any order of steps.
  void add(std::size_t step, Weight weight, const std::string& text) {
    all_.push_back({{step, text}, weight});
  }

  /// In order of steps, one per step, at most most_stops: all that matter if there is room,
  /// what matters less where there is.
  [[nodiscard]] std::vector<StoryStop> chosen() const;

 private:
  struct Milestone {
    StoryStop stop;
    Weight weight;
  };

  /// In order, and one per step: what weighs most, or all of it if it matters.
  [[nodiscard]] std::vector<Milestone> merged() const;

  std::vector<Milestone> all_;
};

}  // namespace tools::story
