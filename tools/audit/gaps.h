// SPDX-License-Identifier: MIT
//
// Where events are missing, by lines of the text.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace tools::audit {

/// Intervals of lines in which something is missing. Not thread-safe.
class Gaps {
 public:
  /// Something is missing behind line `from` and before line `to`.
  void add(std::uint64_t from, std::uint64_t to) {
    if (intervals_.size() == most) {  // coarser, never wrong
      intervals_.back() = {std::min(intervals_.back().from, from),
                           std::max(intervals_.back().to, to)};
    } else {
      intervals_.push_back({from, to});
    }
  }

  /// Whether something is missing between two lines that are there.
  [[nodiscard]] bool between(std::uint64_t from, std::uint64_t to) const {
    return std::any_of(intervals_.begin(), intervals_.end(),
                       [=](const Interval& it) { return it.from < to && from < it.to; });
  }

 private:
  static constexpr std::size_t most = 10'000;
  struct Interval {
    std::uint64_t from;
    std::uint64_t to;
  };
  std::vector<Interval> intervals_{};
};

}  // namespace tools::audit
