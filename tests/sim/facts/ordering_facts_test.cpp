// SPDX-License-Identifier: MIT
//
// Facts over all interleavings: by hand on a small race, and against an enumeration of
// all paths of random models.
#include "sim/facts/ordering_facts.h"

#include <catch2/catch.hpp>

#include "sim/facts/fact_search.h"
#include "tests/sim/models/marked_models.h"

namespace {

using marked::Path;
using sim::BigInt;
using sim::Conjunction;
using sim::Counts;
using sim::Fact;
using sim::FactGraph;
using sim::Mark;
using sim::Schedule;

constexpr std::size_t most_paths = 3000;

/// Calls `visit(model, paths)` with random models that are small enough.
template <class Visit>
void for_each_model(std::uint64_t seed, unsigned models, Visit visit) {
  textbook::ProgramGenerator generator(seed);
  for (unsigned i = 0; i < models; ++i) {
    const marked::Model model = generator.next();
    if (const auto paths = marked::paths_of(model, most_paths)) visit(model, *paths);
  }
}

sim::FactCounts counted(const std::vector<Path>& paths, const Conjunction& facts) {
  sim::FactCounts counts;
  for (const Path& path : paths) {
    if (path.judged.counts == Counts::apart) continue;
    const bool fails = path.judged.counts == Counts::failing;
    BigInt& count = path.has(facts) ? (fails ? counts.failing_with : counts.passing_with)
                                    : (fails ? counts.failing_without : counts.passing_without);
    ++count;
  }
  return counts;
}

/// The shortest path that is an exception, the first of these in order of choices.
std::optional<Schedule> exception_of(const std::vector<Path>& paths, const Conjunction& facts,
                                     Counts counts, bool with) {
  const Path* best = nullptr;
  for (const Path& path : paths) {
    if (path.judged.counts != counts || path.has(facts) != with) continue;
    if (best == nullptr || path.schedule.size() < best->schedule.size()) best = &path;
  }
  if (best == nullptr) return std::nullopt;
  return best->schedule;
}

}  // namespace

TEST_CASE("a fact takes two steps, in that order, of one subject") {
  // One actor: A of subject 0; A and B of subject 1 at once; B of subject 0; B of 1.
  sim::StateGraph graph;
  graph.set_state_count(5);
  sim::EdgeMarks marks;
  constexpr std::uint8_t a = 0;
  constexpr std::uint8_t b = 1;
  const std::vector<std::vector<Mark>> steps{{{0, a}}, {{1, a}, {1, b}}, {{0, b}}, {{1, b}}};
  for (sim::StateId s = 0; s < 4; ++s) {
    const std::array<sim::StateId, 1> target{s + 1};
    const std::array<sim::Choice, 1> choice{sim::Choice{0, 0}};
    graph.add_edges(target, choice);
    marks.add(steps[s]);
  }
  graph.add_edges({}, {});
  graph.add_end({4, sim::End::violation, 1});
  const auto order = std::get<sim::TopologicalOrder>(sim::topological_order(graph));
  const sim::Limits limits;
  const auto fails_of = [](std::uint8_t subject) {
    return [subject](const sim::EndState&) { return sim::Judgement{Counts::failing, subject}; };
  };
  const FactGraph of_0(graph, order, marks, fails_of(0), limits);
  CHECK(of_0.necessary().list() == std::vector<Fact>{{a, b}});
  // Both kinds in one step: no order between them. The later B makes two facts.
  const FactGraph of_1(graph, order, marks, fails_of(1), limits);
  CHECK(of_1.necessary().list() == std::vector<Fact>{{a, b}, {b, b}});
  CHECK(of_0.count({{b, b}}) == sim::FactCounts{0, 1, 0, 0});
  CHECK(of_1.count({{b, b}, {a, b}}) == sim::FactCounts{1, 0, 0, 0});
  const auto facts = of_0.facts_of({{0, 0}, {0, 0}, {0, 0}, {0, 0}});
  CHECK(facts.at(0).list() == std::vector<Fact>{{a, b}});
  CHECK(facts.at(1).list() == std::vector<Fact>{{a, b}, {b, b}});
}

