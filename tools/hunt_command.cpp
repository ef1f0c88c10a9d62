// SPDX-License-Identifier: MIT
//
// frwrsim hunt: which seeds fail, and what share of them; strategies compared.
#include <algorithm>
#include <charconv>
#include <chrono>
#include <nlohmann/json.hpp>

#include "tools/commands.h"
#include "tools/compact_number.h"
#include "tools/full_search.h"
#include "tools/output.h"
#include "tools/report_hunt.h"
#include "tools/scenario_search.h"
#include "tools/search_setup.h"
#include "tools/seed_record.h"

namespace tools {
namespace {

using model::RaceModel;

constexpr std::uint64_t most_seeds = 1'000'000'000'000;

SeedRange parse_seeds(const std::string& text) {
  SeedRange range;
  const auto dots = text.find("..");
  const auto number = [&text](std::string_view digits) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc{} || end != digits.data() + digits.size()) {
      throw model::InputError("--seeds: expected A..B with whole numbers A and B, found '" + text +
                              "'");
    }
    return value;
  };
  range.first = number(std::string_view(text).substr(0, dots));
  range.last =
      dots == std::string::npos ? range.first : number(std::string_view(text).substr(dots + 2));
  if (range.last < range.first || range.last - range.first >= most_seeds) {
    throw model::InputError("--seeds: '" + text + "' is not a range of 1 to " +
                            std::to_string(most_seeds) + " seeds");
  }
  return range;
}

/// The strategies asked for, each once.
std::vector<std::string> chosen_strategies(const HuntOptions& options) {
  std::vector<std::string> chosen;
  const auto add = [&chosen](const std::string& name) {
    if (std::find(chosen.begin(), chosen.end(), name) == chosen.end()) chosen.push_back(name);
  };
  for (const std::string& name : options.strategies) {
    if (name != "all") add(name);
    for (const sim::StrategyEntry& entry : sim::strategies) {
      if (name == "all") add(std::string(entry.name));
    }
  }
  if (chosen.empty()) add(options.strategy);
  return chosen;
}

/// Hunts as the options say. `write_line` as in HuntPlan.
Hunted hunt_with(const HuntOptions& options, const model::Scenario& scenario, SeedRange seeds,
                 const std::string& policy, const sim::StrategySpec& spec,
                 std::function<void(std::string_view)> write_line = {}) {
  HuntPlan plan;
  plan.seeds = seeds;
  plan.max_steps = options.max_steps;
  plan.all = options.all;
  plan.jobs = options.jobs;
  plan.write_line = std::move(write_line);
  using Clock = std::chrono::steady_clock;
  const auto start = Clock::now();
  Hunted hunted{policy, spec, hunt(model_of(scenario, policy), spec, plan)};
  if (!options.reproducible) {
    hunted.seconds = std::chrono::duration<double>(Clock::now() - start).count();
  }
  return hunted;
}

/// What is known exactly of strategies, where the scenario is small enough to explore.
void add_exact(std::vector<Hunted>& hunts, const HuntOptions& options,
               const model::Scenario& scenario) {
  const auto of_kind = [&hunts](sim::StrategyKind kind) {
    return std::find_if(hunts.begin(), hunts.end(),
                        [kind](const Hunted& hunted) { return hunted.spec.kind == kind; });
  };
  const auto uniform = of_kind(sim::StrategyKind::uniform);
  if (uniform == hunts.end()) return;
  FullSearchOptions search;
  search.jobs = options.jobs;
  constexpr std::uint64_t most_states = 1'000'000;
  search.max_states = most_states;
  ExploreRequest request = limited_request(search, scenario);
  request.reductions.symmetry = true;
  request.preemptions = CountPreemptions::never;
  const Findings found = explore_watched({scenario, hunts.front().policy}, request, search);
  if (found.probability) uniform->exactly = compact(*found.probability);
}

/// One JSON line per seed, under every policy and strategy.
sim::ExitCode write_results(const HuntOptions& options, const model::Scenario& scenario,
                            SeedRange seeds, const std::vector<std::string>& strategies) {
  OutputFile file(options.output);
  sim::ExitCode code = sim::exit_clean;
  for (const std::string& policy : options.policies) {
    for (const std::string& strategy : strategies) {
      const sim::StrategySpec spec = strategy_of(options, strategy, scenario);
      file.write(hunt_head({policy, spec, {}}, scenario, seeds, results_format).dump() + "\n");
      const Hunted hunted = hunt_with(options, scenario, seeds, policy, spec,
                                      [&file](std::string_view lines) { file.write(lines); });
      code = sim::worse(code, sim::exit_code_of(hunted.tally.verdict()));
    }
  }
  file.commit();
  return code;
}

}  // namespace

sim::ExitCode hunt_command(const HuntOptions& given) {
  HuntOptions options = given;
  const model::Scenario scenario = model::load_scenario(find_scenario(options.scenario));
  const SeedRange seeds = parse_seeds(options.seeds);
  const std::vector<std::string> strategies = chosen_strategies(options);
  if (strategies.size() > 1 || options.format == "jsonl") options.all = true;
  if (options.format == "jsonl") return write_results(options, scenario, seeds, strategies);
  const Style style = style_for(options.output);
  sim::ExitCode code = sim::exit_clean;
  std::string text;
  nlohmann::ordered_json documents = nlohmann::ordered_json::array();
  for (const std::string& policy : options.policies) {
    std::vector<Hunted> hunts;
    for (const std::string& strategy : strategies) {
      hunts.push_back(
          hunt_with(options, scenario, seeds, policy, strategy_of(options, strategy, scenario)));
      code = sim::worse(code, sim::exit_code_of(hunts.back().tally.verdict()));
    }
    if (hunts.size() > 1) add_exact(hunts, options, scenario);
    if (options.format == "json") {
      for (const Hunted& hunted : hunts) documents.push_back(hunt_json(hunted, scenario, seeds));
      continue;
    }
    if (!text.empty()) text += "\n";
    text += hunts.size() > 1 ? strategy_table(hunts, scenario, options, style)
                             : hunt_text(hunts.front(), scenario, options, style);
  }
  if (!documents.empty()) text = documents_text(documents);
  write_output(text, options.output);
  return code;
}

}  // namespace tools
