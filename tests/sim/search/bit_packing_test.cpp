// SPDX-License-Identifier: MIT
//
// Packing is exact: what goes in comes out, by every way of doing it.
#include "sim/search/bit_packing.h"

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <vector>

#include "sim/random.h"

namespace {

struct Plain {
  std::array<unsigned char, 83> bytes;
};
using State = sim::Padded<Plain>;

std::vector<std::uint64_t> packed_with(const sim::BitPacking& packing, const State& state) {
  std::vector<std::uint64_t> packed(packing.packed_words());
  REQUIRE(packing.pack(state.bytes(), packed.data()));
  return packed;
}

State unpacked_with(const sim::BitPacking& packing, const std::vector<std::uint64_t>& packed) {
  State state;
  packing.unpack(packed.data(), state.bytes());
  return state;
}

/// How it differs from the initial state, in the bits under the mask, one after the
/// other: the definition, where all was learned at once.
std::vector<std::uint64_t> packed_by_hand(const sim::BitPacking& packing, const State& state) {
  std::vector<std::uint64_t> packed(packing.packed_words());
  unsigned at = 0;
  for (unsigned bit = 0; bit < 8 * sizeof(State); ++bit) {
    if ((packing.mask()[bit / 64] >> (bit % 64) & 1u) == 0) continue;
    const std::uint64_t initial = packing.initial()[bit / 64] >> (bit % 64) & 1u;
    const std::uint64_t value = (state.bytes()[bit / 8] >> (bit % 8) & 1u) ^ initial;
    packed[at / 64] |= value << (at % 64);
    ++at;
  }
  CHECK(at == packing.bits());
  return packed;
}

}  // namespace

TEST_CASE("a state that never varies packs into one word of zeros") {
  State initial;
  initial.state.bytes.fill(0xa5);
  const sim::BitPacking packing({initial.bytes(), sizeof initial});
  CHECK(packing.bits() == 0);
  CHECK(packed_with(packing, initial) == std::vector<std::uint64_t>{0});
  CHECK(unpacked_with(packing, {0}).state.bytes == initial.state.bytes);
}

TEST_CASE("packing keeps the varying bits in order, and unpacking brings the state back") {
  sim::Random random(7);
  for (unsigned round = 0; round < 300; ++round) {
    State initial;
    for (auto& byte : initial.state.bytes) byte = static_cast<unsigned char>(random.next());
    sim::BitPacking packing({initial.bytes(), sizeof initial});
    // States that differ from the initial one in few or in many places.
    std::vector<State> states{initial};
    for (unsigned i = 0; i < 12; ++i) {
      State state = states[random.below(static_cast<std::uint32_t>(states.size()))];
      const unsigned changes = 1 + random.below(round < 150 ? 3 : 120);
      for (unsigned c = 0; c < changes; ++c) {
        state.state.bytes[random.below(83)] ^= static_cast<unsigned char>(1u << random.below(8));
      }
      states.push_back(state);
    }
    for (const State& state : states) packing.observe(state.bytes());
    packing.extend();
    CHECK(packing.packed_words() == std::max(1u, (packing.bits() + 63) / 64));
    for (const State& state : states) {
      const auto packed = packed_with(packing, state);
      CHECK(packed == packed_by_hand(packing, state));
      CHECK(unpacked_with(packing, packed).state.bytes == state.state.bytes);
      const State& other = states[random.below(static_cast<std::uint32_t>(states.size()))];
      const auto other_packed = packed_with(packing, other);
      std::vector<std::uint64_t> again(packing.packed_words());
      REQUIRE(packing.repack(other.bytes(), other_packed.data(), state.bytes(), again.data()));
      CHECK(again == packed);
    }
  }
}

TEST_CASE("what was packed before stays valid when more is learned") {
  sim::Random random(11);
  for (unsigned round = 0; round < 100; ++round) {
    State initial;
    for (auto& byte : initial.state.bytes) byte = static_cast<unsigned char>(random.next());
    sim::BitPacking packing({initial.bytes(), sizeof initial});
    std::vector<State> states{initial};
    std::vector<std::vector<std::uint64_t>> packed{{0}};
    for (unsigned i = 0; i < 40; ++i) {
      State state = states.back();
      for (unsigned c = 0; c < 4; ++c) {
        state.state.bytes[random.below(83)] ^= static_cast<unsigned char>(1u << random.below(8));
      }
      packing.observe(state.bytes());
      packing.extend();
      for (auto& row : packed) row.resize(packing.packed_words());
      std::vector<std::uint64_t> again(packing.packed_words());
      REQUIRE(
          packing.repack(states.back().bytes(), packed.back().data(), state.bytes(), again.data()));
      CHECK(again == packed_with(packing, state));
      states.push_back(state);
      packed.push_back(again);
      for (std::size_t k = 0; k < states.size(); ++k) {
        CHECK(packed_with(packing, states[k]) == packed[k]);
        CHECK(unpacked_with(packing, packed[k]).state.bytes == states[k].state.bytes);
      }
    }
  }
}

TEST_CASE("a bit that was not known to vary is noticed, wherever it is") {
  State initial;
  initial.state.bytes.fill(0);
  State known = initial;
  known.state.bytes[3] = 0x0f;
  known.state.bytes[82] = 0x80;
  sim::BitPacking packing({initial.bytes(), sizeof initial});
  packing.observe(known.bytes());
  packing.extend();
  std::vector<std::uint64_t> packed(2);
  const auto initial_packed = packed_with(packing, initial);
  for (unsigned bit = 0; bit < 8 * 83; ++bit) {
    State state = initial;
    state.state.bytes[bit / 8] ^= static_cast<unsigned char>(1u << (bit % 8));
    const bool expected = (bit >= 24 && bit < 28) || bit == 82 * 8 + 7;
    CHECK(packing.pack(state.bytes(), packed.data()) == expected);
    CHECK(packing.repack(initial.bytes(), initial_packed.data(), state.bytes(), packed.data()) ==
          expected);
  }
}
