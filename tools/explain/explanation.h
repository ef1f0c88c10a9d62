// SPDX-License-Identifier: MIT
//
// Why a run fails: what all interleavings together say about one of them.
//
// Every question here is asked of the whole graph, while it is there. What could not be
// asked, or has no answer within the limits, has no value, and `missing` says why.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "model/scenario/scenario.h"
#include "model/trace/trace.h"
#include "sim/facts/fact_search.h"
#include "sim/questions/nearest_pass.h"
#include "tools/app/search_setup.h"
#include "tools/explain/mr_step_kinds.h"

namespace tools {

/// A choice as a reader sees it.
struct NamedStep {
  std::size_t step = 0;  ///< number in the failing run, from 1; 0: no step of it
  sim::Choice choice;
  std::uint8_t step_id = 0;
};

/// "RPC task 1, frwr_op_map: post the FASTREG"
std::string in_words(const NamedStep& step);

/// The step after which failure was inevitable.
struct LastChance {
  bool from_the_start = false;  ///< there is none
  NamedStep decisive;
  std::vector<NamedStep> instead;  ///< would have avoided it there
};

/// A fact, with the place where the failing run has it.
struct PlacedFact {
  StepOfMr first;
  StepOfMr later;
  std::size_t first_step = 0;  ///< from 1
  std::size_t later_step = 0;
};

/// Facts with what they leave unexplained; schedules as tokens.
struct ToldFacts {
  std::vector<PlacedFact> facts;
  sim::FactCounts counts;
  std::string passing_with;  ///< token of a shortest one; empty if there is none
  std::string failing_without;
};

/// What decides whether an interleaving fails.
struct WhyItFails {
  bool of_the_run = false;  ///< facts are about the run as a whole, not about an MR
  std::size_t candidates = 0;
  std::size_t necessary = 0;
  std::vector<ToldFacts> deciding;
  std::uint64_t deciding_count = 0;
  std::vector<ToldFacts> best_necessary;
  std::vector<ToldFacts> best_sufficient;
  sim::BigInt failing;  ///< interleavings that violate the same invariant
  sim::BigInt passing;
  sim::BigInt apart;  ///< cut, or in violation of something else
};

/// The same run with two steps exchanged; it ends without a failure.
struct NearestRun {
  NamedStep first;
  NamedStep second;  ///< now before it
  bool first_moves = true;
  std::size_t moving = 1;
  bool is_safe = false;
  std::size_t followed = 0;
  std::size_t steps = 0;
  std::string token;
};

/// One failing run, explained.
struct Explanation {
  std::string policy;
  sim::Verdict verdict = sim::Verdict::bound_reached;  ///< of all interleavings
  std::string verdict_in_words;
  std::optional<model::Trace> trace;  ///< none: there is no failing run to explain
  bool is_given = false;              ///< the user's; else found
  bool is_canonical = false;          ///< the fewest preemptions, then steps, then choices
  unsigned preemptions = 0;
  std::optional<LastChance> last_chance;
  std::optional<WhyItFails> why;
  std::optional<NearestRun> nearest;
  bool nearest_was_sought = false;
  std::vector<std::string> missing;
};

/// What is to be explained.
struct ExplainRequest {
  const model::Scenario& scenario;
  std::string policy;
  std::optional<sim::Schedule> failing;  ///< none: the canonical one
  SearchLimits limits;
  unsigned jobs = 1;
  std::function<sim::Bound(const sim::Progress&)> watch;
};

/// Explores and explains. Throws model::InputError if the schedule does not fail.
Explanation explain(const ExplainRequest& request);

}  // namespace tools
