// SPDX-License-Identifier: MIT
//
// From texts to policies and back.
#include "model/scenario/policy_text.h"

#include <algorithm>
#include <array>
#include <utility>

#include "model/decisions.h"
#include "model/labels.h"
#include "model/rules/locks.h"
#include "model/scenario/names.h"

namespace model {
namespace {

constexpr std::array<std::string_view, 3> until_names{"fastreg-handled", "local-inv-handled",
                                                      "recovery-done"};
constexpr std::array<std::string_view, 3> scope_names{"transport", "request", "mr"};

/// A part of a policy's text, and how to complain of it.
struct Part {
  std::string_view text;
  std::string where;  ///< "'pre-fix,x=y', column 9: "
  [[noreturn]] void fail(const std::string& message) const { throw InputError(where + message); }
};

/// With all that is not ASCII as \\x.., so that the message can be printed anywhere.
std::string in_quotes(std::string_view text) {
  std::string quoted = "'";
  for (const char c : printable(text)) {
    constexpr std::string_view digits = "0123456789abcdef";
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      quoted += c;
    } else {
      quoted.append("\\x").append({digits[byte >> 4], digits[byte & 0xf]});
    }
  }
  return quoted + "'";
}

/// "; did you mean 'x'?" or "; there are a, b".
std::string proposal(std::string_view word, std::span<const std::string_view> known) {
  const auto near = nearest(word, known);
  return near ? "; did you mean '" + std::string(*near) + "'?" : "; there are " + listed(known);
}

/// The number of the name among `names`.
std::size_t one_of(const Part& part, std::string_view what, std::string_view word,
                   std::span<const std::string_view> names) {
  const auto found = std::find(names.begin(), names.end(), word);
  if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
  part.fail("there is no " + std::string(what) + " " + in_quotes(word) + proposal(word, names));
}

// Steps.

/// "t", "h", "rec": what stands before a statement's name where several contexts have it.
std::string_view prefix_of(Role role) {
  const sim::ActorId actor = some_actor(role);
  const std::string_view name = short_name(actor);
  return rpc_of(actor) == 0 ? name : name.substr(0, name.size() - 1);
}

/// Where a task recovers an MR or runs unmap_sync itself, the statements are those of what
/// it calls.
bool is_call(StepKind kind) {
  return kind.role == Role::task &&
         (kind.step_id == static_cast<unsigned>(TaskPc::unmap_sync) ||
          kind.step_id == static_cast<unsigned>(TaskPc::unmap_safe_recover));
}

struct NamedStep {
  std::string_view name;
  StepKind kind;
};

std::vector<NamedStep> all_steps() {
  std::vector<NamedStep> steps;
  for (unsigned role = 0; role <= static_cast<unsigned>(Role::timer); ++role) {
    for (unsigned id = 0; id < first_take_lock; ++id) {
      const StepKind kind{static_cast<Role>(role), static_cast<std::uint8_t>(id)};
      const Label label = label_of(some_actor(kind.role), kind.step_id);
      if (label.name.empty() || is_call(kind)) continue;
      const bool is_known = std::any_of(steps.begin(), steps.end(), [&](const NamedStep& step) {
        return step.kind.role == kind.role && step.name == label.name;
      });
      if (!is_known)
        steps.push_back({label.name, kind});  // some have one step, whatever the number
    }
  }
  return steps;
}

const std::vector<NamedStep>& known_steps() {
  static const std::vector<NamedStep> steps = all_steps();
  return steps;
}

StepKind step_of(const Part& part, std::string_view word) {
  const std::size_t dot = word.find('.');
  const std::string_view prefix = dot == std::string_view::npos ? "" : word.substr(0, dot);
  const std::string_view name = dot == std::string_view::npos ? word : word.substr(dot + 1);
  std::vector<StepKind> found;
  for (const NamedStep& step : known_steps()) {
    if (step.name == name && (prefix.empty() || prefix == prefix_of(step.kind.role))) {
      found.push_back(step.kind);
    }
  }
  if (found.size() == 1) return found.front();
  std::vector<std::string> texts;
  if (found.empty()) {
    for (const NamedStep& step : known_steps()) texts.push_back(in_text(step.kind));
  } else {
    for (const StepKind& kind : found) texts.push_back(in_text(kind));
  }
  const std::vector<std::string_view> names(texts.begin(), texts.end());
  if (!found.empty()) {
    part.fail(in_quotes(word) + " is a statement of several contexts: write " + listed(names));
  }
  const auto near = nearest(word, names);
  part.fail("there is no statement " + in_quotes(word) +
            (near ? "; did you mean '" + std::string(*near) + "'?"
                  : "; 'frwrsim list statements' has them"));
}

// Rules.

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    if (end > 0) words.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

Ordering ordering_of(const Part& part) {
  const std::vector<std::string_view> words = words_of(part.text);
  if (words.size() != 3 || words[1] != "until") {
    part.fail("expected 'STATEMENT until " + std::string(until_names[0]) + "' (or " +
              std::string(until_names[1]) + ", " + std::string(until_names[2]) + "), found " +
              in_quotes(part.text));
  }
  const StepKind waits = step_of(part, words[0]);
  return {static_cast<Pending>(one_of(part, "event to wait for", words[2], until_names)), waits};
}

Region region_of(const Part& part, std::string_view word) {
  const std::size_t dots = word.find("..");
  if (dots == std::string_view::npos) {
    part.fail("expected a region FIRST..LAST of two statements, found " + in_quotes(word));
  }
  const Region region{step_of(part, word.substr(0, dots)), step_of(part, word.substr(dots + 2))};
  if (const std::string_view fault = fault_of(region); !fault.empty()) {
    part.fail(in_quotes(word) + " is no region: " + std::string(fault));
  }
  return region;
}

Exclusion lock_of(const Part& part, std::string_view a, std::string_view b,
                  std::string_view scope) {
  Exclusion lock{region_of(part, a), region_of(part, b), {}};
  lock.scope = static_cast<LockScope>(one_of(part, "scope of a lock", scope, scope_names));
  for (const Region& region : {lock.a, lock.b}) {
    if (lock.scope == LockScope::mr && is_about_several_mrs(region.first)) {
      part.fail("a lock per MR cannot begin with '" + in_text(region.first) +
                "', which is about several MRs");
    }
  }
  return lock;
}

Exclusion lock_of(const Part& part) {
  const std::vector<std::string_view> words = words_of(part.text);
  if (words.size() != 5 || words[1] != "with" || words[3] != "per") {
    part.fail("expected 'FIRST..LAST with FIRST..LAST per SCOPE', found " + in_quotes(part.text));
  }
  return lock_of(part, words[0], words[2], words[4]);
}

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

// Policies.

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
    part.fail("there is no policy " + in_quotes(part.text) + proposal(part.text, names));
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

}  // namespace

