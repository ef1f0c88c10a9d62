// SPDX-License-Identifier: MIT
//
// Comparing reports member by member.
#include "tools/against.h"

#include <map>

#include "model/input.h"

namespace tools {
namespace {

constexpr std::string_view report_format = "frwrsim-exploration/1";
constexpr std::size_t largest_report = std::size_t{1} << 28;

std::string text_of(const nlohmann::json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

/// A member by JSON pointer; nothing if it is not there.
const nlohmann::json* member(const nlohmann::json& report, const std::string& pointer) {
  const nlohmann::json::json_pointer at(pointer);
  return report.contains(at) ? &report.at(at) : nullptr;
}

using Named = std::map<std::string, std::string>;

/// Numbers that have a name of their own in each report: absent is 0.
void compare(const Named& before, const Named& now, std::vector<Difference>& found) {
  Named all = before;
  all.insert(now.begin(), now.end());
  for (const auto& item : all) {
    const auto value = [&](const Named& in) {
      const auto at = in.find(item.first);
      return at == in.end() ? std::string("0") : at->second;
    };
    if (value(before) != value(now)) found.push_back({item.first, value(before), value(now)});
  }
}

Named ends(const nlohmann::json& report) {
  Named named;
  named["worlds at rest"] = text_of(report.at("ends").at("rest"));
  for (const auto& [name, worlds] : report.at("ends").at("violation").items()) {
    named["worlds that violate " + name] = text_of(worlds);
  }
  for (const auto& [name, worlds] : report.at("ends").at("cut").items()) {
    named["worlds cut by " + name] = text_of(worlds);
  }
  return named;
}

Named steps(const nlohmann::json& report) {
  Named named;
  for (const auto& step : report.at("transitions_by_step")) {
    named["transitions of " + text_of(step.at("actor")) + ", " + text_of(step.at("step"))] =
        text_of(step.at("transitions"));
  }
  return named;
}

Named counterexamples(const nlohmann::json& report) {
  Named named;
  for (const auto& example : report.at("counterexamples")) {
    const std::string of = " of the counterexample to " + text_of(example.at("invariant"));
    if (example.contains("preemptions"))
      named["preemptions" + of] = text_of(example["preemptions"]);
    named["steps" + of] = text_of(example.at("steps"));
  }
  return named;
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
    if (report.contains("policy") && report["policy"] == policy) return report;
  }
  throw model::InputError(path + ": has no report of policy '" + policy + "'");
}

std::vector<Difference> differences(const nlohmann::json& before, const nlohmann::json& now) {
  std::vector<Difference> found;
  for (const char* pointer :
       {"/scenario_name", "/scenario_hash", "/guards", "/reduction", "/invariant", "/verdict",
        "/bound", "/states", "/transitions", "/depth", "/labels/safe", "/labels/avoidable",
        "/labels/inevitable", "/interleavings/all", "/interleavings/failing",
        "/probability/decimal"}) {
    const nlohmann::json* then = member(before, pointer);
    const nlohmann::json* current = member(now, pointer);
    if (then == nullptr || current == nullptr || *then == *current) continue;
    found.push_back({std::string(pointer).substr(1), text_of(*then), text_of(*current)});
  }
  try {
    compare(ends(before), ends(now), found);
    compare(counterexamples(before), counterexamples(now), found);
    if (before.contains("transitions_by_step") && now.contains("transitions_by_step")) {
      compare(steps(before), steps(now), found);
    }
  } catch (const nlohmann::json::exception&) {
    throw model::InputError(
        "the earlier report is damaged: a member is missing or of another kind");
  }
  return found;
}

}  // namespace tools
