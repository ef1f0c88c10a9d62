// SPDX-License-Identifier: MIT
//
// frwrsim compare: every given scenario under every given policy.
//
// A loop over explore(), with symmetry reduction always: it changes neither counts
// of interleavings nor probabilities nor preemptions, and a matrix has many cells.
#include <algorithm>
#include <chrono>

#include "tools/app/commands.h"
#include "tools/app/scenario_search.h"
#include "tools/compare/report.h"
#include "tools/explore/full_search.h"

namespace tools {
namespace {

/// Each once, in the order given; all that have a name if none is given.
std::vector<std::string> chosen_scenarios(const std::vector<std::string>& words) {
  std::vector<std::string> chosen;
  for (const std::string& word : words) {
    if (std::find(chosen.begin(), chosen.end(), word) == chosen.end()) chosen.push_back(word);
  }
  if (chosen.empty()) chosen = scenario_names();
  if (chosen.empty()) throw model::InputError(scenario_directory() + ": no scenarios in it");
  return chosen;
}

Findings explored(const CompareOptions& options, const model::Scenario& scenario,
                  const std::string& policy) {
  ExploreRequest request = limited_request(options, scenario);
  request.reductions.symmetry = true;
  request.preemptions = CountPreemptions::never;
  return explore_watched({scenario, policy, scenario.name + ", " + column_name(policy)}, request,
                         options);
}

}  // namespace

sim::ExitCode compare_command(const CompareOptions& options) {
  // Errors in a file are reported before the first search.
  Comparison comparison{options.policies, {}};
  for (const std::string& word : chosen_scenarios(options.scenarios)) {
    comparison.scenarios.push_back(
        {with_never(model::load_scenario(find_scenario(word)), options.never), {}});
  }
  require_writable(options.output);

  sim::ExitCode code = sim::exit_clean;
  const auto start = std::chrono::steady_clock::now();
  for (ComparedScenario& row : comparison.scenarios) {
    for (const std::string& policy : comparison.policies) {
      row.cells.push_back(explored(options, row.scenario, policy));
      code = sim::worse(code, sim::exit_code_of(row.cells.back().verdict));
    }
  }
  comparison.seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();

  if (options.format == "json") {
    write_output(documents_text({comparison_json(comparison, options.reproducible)}),
                 options.output);
  } else if (options.format == "markdown") {
    write_output(comparison_markdown(comparison), options.output);
  } else {
    write_output(comparison_text(comparison, options.reproducible, style_for(options.output)),
                 options.output);
  }
  return code;
}

}  // namespace tools
