// SPDX-License-Identifier: MIT
//
// The texts of hunts.
#include "tools/hunt/report.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "model/property/properties.h"
#include "sim/fingerprint.h"
#include "tools/app/strategy_setup.h"
#include "tools/app/why_stopped.h"
#include "tools/run/report_text.h"
#include "tools/run/try_next.h"
#include "tools/words/compact_number.h"
#include "tools/words/numbers.h"
#include "tools/words/share.h"
#include "tools/words/words.h"

namespace tools {
namespace {

std::string failure_line(const Failure& failure, const model::Setup& setup) {
  return "seed " + std::to_string(failure.seed) + ": " + in_words(failure.violation, setup) +
         " at step " + std::to_string(failure.steps);
}

double mean_steps(const Tally& tally) {
  return tally.runs == 0 ? 0 : static_cast<double>(tally.steps) / static_cast<double>(tally.runs);
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

/// "interrupted before seed 5121; the rest: --seeds 5121..10000"
std::string stopped_in_words(const HuntState& state, SeedRange seeds) {
  const SeedRange rest{seeds.first + state.done, seeds.last};
  return why_stopped(state.stopped) + " before seed " + std::to_string(rest.first) +
         "; the rest: --seeds " + in_words(rest);
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

sim::Verdict Hunted::verdict() const {
  const sim::Verdict of_runs = state.tally.verdict();
  const bool is_all = state.stopped == sim::Bound::none;
  return is_all || of_runs == sim::Verdict::violated ? of_runs : sim::Verdict::bound_reached;
}

std::string hunt_text(const Hunted& hunted, const model::Scenario& scenario, SeedRange seeds,
                      const HuntOptions& options, const Style& style) {
  const Tally& tally = hunted.state.tally;
  const std::string verdict(sim::name_of(hunted.verdict()));
  const bool failed = !tally.failures.empty();
  std::string text = header_lines(scenario, hunted.policy, style);
  const auto put = [&](std::string_view title, const std::string& what) {
    text += line(title, what, style.width());
  };
  put("strategy", in_words(origin_of(hunted.spec)) + "; seeds " + in_words(seeds));
  put("verdict", failed ? style.bad(verdict) : style.strong(verdict));
  put("runs", number(tally.runs) + (options.all || !failed ? "" : ", until the first failure") +
                  "; " + one_decimal(mean_steps(tally)) + " steps on average");
  if (tally.cut > 0) put("cut", number(tally.cut) + " by a budget");
  if (tally.step_limit > 0) {
    put("stopped", number(tally.step_limit) + " by the step limit");
  }
  put("failing", number(tally.failures.size()));
  if (tally.runs > 0 && (options.all || !failed)) {
    put("share", share_with_interval(tally.failures.size(), tally.runs) + ", under this strategy");
    if (hunted.spec.kind == sim::StrategyKind::pct) {
      put("bound", "at least " + compact_ratio(bound_of(hunted.spec, scenario)) +
                       " by the paper, for a bug of depth " + std::to_string(hunted.spec.depth) +
                       " with " + std::to_string(pct_actors(scenario)) + " actors");
    }
  }
  if (hunted.state.stopped != sim::Bound::none) {
    text += line("not all", stopped_in_words(hunted.state, seeds));  // an option to copy
  }
  if (hunted.seconds > 0) {
    put("speed", per_second(tally.runs, hunted.seconds) + " runs/s, " +
                     per_second(tally.steps, hunted.seconds) + " steps/s");
  }
  constexpr std::size_t most_shown = 20;
  for (std::size_t i = 0; i < tally.failures.size() && i < most_shown; ++i) {
    text += "  " + failure_line(tally.failures[i], scenario.setup) + "\n";
  }
  if (tally.failures.size() > most_shown) {
    text += "  and " + std::to_string(tally.failures.size() - most_shown) +
            " more (--format json lists all)\n";
  }
  if (failed)
    text += "see it with\n  " +
            run_command_line(options, hunted.policy, hunted.spec, tally.failures.front().seed) +
            "\n";
  return text;
}

std::string strategy_table(const std::vector<Hunted>& hunts, const model::Scenario& scenario,
                           SeedRange seeds, const HuntOptions& options, const Style& style) {
  std::string text = header_lines(scenario, hunts.front().policy, style);
  text += line("seeds", in_words(seeds) + " under each strategy") + "\n";
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
    const Tally& tally = hunted.state.tally;
    const std::uint64_t failing = tally.failures.size();
    const std::string name(sim::name_of(hunted.spec.kind));
    if (hunted.state.stopped != sim::Bound::none) {
      notes += name + ": " + stopped_in_words(hunted.state, seeds) + "\n";
    }
    const Interval interval = wilson_interval(failing, tally.runs);
    std::string exactly = hunted.exactly.value_or("");
    if (hunted.spec.kind == sim::StrategyKind::pct) {
      exactly = ">= " + compact_ratio(bound_of(hunted.spec, scenario));
      notes += "pct: depth " + std::to_string(options.depth) +
               "; the bound is the paper's, for a bug of that depth\n";
    }
    if (hunted.spec.kind == sim::StrategyKind::preemption_bounded) {
      notes += "preemption-bounded: at most " + std::to_string(options.preemptions) + "\n";
    }
    text += row(
        {name, number(failing),
         tally.runs == 0
             ? "?"
             : compact_ratio(static_cast<double>(failing) / static_cast<double>(tally.runs)),
         compact_ratio(interval.low) + " to " + compact_ratio(interval.high), exactly,
         failing == 0 ? "" : std::to_string(tally.failures.front().seed),
         one_decimal(mean_steps(tally)), with_speed ? per_second(tally.runs, hunted.seconds) : ""});
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
  if (scenario.setup.properties != nullptr) {
    for (const model::Property& property : scenario.setup.properties->all()) {
      json["properties"].push_back(property.name);
    }
  }
  return json;
}

nlohmann::ordered_json hunt_json(const Hunted& hunted, const model::Scenario& scenario,
                                 SeedRange seeds) {
  const Tally& tally = hunted.state.tally;
  nlohmann::ordered_json json = hunt_head(hunted, scenario, seeds, "frwrsim-hunt/1");
  json["verdict"] = sim::name_of(hunted.verdict());
  json["runs"] = tally.runs;
  json["cut"] = tally.cut;
  json["step_limit"] = tally.step_limit;
  json["steps"] = tally.steps;
  json["failing"] = tally.failures.size();
  const Interval interval = wilson_interval(tally.failures.size(), tally.runs);
  json["interval_95"] = {compact_ratio(interval.low), compact_ratio(interval.high)};
  if (hunted.state.stopped != sim::Bound::none) {
    json["stopped"] = {{"bound", sim::name_of(hunted.state.stopped)},
                       {"next_seed", seeds.first + hunted.state.done}};
  }
  if (hunted.exactly) json["exact_probability"] = *hunted.exactly;
  if (hunted.spec.kind == sim::StrategyKind::pct) {
    json["pct_bound"] = compact_ratio(bound_of(hunted.spec, scenario));
  }
  if (hunted.seconds > 0) json["seconds"] = hunted.seconds;
  json["failures"] = nlohmann::ordered_json::array();
  for (const Failure& failure : tally.failures) {
    nlohmann::ordered_json item;
    item["seed"] = failure.seed;
    item["invariant"] = model::entry_of(failure.violation.invariant, scenario.setup).name;
    if (failure.violation.mr != 0) item["mr"] = failure.violation.mr;
    if (failure.violation.rpc != 0) item["rpc"] = failure.violation.rpc;
    item["steps"] = failure.steps;
    item["fingerprint"] = sim::hex(failure.fingerprint);
    json["failures"].push_back(item);
  }
  return json;
}

}  // namespace tools
