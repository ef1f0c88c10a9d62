// SPDX-License-Identifier: MIT
//
// A run that is being made, reported step by step: as text for people, as JSON for
// scripts.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "model/trace/run_json.h"
#include "model/trace/world_view.h"
#include "sim/questions/odds.h"
#include "tools/files/output.h"
#include "tools/run/stepping.h"

namespace tools {

/// The status of a run; `step_limit` while it can continue.
model::RunEnd end_of(const Stepping& run);

/// The same in words: "double DMA unmap of MR 1 at step 74".
std::string end_in_words(const Stepping& run);

/// A choice as tokens spell it: "t1", "srv=2".
std::string choice_in_words(const Stepping& run, sim::Choice choice);

/// "     8  RPC task 1          frwr_op_map: post the FASTREG; ..."
/// REQUIRES: so many steps were taken, counted from 1.
std::string step_line(const Stepping& run, std::size_t step, const Style& style);

/// What the last step changed, and what can be chosen now or how the run has ended.
std::string standing(const Stepping& run, const model::WorldView& view, const Style& style);

/// The odds of the current state of the run and of those its choices lead to: six digits of
/// a probability, or, if `exact`, all and how far the last may be off.
std::string odds_text(const Stepping& run, const sim::OddsTable& table, bool exact,
                      const Style& style);

/// A step without the world: its number, choice, label, and what it did in words.
nlohmann::ordered_json step_to_json(const Stepping& run, std::size_t step);

/// Members "step" to "end" of "frwrsim-step/1": the last step and the status of the
/// run.
nlohmann::ordered_json standing_to_json(const Stepping& run, const model::WorldView& view);

/// "safe", "avoidable" or "inevitable".
std::string outlook_in_words(sim::Outlook outlook);

/// What odds_text says, for "frwrsim-step/1".
nlohmann::ordered_json odds_to_json(const Stepping& run, const sim::OddsTable& table);

}  // namespace tools
