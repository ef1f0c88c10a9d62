// SPDX-License-Identifier: MIT
//
// What all charts have around them.
#pragma once

#include <string>

#include "tools/words/svg.h"

namespace tools {

inline constexpr Tenths page_width = 8000;
inline constexpr Tenths page_margin = 200;
inline constexpr Tenths line_height = 180;  ///< of labels
inline constexpr Tenths label_gap = 60;     ///< between an axis and its labels
/// From the middle of a line of labels down to its base line.
inline constexpr Tenths below_middle = 42;

/// Title and subtitle, in as many lines as they need. Returns where they end.
Tenths draw_head(Drawing& drawing, const std::string& title, const std::string& subtitle);

/// The title of an axis: about `middle`, or as near as the page's edges let it be.
void draw_x_title(Drawing& drawing, Place middle, const std::string& title);

/// Throws std::invalid_argument, with `what`, unless `holds`.
void require(bool holds, const std::string& what);

/// Whether an axis can show `value`: 0 or of a magnitude from 1e-20 to 1e20.
bool can_be_shown(double value);

}  // namespace tools
