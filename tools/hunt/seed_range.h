// SPDX-License-Identifier: MIT
//
// Seeds as every command takes them: "1000" is seeds 1 to 1000, "5..9" those from 5 to 9.
#pragma once

#include <cstdint>
#include <string>

namespace tools {

/// Seeds first..last, both included.
struct SeedRange {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  /// How many. REQUIRES: first <= last.
  [[nodiscard]] std::uint64_t size() const { return last - first + 1; }
};

/// Reads the value of --seeds. Throws model::InputError for what is neither form, and for
/// no seeds or more than `most`.
SeedRange seed_range(const std::string& text, std::uint64_t most);

/// "1..1000"
std::string in_words(SeedRange seeds);

}  // namespace tools