TEST_CASE("necessary and possible facts are those of the paths") {
  unsigned with_failures = 0;
  unsigned with_partial = 0;  // some facts necessary, and not all
  for_each_model(1, 300, [&](const marked::Model& model, const std::vector<Path>& paths) {
    const marked::Graph graph(model);
    const FactGraph facts = graph.facts();
    const sim::FactSet necessary = facts.necessary();
    const sim::FactSet possible = facts.possible_when_passing();
    std::size_t count = 0;
    for (const Fact fact : marked::all_facts(graph.marks.kinds())) {
      const sim::FactCounts counts = counted(paths, {fact});
      INFO(int(fact.first) << " then " << int(fact.later));
      REQUIRE(necessary.contains(fact) == (counts.failing_without == 0));
      REQUIRE(possible.contains(fact) == (counts.passing_with != 0));
      if (counts.failing_without == 0) ++count;
    }
    const bool fails = std::any_of(paths.begin(), paths.end(), [](const Path& path) {
      return path.judged.counts == Counts::failing;
    });
    if (fails) ++with_failures;
    if (fails && count > 0 && count < graph.marks.kinds() * graph.marks.kinds()) ++with_partial;
  });
  CHECK(with_failures > 50);
  CHECK(with_partial > 30);
}

TEST_CASE("interleavings with a conjunction are counted, and the shortest exceptions found") {
  std::array<unsigned, 4> occurs{};  // of the four counts
  sim::Random random(5);
  for_each_model(2, 300, [&](const marked::Model& model, const std::vector<Path>& paths) {
    const marked::Graph graph(model);
    const FactGraph facts = graph.facts();
    const std::vector<Fact> all = marked::all_facts(graph.marks.kinds());
    if (all.empty()) return;
    for (unsigned i = 0; i < 12; ++i) {
      Conjunction conjunction;
      for (unsigned n = 0; n < 1 + i % 3; ++n) {
        conjunction.push_back(all[random.below(static_cast<std::uint32_t>(all.size()))]);
      }
      const sim::FactCounts expected = counted(paths, conjunction);
      REQUIRE(facts.count(conjunction) == expected);
      occurs[0] += expected.failing_with != 0;
      occurs[1] += expected.failing_without != 0;
      occurs[2] += expected.passing_with != 0;
      occurs[3] += expected.passing_without != 0;
      using Exception = FactGraph::Exception;
      REQUIRE(facts.shortest_exception(conjunction, Exception::passing_with) ==
              exception_of(paths, conjunction, Counts::passing, true));
      REQUIRE(facts.shortest_exception(conjunction, Exception::failing_without) ==
              exception_of(paths, conjunction, Counts::failing, false));
      const auto any = facts.any_passing_with(conjunction);
      REQUIRE(any.has_value() == (expected.passing_with != 0));
      if (!any) continue;
      const auto path = std::find_if(paths.begin(), paths.end(),
                                     [&](const Path& p) { return p.schedule == *any; });
      REQUIRE(path != paths.end());
      REQUIRE(path->judged.counts == Counts::passing);
      REQUIRE(path->has(conjunction));
    }
  });
  for (const unsigned count : occurs) CHECK(count > 100);
}

