// SPDX-License-Identifier: MIT
//
// Merged by step, then taken by weight.
#include "tools/explain/milestones.h"

#include <algorithm>

namespace tools::story {

std::vector<Milestones::Milestone> Milestones::merged() const {
  std::vector<Milestone> in_order = all_;
  std::stable_sort(in_order.begin(), in_order.end(), [](const Milestone& a, const Milestone& b) {
    return a.stop.step < b.stop.step;
  });
  std::vector<Milestone> merged;
  for (const Milestone& next : in_order) {
    if (merged.empty() || merged.back().stop.step != next.stop.step) {
      merged.push_back(next);
    } else if (next.weight > merged.back().weight) {
      merged.back() = next;
    } else if (next.weight == merged.back().weight && next.weight >= Weight::major) {
      merged.back().stop.text += " " + next.stop.text;
    }
  }
  return merged;
}

std::vector<StoryStop> Milestones::chosen() const {
  const std::vector<Milestone> milestones = merged();
  constexpr std::size_t enough = 8;
  std::vector<bool> taken(milestones.size());
  std::size_t count = 0;
  const auto take = [&](Weight weight, std::size_t most) {
    // From the end: milestones near the failure explain more of it.
    for (std::size_t i = milestones.size(); i-- > 0 && count < most;) {
      if (milestones[i].weight != weight) continue;
      taken[i] = true;
      ++count;
    }
  };
  take(Weight::always, most_stops);
  take(Weight::major, most_stops);
  take(Weight::minor, enough);
  take(Weight::filler, enough - 2);
  std::vector<StoryStop> stops;
  for (std::size_t i = 0; i < milestones.size(); ++i) {
    if (taken[i]) stops.push_back(milestones[i].stop);
  }
  return stops;
}

}  // namespace tools::story
