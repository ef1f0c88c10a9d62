// SPDX-License-Identifier: MIT
//
// What a page knows of one scenario under one policy.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "model/scenario.h"
#include "sim/schedule.h"
#include "tools/commands.h"

namespace tools {

/// Which worlds a page has.
struct PagePart {
  enum class Kind : std::uint8_t {
    whole,    ///< all
    reduced,  ///< those that partial order reduction leaves: every end of a run is there
    near,     ///< those near a run
  };
  Kind kind = Kind::whole;
  unsigned radius = 0;  ///< of `near`, in steps
};

/// "whole", "reduced", "near:R". Throws model::InputError.
PagePart page_part(const std::string& text);

/// Most worlds that are tried to be put on a page of so many bytes.
sim::StateId most_worlds_in(std::uint64_t bytes);

/// A policy's part of a page, or how large it would have been.
struct PolicyPage {
  std::uint64_t states = 0;  ///< of the part; all that were found, if there is no `json`
  bool is_complete = false;  ///< the search was
  std::optional<nlohmann::ordered_json> json;  ///< a policy of "frwrsim-page/1"
  std::optional<sim::Schedule> counterexample;
};

/// Searches the scenario under the policy and gathers what a page shows. `along`: the
/// run to stay near where the policy has no counterexample. Throws model::InputError.
PolicyPage policy_page(const model::Scenario& scenario, const std::string& policy,
                       const PagePart& part, const std::optional<sim::Schedule>& along,
                       const TeachOptions& options);

}  // namespace tools
