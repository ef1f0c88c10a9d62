// SPDX-License-Identifier: MIT
//
// The clock, the terminal, and what the kernel says of memory.
#include "tools/app/watch.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <limits>
#include <string>
#include <utility>

#include "tools/files/interruption.h"

namespace tools {
Watch::Watch(std::optional<std::chrono::milliseconds> time_limit, std::string title)
    : time_limit_(time_limit),
      title_(std::move(title)),
      terminal_(isatty(STDERR_FILENO) == 1),
      was_watched_(watch_for_interruption(true)) {}

Watch::~Watch() {
  watch_for_interruption(was_watched_);
  if (line_is_there_) std::fprintf(stderr, "\r\033[K");
}

sim::Bound Watch::look(const sim::Progress& progress) {
  if (asked_to_stop()) return sim::Bound::interrupted;
  const auto now = Clock::now();
  if (time_limit_ && now - start_ >= *time_limit_) return sim::Bound::time;
  if (terminal_ && now - shown_ >= std::chrono::milliseconds(200)) {
    shown_ = now;
    show(progress);
  }
  return sim::Bound::none;
}

void Watch::show(const sim::Progress& progress) {
  const double elapsed = std::chrono::duration<double>(shown_ - start_).count();
  const bool searching = progress.expanded < progress.states;
  char line[80];  // a line that wraps could not be overwritten
  std::snprintf(line, sizeof line,
                "%s%s%u states, %u to expand%s, depth %u, %.0f MiB, %.1f M/s, %.0f s",
                title_.c_str(), title_.empty() ? "" : ": ", progress.states,
                progress.states - progress.expanded, searching ? " (end unknown)" : ", counting",
                progress.depth, static_cast<double>(progress.memory) / (1 << 20),
                progress.states / elapsed * 1e-6, elapsed);
  std::fprintf(stderr, "\r\033[K%s", line);
  std::fflush(stderr);
  line_is_there_ = true;
}

std::uint64_t default_memory_limit() {
  std::uint64_t available = std::numeric_limits<std::uint64_t>::max() / 4;
  std::ifstream info("/proc/meminfo");
  std::string name;
  std::string unit;
  for (std::uint64_t kib = 0; info >> name >> kib; std::getline(info, unit)) {
    if (name == "MemAvailable:") available = kib * 1024;
  }
  // A control group may allow less than the machine has.
  std::uint64_t allowed = 0;
  std::uint64_t used = 0;
  if (std::ifstream("/sys/fs/cgroup/memory.max") >> allowed &&
      std::ifstream("/sys/fs/cgroup/memory.current") >> used) {
    available = std::min(available, allowed - std::min(allowed, used));
  }
  return available / 4 * 3;
}

}  // namespace tools
