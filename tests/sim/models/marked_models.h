// SPDX-License-Identifier: MIT
//
// Random models whose steps are about something, and all their paths, one by one.
//
// A step of a program is about the variable it accesses. What it does to it, and who
// does it, is its kind; a step that reads and writes is of two kinds at once. Facts are
// evaluated on each path from their definition, without automata and without a graph.
//
// In random programs failures seldom hang on two facts. OrderedSteps fail by definition
// if, and only if, a conjunction holds that is drawn with them.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "sim/facts/ordering_facts.h"
#include "sim/search/explorer.h"
#include "tests/sim/models/random_models.h"

namespace marked {

using Model = textbook::RandomProgram;
using State = Model::State;

inline std::vector<sim::Mark> marks_of(const Model& model, const State& state, sim::Choice choice) {
  const sim::Footprint access = model.footprint(state, choice.actor);
  std::vector<sim::Mark> marks;
  if ((access.reads | access.writes) == 0) return marks;
  const auto subject = static_cast<std::uint8_t>(std::countr_zero(access.reads | access.writes));
  const auto kind = static_cast<std::uint8_t>(2 * choice.actor);
  if (access.reads != 0) marks.push_back({subject, kind});
  if (access.writes != 0) marks.push_back({subject, static_cast<std::uint8_t>(kind + 1)});
  return marks;
}

/// Violations are about a variable, too.
inline sim::Judgement judge(sim::End end, std::uint8_t detail) {
  if (end == sim::End::rest) return {sim::Counts::passing, 0};
  if (end == sim::End::violation) {
    return {sim::Counts::failing, static_cast<std::uint8_t>(detail % 2)};
  }
  return {sim::Counts::apart, 0};
}

/// Threads of steps that only have marks; wrong if a hidden conjunction holds of some
/// subject. What a state knows of it, it needs to know how it will end.
class OrderedSteps : public textbook::Threads<4> {
 public:
  using Byte = textbook::Byte;
  static constexpr unsigned subjects = 2;
  struct State {
    std::array<Byte, 4> pc;
    std::array<std::array<Byte, sim::most_facts>, subjects> seen;  ///< 0, 1 or 2 of each fact
  };

  explicit OrderedSteps(sim::Random& random) {
    const unsigned threads = 2 + random.below(2);
    for (unsigned t = 0; t < threads; ++t) {
      std::vector<sim::Mark>& steps = steps_.emplace_back();
      for (unsigned n = 1 + random.below(threads == 2 ? 5 : 3); n > 0; --n) {
        // Most are about the same thing, or nothing would be in order.
        steps.push_back({byte(random.below(4) / 3), byte(2 * t + random.below(2))});
      }
    }
    for (unsigned n = 1 + random.below(sim::most_facts); n > 0; --n) {
      const unsigned first = random.below(threads);
      const unsigned later = (first + 1 + random.below(threads - 1)) % threads;
      hidden_.push_back({any_kind_of(first, random), any_kind_of(later, random)});
    }
  }

  [[nodiscard]] unsigned actor_count() const { return static_cast<unsigned>(steps_.size()); }
  [[nodiscard]] State initial() const { return {}; }
  [[nodiscard]] sim::ActorSet enabled(const State& s) const {
    sim::ActorSet set;
    for (unsigned t = 0; t < actor_count(); ++t) {
      if (s.pc[t] < steps_[t].size()) set.insert(t);
    }
    return set;
  }
  [[nodiscard]] sim::Mark next(const State& s, sim::ActorId t) const { return steps_[t][s.pc[t]]; }
  template <class Sink>
  void step(State& s, sim::Choice choice, Sink& /*sink*/) const {
    const sim::Mark mark = next(s, choice.actor);
    ++s.pc[choice.actor];
    for (std::size_t i = 0; i < hidden_.size(); ++i) {
      Byte& seen = s.seen[mark.subject][i];
      if (seen == 1 && hidden_[i].later == mark.kind) {
        seen = 2;
      } else if (seen == 0 && hidden_[i].first == mark.kind) {
        seen = 1;
      }
    }
  }
  [[nodiscard]] sim::End end_when_blocked(const State& s) const {
    return holds(s, 0) || holds(s, 1) ? sim::End::violation : sim::End::rest;
  }
  [[nodiscard]] Byte end_detail(const State& s) const { return holds(s, 0) ? 0 : 1; }

 private:
  static Byte byte(unsigned value) { return static_cast<Byte>(value); }
  [[nodiscard]] Byte any_kind_of(unsigned thread, sim::Random& random) const {
    const auto& steps = steps_[thread];
    return steps[random.below(static_cast<std::uint32_t>(steps.size()))].kind;
  }
  [[nodiscard]] bool holds(const State& s, unsigned subject) const {
    for (std::size_t i = 0; i < hidden_.size(); ++i) {
      if (s.seen[subject][i] != 2) return false;
    }
    return true;
  }

