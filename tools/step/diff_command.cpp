// SPDX-License-Identifier: MIT
//
// frwrsim diff: one schedule under two policies, side by side.
#include "tools/app/commands.h"
#include "tools/app/policy_choice.h"
#include "tools/app/search_setup.h"
#include "tools/files/output.h"
#include "tools/run/replayable.h"
#include "tools/run/told_run.h"
#include "tools/step/lockstep.h"
#include "tools/step/report_diff.h"
#include "tools/words/words.h"

namespace tools {
namespace {

/// The two policies by name. Throws model::InputError if it is not two.
std::array<std::string, 2> two_policies(const std::vector<std::string>& words,
                                        std::span<const model::PolicyEntry> own) {
  const std::vector<std::string> chosen = chosen_policies(words, own);
  if (words.size() == 2 && chosen.size() == 1) {
    throw model::InputError("--policy: '" + words[0] + "' and '" + words[1] +
                            "' are the same policy; two different ones are compared");
  }
  if (words.size() != 2 || chosen.size() != 2) {
    const std::size_t found = words.empty() ? 0 : chosen.size();
    throw model::InputError(
        "--policy: two policies are compared, as by --policy pre-fix --policy fix; found " +
        std::to_string(found));
  }
  return {chosen[0], chosen[1]};
}

}  // namespace

sim::ExitCode diff_command(const DiffOptions& options) {
  require_writable(options.output);
  ReplayOptions asked;
  asked.what = options.what;
  asked.schedule = options.schedule;
  model::Replayable what = what_to_replay(asked, false);
  const std::array<std::string, 2> policies =
      two_policies(options.policies, what.scenario.policies);
  asked.policy = policies[0];
  std::string told_as = "a schedule";
  if (what.token.empty()) {
    what.token = needed_run(asked, options).token();
    told_as = "the counterexample of " + policy_in_words(policies[0]);
  }
  const std::array<model::RaceModel, 2> models{model_of(what.scenario, policies[0]),
                                               model_of(what.scenario, policies[1])};
  const sim::Schedule decisions = choices_of(what, models[0]);
  Lockstep runs = in_lockstep(models, decisions);
  continue_to_rest(runs, limits_of(options, what.scenario));
  const DiffSource source{what.scenario, policies,         what.token,
                          told_as,       decisions.size(), options.what};
  const std::string text =
      options.format == "json"
          ? documents_text(nlohmann::ordered_json::array({diff_to_json(runs, source)}))
          : diff_text(runs, source, options.every_step, style_for(options.output));
  write_output(text, options.output);
  sim::ExitCode code = sim::exit_clean;
  for (const Stepping& run : runs.sides) {
    const sim::End end = run.end().value_or(sim::End::step_limit);
    code = sim::worse(code, sim::exit_code_of(sim::verdict_of(end)));
  }
  return code;
}

}  // namespace tools
