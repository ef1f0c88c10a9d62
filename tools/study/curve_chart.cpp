// SPDX-License-Identifier: MIT
//
// Curves of probabilities, each in a band of its confidence intervals.
//
// The names stand at the ends of the curves if there is room, else above the plot.
#include <algorithm>

#include "tools/study/chart.h"
#include "tools/study/chart_axis.h"
#include "tools/study/chart_frame.h"
#include "tools/study/chart_number.h"
#include "tools/study/curve_look.h"

namespace tools {
namespace {

constexpr Tenths plot_height = 3000;
constexpr Tenths inset = 120;     // of the values within the plot, for marks at its ends
constexpr Tenths name_gap = 100;  // between a curve's end and its name
constexpr Tenths widest_name = 2200;

/// A curve as it is drawn, and its looks.
struct Line {
  std::string name;
  std::vector<Place> low;
  std::vector<Place> value;
  std::vector<Place> high;
  std::size_t number = 0;  ///< which look it has
};

struct Plot {
  Box box;
  Range x_range;
  std::vector<Tick> x_ticks;
  std::vector<Tick> y_ticks;

  [[nodiscard]] Scale x() const { return {x_range, box.left + inset, box.right - inset}; }
  [[nodiscard]] Scale y() const { return {{0, y_ticks.back().value}, box.bottom, box.top}; }
};

void require_drawable(const CurveChart& chart) {
  constexpr double forgiven = 1e-9;
  require(!chart.curves.empty(), "a chart needs a curve");
  for (const Curve& curve : chart.curves) {
    const std::string name = "curve '" + curve.name + "': ";
    require(!curve.points.empty(), name + "has no points");
    double last_x = curve.points.front().x;
    for (const CurvePoint& point : curve.points) {
      require(can_be_shown(point.x), name + "x is expected to be 0 or from 1e-20 to 1e20");
      require(!chart.logarithmic || point.x > 0, name + "x is expected to be above 0");
      require(point.x >= last_x, name + "x is expected to ascend");
      require(point.value >= 0 && point.value <= 1, name + "a value is not from 0 to 1");
      require(point.low >= -forgiven && point.low <= point.value + forgiven &&
                  point.high >= point.value - forgiven && point.high <= 1 + forgiven,
              name + "an interval is not around its value");
      last_x = point.x;
    }
  }
}

/// The point without the rounding errors in the ends of its interval.
CurvePoint corrected(CurvePoint point) {
  point.low = std::clamp(point.low, 0.0, point.value);
  point.high = std::clamp(point.high, point.value, 1.0);
  return point;
}

Plot plot_of(const CurveChart& chart) {
  Plot plot;
  double highest = 0;
  const double first_x = chart.curves.front().points.front().x;
  plot.x_range = {first_x, first_x, chart.logarithmic};
  for (const Curve& curve : chart.curves) {
    plot.x_range.low = std::min(plot.x_range.low, curve.points.front().x);
    plot.x_range.high = std::max(plot.x_range.high, curve.points.back().x);
    for (const CurvePoint& point : curve.points) highest = std::max(highest, corrected(point).high);
  }
  plot.x_ticks = ticks_of(plot.x_range, chart.x.unit);
  plot.y_ticks = ticks_from_zero(highest);
  Tenths y_labels = 0;
  for (const Tick& tick : plot.y_ticks) {
    y_labels = std::max(y_labels, text_width(tick.label, Font::label));
  }
  Tenths x_labels = 0;
  for (const Tick& tick : plot.x_ticks) {
    x_labels = std::max(x_labels, text_width(tick.label, Font::label));
  }
  plot.box.left = page_margin + y_labels + label_gap;
  plot.box.right = page_width - std::max(page_margin, x_labels / 2);
  return plot;
}

std::vector<Line> lines_of(const CurveChart& chart, const Plot& plot) {
  std::vector<Line> lines;
  for (const Curve& curve : chart.curves) {
    Line line{curve.name, {}, {}, {}, lines.size()};
    for (const CurvePoint& given : curve.points) {
      const CurvePoint point = corrected(given);
      const Tenths x = plot.x().at(point.x);
      line.low.push_back({x, plot.y().at(point.low)});
      line.value.push_back({x, plot.y().at(point.value)});
      line.high.push_back({x, plot.y().at(point.high)});
    }
    lines.push_back(line);
  }
  return lines;
}

/// The names at the ends of the curves need ends that are far enough from each other.
bool names_fit_at_ends(const std::vector<Line>& lines) {
  std::vector<Tenths> heights;
  for (const Line& line : lines) {
    const bool ends_early = line.value.back().x != lines.front().value.back().x;
    if (ends_early || text_width(line.name, Font::label) > widest_name) return false;
    heights.push_back(line.value.back().y);
  }
  std::sort(heights.begin(), heights.end());
  for (std::size_t i = 1; i < heights.size(); ++i) {
    if (heights[i] - heights[i - 1] < line_height) return false;
  }
  return true;
}

void draw_names_at_ends(Drawing& drawing, const std::vector<Line>& lines, Tenths left) {
  for (const Line& line : lines) {
    drawing.text({left, line.value.back().y + below_middle}, Anchor::start, Font::label,
                 filled(ink_of_curve(line.number)), line.name);
  }
}

void draw_axes(Drawing& drawing, const Plot& plot, const CurveChart& chart) {
  const Box& box = plot.box;
  for (const Tick& tick : plot.y_ticks) {
    const Tenths y = plot.y().at(tick.value);
    drawing.line({box.left, y}, {box.right, y}, stroked(ink::grid, 10));
    drawing.text({box.left - label_gap, y + below_middle}, Anchor::end, Font::label,
                 filled(ink::faint), tick.label);
  }
  std::vector<Extent> labels;
  for (const Tick& tick : plot.x_ticks) {
    if (tick.label.empty()) continue;
    labels.push_back({plot.x().at(tick.value), text_width(tick.label, Font::label)});
  }
  const std::size_t stride = stride_that_fits(labels, label_gap);
  std::size_t count = 0;
  for (const Tick& tick : plot.x_ticks) {
    const Tenths x = plot.x().at(tick.value);
    const bool labelled = !tick.label.empty();
    if (labelled) drawing.line({x, box.top}, {x, box.bottom}, stroked(ink::grid, 10));
    drawing.line({x, box.bottom}, {x, box.bottom + (labelled ? 60 : 40)}, stroked(ink::axis, 10));
    if (labelled && count++ % stride == 0) {
      drawing.text({x, box.bottom + line_height}, Anchor::middle, Font::label, filled(ink::faint),
                   tick.label);
    }
  }
  drawing.line({box.left, box.bottom}, {box.right, box.bottom}, stroked(ink::axis, 10));
  drawing.text({page_margin, box.top - 140}, Anchor::start, Font::label, filled(ink::text),
               shortened(chart.y_title, Font::label, page_width - 2 * page_margin));
  draw_x_title(drawing, {(box.left + box.right) / 2, box.bottom + 2 * line_height + 30},
               chart.x.title);
}

/// Fainter if there are many: they may all lie on each other.
void draw_band(Drawing& drawing, const Line& line, bool many) {
  std::vector<Place> around = line.high;
  around.insert(around.end(), line.low.rbegin(), line.low.rend());
  drawing.polygon(around, filled(ink_of_curve(line.number)) +
                              (many ? " fill-opacity=\"0.08\"" : " fill-opacity=\"0.15\""));
}

std::string tip_of(const CurvePoint& point, const CurveChart& chart, const Curve& curve) {
  const auto percent = [](double p) { return label_of(p, Unit::probability, 3); };
  const CurvePoint shown = corrected(point);
  return curve.name + ", " + label_of(point.x, chart.x.unit, 3) + ": " + percent(shown.value) +
         " (" + percent(shown.low) + " to " + percent(shown.high) + ")";
}

void draw_curve(Drawing& drawing, const Line& line, const CurveChart& chart) {
  drawing.polyline(line.value,
                   stroked(ink_of_curve(line.number), 20) + dashes_of_curve(line.number));
  const Curve& curve = chart.curves[line.number];
  for (std::size_t i = 0; i < line.value.size(); ++i) {
    drawing.open(tip_of(curve.points[i], chart, curve));
    // Between the points the band is a guess; of one point there is no band.
    drawing.line(line.low[i], line.high[i],
                 stroked(ink_of_curve(line.number), 15) + " stroke-opacity=\"0.5\"");
    draw_mark(drawing, line.value[i], line.number);
    drawing.close();
  }
}

}  // namespace

std::string svg_of(const CurveChart& chart) {
  require_drawable(chart);
  Drawing drawing;
  Plot plot = plot_of(chart);
  Tenths top = draw_head(drawing, chart.title, chart.subtitle);

  plot.box.bottom = plot_height;  // from 0, for a first look at the distances
  const bool several = chart.curves.size() > 1;
  const bool at_ends = several && names_fit_at_ends(lines_of(chart, plot));
  if (at_ends) {
    Tenths longest = 0;
    for (const Curve& curve : chart.curves) {
      longest = std::max(longest, text_width(curve.name, Font::label));
    }
    plot.box.right = page_width - page_margin - longest - name_gap;
  } else if (several) {
    top = draw_legend(drawing, chart.curves, top);
  }
  plot.box.top = top + line_height + 140;
  plot.box.bottom = plot.box.top + plot_height;

  draw_axes(drawing, plot, chart);
  const std::vector<Line> lines = lines_of(chart, plot);
  for (const Line& line : lines) draw_band(drawing, line, lines.size() > 2);
  for (const Line& line : lines) draw_curve(drawing, line, chart);
  if (at_ends) draw_names_at_ends(drawing, lines, plot.box.right + name_gap);
  return drawing.finished(page_width, plot.box.bottom + 2 * line_height + page_margin, chart.title,
                          chart.subtitle);
}

}  // namespace tools
