// SPDX-License-Identifier: MIT
//
// Options of list, validate, new, explain-bounds, merge, stats, audit and triage.
#include "tools/app/file_options.h"

#include "tools/app/arguments.h"

namespace tools {

void add_merge(CLI::App& command, MergeOptions& options) {
  command.add_option("DIR", options.directories, "what 'frwrsim sweep' wrote, all shares")
      ->required();
  add_output(command, options.output);
  command.footer(
      "Exit codes: 0 merged; 2 bad usage or input, a share missing, there twice, or another's.");
}

void add_list(CLI::App& command, ListOptions& options) {
  command.add_option("WHAT", options.what, "only this section")
      ->check(CLI::IsMember({"scenarios", "policies", "decisions", "statements", "invariants",
                             "strategies", "latencies", "guards"}));
  command.add_flag("--names", options.names_only, "names only, one a line");
  command.add_flag("--about", options.about, "scenarios with the paragraph that explains each");
  command.footer("Exit codes: 0; 2 bad usage, or the folder of scenarios is not found.");
}

void add_validate(CLI::App& command, std::vector<std::string>& files) {
  command.add_option("FILE", files, "scenario files, or names")->required();
  command.footer("Exit codes: 0 all can be used; 2 one cannot, or bad usage.");
}

void add_new(CLI::App& command, NewOptions& options) {
  command.add_option("NAME", options.name, "the file to write, NAME.json [standard output]")
      ->check(something());
  command
      .add_option("--from", options.from,
                  "copy this scenario, by name or path, without what it expects [a template]")
      ->check(something())
      ->type_name("SCENARIO");
  command.add_flag("--force", options.force, "replace a file that is there already");
  command.footer("Exit codes: 0 written; 2 bad usage or input.");
}

void add_explain_bounds(CLI::App& command, BoundsOptions& options) {
  add_scenario(command, options.scenario, options.policies);
  add_full_search(command, options);
  add_format(command, options.format, {"text", "json"});
  command.footer(
      "Exit codes: 0 budgets were found that cut nothing; 2 bad usage or input; 3 there are none, "
      "or a limit ended a search before. Limits are those of each search, of which there are "
      "many.");
}

void add_stats(CLI::App& command, StatsOptions& options) {
  command.add_option("FILE", options.file, "a results file")->required();
  add_format(command, options.format, {"text", "json"});
  add_output(command, options.output);
  command.footer("Exit codes: 0 the file was read, whatever failed in it; 2 bad usage or input.");
}

void add_audit(CLI::App& command, AuditOptions& options) {
  command
      .add_option("FILE", options.files,
                  "traces: text of trace, trace_pipe, trace-cmd report or a console dump, or a "
                  "trace.dat; - is standard input")
      ->required();
  add_format(command, options.format, {"text", "json", "junit"});
  add_output(command, options.output);
  command.footer(
      "Exit codes: 0 nothing violated; 1 violated; 2 bad usage, or not readable as a trace; "
      "3 undecided: events are missing that could tell. With several files the first of "
      "2, 1, 3, 0 that occurred.");
}

void add_triage(CLI::App& command, TriageOptions& options) {
  command.add_option("FILE", options.files, "logs of a kernel; - is standard input")->required();
  command
      .add_option("--kernel", options.kernel,
                  "the kernel's version, where the log does not say it, or says another's")
      ->check(something())
      ->type_name("VERSION");
  add_format(command, options.format, {"text", "json"});
  add_output(command, options.output);
  command.footer(
      "Exit codes: 0 no line is of this bug; 1 one is; 2 bad usage, or no log of a kernel; "
      "3 one may be: nothing says whose it is. With several files the first of 2, 1, 3, 0.");
}

}  // namespace tools
