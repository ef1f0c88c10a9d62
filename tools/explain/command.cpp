// SPDX-License-Identifier: MIT
//
// frwrsim explain: a failure told in sentences, and why it is one.
#include "tools/app/commands.h"
#include "tools/app/search_setup.h"
#include "tools/app/watch.h"
#include "tools/explain/report.h"
#include "tools/run/replayable.h"

namespace tools {

sim::ExitCode explain_command(const ExplainOptions& options) {
  const model::Replayable what = what_to_replay(options, false);
  require_writable(options.output);
  ExplainRequest request{.scenario = what.scenario,
                         .policy = what.policy,
                         .failing = {},
                         .limits = limits_of(options, what.scenario),
                         .jobs = workers_of(options.jobs),
                         .watch = {}};
  if (!what.token.empty()) request.failing = replayed(what, options.what).schedule();
  Explanation found;
  {
    Watch watch(request.limits.time);
    request.watch = [&watch](const sim::Progress& progress) { return watch.look(progress); };
    found = explain(request);
  }
  write_output(
      options.format == "json"
          ? documents_text(nlohmann::ordered_json::array({explanation_json(found, what.scenario)}))
          : explanation_text(found, what.scenario, options.what, style_for(options.output)),
      options.output);
  return sim::exit_code_of(found.verdict);
}

}  // namespace tools
