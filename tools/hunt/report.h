// SPDX-License-Identifier: MIT
//
// The result of a hunt, as text and as JSON.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "model/scenario/scenario.h"
#include "sim/strategies/strategies.h"
#include "tools/app/commands.h"
#include "tools/files/output.h"
#include "tools/hunt/hunt.h"

namespace tools {

/// One policy hunted under one strategy.
struct Hunted {
  std::string policy;
  sim::StrategySpec spec;
  HuntState state;
  double seconds = 0;  ///< of wall time; 0 if speed is not to be told
  /// The share of failing runs to which that of the strategy tends in the long run, if
  /// it is known exactly.
  std::optional<std::string> exactly{};

  /// That of its runs; a bound was reached, too, if it was stopped before its last seed.
  [[nodiscard]] sim::Verdict verdict() const;
};

/// One hunt in full.
std::string hunt_text(const Hunted& hunted, const model::Scenario& scenario, SeedRange seeds,
                      const HuntOptions& options, const Style& style);

/// Hunts of the same policy beside each other, a row per strategy.
std::string strategy_table(const std::vector<Hunted>& hunts, const model::Scenario& scenario,
                           SeedRange seeds, const HuntOptions& options, const Style& style);

/// One hunt as "frwrsim-hunt/1".
nlohmann::ordered_json hunt_json(const Hunted& hunted, const model::Scenario& scenario,
                                 SeedRange seeds);

/// The keys that say what was hunted how; the head of a results file, too.
nlohmann::ordered_json hunt_head(const Hunted& hunted, const model::Scenario& scenario,
                                 SeedRange seeds, std::string_view format);

}  // namespace tools
