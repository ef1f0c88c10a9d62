// SPDX-License-Identifier: MIT
//
// Single facts, for all paths, by intersection and union.
#include "sim/facts/ordering_facts.h"

#include <algorithm>
#include <cassert>
#include <memory>

#include "sim/questions/interleavings.h"

namespace sim {

void EdgeMarks::add(std::vector<Mark> marks) {
  for (const Mark mark : marks) {
    assert(mark.kind < most_kinds && mark.subject < most_subjects);
    kinds_ = std::max(kinds_, mark.kind + 1u);
    subjects_ = std::max(subjects_, mark.subject + 1u);
  }
  const auto [at, is_new] =
      known_.try_emplace(std::move(marks), static_cast<std::uint32_t>(sets_.size()));
  if (is_new) sets_.push_back(at->first);
  set_of_edge_.push_back(at->second);
}

std::vector<Fact> FactSet::list() const {
  std::vector<Fact> facts;
  for (unsigned first = 0; first < firsts.size(); ++first) {
    for (unsigned later = 0; later < firsts.size(); ++later) {
      const Fact fact{static_cast<std::uint8_t>(first), static_cast<std::uint8_t>(later)};
      if (contains(fact)) facts.push_back(fact);
    }
  }
  return facts;
}

FactGraph::FactGraph(const StateGraph& graph, const TopologicalOrder& order, const EdgeMarks& marks,
                     const Judge& judge, const Limits& limits)
    : graph_(graph), order_(order), marks_(marks), limits_(limits) {
  assert(graph.complete() && marks.edge_count() == graph.edge_count());
  limits.check(order.size() * sizeof(Judgement));
  judgements_.resize(order.size());
  for (const EndState& end : graph.ends()) judgements_[end.state] = judge(end);
  can_pass_ = reaching(ends_that(Counts::passing));
  std::vector<bool> failing(order.size());
  for (const EndState& end : graph.ends()) {
    failing[end.state] = judgements_[end.state].counts == Counts::failing;
  }
  can_fail_ = reaching(failing);
}

std::vector<bool> FactGraph::ends_that(Counts counts, std::uint8_t subject) const {
  std::vector<bool> ends(judgements_.size());
  for (const EndState& end : graph_.ends()) {
    const Judgement& judged = judgements_[end.state];
    ends[end.state] = judged.counts == counts && judged.subject == subject;
  }
  return ends;
}

std::vector<std::uint8_t> FactGraph::failing_subjects() const {
  std::array<bool, most_subjects> fails{};
  for (const EndState& end : graph_.ends()) {
    const Judgement& judged = judgements_[end.state];
    if (judged.counts == Counts::failing) fails.at(judged.subject) = true;
  }
  std::vector<std::uint8_t> subjects;
  for (std::uint8_t s = 0; s < most_subjects; ++s) {
    if (fails[s]) subjects.push_back(s);
  }
  return subjects;
}

std::vector<bool> FactGraph::reaching(const std::vector<bool>& ends) const {
  std::vector<bool> result = ends;
  for (std::size_t i = order_.size(); i-- > 0;) {
    const StateId state = order_[i];
    for (const StateId target : graph_.targets(state)) {
      if (result[target]) result[state] = true;
    }
  }
  return result;
}

FactSet FactGraph::gather(unsigned subject, const std::vector<bool>& wanted, bool any) const {
  struct Known {
    KindSet seen;
    FactSet facts;
  };
  const std::vector<bool> matters = reaching(wanted);
  const unsigned kinds = marks_.kinds();
  const std::uint64_t size = sizeof(Known) + kinds * sizeof(KindSet);
  std::vector<std::unique_ptr<Known>> known(graph_.state_count());
  std::uint64_t held = known.size() * sizeof known.front();
  const auto meet = [any](KindSet& a, const KindSet& b) { any ? a |= b : a &= b; };
  const auto merge = [&](std::unique_ptr<Known>& there, const Known& more) {
    if (!there) {
      there = std::make_unique<Known>(more);
      held += size;
      return;
    }
    meet(there->seen, more.seen);
    for (unsigned k = 0; k < kinds; ++k) meet(there->facts.firsts[k], more.facts.firsts[k]);
  };
  std::unique_ptr<Known> result;
  known[order_.front()] = std::make_unique<Known>(Known{{}, {std::vector<KindSet>(kinds)}});
  for (std::size_t i = 0; i < order_.size(); ++i) {
    if (i % 4096 == 0) limits_.check(held);
    const StateId state = order_[i];
    const std::unique_ptr<Known> here = std::move(known[state]);
    if (!here || !matters[state]) continue;
    held -= std::min(held, size);
    if (wanted[state]) merge(result, *here);
    const auto targets = graph_.targets(state);
    for (std::size_t e = 0; e < targets.size(); ++e) {
      if (!matters[targets[e]]) continue;
      Known after = *here;
      for (const Mark mark : marks_.of(graph_.first_edge(state) + e)) {
        if (mark.subject != subject) continue;
        // A path that has the fact already has seen its first kind: nothing is lost if
        // all paths are meant.
        after.facts.firsts[mark.kind] |= here->seen;
        after.seen.set(mark.kind);
      }
      merge(known[targets[e]], after);
    }
  }
  if (result) return std::move(result->facts);
  return {std::vector<KindSet>(kinds, any ? KindSet() : ~KindSet())};
}

FactSet FactGraph::necessary() const {
  FactSet all{std::vector<KindSet>(marks_.kinds(), ~KindSet())};
  for (const std::uint8_t subject : failing_subjects()) {
    const FactSet of_subject = gather(subject, ends_that(Counts::failing, subject), false);
    for (unsigned k = 0; k < marks_.kinds(); ++k) all.firsts[k] &= of_subject.firsts[k];
  }
  return all;
}

FactSet FactGraph::possible_when_passing() const {
  FactSet all{std::vector<KindSet>(marks_.kinds())};
  for (unsigned subject = 0; subject < marks_.subjects(); ++subject) {
    const FactSet of_subject = gather(subject, ends_that(Counts::passing), true);
    for (unsigned k = 0; k < marks_.kinds(); ++k) all.firsts[k] |= of_subject.firsts[k];
  }
  return all;
}

std::pair<BigInt, BigInt> FactGraph::count_all() const {
  std::pair<BigInt, BigInt> sums;
  count_interleavings(
      graph_, order_, false,
      [&](const EndState& end, std::span<const BigInt> counts) {
        const Counts as = judgements_[end.state].counts;
        if (as == Counts::failing) sums.first += counts[0];
        if (as == Counts::passing) sums.second += counts[0];
      },
      limits_);
  return sums;
}

std::vector<FactSet> FactGraph::facts_of(const Schedule& schedule) const {
  std::vector<FactSet> facts(most_subjects, {std::vector<KindSet>(marks_.kinds())});
  std::vector<KindSet> seen(most_subjects);
  StateId state = 0;
  for (const Choice choice : schedule) {
    const std::size_t edge = graph_.edge_by(state, choice).value();
    const std::vector<KindSet> before = seen;
    for (const Mark mark : marks_.of(graph_.first_edge(state) + edge)) {
      facts[mark.subject].firsts[mark.kind] |= before[mark.subject];
      seen[mark.subject].set(mark.kind);
    }
    state = graph_.targets(state)[edge];
  }
  return facts;
}

}  // namespace sim
