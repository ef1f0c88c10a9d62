// SPDX-License-Identifier: MIT
//
// The number a run ends with.
//
// FoundationDB prints an "unseed" at the end of every simulation: if two runs that
// should be the same print different ones, determinism is broken, and one line of
// output shows it. Ours covers the steps in order, for each its actor and its outcome,
// and the state in which the run ended.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

namespace sim {

/// Order-sensitive 64-bit digest. Not cryptographic: it guards against
/// accidents, not against forgery. The same on every machine.
class Fingerprint {
 public:
  constexpr void add(std::uint64_t value) {
    state_ = (std::rotl(state_, 23) ^ value) * 0x9e3779b97f4a7c15u;
  }
  constexpr void add(std::string_view text) {
    add(text.size());
    for (const char c : text) add(static_cast<unsigned char>(c));
  }
  /// Adds the bytes of a value without padding, eight at a time, assembled the same way
  /// for every byte order of the machine.
  void add_bytes(std::span<const unsigned char> bytes) {
    while (!bytes.empty()) {
      const std::size_t count = bytes.size() < 8 ? bytes.size() : 8;
      std::uint64_t word = 0;
      if (count == 8 && std::endian::native == std::endian::little) {
        std::memcpy(&word, bytes.data(), 8);
      } else {
        for (std::size_t i = 0; i < count; ++i) word |= std::uint64_t{bytes[i]} << (8 * i);
      }
      add(word);
      bytes = bytes.subspan(count);
    }
  }
  [[nodiscard]] constexpr std::uint64_t value() const {
    std::uint64_t z = state_;
    z = (z ^ (z >> 32)) * 0xd6e8feb86659fd93u;
    return z ^ (z >> 32);
  }

 private:
  std::uint64_t state_ = 0x6a09e667f3bcc908u;
};

/// Sixteen lower-case hexadecimal digits.
inline std::string hex(std::uint64_t value) {
  char text[17];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(value));
  return text;
}

}  // namespace sim
