// SPDX-License-Identifier: MIT
//
// The questions asked of a state graph, answered without one.
//
// Each is a recursion over choices from a state to the ends, with a table of the
// answers already given and nothing else: no numbering, no order of states, no
// packing. A label is derived from counts (inevitable: as many interleavings fail
// as there are), which is not how sim/questions/outlook.h finds it. Slow and large, meant
// for up to some ten thousand states.
#pragma once

#include <boost/multiprecision/cpp_bin_float.hpp>
#include <boost/multiprecision/cpp_int.hpp>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

#include "sim/model_concept.h"
#include "sim/schedule.h"
#include "tests/reference/explorer.h"

namespace reference {

using Count = boost::multiprecision::cpp_int;
/// Wide enough that its rounding does not show in twenty digits.
using Real = boost::multiprecision::cpp_bin_float_100;

/// The step that made failure inevitable: actor and step id; nothing if it was so
/// from the start.
using Decisive = std::optional<std::pair<unsigned, unsigned>>;

template <sim::Model M>
class Answers {
  using State = typename M::State;

 public:
  explicit Answers(const M& model) : model_(model) {}

  /// About everything that can follow a state.
  struct Future {
    Count all;                            ///< interleavings
    Count failing;                        ///< of them, those that end in violation
    Real probability = 0;                 ///< of failing, for the uniform strategy
    std::map<unsigned, Count> by_detail;  ///< failing, by the model's end_detail
    std::map<std::pair<unsigned, Decisive>, Count> causes;  ///< below the state
    [[nodiscard]] bool safe() const { return failing == 0; }
    [[nodiscard]] bool inevitable() const { return failing == all; }
  };

  const Future& future(const State& state) {
    const std::string key(bytes_of(state));
    if (const auto at = futures_.find(key); at != futures_.end()) return at->second;
    Future result;
    if (const auto end = end_of(state)) {
      result.all = 1;
      if (*end == sim::End::violation) {
        const unsigned detail = model_.end_detail(state);
        result.failing = 1;
        result.probability = 1;
        result.by_detail[detail] = 1;
        result.causes[{detail, std::nullopt}] = 1;
      }
    } else {
      for_each_move(state, [&](sim::Choice choice, const State& next, unsigned ways) {
        const Future& after = future(next);
        result.all += after.all;
        result.failing += after.failing;
        result.probability += after.probability / ways;
        for (const auto& [detail, count] : after.by_detail) result.by_detail[detail] += count;
        const Decisive here{{choice.actor, model_.step_id(state, choice.actor)}};
        for (const auto& [cause, count] : after.causes) {
          // Inevitable after this step: it is the culprit unless one before it is.
          const Decisive step = after.inevitable() ? here : cause.second;
          result.causes[{cause.first, step}] += count;
        }
      });
      if (result.inevitable() && result.all > 0) {
        result.causes.clear();
        for (const auto& [detail, count] : result.by_detail) {
          result.causes[{detail, std::nullopt}] = count;
        }
      }
    }
    return futures_.emplace(key, std::move(result)).first->second;
  }

  /// Of all states reached from the initial one: safe, avoidable, inevitable.
  std::array<std::uint64_t, 3> labels() {
    (void)future(model_.initial());
    std::array<std::uint64_t, 3> counts{};
    for (const auto& [key, f] : futures_) ++counts.at(f.safe() ? 0 : f.inevitable() ? 2 : 1);
    return counts;
  }

  /// Interleavings, all and failing, by exact number of preemptions.
  using Table = std::vector<std::pair<Count, Count>>;
  const Table& by_preemptions() { return by_preemptions(model_.initial(), nobody); }

  /// The schedule to a violation of that kind that is least in (preemptions,
  /// length, order of actors and outcomes), and its preemptions.
  std::optional<std::pair<unsigned, sim::Schedule>> best(unsigned detail) {
    best_.clear();
    State state = model_.initial();
    unsigned last = nobody;
    const std::optional<Best> first = best(state, last, detail);
    if (!first) return std::nullopt;
    sim::Schedule schedule;
    for (std::optional<Best> at = first; at->length > 0; at = best(state, last, detail)) {
      schedule.push_back(at->choice);
      sim::NullSink sink;
      model_.step(state, at->choice, sink);
      if (!model_.environment().contains(at->choice.actor)) last = at->choice.actor;
    }
    return std::pair(first->preemptions, schedule);
  }

