// SPDX-License-Identifier: MIT
//
// The subject of a story.
#include "tools/explain/story.h"

#include "model/trace/ledger.h"
#include "tools/explain/teller.h"

namespace tools {
namespace {

using namespace model;

/// The MR that a story is about; 0 if it is about RPCs.
MrId subject_of(const Trace& trace) {
  const std::vector<LedgerEntry> ledger = ledger_of(trace);
  if (trace.violation.invariant == Invariant::double_unmap) {
    if (const LedgerEntry* culprit = culprit_of(ledger)) return culprit->mr;
  }
  return trace.violation.mr;
}

}  // namespace

std::vector<StoryStop> story_of(const Trace& trace) {
  return story::Teller(trace, subject_of(trace)).tell();
}

}  // namespace tools
