// SPDX-License-Identifier: MIT
//
// frwrsim stats: a results file in words and numbers.
#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iostream>

#include "model/labels.h"
#include "model/property/properties.h"
#include "tools/app/commands.h"
#include "tools/files/output.h"
#include "tools/hunt/stats.h"
#include "tools/words/numbers.h"
#include "tools/words/share.h"
#include "tools/words/words.h"

namespace tools {
namespace {

using nlohmann::ordered_json;

constexpr std::size_t most_bars = 20;
constexpr std::size_t most_orders = 10;

/// Entries of a map, the most important first; equal ones in the order of the map.
template <class Key, class Value, class Weight>
std::vector<std::pair<Key, Value>> by_weight(const std::map<Key, Value>& all, Weight weight) {
  std::vector<std::pair<Key, Value>> sorted(all.begin(), all.end());
  std::stable_sort(sorted.begin(), sorted.end(), [&weight](const auto& a, const auto& b) {
    return weight(a.second) > weight(b.second);
  });
  return sorted;
}

auto steps_by_weight(const Section& section) {
  return by_weight(section.failing_steps, [](std::uint64_t count) { return count; });
}

auto orders_by_weight(const Section& section) {
  return by_weight(section.orders, [](const Count& count) { return count.failing; });
}

std::string counted(std::uint64_t count) {
  char text[40];
  std::snprintf(text, sizeof text, "%9llu  ", static_cast<unsigned long long>(count));
  return text;
}

std::string failing_steps_text(const Section& section) {
  std::string text;
  for (const auto& [step, count] : steps_by_weight(section)) {
    const model::Label label = model::label_of(step.actor, step.step_id);
    text += counted(count) + std::string(model::long_name(step.actor)) + ", " +
            std::string(label.function) + ": " + std::string(label.statement) + " (" +
            std::string(model::entry_of(step.invariant, section.rules).name) + ")\n";
  }
  return text;
}

std::string orders_text(const Section& section) {
  std::string text;
  std::size_t shown = 0;
  std::uint64_t hidden = 0;
  for (const auto& [order, count] : orders_by_weight(section)) {
    if (count.failing == 0) break;
    if (++shown > most_orders) {
      ++hidden;
      continue;
    }
    text += counted(count.failing) + "of " + number(count.runs) + ": " + order + "\n";
  }
  if (hidden > 0) text += "           and " + number(hidden) + " more orders (--format json)\n";
  return text;
}

std::string histogram_text(const Section& section) {
  constexpr std::uint64_t longest = 50;
  const Histogram histogram = histogram_of(section.steps_to_failure, most_bars);
  std::uint64_t highest = 1;
  for (const auto& [first, count] : histogram.bars) highest = std::max(highest, count);
  std::string text;
  for (const auto& [first, count] : histogram.bars) {
    char range[60];
    const std::uint64_t last = first + histogram.width - 1;
    std::snprintf(range, sizeof range, "%6llu..%-6llu", static_cast<unsigned long long>(first),
                  static_cast<unsigned long long>(last));
    const std::uint64_t bar = (count * longest + highest - 1) / highest;
    if (count == 0) {
      text += std::string(range) + "        0\n";
      continue;
    }
    text += range + counted(count) + std::string(static_cast<std::size_t>(bar), '#') + "\n";
  }
  return text;
}

std::string text_of(const Section& section, const Style& style) {
  std::string text = line("scenario", style.strong(section.scenario)) +
                     line("guards", section.guards) +
                     line("policy", policy_in_words(section.policy)) +
                     line("strategy", section.strategy + "; seeds " + number(section.first_seed) +
                                          ".." + number(section.last_seed)) +
                     line("runs", number(section.runs()));
  const std::uint64_t cut = section.ended(sim::End::cut);
  const std::uint64_t step_limit = section.ended(sim::End::step_limit);
  if (cut > 0) text += line("cut", number(cut) + " by a budget");
  if (step_limit > 0) text += line("stopped", number(step_limit) + " by the step limit");
  text += line("failing", number(section.failing())) +
          line("share", share_with_interval(section.failing(), section.runs()));
  if (section.failing() == 0) return text;
  text += "\n" + style.strong("Failing runs by failing step") + "\n" + failing_steps_text(section);
  text += "\n" +
          style.strong(
              "Failing runs, of all runs, by the order in which actors took their first step") +
          "\n" + orders_text(section);
  text += "\n" + style.strong("Steps to failure") + "\n" + histogram_text(section);
  return text;
}

ordered_json json_of(const Section& section) {
  ordered_json json;
  json["format"] = "frwrsim-stats/1";
  json["scenario_name"] = section.scenario;
  json["guards"] = section.guards;
  json["policy"] = section.policy;
  json["strategy"] = section.strategy;
  json["first_seed"] = section.first_seed;
  json["last_seed"] = section.last_seed;
  json["runs"] = section.runs();
  json["cut"] = section.ended(sim::End::cut);
  json["step_limit"] = section.ended(sim::End::step_limit);
  json["failing"] = section.failing();
  json["failing_steps"] = ordered_json::array();
  for (const auto& [step, count] : steps_by_weight(section)) {
    ordered_json item;
    item["invariant"] = model::entry_of(step.invariant, section.rules).name;
    item["actor"] = model::short_name(step.actor);
    item["pc"] = model::label_of(step.actor, step.step_id).name;
    item["failing"] = count;
    json["failing_steps"].push_back(item);
  }
  json["orders"] = ordered_json::array();
  for (const auto& [order, count] : orders_by_weight(section)) {
    ordered_json item;
    item["order"] = order;
    item["runs"] = count.runs;
    item["failing"] = count.failing;
    json["orders"].push_back(item);
  }
  const Histogram histogram = histogram_of(section.steps_to_failure, most_bars);
  json["steps_to_failure"]["width"] = histogram.width;
  json["steps_to_failure"]["bars"] = ordered_json::array();
  for (const auto& [first, count] : histogram.bars) {
    json["steps_to_failure"]["bars"].push_back({first, count});
  }
  return json;
}

std::vector<Section> sections_of(const std::string& path) {
  if (path == "-") return read_results(std::cin, "standard input");
  std::ifstream file(path, std::ios::binary);
  if (!file || file.peek() == std::char_traits<char>::eof()) {
    (void)model::read_file(path, 1);  // reports its errors
  }
  return read_results(file, path);
}

}  // namespace

sim::ExitCode stats_command(const StatsOptions& options) {
  const Style style = style_for(options.output);
  std::string text;
  ordered_json documents = ordered_json::array();
  for (const Section& section : sections_of(options.file)) {
    if (options.format == "json") {
      documents.push_back(json_of(section));
    } else {
      text += (text.empty() ? "" : "\n") + text_of(section, style);
    }
  }
  if (!documents.empty()) text = documents_text(documents);
  write_output(text, options.output);
  return sim::exit_clean;
}

}  // namespace tools
