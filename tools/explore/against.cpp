// SPDX-License-Identifier: MIT
//
// Comparing reports member by member.
//
// The earlier report may be any file: it is read like any other input, every member is
// checked and every error message names its place.
#include "tools/explore/against.h"

#include <algorithm>
#include <map>
#include <utility>

#include "model/scenario/input.h"

namespace tools {
namespace {

using model::JsonValue;

constexpr std::string_view report_format = "frwrsim-exploration/1";
constexpr std::size_t largest_report = std::size_t{1} << 28;
constexpr std::uint64_t most = std::uint64_t{1} << 60;
constexpr std::size_t longest_text = 10'000'000;
const std::string absent = "-";

/// What can be compared, in the order of the report.
using Facts = std::vector<std::pair<std::string, std::string>>;

std::string text(const JsonValue& value) { return model::printable(value.string(longest_text)); }
std::string count(const JsonValue& value) { return std::to_string(value.integer(0, most)); }

void add_ends(const JsonValue& ends, Facts& facts) {
  facts.emplace_back("states at rest", count(ends.at("rest")));
  for (const JsonValue& worlds : ends.at("violation").members()) {
    facts.emplace_back("states that violate " + model::printable(worlds.key()), count(worlds));
  }
  for (const JsonValue& worlds : ends.at("cut").members()) {
    facts.emplace_back("states cut by " + model::printable(worlds.key()), count(worlds));
  }
}

void add_interleavings(const JsonValue& table, Facts& facts) {
  for (const char* which : {"all", "failing"}) {
    const std::string kind =
        which == std::string("all") ? "interleavings" : "failing interleavings";
    facts.emplace_back(kind, text(table.at(which)));
    const auto split = table.find(std::string(which) + "_by_preemptions");
    if (!split) continue;
    std::size_t preemptions = 0;
    for (const JsonValue& number : split->elements(0, 1'000'000)) {
      facts.emplace_back(kind + " with " + std::to_string(preemptions) + " preemption" +
                             (preemptions == 1 ? "" : "s"),
                         text(number));
      ++preemptions;
    }
  }
}

void add_counterexamples(const JsonValue& examples, Facts& facts) {
  for (const JsonValue& example : examples.elements(0, 1000)) {
    const std::string of = " of the counterexample to " + text(example.at("invariant"));
    if (const auto preemptions = example.find("preemptions")) {
      facts.emplace_back("preemptions" + of, count(*preemptions));
    }
    facts.emplace_back("steps" + of, count(example.at("steps")));
    facts.emplace_back("schedule" + of, text(example.at("schedule")));
  }
}

/// By actor, then by its steps.
void add_steps(const JsonValue& steps, Facts& facts) {
  std::string actor;
  std::size_t total_at = 0;
  std::uint64_t total = 0;
  for (const JsonValue& step : steps.elements(0, 100'000)) {
    if (const std::string name = text(step.at("actor")); name != actor) {
      actor = name;
      total = 0;
      total_at = facts.size();
      facts.emplace_back("transitions of " + actor, "");
    }
    total += step.at("transitions").integer(0, most);
    facts[total_at].second = std::to_string(total);
    facts.emplace_back("transitions of " + actor + ", " + text(step.at("step")),
                       count(step.at("transitions")));
  }
}

/// Everything comparable in a report. Throws model::InputError.
Facts facts_of(const JsonValue& report) {
  Facts facts;
  for (const char* member : {"scenario_name", "scenario_hash", "guards"}) {
    facts.emplace_back(member, text(report.at(member)));
  }
  for (const char* member : {"symmetry", "partial_order"}) {
    facts.emplace_back(std::string("reduction by ") + member,
                       report.at("reduction").at(member).boolean() ? "yes" : "no");
  }
  const auto invariant = report.find("invariant");
  facts.emplace_back("invariant", invariant ? text(*invariant) : absent);
  for (const char* member : {"verdict", "bound"}) {
    facts.emplace_back(member, text(report.at(member)));
  }
  for (const char* member : {"states", "not_expanded", "transitions", "depth"}) {
    const bool optional = member == std::string("depth");
    if (optional && report.at("reduction").at("partial_order").boolean()) continue;
    facts.emplace_back(member, count(report.at(member)));
  }
  add_ends(report.at("ends"), facts);
  if (const auto labels = report.find("labels")) {
    for (const char* label : {"safe", "avoidable", "inevitable"}) {
      facts.emplace_back(std::string("states labelled ") + label, count(labels->at(label)));
    }
  }
  if (const auto table = report.find("interleavings")) add_interleavings(*table, facts);
  if (const auto probability = report.find("probability")) {
    facts.emplace_back("probability", text(probability->at("decimal")));
  }
  add_counterexamples(report.at("counterexamples"), facts);
  if (const auto steps = report.find("transitions_by_step")) add_steps(*steps, facts);
  return facts;
}

/// A count that a report leaves out if there is nothing to count.
bool is_zero_if_absent(const std::string& what) {
  return what.starts_with("states ") || what.starts_with("transitions of ") ||
         what.find(" with ") != std::string::npos;
}

/// Whether the report has anything of that kind at all.
bool knows(const JsonValue& report, const std::string& what) {
  if (what.starts_with("transitions of ")) return report.find("transitions_by_step").has_value();
  if (what.starts_with("states labelled ")) return report.find("labels").has_value();
  if (what == "probability") return report.find("probability").has_value();
  if (what.find("interleavings") != std::string::npos) {
    const auto table = report.find("interleavings");
    if (!table || what.find(" with ") == std::string::npos) return table.has_value();
    return table->find("all_by_preemptions").has_value();
  }
  return true;
}

}  // namespace

nlohmann::json read_reports(const std::string& path) {
  nlohmann::json reports = model::parse_json(model::read_file(path, largest_report), path);
  if (!reports.is_array()) reports = nlohmann::json::array({reports});
  for (const auto& report : reports) {
    if (!report.is_object() || !report.contains("format") || report["format"] != report_format) {
      throw model::InputError(path + ": is no report of 'frwrsim explore --format json' (format '" +
                              std::string(report_format) + "')");
    }
  }
  return reports;
}

const nlohmann::json& report_of(const nlohmann::json& reports, const std::string& policy,
                                const std::string& path) {
  for (const auto& report : reports) {
    if (!report.contains("policy") || report["policy"] != policy) continue;
    (void)facts_of(JsonValue(report, path));  // its errors are reported now
    return report;
  }
  throw model::InputError(path + ": has no report of policy '" + policy + "'");
}

std::vector<Difference> differences(const nlohmann::json& before, const nlohmann::json& now,
                                    const std::string& path) {
  const JsonValue then_report(before, path);
  const JsonValue now_report(now, "the report just made");
  const Facts then_facts = facts_of(then_report);
  const Facts now_facts = facts_of(now_report);
  const std::map<std::string, std::string> then(then_facts.begin(), then_facts.end());
  const std::map<std::string, std::string> current(now_facts.begin(), now_facts.end());
  const auto value = [](const auto& facts, const std::string& what) {
    const auto at = facts.find(what);
    if (at != facts.end()) return at->second;
    return is_zero_if_absent(what) ? std::string("0") : absent;
  };
  std::vector<Difference> found;
  const auto compare = [&](const std::string& what) {
    if (!knows(then_report, what) || !knows(now_report, what)) return;
    const std::string was = value(then, what);
    const std::string is = value(current, what);
    if (was != is) found.push_back({what, was, is});
  };
  for (const auto& fact : now_facts) compare(fact.first);
  for (const auto& fact : then_facts) {
    if (current.count(fact.first) == 0) compare(fact.first);
  }
  return found;
}

}  // namespace tools
