// SPDX-License-Identifier: MIT
//
// Reading variations, spacing values.
#include "tools/study/parameter_grid.h"

#include <array>
#include <charconv>
#include <cmath>
#include <utility>

#include "model/scenario/input.h"
#include "sim/distribution.h"

namespace tools {
namespace {

constexpr std::uint64_t largest_value = sim::Distribution::longest_mean;

[[noreturn]] void fail(const std::string& text, const std::string& what) {
  throw model::InputError("--vary " + model::printable(text) + ": " + what);
}

/// "20us", "1000"; `text` is the option it is part of.
std::uint64_t value_of(std::string_view word, bool is_duration, const std::string& text) {
  constexpr std::array<std::pair<std::string_view, std::uint64_t>, 4> units{
      {{"ns", 1}, {"us", 1000}, {"ms", 1'000'000}, {"s", 1'000'000'000}}};
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  const std::string_view unit = word.substr(static_cast<std::size_t>(end - word.data()));
  std::uint64_t factor = unit.empty() && (!is_duration || value == 0) ? 1 : 0;
  for (const auto& [name, size] : units) {
    if (is_duration && unit == name) factor = size;
  }
  if (error != std::errc{} || factor == 0) {
    fail(text, "expected " +
                   std::string(is_duration ? "a duration such as 20us" : "a whole number") +
                   ", found '" + model::printable(word) + "'");
  }
  if (value > largest_value / factor) fail(text, "'" + model::printable(word) + "' is too large");
  return value * factor;
}

std::vector<std::string_view> split(std::string_view text, std::string_view separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const std::size_t at = text.find(separator);
    parts.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + separator.size());
  }
}

/// LOW..HIGH:log:COUNT
void read_range(std::string_view words, const std::string& text, Variation& variation) {
  const std::vector<std::string_view> parts = split(words, ":");
  const std::vector<std::string_view> ends = split(parts[0], "..");
  if (parts.size() != 3 || ends.size() != 2 || (parts[1] != "log" && parts[1] != "lin")) {
    fail(text, "expected LOW..HIGH:log:COUNT or LOW..HIGH:lin:COUNT");
  }
  const std::uint64_t low = value_of(ends[0], variation.is_duration, text);
  const std::uint64_t high = value_of(ends[1], variation.is_duration, text);
  const std::uint64_t count = value_of(parts[2], false, text);
  variation.logarithmic = parts[1] == "log";
  if (low >= high) fail(text, "the range is empty");
  if (count < 2 || count > most_values) {
    fail(text, "expected 2 to " + std::to_string(most_values) + " values");
  }
  if (variation.logarithmic && low == 0) fail(text, "a logarithmic range cannot begin at 0");
  const double steps = static_cast<double>(count - 1);
  const auto from = static_cast<double>(low);
  const auto to = static_cast<double>(high);
  for (std::uint64_t i = 0; i < count; ++i) {
    const double part = static_cast<double>(i) / steps;
    const double value = variation.logarithmic
                             ? from * sim::portable_exp(sim::portable_log(to / from) * part)
                             : from + (to - from) * part;
    variation.values.push_back(i + 1 == count ? high
                                              : static_cast<std::uint64_t>(std::llround(value)));
  }
}

}  // namespace

Variation variation_of(const std::string& text) {
  constexpr std::string_view prefix = "timing.";
  const std::size_t equals = text.find('=');
  if (text.rfind(prefix, 0) != 0 || equals == std::string::npos) {
    fail(text, "expected timing.LATENCY.PARAMETER=VALUES; 'frwrsim list latencies' has them");
  }
  Variation variation;
  variation.parameter = text.substr(prefix.size(), equals - prefix.size());
  variation.is_duration = !variation.parameter.ends_with("_percent");
  const std::string_view words = std::string_view(text).substr(equals + 1);
  if (words.find("..") != std::string_view::npos) {
    read_range(words, text, variation);
  } else {
    for (const std::string_view word : split(words, ",")) {
      variation.values.push_back(value_of(word, variation.is_duration, text));
    }
    if (variation.values.size() > most_values) {
      fail(text, "more than " + std::to_string(most_values) + " values");
    }
  }
  for (std::size_t i = 1; i < variation.values.size(); ++i) {
    if (variation.values[i - 1] >= variation.values[i]) {
      fail(text, "values must ascend, and no two be the same when rounded");
    }
  }
  return variation;
}

std::vector<std::uint64_t> values_of_cell(const std::vector<Variation>& varied, std::size_t index) {
  std::vector<std::uint64_t> values;
  for (const Variation& variation : varied) {
    values.push_back(variation.values[index % variation.values.size()]);
    index /= variation.values.size();
  }
  return values;
}

std::size_t cell_count(const std::vector<Variation>& varied) {
  std::size_t count = 1;
  for (const Variation& variation : varied) {
    count *= variation.values.size();
    if (count > most_cells) {
      throw model::InputError("--vary: more than " + std::to_string(most_cells) + " cells");
    }
  }
  return count;
}

}  // namespace tools
