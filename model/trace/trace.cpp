// SPDX-License-Identifier: MIT
//
// Putting a finished run together.
#include "model/trace/trace.h"

#include <utility>

namespace model {

bool Trace::is_timed() const {
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (steps[i].time_ns != untimed_ns(i + 1)) return true;
  }
  return false;
}

sim::Schedule Trace::schedule() const {
  sim::Schedule schedule;
  schedule.reserve(steps.size());
  for (const TraceStep& step : steps) schedule.push_back(step.choice);
  return schedule;
}

std::string Trace::token() const {
  const RaceModel model(scenario.setup);
  return sim::to_token(schedule(), scenario.hash(), sim::schedule_names(model));
}

Trace make_trace(const Scenario& scenario, const std::string& policy, Origin origin,
                 const RaceModel& model, const sim::RunResult<RaceModel>& result,
                 TraceRecorder& recorder) {
  Trace trace;
  trace.scenario = scenario;
  trace.policy = policy;
  trace.origin = std::move(origin);
  trace.steps = recorder.take_steps();
  trace.end = result.end;
  trace.violation = model.violation(result.state);
  trace.cut = result.state.cut;
  trace.fingerprint = result.fingerprint;
  return trace;
}

}  // namespace model
