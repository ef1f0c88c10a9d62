// SPDX-License-Identifier: MIT
//
// frwrsim find: a run in which a state or an order of events occurs, or that there is none.
#include "sim/questions/schedule_cost.h"
#include "tools/app/commands.h"
#include "tools/app/scenario_search.h"
#include "tools/app/search_setup.h"
#include "tools/explore/full_search.h"
#include "tools/find/report.h"
#include "tools/run/replayable.h"

namespace tools {
namespace {

/// Of the two runs that a search names, the one that was asked for.
const sim::Schedule& schedule_of(const Counterexample& example, bool fewest_preemptions) {
  return example.shortest && !fewest_preemptions ? *example.shortest : example.schedule;
}

/// The same choices in the scenario itself, where nothing is sought.
FoundRun run_of(const model::Scenario& scenario, const std::string& policy,
                const sim::Schedule& schedule) {
  const model::RaceModel model = model_of(scenario, policy);
  model::Replayable what;
  what.scenario = scenario;
  what.policy = policy;
  what.token = sim::to_token(schedule, scenario.hash(), sim::schedule_names(model));
  return {replayed(what, {}), sim::cost_of(model, schedule).preemptions};
}

ExploreRequest request_of(const FindOptions& options, const model::Scenario& scenario) {
  ExploreRequest request = limited_request(options, scenario);
  request.reductions.symmetry = true;
  request.preemptions = CountPreemptions::never;
  return request;
}

Answer answer_to(const model::Scenario& scenario, const std::string& policy, const Sought& sought,
                 const FindOptions& options) {
  const model::RaceModel model(seeking(scenario, policy, sought));
  ExploreRequest request = request_of(options, scenario);
  request.invariant = sought_in(model.setup());
  Answer answer;
  answer.findings = explore_watched(model, {scenario, policy}, request, options);
  answer.verdict = answer.findings.verdict;
  for (const Counterexample& example : answer.findings.counterexamples) {
    answer.run = run_of(scenario, policy, schedule_of(example, options.fewest_preemptions));
  }
  return answer;
}

/// A failing run that another step decides.
Answer other_answer_to(const model::Scenario& scenario, const std::string& policy,
                       const Sought& sought, const FindOptions& options) {
  std::vector<sim::Schedule> known;
  for (const std::string& token : sought.other_than) {
    model::Replayable what;
    what.scenario = scenario;
    what.policy = policy;
    what.token = token;
    known.push_back(replayed(what, {}).schedule());
  }
  Answer answer;
  const Keep look = [&](const auto& found, const auto& order, const sim::Limits& limits) {
    answer.cause = other_cause(found, order, known, limits);
  };
  answer.findings =
      explore_watched({scenario, policy, {}, look}, request_of(options, scenario), options);
  if (!answer.cause) return answer;
  if (answer.cause->schedule) {
    answer.verdict = sim::Verdict::violated;
    answer.run = run_of(scenario, policy, *answer.cause->schedule);
  } else if (answer.findings.cut.empty()) {
    answer.verdict = sim::Verdict::exhausted;
  }
  return answer;
}

/// As grep: 0 if it is there.
sim::ExitCode exit_code_for(sim::Verdict verdict) {
  if (verdict == sim::Verdict::violated) return sim::exit_clean;
  return verdict == sim::Verdict::exhausted ? sim::exit_violated : sim::exit_bound;
}

}  // namespace

sim::ExitCode find_command(const FindOptions& options) {
  const model::Scenario scenario =
      with_never(model::load_scenario(find_scenario(options.scenario)), options.never);
  const Sought sought{options.where, options.before, options.other_than};
  if (sought.where.empty() && sought.before.empty() && sought.other_than.empty()) {
    throw model::InputError(
        "find: expected --where CONDITION, --before 'A < B' or --other-than TOKEN: what is to be "
        "found");
  }
  require_writable(options.output);
  const Style style = style_for(options.output);
  sim::ExitCode code = sim::exit_clean;
  std::string text;
  nlohmann::ordered_json documents = nlohmann::ordered_json::array();
  for (const std::string& policy : options.policies) {
    const Answer answer = sought.other_than.empty()
                              ? answer_to(scenario, policy, sought, options)
                              : other_answer_to(scenario, policy, sought, options);
    code = sim::worse(code, exit_code_for(answer.verdict));
    if (options.format == "json") {
      documents.push_back(find_json(answer, scenario, sought));
    } else {
      if (!text.empty()) text += "\n";
      text += find_text(answer, scenario, sought,
                        {options.scenario, options.every_step, options.fewest_preemptions}, style);
    }
  }
  if (!documents.empty()) text = documents_text(documents);
  write_output(text, options.output);
  return code;
}

}  // namespace tools
