// SPDX-License-Identifier: MIT
//
// The set in one word against std::set: all small sets, then its far corner.
#include "sim/small_set.h"

#include <catch2/catch.hpp>
#include <set>
#include <vector>

using sim::SmallSet;

namespace {

std::vector<unsigned> members(SmallSet set) {
  std::vector<unsigned> all;
  for (const unsigned member : set) all.push_back(member);
  return all;
}

}  // namespace

TEST_CASE("all sets of 0..9 behave as std::set does") {
  for (std::uint32_t bits = 0; bits < 1024; ++bits) {
    const SmallSet set = SmallSet::from_bits(bits);
    std::set<unsigned> expected;
    for (unsigned i = 0; i < 10; ++i) {
      if ((bits >> i & 1u) != 0) expected.insert(i);
    }
    REQUIRE(set.size() == expected.size());
    REQUIRE(set.empty() == expected.empty());
    REQUIRE(members(set) == std::vector<unsigned>(expected.begin(), expected.end()));
    unsigned rank = 0;
    for (const unsigned member : expected) REQUIRE(set.at(rank++) == member);
    if (!expected.empty()) REQUIRE(set.first() == *expected.begin());
    for (unsigned i = 0; i < SmallSet::capacity; ++i) {
      REQUIRE(set.contains(i) == (expected.count(i) != 0));
    }
  }
}

TEST_CASE("the largest member is 31") {
  SmallSet set = SmallSet::of(31);
  CHECK(set.contains(31));
  CHECK(set.first() == 31);
  CHECK(set.at(0) == 31);
  CHECK_FALSE(set.contains(32));
  CHECK_FALSE(set.contains(63));
  set.insert(0);
  CHECK(members(set) == std::vector<unsigned>{0, 31});
  CHECK(members(SmallSet::from_bits(~0u)).size() == 32);
}

TEST_CASE("insert and erase change one member and may be repeated") {
  SmallSet set;
  set.insert(5);
  set.insert(5);
  CHECK(set == SmallSet::of(5));
  set.erase(4);
  CHECK(set == SmallSet::of(5));
  set.erase(5);
  set.erase(5);
  CHECK(set == SmallSet{});
}

TEST_CASE("intersection and difference") {
  const SmallSet a = SmallSet::from_bits(0b1100);
  const SmallSet b = SmallSet::from_bits(0b1010);
  CHECK((a & b) == SmallSet::of(3));
  CHECK((a - b) == SmallSet::of(2));
  CHECK((b - a) == SmallSet::of(1));
  CHECK((a - a).empty());
}
