// SPDX-License-Identifier: MIT
//
// Reading a text word by word; what does not fit is an error that says what would.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/property/tokens.h"

namespace model {

/// "did you mean 'x'?", or all there are.
std::string proposal(std::string_view word, const std::vector<std::string>& known);

/// A place in a text. All of it throws ConditionError. Not thread-safe.
class TokenCursor {
 public:
  /// The text must outlive it. Throws also for one that is too long.
  explicit TokenCursor(std::string_view text);

  /// The word or sign that comes next, and the one before it.
  [[nodiscard]] const Token& now() const { return tokens_[next_]; }
  /// REQUIRES: something was read.
  [[nodiscard]] const Token& last() const { return tokens_[next_ - 1]; }
  /// Where the next one begins, from 0.
  [[nodiscard]] std::size_t here() const { return now().at; }
  /// Whether that comes next; "" is the end.
  [[nodiscard]] bool is(std::string_view word) const { return now().text == word; }
  /// Reads it, if it comes next.
  bool take(std::string_view word);
  /// Reads it. `why` it must be there: "after the name".
  void expect(std::string_view word, std::string_view why);
  /// Reads what comes next. REQUIRES: it is not the end.
  void skip() { ++next_; }
  /// Goes back by one. REQUIRES: something was read.
  void back() { --next_; }

  /// Reads a name or a number; `expected` says which.
  std::string_view word(const std::string& expected);
  /// Reads a number from 0 to 255.
  std::uint8_t number();
  /// Reads one of `known`, which are the values of `of`; its index.
  std::uint8_t value_named(const std::vector<std::string>& known, std::string_view of);

  /// What comes next, for a message.
  [[nodiscard]] std::string found() const;
  /// Throws, about what comes next.
  [[noreturn]] void fail(const std::string& message) const { fail_at(here(), message); }
  /// Throws, about a place, from 0.
  [[noreturn]] static void fail_at(std::size_t at, const std::string& message) {
    throw ConditionError(at + 1, message);
  }

 private:
  std::vector<Token> tokens_;
  std::size_t next_ = 0;
};

}  // namespace model
