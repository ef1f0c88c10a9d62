// SPDX-License-Identifier: MIT
//
// From texts to policies and back.
#include "model/scenario/policy_text.h"

#include <algorithm>
#include <array>
#include <utility>

#include "model/decisions.h"
#include "model/scenario/rule_text.h"

namespace model {
namespace {

void add(Rules& rules, const Ordering& ordering, const Part& part) {
  if (rules.ordering_count + 1 == most_orderings) {
    part.fail("at most " + std::to_string(most_orderings - 1) + " orderings are possible");
  }
  rules.add(ordering);
}

void add(Rules& rules, const Exclusion& lock, const Part& part) {
  if (rules.lock_count == most_locks) {
    part.fail("at most " + std::to_string(most_locks) + " locks are possible");
  }
  rules.add(lock);
}

/// A policy under construction.
struct Row {
  std::string name;  ///< of one's own; may be empty
  const PolicyEntry* base = find_policy("fix");
  Policy policy = base->policy;
  std::vector<bool> is_decided = std::vector<bool>(decisions().size());
};

bool is_own_name(std::string_view name) {
  constexpr std::string_view others = "abcdefghijklmnopqrstuvwxyz0123456789.-_";
  return !name.empty() && name.size() <= longest_policy_name &&
         name.find_first_not_of(others) == std::string_view::npos && name[0] != '-' &&
         name[0] != '.';
}

void set_name(Row& row, const Part& part) {
  if (!is_own_name(part.text)) {
    part.fail("expected a name of 1 to " + std::to_string(longest_policy_name) +
              " small letters, digits, '-', '_' and '.', found " + in_quotes(part.text));
  }
  if (find_policy(part.text) != nullptr || part.text == "all") {
    part.fail(in_quotes(part.text) + " is a policy of the program: give yours another name");
  }
  row.name = part.text;
}

void set_base(Row& row, const Part& part) {
  row.base = find_policy(part.text);
  if (row.base == nullptr) {
    std::vector<std::string_view> names;
    for (const PolicyEntry& entry : policies()) {
      names.emplace_back(entry.name);
      names.emplace_back(entry.alias);
    }
    (void)one_of(part, "policy", part.text, names);  // complains
  }
  row.policy = row.base->policy;
}

void decide(Row& row, const Part& part, std::string_view key, const Part& value) {
  std::vector<std::string_view> names;
  for (const Decision& decision : decisions()) names.push_back(decision.name);
  std::vector<std::string_view> keys = names;
  keys.insert(keys.end(), {"wait", "exclude"});
  const std::size_t which = one_of(part, "decision", key, keys);
  if (which >= names.size()) part.fail("'" + std::string(key) + "' is no decision");
  if (row.is_decided[which]) part.fail("'" + std::string(key) + "' is decided twice");
  row.is_decided[which] = true;
  const Decision& decision = decisions()[which];
  names.clear();
  for (const DecisionValue& known : decision.values) names.push_back(known.name);
  decision.set(row.policy, static_cast<std::uint8_t>(
                               one_of(value, "value of " + std::string(key), value.text, names)));
}

std::string text_of(const Row& row) {
  std::string rest;
  for (const Decision& decision : decisions()) {
    const std::uint8_t value = decision.get(row.policy);
    if (value == decision.get(row.base->policy)) continue;
    rest += "," + std::string(decision.name) + "=" + std::string(decision.values[value].name);
  }
  const Rules& rules = row.policy.rules;
  for (unsigned i = 0; i < rules.ordering_count; ++i) {
    rest += ",wait=" + in_text(rules.orderings[i]);
  }
  for (unsigned i = 0; i < rules.lock_count; ++i) rest += ",exclude=" + in_text(rules.locks[i]);
  return (row.name.empty() ? "" : row.name + ":") + row.base->name + rest;
}

/// A row without a name that is one of the program's policies is that policy.
PolicyEntry entry_of(const Row& row, std::string idea) {
  if (row.name.empty()) {
    for (const PolicyEntry& entry : policies()) {
      if (entry.policy == row.policy) return entry;
    }
  }
  const std::string text = text_of(row);
  if (idea.empty()) idea = text.substr(row.name.empty() ? 0 : row.name.size() + 1);
  return {text, row.name, "your own", std::move(idea), row.policy};
}

/// The text to keep of a policy that a document names at that place.
std::string policy_named(const JsonValue& place, const std::string& text) {
  try {
    return read_policy(text).name;
  } catch (const InputError& error) {
    place.fail(error.what());
  }
}

}  // namespace

PolicyEntry read_policy(std::string_view text) {
  if (text.size() > longest_policy) {
    throw InputError("a policy of " + std::to_string(text.size()) + " bytes: at most " +
                     std::to_string(longest_policy) + " are possible");
  }
  const auto part_at = [text](std::size_t at, std::size_t end) {
    return Part{text.substr(at, end - at),
                text.find_first_of(",:=") == std::string_view::npos
                    ? ""
                    : in_quotes(text) + ", column " + std::to_string(at + 1) + ": "};
  };
  Row row;
  std::size_t at = 0;
  if (const std::size_t colon = text.find(':'); colon != std::string_view::npos) {
    set_name(row, part_at(0, colon));
    at = colon + 1;
  }
  for (bool is_first = true; is_first || at <= text.size(); is_first = false) {
    const std::size_t end = std::min(text.find(',', at), text.size());
    const std::size_t equals = text.substr(at, end - at).find('=');
    const Part item = part_at(at, end);
    const std::string_view key = item.text.substr(0, std::min(equals, item.text.size()));
    if (equals == std::string_view::npos) {
      if (!is_first) item.fail("expected DECISION=VALUE, found " + in_quotes(item.text));
      set_base(row, item);
    } else {
      const Part value = part_at(at + equals + 1, end);
      if (key == "wait") {
        add(row.policy.rules, ordering_of(value), value);
      } else if (key == "exclude") {
        add(row.policy.rules, lock_of(value), value);
      } else {
        decide(row, item, key, value);
      }
    }
    at = end + 1;
  }
  return entry_of(row, "");
}

PolicyEntry read_policy(const JsonValue& object) {
  constexpr std::array<std::string_view, 7> keys{"format", "name",    "base", "decisions",
                                                 "wait",   "exclude", "about"};
  object.expect_object(keys);
  const auto part_of = [](const JsonValue& value, std::string_view text) {
    return Part{text, value.place() + ": "};
  };
  if (const auto format = object.find("format")) {
    constexpr std::array<std::string_view, 1> formats{policy_format};
    (void)format->one_of(formats);
  }
  Row row;
  const std::string name = object.at("name").string(longest_policy);
  set_name(row, part_of(object.at("name"), name));
  if (const auto base = object.find("base")) {
    set_base(row, part_of(*base, base->string(longest_policy)));
  }
  if (const auto row_of = object.find("decisions")) {
    for (const JsonValue& value : row_of->members()) {
      const std::string word = value.string(longest_policy);
      decide(row, part_of(value, word), value.key(), part_of(value, word));
    }
  }
  if (const auto waits = object.find("wait")) {
    for (const JsonValue& wait : waits->elements(0, most_orderings - 1)) {
      const std::string text = wait.string(longest_policy);
      const Part part = part_of(wait, text);
      add(row.policy.rules, ordering_of(part), part);
    }
  }
  if (const auto excludes = object.find("exclude")) {
    for (const JsonValue& exclude : excludes->elements(0, most_locks)) {
      std::array<std::string, 3> texts;
      std::size_t i = 0;
      for (const JsonValue& word : exclude.elements(3, 3)) texts[i++] = word.string(longest_policy);
      const Part part = part_of(exclude, texts[0]);
      add(row.policy.rules, lock_of(part, texts[0], texts[1], texts[2]), part);
    }
  }
  const auto about = object.find("about");
  return entry_of(row, about ? about->string(1000) : "");
}

std::string kept_policy(const JsonValue& value) {
  const std::string text = value.string(longest_policy);
  const std::string kept = policy_named(value, text);
  if (kept != text) value.fail("expected '" + kept + "', found " + in_quotes(text));
  return text;
}

std::string policy_of_key(const JsonValue& value) { return policy_named(value, value.key()); }

std::string short_name_of(const PolicyEntry& entry) {
  return entry.alias.empty() ? entry.name : entry.alias;
}

}  // namespace model
