// SPDX-License-Identifier: MIT
//
// Results as JUnit XML.
//
// There is no one schema. What is written here satisfies the stricter one of Ant,
// which demands a time stamp, a host and empty elements, and that of Jenkins besides.
#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace tools {

/// One test. Of failure and error at most one is not empty: what was wrong.
struct JunitCase {
  std::string name;
  std::string failure{};  ///< it was tried, and is not as it should be
  std::string error{};    ///< it could not be decided
  std::string type{};     ///< of the failure or error, a word
  bool skipped = false;
  double seconds = 0;
};

/// Tests that belong together.
struct JunitSuite {
  std::string name;
  std::chrono::system_clock::time_point start{};
  std::vector<JunitCase> cases{};
  std::string complaint{};  ///< for standard error
};

/// The whole document. Names and texts may be of any bytes.
std::string junit_text(const std::vector<JunitSuite>& suites);

}  // namespace tools
