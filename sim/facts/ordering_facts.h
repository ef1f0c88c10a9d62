// SPDX-License-Identifier: MIT
//
// Facts of the form "an A of the subject, later a B of the same subject", over all
// interleavings of a complete graph.
//
// Steps carry marks: the subject (a thing that steps are about) and the kind of the
// step. A fact is about two kinds and some subject. It is monotone, so an interleaving
// has seen one of three things of it: nothing, an A, or an A and then a B. A
// conjunction of facts about one subject is an automaton of at most 27 states, and
// every question about interleavings that have it is a question about the product of
// that automaton with the graph: the answer is exact, and no path is looked at. A
// failing interleaving has a conjunction if the subject of its failure has it, another
// interleaving has it if any subject has it.
#pragma once

#include <array>
#include <bitset>
#include <compare>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "sim/questions/topological_order.h"
#include "sim/schedule.h"
#include "sim/search/enough_bits.h"

namespace sim {

inline constexpr unsigned most_kinds = 128;
inline constexpr unsigned most_subjects = 12;
/// Facts of a conjunction.
inline constexpr unsigned most_facts = 3;

/// A step is of a kind, and about a subject.
struct Mark {
  std::uint8_t subject = 0;  ///< < most_subjects
  std::uint8_t kind = 0;     ///< < most_kinds
  friend auto operator<=>(const Mark&, const Mark&) = default;
};

/// The marks of every edge of a graph, each set of them stored once.
class EdgeMarks {
 public:
  /// Adds the marks of the next edge, in the graph's order of edges.
  void add(std::vector<Mark> marks);

  /// REQUIRES: edge < edge_count(). set_of is an index of sets().
  [[nodiscard]] std::span<const Mark> of(std::uint64_t edge) const {
    return sets_[set_of_edge_[edge]];
  }
  [[nodiscard]] std::uint32_t set_of(std::uint64_t edge) const { return set_of_edge_[edge]; }
  [[nodiscard]] const std::vector<std::vector<Mark>>& sets() const { return sets_; }
  /// Edges added.
  [[nodiscard]] std::uint64_t edge_count() const { return set_of_edge_.size(); }
  /// One more than the greatest kind that occurs, and than the greatest subject.
  [[nodiscard]] unsigned kinds() const { return kinds_; }
  [[nodiscard]] unsigned subjects() const { return subjects_; }
  [[nodiscard]] std::uint64_t memory() const {
    return set_of_edge_.capacity() * sizeof(std::uint32_t);
  }

 private:
  std::vector<std::uint32_t> set_of_edge_;
  std::vector<std::vector<Mark>> sets_;
  std::map<std::vector<Mark>, std::uint32_t> known_;
  unsigned kinds_ = 0;
  unsigned subjects_ = 0;
};

/// What an end counts as. Ends that count as `apart` (cut, or failing otherwise) show
/// nothing.
enum class Counts : std::uint8_t { passing, failing, apart };

/// What an end counts as, and the subject of its failure.
struct Judgement {
  Counts counts = Counts::apart;
  std::uint8_t subject = 0;  ///< of a failure
};
using Judge = std::function<Judgement(const EndState&)>;

/// An A, and in a later step a B, of the same subject.
struct Fact {
  std::uint8_t first = 0;
  std::uint8_t later = 0;
  friend auto operator<=>(const Fact&, const Fact&) = default;
};

/// Facts about the same subject, 1 to most_facts of them.
using Conjunction = std::vector<Fact>;

using KindSet = std::bitset<most_kinds>;

/// Facts by their later kind.
struct FactSet {
  std::vector<KindSet> firsts;
  /// REQUIRES: both kinds are < firsts.size().
  [[nodiscard]] bool contains(Fact fact) const { return firsts[fact.later][fact.first]; }
  /// All, ascending.
  [[nodiscard]] std::vector<Fact> list() const;
};

/// Interleavings with and without a conjunction.
struct FactCounts {
  BigInt failing_with;
  BigInt failing_without;
  BigInt passing_with;
  BigInt passing_without;
  friend bool operator==(const FactCounts&, const FactCounts&) = default;
};

/// A complete graph with marks. What it is made from must outlive it. Thread-safe.
class FactGraph {
 public:
  /// REQUIRES: graph.complete(); `marks` has all its edges; the ends that can be
  /// reached have at most most_subjects subjects.
  FactGraph(const StateGraph& graph, const TopologicalOrder& order, const EdgeMarks& marks,
            const Judge& judge, const Limits& limits);

  [[nodiscard]] const StateGraph& graph() const { return graph_; }
  [[nodiscard]] const EdgeMarks& marks() const { return marks_; }
  [[nodiscard]] const Limits& limits() const { return limits_; }

  /// Facts that every failing interleaving has; if none fails, all facts there are.
  /// Throws Stopped, as do all functions below.
  [[nodiscard]] FactSet necessary() const;
  /// Facts that some passing interleaving has.
  [[nodiscard]] FactSet possible_when_passing() const;

  /// A passing interleaving that has the conjunction, the first one that is found.
  /// Nothing if there is none: then the conjunction is sufficient.
  [[nodiscard]] std::optional<Schedule> any_passing_with(const Conjunction& facts) const;

  enum class Exception : std::uint8_t { passing_with, failing_without };
  /// The shortest exception, of several the least in order of choices; nothing if there
  /// is none.
  [[nodiscard]] std::optional<Schedule> shortest_exception(const Conjunction& facts,
                                                           Exception exception) const;

  /// How many interleavings have it.
  [[nodiscard]] FactCounts count(const Conjunction& facts) const;

  /// How many interleavings fail, and how many pass, in all.
  [[nodiscard]] std::pair<BigInt, BigInt> count_all() const;

  /// The facts a path has, by subject, all most_subjects of them. REQUIRES: the choices are
  /// possible.
  [[nodiscard]] std::vector<FactSet> facts_of(const Schedule& schedule) const;
  [[nodiscard]] Judgement judgement(StateId end) const { return judgements_[end]; }
  /// Whether some end that counts as passing, or as failing, can be reached.
  [[nodiscard]] bool can_pass(StateId state) const { return can_pass_[state]; }
  [[nodiscard]] bool can_fail(StateId state) const { return can_fail_[state]; }

 private:
  class Automaton;

  /// The facts of a subject that all paths to ends that are `wanted` have, or, if
  /// `any`, that some of them has.
  [[nodiscard]] FactSet gather(unsigned subject, const std::vector<bool>& wanted, bool any) const;
  /// States from which one of the ends marked can be reached.
  [[nodiscard]] std::vector<bool> reaching(const std::vector<bool>& ends) const;
  [[nodiscard]] std::vector<bool> ends_that(Counts counts, std::uint8_t subject = 0) const;
  [[nodiscard]] std::vector<std::uint8_t> failing_subjects() const;
  /// The number of paths to ends that are `wanted` on which one of the subjects has the
  /// conjunction, and the number of the other paths to them.
  [[nodiscard]] std::pair<BigInt, BigInt> count_paths(const Automaton& automaton,
                                                      const std::vector<bool>& wanted,
                                                      std::uint32_t subjects) const;

  const StateGraph& graph_;
  const TopologicalOrder& order_;
  const EdgeMarks& marks_;
  const Limits& limits_;
  std::vector<Judgement> judgements_;  // by state; apart where no run ends
  std::vector<bool> can_pass_;
  std::vector<bool> can_fail_;
};

}  // namespace sim
