// SPDX-License-Identifier: MIT
//
// Guided by counterexamples: known passing interleavings refute, the rest is checked.
#include "sim/facts/fact_search.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <limits>
#include <numeric>
#include <set>
#include <tuple>

#include "sim/random.h"

namespace sim {
namespace {

/// Which known interleavings have a fact: a bit each.
class Column {
 public:
  void push_back(bool has) {
    if (size_ % 64 == 0) words_.push_back(0);
    if (has) words_.back() |= std::uint64_t{1} << size_ % 64;
    ++size_;
  }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::size_t count() const { return count_with(*this); }
  /// Of two columns of one size: interleavings that have both facts.
  [[nodiscard]] std::size_t count_with(const Column& other) const {
    std::size_t count = 0;
    for (std::size_t i = 0; i < words_.size(); ++i) {
      count += static_cast<std::size_t>(std::popcount(words_[i] & other.words_[i]));
    }
    return count;
  }
  [[nodiscard]] bool any_with(const Column& other) const {
    for (std::size_t i = 0; i < words_.size(); ++i) {
      if ((words_[i] & other.words_[i]) != 0) return true;
    }
    return false;
  }
  void become_both(const Column& a, const Column& b) {
    words_.resize(a.words_.size());
    for (std::size_t i = 0; i < words_.size(); ++i) words_[i] = a.words_[i] & b.words_[i];
    size_ = a.size_;
  }

 private:
  std::vector<std::uint64_t> words_;
  std::size_t size_ = 0;
};

/// Facts by their number, with what makes one conjunction better than another.
struct Candidate {
  std::array<std::uint16_t, most_facts> facts{};
  unsigned size = 0;
  std::size_t known = 0;     ///< interleavings known that have it, where that counts
  std::size_t complete = 0;  ///< step of the failing interleaving at which it has all
  unsigned distance = 0;
  std::size_t span = 0;

  [[nodiscard]] auto preference() const { return std::tuple(complete, distance, span, facts); }
};

class FactSearch {
 public:
  FactSearch(const FactGraph& graph, const FactQuestion& question)
      : graph_(graph), question_(question), random_(1) {
    possible_when_passing_ = graph.possible_when_passing();
    for (const Fact fact : graph.facts_of(question.failing).at(question.subject).list()) {
      const bool has_order = possible_when_passing_.contains({fact.later, fact.first});
      if (has_order && question.may_be_told(fact)) facts_.push_back(fact);
    }
    assert(facts_.size() < std::numeric_limits<std::uint16_t>::max());
    passing_.resize(facts_.size());
    failing_.resize(facts_.size());
    for (const Fact fact : facts_) {
      distances_.push_back(question.distance(fact));
      places_.push_back(place_of(graph, question.failing, question.subject, fact).value());
    }
    const FactSet necessary = graph.necessary();
    for (std::size_t f = 0; f < facts_.size(); ++f) {
      if (necessary.contains(facts_[f])) necessary_.push_back(static_cast<std::uint16_t>(f));
    }
  }

  FactAnswer run() {
    answer_.candidates = facts_.size();
    std::tie(answer_.failing, answer_.passing) = graph_.count_all();
    answer_.necessary = necessary_.size();
    walk_at_random();
    for (unsigned size = 1; size <= most_facts && answer_.deciding_count == 0; ++size) {
      find_deciding(size);
    }
    if (answer_.deciding_count == 0) {
      find_best_necessary();
      find_best_sufficient();
    }
    return std::move(answer_);
  }

 private:
  // --- What is known ---

  /// A walk through states that may_go accepts, and, while possible, that prefer
  /// accepts.
  template <class MayGo, class Prefer>
  [[nodiscard]] Schedule walk(MayGo may_go, Prefer prefer) {
    const StateGraph& graph = graph_.graph();
    Schedule schedule;
    for (StateId state = 0; !graph.targets(state).empty();) {
      std::vector<std::size_t> good;
      std::vector<std::size_t> preferred;
      for (std::size_t e = 0; e < graph.targets(state).size(); ++e) {
        const StateId target = graph.targets(state)[e];
        if (!may_go(target)) continue;
        good.push_back(e);
        if (prefer(target)) preferred.push_back(e);
      }
      const std::vector<std::size_t>& among = preferred.empty() ? good : preferred;
      const std::size_t e = among[random_.below(static_cast<std::uint32_t>(among.size()))];
      schedule.push_back(graph.choices(state)[e]);
      state = graph.targets(state)[e];
    }
    return schedule;
  }

  void walk_at_random() {
    constexpr unsigned walks = 200;
    const auto can_pass = [this](StateId s) { return graph_.can_pass(s); };
    const auto can_fail = [this](StateId s) { return graph_.can_fail(s); };
    for (unsigned i = 0; i < walks && can_pass(0); ++i) {
      graph_.limits().check(0);
      // On every other walk failure stays possible as long as it can.
      add_passing(walk(can_pass, [&](StateId s) { return i % 2 == 0 || can_fail(s); }));
    }
    for (unsigned i = 0; i < walks; ++i) add_failing(walk(can_fail, can_fail));
  }

