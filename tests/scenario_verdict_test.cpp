// SPDX-License-Identifier: MIT
//
// Every shipped scenario keeps its word.
//
// The verdicts in the files are not this program's opinion of itself: they are
// what the slow reference search finds. `violated`: some reachable world violates
// an invariant. `exhausted`: no reachable world does, none is cut by a budget,
// and every path ends with all work done. The largest searches are tagged [full].
#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <vector>

#include "model/invariants.h"
#include "model/policy.h"
#include "model/race_model.h"
#include "model/scenario.h"
#include "tests/reference_explorer.h"

namespace {

using namespace model;

/// Scenarios whose full search takes more memory and time than the quick tier has.
const std::vector<std::string> large{"two-rpcs"};

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

/// A violating run is searched for with seeds first: where there is one, a full
/// search of a broken policy's world would only take longer to say the same.
bool found_by_search(const RaceModel& model, std::uint64_t max_states) {
  bool violated = false;
  const auto wanted = [&](const World& w) {
    return model.violation(w).invariant != Invariant::none;
  };
  try {
    const auto search = reference::explore(model, wanted, max_states);
    violated = search.schedule.has_value();
  } catch (const std::length_error&) {
    FAIL("no verdict within " << max_states << " states");
  }
  return violated;
}

void check_exhausted(const RaceModel& model, std::uint64_t max_states) {
  const auto search = reference::explore(
      model, [&](const World& w) { return model.violation(w).invariant != Invariant::none; },
      max_states);
  CHECK(search.ending_in(sim::End::violation) == 0);
  CHECK(search.ending_in(sim::End::cut) == 0);
  CHECK(search.ending_in(sim::End::rest) > 0);
}

void check(const Scenario& scenario, std::uint64_t max_states) {
  CHECK(scenario.expect.size() == policies().size());
  for (const auto& [name, verdict] : scenario.expect) {
    INFO(scenario.name << " under " << name);
    const RaceModel model(scenario.with_policy(find_policy(name)->policy));
    if (verdict == sim::Verdict::exhausted) {
      check_exhausted(model, max_states);
    } else {
      REQUIRE(verdict == sim::Verdict::violated);
      CHECK(found_by_search(model, max_states));
    }
  }
}

}  // namespace

TEST_CASE("a full search finds the verdict every scenario states") {
  for (const Scenario& scenario : scenarios(false)) check(scenario, 4'000'000);
}

TEST_CASE("a full search finds the verdict of the large scenarios", "[full]") {
  for (const Scenario& scenario : scenarios(true)) {
    const RaceModel model(scenario.with_policy(find_policy("fix")->policy));
    check_exhausted(model, 20'000'000);
  }
}

TEST_CASE("the checks can fail: a wrong expectation is noticed") {
  const Scenario scenario =
      load_scenario(std::string(FRWRSIM_SCENARIO_DIR) + "/upstream-report.json");
  CHECK(
      found_by_search(RaceModel(scenario.with_policy(find_policy("pre-fix")->policy)), 1'000'000));
  CHECK_FALSE(
      found_by_search(RaceModel(scenario.with_policy(find_policy("fix")->policy)), 1'000'000));
}
