// SPDX-License-Identifier: MIT
//
// Conjunctions of facts: their automaton, and its product with the graph.
#include <algorithm>
#include <cassert>
#include <limits>
#include <tuple>

#include "sim/facts/ordering_facts.h"

namespace sim {

namespace {

/// In order of choices. REQUIRES: equal lengths.
bool is_less(const Schedule& a, const Schedule& b) {
  return std::lexicographical_compare(
      a.begin(), a.end(), b.begin(), b.end(), [](Choice c, Choice d) {
        return std::pair(c.actor, c.outcome) < std::pair(d.actor, d.outcome);
      });
}

}  // namespace

/// The states of a conjunction are numbers in base 3, a digit per fact: what was seen
/// of it. They only grow.
class FactGraph::Automaton {
 public:
  /// A subject of a set of marks, and which kinds of the conjunction are among its.
  struct Move {
    std::uint8_t subject;
    std::uint8_t input;
  };

  Automaton(const Conjunction& facts, const EdgeMarks& marks)
      : states_(facts.size() == 1   ? 3
                : facts.size() == 2 ? 9
                                    : 27) {
    assert(!facts.empty() && facts.size() <= most_facts);
    for (unsigned input = 0; input < next_.size(); ++input) {
      for (unsigned state = 0; state < states_; ++state) {
        next_[input][state] = after(facts.size(), state, input);
      }
    }
    for (const std::vector<Mark>& set : marks.sets()) {
      std::array<std::uint8_t, most_subjects> inputs{};
      for (const Mark mark : set) inputs[mark.subject] |= input_of(facts, mark.kind);
      std::vector<Move>& moves = moves_.emplace_back();
      for (std::uint8_t s = 0; s < most_subjects; ++s) {
        if (inputs[s] != 0) moves.push_back({s, inputs[s]});
      }
    }
  }

  [[nodiscard]] unsigned states() const { return states_; }
  [[nodiscard]] unsigned accepting() const { return states_ - 1; }
  [[nodiscard]] const std::vector<Move>& moves(std::uint32_t set) const { return moves_[set]; }
  [[nodiscard]] unsigned next(unsigned state, unsigned input) const { return next_[input][state]; }
  /// 0: nothing of the conjunction.
  [[nodiscard]] unsigned input(std::uint32_t set, unsigned subject) const {
    for (const Move& move : moves_[set]) {
      if (move.subject == subject) return move.input;
    }
    return 0;
  }

 private:
  static std::uint8_t input_of(const Conjunction& facts, std::uint8_t kind) {
    unsigned input = 0;
    for (std::size_t i = 0; i < facts.size(); ++i) {
      if (facts[i].first == kind) input |= 1u << (2 * i);
      if (facts[i].later == kind) input |= 2u << (2 * i);
    }
    return static_cast<std::uint8_t>(input);
  }

  static std::uint8_t after(std::size_t facts, unsigned state, unsigned input) {
    unsigned result = 0;
    unsigned unit = 1;
    for (std::size_t i = 0; i < facts; ++i, unit *= 3, state /= 3) {
      unsigned seen = state % 3;
      // Later is in a later step.
      if (seen == 1 && (input >> (2 * i) & 2u) != 0) {
        seen = 2;
      } else if (seen == 0 && (input >> (2 * i) & 1u) != 0) {
        seen = 1;
      }
      result += seen * unit;
    }
    return static_cast<std::uint8_t>(result);
  }

