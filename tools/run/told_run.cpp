// SPDX-License-Identifier: MIT
//
// A run by name, or the counterexample with the fewest preemptions.
#include "tools/run/told_run.h"

#include <limits>

#include "tools/app/search_setup.h"
#include "tools/app/watch.h"
#include "tools/app/why_stopped.h"
#include "tools/engine/race_search.h"
#include "tools/run/replayable.h"

namespace tools {

ToldRun counterexample_to_tell(const model::Scenario& scenario, const std::string& policy,
                               const LimitOptions& limits) {
  ToldRun told{{scenario, policy, {}, std::nullopt}, std::nullopt};
  const model::RaceModel model = model_of(scenario, policy);
  const SearchLimits most = limits_of(limits, scenario);
  constexpr unsigned any = std::numeric_limits<unsigned>::max();
  const sim::EndTest fails = sim::is_violation;
  Watch watch(most.time, "the counterexample");
  const sim::CheapestFailure found = search_cheapest_failure(
      model, fails, sim::CheapestOptions{{any, any}, most.max_states, most.max_memory},
      [&watch](const sim::Progress& progress) { return watch.look(progress); });
  told.bound = found.bound;
  if (!found.schedule) return told;
  told.what.token = sim::to_token(*found.schedule, scenario.hash(), sim::schedule_names(model));
  told.trace = replayed(told.what, scenario.name);
  return told;
}

ToldRun run_to_tell(const ReplayOptions& options, const LimitOptions& limits) {
  model::Replayable what = what_to_replay(options, false);
  if (what.token.empty()) return counterexample_to_tell(what.scenario, what.policy, limits);
  model::Trace trace = replayed(what, options.what);
  return {std::move(what), std::move(trace)};
}

model::Trace needed_run(const ReplayOptions& options, const LimitOptions& limits) {
  ToldRun told = run_to_tell(options, limits);
  if (told.trace) return *std::move(told.trace);
  const std::string what =
      "'" + model::printable(told.what.scenario.name) + "' under " + told.what.policy;
  if (told.bound != sim::Bound::none) {
    throw model::InputError("no failing run of " + what + " was found: " + why_stopped(told.bound) +
                            "; give a schedule with --schedule ('frwrsim hunt' finds some)");
  }
  throw model::InputError("no interleaving of " + what +
                          " fails, so there is no counterexample; give a schedule with --schedule "
                          "('frwrsim run --format schedule' makes one)");
}

}  // namespace tools
