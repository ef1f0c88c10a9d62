// SPDX-License-Identifier: MIT
//
// Marks, dashes and the legend.
#include "tools/study/curve_look.h"

#include <array>

#include "tools/study/chart_frame.h"

namespace tools {

const Ink& ink_of_curve(std::size_t n) { return ink::curves[n % ink::curves.size()]; }

std::string dashes_of_curve(std::size_t n) {
  constexpr std::array<const char*, 4> dashes{"", " stroke-dasharray=\"7 4\"",
                                              " stroke-dasharray=\"2 3\"",
                                              " stroke-dasharray=\"10 3 2 3\""};
  return dashes[n % dashes.size()];
}

void draw_mark(Drawing& drawing, Place middle, std::size_t n) {
  const std::string paint = filled_with_edge(ink_of_curve(n));
  const auto [x, y] = middle;
  switch (n % 4) {
    case 0:
      return drawing.circle(middle, 40, paint);
    case 1:
      return drawing.box({x - 35, y - 35, x + 35, y + 35}, paint);
    case 2:
      return drawing.polygon({{x, y - 40}, {x + 40, y + 40}, {x - 40, y + 40}}, paint);
    default:
      return drawing.polygon({{x, y - 50}, {x + 50, y}, {x, y + 50}, {x - 50, y}}, paint);
  }
}

Tenths draw_legend(Drawing& drawing, const std::vector<Curve>& curves, Tenths top) {
  constexpr Tenths sample = 300;
  constexpr Tenths right = page_width - page_margin;
  Place at{page_margin, top + line_height / 2};
  for (std::size_t n = 0; n < curves.size(); ++n) {
    const std::string name =
        shortened(curves[n].name, Font::label, right - page_margin - sample - label_gap);
    const Tenths length = sample + label_gap + text_width(name, Font::label);
    if (at.x > page_margin && at.x + length > right) at = {page_margin, at.y + line_height};
    drawing.line(at, {at.x + sample, at.y}, stroked(ink_of_curve(n), 20) + dashes_of_curve(n));
    draw_mark(drawing, {at.x + sample / 2, at.y}, n);
    drawing.text({at.x + sample + label_gap, at.y + below_middle}, Anchor::start, Font::label,
                 filled(ink::text), name);
    at.x += length + 3 * label_gap;
  }
  return at.y + line_height;
}

}  // namespace tools
