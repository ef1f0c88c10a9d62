// SPDX-License-Identifier: MIT
//
// The report as JUnit XML: what is violated fails, what is undecided is an error.
#include <chrono>

#include "model/invariants.h"
#include "tools/audit/report.h"
#include "tools/words/junit.h"

namespace tools::audit {
namespace {

/// The lines of one invariant that are violations, or that are not.
std::string lines_of(const Audit& audit, model::Invariant invariant, bool violated) {
  std::string text;
  for (const Part& part : audit.parts) {
    for (const Finding& finding : part.findings) {
      if (finding.invariant != invariant || (finding.doubt == Doubt::none) != violated) continue;
      text += (text.empty() ? "" : "; ") + sentence_of(finding);
      if (!violated) text += " (" + std::string(in_words(finding.doubt)) + ")";
    }
  }
  return text;
}

JunitCase completeness(const Audit& audit) {
  JunitCase it{.name = "the text is whole"};
  const Verdict verdict = audit.verdict();
  if (verdict == Verdict::no_trace) it.error = "no line is an event of ftrace";
  if (verdict == Verdict::undecided) it.error = "what is not in the text may be a violation";
  it.type = std::string(name_of(verdict));
  return it;
}

}  // namespace

std::string audit_junit(const std::vector<Audit>& audits) {
  std::vector<JunitSuite> suites;
  for (const Audit& audit : audits) {
    JunitSuite suite{.name = audit.name, .start = std::chrono::system_clock::now()};
    for (const model::Invariant invariant : audited_invariants()) {
      JunitCase it{.name = std::string(model::entry_of(invariant).name)};
      it.failure = lines_of(audit, invariant, true);
      it.type = "violated";
      if (it.failure.empty()) {
        it.error = lines_of(audit, invariant, false);
        it.type = "undecided";
      }
      suite.cases.push_back(std::move(it));
    }
    suite.cases.push_back(completeness(audit));
    suites.push_back(std::move(suite));
  }
  return junit_text(suites);
}

}  // namespace tools::audit
