// SPDX-License-Identifier: MIT
//
// What tells the curves of a chart apart: colours, dashes and marks.
//
// Colours alone are not enough for many readers. Through the gaps of a dashed curve one
// also sees a curve that lies under it, as do those of policies that never fail.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "tools/study/chart.h"
#include "tools/words/svg.h"

namespace tools {

/// Of the n-th curve of a chart; twenty looks differ.
const Ink& ink_of_curve(std::size_t n);
/// An attribute; nothing for a line without gaps.
std::string dashes_of_curve(std::size_t n);
void draw_mark(Drawing& drawing, Place middle, std::size_t n);

/// Looks and names, in rows from `top` on. Returns where they end.
Tenths draw_legend(Drawing& drawing, const std::vector<Curve>& curves, Tenths top);

}  // namespace tools
