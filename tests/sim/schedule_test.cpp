// SPDX-License-Identifier: MIT
//
// Schedule tokens: written, read back, and every way to get one wrong.
#include "sim/schedule.h"

#include <catch2/catch.hpp>
#include <string>

#include "model/race_model.h"
#include "sim/random.h"
#include "tests/sim/models/textbook_models.h"

using Catch::Matchers::Contains;
using sim::Choice;
using sim::from_token;
using sim::Schedule;
using sim::ScheduleSyntaxError;
using sim::to_token;

namespace {

/// Actors "t1", "t2", "l"; the outcomes of "t2" are "", "fail" and "lost".
const sim::ScheduleNames names{3,
                               [](sim::ActorId actor) {
                                 constexpr std::array<const char*, 3> all{"t1", "t2", "l"};
                                 return all.at(actor);
                               },
                               [](sim::ActorId actor, sim::Outcome outcome) -> std::string {
                                 if (actor != 1) return "";
                                 return outcome == 1 ? "fail" : outcome == 2 ? "lost" : "";
                               }};

std::string message_of(const std::string& token) {
  try {
    from_token(token, names);
  } catch (const ScheduleSyntaxError& error) {
    return error.what();
  }
  return "accepted";
}

}  // namespace

TEST_CASE("the token of a schedule", "[sanitized]") {
  CHECK(to_token({}, 0, names) == "1:00000000:");
  CHECK(to_token({{0, 0}}, 0x5f3a9c1e, names) == "1:5f3a9c1e:t1");
  CHECK(to_token({{0, 0}, {0, 0}, {2, 0}, {0, 0}}, 0xff, names) == "1:000000ff:t1-2.l.t1");
  CHECK(to_token({{1, 1}, {1, 1}, {1, 2}, {1, 0}}, 1, names) == "1:00000001:t2=fail-2.t2=lost.t2");
}

TEST_CASE("a token is read back as what was written", "[sanitized]") {
  // Random schedules with long and short runs of equal choices.
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    sim::Random random(seed);
    Schedule schedule;
    for (unsigned runs = random.below(30); runs > 0; --runs) {
      const auto actor = static_cast<sim::ActorId>(random.below(3));
      const auto outcome = static_cast<sim::Outcome>(actor == 1 ? random.below(3) : 0);
      schedule.insert(schedule.end(), 1 + random.below(12), Choice{actor, outcome});
    }
    const auto hash = static_cast<std::uint32_t>(random.next());
    const std::string token = to_token(schedule, hash, names);
    const sim::ParsedToken parsed = from_token(token, names);
    CHECK(parsed.schedule == schedule);
    CHECK(parsed.scenario_hash == hash);
    CHECK(sim::scenario_hash_of_token(token) == hash);
    CHECK(to_token(parsed.schedule, parsed.scenario_hash, names) == token);
  }
}

namespace {

/// Actors and an outcome whose names have a '-', and are made when they are asked for.
struct Replicas : textbook::AtomicCounter {
  static std::string actor_name(sim::ActorId actor) {
    return "replica-number-" + std::to_string(actor + 1);  // longer than a string holds in place
  }
  static std::string outcome_name(sim::ActorId, sim::Outcome outcome) {
    return outcome == 0 ? "" : "message-number-" + std::to_string(outcome);
  }
};
static_assert(sim::Model<Replicas>);

/// A resource manager, and two that are numbered.
const sim::ScheduleNames managers{3,
                                  [](sim::ActorId actor) {
                                    constexpr std::array<const char*, 3> all{"rm", "rm-2", "rm-3"};
                                    return all.at(actor);
                                  },
                                  [](sim::ActorId, sim::Outcome outcome) {
                                    return outcome == 0 ? "" : "no-" + std::to_string(outcome);
                                  }};

}  // namespace

TEST_CASE("names may be made when they are asked for", "[sanitized]") {
  const Replicas model;
  const sim::ScheduleNames made = sim::schedule_names(model);
  const Schedule schedule{{0, 0}, {1, 2}, {1, 2}};
  const std::string token = to_token(schedule, 0, made);
  CHECK(token == "1:00000000:replica-number-1-1.replica-number-2=message-number-2-2");
  CHECK(from_token(token, made).schedule == schedule);
}

TEST_CASE("a '-' in a name is no repetition", "[sanitized]") {
  const Schedule schedule{{1, 0}, {0, 0}, {0, 0}, {2, 0}, {2, 0}, {0, 1}, {1, 3}, {1, 3}, {0, 0}};
  const std::string token = to_token(schedule, 0, managers);
  CHECK(token == "1:00000000:rm-2-1.rm-2.rm-3-2.rm=no-1-1.rm-2=no-3-2.rm");
  CHECK(from_token(token, managers).schedule == schedule);
  CHECK(from_token("1:00000000:rm-2", managers).schedule == Schedule{{0, 0}, {0, 0}});
  CHECK_THROWS_WITH(from_token("1:00000000:rm-2-x", managers), Contains("found 'x'"));
}

