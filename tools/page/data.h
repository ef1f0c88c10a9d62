// SPDX-License-Identifier: MIT
//
// What a page has of one scenario under one policy.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "model/scenario/scenario.h"
#include "sim/schedule.h"
#include "tools/app/commands.h"
#include "tools/explore/explore.h"
#include "tools/page/why.h"

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

/// A failing run of an earlier policy of the page.
struct FailedBefore {
  sim::Schedule schedule;
  model::MrId subject = 0;  ///< whose story it is; 0: of RPCs
  model::Violation violation;
  std::string policy;
  std::vector<PlacedFact> facts;  ///< that decide it, if they are known; else empty
};

/// A part that was put on a page.
struct PolicyPage {
  std::uint64_t states = 0;
  nlohmann::ordered_json json;                  ///< a policy of "frwrsim-page/1"
  std::optional<sim::Schedule> counterexample;  ///< in that part
  std::optional<sim::Schedule> told;            ///< what its story tells
  std::optional<FailedBefore> failed;           ///< the counterexample, for the next policy
};

/// A scenario under a policy, searched once: any part of it can then be put on a page.
/// Scenario and options must outlive it.
class SearchedPolicy {
 public:
  /// Searches; a page of the whole must be `wanted` now, since the search is not kept.
  /// `before`: the run that is followed as far as it is possible, if this policy has no
  /// counterexample: its story tells it, and a part has the states near it.
  /// Throws model::InputError.
  SearchedPolicy(const model::Scenario& scenario, std::string policy, const TeachOptions& options,
                 PagePart wanted, std::optional<FailedBefore> before = {});

  /// States that were found, and whether those are all of them.
  [[nodiscard]] std::uint64_t states() const { return found_.states; }
  [[nodiscard]] bool is_complete() const { return found_.is_complete; }

  /// Nothing if it has too many states to try. REQUIRES: a whole page was wanted.
  [[nodiscard]] std::optional<PolicyPage> page(const PagePart& part);

 private:
  [[nodiscard]] std::optional<PolicyPage> part_page(const PagePart& part);
  [[nodiscard]] std::optional<sim::Schedule> along() const;
  void ask_for_order(const sim::Exploration<model::RaceModel>& search,
                     const sim::TopologicalOrder& order, const sim::Limits& limits);
  void tell(PolicyPage& page) const;
  [[nodiscard]] std::string why_it_rests(const PolicyPage& page, const model::Trace& trace) const;
  const std::optional<sim::Schedule>& counterexample();
  [[nodiscard]] nlohmann::ordered_json described(const PagePart& part,
                                                 const PolicyPage& page) const;

  const model::Scenario& scenario_;
  std::string policy_;
  const TeachOptions& options_;
  std::optional<FailedBefore> before_;
  model::RaceModel model_;
  Findings found_;
  std::optional<PolicyPage> whole_;
  bool has_no_such_order_ = false;  ///< no interleaving has the facts of the failure before
  bool counterexample_is_known_ = false;
  std::optional<sim::Schedule> counterexample_;
};

}  // namespace tools
