// SPDX-License-Identifier: MIT
//
// Tagging once, walking often.
#include "tools/synthesize/ordering_graph.h"

#include <algorithm>
#include <limits>
#include <map>
#include <set>
#include <stdexcept>

#include "sim/questions/outlook.h"

namespace tools {

using model::RaceModel;
using sim::StateId;

OrderingGraph::OrderingGraph(const Search& search, const sim::TopologicalOrder& order,
                             const sim::Limits& limits)
    : search_(search), order_(order), ends_(search.state_count()) {
  limits.check(memory() + search.graph.edge_count() * sizeof(std::uint16_t) +
               search.state_count() * (sizeof(StateId) + sizeof(std::uint16_t)));
  for (const sim::EndState& end : search.graph.ends()) ends_[end.state] = end.end;
  tag_edges(limits);
  find_good_rpc_ends(limits);
  reached_.resize(search.state_count());
  came_from_.resize(search.state_count());
  came_by_.resize(search.state_count());
}

std::uint64_t OrderingGraph::memory() const {
  return tag_of_.capacity() * sizeof(std::uint16_t) + ends_.capacity() * sizeof(sim::End) +
         came_from_.capacity() * sizeof(StateId) + came_by_.capacity() * sizeof(std::uint16_t);
}

void OrderingGraph::tag_edges(const sim::Limits& limits) {
  std::map<Tag, std::uint16_t> known{{Tag{}, std::uint16_t{0}}};
  tags_.emplace_back();
  std::set<model::StepKind> steps;
  tag_of_.reserve(search_.graph.edge_count());
  for (StateId s = 0; s < search_.state_count(); ++s) {
    if (s % 65536 == 0) limits.check(memory());
    if (search_.graph.targets(s).empty()) continue;
    const model::World w = search_.state(s);
    std::array<model::MrSet, model::pending_kinds.size()> pending;
    for (std::size_t k = 0; k < pending.size(); ++k) {
      pending[k] = model::pending(w, model::pending_kinds[k]);
    }
    for (const sim::Choice choice : search_.graph.choices(s)) {
      Tag tag;
      const model::StepKind step = model::step_kind(w, choice.actor);
      const model::MrSet mrs = model::mrs_of_step(w, choice.actor);
      if (!mrs.empty()) steps.insert(step);
      for (std::size_t k = 0; k < pending.size(); ++k) {
        if (!(pending[k] & mrs).empty()) tag.pending |= static_cast<std::uint8_t>(1u << k);
      }
      if (tag.pending != 0) tag.step = step;
      tag.is_optional = RaceModel::unless_optional(w, sim::ActorSet::of(choice.actor)).empty();
      if (const auto has_reply = model::ends_with_reply(w, choice.actor)) {
        tag.rpc_ends = 1u << (2 * (model::rpc_of(choice.actor) - 1) + (*has_reply ? 1 : 0));
      }
      const auto [at, is_new] = known.try_emplace(tag, static_cast<std::uint16_t>(tags_.size()));
      if (is_new) tags_.push_back(tag);
      tag_of_.push_back(at->second);
    }
  }
  if (tags_.size() > std::numeric_limits<std::uint16_t>::max()) {
    throw std::length_error("more kinds of steps than tags");
  }
  steps_.assign(steps.begin(), steps.end());
}

void OrderingGraph::find_good_rpc_ends(const sim::Limits& limits) {
  const auto outlooks = sim::outlooks(search_.graph, order_, sim::is_violation, limits);
  for (StateId s = 0; s < search_.state_count(); ++s) {
    const auto targets = search_.graph.targets(s);
    for (std::size_t i = 0; i < targets.size(); ++i) {
      if (outlooks[targets[i]] == sim::Outlook::inevitable) continue;
      good_rpc_ends_ |= tags_[tag_of_[search_.graph.first_edge(s) + i]].rpc_ends;
    }
  }
}

TagSet OrderingGraph::held_by(const model::Ordering& ordering) const {
  TagSet held(tags_.size());
  for (std::size_t t = 0; t < tags_.size(); ++t) {
    held[t] = tags_[t].step == ordering.waits &&
              (tags_[t].pending >> static_cast<unsigned>(ordering.pending) & 1u) != 0;
  }
  return held;
}

Walk OrderingGraph::walk(const TagSet& held, Until until) {
  const sim::StateGraph& graph = search_.graph;
  Walk met;
  reached_.assign(reached_.size(), false);
  reached_[0] = true;
  for (const StateId s : order_) {
    if (!reached_[s]) continue;
    ++met.states;
    const auto targets = graph.targets(s);
    if (targets.empty()) {
      met.any_cut |= ends_[s] == sim::End::cut;
      if (ends_[s] != sim::End::violation) continue;
      met.violating = s;
      return met;
    }
    if (!goes_on(held, s)) {
      if (met.stuck == sim::no_state) met.stuck = s;
      if (until == Until::any_failure) return met;
      continue;
    }
    const std::uint64_t first = graph.first_edge(s);
    for (std::size_t i = 0; i < targets.size(); ++i) {
      const std::uint16_t tag = tag_of_[first + i];
      if (held[tag]) continue;
      met.rpc_ends |= tags_[tag].rpc_ends;
      if (reached_[targets[i]]) continue;
      reached_[targets[i]] = true;
      came_from_[targets[i]] = s;
      came_by_[targets[i]] = tag;
    }
  }
  return met;
}

std::vector<std::uint16_t> OrderingGraph::tags_on_the_way_to(StateId state) const {
  std::set<std::uint16_t> tags;
  for (; state != 0; state = came_from_[state]) tags.insert(came_by_[state]);
  return {tags.begin(), tags.end()};
}

sim::StateGraph OrderingGraph::part(const TagSet& held) {
  walk(held, Until::any_failure);
  std::vector<StateId> names(search_.state_count(), sim::no_state);
  StateId count = 0;
  for (const StateId s : order_) {
    if (reached_[s]) names[s] = count++;
  }
  sim::StateGraph left(search_.graph.environment());
  std::vector<StateId> targets;
  std::vector<sim::Choice> choices;
  for (const StateId s : order_) {
    if (!reached_[s]) continue;
    targets.clear();
    choices.clear();
    for (std::size_t i = 0; i < search_.graph.targets(s).size(); ++i) {
      if (held[tag_of_[search_.graph.first_edge(s) + i]]) continue;
      targets.push_back(names[search_.graph.targets(s)[i]]);
      choices.push_back(search_.graph.choices(s)[i]);
    }
    left.add_edges(targets, choices);
    // Cut, or at rest: the kind of end is all that is asked for.
    if (targets.empty()) left.add_end({names[s], ends_[s], 0});
  }
  left.set_state_count(count);
  return left;
}

bool OrderingGraph::same(const TagSet& a, const TagSet& b) {
  walk(a, Until::any_failure);
  for (const StateId s : order_) {
    if (!reached_[s]) continue;
    const std::uint64_t last = search_.graph.first_edge(s + 1);
    for (std::uint64_t e = search_.graph.first_edge(s); e < last; ++e) {
      if (a[tag_of_[e]] != b[tag_of_[e]]) return false;
    }
  }
  return true;
}

}  // namespace tools
