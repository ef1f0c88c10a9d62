// SPDX-License-Identifier: MIT
//
// What every file says about a run in the same words: how it ended, which actor took a
// step, which step it was.
#pragma once

#include <nlohmann/json.hpp>
#include <string_view>
#include <vector>

#include "model/race_model.h"
#include "model/scenario/input.h"

namespace model {

/// How a run ended, and of what.
struct RunEnd {
  sim::End kind = sim::End::rest;
  Violation violation;        ///< if kind is `violation`
  Budget cut = Budget::none;  ///< if kind is `cut`
};

/// Writes how a run of that setup ended, violation or budget included.
nlohmann::ordered_json end_to_json(const RunEnd& end, const Setup& setup);

/// Reads what end_to_json wrote. Throws InputError, as all functions below.
RunEnd end_from_json(const JsonValue& json, const Setup& setup);

/// The names of the invariants and of the setup's properties, by value. The views are the
/// setup's.
std::vector<std::string_view> invariant_names(const Setup& setup);

/// The actor with that short name.
sim::ActorId actor_named(const JsonValue& name);

/// The step of `actor` whose label has that name.
std::uint8_t step_named(sim::ActorId actor, const JsonValue& name);

}  // namespace model
