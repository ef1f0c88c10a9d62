// SPDX-License-Identifier: MIT
//
// What a step is called: for traces, reports and error messages.
#pragma once

#include <cstdint>
#include <string_view>

#include "model/actors.h"

namespace model {

/// A step in words.
struct Label {
  std::string_view name;       ///< of the program counter, unique per actor
  std::string_view function;   ///< kernel function it belongs to
  std::string_view statement;  ///< what it does
};

/// The label of the step with that RaceModel::step_id. Empty members if the
/// actor has no such step. Thread-safe.
Label label_of(sim::ActorId actor, std::uint8_t step_id);

}  // namespace model
