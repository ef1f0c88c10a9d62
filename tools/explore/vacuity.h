// SPDX-License-Identifier: MIT
//
// Whether a property holds only because what it speaks of never happens.
//
// "Never A and B" holds where A never becomes true, whatever B does. Such a verdict is
// right and says nothing. So the parts of a property are looked for, each by itself, in
// every state and every step of a search that is complete.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "model/race_model.h"
#include "sim/limits.h"
#include "sim/search/explorer.h"
#include "tools/explore/explore.h"

namespace tools {

/// The parts that never became true, of those properties that are fatal and not among the
/// violated ones; none of a property that has but one part. REQUIRES: the search saw every
/// interleaving, without partial order reduction. Throws sim::Stopped.
std::vector<VacuousPart> vacuous_parts(const model::RaceModel& model,
                                       const sim::Exploration<model::RaceModel>& found,
                                       const std::map<model::Invariant, std::uint64_t>& violating,
                                       const sim::Limits& limits);

}  // namespace tools
