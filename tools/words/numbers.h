// SPDX-License-Identifier: MIT
//
// Numbers and lines of text reports: what the reports on searches share.
#pragma once

#include <string>
#include <string_view>

#include "sim/questions/interleavings.h"

namespace tools {

/// "title        text"
std::string line(std::string_view title, const std::string& text);
/// The same in lines of at most `width` columns.
std::string line(std::string_view title, const std::string& text, std::size_t width);

/// In decimal.
std::string number(std::uint64_t n);
/// " (about 1.85e34)"; nothing for a number that is short.
std::string about(const sim::BigInt& n);
/// "97.96 %", never 0 or 100 for what is neither.
std::string percent(const sim::BigInt& part, const sim::BigInt& whole);
/// "1 step", "2 steps"
std::string plural(std::uint64_t n, const std::string& word);
std::string seconds(double value);

}  // namespace tools
