// SPDX-License-Identifier: MIT
//
// The visited states: each stored whole, found by hash, numbered as discovered.
//
// Membership is exact: a hash only says where to look, the stored state decides.
// Packed states lie one after the other in an array indexed by their number; the
// index over it is split into shards by hash, each an open-addressing table of
// (32 bits of the hash, number) that one thread at a time works on, so that
// nothing is locked. The bits of the hash kept in a slot save most comparisons
// with other states, and let a table grow without looking at a single state.
#pragma once

#include <array>
#include <cstdint>

#include "sim/byte_stream.h"
#include "sim/search/huge_array.h"
#include "sim/search/state_graph.h"

namespace sim {

/// A hash of a packed state. The same on every machine; nothing but speed
/// depends on it.
std::uint64_t hash_of(const std::uint64_t* packed, unsigned words);

/// One shard of the index. Not thread-safe.
class IndexShard {
 public:
  struct Slot {
    std::uint32_t tag = 0;
    /// 0: empty. With `numbered`: a state's number. Without: of use to a round (round.cpp).
    std::uint32_t value = 0;

    static constexpr std::uint32_t numbered = 1u << 31;
    static_assert(most_states <= numbered);
    /// Whether it names a state that has a number.
    [[nodiscard]] bool has_number() const { return (value & numbered) != 0; }
    /// REQUIRES: has_number().
    [[nodiscard]] StateId number() const { return value & ~numbered; }
    /// A slot with a number. REQUIRES: number < most_states.
    static Slot of(std::uint32_t tag, StateId number) { return {tag, number | numbered}; }
  };

  /// Makes room for `more` entries beside those that are there.
  void reserve(std::uint64_t more);
  /// The slot where a search for a hash begins.
  [[nodiscard]] std::uint64_t start(std::uint64_t hash) const {
    return (hash >> 32) * slots_.size() >> 32;
  }
  [[nodiscard]] std::uint64_t next(std::uint64_t slot) const {
    return slot + 1 == slots_.size() ? 0 : slot + 1;
  }
  [[nodiscard]] Slot& slot(std::uint64_t at) { return slots_[at]; }
  [[nodiscard]] const Slot& slot(std::uint64_t at) const { return slots_[at]; }
  void count_entry() { ++used_; }
  [[nodiscard]] std::uint64_t memory() const { return slots_.memory(); }
  void clear() {
    slots_.clear();
    used_ = 0;
  }

 private:
  HugeArray<Slot> slots_;
  std::uint64_t used_ = 0;
};

/// All states met so far.
class StateStore {
 public:
  static constexpr unsigned shard_bits = 4;
  static constexpr unsigned shard_count = 1u << shard_bits;
  static constexpr unsigned shard_of(std::uint64_t hash) { return hash & (shard_count - 1); }

  /// For packed states of so many words.
  explicit StateStore(unsigned words) : words_(words) {}

  /// Words of a packed state.
  [[nodiscard]] unsigned words() const { return words_; }
  [[nodiscard]] StateId size() const { return size_; }
  /// A packed state. REQUIRES: id < size().
  [[nodiscard]] const std::uint64_t* packed(StateId id) const {
    return states_.data() + std::uint64_t{id} * words_;
  }
  /// The place where a state that grow() counted is to be written.
  [[nodiscard]] std::uint64_t* place(StateId id) {
    return states_.data() + std::uint64_t{id} * words_;
  }
  [[nodiscard]] IndexShard& shard(unsigned i) { return shards_[i]; }

  /// Adds room for states up to that many.
  void grow(StateId size) {
    states_.resize(std::uint64_t{size} * words_);
    size_ = size;
  }
  /// Adds one state that is known to be new.
  void add(const std::uint64_t* packed);
  /// The number of a state. The state is added if it is not there: then it is the last
  /// one.
  StateId find_or_add(const std::uint64_t* packed);

  /// Writes the states. The index would need as much again, and is quickly made anew.
  void save(const ByteSink& sink) const;
  /// States of so many words that save() wrote. Throws BadBytes, also if a state occurs
  /// twice.
  static StateStore restored(unsigned words, ByteReader& reader);

  /// Bytes held: by the index, by all.
  [[nodiscard]] std::uint64_t index_memory() const;
  [[nodiscard]] std::uint64_t memory() const { return states_.memory() + index_memory(); }

 private:
  void enter(const std::uint64_t* packed, std::uint64_t hash, std::uint64_t slot);

  unsigned words_;
  StateId size_ = 0;
  HugeArray<std::uint64_t> states_;
  std::array<IndexShard, shard_count> shards_;
};

}  // namespace sim
