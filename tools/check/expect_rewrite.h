// SPDX-License-Identifier: MIT
//
// Puts other expectations into a scenario file and changes no other byte.
//
// A JSON library would write the whole file anew, with another layout and another order
// of keys. Here the places of the values are found in the text, which was parsed
// before, and only the values are replaced.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "model/scenario/expectation.h"

namespace tools {

/// `text` with the values of these policies, by the keys it has for them, in its "expect"
/// replaced.
/// REQUIRES: `text` is a scenario that model::read_scenario accepts, and its "expect"
/// has these policies.
std::string with_expectations(std::string_view text,
                              const std::map<std::string, model::Expectation>& changed);

/// `text` without its "expect". REQUIRES: as above.
std::string without_expectations(std::string_view text);

}  // namespace tools
