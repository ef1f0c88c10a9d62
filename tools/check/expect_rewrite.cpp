// SPDX-License-Identifier: MIT
//
// Finding values in JSON text that is known to be sound.
#include "tools/check/expect_rewrite.h"

#include <algorithm>
#include <cstddef>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

namespace tools {
namespace {

/// A member of an object: its key, which begins at text[key_begin], and the value
/// text[begin, end).
struct Member {
  std::string key;
  std::size_t key_begin = 0;
  std::size_t begin = 0;
  std::size_t end = 0;
};

constexpr std::string_view white_space = " \t\r\n";

/// The place after the string that begins at `at`.
std::size_t end_of_string(std::string_view text, std::size_t at) {
  for (++at; text[at] != '"'; ++at) {
    if (text[at] == '\\') ++at;
  }
  return at + 1;
}

/// The place after the value that begins at `at`.
std::size_t end_of_value(std::string_view text, std::size_t at) {
  std::size_t depth = 0;
  do {
    const char c = text[at];
    if (c == '"') {
      at = end_of_string(text, at);
      continue;
    }
    if (c == '{' || c == '[') ++depth;
    if (c == '}' || c == ']') --depth;
    ++at;
    if (depth == 0 && c != '}' && c != ']') at = text.find_first_of(",}] \t\r\n", at);
  } while (depth != 0);
  return at;
}

/// The members of the object that begins at `at`.
std::vector<Member> members_of(std::string_view text, std::size_t at) {
  std::vector<Member> members;
  for (;;) {
    at = text.find_first_of("\"}", at + 1);  // after '{' or ','
    if (text[at] == '}') return members;
    const std::size_t end = end_of_string(text, at);
    Member member;
    member.key_begin = at;
    member.key = nlohmann::json::parse(text.substr(at, end - at)).get<std::string>();
    member.begin = text.find_first_not_of(white_space, text.find(':', end) + 1);
    member.end = end_of_value(text, member.begin);
    at = text.find_first_of(",}", member.end);
    members.push_back(std::move(member));
    if (text[at] == '}') return members;
  }
}

}  // namespace

std::string with_expectations(std::string_view text,
                              const std::map<std::string, model::Expectation>& changed) {
  std::string result(text);
  for (const Member& root : members_of(text, text.find('{'))) {
    if (root.key != "expect") continue;
    std::vector<Member> policies = members_of(text, root.begin);
    // From the end, so that the places before stay where they are.
    std::reverse(policies.begin(), policies.end());
    for (const Member& policy : policies) {
      const auto now = changed.find(policy.key);
      if (now == changed.end()) continue;
      result.replace(policy.begin, policy.end - policy.begin, model::expectation_text(now->second));
    }
  }
  return result;
}

std::string without_expectations(std::string_view text) {
  std::string result(text);
  const std::vector<Member> members = members_of(text, text.find('{'));
  for (std::size_t i = 0; i < members.size(); ++i) {
    if (members[i].key != "expect") continue;
    // With the comma before it or, of the first member, the one after it.
    const std::size_t begin = i > 0 ? members[i - 1].end : members[i].key_begin;
    const std::size_t end =
        i > 0 || members.size() == 1 ? members[i].end : members[i + 1].key_begin;
    result.erase(begin, end - begin);
  }
  return result;
}

}  // namespace tools
