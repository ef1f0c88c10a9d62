// SPDX-License-Identifier: MIT
//
// The verdict first, then how often, then the run.
#include "tools/find/report.h"

#include "model/trace/run_json.h"
#include "tools/explore/report.h"
#include "tools/words/compact_number.h"
#include "tools/words/numbers.h"
#include "tools/words/shell.h"
#include "tools/words/words.h"

namespace tools {
namespace {

using Json = nlohmann::ordered_json;

/// "found", "exhausted" or "bound_reached".
std::string verdict_name(sim::Verdict verdict) {
  return verdict == sim::Verdict::violated ? "found" : std::string(sim::name_of(verdict));
}

std::string verdict_line(const Answer& answer, const Style& style) {
  const Findings& f = answer.findings;
  const std::string name = verdict_name(answer.verdict);
  if (answer.verdict == sim::Verdict::violated) {
    return line(
        "verdict",
        style.good(name) + ": in a run of " + plural(answer.run->trace.steps.size(), "step") +
            (f.bound == sim::Bound::none ? "" : "; the search was ended by " + bound_in_words(f)));
  }
  if (answer.verdict == sim::Verdict::exhausted) {
    return line("verdict",
                style.strong(name) + ": every interleaving was covered, it happens in none");
  }
  std::string why = bound_in_words(f);
  if (f.cut_states() > 0) {
    why += (why.empty() ? "" : "; ") + plural(f.cut_states(), "state") + " cut by a budget";
  }
  return line("verdict", style.strong(name) + ": " + why + "; it was not seen");
}

/// Which step decides: of the runs that are known, of the one that was found.
std::string causes(const OtherCause& cause) {
  std::string text;
  for (const StepName step : cause.known) text += line("other than", in_words(step));
  if (cause.schedule) text += line("decided by", in_words(cause.decisive));
  return text;
}

std::string how_often(const Findings& f) {
  std::string text;
  if (f.interleavings && f.interleavings->failing != 0) {
    text +=
        line("ways", compact(f.interleavings->failing) + " of " + compact(f.interleavings->all) +
                         " interleavings, those counted up to where it first happens");
  }
  if (f.probability && f.probability->low != 0) {
    text += line("probability", (f.fraction.empty() ? f.probability->decimal() : f.fraction) +
                                    ": that it happens in a uniform random run");
    text += line("seeds", number(sim::seeds_for_99_percent(f.probability->value())) +
                              " such runs show it at least once with a chance of 99 %");
  }
  return text;
}

std::string run_text(const FoundRun& run, const model::Scenario& scenario,
                     const FindReportOptions& options, const Style& style) {
  const model::Trace& trace = run.trace;
  std::string text = "\n" +
                     style.strong(options.fewest_preemptions ? "The run with the fewest preemptions"
                                                             : "A shortest run") +
                     ": " + plural(trace.steps.size(), "step") + ", " +
                     plural(run.preemptions, "preemption") + "\n" +
                     timeline_text(trace, options.every_step, style);
  if (trace.end == sim::End::violation) {
    text += "\nthe run fails there: " + style.bad(end_in_words(trace)) + "\n";
  }
  return text + "\n" + style.strong("Replay with") + "\n  frwrsim replay " +
         scenario_arguments(options.scenario_argument, scenario.never) + " --policy " +
         shell_quoted(trace.policy) + " --schedule " + trace.token() + "\n";
}

}  // namespace

std::string find_text(const Answer& answer, const model::Scenario& scenario, const Sought& sought,
                      const FindReportOptions& options, const Style& style) {
  const Findings& f = answer.findings;
  std::string text = header_lines(scenario, f.policy, style);
  if (!sought.where.empty()) text += line("where", sought.where);
  for (const std::string& order : sought.before) text += line("before", order);
  if (answer.cause) text += causes(*answer.cause);
  text += verdict_line(answer, style);
  text += line("states", number(f.states) + ", states that differ in MR names only count as one");
  for (const VacuousPart& part : f.vacuous) {
    if (sought.other_than.empty() && part.property == sought_in(f.setup)) {
      text += line("because", "\"" + part.part + "\" never became true");
    }
  }
  if (sought.other_than.empty()) text += how_often(f);
  for (const std::string& what : f.missing) text += line("not known", what);
  if (answer.run) text += run_text(*answer.run, scenario, options, style);
  return text;
}

Json find_json(const Answer& answer, const model::Scenario& scenario, const Sought& sought) {
  const Findings& f = answer.findings;
  Json json;
  json["format"] = "frwrsim-find/1";
  json["scenario_name"] = scenario.name;
  json["scenario_hash"] = model::hash_text(scenario.hash());
  json["guards"] = scenario.guards_in_force();
  json["policy"] = f.policy;
  if (!sought.where.empty()) json["where"] = sought.where;
  if (!sought.before.empty()) json["before"] = sought.before;
  if (!sought.other_than.empty()) json["other_than"] = sought.other_than;
  json["verdict"] = verdict_name(answer.verdict);
  json["bound"] = sim::name_of(f.bound);
  json["states"] = f.states;
  json["transitions"] = f.transitions;
  for (const VacuousPart& part : f.vacuous) {
    const bool is_it = sought.other_than.empty() && part.property == sought_in(f.setup);
    if (is_it) json["never_true"].push_back(part.part);
  }
  if (answer.cause) {
    for (const StepName step : answer.cause->known) json["known_causes"].push_back(in_words(step));
    if (answer.cause->schedule) json["cause"] = in_words(answer.cause->decisive);
  }
  if (f.interleavings && sought.other_than.empty()) {
    json["interleavings"] = {{"all", f.interleavings->all.str()},
                             {"ways", f.interleavings->failing.str()}};
  }
  if (f.probability && sought.other_than.empty()) json["probability"] = probability_json(f);
  if (answer.run) {
    const model::Trace& trace = answer.run->trace;
    json["run"] = {
        {"steps", trace.steps.size()},
        {"preemptions", answer.run->preemptions},
        {"end", end_to_json({trace.end, trace.violation, trace.cut}, trace.scenario.setup)},
        {"schedule", trace.token()}};
  }
  json["not_known"] = f.missing;
  return json;
}

}  // namespace tools
