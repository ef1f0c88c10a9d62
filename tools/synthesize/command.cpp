// SPDX-License-Identifier: MIT
//
// frwrsim synthesize: which step would have to wait for what.
#include "tools/app/commands.h"
#include "tools/app/scenario_search.h"
#include "tools/app/search_setup.h"
#include "tools/app/watch.h"
#include "tools/synthesize/report.h"

namespace tools {
namespace {

Pairs pairs_of(const std::string& name) {
  if (name == "always") return Pairs::always;
  return name == "never" ? Pairs::never : Pairs::automatic;
}

sim::ExitCode exit_code_of(SynthesisVerdict verdict) {
  switch (verdict) {
    case SynthesisVerdict::nothing_fails:
    case SynthesisVerdict::repaired:
      break;
    case SynthesisVerdict::not_repaired:
      return sim::exit_violated;
    case SynthesisVerdict::bound_reached:
      return sim::exit_bound;
  }
  return sim::exit_clean;
}

}  // namespace

sim::ExitCode synthesize_command(const SynthesizeOptions& options) {
  const model::Scenario scenario = model::load_scenario(find_scenario(options.scenario));
  const SearchLimits limits = limits_of(options, scenario);
  require_writable(options.output);
  const Style style = style_for(options.output);

  sim::ExitCode code = sim::exit_clean;
  std::string text;
  nlohmann::ordered_json documents = nlohmann::ordered_json::array();
  for (const std::string& policy : options.policies) {
    const model::RaceModel model = model_of(scenario, policy);
    Synthesis found;
    {
      Watch watch(limits.time);
      found = synthesize(
          model, policy,
          {.pairs = pairs_of(options.pairs),
           .jobs = workers_of(options.jobs),
           .max_states = limits.max_states,
           .max_memory = limits.max_memory,
           .watch = [&watch](const sim::Progress& progress) { return watch.look(progress); }});
    }
    code = sim::worse(code, exit_code_of(found.verdict));
    if (options.format == "json") {
      documents.push_back(synthesis_json(found, scenario, options.reproducible));
    } else {
      if (!text.empty()) text += "\n";
      text += synthesis_text(found, scenario, options.scenario, options.reproducible, style);
    }
  }
  if (!documents.empty()) text = documents_text(documents);
  write_output(text, options.output);
  return code;
}

}  // namespace tools
