// SPDX-License-Identifier: MIT
//
// The texts of hunts.
#include "tools/hunt/report.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "model/invariants.h"
#include "sim/fingerprint.h"
#include "tools/app/strategy_setup.h"
#include "tools/run/report_text.h"
#include "tools/words/numbers.h"
#include "tools/words/share.h"
#include "tools/words/shell.h"
#include "tools/words/words.h"

namespace tools {
namespace {

std::string failure_line(const Failure& failure) {
  return "seed " + std::to_string(failure.seed) + ": " + in_words(failure.violation) + " at step " +
         std::to_string(failure.steps);
}

double mean_steps(const Tally& tally) {
  return static_cast<double>(tally.steps) / static_cast<double>(tally.runs);
}

std::string one_decimal(double value) {
  char text[40];
  std::snprintf(text, sizeof text, "%.1f", value);
  return text;
}

/// Per second, to two significant digits: more digits would be noise.
std::string per_second(std::uint64_t count, double seconds) {
  char text[40];
  std::snprintf(text, sizeof text, "%.1e", static_cast<double>(count) / seconds);
  double rounded = 0;
  std::sscanf(text, "%lf", &rounded);
  std::snprintf(text, sizeof text, "%.0f", rounded);
  return text;
}

/// Actors with something to do under PCT: those of RPCs that the scenario has.
unsigned pct_actors(const model::Scenario& scenario) {
  const model::RaceModel model(scenario.setup);
  const unsigned idle = 2 * (model::max_rpcs - scenario.setup.rpc_count);
  return model.actor_count() - idle - model.optional_actors().size();
}

double bound_of(const sim::StrategySpec& spec, const model::Scenario& scenario) {
  return sim::pct_bound(pct_actors(scenario), spec.step_bound, spec.depth);
}

/// The command that shows a failing seed.
std::string run_command_line(const Hunted& hunted, const HuntOptions& options) {
  std::string text = "frwrsim run " + shell_quoted(options.scenario) + " --policy " +
                     shell_quoted(hunted.policy) + " --seed " +
                     std::to_string(hunted.tally.failures.front().seed);
  if (hunted.spec.kind != sim::StrategyKind::pct) {
    text += " --strategy " + std::string(sim::name_of(hunted.spec.kind));
  }
  if (hunted.spec.kind == sim::StrategyKind::pct && options.depth != SearchOptions{}.depth) {
    text += " --depth " + std::to_string(options.depth);
  }
  if (hunted.spec.kind == sim::StrategyKind::preemption_bounded &&
      options.preemptions != SearchOptions{}.preemptions) {
    text += " --preemptions " + std::to_string(options.preemptions);
  }
  if (options.max_steps != SearchOptions{}.max_steps) {
    text += " --max-steps " + std::to_string(options.max_steps);
  }
  return text;
}

/// Whether "all" strategies were asked for and the one that needs all states is not among them.
bool left_out(const std::vector<Hunted>& hunts, const HuntOptions& options) {
  const auto& names = options.strategies;
  if (std::find(names.begin(), names.end(), "all") == names.end()) return false;
  return std::none_of(hunts.begin(), hunts.end(), [](const Hunted& hunted) {
    return hunted.spec.kind == sim::StrategyKind::interleavings;
  });
}

}  // namespace

std::string hunt_text(const Hunted& hunted, const model::Scenario& scenario,
                      const HuntOptions& options, const Style& style) {
  const Tally& tally = hunted.tally;
  const std::string verdict(sim::name_of(tally.verdict()));
  const bool failed = !tally.failures.empty();
  std::string text = header_lines(scenario, hunted.policy, style);
  text += line("strategy", in_words(origin_of(hunted.spec)) + "; seeds " + options.seeds);
  text += line("verdict", failed ? style.bad(verdict) : style.strong(verdict));
  text += line("runs", number(tally.runs) +
                           (options.all || !failed ? "" : ", until the first failure") + "; " +
                           one_decimal(mean_steps(tally)) + " steps on average");
  if (tally.cut > 0) text += line("cut", number(tally.cut) + " by a budget");
  if (tally.step_limit > 0)
    text += line("stopped", number(tally.step_limit) + " by the step limit");
  text += line("failing", number(tally.failures.size()));
  if (options.all || !failed) {
    text += line("share",
                 share_with_interval(tally.failures.size(), tally.runs) + ", under this strategy");
    if (hunted.spec.kind == sim::StrategyKind::pct) {
      text += line("bound", "at least " + share_text(bound_of(hunted.spec, scenario)) +
                                " by the paper, for a bug of depth " +
                                std::to_string(hunted.spec.depth) + " with " +
                                std::to_string(pct_actors(scenario)) + " actors");
    }
  }
  if (hunted.seconds > 0) {
    text += line("speed", per_second(tally.runs, hunted.seconds) + " runs/s, " +
                              per_second(tally.steps, hunted.seconds) + " steps/s");
  }
  constexpr std::size_t most_shown = 20;
  for (std::size_t i = 0; i < tally.failures.size() && i < most_shown; ++i) {
    text += "  " + failure_line(tally.failures[i]) + "\n";
  }
  if (tally.failures.size() > most_shown) {
    text += "  and " + std::to_string(tally.failures.size() - most_shown) +
            " more (--format json lists all)\n";
  }
  if (failed) text += "see it with\n  " + run_command_line(hunted, options) + "\n";
  return text;
}

std::string strategy_table(const std::vector<Hunted>& hunts, const model::Scenario& scenario,
                           const HuntOptions& options, const Style& style) {
  std::string text = header_lines(scenario, hunts.front().policy, style);
  text += line("seeds", options.seeds + " under each strategy") + "\n";
  const auto row = [](const std::array<std::string, 8>& cells) {
    constexpr std::array<int, 8> widths{-20, 9, 9, 24, 14, 11, 11, 10};
    std::string result;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      char cell[80];
      std::snprintf(cell, sizeof cell, "%*s", widths[i], cells[i].c_str());
      result += cell;
    }
    result.erase(result.find_last_not_of(' ') + 1);
    return result + "\n";
  };
  const bool with_speed = hunts.front().seconds > 0;
  text += style.strong(row({"strategy", "failing", "share", "95 % interval", "exactly",
                            "first seed", "mean steps", with_speed ? "runs/s" : ""}));
  std::string notes;
  for (const Hunted& hunted : hunts) {
    const Tally& tally = hunted.tally;
    const std::uint64_t failing = tally.failures.size();
    const Interval interval = wilson_interval(failing, tally.runs);
    std::string exactly = hunted.exactly.value_or("");
    if (hunted.spec.kind == sim::StrategyKind::pct) {
      exactly = ">= " + share_text(bound_of(hunted.spec, scenario));
      notes += "pct: depth " + std::to_string(options.depth) +
               "; the bound is the paper's, for a bug of that depth\n";
    }
    if (hunted.spec.kind == sim::StrategyKind::preemption_bounded) {
      notes += "preemption-bounded: at most " + std::to_string(options.preemptions) + "\n";
    }
    text += row({std::string(sim::name_of(hunted.spec.kind)), number(failing),
                 share_text(static_cast<double>(failing) / static_cast<double>(tally.runs)),
                 share_text(interval.low) + " to " + share_text(interval.high), exactly,
                 failing == 0 ? "" : std::to_string(tally.failures.front().seed),
                 one_decimal(mean_steps(tally)),
                 with_speed ? per_second(tally.runs, hunted.seconds) : ""});
  }
  if (left_out(hunts, options)) {
    notes += "interleavings: left out, there are too many states to explore along the way\n";
  }
  return text + notes;
}

