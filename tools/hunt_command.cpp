// SPDX-License-Identifier: MIT
//
// frwrsim hunt: the seeds that fail, as text or JSON.
#include <charconv>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "model/invariants.h"
#include "sim/fingerprint.h"
#include "tools/commands.h"
#include "tools/hunt.h"
#include "tools/output.h"
#include "tools/report_text.h"
#include "tools/scenario_search.h"
#include "tools/search_setup.h"
#include "tools/shell.h"
#include "tools/words.h"

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

std::string failure_line(const Failure& failure) {
  return "seed " + std::to_string(failure.seed) + ": " + in_words(failure.violation) + " at step " +
         std::to_string(failure.steps);
}

/// "1 run in 103 under this strategy": no claim about a kernel.
std::string share_in_words(const Tally& tally) {
  char text[64];
  const double one_in =
      static_cast<double>(tally.runs) / static_cast<double>(tally.failures.size());
  std::snprintf(text, sizeof text, one_in < 10 ? "1 run in %.2f" : "1 run in %.0f", one_in);
  return std::string(text) + " under this strategy";
}

std::string text_report(const Tally& tally, const model::Scenario& scenario,
                        const std::string& policy, const sim::StrategySpec& spec,
                        const HuntOptions& options, const Style& style) {
  const std::string verdict(sim::name_of(tally.verdict()));
  std::string text = header_lines(scenario, policy, style);
  text += "strategy     " + in_words(origin_of(spec)) + "; seeds " + options.seeds + "\n";
  text += "verdict      " + (tally.failures.empty() ? style.strong(verdict) : style.bad(verdict)) +
          "\n";
  text += "runs         " + std::to_string(tally.runs) +
          (options.all || tally.failures.empty() ? "" : ", until the first failure") + "\n";
  if (tally.cut > 0) text += "cut          " + std::to_string(tally.cut) + " by a budget\n";
  if (tally.step_limit > 0) {
    text += "stopped      " + std::to_string(tally.step_limit) + " by the step limit\n";
  }
  text += "failing      " + std::to_string(tally.failures.size());
  if (options.all && !tally.failures.empty()) text += ", " + share_in_words(tally);
  text += "\n";
  constexpr std::size_t most_shown = 20;
  for (std::size_t i = 0; i < tally.failures.size() && i < most_shown; ++i) {
    text += "  " + failure_line(tally.failures[i]) + "\n";
  }
  if (tally.failures.size() > most_shown) {
    text += "  and " + std::to_string(tally.failures.size() - most_shown) +
            " more (--format json lists all)\n";
  }
  if (!tally.failures.empty()) {
    text += "see it with\n  frwrsim run " + shell_quoted(options.scenario) + " --policy " + policy +
            " --seed " + std::to_string(tally.failures.front().seed);
    if (options.strategy != "pct") text += " --strategy " + options.strategy;
    if (options.depth != SearchOptions{}.depth) text += " --depth " + std::to_string(options.depth);
    if (options.max_steps != SearchOptions{}.max_steps) {
      text += " --max-steps " + std::to_string(options.max_steps);
    }
    text += "\n";
  }
  return text;
}

nlohmann::ordered_json json_report(const Tally& tally, const model::Scenario& scenario,
                                   const std::string& policy, const sim::StrategySpec& spec,
                                   SeedRange seeds) {
  nlohmann::ordered_json json;
  json["format"] = "frwrsim-hunt/1";
  json["scenario_name"] = scenario.name;
  json["scenario_hash"] = model::hash_text(scenario.hash());
  json["guards"] = scenario.guards_in_force();
  json["policy"] = policy;
  const model::Origin origin = origin_of(spec);
  json["strategy"] = origin.strategy;
  if (origin.depth != 0) {
    json["depth"] = origin.depth;
    json["step_bound"] = origin.step_bound;
  }
  json["first_seed"] = seeds.first;
  json["last_seed"] = seeds.last;
  json["verdict"] = sim::name_of(tally.verdict());
  json["runs"] = tally.runs;
  json["cut"] = tally.cut;
  json["step_limit"] = tally.step_limit;
  json["failing"] = tally.failures.size();
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

}  // namespace

sim::ExitCode hunt_command(const HuntOptions& options) {
  const model::Scenario scenario = model::load_scenario(find_scenario(options.scenario));
  const SeedRange seeds = parse_seeds(options.seeds);
  const sim::StrategySpec spec = strategy_of(options, scenario);
  const Style style = style_for(options.output);
  sim::ExitCode code = sim::exit_clean;
  std::string text;
  nlohmann::ordered_json documents = nlohmann::ordered_json::array();
  for (const std::string& policy : options.policies) {
    const RaceModel model = model_of(scenario, policy);
    const Tally tally = hunt(model, spec, seeds, options.max_steps, options.all, options.jobs);
    code = sim::worse(code, sim::exit_code_of(tally.verdict()));
    if (options.format == "json") {
      documents.push_back(json_report(tally, scenario, policy, spec, seeds));
    } else {
      if (!text.empty()) text += "\n";
      text += text_report(tally, scenario, policy, spec, options, style);
    }
  }
  if (!documents.empty()) text = documents_text(documents);
  write_output(text, options.output);
  return code;
}

}  // namespace tools
