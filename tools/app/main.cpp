// SPDX-License-Identifier: MIT
//
// frwrsim: the command line.
//
// Only arguments are handled here; commands.h has what the commands do. Exit codes: 0
// nothing violated, 1 violated, 2 bad usage or input, 3 a bound was reached.
#include <CLI/CLI.hpp>
#include <array>
#include <cstdio>
#include <exception>
#include <functional>
#include <memory>
#include <new>
#include <utility>
#include <vector>

#include "model/scenario/input.h"
#include "sim/schedule.h"
#include "sim/strategies/strategies.h"
#include "tools/app/arguments.h"
#include "tools/app/file_options.h"
#include "tools/app/policy_choice.h"
#include "tools/app/seeing_commands.h"
#include "tools/files/output.h"
#include "tools/usage/bad_usage.h"
#include "tools/usage/command_help.h"
#include "tools/usage/every_command.h"
#include "tools/usage/help_layout.h"

namespace {

using namespace tools;

const std::set<std::string> trace_formats{"text", "json", "ftrace", "schedule"};

void add_search(CLI::App& command, SearchOptions& options) {
  add_scenario(command, options.scenario, options.policies);
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
  add_never(command, options.never);
}

void add_run(CLI::App& command, RunOptions& options) {
  add_search(command, options);
  command
      .add_option("-s,--strategy", options.strategy,
                  "how choices are made: 'frwrsim list strategies'")
      ->capture_default_str();
  command.add_option("--seed", options.seed, "seed of the strategy")
      ->transform(whole_number(0, UINT64_MAX))
      ->capture_default_str();
  command.add_flag("-v,--verbose", options.every_step, "text: show every step");
  add_format(command, options.format, trace_formats);
  add_output(command, options.output);
}

void add_hunt(CLI::App& command, HuntOptions& options) {
  add_search(command, options);
  command
      .add_option("-s,--strategy", options.strategies,
                  "how choices are made: 'frwrsim list strategies'; given several times, or "
                  "'all', strategies are compared on all seeds [pct]")
      ->allow_extra_args(false)
      ->type_name("NAME");
  add_seeds(command, options.seeds, "seeds to run");
  add_jobs(command, options.jobs);
  command.add_flag("--all", options.all, "continue after the first failure");
  add_time_limit(command, options.time_limit_ms,
                 "stop each hunt after so long: with ms, s, m or h [none]");
  command.add_flag("--reproducible", options.reproducible,
                   "leave out speed: the same bytes every time");
  add_format(command, options.format, {"text", "json", "jsonl"});
  add_output(command, options.output);
  add_checkpoint(command, options.checkpoint);
}

void add_explore(CLI::App& command, ExploreOptions& options) {
  add_scenario(command, options.scenario, options.policies);
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
  add_checkpoint(command, options.checkpoint);
  add_never(command, options.never);
}

void add_compare(CLI::App& command, CompareOptions& options) {
  command.add_option("SCENARIO", options.scenarios,
                     "scenarios, by name or path [all that have a name]");
  options.policies = {"all"};
  add_policies(command, options.policies, "all");
  add_full_search(command, options);
  add_format(command, options.format, {"text", "markdown", "json"});
  add_never(command, options.never);
  command.footer(
      "Searched with symmetry reduction, which changes neither numbers of interleavings nor "
      "probabilities nor preemptions. Limits are those of one scenario under one policy; the "
      "others continue when one is reached.\n" +
      std::string(usual_footer));
}

void add_find(CLI::App& command, FindOptions& options) {
  add_scenario(command, options.scenario, options.policies);
  command
      .add_option("--where", options.where,
                  "a condition that holds at some time in the run: docs/manual/properties.md")
      ->check(something())
      ->type_name("CONDITION");
  command
      .add_option("--before", options.before,
                  "'A < B': A holds after an earlier step than B; may be repeated, all of it "
                  "happens in one run")
      ->allow_extra_args(false)
      ->check(something())
      ->type_name("ORDER");
  CLI::Option* other =
      command
          .add_option("--other-than", options.other_than,
                      "schedule token of a run that fails: find one that fails and that another "
                      "step decides; may be repeated")
          ->allow_extra_args(false)
          ->check(something())
          ->excludes("--where")
          ->excludes("--before")
          ->type_name("TOKEN");
  command
      .add_flag("--fewest-preemptions", options.fewest_preemptions,
                "show the run with the fewest preemptions instead of a shortest one")
      ->excludes(other);
  command.add_flag("-v,--verbose", options.every_step, "text: show every step");
  add_full_search(command, options);
  add_format(command, options.format, {"text", "json"});
  add_never(command, options.never);
  command.footer(
      "Searched with symmetry reduction, which changes no answer.\n"
      "Exit codes: 0 found; 1 it happens in no interleaving; 2 bad usage or input; 3 a bound was "
      "reached before it was found. With several policies the first of 2, 1, 3, 0 that occurred.");
}

constexpr const char* synthesize_footer =
    "Exit codes: 0 an ordering suffices, or nothing fails; 1 none suffices; 2 bad usage or input; "
    "3 a bound was reached before one was found. docs/manual/synthesize.md says what is tried and "
    "when it suffices.";

void add_synthesize(CLI::App& command, SynthesizeOptions& options) {
  add_scenario(command, options.scenario, options.policies);
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

void add_study(CLI::App& command, StudyOptions& options) {
  add_scenario(command, options.scenario, options.policies);
  command
      .add_option("--vary", options.vary,
                  "a parameter and its values: timing.softirq.mean=1us..10ms:log:13, ...:lin:5, or "
                  "values with commas; may be repeated, two make a heat map")
      ->allow_extra_args(false)
      ->type_name("PARAMETER=VALUES");
  add_seeds(command, options.seeds, "seeds to run in each cell");
  command.add_option("--max-steps", options.max_steps, "stop a run after so many steps")
      ->transform(whole_number(1, sim::max_schedule_length))
      ->capture_default_str();
  add_jobs(command, options.jobs);
  command
      .add_option("-o,--output", options.output,
                  "directory for cells, tables and charts; one that holds this study, begun or "
                  "finished, is continued: it is its own checkpoint")
      ->required()
      ->check(something())
      ->type_name("DIR");
  command.footer(
      "Exit codes: 0 the study is finished, whatever fails in it; 2 bad usage or input; "
      "3 interrupted, the same command continues.");
}

void add_sweep(CLI::App& command, SweepOptions& options) {
  command.add_option("SPEC", options.spec, "a sweep: docs/sweeps.md")->required();
  command
      .add_option("--shard", options.shard,
                  "which share to do: I/N is the I-th of N, about equal in cost")
      ->capture_default_str();
  command
      .add_option("-o,--output", options.output,
                  "directory for this share; one that holds it, begun or finished, is continued")
      ->required()
      ->check(something())
      ->type_name("DIR");
  add_jobs(command, options.jobs);
  command.footer(
      "Exit codes: 0 the share is finished, whatever fails in it; 2 bad usage or input.");
}

void add_replayed(CLI::App& command, ReplayOptions& options) {
  add_replayable(command, options);
  command.add_flag("-v,--verbose", options.every_step, "text: show every step");
  add_format(command, options.format, trace_formats);
  add_never(command, options.never);
}

void add_replay(CLI::App& command, ReplayOptions& options) {
  add_replayed(command, options);
  command
      .add_flag("--by-name", options.by_name,
                "a trace of another model or policy: as far as it fits, and where it deviates")
      ->excludes("--schedule")
      ->excludes("--never");
}

void add_minimize(CLI::App& command, MinimizeOptions& options) {
  add_replayed(command, options);
  add_limits(command, options);
}

void add_check(CLI::App& command, CheckOptions& options) {
  command.add_option("WHAT", options.what,
                     "folders, files or names of scenarios [all that have a name]");
  add_jobs(command, options.jobs);
  add_limits(command, options);
  const auto add_file = [&command](const std::string& name, std::string& path,
                                   const std::string& about) {
    command.add_option(name, path, about)->check(something())->type_name("FILE");
  };
  add_format(command, options.format, {"text", "json", "junit", "markdown"});
  add_output(command, options.output);
  add_file("--junit", options.junit, "write the format junit to this file, too");
  add_file("--markdown", options.markdown, "write the format markdown to this file, too");
  add_file("--json", options.json, "write the format json to this file, too");
  CLI::Option* update =
      command.add_flag("--update", options.update,
                       "write what was found into the scenario files: \"expect\" and nothing else");
  add_never(command, options.never);
  update->excludes("--never");
  command.footer(
      "Exit codes: 0 all as expected, or updated; 1 something is not as expected, for the better "
      "or the worse; 2 bad usage or input; 3 a bound was reached where none was expected, or the "
      "check was interrupted. With several of these the first of 2, 1, 3, 0 that occurred.");
}

/// Commands as they were declared, and how each is run.
using Commands = std::vector<std::pair<CLI::App*, std::function<sim::ExitCode()>>>;

/// Looks up the policies that a command names, those of its scenarios among them, which are
/// read only if a word may mean one.
template <class Options>
void resolve_policies(Options& options) {
  std::vector<model::PolicyEntry> own;
  if (may_name_own_policies(options.policies)) {
    if constexpr (requires { options.scenario; }) {
      own = own_policies(std::array{options.scenario});
    } else if constexpr (requires { options.scenarios; }) {
      own = own_policies(options.scenarios);
    }
  }
  options.policies = chosen_policies(options.policies, own);
}

/// Declares a command. Policies that it names are looked up before it runs.
template <class Options>
void add_command(CLI::App& app, Commands& commands, const char* name, const char* about,
                 void (*declare)(CLI::App&, Options&), sim::ExitCode (*run)(const Options&)) {
  const auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand(name, about);
  declare(*command, *options);
  commands.emplace_back(command, [options, run] {
    if constexpr (requires { options->policies; }) resolve_policies(*options);
    return run(*options);
  });
}

/// Declares all commands, parses, and runs the one that was named.
int run(int argc, char** argv) {
  CLI::App app{"frwrsim: deterministic simulator of the xprtrdma FRWR recovery race"};
  app.name("frwrsim")->footer(usual_footer);  // commands inherit the footer
  app.set_help_flag("-h,--help", "print this help and exit");
  app.set_version_flag("--version", "frwrsim " FRWRSIM_VERSION, "print the version and exit");
  app.formatter(std::make_shared<HelpLayout>(style_for("").width()));
  app.require_subcommand(1);

  Commands commands;
  const auto add = [&](const char* name, const char* about, auto declare, auto run) {
    add_command(app, commands, name, about, declare, run);
  };
  add("list", "what there is, each with a line", add_list, list_command);
  add("new", "write a scenario to begin with", add_new, new_command);
  add("validate", "check scenario files", add_validate, validate_command);
  add("explain-bounds", "which budgets of a scenario cut how much, and the least that cut nothing",
      add_explain_bounds, explain_bounds_command);
  add("run", "run a scenario from a seed", add_run, run_command);
  add("replay", "make the choices of a schedule again", add_replay, replay_command);
  add("minimize", "find the run that fails like a given one with the fewest preemptions",
      add_minimize, minimize_command);
  add("hunt", "try seeds until a run fails", add_hunt, hunt_command);
  add("explore", "visit every interleaving of a scenario", add_explore, explore_command);
  add("find", "a run in which something happens, or that there is none", add_find, find_command);
  add("compare", "every scenario under every policy, as a table", add_compare, compare_command);
  add("synthesize", "find orderings of steps that would repair a scenario that fails",
      add_synthesize, synthesize_command);
  add("study", "how latencies change the share of failing runs: a grid, charts", add_study,
      study_command);
  const SeeingCommands seeing(app);
  CLI::App* doctor =
      app.add_subcommand("doctor", "what this program was built with and what it finds here");
  doctor->footer("Exit codes: 0 all is well; 2 scenarios are not found, or one cannot be read.");
  commands.emplace_back(doctor, doctor_command);
  add("sweep", "a share of many searches", add_sweep, sweep_command);
  add("merge", "the shares of a sweep as one result", add_merge, merge_command);
  add("check", "whether every scenario is still as its file expects", add_check, check_command);
  add("audit", "the DMA ledger over the trace of a real kernel", add_audit, audit_command);
  add("triage", "which lines of a kernel's log are of this bug", add_triage, triage_command);
  add("stats", "summarise what hunt --format jsonl wrote", add_stats, stats_command);

  std::string help_about;
  CLI::App* help = add_help(app, help_about);
  commands.emplace_back(help, [&] { return help_command(app, help_about); });
  std::string colour = "auto";
  add_common_options(app, colour);
  add_groups_and_examples(app);
  app.footer(std::string(usual_footer) + "\n'frwrsim help COMMAND' says what a command takes.");

  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& wanted) {  // --help, --version
    app.exit(wanted);
    return sim::exit_clean;
  } catch (const CLI::ParseError& error) {
    throw model::InputError(what_is_wrong(app, {argv + 1, argv + argc}, error));
  }
  choose_colour(colour_named(colour));
  for (const auto& [command, run_it] : commands) {
    if (*command) return run_it();
  }
  return seeing.run().value();
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
