// SPDX-License-Identifier: MIT
//
// Hashing and growing; look-ups are the rounds' business (round.cpp).
#include "sim/state_store.h"

#include <algorithm>
#include <utility>

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
  const StateId id = size_;
  grow(id + 1);
  std::copy_n(packed, words_, place(id));
  shard.slot(at) = {static_cast<std::uint32_t>(hash >> 32), id + 1};
  shard.count_entry();
}

std::uint64_t StateStore::index_memory() const {
  std::uint64_t bytes = 0;
  for (const IndexShard& shard : shards_) bytes += shard.memory();
  return bytes;
}

}  // namespace sim
