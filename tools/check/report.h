// SPDX-License-Identifier: MIT
//
// A check, reported as text, as a page, for continuous integration, and for programs.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "tools/check/check.h"
#include "tools/files/output.h"

namespace tools {

/// "states 86619 -> 86620 (+1)", "unexpected failure: exhausted -> violated (double-unmap)"
std::string in_words(const Deviation& deviation);

/// All of them, as a clause; empty if there are none.
std::string in_words(const std::vector<Deviation>& deviations);

/// "ok       no-loss, fix: exhausted, 158 states, ..." with its end of line.
std::string check_line(const ScenarioCheck& scenario, const PolicyCheck& check, const Style& style);

/// Once more all that was not as expected, with the command that shows it; then the
/// number.
std::string check_summary(const Check& check, const Style& style);

/// The same as a page (GitHub Flavored Markdown).
std::string check_markdown(const Check& check);

/// A test suite for each scenario, a test case for each policy, valid by the schemas of
/// Jenkins' xUnit plugin and of Ant's JUnit report. What differs is a failure, what a
/// bound kept from being found out is an error, what was not run is skipped.
std::string check_junit(const Check& check);

/// Format "frwrsim-check/1", without times. Counts are strings of digits.
nlohmann::ordered_json check_json(const Check& check);

}  // namespace tools
