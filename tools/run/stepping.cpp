// SPDX-License-Identifier: MIT
//
// Steps with their worlds.
#include "tools/run/stepping.h"

#include <algorithm>
#include <cassert>

namespace tools {

Stepping::Stepping(const model::RaceModel& model) : model_(model), worlds_{model.initial()} {}

sim::Schedule Stepping::schedule() const {
  sim::Schedule schedule;
  schedule.reserve(steps_.size());
  for (const model::TraceStep& step : steps_) schedule.push_back(step.choice);
  return schedule;
}

std::optional<sim::End> Stepping::end() const {
  if (const auto stopped = model_.stopped(world())) return stopped;
  if (model_.enabled(world()).empty()) return model_.end_when_blocked(world());
  return std::nullopt;
}

std::vector<sim::Choice> Stepping::choices() const {
  std::vector<sim::Choice> possible;
  if (end()) return possible;
  for (const unsigned a : model_.enabled(world())) {
    const auto actor = static_cast<sim::ActorId>(a);
    for (const unsigned outcome : model_.outcomes(world(), actor)) {
      possible.push_back({actor, static_cast<sim::Outcome>(outcome)});
    }
  }
  return possible;
}

std::optional<sim::ScheduleMismatch> Stepping::mismatch(sim::Choice choice) const {
  sim::ScheduleMismatch mismatch;
  mismatch.step = steps_.size();
  mismatch.wanted = choice;
  if (end()) return mismatch;
  mismatch.enabled = model_.enabled(world());
  if (!mismatch.enabled.contains(choice.actor)) return mismatch;
  mismatch.outcomes = model_.outcomes(world(), choice.actor);
  if (!mismatch.outcomes.contains(choice.outcome)) return mismatch;
  return std::nullopt;
}

void Stepping::take(sim::Choice choice) {
  assert(!mismatch(choice));
  // Taking the same step again that was taken back makes no new choice.
  if (!undone_.empty() && undone_.back() == choice) {
    undone_.pop_back();
  } else {
    undone_.clear();
  }
  advance(choice);
}

std::size_t Stepping::undo(std::size_t steps) {
  const std::size_t count = std::min(steps, steps_.size());
  for (std::size_t i = 0; i < count; ++i) {
    undone_.push_back(steps_.back().choice);
    steps_.pop_back();
    worlds_.pop_back();
  }
  return count;
}

std::size_t Stepping::redo(std::size_t steps) {
  const std::size_t count = std::min(steps, undone_.size());
  for (std::size_t i = 0; i < count; ++i) {
    const sim::Choice choice = undone_.back();
    undone_.pop_back();
    advance(choice);
  }
  return count;
}

void Stepping::advance(sim::Choice choice) {
  model::World next = world();
  steps_.push_back({choice,
                    model::RaceModel::step_id(next, choice.actor),
                    model::untimed_ns(steps_.size() + 1),
                    {}});
  const auto record = [this](const model::Event& event) { steps_.back().events.push_back(event); };
  model_.step(next, choice, record);
  worlds_.push_back(next);
}

}  // namespace tools
