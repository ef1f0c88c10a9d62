// SPDX-License-Identifier: MIT
//
// Looking up, numbering, settling.
#include "sim/search/round.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <stdexcept>

namespace sim {
namespace {

// A slot that has no number yet has, within a round, the place in the shard's list of
// fresh states, plus one.

// An edge's target within a round, if it is not a state's number: this bit, the
// shard, and the place in its list of fresh states.
constexpr std::uint32_t provisional = 1u << 31;
static_assert(most_states <= provisional);
constexpr unsigned fresh_bits = 31 - StateStore::shard_bits;

/// Throws if a round is larger than its numbers.
void check_size(std::size_t size, std::uint64_t most) {
  if (size > most) {
    throw std::length_error("a round of the search has too many successors: lower chunk_states");
  }
}

constexpr StateId fresh_target(unsigned shard, std::size_t place) {
  return provisional | shard << fresh_bits | static_cast<std::uint32_t>(place);
}
constexpr unsigned shard_of_target(StateId target) { return (target & ~provisional) >> fresh_bits; }
constexpr std::size_t place_of_target(StateId target) { return target & ((1u << fresh_bits) - 1); }

}  // namespace

void Chunk::clear() {
  choices_.clear();
  packed_.clear();
  hashes_.clear();
  edges_up_to_.clear();
  ends_.clear();
  for (auto& list : by_shard_) list.clear();
}

std::uint64_t Chunk::memory() const {
  std::uint64_t bytes = packed_.capacity() * 8 + hashes_.capacity() * 8 + choices_.capacity() * 2 +
                        targets_.capacity() * 4 + is_first_.capacity() +
                        edges_up_to_.capacity() * 4;
  for (const auto& list : by_shard_) bytes += list.capacity() * 4;
  return bytes;
}

std::uint64_t Round::memory() const {
  std::uint64_t bytes = 0;
  for (const Chunk& chunk : chunks_) bytes += chunk.memory();
  for (const auto& list : candidates_) bytes += list.capacity() * sizeof(Candidate);
  for (const auto& list : fresh_) bytes += list.capacity() * sizeof(Fresh);
  return bytes;
}

void Round::gather(unsigned shard_number, unsigned used, unsigned words) {
  std::vector<Candidate>& list = candidates_[shard_number];
  list.clear();
  for (unsigned c = 0; c < used; ++c) {
    const Chunk& chunk = chunks_[c];
    for (const std::uint32_t edge : chunk.by_shard_[shard_number]) {
      list.push_back(
          {chunk.hashes_[edge], chunk.packed_.data() + std::size_t{edge} * words, c, edge});
    }
  }
}

void Round::look_up(unsigned shard_number, StateStore& store) {
  IndexShard& shard = store.shard(shard_number);
  const std::vector<Candidate>& list = candidates_[shard_number];
  check_size(list.size(), std::uint64_t{1} << fresh_bits);
  std::vector<Fresh>& fresh = fresh_[shard_number];
  fresh.clear();
  shard.reserve(list.size());

  const unsigned words = store.words();
  const auto same = [words](const std::uint64_t* a, const std::uint64_t* b) {
    std::uint64_t different = 0;
    for (unsigned i = 0; i < words; ++i) different |= a[i] ^ b[i];
    return different == 0;
  };
  constexpr std::size_t far = 24;  // the slot is fetched this many look-ups ahead,
  constexpr std::size_t near = 8;  // the state it names this many
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (i + far < list.size()) {
      __builtin_prefetch(&shard.slot(shard.start(list[i + far].hash)));
    }
    if (i + near < list.size()) {
      const IndexShard::Slot& slot = shard.slot(shard.start(list[i + near].hash));
      if (slot.has_number()) __builtin_prefetch(store.packed(slot.number()));
    }
    const Candidate& candidate = list[i];
    const auto tag = static_cast<std::uint32_t>(candidate.hash >> 32);
    StateId& target = chunks_[candidate.chunk].targets_[candidate.edge];
    for (std::uint64_t at = shard.start(candidate.hash);; at = shard.next(at)) {
      IndexShard::Slot& slot = shard.slot(at);
      if (slot.value == 0) {
        target = fresh_target(shard_number, fresh.size());
        chunks_[candidate.chunk].is_first_[candidate.edge] = 1;
        fresh.push_back({candidate.packed, at, no_state});
        slot = {tag, static_cast<std::uint32_t>(fresh.size())};
        shard.count_entry();
        break;
      }
      if (slot.tag != tag) continue;
      const bool is_fresh = !slot.has_number();
      const std::uint32_t place = is_fresh ? slot.value - 1 : slot.number();
      if (!same(candidate.packed, is_fresh ? fresh[place].packed : store.packed(place))) continue;
      target = is_fresh ? fresh_target(shard_number, place) : place;
      break;
    }
  }
}

void Round::number(Chunk& chunk, StateId next, StateId max_states, StateStore& store) {
  const unsigned words = store.words();
  for (std::size_t edge = 0; edge < chunk.choices_.size() && next < max_states; ++edge) {
    if (chunk.is_first_[edge] == 0) continue;
    const StateId target = chunk.targets_[edge];
    fresh_[shard_of_target(target)][place_of_target(target)].id = next;
    std::copy_n(chunk.packed_.data() + edge * words, words, store.place(next));
    ++next;
  }
}

bool Round::settle(unsigned used, StateStore& store, StateId max_states, StateGraph* graph,
                   Crew& crew) {
  for (unsigned c = 0; c < used; ++c) {
    check_size(chunks_[c].edge_count(), std::numeric_limits<std::uint32_t>::max());
    chunks_[c].targets_.resize(chunks_[c].edge_count());
    chunks_[c].is_first_.assign(chunks_[c].edge_count(), 0);
  }
  crew.share_out(StateStore::shard_count, [&](unsigned shard) {
    gather(shard, used, store.words());
    look_up(shard, store);
  });

  std::vector<StateId> first_number(used);
  std::uint64_t size = store.size();
  for (unsigned c = 0; c < used; ++c) {
    first_number[c] = static_cast<StateId>(std::min<std::uint64_t>(size, max_states));
    size += static_cast<std::uint64_t>(
        std::accumulate(chunks_[c].is_first_.begin(), chunks_[c].is_first_.end(), 0u));
  }
  const bool all_fit = size <= max_states;
  store.grow(static_cast<StateId>(std::min<std::uint64_t>(size, max_states)));
  crew.share_out(used, [&](unsigned c) { number(chunks_[c], first_number[c], max_states, store); });

  crew.share_out(StateStore::shard_count, [&](unsigned s) {
    // A state that was kept out stays in the index with a number that is not its own;
    // the search ends here, so it will not be looked up.
    for (const Fresh& f : fresh_[s]) {
      IndexShard::Slot& slot = store.shard(s).slot(f.slot);
      slot = IndexShard::Slot::of(slot.tag, f.id);
    }
  });
  if (graph == nullptr) return all_fit;
  crew.share_out(used, [&](unsigned c) {
    for (StateId& target : chunks_[c].targets_) {
      if ((target & provisional) != 0) {
        target = fresh_[shard_of_target(target)][place_of_target(target)].id;
      }
    }
  });
  for (unsigned c = 0; c < used; ++c) {
    const Chunk& chunk = chunks_[c];
    std::uint32_t from = 0;
    for (const std::uint32_t up_to : chunk.edges_up_to_) {
      graph->add_edges({chunk.targets_.data() + from, up_to - from},
                       {chunk.choices_.data() + from, up_to - from});
      from = up_to;
    }
  }
  return all_fit;
}

}  // namespace sim
