// SPDX-License-Identifier: MIT
//
// frwrsim run: one seed, on the strands, told in full.
#include "model/trace/trace_json.h"
#include "tools/app/commands.h"
#include "tools/app/scenario_search.h"
#include "tools/app/search_setup.h"
#include "tools/app/strategy_setup.h"
#include "tools/engine/strand_runs.h"
#include "tools/run/report_ftrace.h"
#include "tools/run/report_text.h"
#include "tools/run/trace_output.h"
#include "tools/run/try_next.h"

namespace tools {

sim::ExitCode run_command(const RunOptions& options) {
  const model::Scenario scenario =
      with_never(model::load_scenario(find_scenario(options.scenario)), options.never);
  std::vector<model::Trace> traces;
  for (const std::string& policy : options.policies) {
    const model::RaceModel model = model_of(scenario, policy);
    const sim::StrategySpec spec = strategy_of(options, options.strategy, scenario, policy);
    model::Origin origin = origin_of(spec);
    origin.seed = options.seed;
    model::TraceRecorder recorder;
    const auto result = run_on_strands(model, spec, options.seed, options.max_steps, recorder);
    traces.push_back(make_trace(scenario, policy, origin, model, result, recorder));
  }
  const sim::ExitCode code = write_traces(traces, {options.scenario, false}, options.format,
                                          options.every_step, options.output);
  const bool is_read = options.format == "text" && is_for_terminal(options.output);
  if (code == sim::exit_clean && is_read && traces.size() == 1) {
    const std::string& policy = options.policies.front();
    const sim::StrategySpec spec = strategy_of(options, options.strategy, scenario, policy);
    write_output(what_to_try_next(options, scenario, policy, spec, style_for(options.output)), "");
  }
  return code;
}

}  // namespace tools
