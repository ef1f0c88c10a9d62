// SPDX-License-Identifier: MIT
//
// The words and signs of a condition's text.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace model {

/// The most bytes of a condition's text.
inline constexpr std::size_t longest_condition = 1000;

/// A text that is no condition. what() is for people: what was found, what was expected.
struct ConditionError : std::runtime_error {
  ConditionError(std::size_t at, const std::string& message)
      : std::runtime_error("column " + std::to_string(at) + ": " + message), column(at) {}
  std::size_t column;  ///< from 1, in bytes
};

/// A word or a sign of the text; empty at its end.
struct Token {
  std::string_view text;
  std::size_t at = 0;  ///< from 0
};

/// Whether it is a name or a number: no sign, no quotation, not the end.
bool is_word(const Token& token);

/// All of them, the end last. Views of `text`. Throws ConditionError.
std::vector<Token> tokens_of(std::string_view text);

/// The same for two texts that differ in white space and in the spelling of operators
/// only. Throws ConditionError.
std::string canonical_text(std::string_view text);

}  // namespace model
