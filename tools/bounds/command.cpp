// SPDX-License-Identifier: MIT
//
// frwrsim explain-bounds: what the budgets of a scenario cut, and which would cut nothing.
#include <chrono>

#include "tools/app/commands.h"
#include "tools/app/scenario_search.h"
#include "tools/app/watch.h"
#include "tools/bounds/report.h"

namespace tools {
namespace {

/// Budgets that cut nothing need not exist, and larger ones make many more states. A try
/// is given up after so many, unless somebody said how many there may be.
constexpr sim::StateId most_states_tried = 1'000'000;

BoundsReport report_on(const std::string& policy, const model::Scenario& scenario,
                       const BoundsOptions& options) {
  const auto begin = std::chrono::steady_clock::now();
  BoundsReport report{policy, cut_shares(scenario, policy, options), {}};
  unsigned searches = 0;
  report.least = least_budgets(scenario, [&](const model::Scenario& tried) {
    ExploreRequest request = limited_request(options, scenario);
    request.reductions = {.symmetry = true, .partial_order = true};
    request.verdict_only = true;
    if (options.max_states == 0 && scenario.search.max_states == 0) {
      request.max_states = most_states_tried;
    }
    return explore_watched({tried, policy, "try " + std::to_string(++searches)}, request, options);
  });
  report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return report;
}

}  // namespace

sim::ExitCode explain_bounds_command(const BoundsOptions& options) {
  const model::Scenario scenario = model::load_scenario(find_scenario(options.scenario));
  require_writable(options.output);
  const Style style = style_for(options.output);
  // Between two searches Ctrl-C must not end the program at once.
  const Watch watch(std::nullopt);
  std::vector<BoundsReport> reports;
  bool all_found = true;
  std::string text;
  nlohmann::ordered_json documents = nlohmann::ordered_json::array();
  for (const std::string& policy : options.policies) {
    const BoundsReport& report = reports.emplace_back(report_on(policy, scenario, options));
    all_found = all_found && report.least.found();
    if (options.format == "json") {
      documents.push_back(bounds_json(report, scenario, options.reproducible));
    } else {
      text +=
          (text.empty() ? "" : "\n") + bounds_text(report, scenario, options.reproducible, style);
    }
    if (report.least.bound == sim::Bound::interrupted) break;
  }
  if (options.format == "json") {
    text = documents_text(documents);
  } else if (all_found) {
    text += "\n" +
            style.strong(reports.size() == 1 ? "For the file"
                                             : "For the file, whichever of these policies") +
            "\n" + budgets_for_all(reports, scenario);
  }
  write_output(text, options.output);
  return all_found ? sim::exit_clean : sim::exit_bound;
}

}  // namespace tools
