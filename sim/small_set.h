// SPDX-License-Identifier: MIT
//
// A set of small integers in one machine word.
//
// Which actors are enabled, which outcomes a step may have: both are asked
// after every step, tens of millions of times a second, and both are sets of
// at most 32 small numbers. A word with one bit per member is the whole idea;
// iteration is in ascending order, so nothing depends on hashing.
#pragma once

#include <bit>
#include <cstdint>

namespace sim {

/// Set of the integers 0..31, iterated in ascending order. A value type;
/// const members may be called from any thread.
class SmallSet {
 public:
  static constexpr unsigned capacity = 32;

  constexpr SmallSet() = default;
  /// The set whose members are the one bits of `bits`.
  static constexpr SmallSet from_bits(std::uint32_t bits) {
    SmallSet set;
    set.bits_ = bits;
    return set;
  }
  /// {member}. REQUIRES: member < capacity.
  static constexpr SmallSet of(unsigned member) { return from_bits(1u << member); }

  /// REQUIRES: member < capacity, where one goes in or out.
  constexpr void insert(unsigned member) { bits_ |= 1u << member; }
  constexpr void erase(unsigned member) { bits_ &= ~(1u << member); }
  [[nodiscard]] constexpr bool contains(unsigned member) const {
    return member < capacity && ((bits_ >> member) & 1u) != 0;
  }
  [[nodiscard]] constexpr bool empty() const { return bits_ == 0; }
  [[nodiscard]] constexpr unsigned size() const {
    return static_cast<unsigned>(std::popcount(bits_));
  }
  /// size() == 1, without counting. REQUIRES: !empty().
  [[nodiscard]] constexpr bool is_single() const { return (bits_ & (bits_ - 1)) == 0; }
  [[nodiscard]] constexpr std::uint32_t bits() const { return bits_; }

  /// The smallest member. REQUIRES: !empty().
  [[nodiscard]] constexpr unsigned first() const {
    return static_cast<unsigned>(std::countr_zero(bits_));
  }
  /// The member with `rank` smaller ones. REQUIRES: rank < size().
  [[nodiscard]] constexpr unsigned at(unsigned rank) const {
    std::uint32_t rest = bits_;
    while (rank-- > 0) rest &= rest - 1;
    return static_cast<unsigned>(std::countr_zero(rest));
  }

  /// Equality, and members of both.
  friend constexpr bool operator==(SmallSet, SmallSet) = default;
  friend constexpr SmallSet operator&(SmallSet a, SmallSet b) {
    return from_bits(a.bits_ & b.bits_);
  }
  /// Members of `a` that are not in `b`.
  friend constexpr SmallSet operator-(SmallSet a, SmallSet b) {
    return from_bits(a.bits_ & ~b.bits_);
  }

  /// Walks the members in ascending order.
  class Iterator {
   public:
    constexpr explicit Iterator(std::uint32_t rest) : rest_(rest) {}
    constexpr unsigned operator*() const { return static_cast<unsigned>(std::countr_zero(rest_)); }
    constexpr Iterator& operator++() {
      rest_ &= rest_ - 1;
      return *this;
    }
    friend constexpr bool operator==(Iterator, Iterator) = default;

   private:
    std::uint32_t rest_;
  };
  /// For range-based loops.
  [[nodiscard]] constexpr Iterator begin() const { return Iterator(bits_); }
  [[nodiscard]] constexpr Iterator end() const { return Iterator(0); }

 private:
  std::uint32_t bits_ = 0;
};

}  // namespace sim
