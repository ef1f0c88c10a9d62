// SPDX-License-Identifier: MIT
//
// What stops a search, or a question asked after it, before it is complete.
//
// Searches and analyses can take more memory and time than there is. They ask regularly
// whether they may continue, and stop cleanly if they may not.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <string_view>

namespace sim {

enum class Bound : std::uint8_t { none, states, memory, time, interrupted };

/// Its name in reports.
constexpr std::string_view name_of(Bound bound) {
  constexpr std::array<std::string_view, 5> names{"none", "states", "memory", "time",
                                                  "interrupted"};
  return names[static_cast<std::size_t>(bound)];
}

/// Thrown by an analysis that had to stop; a search returns what it has instead.
struct Stopped {
  Bound bound = Bound::none;
};

/// Limits of an analysis. Thread-safe if `ask` is.
struct Limits {
  std::uint64_t max_memory = std::numeric_limits<std::uint64_t>::max();  ///< bytes, of its own
  std::function<Bound()> ask{};  ///< whether to stop; may be empty

  /// Throws Stopped if an analysis that holds `bytes` must stop.
  void check(std::uint64_t bytes) const {
    if (bytes > max_memory) throw Stopped{Bound::memory};
    if (const Bound bound = ask ? ask() : Bound::none; bound != Bound::none) throw Stopped{bound};
  }
};

}  // namespace sim
