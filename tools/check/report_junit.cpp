// SPDX-License-Identifier: MIT
//
// A check as JUnit XML: a suite for each scenario, a case for each policy.
#include "tools/check/report.h"
#include "tools/words/junit.h"

namespace tools {
namespace {

JunitCase case_of(const PolicyCheck& check) {
  JunitCase it{.name = check.policy, .seconds = check.seconds};
  switch (check.outcome) {
    case Outcome::different:
      it.failure = in_words(check.deviations);
      it.type = "not-as-expected";
      break;
    case Outcome::bound:
      it.error = in_words(check.deviations);
      it.type = "bound-reached";
      break;
    case Outcome::not_run:
      it.skipped = true;
      break;
    case Outcome::as_expected:
    case Outcome::updated:
      break;
  }
  return it;
}

}  // namespace

std::string check_junit(const Check& check) {
  std::vector<JunitSuite> suites;
  for (const ScenarioCheck& scenario : check.scenarios) {
    JunitSuite suite{.name = scenario.scenario.name, .start = check.start};
    for (const PolicyCheck& policy : scenario.policies) suite.cases.push_back(case_of(policy));
    if (scenario.count(Outcome::not_run) != 0) suite.complaint = "the check was interrupted";
    suites.push_back(std::move(suite));
  }
  return junit_text(suites);
}

}  // namespace tools
