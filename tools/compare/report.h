// SPDX-License-Identifier: MIT
//
// A comparison, reported as text, as a page, and for programs.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "tools/compare/comparison.h"
#include "tools/files/output.h"

namespace tools {

/// For a terminal of 100 columns: a block for each scenario, a line for each
/// policy, then an overview if there are several of both.
std::string comparison_text(const Comparison& comparison, bool reproducible, const Style& style);

/// A table for a page (GitHub Flavored Markdown): a line for each scenario, a
/// column for each policy. Without times.
std::string comparison_markdown(const Comparison& comparison);

/// Format "frwrsim-comparison/1". Whole numbers that may exceed 2^53 are strings
/// of digits; what is not known or does not exist is left out.
nlohmann::ordered_json comparison_json(const Comparison& comparison, bool reproducible);

}  // namespace tools
