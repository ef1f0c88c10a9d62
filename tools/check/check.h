// SPDX-License-Identifier: MIT
//
// A check as data: what scenarios expect of a full search, and what the search found.
//
// What was found has the form of an expectation, so the two are compared key by key and
// one can replace the other. A key that is not stated is not checked; one that is
// stated but whose value was not found out is a deviation too.
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

/// `--update` counts up to so many states. With more, a search without reduction takes
/// too long to be made for every change. A failure that is expected is looked for up to
/// the same number.
inline constexpr sim::StateId most_states_stated = 1'000'000;

/// How a policy's check ended.
enum class Outcome : std::uint8_t {
  as_expected,
  updated,    ///< was not as expected, and the file now has what was found
  different,  ///< something else was found
  bound,      ///< a bound was reached before it was found out, and none was expected
  not_run,    ///< the check was interrupted before that
};

inline constexpr std::array<std::string_view, 5> outcome_names{"as_expected", "updated",
                                                               "different", "bound", "not_run"};

/// One key that is not as expected.
struct Deviation {
  std::string what;      ///< "verdict", "states", "interleavings", "failing"
  std::string expected;  ///< a word or digits
  std::string found;     ///< the same; empty if it was not found out
  std::string note{};    ///< for a verdict what is violated or why not all was seen; for a
                         ///< count that was not found out, why not
  /// Whether a bound is the cause, not the model.
  bool by_bound = false;
};

/// A scenario under a policy for which it has an expectation.
struct PolicyCheck {
  std::string policy;  ///< by name
  model::Expectation expected;
  /// What the search found, with every key that it did find; nothing if it was not run.
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

/// What a check of several scenarios found.
struct Check {
  std::vector<ScenarioCheck> scenarios;
  std::vector<std::string> skipped;  ///< files of a folder that are no scenarios
  std::chrono::system_clock::time_point start = std::chrono::system_clock::now();
  double seconds = 0;

  /// Number of policies of all scenarios: all of them, and those with an outcome.
  [[nodiscard]] std::size_t count() const;
  [[nodiscard]] std::size_t count(Outcome outcome) const;
};

/// The differences between `findings` and what is expected.
std::vector<Deviation> deviations(const model::Expectation& expected, const Findings& findings,
                                  const model::Setup& setup);

/// Searches and compares. The search has no reduction if a number of states is stated
/// or if the scenario bounds searches itself; else it uses symmetry, which changes no
/// other count. For a verdict alone it uses all reductions, and ends when an expected
/// failure was seen. `title` begins the line of progress. Throws std::bad_alloc.
void run_check(PolicyCheck& check, const model::Scenario& scenario, const CheckOptions& options,
               const std::string& title);

/// Replaces what was expected and not found by what was found, also in the file. A
/// verdict without counts gets its counts, unless it is bound_reached or the scenario
/// bounds searches itself. Changes nothing that a bound kept from being found out.
/// Throws model::InputError if the file cannot be written or is not what was read.
void update_expectations(ScenarioCheck& check);

/// 0 if all is as expected or was updated; 1 if something differs; 3 if bounds and an
/// interruption were the only obstacles.
sim::ExitCode exit_code_of(const Check& check);

}  // namespace tools
