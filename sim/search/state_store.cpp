// SPDX-License-Identifier: MIT
//
// Hashing and growing; rounds do their look-ups themselves, many at a time (round.cpp).
#include "sim/search/state_store.h"

#include <algorithm>
#include <utility>
#include <vector>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace sim {

std::uint64_t hash_of(const std::uint64_t* packed, unsigned words) {
  return XXH3_64bits(packed, std::size_t{words} * 8);
}

void IndexShard::reserve(std::uint64_t more) {
  // At most 7 of 8 slots are taken: with runs of slots in one cache line, and
  // tags to skip others by, that is still quick.
  const std::uint64_t needed = (used_ + more) * 8 / 7 + 1;
  if (needed <= slots_.size()) return;
  auto old = std::move(slots_);
  slots_ = {};
  slots_.resize(std::max<std::uint64_t>({64, needed, 2 * old.size()}));
  for (std::uint64_t i = 0; i < old.size(); ++i) {
    if (old[i].value == 0) continue;
    std::uint64_t at = start(std::uint64_t{old[i].tag} << 32);
    while (slots_[at].value != 0) at = next(at);
    slots_[at] = old[i];
  }
}

void StateStore::add(const std::uint64_t* packed) {
  const std::uint64_t hash = hash_of(packed, words_);
  IndexShard& shard = shards_[shard_of(hash)];
  shard.reserve(1);
  std::uint64_t at = shard.start(hash);
  while (shard.slot(at).value != 0) at = shard.next(at);
  enter(packed, hash, at);
}

StateId StateStore::find_or_add(const std::uint64_t* packed) {
  const std::uint64_t hash = hash_of(packed, words_);
  IndexShard& shard = shards_[shard_of(hash)];
  shard.reserve(1);
  std::uint64_t at = shard.start(hash);
  for (; shard.slot(at).value != 0; at = shard.next(at)) {
    const IndexShard::Slot slot = shard.slot(at);
    if (slot.tag != hash >> 32) continue;
    if (std::equal(packed, packed + words_, this->packed(slot.number()))) return slot.number();
  }
  enter(packed, hash, at);
  return size_ - 1;
}

void StateStore::enter(const std::uint64_t* packed, std::uint64_t hash, std::uint64_t slot) {
  const StateId id = size_;
  grow(id + 1);
  std::copy_n(packed, words_, place(id));
  IndexShard& shard = shards_[shard_of(hash)];
  shard.slot(slot) = IndexShard::Slot::of(static_cast<std::uint32_t>(hash >> 32), id);
  shard.count_entry();
}

void StateStore::save(const ByteSink& sink) const {
  put(sink, size_);
  put_all(sink, states_.data(), std::uint64_t{size_} * words_);
}

StateStore StateStore::restored(unsigned words, ByteReader& reader) {
  StateStore store(words);
  const auto size = reader.number<StateId>("states", static_cast<StateId>(most_states));
  const Bytes states = reader.take(size, 8 * std::uint64_t{words});
  std::vector<std::uint64_t> packed(words);
  for (StateId id = 0; id < size; ++id) {
    std::memcpy(packed.data(), states.data() + std::uint64_t{id} * words * 8,
                std::size_t{words} * 8);
    if (store.find_or_add(packed.data()) != id) throw BadBytes("a state is there twice");
  }
  return store;
}

std::uint64_t StateStore::index_memory() const {
  std::uint64_t bytes = 0;
  for (const IndexShard& shard : shards_) bytes += shard.memory();
  return bytes;
}

}  // namespace sim