 private:
  static constexpr unsigned nobody = 255;
  struct Best {
    unsigned preemptions = 0;
    unsigned length = 0;
    sim::Choice choice{};
  };

  std::optional<sim::End> end_of(const State& state) const {
    if (const auto stop = model_.stopped(state)) return stop;
    if (model_.enabled(state).empty()) return model_.end_when_blocked(state);
    return std::nullopt;
  }

  template <class Visit>
  void for_each_move(const State& state, Visit visit) {
    const sim::ActorSet enabled = model_.enabled(state);
    for (const unsigned actor : enabled) {
      const sim::OutcomeSet outcomes = model_.outcomes(state, static_cast<sim::ActorId>(actor));
      for (const unsigned outcome : outcomes) {
        const sim::Choice choice{static_cast<sim::ActorId>(actor),
                                 static_cast<sim::Outcome>(outcome)};
        State next = state;
        sim::NullSink sink;
        model_.step(next, choice, sink);
        visit(choice, next, static_cast<unsigned>(enabled.size() * outcomes.size()));
      }
    }
  }

  /// The context that would be left: nobody's, once it cannot go on.
  unsigned still_there(const State& state, unsigned last) const {
    return last != nobody && model_.enabled(state).contains(last) ? last : nobody;
  }
  bool preempts(unsigned last, unsigned actor) const {
    return last != nobody && last != actor && !model_.environment().contains(actor);
  }
  unsigned last_after(unsigned last, unsigned actor) const {
    return model_.environment().contains(actor) ? last : actor;
  }
  static std::string key_of(const State& state, unsigned last) {
    return std::string(bytes_of(state)) + static_cast<char>(last);
  }

  const Table& by_preemptions(const State& state, unsigned last) {
    const bool ended = end_of(state).has_value();
    if (ended) last = nobody;
    last = still_there(state, last);
    const std::string key = key_of(state, last);
    if (const auto at = tables_.find(key); at != tables_.end()) return at->second;
    Table table;
    if (ended) {
      table.emplace_back(1, end_of(state) == sim::End::violation ? 1 : 0);
    } else {
      for_each_move(state, [&](sim::Choice choice, const State& next, unsigned) {
        const Table& after = by_preemptions(next, last_after(last, choice.actor));
        const std::size_t more = preempts(last, choice.actor) ? 1 : 0;
        if (table.size() < after.size() + more) table.resize(after.size() + more);
        for (std::size_t p = 0; p < after.size(); ++p) {
          table[p + more].first += after[p].first;
          table[p + more].second += after[p].second;
        }
      });
    }
    return tables_.emplace(key, std::move(table)).first->second;
  }

  std::optional<Best> best(const State& state, unsigned last, unsigned detail) {
    if (const auto end = end_of(state)) {
      const bool wanted = *end == sim::End::violation && model_.end_detail(state) == detail;
      return wanted ? std::optional<Best>(Best{}) : std::nullopt;
    }
    last = still_there(state, last);
    const std::string key = key_of(state, last);
    if (const auto at = best_.find(key); at != best_.end()) return at->second;
    std::optional<Best> result;
    for_each_move(state, [&](sim::Choice choice, const State& next, unsigned) {
      const auto after = best(next, last_after(last, choice.actor), detail);
      if (!after) return;
      const Best candidate{after->preemptions + (preempts(last, choice.actor) ? 1u : 0u),
                           after->length + 1, choice};
      // Choices come in ascending order: what is not better is later.
      if (!result || std::tie(candidate.preemptions, candidate.length) <
                         std::tie(result->preemptions, result->length)) {
        result = candidate;
      }
    });
    best_.emplace(key, result);
    return result;
  }

  const M& model_;
  std::unordered_map<std::string, Future> futures_;
  std::unordered_map<std::string, Table> tables_;
  std::unordered_map<std::string, std::optional<Best>> best_;
};

}  // namespace reference
