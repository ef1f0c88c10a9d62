// SPDX-License-Identifier: MIT
//
// frwrsim hunt: which seeds fail, and what share of them; strategies compared.
#include <algorithm>
#include <array>
#include <chrono>
#include <nlohmann/json.hpp>

#include "tools/app/commands.h"
#include "tools/app/scenario_search.h"
#include "tools/app/search_setup.h"
#include "tools/app/strategy_setup.h"
#include "tools/app/watch.h"
#include "tools/explore/full_search.h"
#include "tools/files/output.h"
#include "tools/hunt/checkpoint.h"
#include "tools/hunt/report.h"
#include "tools/hunt/seed_record.h"
#include "tools/words/compact_number.h"
#include "tools/words/share.h"

namespace tools {
namespace {

constexpr std::uint64_t most_seeds = 1'000'000'000'000;

/// The strategies asked for, each once; `all`: the user asked for all, and did not name
/// each.
struct ChosenStrategies {
  std::vector<std::string> names;
  bool all = false;
};

ChosenStrategies chosen_strategies(const HuntOptions& options) {
  ChosenStrategies chosen;
  const auto add = [&chosen](const std::string& name) {
    auto& names = chosen.names;
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  };
  for (const std::string& name : options.strategies) {
    if (name != "all") {
      add(name);
      continue;
    }
    chosen.all = true;
    for (const sim::StrategyEntry& entry : sim::strategies) add(std::string(entry.name));
  }
  if (chosen.names.empty()) add(options.strategy);
  return chosen;
}

HuntPlan plan_of(const HuntOptions& options, SeedRange seeds) {
  HuntPlan plan;
  plan.seeds = seeds;
  plan.max_steps = options.max_steps;
  plan.all = options.all;
  plan.jobs = options.jobs;
  if (options.time_limit_ms != 0) {
    plan.time_limit = std::chrono::milliseconds(options.time_limit_ms);
  }
  return plan;
}

/// Hunts as the options say; `checkpoint` may be null.
Hunted hunt_with(const HuntOptions& options, const model::Scenario& scenario, SeedRange seeds,
                 const std::string& policy, const sim::StrategySpec& spec,
                 HuntCheckpoint* checkpoint) {
  using Clock = std::chrono::steady_clock;
  const auto start = Clock::now();
  const model::RaceModel model = model_of(scenario, policy);
  Hunted hunted{policy, spec, {}};
  if (checkpoint != nullptr) {
    KeptHunt kept = checkpoint->hunt(policy, model, spec, plan_of(options, seeds));
    hunted.state = std::move(kept.state);
    hunted.seconds = kept.seconds;
  } else {
    hunted.state = hunt(model, spec, plan_of(options, seeds));
    hunted.seconds = std::chrono::duration<double>(Clock::now() - start).count();
  }
  if (options.reproducible) hunted.seconds = 0;
  return hunted;
}

/// The shares to which uniform and interleavings tend in the long run; nothing if the
/// scenario is not small enough to be explored as well.
struct ExactShares {
  std::optional<std::string> uniform;
  std::optional<std::string> interleavings;
};

ExactShares exact_shares(const HuntOptions& options, const model::Scenario& scenario,
                         const std::string& policy) {
  FullSearchOptions search;
  search.jobs = options.jobs;
  constexpr std::uint64_t most_states = 1'000'000;
  search.max_states = most_states;
  ExploreRequest request = limited_request(search, scenario);
  request.reductions.symmetry = true;
  request.preemptions = CountPreemptions::never;
  const Findings found = explore_watched({scenario, policy}, request, search);
  ExactShares shares;
  if (found.probability) shares.uniform = compact(*found.probability);
  if (found.interleavings) {
    const boost::multiprecision::cpp_rational share(found.interleavings->failing,
                                                    found.interleavings->all);
    shares.interleavings = compact_ratio(share.convert_to<double>());
  }
  return shares;
}

/// One policy under every strategy, on all seeds.
std::vector<Hunted> compared(const HuntOptions& options, const model::Scenario& scenario,
                             SeedRange seeds, const std::string& policy,
                             const ChosenStrategies& strategies, HuntCheckpoint* checkpoint) {
  constexpr std::array<std::string_view, 2> known_exactly{
      sim::name_of(sim::StrategyKind::uniform), sim::name_of(sim::StrategyKind::interleavings)};
  const auto& names = strategies.names;
  const bool is_exact_wanted = std::find_first_of(names.begin(), names.end(), known_exactly.begin(),
                                                  known_exactly.end()) != names.end();
  const ExactShares exact =
      is_exact_wanted ? exact_shares(options, scenario, policy) : ExactShares{};
  std::vector<Hunted> hunts;
  for (const std::string& name : names) {
    const bool is_interleavings = name == sim::name_of(sim::StrategyKind::interleavings);
    if (strategies.all && is_interleavings && !exact.interleavings) continue;
    hunts.push_back(hunt_with(options, scenario, seeds, policy,
                              strategy_of(options, name, scenario, policy), checkpoint));
    if (is_interleavings) hunts.back().exactly = exact.interleavings;
    if (name == sim::name_of(sim::StrategyKind::uniform)) hunts.back().exactly = exact.uniform;
    if (hunts.back().state.stopped == sim::Bound::interrupted) break;
  }
  return hunts;
}

/// One JSON line per seed, under every policy and strategy.
sim::ExitCode write_results(const HuntOptions& options, const model::Scenario& scenario,
                            SeedRange seeds, const ChosenStrategies& strategies) {
  OutputFile file(options.output);
  sim::ExitCode code = sim::exit_clean;
  for (const std::string& policy : options.policies) {
    for (const std::string& strategy : strategies.names) {
      const sim::StrategySpec spec = strategy_of(options, strategy, scenario, policy);
      file.write(hunt_head({policy, spec, {}}, scenario, seeds, results_format).dump() + "\n");
      HuntPlan plan = plan_of(options, seeds);
      plan.write_line = [&file](std::string_view lines) { file.write(lines); };
      const Tally tally = hunt(model_of(scenario, policy), spec, plan).tally;
      code = sim::worse(code, sim::exit_code_of(tally.verdict()));
    }
  }
  file.commit();
  return code;
}

}  // namespace

sim::ExitCode hunt_command(const HuntOptions& options) {
  HuntOptions effective = options;
  const SeedRange seeds = seed_range(options.seeds, most_seeds);
  const model::Scenario scenario =
      with_never(model::load_scenario(find_scenario(options.scenario)), options.never);
  const ChosenStrategies strategies = chosen_strategies(options);
  const bool several = strategies.names.size() > 1;
  if (several || options.format == "jsonl") effective.all = true;
  if (options.format == "jsonl") {
    if (options.time_limit_ms != 0) {
      throw model::InputError(
          "--time-limit: --format jsonl has a line for every seed; give fewer --seeds instead");
    }
    if (!options.checkpoint.file.empty()) {
      throw model::InputError(
          "--checkpoint: keeps tallies, not the lines of --format jsonl; hunt ranges of seeds one "
          "after the other instead");
    }
    return write_results(effective, scenario, seeds, strategies);
  }
  expect_different_files({{"--output", options.output}, {"--checkpoint", options.checkpoint.file}});
  require_writable(options.output);
  std::optional<HuntCheckpoint> checkpoint;
  if (!options.checkpoint.file.empty()) {
    checkpoint.emplace(effective, scenario, seeds, strategies.names);
  }
  HuntCheckpoint* const kept = checkpoint ? &*checkpoint : nullptr;
  const Style style = style_for(options.output);
  const Watch watch(std::nullopt);  // Ctrl-C ends the hunt, not the report
  sim::ExitCode code = sim::exit_clean;
  std::string text;
  nlohmann::ordered_json documents = nlohmann::ordered_json::array();
  for (const std::string& policy : options.policies) {
    const std::vector<Hunted> hunts =
        several ? compared(effective, scenario, seeds, policy, strategies, kept)
                : std::vector<Hunted>{hunt_with(
                      options, scenario, seeds, policy,
                      strategy_of(options, strategies.names.front(), scenario, policy), kept)};
    for (const Hunted& hunted : hunts) {
      code = sim::worse(code, sim::exit_code_of(hunted.verdict()));
      if (options.format == "json") documents.push_back(hunt_json(hunted, scenario, seeds));
    }
    if (options.format != "json") {
      if (!text.empty()) text += "\n";
      text += several ? strategy_table(hunts, scenario, seeds, effective, style)
                      : hunt_text(hunts.front(), scenario, seeds, effective, style);
    }
    if (hunts.back().state.stopped == sim::Bound::interrupted) break;
  }
  if (!documents.empty()) text = documents_text(documents);
  if (!checkpoint) {
    write_output(text, options.output);
    return code;
  }
  write_output_to_disk(text, options.output);
  checkpoint->finish();
  return code;
}

}  // namespace tools
