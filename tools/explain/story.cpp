// SPDX-License-Identifier: MIT
//
// The subject of a story.
#include "tools/explain/story.h"

#include "model/trace/ledger.h"
#include "tools/explain/teller.h"

namespace tools {

using namespace model;

MrId subject_of(const Trace& trace) {
  const std::vector<LedgerEntry> ledger = ledger_of(trace);
  if (trace.violation.invariant == Invariant::double_unmap) {
    if (const LedgerEntry* culprit = culprit_of(ledger)) return culprit->mr;
  }
  return trace.violation.mr;
}

std::vector<StoryStop> story_of(const Trace& trace) {
  return story::Teller(trace, subject_of(trace)).tell();
}

std::vector<StoryStop> story_of_rest(const Trace& trace, MrId subject, const std::string& why) {
  return story::Teller(trace, subject).tell_of_rest(why);
}

}  // namespace tools
