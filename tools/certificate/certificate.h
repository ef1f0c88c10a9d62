// SPDX-License-Identifier: MIT
//
// The result of a search, written so that another program can check it.
//
// "exhausted" is the claim of a program. A certificate holds the reasons for that
// claim: every state that was found, with data that reduce each claim about it to one
// that can be checked by looking at the state and its successors only.
// docs/certificate.md has the format and says why that is sufficient.
// certificate_check.cpp checks it, with none of the code that searched.
#pragma once

#include <string>

#include "model/race_model.h"
#include "model/scenario/scenario.h"
#include "sim/questions/topological_order.h"
#include "sim/search/explorer.h"

namespace tools {

/// Writes the certificate of a search of `scenario` under `policy` (a name, not an
/// alias) to `path`, which appears complete or not at all. REQUIRES: `found` has
/// a complete graph and was made without reductions; `order` is the topological order
/// of that graph. Throws model::InputError if the file cannot be written and
/// sim::Stopped if `limits` say so.
void write_certificate(const model::Scenario& scenario, const std::string& policy,
                       const sim::Exploration<model::RaceModel>& found,
                       const sim::TopologicalOrder& order, const std::string& path,
                       const sim::Limits& limits = {});

}  // namespace tools
