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
#include <new>

#include "model/input.h"
#include "sim/schedule.h"
#include "sim/state_graph.h"
#include "tools/commands.h"

namespace {

constexpr const char* footer =
    "Exit codes: 0 nothing violated, 1 violated, 2 bad usage or input, 3 a bound was reached;\n"
    "with several scenarios or policies the first of 2, 1, 3, 0 that occurred.\n"
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

/// A number with a unit, as a number of the smallest one; a bare number is in
/// units of the first. Of `example`'s kind.
CLI::Validator quantity(const std::vector<std::pair<std::string, std::uint64_t>>& units,
                        const std::string& type, const std::string& example) {
  return {[units, example](std::string& text) {
            std::uint64_t value = 0;
            const char* end_of_text = text.data() + text.size();
            const auto [end, error] = std::from_chars(text.data(), end_of_text, value);
            const std::string unit(end, end_of_text);
            std::uint64_t factor = unit.empty() ? units.front().second : 0;
            for (const auto& [name, size] : units) {
              if (unit == name) factor = size;
            }
            constexpr std::uint64_t most = std::uint64_t{1} << 60;
            if (error == std::errc{} && factor != 0 && value >= 1 && value <= most / factor) {
              text = std::to_string(value * factor);
              return std::string();
            }
            return "expected a quantity such as " + example + ", found '" + model::printable(text) +
                   "'";
          },
          type};
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

void add_policies(CLI::App& command, std::vector<std::string>& policies,
                  const std::string& unless_given) {
  command
      .add_option("-p,--policy", policies,
                  "policy, by name or alias, or 'all'; may be repeated [" + unless_given + "]")
      ->allow_extra_args(false)
      ->type_name("POLICY");
}

void add_scenario(CLI::App& command, std::string& scenario, std::vector<std::string>& policies) {
  command.add_option("SCENARIO", scenario, "scenario, by name or path")->required();
  add_policies(command, policies, "pre-fix");
}

void add_jobs(CLI::App& command, unsigned& jobs) {
  command.add_option("-j,--jobs", jobs, "worker threads; the result does not depend on it")
      ->transform(whole_number(1, 1024));
}

void add_search(CLI::App& command, tools::SearchOptions& options,
                std::vector<std::string>& policies) {
  add_scenario(command, options.scenario, policies);
  command.add_option("--depth", options.depth, "PCT: one more than the number of change points")
      ->transform(whole_number(1, sim::PctStrategy::max_depth))
      ->capture_default_str();
  command
      .add_option("--preemptions", options.preemptions, "preemption-bounded: the most in one run")
      ->transform(whole_number(0, sim::PreemptionBoundedStrategy::most_preemptions))
      ->capture_default_str();
  command.add_option("--max-steps", options.max_steps, "stop a run after so many steps")
      ->transform(whole_number(1, sim::max_schedule_length))
      ->capture_default_str();
}

/// An empty name is a slip of a script, not the wish to have none.
CLI::Validator something() {
  return {[](std::string& text) {
            return text.empty() ? std::string("expected a name, found nothing") : std::string();
          },
          ""};
}

void add_limits(CLI::App& command, tools::LimitOptions& options) {
  command
      .add_option("--max-states", options.max_states,
                  "stop after so many states, always the same ones [the scenario's]")
      ->transform(whole_number(1, sim::most_states));
  command
      .add_option("--max-memory", options.max_memory,
                  "stop before taking more: bytes, or with K, M, G [the scenario's, else 3/4 of "
                  "what is available]")
      ->transform(
          quantity({{"B", 1}, {"K", 1u << 10}, {"M", 1u << 20}, {"G", 1u << 30}}, "SIZE", "2G"));
  command
      .add_option("--time-limit", options.time_limit_ms,
                  "stop each search after so long: with ms, s, m or h [the scenario's, else none]")
      ->transform(quantity({{"s", 1000}, {"ms", 1}, {"m", 60'000}, {"h", 3'600'000}}, "T", "90s"));
}

/// Workers, limits and what else concerns a search of everything.
void add_full_search(CLI::App& command, tools::FullSearchOptions& options) {
  add_jobs(command, options.jobs);
  add_output(command, options.output);
  add_limits(command, options);
  command.add_flag("--reproducible", options.reproducible,
                   "leave out times and memory: the same bytes every time");
}

void add_explore(CLI::App& command, tools::ExploreOptions& options,
                 std::vector<std::string>& policies) {
  add_scenario(command, options.scenario, policies);
  add_full_search(command, options);
  add_format(command, options.format, {"text", "json"});
  command
      .add_option("--invariant", options.invariant,
                  "only violations of this one count as failures [all]")
      ->check(something())
      ->type_name("NAME");
  command
      .add_option(
          "--reduction", options.reduction,
          "leave out what cannot change the verdict: symmetry keeps every count but that of "
          "states, partial order keeps none")
      ->check(CLI::IsMember({"none", "symmetry", "partial-order", "all"}))
      ->capture_default_str();
  command
      .add_option("--count-preemptions", options.count_preemptions,
                  "count interleavings by number of preemptions; auto: up to 250000 states")
      ->check(CLI::IsMember({"auto", "always", "never"}))
      ->capture_default_str();
  command.add_flag("--verdict-only", options.verdict_only,
                   "keep no graph: verdict, states and a shortest counterexample, no counts");
  command
      .add_option("--certificate", options.certificate,
                  "write what check_certificate needs to verify the result")
      ->check(something())
      ->type_name("FILE");
  command
      .add_option("--against", options.against,
                  "an earlier JSON report: say what differs, and by which steps")
      ->check(something())
      ->type_name("REPORT");
}

void add_compare(CLI::App& command, tools::CompareOptions& options,
                 std::vector<std::string>& policies) {
  command.add_option("SCENARIO", options.scenarios,
                     "scenarios, by name or path [all that have a name]");
  add_policies(command, policies, "all");
  add_full_search(command, options);
  add_format(command, options.format, {"text", "markdown", "json"});
  command.footer(
      "Searched with symmetry reduction, which changes neither numbers of interleavings nor\n"
      "probabilities nor preemptions. Limits are those of one scenario under one policy; the\n"
      "others go on when one is reached.\n" +
      std::string(footer));
}

constexpr const char* synthesize_footer =
    "Exit codes: 0 an ordering suffices, or nothing fails; 1 none suffices; 2 bad usage or input;\n"
    "3 a bound was reached before one was found. README.md says what is tried and when it "
    "suffices.";

void add_synthesize(CLI::App& command, tools::SynthesizeOptions& options,
                    std::vector<std::string>& policies) {
  add_scenario(command, options.scenario, policies);
  add_full_search(command, options);
  add_format(command, options.format, {"text", "json"});
  command
      .add_option("--pairs", options.pairs,
                  "try pairs of orderings none of which suffices alone; auto: if there are not too "
                  "many for so large a system")
      ->check(CLI::IsMember({"never", "auto", "always"}))
      ->capture_default_str();
  command.footer(synthesize_footer);
}

void add_study(CLI::App& command, tools::StudyOptions& options,
               std::vector<std::string>& policies) {
  add_scenario(command, options.scenario, policies);
  command
      .add_option("--vary", options.vary,
                  "a parameter and its values: timing.softirq.mean=1us..10ms:log:13, ...:lin:5, or "
                  "values with commas; may be repeated, two make a heat map")
      ->allow_extra_args(false)
      ->type_name("PARAMETER=VALUES");
  command.add_option("--seeds", options.seeds, "runs per cell: seeds 1 to N")
      ->transform(whole_number(1, 1'000'000'000))
      ->capture_default_str();
  command.add_option("--max-steps", options.max_steps, "stop a run after so many steps")
      ->transform(whole_number(1, sim::max_schedule_length))
      ->capture_default_str();
  add_jobs(command, options.jobs);
  command
      .add_option("-o,--output", options.output,
                  "directory for cells, tables and charts; one that holds this study, begun or "
                  "finished, is gone on with")
      ->required()
      ->check(something())
      ->type_name("DIR");
  command.footer(
      "Exit codes: 0 the study is finished, whatever fails in it; 2 bad usage or input.");
}

const std::set<std::string> trace_formats{"text", "json", "ftrace", "schedule"};

void add_replay(CLI::App& command, tools::ReplayOptions& options) {
  command
      .add_option("WHAT", options.what,
                  "a trace or schedule file; with --schedule, the scenario it belongs to")
      ->required();
  command.add_option("--schedule", options.schedule, "schedule token")->type_name("TOKEN");
  command.add_option("-p,--policy", options.policy, "policy [that of the file, else pre-fix]")
      ->type_name("POLICY");
  command.add_flag("-v,--verbose", options.every_step, "text: show every step");
  add_format(command, options.format, trace_formats);
  add_output(command, options.output);
}

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
      ->check(CLI::IsMember(
          {"scenarios", "policies", "invariants", "strategies", "latencies", "guards"}));
  list_app->add_flag("--names", list.names_only, "names only, one a line");
  list_app->add_flag("--about", list.about, "scenarios with the paragraph that explains each");

  std::vector<std::string> files;
  CLI::App* validate_app = app.add_subcommand("validate", "check scenario files");
  validate_app->add_option("FILE", files, "scenario files, or names")->required();

  tools::RunOptions run_options;
  CLI::App* run_app = app.add_subcommand("run", "run a scenario from a seed");
  add_search(*run_app, run_options, policies);
  run_app
      ->add_option("-s,--strategy", run_options.strategy,
                   "how choices are made: 'frwrsim list strategies'")
      ->capture_default_str();
  run_app->add_option("--seed", run_options.seed, "seed of the strategy")
      ->transform(whole_number(0, UINT64_MAX))
      ->capture_default_str();
  run_app->add_flag("-v,--verbose", run_options.every_step, "text: show every step");
  add_format(*run_app, run_options.format, trace_formats);
  add_output(*run_app, run_options.output);

  tools::ReplayOptions replay;
  CLI::App* replay_app = app.add_subcommand("replay", "make the choices of a schedule again");
  add_replay(*replay_app, replay);
  replay_app
      ->add_flag("--by-name", replay.by_name,
                 "a trace of another model or policy: as far as it fits, and where it deviates")
      ->excludes("--schedule");

  tools::MinimizeOptions minimize;
  CLI::App* minimize_app = app.add_subcommand(
      "minimize", "find the run that fails like a given one with the fewest preemptions");
  add_replay(*minimize_app, minimize);
  add_limits(*minimize_app, minimize);

  tools::HuntOptions hunt;
  CLI::App* hunt_app = app.add_subcommand("hunt", "try seeds until a run fails");
  add_search(*hunt_app, hunt, policies);
  hunt_app
      ->add_option("-s,--strategy", hunt.strategies,
                   "how choices are made: 'frwrsim list strategies'; given several times, or "
                   "'all', strategies are compared on all seeds [pct]")
      ->allow_extra_args(false)
      ->type_name("NAME");
  hunt_app->add_option("--seeds", hunt.seeds, "range of seeds, both ends included")
      ->type_name("A..B")
      ->capture_default_str();
  add_jobs(*hunt_app, hunt.jobs);
  hunt_app->add_flag("--all", hunt.all, "go on after the first failure");
  hunt_app->add_flag("--reproducible", hunt.reproducible,
                     "leave out speed: the same bytes every time");
  add_format(*hunt_app, hunt.format, {"text", "json", "jsonl"});
  add_output(*hunt_app, hunt.output);

  tools::ExploreOptions explore;
  CLI::App* explore_app = app.add_subcommand("explore", "visit every interleaving of a scenario");
  add_explore(*explore_app, explore, policies);

  tools::CompareOptions compare;
  CLI::App* compare_app =
      app.add_subcommand("compare", "every scenario under every policy, as a table");
  add_compare(*compare_app, compare, policies);
  tools::SynthesizeOptions synthesize;
  CLI::App* synthesize_app = app.add_subcommand(
      "synthesize", "find orderings of steps that would repair a scenario that fails");
  add_synthesize(*synthesize_app, synthesize, policies);

  tools::StudyOptions study;
  CLI::App* study_app =
      app.add_subcommand("study", "how latencies change the share of failing runs: a grid, charts");
  add_study(*study_app, study, policies);

  tools::StatsOptions stats;
  CLI::App* stats_app = app.add_subcommand("stats", "summarise what hunt --format jsonl wrote");
  stats_app->add_option("FILE", stats.file, "a results file")->required();
  add_format(*stats_app, stats.format, {"text", "json"});
  add_output(*stats_app, stats.output);
  stats_app->footer(
      "Exit codes: 0 the file was read, whatever failed in it; 2 bad usage or input.");

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? sim::exit_clean : sim::exit_usage;
  }
  if (*list_app) return tools::list_command(list);
  if (*validate_app) return tools::validate_command(files);
  if (*replay_app) return tools::replay_command(replay);
  if (*minimize_app) return tools::minimize_command(minimize);
  if (*compare_app) {
    if (policies.empty()) policies = {"all"};
    compare.policies = tools::chosen_policies(policies);
    return tools::compare_command(compare);
  }
  if (*stats_app) return tools::stats_command(stats);
  run_options.policies = hunt.policies = explore.policies = synthesize.policies = study.policies =
      tools::chosen_policies(policies);
  if (*study_app) return tools::study_command(study);
  if (*explore_app) return tools::explore_command(explore);
  if (*synthesize_app) return tools::synthesize_command(synthesize);
  return *run_app ? tools::run_command(run_options) : tools::hunt_command(hunt);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::bad_alloc&) {
    std::fprintf(stderr, "frwrsim: out of memory, or of address space (see 'ulimit -v')\n");
    return sim::exit_usage;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "frwrsim: %s\n", error.what());
    return sim::exit_usage;
  } catch (...) {
    std::fprintf(stderr, "frwrsim: unknown failure\n");
    return sim::exit_usage;
  }
}
