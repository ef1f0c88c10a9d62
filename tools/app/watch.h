// SPDX-License-Identifier: MIT
//
// What a long search needs around it: its time limit, Ctrl-C, and a line of progress.
//
// The end of a breadth-first search is not known before it is reached, so the line does
// not predict it: it says how much was seen and how much of that is still to be
// expanded.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "sim/search/explorer.h"

namespace tools {

/// One at a time, or one inside another. SIGINT and SIGTERM ask for a clean stop while it
/// exists; a second signal ends the program as usual. Its methods belong to the thread
/// that made it.
class Watch {
 public:
  /// `title`, if it is not empty, begins the line of progress.
  explicit Watch(std::optional<std::chrono::milliseconds> time_limit, std::string title = {});
  ~Watch();
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  /// Whether to stop; shows progress on standard error if that is a terminal.
  sim::Bound look(const sim::Progress& progress);

 private:
  void show(const sim::Progress& progress);

  using Clock = std::chrono::steady_clock;
  Clock::time_point start_ = Clock::now();
  Clock::time_point shown_ = start_;
  std::optional<std::chrono::milliseconds> time_limit_;
  std::string title_;
  bool terminal_;
  bool line_is_there_ = false;
  bool was_watched_;  // by one around this one
};

/// Bytes of memory that a search may take unless the user gives a limit: three quarters
/// of what is available now to this process.
std::uint64_t default_memory_limit();

}  // namespace tools