  std::vector<std::vector<sim::Mark>> steps_;
  sim::Conjunction hidden_;
};

inline std::vector<sim::Mark> marks_of(const OrderedSteps& model, const OrderedSteps::State& state,
                                       sim::Choice choice) {
  return {model.next(state, choice.actor)};
}

/// A path from beginning to end.
struct Path {
  sim::Schedule schedule;
  std::vector<std::vector<sim::Mark>> marks;
  sim::Judgement judged;

  /// From the definition: the step of a first kind, and a later one of a later kind.
  [[nodiscard]] std::optional<std::pair<std::size_t, std::size_t>> has(unsigned subject,
                                                                       sim::Fact fact) const {
    const auto is_marked = [&](std::size_t step, std::uint8_t kind) {
      const sim::Mark wanted{static_cast<std::uint8_t>(subject), kind};
      return std::find(marks[step].begin(), marks[step].end(), wanted) != marks[step].end();
    };
    for (std::size_t later = 0; later < marks.size(); ++later) {
      if (!is_marked(later, fact.later)) continue;
      for (std::size_t first = later; first-- > 0;) {
        if (is_marked(first, fact.first)) return std::pair(first, later);
      }
    }
    return std::nullopt;
  }
  [[nodiscard]] bool has(unsigned subject, const sim::Conjunction& facts) const {
    return std::all_of(facts.begin(), facts.end(),
                       [&](sim::Fact fact) { return has(subject, fact).has_value(); });
  }
  /// A failing one has it for what fails, another one for anything.
  [[nodiscard]] bool has(const sim::Conjunction& facts) const {
    if (judged.counts == sim::Counts::failing) return has(judged.subject, facts);
    for (unsigned subject = 0; subject < sim::most_subjects; ++subject) {
      if (has(subject, facts)) return true;
    }
    return false;
  }
};

/// All paths of a model, in order of their choices; nothing if there are more.
template <sim::Model M>
std::optional<std::vector<Path>> paths_of(const M& model, std::size_t most) {
  std::vector<Path> paths;
  Path now;
  const auto walk = [&](auto& self, const typename M::State& state) -> bool {
    std::optional<sim::End> end = model.stopped(state);
    const sim::ActorSet enabled = end ? sim::ActorSet{} : model.enabled(state);
    if (!end && enabled.empty()) end = model.end_when_blocked(state);
    if (end) {
      if (paths.size() == most) return false;
      paths.push_back(now);
      const bool has_detail = *end != sim::End::rest;
      paths.back().judged = judge(*end, has_detail ? model.end_detail(state) : std::uint8_t{0});
      return true;
    }
    for (const unsigned actor : enabled) {
      for (const unsigned outcome : model.outcomes(state, static_cast<sim::ActorId>(actor))) {
        const sim::Choice choice{static_cast<sim::ActorId>(actor),
                                 static_cast<sim::Outcome>(outcome)};
        typename M::State next = state;
        sim::NullSink sink;
        model.step(next, choice, sink);
        now.schedule.push_back(choice);
        now.marks.push_back(marks_of(model, state, choice));
        if (!self(self, next)) return false;
        now.schedule.pop_back();
        now.marks.pop_back();
      }
    }
    return true;
  };
  if (!walk(walk, model.initial())) return std::nullopt;
  return paths;
}

/// The same model as a graph with marks.
template <sim::Model M>
struct Graph {
  explicit Graph(const M& model) : search(sim::explore(model)) {
    order = std::get<sim::TopologicalOrder>(sim::topological_order(search.graph));
    for (sim::StateId s = 0; s < search.state_count(); ++s) {
      for (const sim::Choice choice : search.graph.choices(s)) {
        marks.add(marks_of(model, search.state(s), choice));
      }
    }
  }
  [[nodiscard]] sim::FactGraph facts() const {
    return {search.graph, order, marks,
            [](const sim::EndState& end) { return judge(end.end, end.detail); }, limits};
  }

  sim::Exploration<M> search;
  sim::TopologicalOrder order;
  sim::EdgeMarks marks;
  sim::Limits limits{};
};

/// All facts about the kinds that a graph has.
inline std::vector<sim::Fact> all_facts(unsigned kinds) {
  std::vector<sim::Fact> facts;
  for (unsigned a = 0; a < kinds; ++a) {
    for (unsigned b = 0; b < kinds; ++b) {
      facts.push_back({static_cast<std::uint8_t>(a), static_cast<std::uint8_t>(b)});
    }
  }
  return facts;
}

}  // namespace marked
