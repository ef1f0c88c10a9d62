// SPDX-License-Identifier: MIT
//
// Why a policy does not fail: what decides the failure under another one cannot happen.
//
// Both halves are asked of all interleavings. `explain` finds the facts that every failing
// interleaving has and no passing one; then the graph of the policy that does not fail is
// asked whether any of its interleavings has them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/trace/trace.h"
#include "tools/app/commands.h"
#include "tools/explain/explanation.h"

namespace tools {

/// What decides whether an interleaving fails as this one does: facts about one MR, which
/// all failing interleavings have and no passing one. Empty if three facts do not decide it,
/// if the failure is about no MR, or if that cannot be found within the limits.
std::vector<PlacedFact> deciding_facts(const model::Scenario& scenario, const std::string& policy,
                                       const sim::Schedule& failing, const TeachOptions& options);

/// Whether an interleaving that passes has all of these facts. REQUIRES: the search is of
/// every interleaving, and none fails. Throws sim::Stopped, model::InputError.
bool can_happen(const model::RaceModel& model, const sim::Exploration<model::RaceModel>& search,
                const sim::TopologicalOrder& order, const sim::Limits& limits,
                const std::vector<PlacedFact>& facts);

/// "the MR recovery worker sets fr_state = INVALID, then the send-CQ softirq sets ...".
std::string in_words(const std::vector<PlacedFact>& facts);

/// What a run that passes has instead, told of that MR: the first two steps in the other order,
/// and a drain between them if there is one. Empty if it has not both steps.
std::string other_order(const model::Trace& trace, model::MrId mr,
                        const std::vector<PlacedFact>& facts);

}  // namespace tools
