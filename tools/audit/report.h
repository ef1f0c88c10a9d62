// SPDX-License-Identifier: MIT
//
// An audit for people, for programs, for continuous integration.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tools/audit/audit.h"
#include "tools/files/output.h"

namespace tools::audit {

/// What was read, the verdict, each violation with the history of its MR, and what cannot
/// be decided.
std::string audit_text(const Audit& audit, const Style& style);

/// Format frwrsim-audit/1: docs/manual/audit.md.
nlohmann::ordered_json audit_json(const Audit& audit);

/// A suite for each file, a case for each invariant.
std::string audit_junit(const std::vector<Audit>& audits);

/// What was violated, or may have been, as a sentence: "MR 10 (handle 0x00000d93) was ...".
std::string sentence_of(const Finding& finding);

/// A time as the trace prints it.
std::string time_text(std::uint64_t time, Clock clock);

/// Which events an audit needs and the text does not have, by name.
std::vector<std::string> missing_events(const Source& source);

/// The invariants that an audit checks, in the order in which they are reported.
const std::vector<model::Invariant>& audited_invariants();

}  // namespace tools::audit
