// SPDX-License-Identifier: MIT
//
// Between the colours of viridis, in integers.
#include "tools/study/heat_colour.h"

#include <algorithm>
#include <string_view>

namespace tools {
namespace {

constexpr std::array<Rgb, 5> viridis{
    {{{68, 1, 84}}, {{59, 82, 139}}, {{33, 145, 140}}, {{94, 201, 98}}, {{253, 231, 37}}}};

}  // namespace

Rgb colour_of(int shade) {
  constexpr int between = last_shade / (static_cast<int>(viridis.size()) - 1);
  const auto before = static_cast<std::size_t>(std::min(shade, last_shade - 1) / between);
  const int part = shade - static_cast<int>(before) * between;
  Rgb colour;
  for (std::size_t i = 0; i < 3; ++i) {
    colour.channels[i] = (viridis[before].channels[i] * (between - part) +
                          viridis[before + 1].channels[i] * part + between / 2) /
                         between;
  }
  return colour;
}

Rgb text_colour_on(const Rgb& shade) {
  const auto& [red, green, blue] = shade.channels;
  const int brightness = red * 299 + green * 587 + blue * 114;
  return brightness > 103'500 ? Rgb{{0, 0, 0}} : Rgb{{255, 255, 255}};
}

std::string fill_attribute(const Rgb& colour) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text = " fill=\"#";
  for (const int channel : colour.channels) {
    text += digits[static_cast<std::size_t>(channel / 16)];
    text += digits[static_cast<std::size_t>(channel % 16)];
  }
  return text + "\"";
}

}  // namespace tools
