// SPDX-License-Identifier: MIT
//
// Reading a range.
#include "tools/hunt/seed_range.h"

#include <charconv>
#include <string_view>

#include "model/scenario/input.h"

namespace tools {
namespace {

std::uint64_t seed_in(std::string_view digits, const std::string& text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc{} || end != digits.data() + digits.size()) {
    throw model::InputError(
        "--seeds: expected N, for seeds 1 to N, or A..B, in whole numbers, "
        "found '" +
        model::printable(text) + "'");
  }
  return value;
}

}  // namespace

SeedRange seed_range(const std::string& text, std::uint64_t most) {
  const auto dots = text.find("..");
  SeedRange range{1, 0};
  if (dots == std::string::npos) {
    range.last = seed_in(text, text);
  } else {
    range.first = seed_in(std::string_view(text).substr(0, dots), text);
    range.last = seed_in(std::string_view(text).substr(dots + 2), text);
  }
  if (range.last < range.first || range.last - range.first >= most) {
    throw model::InputError("--seeds: '" + text + "' is not a range of 1 to " +
                            std::to_string(most) + " seeds");
  }
  return range;
}

std::string in_words(SeedRange seeds) {
  return std::to_string(seeds.first) + ".." + std::to_string(seeds.last);
}

}  // namespace tools
