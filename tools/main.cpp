// SPDX-License-Identifier: MIT
//
// frwrsim: the command line.
//
// Only arguments are dealt with here; commands.h has what they do. Exit codes: 0
// nothing violated, 1 violated, 2 bad usage or input, 3 a bound was reached.
#include <CLI/CLI.hpp>
#include <charconv>
#include <cstdio>
#include <exception>

#include "model/input.h"
#include "sim/pct_strategy.h"
#include "sim/schedule.h"
#include "tools/commands.h"

namespace {

constexpr const char* footer =
    "Exit codes: 0 nothing violated, 1 violated, 2 bad usage or input, 3 a bound was reached;\n"
    "with several policies the first of 2, 1, 3, 0 that occurred.\n"
    "SCENARIO is a name ('frwrsim list scenarios') or the path of a file.";

/// A decimal number in that range. CLI11 itself takes "-1" and "" for unsigned ones.
CLI::Validator whole_number(std::uint64_t lowest, std::uint64_t highest) {
  const std::string range = std::to_string(lowest) + " to " + std::to_string(highest);
  return {
      [lowest, highest, range](std::string& text) {
        std::uint64_t value = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        const bool is_number = error == std::errc{} && end == text.data() + text.size();
        if (is_number && value >= lowest && value <= highest) {
          text = std::to_string(value);  // CLI11 would read "010" as eight
          return std::string();
        }
        return "expected a whole number from " + range + ", found '" + model::printable(text) + "'";
      },
      "N"};
}

void add_format(CLI::App& command, std::string& format, const std::set<std::string>& formats) {
  command.add_option("--format", format, "what to write")
      ->check(CLI::IsMember(formats))
      ->capture_default_str();
}

void add_output(CLI::App& command, std::string& output) {
  command.add_option("-o,--output", output, "write to this file instead of standard output")
      ->type_name("FILE");
}

void add_search(CLI::App& command, tools::SearchOptions& options,
                std::vector<std::string>& policies) {
  command.add_option("SCENARIO", options.scenario, "scenario, by name or path")->required();
  command
      .add_option("-p,--policy", policies,
                  "policy, by name or alias, or 'all'; may be repeated [pre-fix]")
      ->allow_extra_args(false)
      ->type_name("POLICY");
  command.add_option("-s,--strategy", options.strategy, "how choices are made: pct or uniform")
      ->capture_default_str();
  command.add_option("--depth", options.depth, "PCT: one more than the number of change points")
      ->transform(whole_number(1, sim::PctStrategy::max_depth))
      ->capture_default_str();
  command.add_option("--max-steps", options.max_steps, "stop a run after so many steps")
      ->transform(whole_number(1, sim::max_schedule_length))
      ->capture_default_str();
}

const std::set<std::string> trace_formats{"text", "json", "ftrace", "schedule"};

/// Declares all commands, parses, and runs the one that was named.
int run(int argc, char** argv) {
  CLI::App app{"frwrsim: deterministic simulator of the xprtrdma FRWR recovery race"};
  app.name("frwrsim");
  app.footer(footer);
  app.set_version_flag("--version", "frwrsim " FRWRSIM_VERSION);
  app.require_subcommand(1);
  std::vector<std::string> policies;

  tools::ListOptions list;
  CLI::App* list_app = app.add_subcommand("list", "what there is, each with a line");
  list_app->add_option("WHAT", list.what, "only this section")
      ->check(CLI::IsMember({"scenarios", "policies", "invariants", "strategies", "guards"}));
  list_app->add_flag("--names", list.names_only, "names only, one a line");
  list_app->add_flag("--about", list.about, "scenarios with the paragraph that explains each");

  std::vector<std::string> files;
  CLI::App* validate_app = app.add_subcommand("validate", "check scenario files");
  validate_app->add_option("FILE", files, "scenario files, or names")->required();

  tools::RunOptions run_options;
  CLI::App* run_app = app.add_subcommand("run", "run a scenario from a seed");
  add_search(*run_app, run_options, policies);
  run_app->add_option("--seed", run_options.seed, "seed of the strategy")
      ->transform(whole_number(0, UINT64_MAX))
      ->capture_default_str();
  run_app->add_flag("-v,--verbose", run_options.every_step, "text: show every step");
  add_format(*run_app, run_options.format, trace_formats);
  add_output(*run_app, run_options.output);

  tools::ReplayOptions replay;
  CLI::App* replay_app = app.add_subcommand("replay", "make the choices of a schedule again");
  replay_app
      ->add_option("WHAT", replay.what,
                   "a trace or schedule file; with --schedule, the scenario it belongs to")
      ->required();
  replay_app->add_option("--schedule", replay.schedule, "schedule token")->type_name("TOKEN");
  replay_app->add_option("-p,--policy", replay.policy, "policy [that of the file, else pre-fix]")
      ->type_name("POLICY");
  replay_app->add_flag("-v,--verbose", replay.every_step, "text: show every step");
  add_format(*replay_app, replay.format, trace_formats);
  add_output(*replay_app, replay.output);

  tools::HuntOptions hunt;
  CLI::App* hunt_app = app.add_subcommand("hunt", "try seeds until a run fails");
  add_search(*hunt_app, hunt, policies);
  hunt_app->add_option("--seeds", hunt.seeds, "range of seeds, both ends included")
      ->type_name("A..B")
      ->capture_default_str();
  hunt_app->add_option("-j,--jobs", hunt.jobs, "worker threads; the result does not depend on it")
      ->transform(whole_number(1, 1024));
  hunt_app->add_flag("--all", hunt.all, "go on after the first failure");
  add_format(*hunt_app, hunt.format, {"text", "json"});
  add_output(*hunt_app, hunt.output);

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? sim::exit_clean : sim::exit_usage;
  }
  if (*list_app) return tools::list_command(list);
  if (*validate_app) return tools::validate_command(files);
  if (*replay_app) return tools::replay_command(replay);
  run_options.policies = hunt.policies = tools::chosen_policies(policies);
  return *run_app ? tools::run_command(run_options) : tools::hunt_command(hunt);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "frwrsim: %s\n", error.what());
    return sim::exit_usage;
  } catch (...) {
    std::fprintf(stderr, "frwrsim: unknown failure\n");
    return sim::exit_usage;
  }
}