  /// Adds the facts that an interleaving has for a subject; if `only_new`, not those
  /// already known.
  void add(const FactSet& facts, std::vector<Column>& columns, bool only_new) {
    std::vector<bool> row;
    for (const Fact fact : facts_) row.push_back(facts.contains(fact));
    if (only_new && !rows_.insert(row).second) return;
    for (std::size_t f = 0; f < facts_.size(); ++f) columns[f].push_back(row[f]);
  }
  void add_passing(const Schedule& schedule) {
    for (const FactSet& facts : graph_.facts_of(schedule)) add(facts, passing_, true);
  }
  void add_failing(const Schedule& schedule) {
    StateId state = 0;
    for (const Choice choice : schedule) state = graph_.graph().after(state, choice);
    add(graph_.facts_of(schedule).at(graph_.judgement(state).subject), failing_, false);
  }

  /// Whether some known passing interleaving has all the facts.
  [[nodiscard]] bool is_refuted(const Candidate& candidate) const {
    const auto& [a, b, c] = candidate.facts;
    if (candidate.size == 1) return possible_when_passing_.contains(facts_[a]);
    if (candidate.size == 2) return passing_[a].any_with(passing_[b]);
    Column both;
    both.become_both(passing_[a], passing_[b]);
    return both.any_with(passing_[c]);
  }
  [[nodiscard]] Conjunction facts_of(const Candidate& candidate) const {
    Conjunction facts;
    for (unsigned i = 0; i < candidate.size; ++i) facts.push_back(facts_[candidate.facts[i]]);
    return facts;
  }
  /// Checks exactly; an interleaving that passes nevertheless is known from then on.
  [[nodiscard]] bool is_sufficient(const Candidate& candidate) {
    if (is_refuted(candidate)) return false;
    if (candidate.size == 1) return true;
    ++answer_.exact_checks;
    const auto passing = graph_.any_passing_with(facts_of(candidate));
    if (passing) add_passing(*passing);
    assert(!passing || is_refuted(candidate));
    return !passing;
  }

  // --- Candidates ---

  /// Calls `visit(candidate, all but the last, the last)` with every set of so many facts
  /// of the pool, and which interleavings have them in `columns`.
  template <class Visit>
  void for_each_set(const std::vector<std::uint16_t>& pool, unsigned size,
                    const std::vector<Column>& columns, Visit visit) const {
    Candidate candidate;
    candidate.size = size;
    std::array<Column, most_facts> both;  // of the facts so far
    const auto choose = [&](auto& self, unsigned depth, std::size_t from) -> void {
      for (std::size_t i = from; i < pool.size(); ++i) {
        if (depth == 0) graph_.limits().check(0);
        candidate.facts[depth] = pool[i];
        const Column& last = columns[pool[i]];
        if (depth + 1 == size) {
          visit(candidate, depth == 0 ? last : both[depth - 1], last);
          continue;
        }
        both[depth].become_both(depth == 0 ? last : both[depth - 1], last);
        self(self, depth + 1, i + 1);
      }
    };
    choose(choose, 0, 0);
  }

  void rate(Candidate& candidate) const {
    candidate.complete = 0;
    candidate.distance = 0;
    candidate.span = 0;
    for (unsigned i = 0; i < candidate.size; ++i) {
      const FactPlace& place = places_[candidate.facts[i]];
      candidate.complete = std::max(candidate.complete, place.later);
      candidate.distance += distances_[candidate.facts[i]];
      candidate.span += place.later - place.first;
    }
  }

  [[nodiscard]] CountedFacts counted(const Candidate& candidate) const {
    CountedFacts result;
    Candidate told = candidate;  // in the order in which they come about
    std::sort(told.facts.begin(), told.facts.begin() + told.size,
              [this](std::uint16_t a, std::uint16_t b) {
                return std::tuple(places_[a].later, a) < std::tuple(places_[b].later, b);
              });
    result.facts = facts_of(told);
    result.counts = graph_.count(result.facts);
    using Exception = FactGraph::Exception;
    if (result.counts.passing_with != 0) {
      result.passing_with = graph_.shortest_exception(result.facts, Exception::passing_with);
    }
    if (result.counts.failing_without != 0) {
      result.failing_without = graph_.shortest_exception(result.facts, Exception::failing_without);
    }
    return result;
  }

  // --- The three questions ---

  void find_deciding(unsigned size) {
    std::vector<Candidate> left;
    for_each_set(necessary_, size, passing_, [&](Candidate candidate, auto& others, auto& last) {
      if (size == 1 ? is_refuted(candidate) : others.any_with(last)) return;
      rate(candidate);
      left.push_back(candidate);
    });
    std::sort(left.begin(), left.end(), [](const Candidate& a, const Candidate& b) {
      return a.preference() < b.preference();
    });
    for (const Candidate& candidate : left) {
      graph_.limits().check(left.size() * sizeof(Candidate));
      if (!is_sufficient(candidate)) continue;
      ++answer_.deciding_count;
      if (answer_.deciding.size() < question_.most_shown) {
        answer_.deciding.push_back(counted(candidate));
      }
    }
  }

