// SPDX-License-Identifier: MIT
//
// Charts of estimated probabilities as pictures that need no other file: SVG 1.1.
//
// A picture needs no font, script or style sheet from elsewhere, has its own
// background, and follows the reader's light or dark colour scheme. The same chart
// is the same bytes with every compiler and locale.
#pragma once

#include <string>
#include <vector>

namespace tools {

/// How numbers are written: "0.5"; "10 µs", from nanoseconds; "0.5 %", from 0.005.
enum class Unit { number, nanoseconds, probability };

/// What an axis shows. Texts, here and below, are UTF-8.
struct Quantity {
  std::string title;
  Unit unit = Unit::number;
};

/// A probability that was estimated at `x`: `value`, with an interval from `low` to
/// `high`.
struct CurvePoint {
  double x = 0;
  double low = 0;
  double value = 0;
  double high = 0;
};

/// Points to be joined, under a name of the legend.
struct Curve {
  std::string name;
  std::vector<CurvePoint> points;  ///< by ascending x
};

/// Probabilities that depend on one quantity. One curve has no legend: `subtitle` must
/// name it.
struct CurveChart {
  std::string title;
  std::string subtitle;
  Quantity x;
  bool logarithmic = false;  ///< the x axis
  std::string y_title;
  std::vector<Curve> curves;
};

/// Probabilities that depend on two quantities, one cell for each pair of values.
/// All cells are of the same size, whatever the distances of the values.
struct HeatMap {
  std::string title;
  std::string subtitle;
  Quantity x;
  Quantity y;
  std::vector<double> xs;      ///< from left to right
  std::vector<double> ys;      ///< from the bottom up
  std::vector<double> values;  ///< the value of xs[i] and ys[j] is [j * xs.size() + i]
  std::string value_title;
};

/// REQUIRES, or throws std::invalid_argument: at least one curve, none of them without
/// points; x ascending, its magnitude 0 or 1e-20 to 1e20, above 0 on a logarithmic
/// axis; 0 <= low <= value <= high <= 1, with a tolerance of 1e-9.
std::string svg_of(const CurveChart& chart);

/// The values are also written, in percent, into cells that are large enough. REQUIRES,
/// or throws std::invalid_argument: from 1 to 1000 xs and as many ys, of magnitudes as
/// above; a value from 0 to 1 for each pair.
std::string svg_of(const HeatMap& map);

}  // namespace tools