  unsigned states_;
  std::array<std::array<std::uint8_t, 27>, 64> next_{};
  std::vector<std::vector<Move>> moves_;  // by set of marks
};

std::optional<Schedule> FactGraph::any_passing_with(const Conjunction& facts) const {
  const Automaton automaton(facts, marks_);
  limits_.check(graph_.state_count() * sizeof(std::uint32_t));
  for (unsigned subject = 0; subject < marks_.subjects(); ++subject) {
    // By state: a bit for each value of what was seen from which a passing end with all
    // facts can be reached.
    std::vector<std::uint32_t> can(graph_.state_count());
    for (std::size_t i = order_.size(); i-- > 0;) {
      const StateId state = order_[i];
      if (!can_pass_[state]) continue;
      if (judgements_[state].counts == Counts::passing) {
        can[state] = 1u << automaton.accepting();
      }
      const auto targets = graph_.targets(state);
      for (std::size_t e = 0; e < targets.size(); ++e) {
        const std::uint32_t there = can[targets[e]];
        if (there == 0) continue;
        const unsigned input =
            automaton.input(marks_.set_of(graph_.first_edge(state) + e), subject);
        if (input == 0) {
          can[state] |= there;
          continue;
        }
        for (unsigned q = 0; q < automaton.states(); ++q) {
          if ((there >> automaton.next(q, input) & 1u) != 0) can[state] |= 1u << q;
        }
      }
    }
    if ((can[0] & 1u) == 0) continue;
    Schedule schedule;
    StateId state = 0;
    for (unsigned q = 0; !graph_.targets(state).empty();) {
      for (std::size_t e = 0;; ++e) {
        const StateId target = graph_.targets(state)[e];
        const unsigned input =
            automaton.input(marks_.set_of(graph_.first_edge(state) + e), subject);
        const unsigned after = input == 0 ? q : automaton.next(q, input);
        if ((can[target] >> after & 1u) == 0) continue;
        schedule.push_back(graph_.choices(state)[e]);
        state = target;
        q = after;
        break;
      }
    }
    return schedule;
  }
  return std::nullopt;
}

std::optional<Schedule> FactGraph::shortest_exception(const Conjunction& facts,
                                                      Exception exception) const {
  constexpr std::uint32_t never = std::numeric_limits<std::uint32_t>::max();
  const Automaton automaton(facts, marks_);
  const unsigned states = automaton.states();
  limits_.check(std::size_t{graph_.state_count()} * states * sizeof(std::uint32_t));
  const bool passing = exception == Exception::passing_with;
  std::vector<std::uint8_t> subjects = failing_subjects();
  if (passing) {
    subjects.clear();
    for (unsigned s = 0; s < marks_.subjects(); ++s) {
      subjects.push_back(static_cast<std::uint8_t>(s));
    }
  }
  std::optional<Schedule> best;
  for (const std::uint8_t subject : subjects) {
    const std::vector<bool> wanted =
        passing ? ends_that(Counts::passing) : ends_that(Counts::failing, subject);
    std::vector<std::uint32_t> steps(std::size_t{graph_.state_count()} * states, never);
    const auto at = [&](StateId state, unsigned q) -> std::uint32_t& {
      return steps[std::size_t{state} * states + q];
    };
    const auto by_edge = [&](StateId state, std::size_t e, unsigned q) {
      const unsigned input = automaton.input(marks_.set_of(graph_.first_edge(state) + e), subject);
      const std::uint32_t rest =
          at(graph_.targets(state)[e], input == 0 ? q : automaton.next(q, input));
      return rest == never ? never : rest + 1;
    };
    for (std::size_t i = order_.size(); i-- > 0;) {
      const StateId state = order_[i];
      for (unsigned q = 0; q < states; ++q) {
        if (wanted[state] && (q == automaton.accepting()) == passing) at(state, q) = 0;
        for (std::size_t e = 0; e < graph_.targets(state).size(); ++e) {
          at(state, q) = std::min(at(state, q), by_edge(state, e, q));
        }
      }
    }
    if (at(0, 0) == never || (best && best->size() < at(0, 0))) continue;
    Schedule shortest;
    StateId state = 0;
    for (unsigned q = 0; at(state, q) != 0;) {
      std::size_t e = 0;
      while (by_edge(state, e, q) != at(state, q)) ++e;
      const unsigned input = automaton.input(marks_.set_of(graph_.first_edge(state) + e), subject);
      shortest.push_back(graph_.choices(state)[e]);
      if (input != 0) q = automaton.next(q, input);
      state = graph_.targets(state)[e];
    }
    if (!best || shortest.size() < best->size() || is_less(shortest, *best)) best = shortest;
  }
  return best;
}

std::pair<BigInt, BigInt> FactGraph::count_paths(const Automaton& automaton,
                                                 const std::vector<bool>& wanted,
                                                 std::uint32_t subjects) const {
  // What was seen, five bits for each subject. A path that has the conjunction of one
  // subject keeps it.
  using Seen = std::uint64_t;
  constexpr Seen has_it = ~Seen{0};
  const auto after = [&](Seen seen, std::uint32_t set) {
    for (const auto& [subject, input] : automaton.moves(set)) {
      if (seen == has_it || (subjects >> subject & 1u) == 0) continue;
      const unsigned shift = 5u * subject;
      const auto before = static_cast<unsigned>(seen >> shift & 31u);
      const unsigned now = automaton.next(before, input);
      seen ^= Seen{before ^ now} << shift;
      if (now == automaton.accepting()) seen = has_it;
    }
    return seen;
  };
  const std::vector<bool> matters = reaching(wanted);
  std::pair<BigInt, BigInt> result;
  with_enough_bits([&](auto zero) {
    using Count = decltype(zero);
    result = {};
    std::vector<std::map<Seen, Count>> paths(graph_.state_count());
    constexpr std::uint64_t node = sizeof(Count) + 48;  // of a map, about
    std::uint64_t held = paths.size() * sizeof paths.front();
    paths[order_.front()].emplace(Seen{0}, Count(1));
    for (std::size_t i = 0; i < order_.size(); ++i) {
      if (i % 4096 == 0) limits_.check(held);
      const StateId state = order_[i];
      const auto here = std::move(paths[state]);
      paths[state] = {};
      held -= std::min<std::uint64_t>(held, here.size() * node);
      if (!matters[state]) continue;
      if (wanted[state]) {
        for (const auto& [seen, count] : here) {
          (seen == has_it ? result.first : result.second) += BigInt(count);
        }
      }
      const auto targets = graph_.targets(state);
      for (std::size_t e = 0; e < targets.size(); ++e) {
        if (!matters[targets[e]]) continue;
        const std::uint32_t set = marks_.set_of(graph_.first_edge(state) + e);
        auto& there = paths[targets[e]];
        for (const auto& [seen, count] : here) {
          const auto [entry, is_new] = there.try_emplace(after(seen, set), count);
          if (is_new) {
            held += node;
          } else {
            entry->second += count;
          }
        }
      }
    }
  });
  return result;
}

FactCounts FactGraph::count(const Conjunction& facts) const {
  const Automaton automaton(facts, marks_);
  FactCounts counts;
  for (const std::uint8_t subject : failing_subjects()) {
    const auto [with, without] =
        count_paths(automaton, ends_that(Counts::failing, subject), 1u << subject);
    counts.failing_with += with;
    counts.failing_without += without;
  }
  std::tie(counts.passing_with, counts.passing_without) =
      count_paths(automaton, ends_that(Counts::passing), (1u << most_subjects) - 1);
  return counts;
}

}  // namespace sim
