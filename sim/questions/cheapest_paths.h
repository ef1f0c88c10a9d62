// SPDX-License-Identifier: MIT
//
// Cheapest paths, the least of them in order of choices, over nodes that are found
// on the way.
//
// Dijkstra's algorithm with a bucket for every cost (preemptions, steps), over nodes
// that are strings of bytes, packed (bit_packing.h) and told apart by comparison
// (state_store.h). Beside its bytes a node needs its place in the index and 20 bytes:
// no edges are kept. Which of several equally cheap paths has the least choices is
// known during the search. Paths of equal cost have equal length, so where two of them
// meet, the search goes back on both to where they parted and compares them there. The
// lesser one remains the lesser, whatever follows.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "sim/limits.h"
#include "sim/questions/schedule_cost.h"
#include "sim/search/bit_packing.h"
#include "sim/search/state_store.h"

namespace sim {

/// The search, without what leads from node to node. Not thread-safe.
class CheapestPaths {
 public:
  /// Starts at a node, whose size in bytes is that of all nodes, a multiple of 8. A
  /// goal is of interest only if it costs no more than `most`.
  CheapestPaths(std::span<const unsigned char> first, Cost most, std::uint64_t max_memory);

  /// Proceeds to a node whose cheapest path is known. False if none is left.
  bool next();
  [[nodiscard]] Cost cost() const { return {level_, steps_}; }
  /// What a path to a goal may cost: no more than the best one found so far.
  [[nodiscard]] Cost most() const { return most_; }
  /// Copies the bytes of the current node.
  void get(unsigned char* node) const { packing_.unpack(store_.packed(current_), node); }

  /// From the current node, whose bytes are `from`, a choice leads to another one, on
  /// a path of that cost. Throws Stopped if there is not enough memory for it.
  void arrive(const unsigned char* from, const unsigned char* to, Choice choice, Cost cost);
  /// From the current node a choice leads to a goal of the search.
  void arrive_at_goal(Choice choice, Cost cost);

  /// Whether a goal was found. It is the cheapest one once next() returned false.
  [[nodiscard]] bool has_goal() const { return has_goal_; }
  /// The path to the best goal found. REQUIRES: has_goal().
  [[nodiscard]] Schedule goal() const;

  /// Nodes met.
  [[nodiscard]] StateId nodes() const { return store_.size(); }
  [[nodiscard]] StateId expanded() const { return expanded_; }
  /// Bytes held.
  [[nodiscard]] std::uint64_t memory() const;
  /// Bytes that may be needed before the memory is looked at again: the index of
  /// the store may double.
  [[nodiscard]] std::uint64_t soon_needed() const { return store_.index_memory(); }

 private:
  /// The last step of a path: from where, and how.
  struct Step {
    StateId from = no_state;
    Choice choice;
  };
  struct Arrival {
    Step last;
    Cost cost;
  };
  using Buckets = std::vector<std::vector<StateId>>;  // by steps

  /// Whether a path is less than one of equal length. REQUIRES: both lead to nodes
  /// from which no better path to their sources will be found.
  [[nodiscard]] bool is_less(Step a, Step b) const;
  void put_in_bucket(StateId node, Cost cost);
  void learn(const unsigned char* node);

  BitPacking packing_;
  StateStore store_;
  HugeArray<Arrival> arrivals_;     // the best one at each node
  std::array<Buckets, 2> buckets_;  // of this level of preemptions, and of the next
  std::uint64_t in_buckets_ = 0;
  std::vector<std::uint64_t> packed_;
  Cost most_;
  std::uint64_t max_memory_;
  unsigned level_ = 0;
  unsigned steps_ = 0;
  std::size_t next_in_bucket_ = 0;
  StateId current_ = 0;
  StateId expanded_ = 0;
  Step goal_;
  bool has_goal_ = false;
};

}  // namespace sim
