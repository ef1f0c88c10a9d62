// SPDX-License-Identifier: MIT
//
// Words that the sentences of a story have in common.
#pragma once

#include <cstddef>
#include <string>

#include "model/scenario/names.h"
#include "model/world.h"

namespace tools::story {

/// "MR 1"
inline std::string named(model::MrId mr) { return "MR " + std::to_string(mr); }
/// " (step 7)"
inline std::string at_step(std::size_t step) { return " (step " + std::to_string(step) + ")"; }
/// "FLUSHED_FR"
inline std::string state_name(model::FrState state) {
  return std::string(name_of(model::fr_state_names, state));
}

}  // namespace tools::story
