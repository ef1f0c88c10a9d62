// SPDX-License-Identifier: MIT
//
// Traces: the labelled steps of a run, with what each did.
//
// A schedule is the input of a replay, a trace is its output. Recording is an observer
// of the run, so a run that is not recorded costs nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "model/race_model.h"
#include "model/scenario/scenario.h"
#include "sim/run_result.h"
#include "sim/schedule.h"

namespace model {

/// One step of a trace. Steps are numbered from 1 in all output.
struct TraceStep {
  sim::Choice choice;
  std::uint8_t step_id = 0;   ///< which step of that actor; label_of() words it
  std::uint64_t time_ns = 0;  ///< virtual
  std::vector<Event> events;
  friend bool operator==(const TraceStep&, const TraceStep&) = default;
};

/// How a run's choices were made.
struct Origin {
  std::string strategy;                   ///< its name, or "replay"
  std::optional<std::uint64_t> seed;      ///< none for a replay
  unsigned depth = 0;                     ///< of PCT; 0 otherwise
  unsigned step_bound = 0;                ///< 0 for a strategy without one
  std::optional<unsigned> preemptions{};  ///< of preemption-bounded
  friend bool operator==(const Origin&, const Origin&) = default;
};

/// Virtual time in nanoseconds of a step, counted from 1, if the strategy has no clock:
/// every step takes a microsecond. Enough to order and to display; it claims nothing.
constexpr std::uint64_t untimed_ns(std::size_t step) { return step * 1000; }

/// A finished run.
struct Trace {
  Scenario scenario;
  std::string policy;  ///< its name, never an alias
  Origin origin;
  std::vector<TraceStep> steps;
  sim::End end = sim::End::rest;
  Violation violation;        ///< if end is `violation`
  Budget cut = Budget::none;  ///< if end is `cut`
  std::uint64_t fingerprint = 0;

  /// Whether the run had a clock: then the steps' times are not untimed_ns and have a
  /// meaning.
  [[nodiscard]] bool is_timed() const;
  [[nodiscard]] sim::Schedule schedule() const;
  /// The schedule's token.
  [[nodiscard]] std::string token() const;
};

/// Observer that records steps and events.
class TraceRecorder {
 public:
  /// Takes the times of steps from the strategy, if it has a clock. It must outlive
  /// the recording.
  template <class Strategy>
  void follow(const Strategy& strategy) {
    if constexpr (requires { strategy.now(); }) clock_ = &strategy.now();
  }

  /// What sim::Run calls: a step begins, and what it tells.
  void before_step(const RaceModel&, const World& w, sim::Choice choice) {
    const std::uint64_t time = clock_ != nullptr ? *clock_ : untimed_ns(steps_.size() + 1);
    steps_.push_back({choice, RaceModel::step_id(w, choice.actor), time, {}});
  }
  void operator()(const Event& event) { steps_.back().events.push_back(event); }

  /// What was recorded; it is moved out.
  [[nodiscard]] std::vector<TraceStep> take_steps() { return std::move(steps_); }

 private:
  const std::uint64_t* clock_ = nullptr;
  std::vector<TraceStep> steps_;
};

/// Gathers a finished run into a trace.
Trace make_trace(const Scenario& scenario, const std::string& policy, Origin origin,
                 const RaceModel& model, const sim::RunResult<RaceModel>& result,
                 TraceRecorder& recorder);

}  // namespace model
