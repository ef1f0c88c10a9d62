// SPDX-License-Identifier: MIT
//
// A line that rewrites itself, on a terminal only: for work whose size is known.
#pragma once

#include <cstdint>
#include <string>

namespace tools {

/// On standard error, if that is a terminal; else nothing. Not thread-safe.
class ProgressBar {
 public:
  /// `total` of `what` ("runs") are to be done; if that is 0, nothing is shown.
  ProgressBar(std::uint64_t total, std::string what);
  ~ProgressBar() { clear(); }
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  /// "[####....] 12 of 60 runs, " and `more`.
  void show(std::uint64_t done, const std::string& more);
  void clear();

 private:
  std::uint64_t total_;
  std::string what_;
  bool shown_;
  bool line_is_there_ = false;
};

}  // namespace tools
