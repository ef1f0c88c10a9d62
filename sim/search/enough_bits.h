// SPDX-License-Identifier: MIT
//
// Counting with numbers that are large enough, and no larger.
//
// Big numbers of a fixed size are several times faster than those that grow, and
// notice when they overflow: counting starts with 256 bits and begins again with
// twice as many as long as that is not enough.
#pragma once

#include <boost/multiprecision/cpp_int.hpp>
#include <stdexcept>

namespace sim {

/// A whole number of any size.
using BigInt = boost::multiprecision::cpp_int;

namespace detail {

template <unsigned bits>
using FixedInt = boost::multiprecision::number<boost::multiprecision::cpp_int_backend<
    bits, bits, boost::multiprecision::unsigned_magnitude, boost::multiprecision::checked, void>>;

}  // namespace detail

/// Calls `count(zero)` with a zero of a type that is large enough: again with a larger
/// one whenever it throws std::overflow_error.
template <class Counting>
void with_enough_bits(Counting count) {
  const auto tried = [&count](auto zero) {
    try {
      count(zero);
      return true;
    } catch (const std::overflow_error&) {
      return false;
    }
  };
  if (tried(detail::FixedInt<256>(0)) || tried(detail::FixedInt<512>(0)) ||
      tried(detail::FixedInt<1024>(0))) {
    return;
  }
  count(BigInt(0));
}

}  // namespace sim
