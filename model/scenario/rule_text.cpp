// SPDX-License-Identifier: MIT
//
// Names of statements, and the rules made of them.
#include "model/scenario/rule_text.h"

#include <algorithm>
#include <array>

#include "model/labels.h"
#include "model/rules/locks.h"
#include "model/scenario/input.h"
#include "model/scenario/names.h"

namespace model {
namespace {

constexpr std::array<std::string_view, 3> until_names{"fastreg-handled", "local-inv-handled",
                                                      "recovery-done"};
constexpr std::array<std::string_view, 3> scope_names{"transport", "request", "mr"};

/// "; did you mean 'x'?" or "; there are a, b".
std::string proposal(std::string_view word, std::span<const std::string_view> known) {
  const auto near = nearest(word, known);
  return near ? "; did you mean '" + std::string(*near) + "'?" : "; there are " + listed(known);
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

}  // namespace

void Part::fail(const std::string& message) const { throw InputError(where + message); }

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

std::size_t one_of(const Part& part, std::string_view what, std::string_view word,
                   std::span<const std::string_view> names) {
  const auto found = std::find(names.begin(), names.end(), word);
  if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
  part.fail("there is no " + std::string(what) + " " + in_quotes(word) + proposal(word, names));
}

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

std::string in_text(const Ordering& ordering) {
  return in_text(ordering.waits) + " until " + std::string(name_of(until_names, ordering.pending));
}

std::string in_text(const Exclusion& lock) {
  const auto region = [](const Region& r) { return in_text(r.first) + ".." + in_text(r.last); };
  return region(lock.a) + " with " + region(lock.b) + " per " +
         std::string(name_of(scope_names, lock.scope));
}

}  // namespace model
