// SPDX-License-Identifier: MIT
//
// Other expectations in a scenario file, and not one byte besides.
//
// A JSON library would write the whole file anew: another layout, another order of
// keys. Here the places of the values are looked up in the text, which was parsed
// before, and only they are replaced.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "model/scenario/expectation.h"

namespace tools {

/// `text` with the values of these policies in its "expect" replaced.
/// REQUIRES: `text` is a scenario that model::read_scenario accepts, and its "expect"
/// has these policies.
std::string with_expectations(std::string_view text,
                              const std::map<std::string, model::Expectation>& changed);

}  // namespace tools
