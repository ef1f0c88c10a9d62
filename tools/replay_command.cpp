// SPDX-License-Identifier: MIT
//
// frwrsim replay: the choices of a schedule, step by step.
#include "tools/replayable.h"
#include "tools/trace_output.h"

namespace tools {

sim::ExitCode replay_command(const ReplayOptions& options) {
  const model::Trace trace = replayed(what_to_replay(options), options.what);
  return write_traces({trace}, {options.what, options.schedule.empty()}, options.format,
                      options.every_step, options.output);
}

}  // namespace tools
