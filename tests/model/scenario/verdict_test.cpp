// SPDX-License-Identifier: MIT
//
// Every shipped scenario keeps its word.
//
// The verdicts in the files are not this program's opinion of itself: they are
// what the slow reference search finds under the two upstream policies. `violated`:
// some reachable state violates an invariant. `exhausted`: no reachable state does,
// none is cut by a budget, and every path ends with all work done. The other
// policies are left to the explorer, which other tests hold against the reference.
// Nor are the counts of searches that are small enough: the reference counts them anew,
// under every policy. The largest searches are tagged [full].
#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <vector>

#include "model/invariants.h"
#include "model/policy.h"
#include "model/race_model.h"
#include "model/scenario/scenario.h"
#include "sim/search/explorer.h"
#include "tests/reference/answers.h"
#include "tests/reference/explorer.h"

namespace {

using namespace model;

/// Scenarios whose full search takes more memory and time than the quick tier has.
const std::vector<std::string> large{"two-rpcs", "r1-enobufs-part-way", "r5-send-during-reconnect",
                                     "r9-eagain-wakeup", "several-losses"};

bool is_large(const std::string& name) {
  return std::find(large.begin(), large.end(), name) != large.end();
}

std::vector<Scenario> scenarios(bool large_ones) {
  std::vector<Scenario> result;
  for (const auto& file : std::filesystem::directory_iterator(FRWRSIM_SCENARIO_DIR)) {
    const std::string path = file.path().string();
    if (!path.ends_with(".json") || path.ends_with(".schema.json")) continue;
    if (is_large(file.path().stem().string()) == large_ones) result.push_back(load_scenario(path));
  }
  REQUIRE(!result.empty());
  return result;
}

bool is_violated(const RaceModel& model, const World& w) {
  return model.violation(w).invariant != Invariant::none;
}

bool found_by_search(const RaceModel& model, std::uint64_t max_states) {
  try {
    return reference::explore_until(
               model, [&](const World& w) { return is_violated(model, w); }, max_states)
        .schedule.has_value();
  } catch (const std::length_error&) {
    FAIL("no verdict within " << max_states << " states");
  }
  return false;
}

void check_exhausted(const RaceModel& model, std::uint64_t max_states) {
  const auto search = reference::explore(
      model, [&](const World& w) { return is_violated(model, w); }, max_states);
  CHECK(search.ending_in(sim::End::violation) == 0);
  CHECK(search.ending_in(sim::End::cut) == 0);
  CHECK(search.ending_in(sim::End::rest) > 0);
}

/// What the explorer makes of it, with symmetry: for the policies beside the two
/// upstream ones, of which there are many.
sim::Verdict explored(const RaceModel& model) {
  sim::ExploreOptions options;
  options.reductions.symmetry = true;
  const auto search = sim::explore(model, options);
  REQUIRE(search.bound == sim::Bound::none);
  bool is_cut = false;
  for (const sim::EndState& end : search.graph.ends()) {
    if (end.end == sim::End::violation) return sim::Verdict::violated;
    is_cut |= end.end == sim::End::cut;
  }
  return is_cut ? sim::Verdict::bound_reached : sim::Verdict::exhausted;
}

RaceModel model_of(const Scenario& scenario, std::string_view policy) {
  return RaceModel(scenario.with_policy(find_policy(policy)->policy));
}

bool is_upstream(std::string_view policy) {
  return policy == "unmap-on-marshal-error" || policy == "leave-registered";
}

void check_upstream(const Scenario& scenario, std::uint64_t max_states) {
  for (const auto& [name, expected] : scenario.expect) {
    if (!is_upstream(name)) continue;
    INFO(scenario.name << " under " << name);
    if (expected.verdict == sim::Verdict::exhausted) {
      check_exhausted(model_of(scenario, name), max_states);
    } else {
      REQUIRE(expected.verdict == sim::Verdict::violated);
      CHECK(found_by_search(model_of(scenario, name), max_states));
    }
  }
}

void check_others(const Scenario& scenario) {
  for (const auto& [name, expected] : scenario.expect) {
    if (is_upstream(name)) continue;
    INFO(scenario.name << " under " << name);
    CHECK(sim::name_of(explored(model_of(scenario, name))) == sim::name_of(expected.verdict));
  }
}

/// The stated counts of searches of [from, below) states, by the reference; how many
/// such searches there are.
std::size_t check_counts(std::uint64_t from, std::uint64_t below) {
  std::size_t checked = 0;
  for (const Scenario& scenario : scenarios(false)) {
    for (const auto& [name, expected] : scenario.expect) {
      if (!expected.states || *expected.states < from || *expected.states >= below) continue;
      INFO(scenario.name << " under " << name);
      const RaceModel model = model_of(scenario, name);
      CHECK(reference::explore(model).states == *expected.states);
      reference::Answers<RaceModel> answers(model);
      const auto& all = answers.future(model.initial());
      CHECK(expected.interleavings == all.all.str());
      CHECK(expected.failing == all.failing.str());
      ++checked;
    }
  }
  return checked;
}

constexpr std::uint64_t small_search = 20'000;
constexpr std::uint64_t medium_search = 200'000;

}  // namespace

TEST_CASE("every scenario says what is expected of every policy") {
  for (const bool large_ones : {false, true}) {
    for (const Scenario& scenario : scenarios(large_ones)) {
      INFO(scenario.name);
      CHECK(scenario.expect.size() == policies().size());
    }
  }
}

TEST_CASE("the reference search finds the upstream policies' verdicts") {
  for (const Scenario& scenario : scenarios(false)) check_upstream(scenario, 4'000'000);
}

TEST_CASE("the reference search finds the counts of small searches") {
  CHECK(check_counts(0, small_search) > 100);
}

TEST_CASE("the reference search finds the counts of medium searches", "[full]") {
  CHECK(check_counts(small_search, medium_search) > 50);
}

TEST_CASE("the explorer finds the other policies' verdicts") {
  for (const Scenario& scenario : scenarios(false)) check_others(scenario);
}

TEST_CASE("the reference search finds the verdicts of the large scenarios", "[full]") {
  for (const Scenario& scenario : scenarios(true)) check_upstream(scenario, 20'000'000);
}

TEST_CASE("the explorer finds the other policies' verdicts of the large scenarios", "[full]") {
  for (const Scenario& scenario : scenarios(true)) check_others(scenario);
}

TEST_CASE("the checks can fail: a wrong expectation is noticed") {
  const Scenario scenario =
      load_scenario(std::string(FRWRSIM_SCENARIO_DIR) + "/upstream-report.json");
  CHECK(
      found_by_search(RaceModel(scenario.with_policy(find_policy("pre-fix")->policy)), 1'000'000));
  CHECK_FALSE(
      found_by_search(RaceModel(scenario.with_policy(find_policy("fix")->policy)), 1'000'000));
}
