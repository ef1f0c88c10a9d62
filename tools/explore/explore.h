// SPDX-License-Identifier: MIT
//
// Exploring one scenario under one policy: the search and every question asked
// of its graph, gathered as plain data for reports.
//
// A question that cannot be answered (no graph was kept, a bound stopped the search or
// the answer) has no value here, and `missing` says why: reports never show a number
// that was not obtained.
#pragma once

#include <array>
#include <compare>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model/race_model.h"
#include "model/scenario/scenario.h"
#include "sim/questions/counterexample.h"
#include "sim/questions/interleavings.h"
#include "sim/questions/probability.h"
#include "sim/search/explorer.h"
#include "sim/verdict.h"

namespace tools {

class ExploreCheckpoint;

/// When interleavings are counted by their number of preemptions.
enum class CountPreemptions : std::uint8_t { automatic, always, never };

/// Up to so many states, interleavings are counted by preemptions without a request.
inline constexpr sim::StateId most_states_counted_by_preemptions = 250'000;

/// What is to be found out, and within which bounds.
struct ExploreRequest {
  sim::Reductions reductions;
  bool verdict_only = false;  ///< keep no graph: verdict, states and a shortest counterexample
  CountPreemptions preemptions = CountPreemptions::automatic;
  model::Invariant invariant = model::Invariant::none;  ///< the only one that counts; none: all
  unsigned jobs = 1;
  sim::StateId max_states = static_cast<sim::StateId>(sim::most_states);
  std::uint64_t max_memory = 0;  ///< bytes
  /// Asked regularly; a bound other than none ends the search. Thread-safe.
  std::function<sim::Bound(const sim::Progress&)> watch;
  ExploreCheckpoint* checkpoint = nullptr;  ///< where the search is kept, and continued from
};

/// A step by actor and RaceModel::step_id.
struct StepName {
  sim::ActorId actor = 0;
  std::uint8_t step_id = 0;
  friend auto operator<=>(const StepName&, const StepName&) = default;
};

/// How an invariant is violated.
struct Counterexample {
  model::Violation violation;
  sim::Schedule schedule;
  /// Known, and the schedule is the canonical one, if the whole graph was available.
  std::optional<unsigned> preemptions;
  /// The shortest schedule, if it is another one.
  std::optional<sim::Schedule> shortest;
  unsigned shortest_preemptions = 0;
  model::Violation shortest_violation;
  /// After so many steps failure was inevitable; 0: from the start.
  std::optional<std::size_t> inevitable_after;
  StepName decisive;  ///< that step
  /// What else could have been done instead of it, without certain failure.
  std::vector<StepName> instead;
};

/// Failing interleavings by invariant and by the step that made failure inevitable.
struct Cause {
  model::Invariant invariant = model::Invariant::none;
  std::optional<StepName> step;  ///< none: inevitable from the start
  sim::BigInt interleavings;
};

/// A part of a property that holds: it never became true, so that the property says
/// nothing here.
struct VacuousPart {
  model::Invariant property = model::Invariant::none;
  std::string part;  ///< its text
};

/// Interleavings, in all and failing; by_preemptions[p] those with exactly p.
struct InterleavingTable {
  sim::BigInt all;
  sim::BigInt failing;
  std::vector<sim::BigInt> all_by_preemptions;
  std::vector<sim::BigInt> failing_by_preemptions;
};

/// Everything found out.
struct Findings {
  std::string policy;
  sim::Reductions reductions;         ///< those in force
  bool partial_order_is_off = false;  ///< it was asked for, and properties forbid it
  model::Invariant invariant = model::Invariant::none;
  model::Setup setup;  ///< with the policy; its properties have names
  sim::Verdict verdict = sim::Verdict::bound_reached;
  sim::Bound bound = sim::Bound::none;  ///< what ended the search

  std::uint64_t states = 0;
  std::uint64_t expanded = 0;
  std::uint64_t transitions = 0;
  unsigned depth = 0;
  std::uint64_t rest = 0;                               ///< states at rest
  std::map<model::Invariant, std::uint64_t> violating;  ///< states, by invariant
  std::map<model::Budget, std::uint64_t> cut;           ///< states, by budget
  std::map<StepName, std::uint64_t> steps;              ///< transitions by step

  std::optional<InterleavingTable> interleavings;
  std::optional<sim::Probability> probability;
  std::string fraction;                                  ///< the same exactly, if it is short
  std::optional<std::array<std::uint64_t, 3>> outlooks;  ///< states by sim::Outlook
  std::vector<Counterexample> counterexamples;           ///< by invariant
  std::vector<Cause> causes;
  std::vector<VacuousPart> vacuous;
  /// A path that comes back to a state it has left, which a model must not have.
  std::optional<sim::Cycle> cycle;
  sim::Schedule to_cycle;

  std::vector<std::string> missing;  ///< what is not known, and why
  bool is_complete = false;          ///< `keep` was called

  std::uint64_t memory = 0;  ///< bytes, the most that the search held
  double search_seconds = 0;
  double all_seconds = 0;

  /// States in which a budget ended the run.
  [[nodiscard]] std::uint64_t cut_states() const;
};

/// Receives a complete search and its topological order while both are there; may throw
/// sim::Stopped when the limits say so.
using Keep = std::function<void(const sim::Exploration<model::RaceModel>&,
                                const sim::TopologicalOrder&, const sim::Limits&)>;

/// Searches and answers. `keep`, if not empty, is called if the search is complete.
/// Throws std::bad_alloc.
Findings explore(const model::RaceModel& model, const std::string& policy,
                 const ExploreRequest& request, const Keep& keep = {});

}  // namespace tools
