// SPDX-License-Identifier: MIT
//
// Writing and reading schedule tokens; schedule.h describes the format.
#include "sim/schedule.h"

#include <charconv>
#include <cstdio>

namespace sim {
namespace {

constexpr std::string_view version_prefix = "1:";
constexpr std::size_t hash_digits = 8;

/// Text from outside, in a form that can be quoted in a message.
std::string quoted(std::string_view text) {
  std::string result = "'";
  for (const char c : text.substr(0, 40)) result += c > ' ' && c < 0x7f ? c : '?';
  return result + (text.size() > 40 ? "...'" : "'");
}

[[noreturn]] void fail(std::size_t position, const std::string& expected) {
  throw ScheduleSyntaxError("character " + std::to_string(position + 1) + ": " + expected);
}

/// What `read` reads of a token; what it complains of is said as of one.
template <class Read>
auto of_token(Read read) {
  try {
    return read();
  } catch (const ScheduleSyntaxError& error) {
    throw ScheduleSyntaxError("schedule token, " + std::string(error.what()));
  }
}

/// "a, b, c" of what `name(0..count-1)` gives.
template <class Name>
std::string listed(unsigned count, Name name) {
  std::string text;
  for (unsigned i = 0; i < count; ++i) {
    const std::string item = name(i);
    if (!item.empty()) text.append(text.empty() ? "" : ", ").append(item);
  }
  return text.empty() ? "none" : text;
}

ActorId find_actor(std::string_view name, std::size_t position, const ScheduleNames& names) {
  for (unsigned i = 0; i < names.actor_count; ++i) {
    if (names.actor(static_cast<ActorId>(i)) == name) return static_cast<ActorId>(i);
  }
  fail(position, "no actor is called " + quoted(name) + "; there are " +
                     listed(names.actor_count,
                            [&](unsigned i) { return names.actor(static_cast<ActorId>(i)); }));
}

Outcome find_outcome(ActorId actor, std::string_view name, std::size_t position,
                     const ScheduleNames& names) {
  for (unsigned i = 0; i < OutcomeSet::capacity; ++i) {
    if (!name.empty() && names.outcome(actor, static_cast<Outcome>(i)) == name) {
      return static_cast<Outcome>(i);
    }
  }
  fail(position, "actor '" + names.actor(actor) + "' has no outcome " + quoted(name) + "; it has " +
                     listed(OutcomeSet::capacity, [&](unsigned i) {
                       return names.outcome(actor, static_cast<Outcome>(i));
                     }));
}

std::size_t read_count(std::string_view text, std::size_t position) {
  std::size_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc{} || end != text.data() + text.size() || count == 0 ||
      count > max_schedule_length) {
    fail(position, "expected how often the step is taken, 1 to " +
                       std::to_string(max_schedule_length) + ", found " + quoted(text));
  }
  return count;
}

/// Reads the hash of a token.
std::uint32_t read_hash(std::string_view token) {
  if (!token.starts_with(version_prefix)) {
    fail(0, "expected '1:', the version of the token format");
  }
  const std::size_t start = version_prefix.size();
  const std::string_view digits = token.substr(start, hash_digits);
  std::uint32_t hash = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), hash, 16);
  if (digits.size() != hash_digits || error != std::errc{} ||
      end != digits.data() + digits.size() || token.substr(start + hash_digits, 1) != ":") {
    fail(start, "expected the scenario's hash, eight hexadecimal digits, then ':'");
  }
  return hash;
}

/// Reads the choices of `text` from `at` on.
Schedule read_choices(std::string_view text, std::size_t at, const ScheduleNames& names) {
  Schedule schedule;
  while (at < text.size()) {
    std::string_view item = text.substr(at, text.find('.', at) - at);
    const std::size_t next = at + item.size() + 1;
    if (item.empty() || next == text.size()) fail(next - 1, "expected an actor's short id");

    std::size_t count = 1;
    if (const auto dash = item.rfind('-'); dash != std::string_view::npos) {
      count = read_count(item.substr(dash + 1), at + dash + 1);
      item = item.substr(0, dash);
    }
    std::string_view outcome;
    const auto equals = item.find('=');
    if (equals != std::string_view::npos) outcome = item.substr(equals + 1);
    Choice choice;
    choice.actor = find_actor(item.substr(0, equals), at, names);
    if (equals != std::string_view::npos) {
      choice.outcome = find_outcome(choice.actor, outcome, at + equals + 1, names);
    }
    if (schedule.size() + count > max_schedule_length) {
      fail(at, "longer than " + std::to_string(max_schedule_length) + " steps");
    }
    schedule.insert(schedule.end(), count, choice);
    at = next;
  }
  return schedule;
}

}  // namespace

std::string choice_text(Choice choice, const ScheduleNames& names) {
  std::string text = names.actor(choice.actor);
  const std::string outcome = names.outcome(choice.actor, choice.outcome);
  if (!outcome.empty()) text.append("=").append(outcome);
  return text;
}

std::string to_token(const Schedule& schedule, std::uint32_t scenario_hash,
                     const ScheduleNames& names) {
  char hash[hash_digits + 2];
  std::snprintf(hash, sizeof hash, "%08x:", static_cast<unsigned>(scenario_hash));
  std::string token = std::string(version_prefix) + hash;
  for (std::size_t i = 0; i < schedule.size();) {
    std::size_t run = 1;
    while (i + run < schedule.size() && schedule[i + run] == schedule[i]) ++run;
    if (i > 0) token += '.';
    const std::string text = choice_text(schedule[i], names);
    token += text;
    if (run > 1 || text.find('-') != std::string::npos) {
      token.append("-").append(std::to_string(run));
    }
    i += run;
  }
  return token;
}

std::uint32_t scenario_hash_of_token(std::string_view token) {
  return of_token([token] { return read_hash(token); });
}

ParsedToken from_token(std::string_view token, const ScheduleNames& names) {
  return of_token([&] {
    ParsedToken parsed;
    parsed.scenario_hash = read_hash(token);
    parsed.schedule = read_choices(token, version_prefix.size() + hash_digits + 1, names);
    return parsed;
  });
}

Schedule choices_from(std::string_view text, const ScheduleNames& names) {
  return read_choices(text, 0, names);
}

}  // namespace sim
