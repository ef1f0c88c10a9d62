// SPDX-License-Identifier: MIT
//
// All that can be said about the interleavings of a tiny model, one by one.
//
// Like enumerator.h a recursion that recognises no state; it carries
// along what a path has cost and how likely it is. The analyses of sim/ arrive at
// the same numbers from a graph, without ever looking at a path.
#pragma once

#include <algorithm>
#include <boost/multiprecision/cpp_int.hpp>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "sim/model_concept.h"
#include "sim/schedule.h"

namespace reference {

using Rational = boost::multiprecision::cpp_rational;

/// How interleavings end: kind and detail, 0 for rest.
using Ending = std::pair<sim::End, std::uint8_t>;

/// The interleavings that end in one way.
struct Paths {
  std::vector<std::uint64_t> by_preemptions;  ///< by exact number
  Rational probability;                       ///< of the uniform strategy to end so
};

/// An interleaving; better ones are less.
struct Candidate {
  std::size_t preemptions = 0;
  sim::Schedule schedule;
  friend bool operator<(const Candidate& a, const Candidate& b) {
    if (a.preemptions != b.preemptions) return a.preemptions < b.preemptions;
    if (a.schedule.size() != b.schedule.size()) return a.schedule.size() < b.schedule.size();
    return std::lexicographical_compare(a.schedule.begin(), a.schedule.end(), b.schedule.begin(),
                                        b.schedule.end(), [](sim::Choice c, sim::Choice d) {
                                          return std::pair(c.actor, c.outcome) <
                                                 std::pair(d.actor, d.outcome);
                                        });
  }
};

/// Walks all paths of a model.
template <sim::Model M>
class PathWalk {
  using State = typename M::State;

 public:
  /// Gives up beyond `max_paths`; then complete() is false.
  PathWalk(const M& model, std::uint64_t max_paths) : model_(model), left_(max_paths) {
    complete_ = walk(model.initial(), std::nullopt, 0, 1);
  }
  [[nodiscard]] bool complete() const { return complete_; }
  [[nodiscard]] const std::map<Ending, Paths>& endings() const { return endings_; }
  /// Interleavings, those with `end` if given, by exact number of preemptions.
  [[nodiscard]] std::vector<std::uint64_t> counts(std::optional<sim::End> end = {}) const {
    std::vector<std::uint64_t> sum;
    for (const auto& [ending, paths] : endings_) {
      if (end && ending.first != *end) continue;
      for (std::size_t k = 0; k < paths.by_preemptions.size(); ++k) {
        at(sum, k) += paths.by_preemptions[k];
      }
    }
    return sum;
  }
  /// Of the violating interleavings the one with the fewest preemptions, then steps,
  /// then the least choices; nothing if there is none.
  [[nodiscard]] const std::optional<Candidate>& best() const { return best_; }
  [[nodiscard]] Rational probability(sim::End end) const {
    Rational sum = 0;
    for (const auto& [ending, paths] : endings_) {
      if (ending.first == end) sum += paths.probability;
    }
    return sum;
  }

 private:
  static std::uint64_t& at(std::vector<std::uint64_t>& counts, std::size_t k) {
    if (counts.size() <= k) counts.resize(k + 1);
    return counts[k];
  }

  /// `last` is the actor that is no environment and would be left.
  bool walk(const State& state, std::optional<unsigned> last, std::size_t preemptions,
            const Rational& probability) {
    std::optional<sim::End> end = model_.stopped(state);
    const sim::ActorSet enabled = end ? sim::ActorSet{} : model_.enabled(state);
    if (!end && enabled.empty()) end = model_.end_when_blocked(state);
    if (end) {
      if (left_-- == 0) return false;
      Paths& paths = endings_[{*end, *end == sim::End::rest ? 0 : model_.end_detail(state)}];
      ++at(paths.by_preemptions, preemptions);
      paths.probability += probability;
      Candidate candidate{preemptions, schedule_};
      if (*end == sim::End::violation && (!best_ || candidate < *best_)) best_ = candidate;
      return true;
    }
    // Whoever cannot go on has been left at no cost, even if woken later.
    if (last && !enabled.contains(*last)) last.reset();
    for (const unsigned actor : enabled) {
      const bool transparent = model_.environment().contains(actor);
      const bool preempts = !transparent && last && *last != actor;
      const auto id = static_cast<sim::ActorId>(actor);
      const sim::OutcomeSet outcomes = model_.outcomes(state, id);
      const Rational share = probability / (enabled.size() * outcomes.size());
      for (const unsigned outcome : outcomes) {
        State successor = state;
        sim::NullSink sink;
        model_.step(successor, {id, static_cast<sim::Outcome>(outcome)}, sink);
        schedule_.push_back({id, static_cast<sim::Outcome>(outcome)});
        if (!walk(successor, transparent ? last : actor, preemptions + preempts, share)) {
          return false;
        }
        schedule_.pop_back();
      }
    }
    return true;
  }

  const M& model_;
  std::map<Ending, Paths> endings_;
  std::optional<Candidate> best_;
  sim::Schedule schedule_;  // of the path being walked
  std::uint64_t left_ = 0;
  bool complete_ = false;
};

/// Violating interleavings by what was violated and by the choice after which
/// nothing else was possible.
template <sim::Model M>
class BlameWalk {
  using State = typename M::State;
  using ByDetail = std::map<std::uint8_t, std::uint64_t>;

 public:
  /// Detail and choice, none if nothing else was possible from the start.
  using Key = std::pair<std::uint8_t, std::optional<std::pair<sim::ActorId, sim::Outcome>>>;

  explicit BlameWalk(const M& model) : model_(model) {
    const Fate all = walk(model.initial());
    if (all.inevitable) put_down(all, std::nullopt);
  }
  [[nodiscard]] const std::map<Key, std::uint64_t>& blames() const { return blames_; }

 private:
  /// What may come after a state.
  struct Fate {
    bool inevitable = true;
    ByDetail violations;  ///< complete if they are inevitable
  };

  Fate walk(const State& state) {
    std::optional<sim::End> end = model_.stopped(state);
    const sim::ActorSet enabled = end ? sim::ActorSet{} : model_.enabled(state);
    if (!end && enabled.empty()) end = model_.end_when_blocked(state);
    if (end == sim::End::violation) return {true, {{model_.end_detail(state), 1}}};
    if (end) return {false, {}};
    Fate all;
    std::vector<std::pair<Fate, std::pair<sim::ActorId, sim::Outcome>>> decided;
    for (const unsigned actor : enabled) {
      const auto id = static_cast<sim::ActorId>(actor);
      for (const unsigned outcome : model_.outcomes(state, id)) {
        const sim::Choice choice{id, static_cast<sim::Outcome>(outcome)};
        State successor = state;
        sim::NullSink sink;
        model_.step(successor, choice, sink);
        const Fate fate = walk(successor);
        all.inevitable &= fate.inevitable;
        for (const auto& [detail, count] : fate.violations) all.violations[detail] += count;
        if (fate.inevitable) decided.push_back({fate, {choice.actor, choice.outcome}});
      }
    }
    if (!all.inevitable) {
      for (const auto& [fate, choice] : decided) put_down(fate, choice);
    }
    return all;
  }

  void put_down(const Fate& fate, std::optional<std::pair<sim::ActorId, sim::Outcome>> choice) {
    for (const auto& [detail, count] : fate.violations) blames_[{detail, choice}] += count;
  }

  const M& model_;
  std::map<Key, std::uint64_t> blames_;
};

}  // namespace reference
