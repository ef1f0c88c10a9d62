// SPDX-License-Identifier: MIT
//
// What a study varies: parameters of latencies, and the values each of them takes.
//
// On the command line a parameter is named as in a scenario file, followed by its
// values: "timing.softirq.mean=1us..10ms:log:13", or "...=1us,20us,1ms".
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tools {

/// One parameter and its values.
struct Variation {
  std::string parameter;    ///< as set_parameter (model/scenario/timing.h) names it: "softirq.mean"
  bool is_duration = true;  ///< nanoseconds; else a plain number
  bool logarithmic = false;
  std::vector<std::uint64_t> values;  ///< ascending
};

/// Most values of a parameter, and most cells of a grid.
inline constexpr std::size_t most_values = 1000;
inline constexpr std::size_t most_cells = 100'000;

/// Reads "timing.KEY.PARAMETER=VALUES". Values are whole numbers, durations with ns,
/// us, ms or s; spaced evenly ("lin") or by equal factors ("log"), rounded to whole
/// numbers. Throws model::InputError.
Variation variation_of(const std::string& text);

/// Values as columns of a grid: cell `index`, the first parameter changing fastest.
std::vector<std::uint64_t> values_of_cell(const std::vector<Variation>& varied, std::size_t index);

/// Cells of the grid: 1 if nothing is varied. Throws model::InputError if there are
/// more than most_cells.
std::size_t cell_count(const std::vector<Variation>& varied);

}  // namespace tools