TEST_CASE("counts beyond a fixed size, and none where a limit ends them") {
  // 300 diamonds, then a race of A and B: 2^300 paths each way.
  sim::StateGraph graph;
  sim::EdgeMarks marks;
  constexpr sim::StateId diamonds = 300;
  graph.set_state_count(3 * diamonds + 5);
  const auto add = [&](std::vector<sim::StateId> targets, std::vector<std::vector<Mark>> of_edges) {
    std::vector<sim::Choice> choices;
    for (std::size_t i = 0; i < targets.size(); ++i) {
      choices.push_back({static_cast<sim::ActorId>(i), 0});
      marks.add(of_edges[i]);
    }
    graph.add_edges(targets, choices);
  };
  for (sim::StateId i = 0; i < diamonds; ++i) {
    const sim::StateId base = 3 * i;
    add({base + 1, base + 2}, {{}, {}});
    add({base + 3}, {{}});
    add({base + 3}, {{}});
  }
  const sim::StateId race = 3 * diamonds;
  add({race + 1, race + 2}, {{{0, 0}}, {{0, 1}}});
  add({race + 3}, {{{0, 1}}});
  add({race + 4}, {{{0, 0}}});
  add({}, {});
  add({}, {});
  graph.add_end({race + 3, sim::End::violation, 1});
  graph.add_end({race + 4, sim::End::rest, 0});
  const auto order = std::get<sim::TopologicalOrder>(sim::topological_order(graph));
  const sim::Judge judge = [](const sim::EndState& end) {
    return sim::Judgement{end.end == sim::End::rest ? Counts::passing : Counts::failing, 0};
  };
  const sim::Limits limits;
  const FactGraph facts(graph, order, marks, judge, limits);
  const BigInt half = BigInt(1) << diamonds;
  CHECK(facts.count({{0, 1}}) == sim::FactCounts{half, 0, 0, half});
  CHECK(facts.count({{1, 0}}) == sim::FactCounts{0, half, half, 0});

  const sim::Limits stopped{.ask = [] { return sim::Bound::time; }};
  const FactGraph late(graph, order, marks, judge, limits);
  CHECK_NOTHROW(late.necessary());
  CHECK_THROWS_AS(FactGraph(graph, order, marks, judge, stopped), sim::Stopped);
  bool may = true;
  const sim::Limits later{.ask = [&may] { return may ? sim::Bound::none : sim::Bound::time; }};
  const FactGraph then(graph, order, marks, judge, later);
  may = false;
  CHECK_THROWS_AS(then.necessary(), sim::Stopped);
  CHECK_THROWS_AS(then.count({{0, 1}}), sim::Stopped);
  CHECK_THROWS_AS(then.any_passing_with({{0, 1}}), sim::Stopped);
}

namespace {

/// The search, from the definitions.
struct Reference {
  const std::vector<Path>& paths;
  const Path& failing;
  std::vector<Fact> candidates{};

  Reference(const std::vector<Path>& all, const Path& one, unsigned kinds,
            const std::function<bool(Fact)>& may_be_told)
      : paths(all), failing(one) {
    for (const Fact fact : marked::all_facts(kinds)) {
      const bool has_order = counted(paths, {{fact.later, fact.first}}).passing_with != 0;
      if (has_order && may_be_told(fact) && failing.has(failing.judged.subject, fact)) {
        candidates.push_back(fact);
      }
    }
  }

  /// Conjunctions of so many facts that are necessary and sufficient.
  [[nodiscard]] std::set<Conjunction> deciding(unsigned size) const {
    std::set<Conjunction> result;
    Conjunction now;
    const auto choose = [&](auto& self, std::size_t from) -> void {
      if (now.size() == size) {
        const sim::FactCounts counts = counted(paths, now);
        if (counts.failing_without == 0 && counts.passing_with == 0) result.insert(now);
        return;
      }
      for (std::size_t i = from; i < candidates.size(); ++i) {
        now.push_back(candidates[i]);
        self(self, i + 1);
        now.pop_back();
      }
    };
    choose(choose, 0);
    return result;
  }

  /// The step at which the failing one has them all, and what they are away from.
  [[nodiscard]] std::pair<std::size_t, unsigned> preference(
      const Conjunction& facts, const std::function<unsigned(Fact)>& distance) const {
    std::pair<std::size_t, unsigned> result;
    for (const Fact fact : facts) {
      result.first = std::max(result.first, failing.has(failing.judged.subject, fact)->second);
      result.second += distance(fact);
    }
    return result;
  }
};

}  // namespace

