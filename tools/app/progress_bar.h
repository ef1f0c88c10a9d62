// SPDX-License-Identifier: MIT
//
// A line that rewrites itself, on a terminal only: for work whose size is known.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace tools {

/// On standard error, if that is a terminal; else nothing. Not thread-safe.
class ProgressBar {
 public:
  /// `total` of `what` ("runs") are to be done, `begun` of them were before; if `total` is
  /// 0, nothing is shown.
  ProgressBar(std::uint64_t total, std::string what, std::uint64_t begun = 0);
  ~ProgressBar() { clear(); }
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  /// "[####....] 12 of 60 runs, ", `more`, and the rate and the time left, as far as they are
  /// known; a few times a second.
  void show(std::uint64_t done, const std::string& more);
  void clear();

 private:
  using Clock = std::chrono::steady_clock;

  std::uint64_t total_;
  std::uint64_t begun_;
  Clock::time_point start_ = Clock::now();
  Clock::time_point drawn_{};
  std::string what_;
  bool shown_;
  bool line_is_there_ = false;
};

}  // namespace tools
