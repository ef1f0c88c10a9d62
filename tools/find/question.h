// SPDX-License-Identifier: MIT
//
// Looking for a state or an order of events, in runs that fail or do not.
//
// What is looked for becomes a property that has precedence over everything else: where
// it holds the run ends, violating or not. So a search of everything answers with the
// same means as for any failure: a shortest run, how many there are, how probable it is,
// or that there is none.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/scenario/scenario.h"
#include "model/trace/trace.h"
#include "tools/explore/explore.h"
#include "tools/find/other_cause.h"

namespace tools {

/// What is looked for: all of it, each at some time in one run.
struct Sought {
  std::string where;                ///< a condition; may be empty
  std::vector<std::string> before;  ///< orders, "A < B"
  /// Tokens of failing runs; not empty: a failing run with another cause is looked for,
  /// and nothing else.
  std::vector<std::string> other_than{};
};

/// The setup in which a run ends where all that is sought has happened. Throws
/// model::InputError, with the option and the column.
model::Setup seeking(const model::Scenario& scenario, const std::string& policy,
                     const Sought& sought);

/// The property that stands for what is sought.
model::Invariant sought_in(const model::Setup& setup);

/// A run in which it happens; it ends there.
struct FoundRun {
  model::Trace trace;  ///< of the scenario itself, in which it may go on
  unsigned preemptions = 0;
};

/// What was found out.
struct Answer {
  Findings findings;  ///< of the setup that seeks; what fails there is what is sought
  /// `violated`: it was found.
  sim::Verdict verdict = sim::Verdict::bound_reached;
  std::optional<FoundRun> run;
  std::optional<OtherCause> cause;  ///< if another cause was asked for, and all was seen
};

}  // namespace tools