namespace {

/// How often each kind of answer occurred.
struct Occurrences {
  std::array<unsigned, 4> by_size{};  ///< deciding of no, one, two, three facts
  unsigned best_necessary = 0;
  unsigned best_sufficient = 0;
};

/// The search on one model, against its paths.
template <class M>
void check_search(const M& model, const std::vector<Path>& paths, Occurrences& occurs) {
  const auto failing = std::find_if(paths.begin(), paths.end(), [](const Path& path) {
    return path.judged.counts == Counts::failing;
  });
  if (failing == paths.end() || paths.size() > 600) return;
  const marked::Graph graph(model);
  sim::FactQuestion question;
  question.failing = failing->schedule;
  question.subject = failing->judged.subject;
  question.may_be_told = [](Fact fact) { return fact.first / 2 != fact.later / 2; };
  // Against the order of threads, which is that of the first failing path.
  question.distance = [](Fact fact) { return 100u - fact.first - 2u * fact.later; };
  const sim::FactAnswer answer = sim::search_facts(graph.facts(), question);
  const Reference reference(paths, *failing, graph.marks.kinds(), question.may_be_told);
  REQUIRE(answer.candidates == reference.candidates.size());
  std::set<Conjunction> deciding;
  unsigned size = 0;
  while (size < sim::most_facts && deciding.empty()) deciding = reference.deciding(++size);
  REQUIRE(answer.deciding_count == deciding.size());
  ++occurs.by_size[deciding.empty() ? 0 : size];
  REQUIRE(answer.deciding.size() == std::min<std::size_t>(deciding.size(), question.most_shown));
  for (const sim::CountedFacts& found : answer.deciding) {
    Conjunction sorted = found.facts;
    std::sort(sorted.begin(), sorted.end());
    REQUIRE(deciding.count(sorted) == 1);
    REQUIRE(found.counts == counted(paths, found.facts));
    REQUIRE_FALSE(found.passing_with);
    REQUIRE_FALSE(found.failing_without);
  }
  if (!deciding.empty()) {
    auto least = reference.preference(*deciding.begin(), question.distance);
    for (const Conjunction& other : deciding) {
      least = std::min(least, reference.preference(other, question.distance));
    }
    REQUIRE(reference.preference(answer.deciding.front().facts, question.distance) == least);
  }
  REQUIRE(answer.deciding.empty() == deciding.empty());
  for (const sim::CountedFacts& found : answer.best_necessary) {
    ++occurs.best_necessary;
    REQUIRE(found.counts == counted(paths, found.facts));
    REQUIRE(found.counts.failing_without == 0);
    REQUIRE(found.passing_with == exception_of(paths, found.facts, Counts::passing, true));
  }
  for (const sim::CountedFacts& found : answer.best_sufficient) {
    ++occurs.best_sufficient;
    REQUIRE(found.counts == counted(paths, found.facts));
    REQUIRE(found.counts.passing_with == 0);
    REQUIRE(found.counts.failing_with != 0);
    REQUIRE(found.failing_without == exception_of(paths, found.facts, Counts::failing, false));
  }
}

}  // namespace

TEST_CASE("the search finds what enumeration finds, and nothing smaller exists") {
  Occurrences occurs;
  for_each_model(3, 400, [&](const marked::Model& model, const std::vector<Path>& paths) {
    check_search(model, paths, occurs);
  });
  sim::Random random(17);
  for (unsigned i = 0; i < 500; ++i) {
    const marked::OrderedSteps model(random);
    if (const auto paths = marked::paths_of(model, 600)) check_search(model, *paths, occurs);
  }
  INFO(occurs.by_size[0] << " " << occurs.by_size[1] << " " << occurs.by_size[2] << " "
                         << occurs.by_size[3] << " " << occurs.best_necessary << " "
                         << occurs.best_sufficient);
  CHECK(occurs.by_size[0] > 20);
  CHECK(occurs.by_size[1] > 100);
  CHECK(occurs.by_size[2] > 50);
  CHECK(occurs.by_size[3] > 5);
  CHECK(occurs.best_necessary > 2);
  CHECK(occurs.best_sufficient > 5);
}

namespace {

/// Two races, A with B and C with D; wrong if A and C come first, unless forty steps before
/// them have all turned out one way, of two. A random walk does not get there.
struct Needle : textbook::Threads<5> {
  static constexpr unsigned depth = 40;
  struct State {
    std::array<textbook::Byte, 5> pc;  ///< the last: steps that turned out that way
    textbook::Byte left_way;
    textbook::Byte a_first, c_first;
  };
  [[nodiscard]] static State initial() { return {}; }
  [[nodiscard]] static sim::ActorSet enabled(const State& s) {
    if (!s.left_way && s.pc[4] < depth) return sim::ActorSet::of(4);
    sim::ActorSet set;
    for (unsigned t = 0; t < 4; ++t) {
      if (s.pc[t] == 0) set.insert(t);
    }
    return set;
  }
  [[nodiscard]] static sim::OutcomeSet outcomes(const State&, sim::ActorId t) {
    return sim::OutcomeSet::from_bits(t == 4 ? 3u : 1u);
  }
  template <class Sink>
  static void step(State& s, sim::Choice choice, Sink&) {
    if (choice.actor == 4) {
      ++s.pc[4];
      if (choice.outcome == 0) {
        s.left_way = 1;
        s.pc[4] = 0;
      }
      return;
    }
    s.pc.at(choice.actor) = 1;
    if (choice.actor == 1) s.a_first = s.pc[0];
    if (choice.actor == 3) s.c_first = s.pc[2];
  }
  [[nodiscard]] static sim::End end_when_blocked(const State& s) {
    const bool wrong = s.left_way && s.a_first && s.c_first;
    return wrong ? sim::End::violation : sim::End::rest;
  }
  [[nodiscard]] static textbook::Byte end_detail(const State&) { return 0; }
};

std::vector<Mark> marks_of(const Needle&, const Needle::State&, sim::Choice choice) {
  if (choice.actor == 4) return {};
  return {{0, static_cast<std::uint8_t>(2 * choice.actor)}};
}

}  // namespace

