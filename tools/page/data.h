// SPDX-License-Identifier: MIT
//
// What a page has of one scenario under one policy.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "model/scenario/scenario.h"
#include "sim/schedule.h"
#include "tools/app/commands.h"
#include "tools/explore/explore.h"

namespace tools {

/// Which states a page has.
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

/// The most states that the program tries to put on a page of so many bytes.
sim::StateId most_worlds_in(std::uint64_t bytes);

/// A part that was put on a page.
struct PolicyPage {
  std::uint64_t states = 0;
  nlohmann::ordered_json json;                  ///< a policy of "frwrsim-page/1"
  std::optional<sim::Schedule> counterexample;  ///< in that part
};

/// A scenario under a policy, searched once: any part of it can then be put on a page.
/// Scenario and options must outlive it.
class SearchedPolicy {
 public:
  /// Searches; a page of the whole must be `wanted` now, since the search is not kept.
  /// Throws model::InputError.
  SearchedPolicy(const model::Scenario& scenario, std::string policy, const TeachOptions& options,
                 PagePart wanted);

  /// States that were found, and whether those are all of them.
  [[nodiscard]] std::uint64_t states() const { return found_.states; }
  [[nodiscard]] bool is_complete() const { return found_.is_complete; }

  /// Nothing if it has too many states to try. `along`: the run whose nearby states are
  /// shown if the policy has no counterexample. REQUIRES: a whole page was wanted.
  [[nodiscard]] std::optional<PolicyPage> page(const PagePart& part,
                                               const std::optional<sim::Schedule>& along);

 private:
  [[nodiscard]] std::optional<PolicyPage> part_page(const PagePart& part,
                                                    const std::optional<sim::Schedule>& along);
  const std::optional<sim::Schedule>& counterexample();
  [[nodiscard]] nlohmann::ordered_json described(const PagePart& part,
                                                 const PolicyPage& page) const;

  const model::Scenario& scenario_;
  std::string policy_;
  const TeachOptions& options_;
  model::RaceModel model_;
  Findings found_;
  std::optional<PolicyPage> whole_;
  bool counterexample_is_known_ = false;
  std::optional<sim::Schedule> counterexample_;
};

}  // namespace tools
