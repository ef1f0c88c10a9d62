// SPDX-License-Identifier: MIT
//
// The result of a study: as a table and as pictures.
#include <algorithm>
#include <cstdio>
#include <utility>

#include "tools/study/chart.h"
#include "tools/study/study.h"
#include "tools/words/share.h"
#include "tools/words/words.h"

namespace tools {
namespace {

/// What may be in the name of a file: a policy's text has spaces and colons.
std::string in_file_name(std::string text) {
  constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyz0123456789.-_=,";
  for (char& c : text) {
    if (plain.find(c) == std::string_view::npos) c = '-';
  }
  return text;
}

double share_of(const StudyCell& cell) {
  return static_cast<double>(cell.failing) / static_cast<double>(cell.runs);
}

std::string digits(double value) {
  char text[40];
  std::snprintf(text, sizeof text, "%.6g", value);
  return text;
}

Quantity quantity_of(const Variation& variation) {
  return {variation.parameter, variation.is_duration ? Unit::nanoseconds : Unit::number};
}

/// "softirq.mean: from the first completion to the softirq's first step"
std::string explained(const Variation& variation) {
  const std::string& parameter = variation.parameter;
  for (const model::LatencyEntry& entry : model::latencies()) {
    if (parameter.rfind(std::string(entry.name) + ".", 0) == 0) {
      return parameter + ": " + std::string(entry.meaning);
    }
  }
  return parameter;
}

std::vector<double> as_doubles(const std::vector<std::uint64_t>& values) {
  return {values.begin(), values.end()};
}

std::string sample_in_words(const StudySpec& spec) {
  return std::to_string(spec.seeds.size()) + (spec.seeds.size() == 1 ? " run" : " runs");
}

StudyChart curves(const StudySpec& spec, const std::vector<StudyCell>& cells) {
  CurveChart chart;
  chart.title = "Failing runs of " + spec.scenario.name;
  chart.subtitle =
      (spec.policies.size() == 1 ? policy_in_words(spec.policies.front()) + ", " : "") + "timed, " +
      sample_in_words(spec) + " per point, band: 95 %";
  chart.x = quantity_of(spec.varied.front());
  chart.x.title = explained(spec.varied.front());
  chart.logarithmic = spec.varied.front().logarithmic;
  chart.y_title = "share of runs that fail";
  for (const std::string& policy : spec.policies) {
    Curve curve{policy_in_words(policy), {}};
    for (const StudyCell& cell : cells) {
      if (cell.policy != policy) continue;
      const Interval interval = wilson_interval(cell.failing, cell.runs);
      curve.points.push_back(
          {static_cast<double>(cell.values.front()), interval.low, share_of(cell), interval.high});
    }
    chart.curves.push_back(std::move(curve));
  }
  return {"failing.svg", svg_of(chart)};
}

StudyChart heat_map(const StudySpec& spec, const std::vector<StudyCell>& cells,
                    const std::string& policy) {
  HeatMap map;
  map.title = "Failing runs of " + spec.scenario.name;
  map.subtitle = policy_in_words(policy) + ", timed, " + sample_in_words(spec) + " per cell";
  map.x = quantity_of(spec.varied[0]);
  map.y = quantity_of(spec.varied[1]);
  map.xs = as_doubles(spec.varied[0].values);
  map.ys = as_doubles(spec.varied[1].values);
  for (const StudyCell& cell : cells) {
    if (cell.policy == policy) map.values.push_back(share_of(cell));
  }
  map.value_title = "share of runs that fail";
  return {spec.policies.size() == 1 ? "failing.svg" : "failing-" + in_file_name(policy) + ".svg",
          svg_of(map)};
}

}  // namespace

std::string study_csv(const StudySpec& spec, const std::vector<StudyCell>& cells) {
  std::string text = "policy";
  for (const Variation& variation : spec.varied) {
    text += ",timing." + variation.parameter + (variation.is_duration ? "_ns" : "");
  }
  text += ",runs,failing,share,low_95,high_95,cut,step_limit,first_failing_seed,mean_steps\n";
  for (const StudyCell& cell : cells) {
    text += cell.policy;
    for (const std::uint64_t value : cell.values) text += "," + std::to_string(value);
    const Interval interval = wilson_interval(cell.failing, cell.runs);
    text += "," + std::to_string(cell.runs) + "," + std::to_string(cell.failing) + "," +
            digits(share_of(cell)) + "," + digits(interval.low) + "," + digits(interval.high) +
            "," + std::to_string(cell.cut) + "," + std::to_string(cell.step_limit) + "," +
            (cell.failing == 0 ? "" : std::to_string(cell.first_failing)) + "," +
            digits(static_cast<double>(cell.steps) / static_cast<double>(cell.runs)) + "\n";
  }
  return text;
}

std::vector<StudyChart> study_charts(const StudySpec& spec, const std::vector<StudyCell>& cells) {
  std::vector<StudyChart> charts;
  if (spec.varied.size() == 1) charts.push_back(curves(spec, cells));
  if (spec.varied.size() == 2) {
    for (const std::string& policy : spec.policies) {
      charts.push_back(heat_map(spec, cells, policy));
    }
  }
  return charts;
}

}  // namespace tools