TEST_CASE("what passes only in a way that no walk finds refutes all the same") {
  const Needle model;
  const marked::Graph<Needle> graph(model);
  sim::FactQuestion question;
  question.failing = {{4, 0}, {0, 0}, {1, 0}, {2, 0}, {3, 0}};
  question.may_be_told = [](Fact) { return true; };
  question.distance = [](Fact) { return 0u; };
  const sim::FactAnswer answer = sim::search_facts(graph.facts(), question);
  // "A before B, and C before D" is necessary, and it is sufficient but for that one way.
  CHECK(answer.deciding_count == 0);
  CHECK(answer.exact_checks > 0);
  REQUIRE(answer.best_necessary.size() == 1);
  const sim::CountedFacts& best = answer.best_necessary.front();
  CHECK(best.facts == Conjunction{{0, 2}, {4, 6}});
  // Of 24 orders of four steps six have both; forty ways to leave, one not to.
  CHECK(best.counts == sim::FactCounts{240, 0, 6, 40 * 18 + 18});
  REQUIRE(best.passing_with);
  CHECK(best.passing_with->size() == Needle::depth + 4);
}

namespace {

/// Thread 0 does A, thread 1 B and then C, and nobody gets in between those. It is wrong
/// that A comes first: "A before B" and "A before C" say the same.
struct TwoWays : textbook::Threads<2> {
  struct State {
    std::array<textbook::Byte, 2> pc;
    textbook::Byte a_first;
  };
  [[nodiscard]] static State initial() { return {}; }
  [[nodiscard]] static sim::ActorSet enabled(const State& s) {
    sim::ActorSet set;
    if (s.pc[0] == 0 && s.pc[1] != 1) set.insert(0);
    if (s.pc[1] < 2) set.insert(1);
    return set;
  }
  template <class Sink>
  static void step(State& s, sim::Choice choice, Sink&) {
    if (choice.actor == 0) s.a_first = s.pc[1] == 0;
    ++s.pc.at(choice.actor);
  }
  [[nodiscard]] static sim::End end_when_blocked(const State& s) {
    return s.a_first ? sim::End::violation : sim::End::rest;
  }
};

std::vector<Mark> marks_of(const TwoWays&, const TwoWays::State& state, sim::Choice choice) {
  return {{1, static_cast<std::uint8_t>(choice.actor == 0 ? 0 : 1 + state.pc[1])}};
}

}  // namespace

TEST_CASE("of facts that say the same the one that is complete first is preferred") {
  const TwoWays model;
  const marked::Graph<TwoWays> graph(model);
  sim::FactQuestion question;
  question.failing = {{0, 0}, {1, 0}, {1, 0}};
  question.subject = 1;
  question.may_be_told = [](Fact) { return true; };
  question.distance = [](Fact fact) { return fact.later == 1 ? 5u : 0u; };
  const sim::FactAnswer answer = sim::search_facts(graph.facts(), question);
  CHECK(answer.deciding_count == 2);
  REQUIRE(answer.deciding.size() == 2);
  CHECK(answer.deciding[0].facts == Conjunction{{0, 1}});
  CHECK(answer.deciding[1].facts == Conjunction{{0, 2}});
  CHECK(answer.failing == 1);
  CHECK(answer.passing == 1);
}
