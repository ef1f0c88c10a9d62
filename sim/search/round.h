// SPDX-License-Identifier: MIT
//
// One round of a breadth-first search: it expands many states, then tells them apart.
//
// The states to expand are split into chunks, and all work is done in four phases;
// between two phases all threads wait for each other:
//
//   expand   by chunk: every successor is packed, hashed and filed under the shard
//            of the index that its hash belongs to
//   look up  by shard, chunks in order: a successor is found in the index, or is
//            the first of its kind and entered with a provisional number
//   number   by chunk: first ones get the next numbers in order of discovery
//   settle   provisional numbers are replaced, in the index and in the edges
//
// Each phase writes only what its chunk or shard owns, and the order of discovery is
// that of (source, choice). So numbers, edges and ends are the same for any number of
// threads and of states per round. Look-ups go through the list of a shard in a
// pipeline that fetches ahead, because otherwise they would wait for memory.
#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "sim/search/crew.h"
#include "sim/search/state_store.h"

namespace sim {

/// Successors of consecutive states. Filled by one thread at a time.
class Chunk {
 public:
  explicit Chunk(unsigned words) : words_(words) {}

  /// Prepares it for other states; keeps the memory.
  void clear();

  /// Begins an edge; returns where its packed target is to be written.
  std::uint64_t* begin_edge(Choice choice) {
    choices_.push_back(choice);
    packed_.resize(choices_.size() * words_);
    return packed_.data() + packed_.size() - words_;
  }
  /// Ends the edge begun last; its target has been written.
  void end_edge() {
    const std::uint64_t hash = hash_of(packed_.data() + packed_.size() - words_, words_);
    by_shard_[StateStore::shard_of(hash)].push_back(static_cast<std::uint32_t>(hashes_.size()));
    hashes_.push_back(hash);
  }
  /// Ends the source whose edges were just added.
  void end_source() { edges_up_to_.push_back(static_cast<std::uint32_t>(choices_.size())); }
  void add_end(EndState end) { ends_.push_back(end); }

  /// Edges begun.
  [[nodiscard]] std::size_t edge_count() const { return choices_.size(); }
  [[nodiscard]] const std::vector<EndState>& ends() const { return ends_; }
  [[nodiscard]] std::uint64_t memory() const;

 private:
  friend class Round;

  unsigned words_;
  std::vector<Choice> choices_;
  std::vector<std::uint64_t> packed_;  // of targets, words_ each
  std::vector<std::uint64_t> hashes_;
  std::vector<StateId> targets_;
  std::vector<std::uint8_t> is_first_;  // edge leads to a state not met before
  std::vector<std::uint32_t> edges_up_to_;
  std::vector<EndState> ends_;
  std::array<std::vector<std::uint32_t>, StateStore::shard_count> by_shard_;
};

/// The phases after the expansion, over chunks that the explorer has filled.
/// Used by one thread, which lends its crew.
class Round {
 public:
  Round(unsigned words, unsigned chunk_count) : chunks_(chunk_count, Chunk(words)) {}

  /// REQUIRES: i < chunk_count().
  [[nodiscard]] Chunk& chunk(unsigned i) { return chunks_[i]; }
  [[nodiscard]] unsigned chunk_count() const { return static_cast<unsigned>(chunks_.size()); }

  /// Tells the successors in the first `used` chunks apart: adds those that are
  /// new to `store`, up to `max_states` in all, and, if `graph` is not null, all
  /// edges to `graph`. False if some state was kept out by `max_states`. Throws
  /// std::length_error if a shard or a chunk has too many successors.
  bool settle(unsigned used, StateStore& store, StateId max_states, StateGraph* graph, Crew& crew);

  /// Bytes held by the chunks.
  [[nodiscard]] std::uint64_t memory() const;

 private:
  // A successor to be looked up, gathered by shard so that fetching ahead never
  // comes to an end before the last one.
  struct Candidate {
    std::uint64_t hash = 0;
    const std::uint64_t* packed = nullptr;
    std::uint32_t chunk = 0;
    std::uint32_t edge = 0;
  };

  // A state met for the first time in this round.
  struct Fresh {
    const std::uint64_t* packed = nullptr;
    std::uint64_t slot = 0;
    StateId id = no_state;
  };

  void gather(unsigned shard_number, unsigned used, unsigned words);
  void look_up(unsigned shard_number, StateStore& store);
  void number(Chunk& chunk, StateId next, StateId max_states, StateStore& store);

  std::vector<Chunk> chunks_;
  std::array<std::vector<Candidate>, StateStore::shard_count> candidates_;
  std::array<std::vector<Fresh>, StateStore::shard_count> fresh_;
};

}  // namespace sim
