// SPDX-License-Identifier: MIT
//
// frwrsim explore: every interleaving of a scenario, under each policy.
#include <algorithm>
#include <thread>

#include "model/invariants.h"
#include "tools/against.h"
#include "tools/certificate.h"
#include "tools/commands.h"
#include "tools/report_explore.h"
#include "tools/scenario_search.h"
#include "tools/search_setup.h"
#include "tools/watch.h"

namespace tools {
namespace {

sim::Reductions reductions_of(const std::string& name) {
  return {name == "symmetry" || name == "all", name == "partial-order" || name == "all"};
}

model::Invariant invariant_of(const std::string& name) {
  if (name.empty()) return model::Invariant::none;
  std::vector<std::string_view> names;
  for (const model::InvariantEntry& entry : model::invariants()) {
    if (entry.name == name && entry.fatal) return entry.invariant;
    if (entry.name == name) {
      throw model::InputError("--invariant: '" + name + "' is observed only, it ends no run");
    }
    if (entry.fatal) names.push_back(entry.name);
  }
  const auto near = model::nearest(name, names);
  throw model::InputError(
      "--invariant: there is no '" + model::printable(name) + "'; " +
      (near ? "did you mean '" + std::string(*near) + "'?" : "there are " + model::listed(names)));
}

CountPreemptions preemptions_of(const std::string& name) {
  if (name == "always") return CountPreemptions::always;
  return name == "never" ? CountPreemptions::never : CountPreemptions::automatic;
}

/// A command-line limit counts more than the scenario's own.
ExploreRequest request_of(const ExploreOptions& options, const model::Scenario& scenario) {
  ExploreRequest request;
  request.reductions = reductions_of(options.reduction);
  request.verdict_only = options.verdict_only;
  request.preemptions = preemptions_of(options.count_preemptions);
  request.invariant = invariant_of(options.invariant);
  request.jobs =
      options.jobs != 0 ? options.jobs : std::max(1u, std::thread::hardware_concurrency());
  const model::SearchBudget& own = scenario.search;
  if (options.max_states != 0) {
    request.max_states = static_cast<sim::StateId>(options.max_states);
  } else if (own.max_states != 0) {
    request.max_states = static_cast<sim::StateId>(own.max_states);
  }
  request.max_memory = options.max_memory != 0   ? options.max_memory
                       : own.max_memory_mib != 0 ? own.max_memory_mib << 20
                                                 : default_memory_limit();
  return request;
}

std::optional<std::chrono::milliseconds> time_limit_of(const ExploreOptions& options,
                                                       const model::Scenario& scenario) {
  if (options.time_limit_ms != 0) return std::chrono::milliseconds(options.time_limit_ms);
  if (scenario.search.time_limit_s != 0) return std::chrono::seconds(scenario.search.time_limit_s);
  return std::nullopt;
}

std::string differences_text(const std::vector<Difference>& found, const std::string& path,
                             const Style& style) {
  std::string text = "\n" + style.strong("Compared with " + path) + "\n";
  if (found.empty()) return text + "  no difference\n";
  for (const Difference& difference : found) {
    text += "  " + difference.what + ": " + difference.before + " -> " + difference.now + "\n";
  }
  return text;
}

nlohmann::ordered_json differences_json(const std::vector<Difference>& found) {
  nlohmann::ordered_json json = nlohmann::ordered_json::array();
  for (const Difference& difference : found) {
    json.push_back(
        {{"what", difference.what}, {"before", difference.before}, {"now", difference.now}});
  }
  return json;
}

void check_combination(const ExploreOptions& options) {
  if (options.certificate.empty()) return;
  if (options.reduction != "none" || options.verdict_only) {
    throw model::InputError(
        "--certificate: goes with a full search only, without --reduction and --verdict-only");
  }
  if (!options.invariant.empty()) {
    throw model::InputError("--certificate: speaks of all invariants, so --invariant does not fit");
  }
  if (options.certificate == "-") {
    throw model::InputError("--certificate: expected a file, standard output is for the report");
  }
  if (options.policies.size() != 1) {
    throw model::InputError("--certificate: one policy is certified at a time");
  }
}

}  // namespace

sim::ExitCode explore_command(const ExploreOptions& options) {
  check_combination(options);
  const model::Scenario scenario = model::load_scenario(find_scenario(options.scenario));
  ExploreRequest request = request_of(options, scenario);
  // What is wrong with a file is said before the search, not after it.
  const nlohmann::json earlier =
      options.against.empty() ? nlohmann::json() : read_reports(options.against);
  if (!options.against.empty()) {
    for (const std::string& policy : options.policies) {
      (void)report_of(earlier, policy, options.against);
    }
  }
  require_writable(options.output);
  require_writable(options.certificate);
  const ExploreReportOptions report_options{options.scenario, options.reproducible};
  const Style style = style_for(options.output);

  sim::ExitCode code = sim::exit_clean;
  std::string text;
  nlohmann::ordered_json documents = nlohmann::ordered_json::array();
  for (const std::string& policy : options.policies) {
    const model::RaceModel model = model_of(scenario, policy);
    Findings findings;
    {
      Watch watch(time_limit_of(options, scenario));
      request.watch = [&watch](const sim::Progress& progress) { return watch.look(progress); };
      Keep certify;
      if (!options.certificate.empty()) {
        certify = [&](const auto& search, const auto& order, const sim::Limits& limits) {
          write_certificate(scenario, policy, search, order, options.certificate, limits);
        };
      }
      findings = explore(model, policy, request, certify);
    }
    if (!options.certificate.empty() && !findings.is_complete) {
      findings.missing.emplace_back("certificate: not written, the search is not complete");
    }
    code = sim::worse(code, sim::exit_code_of(findings.verdict));
    nlohmann::ordered_json document = explore_json(findings, scenario, report_options);
    std::vector<Difference> found;
    if (!options.against.empty()) {
      found = differences(report_of(earlier, policy, options.against), document, options.against);
    }
    if (options.format == "json") {
      if (!options.against.empty()) document["differences"] = differences_json(found);
      documents.push_back(std::move(document));
    } else {
      if (!text.empty()) text += "\n";
      text += explore_text(findings, scenario, report_options, style);
      if (!options.against.empty()) text += differences_text(found, options.against, style);
    }
  }
  if (!documents.empty()) text = documents_text(documents);
  write_output(text, options.output);
  return code;
}

}  // namespace tools
