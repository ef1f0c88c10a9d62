// SPDX-License-Identifier: MIT
//
// frwrsim check: whether scenarios have the results that their files state.
#include <chrono>

#include "tools/app/commands.h"
#include "tools/app/watch.h"
#include "tools/check/files.h"
#include "tools/check/report.h"
#include "tools/compare/comparison.h"

namespace tools {
namespace {

/// Errors in a file are reported before the first search.
void require_files(const CheckOptions& options, const Check& check) {
  const NamedFiles reports{
      {"--junit", options.junit}, {"--markdown", options.markdown}, {"--json", options.json}};
  for (const auto& [option, path] : reports) {
    if (path == "-") {
      throw model::InputError(std::string(option) +
                              ": expected a file, standard output is for the lines");
    }
    require_writable(path);
  }
  for (const ScenarioCheck& scenario : check.scenarios) {
    NamedFiles files{{"a scenario", scenario.path}};
    files.insert(files.end(), reports.begin(), reports.end());
    expect_different_files(files);
    if (options.update) require_writable(scenario.path);
  }
}

void print(const std::string& text) { write_output(text, ""); }

/// Runs one after the other, up to an interruption. Prints a line as soon as it is
/// known.
void run_all(Check& check, const CheckOptions& options, const Style& style) {
  std::size_t done = 0;
  for (ScenarioCheck& scenario : check.scenarios) {
    bool goes_on = true;
    for (PolicyCheck& policy : scenario.policies) {
      const std::string title = std::to_string(++done) + " of " + std::to_string(check.count()) +
                                ": " + model::printable(scenario.scenario.name) + ", " +
                                column_name(policy.policy);
      run_check(policy, scenario.scenario, options, title);
      goes_on = policy.outcome != Outcome::not_run;
      if (!goes_on) break;
      if (!options.update) print(check_line(scenario, policy, style));
    }
    if (options.update) {
      update_expectations(scenario);
      for (const PolicyCheck& policy : scenario.policies) {
        if (policy.found) print(check_line(scenario, policy, style));
      }
    }
    if (!goes_on) return;
  }
}

}  // namespace

sim::ExitCode check_command(const CheckOptions& options) {
  Check check = read_check(options.what);
  require_files(options, check);
  const Style style = style_for("");
  const auto begin = std::chrono::steady_clock::now();
  {
    // Between two searches Ctrl-C must not end the program at once.
    const Watch watch(std::nullopt);
    run_all(check, options, style);
    check.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    if (!options.junit.empty()) write_output(check_junit(check), options.junit);
    if (!options.markdown.empty()) write_output(check_markdown(check), options.markdown);
    if (!options.json.empty()) write_output(documents_text({check_json(check)}), options.json);
  }
  print(check_summary(check, style));
  return exit_code_of(check);
}

}  // namespace tools
