// SPDX-License-Identifier: MIT
//
// Probabilities of pairs of values, as coloured cells.
#include <algorithm>
#include <cmath>

#include "tools/study/chart.h"
#include "tools/study/chart_axis.h"
#include "tools/study/chart_frame.h"
#include "tools/study/chart_number.h"
#include "tools/study/heat_colour.h"

namespace tools {
namespace {

constexpr Tenths widest_cell = 1200;
constexpr Tenths highest_cell = 400;
constexpr Tenths highest_plot = 4500;
constexpr Tenths scale_width = 160;
constexpr Tenths least_scale_height = 1600;

struct Layout {
  Box plot;
  std::vector<std::string> x_labels;
  std::vector<std::string> y_labels;
  std::vector<Tick> ticks;  ///< of the colour scale
  Tenths scale_left = 0;
  Tenths cell_width = 0;
  Tenths cell_height = 0;

  [[nodiscard]] double highest() const { return ticks.back().value; }

  /// Cell i from the left, j from the bottom.
  [[nodiscard]] Box cell(std::size_t i, std::size_t j) const {
    const Tenths left = plot.left + static_cast<Tenths>(i) * cell_width;
    const Tenths bottom = plot.bottom - static_cast<Tenths>(j) * cell_height;
    return {left, bottom - cell_height, left + cell_width, bottom};
  }

