// SPDX-License-Identifier: MIT
//
// Cutting a text into words and signs.
#include "model/property/tokens.h"

#include <algorithm>
#include <array>

namespace model {
namespace {

bool is_word_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

}  // namespace

bool is_word(const Token& token) {
  const std::string_view text = token.text;
  return !text.empty() && (is_word_char(text.front()) || (text.front() == '-' && text.size() > 1));
}

std::vector<Token> tokens_of(std::string_view text) {
  constexpr std::array<std::string_view, 8> signs{"=>", "==", "!=", "<=", ">=", "&&", "||", ""};
  std::vector<Token> tokens;
  const auto strange = std::find_if(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) < ' ' || static_cast<unsigned char>(c) > '~';
  });
  if (strange != text.end()) {
    throw ConditionError(static_cast<std::size_t>(strange - text.begin()) + 1,
                         "expected printable ASCII characters on one line; an RPC whose name has "
                         "others goes by its number");
  }
  std::size_t at = 0;
  while (at < text.size()) {
    const std::string_view rest = text.substr(at);
    std::size_t length = 1;
    if (rest.front() == ' ') {
      ++at;
      continue;
    }
    const auto sign = std::find_if(signs.begin(), signs.end(),
                                   [rest](std::string_view s) { return rest.starts_with(s); });
    if (!sign->empty()) {
      length = sign->size();
    } else if (rest.front() == '"') {
      length = rest.find('"', 1);
      if (length == std::string_view::npos)
        throw ConditionError(at + 1, "the quotation has no end");
      ++length;
    } else if (is_word_char(rest.front()) || (rest.front() == '-' && rest.size() > 1)) {
      // A status is "-EAGAIN", an actor "t1"; RPCs may be called "w-1".
      while (length < rest.size() && (is_word_char(rest[length]) || rest[length] == '-')) ++length;
    } else if (std::string_view("()[]:.!<>").find(rest.front()) == std::string_view::npos) {
      throw ConditionError(at + 1, "'" + std::string(1, rest.front()) + "' has no meaning here");
    }
    tokens.push_back({rest.substr(0, length), at});
    at += length;
  }
  tokens.push_back({{}, text.size()});
  return tokens;
}

std::string canonical_text(std::string_view text) {
  std::string canonical;
  for (const Token& token : tokens_of(text)) {
    std::string_view word = token.text;
    if (word == "and") word = "&&";
    if (word == "or") word = "||";
    if (word == "not") word = "!";
    if (!canonical.empty() && !word.empty()) canonical += ' ';
    canonical += word;
  }
  return canonical;
}

}  // namespace model
