// SPDX-License-Identifier: MIT
//
// Random numbers that are the same everywhere.
//
// A seed printed by one build must mean the same run in every other, so neither
// the generator nor the distributions come from <random>, whose distributions
// differ between standard libraries. The generator is xoshiro256** (Blackman
// and Vigna, "Scrambled linear pseudorandom number generators", ACM TOMS 2021),
// its state filled by SplitMix64 as its authors advise; bounded numbers are
// drawn by Lemire's method ("Fast random integer generation in an interval",
// ACM TOMACS 2019), which is exactly uniform.
#pragma once

#include <array>
#include <bit>
#include <cstdint>

namespace sim {

/// One step of SplitMix64: advances `state` and returns 64 well mixed bits.
constexpr std::uint64_t split_mix(std::uint64_t& state) {
  state += 0x9e3779b97f4a7c15u;
  std::uint64_t z = state;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

/// Seeded generator; the same seed gives the same numbers with any compiler.
/// Not thread-safe: one per run.
class Random {
 public:
  explicit constexpr Random(std::uint64_t seed) {
    for (auto& word : state_) word = split_mix(seed);
  }

  /// 64 uniform bits.
  constexpr std::uint64_t next() {
    const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
    const std::uint64_t shifted = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = std::rotl(state_[3], 45);
    return result;
  }

  /// Uniform in 0..bound-1. REQUIRES: bound > 0.
  constexpr std::uint32_t below(std::uint32_t bound) {
    std::uint64_t product = (next() >> 32) * bound;
    auto low = static_cast<std::uint32_t>(product);
    if (low < bound) {
      // Only the first (2^32 mod bound) values of `low` are surplus.
      const std::uint32_t surplus = (0u - bound) % bound;
      while (low < surplus) {
        product = (next() >> 32) * bound;
        low = static_cast<std::uint32_t>(product);
      }
    }
    return static_cast<std::uint32_t>(product >> 32);
  }

  /// The same for a bound that may need more than 32 bits. REQUIRES: bound > 0.
  constexpr std::uint64_t below_long(std::uint64_t bound) {
    if (bound <= UINT32_MAX) return below(static_cast<std::uint32_t>(bound));
    // All ones up to the leading one of what may be drawn: at least half of that fits.
    const std::uint64_t mask = ~std::uint64_t{0} >> std::countl_zero(bound - 1);
    std::uint64_t number = next() & mask;
    while (number >= bound) number = next() & mask;
    return number;
  }

 private:
  std::array<std::uint64_t, 4> state_{};
};

}  // namespace sim
