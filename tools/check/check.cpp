// SPDX-License-Identifier: MIT
//
// Searching, comparing, and replacing what was expected by what was found.
#include "tools/check/check.h"

#include <algorithm>

#include "tools/check/expect_rewrite.h"
#include "tools/compare/comparison.h"
#include "tools/explore/full_search.h"
#include "tools/explore/report.h"
#include "tools/files/output.h"

namespace tools {
namespace {

using model::Expectation;

/// A scenario that has a limit of its own is searched as `explore` does it. The search
/// ends at a place where a count would have no meaning.
bool has_own_bounds(const model::Scenario& scenario) {
  return scenario.search != model::SearchBudget{};
}

sim::Reductions reductions_for(const Expectation& expected, const model::Scenario& scenario) {
  if (expected.states || has_own_bounds(scenario)) return {};
  return {.symmetry = true, .partial_order = !expected.has_counts()};
}

Expectation found_by(const Findings& findings) {
  Expectation found;
  found.verdict = findings.verdict;
  const bool reduced = findings.reductions.symmetry || findings.reductions.partial_order;
  if (!reduced && findings.bound == sim::Bound::none) found.states = findings.states;
  if (findings.interleavings) {
    found.interleavings = findings.interleavings->all.str();
    found.failing = findings.interleavings->failing.str();
  }
  return found;
}

/// Why a count is not known.
std::string why_missing(const Findings& findings) {
  std::string text = bound_in_words(findings);
  for (const std::string& what : findings.missing) text += (text.empty() ? "" : "; ") + what;
  return text;
}

Deviation verdict_deviation(const Expectation& expected, const Findings& findings,
                            const model::Setup& setup) {
  Deviation verdict{"verdict", std::string(sim::name_of(expected.verdict)),
                    std::string(sim::name_of(findings.verdict))};
  verdict.by_bound = findings.verdict == sim::Verdict::bound_reached;
  // A cut by the scenario's own budgets is a result; a limit gives no result.
  if (verdict.by_bound && findings.bound != sim::Bound::none) verdict.found.clear();
  if (findings.verdict == sim::Verdict::exhausted) return verdict;
  Findings told = findings;
  told.missing.clear();  // counts are another matter
  verdict.note = violated_in_words(told, setup);
  return verdict;
}

Outcome outcome_of(const std::vector<Deviation>& deviations) {
  if (deviations.empty()) return Outcome::as_expected;
  const bool all_by_bound = std::all_of(deviations.begin(), deviations.end(),
                                        [](const Deviation& each) { return each.by_bound; });
  return all_by_bound ? Outcome::bound : Outcome::different;
}

/// What the file should say now.
Expectation updated(const PolicyCheck& check, const model::Scenario& scenario) {
  const Expectation& found = *check.found;
  Expectation now = check.expected;
  now.verdict = found.verdict;
  if (now.states) now.states = found.states;
  if (now.interleavings) now.interleavings = found.interleavings;
  if (now.failing) now.failing = found.failing;
  const bool gets_counts = !now.has_counts() && found.states && found.interleavings &&
                           found.verdict != sim::Verdict::bound_reached &&
                           !has_own_bounds(scenario);
  return gets_counts ? found : now;
}

}  // namespace

std::size_t Check::count() const {
  std::size_t count = 0;
  for (const ScenarioCheck& scenario : scenarios) count += scenario.policies.size();
  return count;
}

std::size_t Check::count(Outcome outcome) const {
  std::size_t count = 0;
  for (const ScenarioCheck& scenario : scenarios) count += scenario.count(outcome);
  return count;
}

std::size_t ScenarioCheck::count(Outcome outcome) const {
  return static_cast<std::size_t>(
      std::count_if(policies.begin(), policies.end(),
                    [outcome](const PolicyCheck& check) { return check.outcome == outcome; }));
}

std::vector<Deviation> deviations(const Expectation& expected, const Findings& findings,
                                  const model::Setup& setup) {
  std::vector<Deviation> all;
  const Expectation found = found_by(findings);
  if (found.verdict != expected.verdict) {
    all.push_back(verdict_deviation(expected, findings, setup));
  }
  const auto compare = [&](const std::string& what, const std::optional<std::string>& wanted,
                           const std::optional<std::string>& count) {
    if (!wanted || wanted == count) return;
    if (count) {
      all.push_back({what, *wanted, *count});
    } else {
      all.push_back({what, *wanted, "", why_missing(findings), true});
    }
  };
  const auto digits = [](const std::optional<std::uint64_t>& n) {
    return n ? std::optional<std::string>(std::to_string(*n)) : std::nullopt;
  };
  compare("states", digits(expected.states), digits(found.states));
  compare("interleavings", expected.interleavings, found.interleavings);
  compare("failing", expected.failing, found.failing);
  return all;
}

void run_check(PolicyCheck& check, const model::Scenario& scenario, const CheckOptions& options,
               const std::string& title) {
  FullSearchOptions search;
  static_cast<LimitOptions&>(search) = static_cast<const LimitOptions&>(options);
  search.jobs = options.jobs;
  const auto explored = [&](sim::Reductions reductions, sim::StateId max_states) {
    ExploreRequest request = limited_request(search, scenario);
    request.reductions = reductions;
    request.preemptions = CountPreemptions::never;
    request.max_states = std::min(request.max_states, max_states);
    return explore_watched({scenario, check.policy, title}, request, search);
  };
  const auto begin = std::chrono::steady_clock::now();
  const sim::Reductions plan = reductions_for(check.expected, scenario);
  constexpr auto no_limit = static_cast<sim::StateId>(sim::most_states);
  // Many failures are near, and only a try shows whether a bare verdict may get counts.
  const bool tries = !check.expected.has_counts() && !has_own_bounds(scenario);
  Findings findings = tries
                          ? explored(options.update ? sim::Reductions{} : plan, most_states_stated)
                          : explored(plan, no_limit);
  const bool fails_as_expected = findings.verdict == sim::Verdict::violated &&
                                 check.expected.verdict == sim::Verdict::violated;
  if (tries && findings.bound == sim::Bound::states && !fails_as_expected) {
    findings = explored(plan, no_limit);
  }
  check.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  if (findings.bound == sim::Bound::interrupted) return;
  check.found = found_by(findings);
  check.deviations = deviations(check.expected, findings, scenario.setup);
  check.outcome = outcome_of(check.deviations);
}

void update_expectations(ScenarioCheck& check) {
  std::map<std::string, Expectation> changed;
  for (PolicyCheck& policy : check.policies) {
    const bool all_found =
        policy.found && std::none_of(policy.deviations.begin(), policy.deviations.end(),
                                     [](const Deviation& each) { return each.found.empty(); });
    if (!all_found) continue;
    const Expectation now = updated(policy, check.scenario);
    if (now == policy.expected) continue;
    changed[check.scenario.expect_keys.at(policy.policy)] = now;
    policy.outcome = Outcome::updated;
  }
  if (changed.empty()) return;
  const std::string text = model::read_file(check.path, model::largest_scenario_file);
  if (model::parse_json(text, check.path) != check.scenario.document) {
    throw model::InputError(check.path + ": was changed while it was searched; nothing written");
  }
  write_output(with_expectations(text, changed), check.path);
}

sim::ExitCode exit_code_of(const Check& check) {
  if (check.count(Outcome::different) != 0) return sim::exit_violated;
  const bool all_found_out = check.count(Outcome::bound) + check.count(Outcome::not_run) == 0;
  return all_found_out ? sim::exit_clean : sim::exit_bound;
}

}  // namespace tools