  /// The first few in an order, `better` first.
  template <class Better>
  static void keep_best(std::vector<Candidate>& kept, const Candidate& candidate, std::size_t most,
                        Better better) {
    if (kept.size() == most && !better(candidate, kept.back())) return;
    kept.insert(std::upper_bound(kept.begin(), kept.end(), candidate, better), candidate);
    if (kept.size() > most) kept.pop_back();
  }

  void find_best_necessary() {
    constexpr std::size_t most_counted = 4;
    const auto better = [](const Candidate& a, const Candidate& b) {
      return std::tuple(a.known, a.preference()) < std::tuple(b.known, b.preference());
    };
    std::vector<Candidate> best;
    const auto size = static_cast<unsigned>(std::min<std::size_t>(most_facts, necessary_.size()));
    if (size == 0) return;
    for_each_set(necessary_, size, passing_, [&](Candidate candidate, auto& others, auto& last) {
      candidate.known = others.count_with(last);
      if (best.size() == most_counted && candidate.known > best.back().known) return;
      rate(candidate);
      keep_best(best, candidate, most_counted, better);
    });
    std::vector<std::pair<BigInt, Candidate>> rated;
    for (const Candidate& candidate : best) {
      rated.emplace_back(graph_.count(facts_of(candidate)).passing_with, candidate);
    }
    auto least = *std::min_element(rated.begin(), rated.end(),
                                   [](const auto& a, const auto& b) { return a.first < b.first; });
    answer_.best_necessary.push_back(counted(without_idle(least.second, least.first)));
  }

  /// Facts that exclude nothing are left out.
  [[nodiscard]] Candidate without_idle(Candidate candidate, const BigInt& passing_with) const {
    for (unsigned i = 0; i < candidate.size && candidate.size > 1;) {
      Candidate fewer = candidate;
      std::copy(candidate.facts.begin() + i + 1, candidate.facts.end(), fewer.facts.begin() + i);
      --fewer.size;
      if (graph_.count(facts_of(fewer)).passing_with == passing_with) {
        candidate = fewer;
      } else {
        ++i;
      }
    }
    return candidate;
  }

  void find_best_sufficient() {
    // A conjunction of facts that few failing interleavings have does not explain many.
    constexpr std::size_t most_pool = 120;
    std::vector<std::uint16_t> pool(facts_.size());
    std::iota(pool.begin(), pool.end(), std::uint16_t{0});
    std::stable_sort(pool.begin(), pool.end(), [this](std::uint16_t a, std::uint16_t b) {
      return failing_[a].count() > failing_[b].count();
    });
    pool.resize(std::min(pool.size(), most_pool));
    std::sort(pool.begin(), pool.end());
    const auto better = [](const Candidate& a, const Candidate& b) {
      return std::tuple(b.known, a.preference()) < std::tuple(a.known, b.preference());
    };
    std::optional<CountedFacts> best;
    for (unsigned size = 1; size <= most_facts; ++size) {
      std::vector<Candidate> left;
      for_each_set(pool, size, failing_, [&](Candidate candidate, auto& others, auto& last) {
        candidate.known = others.count_with(last);
        if (candidate.known == 0 || is_refuted(candidate)) return;
        rate(candidate);
        left.push_back(candidate);
      });
      std::sort(left.begin(), left.end(), better);
      for (const Candidate& candidate : left) {
        graph_.limits().check(left.size() * sizeof(Candidate));
        if (!is_sufficient(candidate)) continue;
        CountedFacts found = counted(candidate);
        if (!best || found.counts.failing_with > best->counts.failing_with) best = std::move(found);
        break;
      }
    }
    if (best) answer_.best_sufficient.push_back(std::move(*best));
  }

  const FactGraph& graph_;
  const FactQuestion& question_;
  Random random_;
  std::vector<Fact> facts_;  // of the failing interleaving; numbered below
  std::vector<unsigned> distances_;
  std::vector<FactPlace> places_;  // in the failing interleaving
  std::vector<std::uint16_t> necessary_;
  FactSet possible_when_passing_;
  std::vector<Column> passing_;  // by fact
  std::vector<Column> failing_;
  std::set<std::vector<bool>> rows_;  // of passing_
  FactAnswer answer_;
};

}  // namespace

std::optional<FactPlace> place_of(const FactGraph& graph, const Schedule& schedule,
                                  std::uint8_t subject, Fact fact) {
  const StateGraph& states = graph.graph();
  std::optional<std::size_t> first;
  StateId state = 0;
  for (std::size_t i = 0; i < schedule.size(); ++i) {
    const std::size_t edge = states.edge_by(state, schedule[i]).value();
    const auto is_marked = [&](std::uint8_t kind) {
      const auto marks = graph.marks().of(states.first_edge(state) + edge);
      return std::find(marks.begin(), marks.end(), Mark{subject, kind}) != marks.end();
    };
    if (first && is_marked(fact.later)) return FactPlace{*first, i};
    if (is_marked(fact.first)) first = i;
    state = states.targets(state)[edge];
  }
  return std::nullopt;
}

FactAnswer search_facts(const FactGraph& graph, const FactQuestion& question) {
  return FactSearch(graph, question).run();
}

}  // namespace sim
