// SPDX-License-Identifier: MIT
//
// The gate as data: what scenarios expect of a full search, beside what it found.
//
// What was found has the shape of an expectation, so that the two are compared key
// by key and the one can be put in the other's place. A key that is not stated is
// not checked; one that is stated but was not found out is a deviation too.
#pragma once

#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/scenario/scenario.h"
#include "sim/verdict.h"
#include "tools/app/commands.h"
#include "tools/explore/explore.h"

namespace tools {

/// Up to so many states `--update` counts: beyond, a search without reduction takes too
/// long to be made for every change. A failure that is expected is looked for as far.
inline constexpr sim::StateId most_states_stated = 1'000'000;

/// How a policy's check ended.
enum class Outcome : std::uint8_t {
  as_expected,
  updated,    ///< was not, and the file says now what was found
  different,  ///< something else was found
  bound,      ///< a bound was reached before it was found out, and none was expected
  not_run,    ///< the check was interrupted before it came to that
};

inline constexpr std::array<std::string_view, 5> outcome_names{"as_expected", "updated",
                                                               "different", "bound", "not_run"};

/// One key that is not as expected.
struct Deviation {
  std::string what;      ///< "verdict", "states", "interleavings", "failing"
  std::string expected;  ///< a word or digits
  std::string found;     ///< the same; empty if it was not found out
  std::string note{};    ///< of a verdict what is violated or why not all was seen; of a
                         ///< count that was not found out why
  /// Whether a bound is to blame rather than the model.
  bool by_bound = false;
};

/// A scenario under a policy that it expects something of.
struct PolicyCheck {
  std::string policy;  ///< by name
  model::Expectation expected;
  /// What the search found, every key of it that it did find; nothing if it was not run.
  std::optional<model::Expectation> found{};
  std::vector<Deviation> deviations{};
  Outcome outcome = Outcome::not_run;
  double seconds = 0;
};

/// A scenario under every policy.
struct ScenarioCheck {
  std::string path;
  model::Scenario scenario;
  std::vector<PolicyCheck> policies{};  ///< in the order of the table of policies

  /// Policies with that outcome.
  [[nodiscard]] std::size_t count(Outcome outcome) const;
};

/// What a check of several scenarios has found.
struct Check {
  std::vector<ScenarioCheck> scenarios;
  std::vector<std::string> skipped;  ///< files of a folder that are no scenarios
  std::chrono::system_clock::time_point start = std::chrono::system_clock::now();
  double seconds = 0;

  /// Policies of all scenarios: all, and those with an outcome.
  [[nodiscard]] std::size_t count() const;
  [[nodiscard]] std::size_t count(Outcome outcome) const;
};

/// The deviations of what `findings` say from what is expected.
std::vector<Deviation> deviations(const model::Expectation& expected, const Findings& findings,
                                  const model::Setup& setup);

/// Searches and compares. The search is without reduction if a number of states is
/// stated or the scenario bounds searches itself; else by symmetry, which changes no
/// other count. For a verdict alone it is by all reductions, and over when a failure
/// that is expected was seen. `title` begins the line of progress. Throws
/// std::bad_alloc.
void run_check(PolicyCheck& check, const model::Scenario& scenario, const CheckOptions& options,
               const std::string& title);

/// Puts what was found in the place of what was expected and not found, in the file
/// too; a bare verdict gets its counts besides, unless it is bound_reached or the
/// scenario bounds searches itself. Leaves alone what a bound kept from being found
/// out. Throws model::InputError if the file cannot be written or is not what was read.
void update_expectations(ScenarioCheck& check);

/// 0 if all is as expected or was updated; 1 if something differs; 3 if only bounds
/// and an interruption were in the way.
sim::ExitCode exit_code_of(const Check& check);

}  // namespace tools