nlohmann::ordered_json hunt_head(const Hunted& hunted, const model::Scenario& scenario,
                                 SeedRange seeds, std::string_view format) {
  nlohmann::ordered_json json;
  json["format"] = format;
  json["scenario_name"] = scenario.name;
  json["scenario_hash"] = model::hash_text(scenario.hash());
  json["guards"] = scenario.guards_in_force();
  json["policy"] = hunted.policy;
  const model::Origin origin = origin_of(hunted.spec);
  json["strategy"] = origin.strategy;
  if (origin.depth != 0) json["depth"] = origin.depth;
  if (origin.preemptions) json["preemptions"] = *origin.preemptions;
  if (origin.step_bound != 0) json["step_bound"] = origin.step_bound;
  json["first_seed"] = seeds.first;
  json["last_seed"] = seeds.last;
  return json;
}

nlohmann::ordered_json hunt_json(const Hunted& hunted, const model::Scenario& scenario,
                                 SeedRange seeds) {
  const Tally& tally = hunted.tally;
  nlohmann::ordered_json json = hunt_head(hunted, scenario, seeds, "frwrsim-hunt/1");
  json["verdict"] = sim::name_of(tally.verdict());
  json["runs"] = tally.runs;
  json["cut"] = tally.cut;
  json["step_limit"] = tally.step_limit;
  json["steps"] = tally.steps;
  json["failing"] = tally.failures.size();
  const Interval interval = wilson_interval(tally.failures.size(), tally.runs);
  json["interval_95"] = {share_text(interval.low), share_text(interval.high)};
  if (hunted.exactly) json["exact_probability"] = *hunted.exactly;
  if (hunted.spec.kind == sim::StrategyKind::pct) {
    json["pct_bound"] = share_text(bound_of(hunted.spec, scenario));
  }
  if (hunted.seconds > 0) json["seconds"] = hunted.seconds;
  json["failures"] = nlohmann::ordered_json::array();
  for (const Failure& failure : tally.failures) {
    nlohmann::ordered_json item;
    item["seed"] = failure.seed;
    item["invariant"] = model::entry_of(failure.violation.invariant).name;
    if (failure.violation.mr != 0) item["mr"] = failure.violation.mr;
    if (failure.violation.rpc != 0) item["rpc"] = failure.violation.rpc;
    item["steps"] = failure.steps;
    item["fingerprint"] = sim::hex(failure.fingerprint);
    json["failures"].push_back(item);
  }
  return json;
}

}  // namespace tools
