// SPDX-License-Identifier: MIT
//
// Makes each decision on both sides, and compares.
#include "tools/step/lockstep.h"

#include <algorithm>

namespace tools {
namespace {

Followed follow(sim::Choice decision, Stepping& run) {
  if (run.end()) return Followed::ended;
  if (const auto mismatch = run.mismatch(decision)) {
    return mismatch->outcomes.empty() ? Followed::not_enabled : Followed::no_outcome;
  }
  run.take(decision);
  return Followed::took;
}

/// Rows where neither side could follow say nothing about a difference.
bool differs(const LockstepRow& row, const std::array<Stepping, 2>& sides) {
  const auto took = [&row](std::size_t side) { return row.followed[side] == Followed::took; };
  if (took(0) != took(1)) return true;
  if (!took(0)) return false;
  const model::TraceStep& a = sides[0].steps().back();
  const model::TraceStep& b = sides[1].steps().back();
  return a.step_id != b.step_id || a.events != b.events;
}

std::optional<WorldDifference> difference(const model::WorldView& view,
                                          const std::array<Stepping, 2>& sides,
                                          std::size_t decisions) {
  const std::vector<std::string> a = view.values(sides[0].world());
  const std::vector<std::string> b = view.values(sides[1].world());
  WorldDifference found{decisions, {}};
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] != b[i]) found.fields.push_back(i);
  }
  if (found.fields.empty()) return std::nullopt;
  return found;
}

}  // namespace

const model::World& Lockstep::world(std::size_t side, std::size_t decisions) const {
  return sides[side].world(decisions == 0 ? 0 : rows[decisions - 1].steps[side]);
}

std::size_t Lockstep::left_out(std::size_t side) const {
  return static_cast<std::size_t>(
      std::count_if(rows.begin(), rows.end(), [side](const LockstepRow& row) {
        return row.followed[side] == Followed::not_enabled ||
               row.followed[side] == Followed::no_outcome;
      }));
}

Lockstep in_lockstep(const std::array<model::RaceModel, 2>& models,
                     const sim::Schedule& decisions) {
  Lockstep result{{Stepping(models[0]), Stepping(models[1])}, {}, {}, {}, {}};
  auto& sides = result.sides;
  const model::WorldView view(models[0]);
  result.first_world = difference(view, sides, 0);
  for (const sim::Choice decision : decisions) {
    if (sides[0].end() && sides[1].end()) break;
    LockstepRow row{decision, {}, {}};
    for (std::size_t side = 0; side < 2; ++side) {
      row.followed[side] = follow(decision, sides[side]);
      row.steps[side] = sides[side].steps().size();
    }
    row.differs = differs(row, sides);
    if (row.differs && !result.first_effect) result.first_effect = result.rows.size();
    result.rows.push_back(row);
    if (!result.first_world) result.first_world = difference(view, sides, result.rows.size());
  }
  return result;
}

void continue_to_rest(Lockstep& runs, const SearchLimits& limits) {
  for (std::size_t side = 0; side < 2; ++side) {
    Stepping& run = runs.sides[side];
    if (run.end()) continue;
    runs.rest[side] = way_to_rest(run.model(), run.world(), limits);
    if (!runs.rest[side].schedule) continue;
    for (const sim::Choice choice : *runs.rest[side].schedule) run.take(choice);
  }
}

}  // namespace tools
