// SPDX-License-Identifier: MIT
//
// What a scenario has that its file does not state.
//
// A default is part of the format: a file means the same for ever. Defaults fit what the
// file says may happen, so that the smallest file is a scenario worth a search. Under the
// fix these budgets are the least that cut nothing in several-losses (explain-bounds).
#pragma once

#include <array>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "model/setup.h"

namespace model {

/// The keys of "budgets".
inline constexpr std::array<std::string_view, 3> budget_keys{"retransmissions", "enobufs_retries",
                                                             "reconnects"};

/// Budgets that fit what may happen: each loss and timeout may be followed by another
/// transmission, each loss by a reconnect, each loss and refresh by another try after
/// -ENOBUFS. At least one of each: the bug itself breaks connections.
Budgets usual_budgets(const Setup& setup);

/// Whether a scenario states all budgets, as files of earlier versions had to. There no
/// guards means none.
bool states_all_budgets(const nlohmann::json& document);

/// "2 RPCs, 3 segments, 4 MRs, 1 loss": the title of a scenario that has none.
std::string usual_title(const Setup& setup);

}  // namespace model
