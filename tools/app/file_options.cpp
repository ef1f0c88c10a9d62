// SPDX-License-Identifier: MIT
//
// Options of list, validate, new, explain-bounds, merge and stats.
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
      "Exit codes: 0 budgets were found that cut nothing; 2 bad usage or input; 3 there are none,\n"
      "or a limit ended a search before. Limits are those of each search, of which there are "
      "many.");
}

void add_stats(CLI::App& command, StatsOptions& options) {
  command.add_option("FILE", options.file, "a results file")->required();
  add_format(command, options.format, {"text", "json"});
  add_output(command, options.output);
  command.footer("Exit codes: 0 the file was read, whatever failed in it; 2 bad usage or input.");
}

}  // namespace tools