  [[nodiscard]] int shade_of(double value) const {
    return static_cast<int>(std::lround(value / highest() * last_shade));
  }
};

/// Of `count` cells in `room`: whole pixels, so that no seams are seen, if there are.
Tenths cell_size(Tenths room, std::size_t count, Tenths most) {
  const Tenths size = std::min(most, room / static_cast<Tenths>(count));
  return size < 10 ? size : size / 10 * 10;
}

void require_drawable(const HeatMap& map) {
  require(!map.xs.empty() && !map.ys.empty(), "a heat map needs a cell");
  require(map.xs.size() <= 1000 && map.ys.size() <= 1000,
          "a heat map has at most 1000 times 1000 cells");
  require(map.values.size() == map.xs.size() * map.ys.size(),
          "a heat map has " + std::to_string(map.values.size()) + " values, expected " +
              std::to_string(map.xs.size()) + " times " + std::to_string(map.ys.size()));
  for (const std::vector<double>& axis : {map.xs, map.ys}) {
    for (const double value : axis) {
      require(can_be_shown(value), "a value of an axis is expected to be 0 or from 1e-20 to 1e20");
    }
  }
  for (const double value : map.values) {
    require(value >= 0 && value <= 1, "a value of a heat map is not from 0 to 1");
  }
}

std::vector<std::string> labels_of(const std::vector<double>& values, Unit unit) {
  std::vector<std::string> labels;
  for (const double value : values) labels.push_back(label_of(value, unit, 3));
  return labels;
}

Tenths longest_of(const std::vector<std::string>& labels) {
  Tenths longest = 0;
  for (const std::string& label : labels) {
    longest = std::max(longest, text_width(label, Font::small));
  }
  return longest;
}

/// With the plot below `top`.
Layout layout_of(const HeatMap& map, Tenths top) {
  Layout layout;
  layout.x_labels = labels_of(map.xs, map.x.unit);
  layout.y_labels = labels_of(map.ys, map.y.unit);
  layout.ticks = ticks_from_zero(*std::max_element(map.values.begin(), map.values.end()));
  std::vector<std::string> scale_labels;
  for (const Tick& tick : layout.ticks) scale_labels.push_back(tick.label);

  const Tenths left = std::max(page_margin + longest_of(layout.y_labels) + label_gap,
                               longest_of(layout.x_labels) / 2 + label_gap);
  layout.plot.left = (left + 9) / 10 * 10;
  layout.plot.top = (top + 9) / 10 * 10;
  const Tenths scale = 5 * label_gap + scale_width + label_gap + longest_of(scale_labels);
  const Tenths room = page_width - page_margin - scale - layout.plot.left;
  layout.cell_width = cell_size(room, map.xs.size(), widest_cell);
  layout.cell_height = cell_size(highest_plot, map.ys.size(), highest_cell);
  layout.plot.right = layout.plot.left + static_cast<Tenths>(map.xs.size()) * layout.cell_width;
  layout.plot.bottom = layout.plot.top + static_cast<Tenths>(map.ys.size()) * layout.cell_height;
  layout.scale_left = layout.plot.right + 5 * label_gap;
  return layout;
}

/// In percent, of which the title speaks: "12", "0.5", "<0.01", ">99".
std::string text_in_cell(double value) {
  if (value > 0 && value < 0.0001) return "<0.01";
  const std::string label = label_of(value, Unit::probability, 2);
  return label.substr(0, label.find(' '));
}

/// None if they do not fit into the cells.
std::vector<std::string> texts_in_cells(const HeatMap& map, const Layout& layout) {
  std::vector<std::string> texts;
  for (const double value : map.values) texts.push_back(text_in_cell(value));
  const bool fit = longest_of(texts) + label_gap <= layout.cell_width && layout.cell_height >= 140;
  return fit ? texts : std::vector<std::string>();
}

void draw_cells(Drawing& drawing, const Layout& layout, const HeatMap& map,
                const std::vector<std::string>& texts) {
  for (std::size_t k = 0; k < map.values.size(); ++k) {
    const std::size_t i = k % map.xs.size();
    const std::size_t j = k / map.xs.size();
    const Box box = layout.cell(i, j);
    const int shade = layout.shade_of(map.values[k]);
    drawing.open(layout.x_labels[i] + ", " + layout.y_labels[j] + ": " +
                 label_of(map.values[k], Unit::probability, 3));
    drawing.box(box, fill_attribute(colour_of(shade)));
    if (!texts.empty()) {
      drawing.text({(box.left + box.right) / 2, (box.top + box.bottom) / 2 + below_middle},
                   Anchor::middle, Font::small, fill_attribute(text_colour_on(colour_of(shade))),
                   texts[k]);
    }
    drawing.close();
  }
}

/// The longest label decides how many fit; leaving out a few more may leave the round
/// ones, as 1, 10 and 100 of 1, 2.15, 4.64, 10 and so on.
std::size_t stride_of(const std::vector<Extent>& labels) {
  const auto longest = [&](std::size_t stride) {
    Tenths length = 0;
    for (std::size_t i = 0; i < labels.size(); i += stride) {
      length = std::max(length, labels[i].length);
    }
    return length;
  };
  const std::size_t least = stride_that_fits(labels, label_gap / 2);
  std::size_t best = least;
  if (least == 1) return best;
  for (std::size_t stride = least; stride <= 2 * least && stride < labels.size(); ++stride) {
    if (longest(stride) < longest(best)) best = stride;
  }
  return best;
}

void draw_axes(Drawing& drawing, const Layout& layout, const HeatMap& map) {
  const Box& plot = layout.plot;
  std::vector<Extent> labels;
  for (std::size_t i = 0; i < map.xs.size(); ++i) {
    const Box cell = layout.cell(i, 0);
    labels.push_back({(cell.left + cell.right) / 2, text_width(layout.x_labels[i], Font::small)});
  }
  std::size_t stride = stride_of(labels);
  for (std::size_t i = 0; i < labels.size(); i += stride) {
    const Tenths x = labels[i].middle;
    drawing.line({x, plot.bottom}, {x, plot.bottom + 40}, stroked(ink::axis, 10));
    drawing.text({x, plot.bottom + line_height}, Anchor::middle, Font::small, filled(ink::faint),
                 layout.x_labels[i]);
  }
  draw_x_title(drawing, {(plot.left + plot.right) / 2, plot.bottom + 2 * line_height + 30},
               map.x.title);

  labels.clear();
  for (std::size_t j = 0; j < map.ys.size(); ++j) {
    const Box cell = layout.cell(0, j);
    labels.push_back({(cell.top + cell.bottom) / 2, line_height - label_gap});
  }
  stride = stride_that_fits(labels, 0);
  for (std::size_t j = 0; j < labels.size(); j += stride) {
    const Tenths y = labels[j].middle;
    drawing.line({plot.left - 40, y}, {plot.left, y}, stroked(ink::axis, 10));
    drawing.text({plot.left - label_gap, y + below_middle}, Anchor::end, Font::small,
                 filled(ink::faint), layout.y_labels[j]);
  }
}

/// Its own height: a map of one row is too low for the ticks.
void draw_scale(Drawing& drawing, const Layout& layout, Tenths bottom) {
  constexpr int steps = 50;
  const Tenths left = layout.scale_left;
  const Tenths top = layout.plot.top;
  for (int i = steps; i > 0; --i) {  // each over the one above, so that there is no seam
    const Tenths step_top = bottom - (bottom - top) * i / steps;
    const int shade = (i - 1) * last_shade / (steps - 1);
    drawing.box({left, step_top, left + scale_width, bottom}, fill_attribute(colour_of(shade)));
  }
  const Scale scale({0, layout.highest()}, bottom, top);
  for (const Tick& tick : layout.ticks) {
    const Tenths y = scale.at(tick.value);
    drawing.text({left + scale_width + label_gap, y + below_middle}, Anchor::start, Font::small,
                 filled(ink::faint), tick.label);
  }
}

/// The y axis's on the left; that of the values above the colour scale, or as near as
/// the other title and the page's edge let it be.
void draw_titles(Drawing& drawing, const Layout& layout, const std::string& y_title,
                 const std::string& value_title) {
  const Tenths y = layout.plot.top - 120;
  constexpr Tenths gap = 4 * label_gap;
  constexpr Tenths right = page_width - page_margin;
  const std::string of_values = shortened(value_title, Font::label, page_width / 2 - page_margin);
  const Tenths left =
      std::min(std::max(layout.scale_left, page_margin + text_width(y_title, Font::label) + gap),
               right - text_width(of_values, Font::label));
  drawing.text({page_margin, y}, Anchor::start, Font::label, filled(ink::text),
               shortened(y_title, Font::label, left - gap - page_margin));
  drawing.text({left, y}, Anchor::start, Font::label, filled(ink::text), of_values);
}

}  // namespace

std::string svg_of(const HeatMap& map) {
  require_drawable(map);
  Drawing drawing;
  const Tenths head = draw_head(drawing, map.title, map.subtitle);
  const Layout layout = layout_of(map, head + line_height + 120);
  const std::vector<std::string> texts = texts_in_cells(map, layout);
  draw_titles(drawing, layout, map.y.title, map.value_title + (texts.empty() ? "" : ", in %"));
  draw_cells(drawing, layout, map, texts);
  draw_axes(drawing, layout, map);
  const Tenths scale_bottom = std::max(layout.plot.bottom, layout.plot.top + least_scale_height);
  draw_scale(drawing, layout, scale_bottom);
  const Tenths bottom = std::max(layout.plot.bottom + 2 * line_height, scale_bottom);
  return drawing.finished(page_width, bottom + page_margin, map.title, map.subtitle);
}

}  // namespace tools
