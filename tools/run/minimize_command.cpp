// SPDX-License-Identifier: MIT
//
// frwrsim minimize: the run that fails like a given one, with the fewest preemptions.
//
// First by trying, which is quick and gives a bound; then by a search in order of cost
// below that bound, which proves. If the search has to be given up, what was found by
// then is still a run that fails, and the report claims no more than that.
#include <cstdio>

#include "tools/app/search_setup.h"
#include "tools/app/watch.h"
#include "tools/app/why_stopped.h"
#include "tools/engine/race_search.h"
#include "tools/run/replayable.h"
#include "tools/run/trace_output.h"
#include "tools/words/numbers.h"
#include "tools/words/words.h"

namespace tools {
namespace {

struct Minimized {
  sim::CountedSchedule best;
  sim::CheapestFailure proof;
};

Minimized minimized(const model::RaceModel& model, const model::Trace& failing,
                    const SearchLimits& limits) {
  const auto invariant = static_cast<std::uint8_t>(failing.violation.invariant);
  const sim::EndTest fails_alike = [invariant](const sim::EndState& end) {
    return end.end == sim::End::violation && end.detail == invariant;
  };
  Watch watch(limits.time);
  const sim::Limits ask{.ask = [&watch] { return watch.look({}); }};
  Minimized result{simplified(model, failing.schedule(), fails_alike, ask), {}};
  const sim::CheapestOptions options{result.best.cost, limits.max_states, limits.max_memory};
  result.proof = search_cheapest_failure(
      model, fails_alike, options,
      [&watch](const sim::Progress& progress) { return watch.look(progress); });
  if (const auto& found = result.proof.schedule) {
    result.best = {*found, sim::cost_of(model, *found)};
  }
  return result;
}

std::string cost_in_words(const sim::Cost& cost) {
  return plural(cost.steps, "step") + ", " + plural(cost.preemptions, "preemption");
}

/// Why the result need not be the cheapest, and what is known nevertheless.
std::string why_not_proved(const sim::CheapestFailure& proof) {
  const sim::Cost& least = proof.at_least;
  return why_stopped(proof.bound) + "; certain is at least " +
         plural(least.preemptions, "preemption") + " and, with no more, " +
         plural(least.steps, "step");
}

std::string summary(const model::RaceModel& model, const model::Trace& failing,
                    const Minimized& result) {
  const std::string searched =
      number(result.proof.nodes) + " states searched, each with who ran last";
  return line("minimized", "from " + cost_in_words(sim::cost_of(model, failing.schedule())) +
                               " to " + cost_in_words(result.best.cost)) +
         (result.proof.bound == sim::Bound::none
              ? line("proved", "the fewest possible: " + searched)
              : line("not proved", "to be the fewest: " + why_not_proved(result.proof)));
}

}  // namespace

sim::ExitCode minimize_command(const MinimizeOptions& options) {
  model::Replayable what = what_to_replay(options);
  const model::Trace failing = replayed(what, options.what);
  if (failing.end != sim::End::violation) {
    throw model::InputError("the schedule does not fail: " + end_in_words(failing) +
                            "; expected one that ends in a violation ('frwrsim hunt' finds some)");
  }
  require_writable(options.output);
  const model::RaceModel model = model_of(what.scenario, what.policy);
  const Minimized result = minimized(model, failing, limits_of(options, what.scenario));

  what.token =
      sim::to_token(result.best.schedule, what.scenario.hash(), sim::schedule_names(model));
  what.trace.reset();
  const model::Trace trace = replayed(what, options.what);
  const RunSource source{options.what, false};
  if (options.format == "text") {
    const Style style = style_for(options.output);
    write_output(summary(model, failing, result) + "\n" +
                     text_report(trace, source, options.every_step, style),
                 options.output);
    return sim::exit_violated;
  }
  if (result.proof.bound != sim::Bound::none) {
    std::fprintf(stderr, "frwrsim: not proved to be the fewest: %s\n",
                 why_not_proved(result.proof).c_str());
  }
  return write_traces({trace}, source, options.format, options.every_step, options.output);
}

}  // namespace tools
