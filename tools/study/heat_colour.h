// SPDX-License-Identifier: MIT
//
// The colours of a heat map: viridis, which becomes lighter from one end to the other.
//
// Its colours can be told apart with any kind of colour vision, and seen on a light
// page and on a dark one.
#pragma once

#include <array>
#include <string>

namespace tools {

/// An sRGB colour.
struct Rgb {
  std::array<int, 3> channels{};  ///< red, green, blue, from 0 to 255
};

inline constexpr int last_shade = 1000;

/// REQUIRES: 0 <= shade <= last_shade.
Rgb colour_of(int shade);

/// Black or white, with a contrast of at least 4.5 to any shade.
Rgb text_colour_on(const Rgb& shade);

/// An attribute of a shape.
std::string fill_attribute(const Rgb& colour);

}  // namespace tools
