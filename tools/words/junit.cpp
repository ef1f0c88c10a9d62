// SPDX-License-Identifier: MIT
//
// Elements and attributes.
#include "tools/words/junit.h"

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <nlohmann/json.hpp>

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

std::string result_of(const JunitCase& it) {
  if (it.skipped) return "\n   <skipped/>\n  ";
  if (!it.failure.empty()) return complaint("failure", it.type, it.failure);
  if (!it.error.empty()) return complaint("error", it.type, it.error);
  return "";
}

template <class Which>
std::size_t count(const JunitSuite& suite, Which which) {
  return static_cast<std::size_t>(std::count_if(suite.cases.begin(), suite.cases.end(), which));
}

std::string suite_text(const JunitSuite& suite, std::size_t id) {
  std::string cases;
  double seconds = 0;
  for (const JunitCase& it : suite.cases) {
    seconds += it.seconds;
    cases += "  <testcase" + attribute("name", it.name) +
             attribute("classname", "frwrsim." + suite.name) +
             attribute("time", decimal(it.seconds)) + ">" + result_of(it) + "</testcase>\n";
  }
  const auto fails = [](const JunitCase& it) { return !it.skipped && !it.failure.empty(); };
  const auto errs = [](const JunitCase& it) {
    return !it.skipped && it.failure.empty() && !it.error.empty();
  };
  return " <testsuite" + attribute("name", suite.name) + attribute("package", "frwrsim") +
         attribute("id", id) + attribute("timestamp", time_stamp(suite.start)) +
         attribute("hostname", "localhost") + attribute("tests", suite.cases.size()) +
         attribute("failures", count(suite, fails)) + attribute("errors", count(suite, errs)) +
         attribute("skipped", count(suite, [](const JunitCase& it) { return it.skipped; })) +
         attribute("time", decimal(seconds)) + ">\n  <properties/>\n" + cases +
         "  <system-out/>\n  <system-err>" + escaped(suite.complaint) +
         "</system-err>\n </testsuite>\n";
}

}  // namespace

std::string junit_text(const std::vector<JunitSuite>& suites) {
  std::string text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n";
  for (std::size_t i = 0; i < suites.size(); ++i) text += suite_text(suites[i], i);
  return text + "</testsuites>\n";
}

}  // namespace tools
