// SPDX-License-Identifier: MIT
//
// The kinds of steps of an MR, as ordering facts tell them apart.
//
// A kind is the statement, of any task or handler, and the one effect it has on the MR:
// what the RNIC does with a FASTREG is one statement and several kinds. What the effect
// overwrites is not part of the kind: the order of steps must explain that. If a
// failure is about no MR, the subject is the run, and every step has a kind.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "model/race_model.h"
#include "model/rules/ordering.h"
#include "sim/facts/ordering_facts.h"
#include "sim/search/explorer.h"

namespace tools {

/// A kind of step.
struct StepOfMr {
  model::StepKind step;
  bool has_effect = false;
  model::EventKind effect{};  ///< if there is one
  model::WrKind wr{};         ///< for a work request
  std::uint8_t to = 0;        ///< for fr_state and moved
  std::uint8_t from = 0;      ///< for moved: the list it was on
  friend auto operator<=>(const StepOfMr&, const StepOfMr&) = default;
};

/// "MR recovery worker, frwr_op_recover_mr: sets fr_state = INVALID"
std::string in_words(const StepOfMr& kind);

/// How far the kind is from what changes an MR: 0 writes fr_state, 1 moves or maps it.
unsigned distance_from_state(const StepOfMr& kind);

/// What the edges of a graph are about.
struct KindsOfSteps {
  std::vector<StepOfMr> kinds;  ///< by the number in marks
  sim::EdgeMarks marks;         ///< a subject is an MR less one; or 0, the run
};

/// The kinds of the edges of a search, of MRs or of the run.
/// REQUIRES: search.graph.complete(). Throws sim::Stopped, and model::InputError if
/// there are more kinds than can be told apart.
KindsOfSteps kinds_of_steps(const model::RaceModel& model,
                            const sim::Exploration<model::RaceModel>& search, bool of_the_run,
                            const sim::Limits& limits);

}  // namespace tools
