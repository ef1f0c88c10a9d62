// SPDX-License-Identifier: MIT
//
// A run that is made step by step, with choices from outside, and can be taken back.
//
// Every world on the way is kept, so going back is exact and costs nothing. Steps that
// were taken back can be taken again until another choice is made.
#pragma once

#include <optional>
#include <vector>

#include "model/race_model.h"
#include "model/trace/trace.h"
#include "sim/strategies/replay.h"

namespace tools {

/// A run so far. Not thread-safe.
class Stepping {
 public:
  explicit Stepping(const model::RaceModel& model);

  [[nodiscard]] const model::RaceModel& model() const { return model_; }
  /// After the last step.
  [[nodiscard]] const model::World& world() const { return worlds_.back(); }
  /// The world after the first `steps` steps. REQUIRES: so many were taken.
  [[nodiscard]] const model::World& world(std::size_t steps) const { return worlds_[steps]; }
  [[nodiscard]] const std::vector<model::TraceStep>& steps() const { return steps_; }
  [[nodiscard]] sim::Schedule schedule() const;

  /// How the run has ended; nothing while it can continue.
  [[nodiscard]] std::optional<sim::End> end() const;
  /// What can be chosen now, by actor, then by outcome; nothing if the run has ended.
  [[nodiscard]] std::vector<sim::Choice> choices() const;
  /// Why a choice cannot be made now; nothing if it can. If the run has ended, no actor
  /// is enabled.
  [[nodiscard]] std::optional<sim::ScheduleMismatch> mismatch(sim::Choice choice) const;

  /// REQUIRES: the choice is possible.
  void take(sim::Choice choice);
  /// Takes back, or takes again, up to `steps` steps; returns the number of them.
  std::size_t undo(std::size_t steps);
  std::size_t redo(std::size_t steps);

 private:
  void advance(sim::Choice choice);

  model::RaceModel model_;
  std::vector<model::World> worlds_;  // one more than steps
  std::vector<model::TraceStep> steps_;
  sim::Schedule undone_;  // the next one last
};

}  // namespace tools