TEST_CASE("every actor and outcome of the real model has a name that can be read back",
          "[sanitized]") {
  model::Setup setup;
  setup.faults.signal = 1;  // without one there is neither signal nor timer
  const model::RaceModel model{setup};
  const sim::ScheduleNames real = sim::schedule_names(model);
  Schedule schedule;
  for (unsigned actor = 0; actor < model::actor_count; ++actor) {
    const auto id = static_cast<sim::ActorId>(actor);
    const std::string name = real.actor(id);
    CHECK_FALSE(name.empty());
    CHECK(name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789") == name.npos);
    schedule.push_back({id, 0});
    for (unsigned outcome = 1; outcome < 32; ++outcome) {
      if (real.outcome(id, static_cast<sim::Outcome>(outcome)).empty()) continue;
      schedule.push_back({id, static_cast<sim::Outcome>(outcome)});
    }
  }
  // Tasks, recovery and connect worker: mapfail, sgfail, resetfail, postfail. Server, signal and
  // timer: 1, 2, 3.
  CHECK(schedule.size() == 17 + 5 * 4 + 3 * 3);
  CHECK(from_token(to_token(schedule, 7, real), real).schedule == schedule);
}

TEST_CASE("a token that is wrong is refused, with where and what was expected", "[sanitized]") {
  struct Row {
    std::string token;
    unsigned character;
    std::string expected;
  };
  for (const Row& row : {
           Row{"", 1, "version"},
           Row{"2:00000000:t1", 1, "version"},
           Row{"t1.t2", 1, "version"},
           Row{"1:", 3, "eight hexadecimal digits"},
           Row{"1:1234567:t1", 3, "eight hexadecimal digits"},
           Row{"1:123456789:t1", 3, "eight hexadecimal digits"},
           Row{"1:1234567g:t1", 3, "eight hexadecimal digits"},
           Row{"1:0x123456:t1", 3, "eight hexadecimal digits"},
           Row{"1:12345678", 3, "eight hexadecimal digits"},
           Row{"1:12345678;t1", 3, "eight hexadecimal digits"},
           Row{"1:12345678:t3", 12, "no actor is called 't3'; there are t1, t2, l"},
           Row{"1:12345678:t1.T2", 15, "no actor is called 'T2'"},
           Row{"1:12345678:t1 .l", 12, "no actor is called 't1?'"},
           Row{"1:12345678:t1..l", 15, "expected an actor's short id"},
           Row{"1:12345678:.l", 12, "expected an actor's short id"},
           Row{"1:12345678:t1.", 14, "expected an actor's short id"},
           Row{"1:12345678:=fail", 12, "no actor is called ''"},
           Row{"1:12345678:t2=foo", 15, "actor 't2' has no outcome 'foo'; it has fail, lost"},
           Row{"1:12345678:l=fail", 14, "actor 'l' has no outcome 'fail'"},
           Row{"1:12345678:t1-", 15, "how often"},
           Row{"1:12345678:t1-0", 15, "1 to 10000000, found '0'"},
           Row{"1:12345678:t1-x", 15, "found 'x'"},
           Row{"1:12345678:t1-2x", 15, "found '2x'"},
           Row{"1:12345678:t1--2", 12, "no actor is called 't1-'"},
           Row{"1:12345678:t1-10000001", 15, "found '10000001'"},
           Row{"1:12345678:t1-99999999999999999999999", 15, "how often"},
           Row{"1:12345678:t1-10000000.l", 24, "longer than 10000000 steps"},
       }) {
    INFO(row.token);
    CHECK_THROWS_AS(from_token(row.token, names), ScheduleSyntaxError);
    CHECK_THAT(message_of(row.token), Contains("character " + std::to_string(row.character) + ":"));
    CHECK_THAT(message_of(row.token), Contains(row.expected));
  }
}

TEST_CASE("choices are read without a version and a hash, and their places counted from there",
          "[sanitized]") {
  CHECK(sim::choices_from("t1-2.t2=fail", names) == Schedule{{0, 0}, {0, 0}, {1, 1}});
  CHECK(sim::choices_from("", names).empty());
  CHECK_THROWS_WITH(sim::choices_from("t1.x", names),
                    "character 4: no actor is called 'x'; there are t1, t2, l");
  CHECK_THAT(message_of("1:00000000:t1.x"), Contains("schedule token, character 15: no actor"));
}

TEST_CASE("an outcome that is announced must be named", "[sanitized]") {
  CHECK(message_of("1:12345678:t2=") != "accepted");
}

TEST_CASE("the longest schedule allowed can be read", "[sanitized]") {
  CHECK(from_token("1:00000000:l-10000000", names).schedule.size() == 10'000'000);
}
