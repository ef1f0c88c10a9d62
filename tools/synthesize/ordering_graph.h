// SPDX-License-Identifier: MIT
//
// The graph of one system, walked as if orderings were in force.
//
// Orderings take choices away and change nothing else (model/rules/ordering.h), so
// the graph of a system under orderings is a part of the graph of the one without. To
// try one, the model is not needed any more: each edge has a tag, which says what the
// step is and what is pending of its MRs; an ordering is the set of tags it holds back;
// and what is left of the graph is found by one pass over it, which takes a millisecond
// where a search would take a hundred.
#pragma once

#include <cstdint>
#include <vector>

#include "model/race_model.h"
#include "model/rules/ordering.h"
#include "sim/questions/topological_order.h"
#include "sim/search/explorer.h"

namespace tools {

/// For each tag, whether it is held back.
using TagSet = std::vector<bool>;

/// The ends of RPCs, each with its reply and without: bit 2 * (rpc - 1) + has_reply.
using RpcEnds = std::uint32_t;

/// What a walk found.
struct Walk {
  sim::StateId violating = sim::no_state;  ///< the first state that violates something
  sim::StateId stuck = sim::no_state;      ///< the first with all but optional steps held back
  std::uint64_t states = 0;                ///< reached, until it stopped
  bool any_cut = false;
  RpcEnds rpc_ends = 0;
  [[nodiscard]] bool fails() const { return violating != sim::no_state || stuck != sim::no_state; }
};

/// A complete search with its edges tagged. The search and the order must outlive
/// it. Not thread-safe: walking uses memory of its own.
class OrderingGraph {
 public:
  using Search = sim::Exploration<model::RaceModel>;

  /// REQUIRES: search.graph.complete(). Throws sim::Stopped.
  OrderingGraph(const Search& search, const sim::TopologicalOrder& order,
                const sim::Limits& limits);

  /// The kinds of steps that occur and are about an MR, ascending.
  [[nodiscard]] const std::vector<model::StepKind>& steps() const { return steps_; }
  [[nodiscard]] TagSet none() const { return TagSet(tags_.size()); }
  [[nodiscard]] TagSet held_by(const model::Ordering& ordering) const;
  /// RPC ends in interleavings that do not fail.
  [[nodiscard]] RpcEnds good_rpc_ends() const { return good_rpc_ends_; }
  /// Whether one of those was not met by a walk that did not fail.
  [[nodiscard]] bool misses_rpc_end(const Walk& walk) const {
    return (good_rpc_ends_ & ~walk.rpc_ends) != 0;
  }

  /// Meets everything that is reachable, or stops at the first failure of the kind.
  enum class Until : std::uint8_t { violating, any_failure };
  Walk walk(const TagSet& held, Until until);
  /// For the last walk: `visit` is called with each state in which everything is held
  /// back, until it returns false.
  template <class Visit>
  void visit_stuck(const TagSet& held, Visit visit) const {
    for (const sim::StateId state : order_) {
      if (reached_[state] && !search_.graph.targets(state).empty() && !goes_on(held, state) &&
          !visit(state)) {
        return;
      }
    }
  }
  /// The tags, each once, of a path of the last walk to a state that it reached.
  [[nodiscard]] std::vector<std::uint16_t> tags_on_the_way_to(sim::StateId state) const;

  /// What is left of the graph. REQUIRES: no failure is reachable in it.
  sim::StateGraph part(const TagSet& held);
  /// Whether the same part is left, so that the interleavings are the same ones.
  /// REQUIRES the same as part(), for both.
  bool same(const TagSet& a, const TagSet& b);

  /// Bytes held.
  [[nodiscard]] std::uint64_t memory() const;

 private:
  /// What orderings see of a step. Steps that they do not see have tag 0.
  struct Tag {
    model::StepKind step{};
    std::uint8_t pending = 0;  ///< bit per model::Pending: of one of its MRs
    bool is_optional = false;  ///< need not happen where nothing else can
    RpcEnds rpc_ends = 0;      ///< what it is the end of
    friend auto operator<=>(const Tag&, const Tag&) = default;
  };

  void tag_edges(const sim::Limits& limits);
  void find_good_rpc_ends(const sim::Limits& limits);
  /// Whether a step that is not optional may be taken from there. REQUIRES: it has
  /// edges.
  [[nodiscard]] bool goes_on(const TagSet& held, sim::StateId state) const {
    const std::uint64_t last = search_.graph.first_edge(state + 1);
    for (std::uint64_t e = search_.graph.first_edge(state); e < last; ++e) {
      if (!held[tag_of_[e]] && !tags_[tag_of_[e]].is_optional) return true;
    }
    return false;
  }

  const Search& search_;
  const sim::TopologicalOrder& order_;
  std::vector<Tag> tags_;
  std::vector<std::uint16_t> tag_of_;  // by edge
  std::vector<model::StepKind> steps_;
  std::vector<sim::End> ends_;  // by state, of those without edges
  RpcEnds good_rpc_ends_ = 0;

  // Data of the last walk.
  std::vector<bool> reached_;
  std::vector<sim::StateId> came_from_;
  std::vector<std::uint16_t> came_by_;  // tag
};

}  // namespace tools
