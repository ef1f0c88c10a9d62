// SPDX-License-Identifier: MIT
//
// Where a value is on an axis, and which values are named there.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "tools/study/chart.h"
#include "tools/words/svg.h"

namespace tools {

/// REQUIRES: low <= high, both 0 or of a magnitude from 1e-20 to 1e20; above 0 if
/// logarithmic.
struct Range {
  double low = 0;
  double high = 0;
  bool logarithmic = false;
};

/// Where the values of a range are: its low end at `from`, its high end at `to`,
/// the middle for all if the ends are (nearly) the same.
class Scale {
 public:
  Scale(const Range& range, Tenths from, Tenths to) : range_(range), from_(from), to_(to) {}

  /// Never outside of `from` and `to`.
  [[nodiscard]] Tenths at(double value) const;

 private:
  Range range_;
  Tenths from_;
  Tenths to_;
};

/// A mark on an axis.
struct Tick {
  double value = 0;
  std::string label;  ///< empty for a tick between those that have one
};

/// Round values within the range, ascending: powers of ten, with 2 and 5 times these
/// as ticks without labels, if the range is logarithmic and has two powers of ten;
/// else multiples of 1, 2 or 5 times a power of ten. One tick, at the value itself,
/// if there is only one value.
std::vector<Tick> ticks_of(const Range& range, Unit unit);

/// Multiples of 1, 2 or 5 times a power of ten from 0 to the first that is not below
/// `highest`: where the axis of a probability ends. It ends at 1 if `highest` is 0.
/// REQUIRES: 0 <= highest <= 1.
std::vector<Tick> ticks_from_zero(double highest);

/// A label's extent along its axis.
struct Extent {
  Tenths middle = 0;
  Tenths length = 0;
};

/// The least n with which every n-th label, from the first, is at least `gap` from
/// the next.
std::size_t stride_that_fits(const std::vector<Extent>& labels, Tenths gap);

}  // namespace tools
