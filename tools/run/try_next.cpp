// SPDX-License-Identifier: MIT
//
// Looking for a seed that fails, and command lines.
#include "tools/run/try_next.h"

#include <optional>

#include "tools/app/search_setup.h"
#include "tools/engine/race_runs.h"
#include "tools/words/shell.h"

namespace tools {
namespace {

std::optional<std::uint64_t> failing_seed(const model::RaceModel& model,
                                          const sim::StrategySpec& spec, std::uint64_t max_steps) {
  for (std::uint64_t seed = 1; seed <= seeds_tried; ++seed) {
    if (run_seed(model, spec, seed, max_steps).result.end == sim::End::violation) return seed;
  }
  return std::nullopt;
}

std::string proposal(const std::string& command, const std::string& what) {
  return "  " + command + "\n    " + what + "\n";
}

}  // namespace

std::string run_command_line(const SearchOptions& options, const std::string& policy,
                             const sim::StrategySpec& spec, std::uint64_t seed) {
  const SearchOptions usual;
  std::string text = "frwrsim run " + scenario_arguments(options.scenario, options.never) +
                     " --policy " + shell_quoted(policy) + " --seed " + std::to_string(seed);
  if (spec.kind != sim::StrategyKind::pct) {
    text += " --strategy " + std::string(sim::name_of(spec.kind));
  }
  if (spec.kind == sim::StrategyKind::pct && options.depth != usual.depth) {
    text += " --depth " + std::to_string(options.depth);
  }
  if (spec.kind == sim::StrategyKind::preemption_bounded &&
      options.preemptions != usual.preemptions) {
    text += " --preemptions " + std::to_string(options.preemptions);
  }
  if (options.max_steps != usual.max_steps) {
    text += " --max-steps " + std::to_string(options.max_steps);
  }
  return text;
}

std::string what_to_try_next(const SearchOptions& options, const model::Scenario& scenario,
                             const std::string& policy, const sim::StrategySpec& spec,
                             const Style& style) {
  const auto command = [&](const std::string& name) {
    return "frwrsim " + name + " " + scenario_arguments(options.scenario, options.never) +
           " --policy " + shell_quoted(policy);
  };
  std::string text = "\n" + style.strong("One seed shows little. Try next") + "\n";
  if (const auto seed = failing_seed(model_of(scenario, policy), spec, options.max_steps)) {
    text += proposal(run_command_line(options, policy, spec, *seed), "the first seed that fails");
  }
  return text + proposal(command("hunt"), "many seeds") +
         proposal(command("explore"), "every interleaving");
}

}  // namespace tools
