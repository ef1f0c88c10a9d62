// SPDX-License-Identifier: MIT
//
// A check as JUnit XML.
//
// There is no one schema. What is written here satisfies the stricter one of Ant,
// which demands a time stamp, a host and empty elements, and that of Jenkins besides.
#include <cstdio>
#include <ctime>

#include "tools/check/report.h"
#include "tools/words/svg.h"

namespace tools {
namespace {

/// `text` for XML, whatever bytes a file name was made of.
std::string escaped(const std::string& text) {
  using nlohmann::json;
  const std::string sound = json(text).dump(-1, ' ', false, json::error_handler_t::replace);
  return xml_escaped(json::parse(sound).get<std::string>());
}

std::string attribute(const std::string& name, const std::string& value) {
  return " " + name + "=\"" + escaped(value) + "\"";
}

std::string attribute(const std::string& name, std::size_t value) {
  return attribute(name, std::to_string(value));
}

std::string decimal(double seconds) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3f", seconds);
  return text;
}

/// "2026-03-01T12:00:00", UTC: no zone is allowed there.
std::string time_stamp(std::chrono::system_clock::time_point time) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
  return text;
}

std::string complaint(const std::string& element, const std::string& type,
                      const std::string& message) {
  return "\n   <" + element + attribute("type", type) + attribute("message", message) + ">" +
         escaped(message) + "</" + element + ">\n  ";
}

std::string result_of(const PolicyCheck& check) {
  switch (check.outcome) {
    case Outcome::different:
      return complaint("failure", "not-as-expected", in_words(check.deviations));
    case Outcome::bound:
      return complaint("error", "bound-reached", in_words(check.deviations));
    case Outcome::not_run:
      return "\n   <skipped/>\n  ";
    case Outcome::as_expected:
    case Outcome::updated:
      break;
  }
  return "";
}

std::string suite(const ScenarioCheck& scenario, std::size_t id, const std::string& start) {
  const std::string& name = scenario.scenario.name;
  const std::size_t not_run = scenario.count(Outcome::not_run);
  std::string cases;
  double seconds = 0;
  for (const PolicyCheck& check : scenario.policies) {
    seconds += check.seconds;
    cases += "  <testcase" + attribute("name", check.policy) +
             attribute("classname", "frwrsim." + name) + attribute("time", decimal(check.seconds)) +
             ">" + result_of(check) + "</testcase>\n";
  }
  return " <testsuite" + attribute("name", name) + attribute("package", "frwrsim") +
         attribute("id", id) + attribute("timestamp", start) + attribute("hostname", "localhost") +
         attribute("tests", scenario.policies.size()) +
         attribute("failures", scenario.count(Outcome::different)) +
         attribute("errors", scenario.count(Outcome::bound)) + attribute("skipped", not_run) +
         attribute("time", decimal(seconds)) + ">\n  <properties/>\n" + cases +
         "  <system-out/>\n  <system-err>" + (not_run != 0 ? "the check was interrupted" : "") +
         "</system-err>\n </testsuite>\n";
}

}  // namespace

std::string check_junit(const Check& check) {
  const std::string start = time_stamp(check.start);
  std::string text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n";
  for (std::size_t i = 0; i < check.scenarios.size(); ++i) {
    text += suite(check.scenarios[i], i, start);
  }
  return text + "</testsuites>\n";
}

}  // namespace tools
