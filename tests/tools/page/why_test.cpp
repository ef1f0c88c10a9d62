// SPDX-License-Identifier: MIT
//
// What decides the reported bug before the fix cannot happen under it, and the other order
// can: kernel.md says so, the graph is asked.
#include "tools/page/why.h"

#include <catch2/catch.hpp>

#include "model/scenario/scenario.h"
#include "tools/app/search_setup.h"

namespace {

using model::EventKind;
using model::FrState;
using tools::PlacedFact;
using tools::StepOfMr;

StepOfMr writes(model::Role role, std::uint8_t step_id, FrState to) {
  StepOfMr kind;
  kind.step = {role, step_id};
  kind.has_effect = true;
  kind.effect = EventKind::fr_state;
  kind.to = static_cast<std::uint8_t>(to);
  return kind;
}

const StepOfMr recovered =
    writes(model::Role::recovery_worker, static_cast<std::uint8_t>(model::RecoverPc::set_invalid),
           FrState::is_invalid);
const StepOfMr marked =
    writes(model::Role::softirq, static_cast<std::uint8_t>(model::SoftirqPc::wc_fastreg),
           FrState::flushed_fr);

bool can_happen_under_the_fix(const StepOfMr& first, const StepOfMr& later) {
  const model::Scenario scenario =
      model::load_scenario(std::string(FRWRSIM_SCENARIO_DIR) + "/upstream-report.json");
  const model::RaceModel model = tools::model_of(scenario, "leave-registered");
  tools::ExploreRequest request;
  request.preemptions = tools::CountPreemptions::never;
  request.max_memory = std::uint64_t{1} << 30;
  std::optional<bool> can;
  tools::explore(model, "leave-registered", request,
                 [&](const auto& search, const auto& order, const sim::Limits& limits) {
                   can = tools::can_happen(model, search, order, limits, {{first, later, 0, 0}});
                 });
  REQUIRE(can);
  return *can;
}

}  // namespace

TEST_CASE("under the fix no MR is marked after it was recovered, but some before") {
  CHECK_FALSE(can_happen_under_the_fix(recovered, marked));
  CHECK(can_happen_under_the_fix(marked, recovered));
}

TEST_CASE("facts that are a chain are told as one") {
  const std::string told =
      tools::in_words({{recovered, marked, 36, 47}, {marked, recovered, 47, 91}});
  CHECK(told ==
        "the MR recovery worker sets fr_state = INVALID, then the send-CQ softirq sets fr_state = "
        "FLUSHED_FR, then the MR recovery worker sets fr_state = INVALID");
}
