// SPDX-License-Identifier: MIT
//
// What a hunt records of one seed, as a line of JSON.
//
// A results file ("frwrsim-results/1", JSON lines) has a header line for each policy
// and strategy hunted under, then a line per seed in the order of seeds: small enough
// to keep a million of them, enough to say afterwards how the failing runs differ
// from the others.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/race_model.h"
#include "model/trace/run_json.h"
#include "sim/model_concept.h"

namespace tools {

inline constexpr std::string_view results_format = "frwrsim-results/1";

/// One run of a hunt.
struct SeedRecord {
  std::uint64_t seed = 0;
  model::RunEnd end;
  std::uint64_t steps = 0;
  std::optional<std::uint64_t> time_ns;  ///< virtual time of the last step, if there is a clock
  sim::ActorId last_actor = 0;           ///< the actor that took the last step
  std::uint8_t last_step = 0;            ///< and its number, for model::label_of
  std::vector<sim::ActorId> order;       ///< the actors by their first step
};

/// Records the order in which actors come, and the last step.
class ActorOrder {
 public:
  /// A step is about to be taken.
  void note(const model::World& w, sim::Choice choice) {
    last_actor_ = choice.actor;
    last_step_ = model::RaceModel::step_id(w, choice.actor);
    if (seen_.contains(choice.actor)) return;
    seen_.insert(choice.actor);
    order_.push_back(choice.actor);
  }
  /// Returns what was recorded.
  void write_to(SeedRecord& record) {
    record.last_actor = last_actor_;
    record.last_step = last_step_;
    record.order = std::move(order_);
  }

 private:
  sim::ActorId last_actor_ = 0;
  std::uint8_t last_step_ = 0;
  sim::ActorSet seen_;
  std::vector<sim::ActorId> order_;
};

/// The line, with its end. The setup has the names of properties.
std::string line_of(const SeedRecord& record, const model::Setup& setup);

/// Reads a line back. Throws model::InputError.
SeedRecord seed_record_from(const model::JsonValue& json, const model::Setup& setup);

}  // namespace tools
