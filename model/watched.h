// SPDX-License-Identifier: MIT
//
// What a watcher takes down of an MR.
//
// Only invariants and properties look at it, no step of the kernel: where none asks, it is
// zero, and costs a search nothing.
#pragma once

#include <compare>
#include <cstdint>

namespace model {

inline constexpr unsigned max_rpcs = 3;
/// 1..max_rpcs; 0 is "no RPC".
using RpcId = std::uint8_t;

/// Of one MR, in one byte. An MR that takes the place of a freed one counts as the same.
class Watched {
 public:
  static constexpr unsigned max_memories = 5;

  /// The RNIC has it registered.
  [[nodiscard]] constexpr bool registered() const { return (bits_ & 1u) != 0; }
  constexpr void set_registered(bool value) { set(0, value); }
  /// The RPC for which op_map took it; 0: it is free and not mapped.
  [[nodiscard]] constexpr RpcId rpc() const { return static_cast<RpcId>(bits_ >> 1 & 3u); }
  constexpr void set_rpc(RpcId rpc) {
    bits_ = static_cast<std::uint8_t>((bits_ & ~6u) | unsigned{rpc} << 1);
  }
  /// Whether something that a property remembers was true of it.
  /// REQUIRES: memory < max_memories.
  [[nodiscard]] constexpr bool remembers(unsigned memory) const {
    return (bits_ >> (3 + memory) & 1u) != 0;
  }
  constexpr void remember(unsigned memory) { set(3 + memory, true); }

  friend constexpr auto operator<=>(Watched, Watched) = default;

 private:
  constexpr void set(unsigned bit, bool value) {
    bits_ = static_cast<std::uint8_t>((bits_ & ~(1u << bit)) | (value ? 1u : 0u) << bit);
  }

  std::uint8_t bits_ = 0;
};
static_assert(max_rpcs <= 3, "an RPC is two bits of Watched");

}  // namespace model
