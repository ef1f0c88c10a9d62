// SPDX-License-Identifier: MIT
//
// Runs to draw: of many scenarios and policies, failing ones and others.
#pragma once

#include <catch2/catch.hpp>
#include <filesystem>
#include <locale>
#include <string>
#include <vector>

#include "model/policy.h"
#include "model/trace/trace.h"
#include "sim/questions/shortest_schedule.h"
#include "sim/strategies/pct.h"
#include "sim/strategies/replay.h"
#include "sim/strategies/strand_scheduler.h"
#include "sim/strategies/uniform.h"

namespace render_fixture {

inline model::Scenario scenario(const std::string& name) {
  return model::load_scenario(std::string(FRWRSIM_SCENARIO_DIR) + "/" + name + ".json");
}

inline model::RaceModel model_of(const model::Scenario& scenario, const std::string& policy) {
  return model::RaceModel(scenario.with_policy(model::find_policy(policy)->policy));
}

template <class Strategy>
model::Trace run(const model::Scenario& scenario, const std::string& policy, Strategy strategy,
                 std::uint64_t most_steps = 2000) {
  const model::RaceModel model = model_of(scenario, policy);
  sim::StrandScheduler scheduler(model::actor_count);
  model::TraceRecorder recorder;
  const auto result = scheduler.run(model, strategy, most_steps, recorder);
  return make_trace(scenario, std::string(model::find_policy(policy)->name),
                    {.strategy = "replay", .seed = std::nullopt}, model, result, recorder);
}

inline model::Trace pct_run(const model::Scenario& scenario, const std::string& policy,
                            std::uint64_t seed) {
  const model::RaceModel model = model_of(scenario, policy);
  return run(scenario, policy,
             sim::PctStrategy(seed, model.actor_count(), model.optional_actors(), 120, 4));
}

/// The shortest run that fails.
inline model::Trace failing_run(const model::Scenario& scenario, const std::string& policy) {
  const model::RaceModel model = model_of(scenario, policy);
  const sim::Reductions reductions{.symmetry = true};
  const auto found = sim::explore(model, {.keep_graph = false, .reductions = reductions});
  for (const sim::EndState& end : found.graph.ends()) {
    if (end.end != sim::End::violation) continue;
    const sim::Schedule schedule = sim::shortest_schedule(model, found, reductions, end.state);
    return run(scenario, policy, sim::ReplayStrategy(schedule), schedule.size());
  }
  FAIL("nothing fails");
  return {};
}

/// A run whose last step violates.
inline model::Trace double_unmap() {
  return failing_run(scenario("upstream-report"), "unmap-on-marshal-error");
}

/// Every scenario, several policies, some seeds.
inline std::vector<model::Trace> many_runs(unsigned seeds = 4) {
  std::vector<model::Trace> runs{double_unmap()};
  std::vector<std::string> names;
  for (const auto& file : std::filesystem::directory_iterator(FRWRSIM_SCENARIO_DIR)) {
    const std::string name = file.path().stem().string();
    if (file.path().extension() == ".json" && name != "scenario.schema") names.push_back(name);
  }
  REQUIRE(names.size() > 20);
  std::sort(names.begin(), names.end());
  for (const std::string& name : names) {
    const model::Scenario one = scenario(name);
    for (const model::PolicyEntry& policy : model::policies()) {
      for (unsigned seed = 1; seed <= seeds; ++seed) {
        runs.push_back(seed % 2 == 0
                           ? pct_run(one, std::string(policy.name), seed)
                           : run(one, std::string(policy.name), sim::UniformStrategy(seed)));
      }
    }
  }
  return runs;
}

/// What XML, JSON, Mermaid, dot and terminals take for something else.
inline const std::string hostile_title =
    "A <b>title</b> & \"quotes\"; #35; end\n%% \\N {x} \x1b[31m ünïcode ]]> --> --x";

/// Numbers as they are written where thousands are grouped.
class GroupingLocale {
 public:
  GroupingLocale()
      : before_(std::locale::global(std::locale(std::locale::classic(), new Points))) {}
  ~GroupingLocale() { std::locale::global(before_); }
  GroupingLocale(const GroupingLocale&) = delete;
  GroupingLocale& operator=(const GroupingLocale&) = delete;

 private:
  struct Points : std::numpunct<char> {
    [[nodiscard]] char do_decimal_point() const override { return ','; }
    [[nodiscard]] char do_thousands_sep() const override { return '.'; }
    [[nodiscard]] std::string do_grouping() const override { return "\1"; }
  };
  std::locale before_;
};

}  // namespace render_fixture
