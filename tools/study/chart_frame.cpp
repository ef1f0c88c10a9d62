// SPDX-License-Identifier: MIT
//
// Titles, axis titles, and error messages.
#include "tools/study/chart_frame.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace tools {

Tenths draw_head(Drawing& drawing, const std::string& title, const std::string& subtitle) {
  constexpr Tenths width = page_width - 2 * page_margin;
  Tenths bottom = page_margin / 2;
  for (const std::string& line : lines_within(title, Font::title, width)) {
    bottom += 230;
    drawing.text({page_margin, bottom}, Anchor::start, Font::title, filled(ink::text), line);
  }
  for (const std::string& line : lines_within(subtitle, Font::subtitle, width)) {
    bottom += 200;
    drawing.text({page_margin, bottom}, Anchor::start, Font::subtitle, filled(ink::faint), line);
  }
  return bottom + 60;
}

void draw_x_title(Drawing& drawing, Place middle, const std::string& title) {
  const std::string text = shortened(title, Font::label, page_width - 2 * page_margin);
  const Tenths from_edge = page_margin + text_width(text, Font::label) / 2;
  middle.x = std::clamp(middle.x, std::min(from_edge, page_width / 2),
                        std::max(page_width - from_edge, page_width / 2));
  drawing.text(middle, Anchor::middle, Font::label, filled(ink::text), text);
}

void require(bool holds, const std::string& what) {
  if (!holds) throw std::invalid_argument(what);
}

bool can_be_shown(double value) {
  const double magnitude = std::abs(value);  // not a number: no comparison holds
  return magnitude == 0 || (magnitude >= 1e-20 && magnitude <= 1e20);
}

}  // namespace tools
