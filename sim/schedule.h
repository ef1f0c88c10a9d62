// SPDX-License-Identifier: MIT
//
// A schedule: the choices of a run, and their short printable form.
//
// A counterexample is a schedule, never a core dump. Its token fits a commit
// message and a command line:
//
//     1:5f3a9c1e:t1-14.l.t1-2.n.q-2
//
// version, hash of the scenario it belongs to, then the choices in order: an actor's
// short id, "=outcome" where the step had a choice of outcomes, and "-N" where the same
// choice is made N times in a row. What is behind the last '-' is always such a number, so
// where a name has a '-', "-1" is written too: "rm-2-1" is one step of rm-2. Actors are named, not
// ranked among the enabled ones, so a token stays valid after a change of the model under which its
// choices are still possible.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "sim/model_concept.h"

namespace sim {

/// The choices of a run in order: the input of a replay.
using Schedule = std::vector<Choice>;

/// A token that could not be read; what() says where and what was expected.
struct ScheduleSyntaxError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The names a token uses. Exists so that this file needs no model: the
/// functions are those of the Model concept.
struct ScheduleNames {
  unsigned actor_count = 0;
  std::function<std::string(ActorId)> actor;
  /// Empty for an outcome that needs no name.
  std::function<std::string(ActorId, Outcome)> outcome;
};

/// Names of `model`, which must outlive the result.
template <Model M>
ScheduleNames schedule_names(const M& model) {
  return {static_cast<unsigned>(model.actor_count()),
          [&model](ActorId actor) { return std::string(model.actor_name(actor)); },
          [&model](ActorId actor, Outcome outcome) {
            return std::string(model.outcome_name(actor, outcome));
          }};
}

/// Longest schedule that a token may stand for: a bound on the memory that a few typed
/// characters ("-999999999") can make the program allocate.
inline constexpr std::size_t max_schedule_length = 10'000'000;

/// A choice as tokens spell it: "t1", "srv=2".
std::string choice_text(Choice choice, const ScheduleNames& names);

/// The token of `schedule`. `scenario_hash` is printed as eight hex digits.
std::string to_token(const Schedule& schedule, std::uint32_t scenario_hash,
                     const ScheduleNames& names);

/// A token that was read.
struct ParsedToken {
  std::uint32_t scenario_hash = 0;
  Schedule schedule;
};

/// Reads a token. Throws ScheduleSyntaxError.
ParsedToken from_token(std::string_view token, const ScheduleNames& names);

/// Reads what a token has behind its hash: "t1-5.link". Throws ScheduleSyntaxError.
Schedule choices_from(std::string_view text, const ScheduleNames& names);

/// The scenario hash of a token whose names are not known yet.
/// Throws ScheduleSyntaxError.
std::uint32_t scenario_hash_of_token(std::string_view token);

}  // namespace sim
