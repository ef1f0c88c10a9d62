// SPDX-License-Identifier: MIT
//
// frwrsim explore: every interleaving of a scenario, under each policy.
#include "model/property/properties.h"
#include "model/scenario/names.h"
#include "tools/app/commands.h"
#include "tools/app/scenario_search.h"
#include "tools/certificate/certificate.h"
#include "tools/explore/against.h"
#include "tools/explore/checkpoint.h"
#include "tools/explore/full_search.h"
#include "tools/explore/report.h"

namespace tools {
namespace {

sim::Reductions reductions_of(const std::string& name) {
  return {name == "symmetry" || name == "all", name == "partial-order" || name == "all"};
}

model::Invariant invariant_of(const std::string& name, const model::Setup& setup) {
  if (name.empty()) return model::Invariant::none;
  std::vector<std::string_view> names;
  for (const model::Invariant rule : model::rules_of(setup)) {
    const model::InvariantEntry entry = model::entry_of(rule, setup);
    const model::Severity severity = setup.severity(entry.invariant);
    if (entry.name == name && severity == model::Severity::fatal) return entry.invariant;
    if (entry.name == name) {
      std::string text = "--invariant: '";
      text.append(name).append("' is ").append(name_of(model::severity_names, severity));
      text.append(" in this scenario, it ends no run; a scenario can say \"invariants\": {\"");
      throw model::InputError(text.append(name).append("\": \"fatal\"}"));
    }
    names.push_back(entry.name);
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

ExploreRequest request_of(const ExploreOptions& options, const model::Scenario& scenario) {
  ExploreRequest request = limited_request(options, scenario);
  request.reductions = reductions_of(options.reduction);
  request.verdict_only = options.verdict_only;
  request.preemptions = preemptions_of(options.count_preemptions);
  request.invariant = invariant_of(options.invariant, scenario.setup);
  return request;
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
  expect_different_files({{"--output", options.output},
                          {"--certificate", options.certificate},
                          {"--checkpoint", options.checkpoint.file}});
  // The earlier report may be replaced by the new one.
  expect_different_files(
      {{"--against", options.against}, {"--checkpoint", options.checkpoint.file}});
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

/// Explores under one policy. `earlier` is null unless the options name a report.
FinishedReport report_on(const std::string& policy, const model::Scenario& scenario,
                         const ExploreRequest& request, const ExploreOptions& options,
                         const nlohmann::json& earlier) {
  WatchedSearch search{scenario, policy};
  if (!options.certificate.empty()) {
    search.keep = [&](const auto& found, const auto& order, const sim::Limits& limits) {
      write_certificate(scenario, policy, found, order, options.certificate, limits);
    };
  }
  Findings findings = explore_watched(search, request, options);
  if (!options.certificate.empty() && !findings.is_complete) {
    findings.missing.emplace_back("certificate: not written, the search is not complete");
  }
  const ExploreReportOptions report_options{options.scenario, options.reproducible};
  nlohmann::ordered_json document = explore_json(findings, scenario, report_options);
  std::vector<Difference> found;
  const bool is_compared = !options.against.empty();
  if (is_compared) {
    found = differences(report_of(earlier, policy, options.against), document, options.against);
  }
  FinishedReport finished{sim::exit_code_of(findings.verdict), {}};
  if (options.format == "json") {
    if (is_compared) document["differences"] = differences_json(found);
    finished.report = documents_text({document});
    return finished;
  }
  // Results that are kept in a file are not for a terminal.
  const Style style = options.checkpoint.file.empty() ? style_for(options.output) : Style(false);
  finished.report = explore_text(findings, scenario, report_options, style);
  if (is_compared) finished.report += differences_text(found, options.against, style);
  return finished;
}

}  // namespace

sim::ExitCode explore_command(const ExploreOptions& options) {
  check_combination(options);
  const model::Scenario scenario =
      with_never(model::load_scenario(find_scenario(options.scenario)), options.never);
  ExploreRequest request = request_of(options, scenario);
  // Errors in a file are reported before the search, not after it.
  const nlohmann::json earlier =
      options.against.empty() ? nlohmann::json() : read_reports(options.against);
  if (!options.against.empty()) {
    for (const std::string& policy : options.policies) {
      (void)report_of(earlier, policy, options.against);
    }
  }
  require_writable(options.output);
  require_writable(options.certificate);
  std::optional<ExploreCheckpoint> checkpoint;
  if (!options.checkpoint.file.empty()) checkpoint.emplace(options, scenario);

  std::vector<FinishedReport> reports;
  if (checkpoint) reports = checkpoint->finished();
  while (reports.size() < options.policies.size()) {
    request.checkpoint = checkpoint ? &*checkpoint : nullptr;
    reports.push_back(
        report_on(options.policies[reports.size()], scenario, request, options, earlier));
    if (checkpoint) checkpoint->add(reports.back());
  }
  sim::ExitCode code = sim::exit_clean;
  std::string text;
  nlohmann::ordered_json documents = nlohmann::ordered_json::array();
  for (const FinishedReport& report : reports) {
    code = sim::worse(code, report.code);
    if (options.format == "json") {
      documents.push_back(nlohmann::ordered_json::parse(report.report));
    } else {
      text += (text.empty() ? "" : "\n") + report.report;
    }
  }
  if (!documents.empty()) text = documents_text(documents);
  if (!checkpoint) {
    write_output(text, options.output);
    return code;
  }
  write_output_to_disk(text, options.output);
  checkpoint->finish();
  return code;
}

}  // namespace tools
