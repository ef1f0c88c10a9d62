// SPDX-License-Identifier: MIT
//
// Arrays that grow keep what is in them, and take no more address space than they need.
#include "sim/search/huge_array.h"

#include <catch2/catch.hpp>
#include <new>
#include <vector>

#include "sim/random.h"
#include "sim/search/explorer.h"
#include "tests/sim/models/textbook_models.h"
#include "tests/sim/search/address_space.h"

namespace {

constexpr std::uint64_t mib = 1u << 20;

/// Appends until there are so many, in pieces of random size.
void fill(sim::HugeArray<std::uint64_t>& array, std::vector<std::uint64_t>& expected,
          std::size_t size, sim::Random& random) {
  while (expected.size() < size) {
    std::vector<std::uint64_t> piece(random.below(30'000));
    for (auto& value : piece) value = random.next();
    array.append(piece);
    expected.insert(expected.end(), piece.begin(), piece.end());
  }
}

}  // namespace

TEST_CASE("an array that grows keeps its elements, and new ones are zero") {
  sim::Random random(3);
  for (const std::size_t size : {1u, 9'000u, 300'000u, 3'000'000u}) {
    sim::HugeArray<std::uint64_t> array;
    std::vector<std::uint64_t> expected;
    fill(array, expected, size, random);
    const std::uint64_t more = array.size() + 1 + random.below(2'000'000);
    array.resize(more);
    expected.resize(more);
    REQUIRE(array.size() == expected.size());
    CHECK(std::equal(expected.begin(), expected.end(), array.data()));
    sim::HugeArray<std::uint64_t> other(7);
    other = std::move(array);
    CHECK(std::equal(expected.begin(), expected.end(), other.data()));
    other.clear();
    CHECK(other.size() == 0);
    other.push_back(5);
    CHECK(other[0] == 5);
  }
}

TEST_CASE("an array takes address space by need") {
  const std::uint64_t before = address_space::used();
  std::vector<sim::HugeArray<std::uint64_t>> small(1000);
  for (auto& array : small) array.push_back(1);
  CHECK(address_space::used() - before < 100 * mib);
  sim::HugeArray<std::uint64_t> large;
  large.resize(100 * mib / 8);
  CHECK(address_space::used() - before < 400 * mib);
}

TEST_CASE("an array grows up to the limit on address space, and is whole when there is no more") {
#if defined(__SANITIZE_ADDRESS__)
  WARN("test skipped, not passed: a sanitizer needs address space of its own");
#else
  const address_space::Limit limit(512 * mib);
  sim::HugeArray<std::uint64_t> array;
  const auto fill_up = [&array] {
    for (;;) array.push_back(array.size());
  };
  CHECK_THROWS_AS(fill_up(), std::bad_alloc);
  CHECK(array.size() * 8 > 300 * mib);
  bool same = true;
  for (std::uint64_t i = 0; i < array.size(); ++i) same &= array[i] == i;
  CHECK(same);
#endif
}

TEST_CASE("hundreds of small results can be held at once") {
#if defined(__SANITIZE_ADDRESS__)
  WARN("test skipped, not passed: a sanitizer needs address space of its own");
#else
  const address_space::Limit limit(4096 * mib);
  std::vector<sim::Exploration<textbook::LostUpdate>> results;
  for (unsigned i = 0; i < 1000; ++i) results.push_back(sim::explore(textbook::LostUpdate{}));
  for (const auto& result : results) CHECK(result.state_count() == 12);
#endif
}
