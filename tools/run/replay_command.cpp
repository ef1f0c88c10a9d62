// SPDX-License-Identifier: MIT
//
// frwrsim replay: the choices of a schedule, step by step; or by name, as far as they fit.
#include <cstdio>

#include "tools/files/output.h"
#include "tools/run/replay_by_name.h"
#include "tools/run/replayable.h"
#include "tools/run/trace_output.h"

namespace tools {

sim::ExitCode replay_command(const ReplayOptions& options) {
  const RunSource source{options.what, options.schedule.empty()};
  if (!options.by_name) {
    return write_traces({replayed(what_to_replay(options), options.what)}, source, options.format,
                        options.every_step, options.output);
  }
  const NamedReplay replay = replay_by_name(options);
  if (options.format == "text") {
    const std::string report = text_report(replay.trace, {options.what, replay.is_same},
                                           options.every_step, style_for(options.output));
    write_output(replay.summary + "\n" + report, options.output);
    return sim::exit_code_of(sim::verdict_of(replay.trace.end));
  }
  std::fputs(replay.summary.c_str(), stderr);
  return write_traces({replay.trace}, source, options.format, options.every_step, options.output);
}

}  // namespace tools