std::vector<StepKind> statements() {
  std::vector<StepKind> kinds;
  for (const NamedStep& step : known_steps()) kinds.push_back(step.kind);
  return kinds;
}

std::string in_text(StepKind kind) {
  std::string name(label_of(some_actor(kind.role), kind.step_id).name);
  const auto& steps = known_steps();
  const auto count = std::count_if(steps.begin(), steps.end(),
                                   [&name](const NamedStep& step) { return step.name == name; });
  return count == 1 ? name : std::string(prefix_of(kind.role)) + "." + name;
}

std::string in_text(const Ordering& ordering) {
  return in_text(ordering.waits) + " until " + std::string(name_of(until_names, ordering.pending));
}

std::string in_text(const Exclusion& lock) {
  const auto region = [](const Region& r) { return in_text(r.first) + ".." + in_text(r.last); };
  return region(lock.a) + " with " + region(lock.b) + " per " +
         std::string(name_of(scope_names, lock.scope));
}

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
  std::string text = value.string(longest_policy);
  try {
    const std::string kept = read_policy(text).name;
    if (kept != text) value.fail("expected '" + kept + "', found " + in_quotes(text));
  } catch (const InputError& error) {
    if (std::string_view(error.what()).starts_with(value.place())) throw;
    value.fail(error.what());
  }
  return text;
}

std::string policy_of_key(const JsonValue& value) {
  try {
    return read_policy(value.key()).name;
  } catch (const InputError& error) {
    value.fail(error.what());
  }
}

std::string short_name_of(const PolicyEntry& entry) {
  return entry.alias.empty() ? entry.name : entry.alias;
}

}  // namespace model
