// SPDX-License-Identifier: MIT
//
// Words, numbers and values, with what was expected in their place.
#include "model/property/token_cursor.h"

#include <algorithm>
#include <charconv>

#include "model/scenario/input.h"

namespace model {

std::string proposal(std::string_view word, const std::vector<std::string>& known) {
  const std::vector<std::string_view> views(known.begin(), known.end());
  if (const auto near = nearest(word, views)) return "did you mean '" + std::string(*near) + "'?";
  return "there are " + listed(views);
}

TokenCursor::TokenCursor(std::string_view text) {
  if (text.size() > longest_condition) {
    fail_at(longest_condition,
            "the condition is longer than " + std::to_string(longest_condition) + " bytes");
  }
  tokens_ = tokens_of(text);
}

bool TokenCursor::take(std::string_view word) {
  if (!is(word) || word.empty()) return false;
  ++next_;
  return true;
}

void TokenCursor::expect(std::string_view word, std::string_view why) {
  if (take(word)) return;
  fail("expected '" + std::string(word) + "' " + std::string(why) + ", found " + found());
}

std::string_view TokenCursor::word(const std::string& expected) {
  if (!is_word(now())) fail("expected " + expected + ", found " + found());
  return tokens_[next_++].text;
}

std::uint8_t TokenCursor::number() {
  const std::string_view digits = now().text;
  unsigned value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc{} || end != digits.data() + digits.size() || value > 255) {
    fail("expected a whole number from 0 to 255, found " + found());
  }
  skip();
  return static_cast<std::uint8_t>(value);
}

std::uint8_t TokenCursor::value_named(const std::vector<std::string>& known, std::string_view of) {
  const std::size_t at = here();
  const std::string_view name = word("a value of '" + std::string(of) + "'");
  const auto it = std::find(known.begin(), known.end(), name);
  if (it == known.end()) {
    fail_at(at, "'" + std::string(of) + "' is never '" + printable(name) + "'; " +
                    proposal(name, known));
  }
  return static_cast<std::uint8_t>(it - known.begin());
}

std::string TokenCursor::found() const {
  return is("") ? std::string("the end") : "'" + printable(now().text) + "'";
}

}  // namespace model
