// SPDX-License-Identifier: MIT
//
// Work is shared out among the threads that there are.
#include "sim/search/crew.h"

#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <stdexcept>
#include <vector>

#include "tests/sim/search/address_space.h"

namespace {

/// How often each piece was done.
std::vector<unsigned> pieces_done(sim::Crew& crew, unsigned count) {
  std::vector<std::atomic<unsigned>> done(count);
  crew.share_out(count, [&](unsigned piece) { ++done[piece]; });
  return {done.begin(), done.end()};
}

}  // namespace

TEST_CASE("every piece of work is done once", "[threads]") {
  for (const unsigned size : {1u, 2u, 5u}) {
    sim::Crew crew(size);
    for (const unsigned count : {0u, 1u, 2u, 100u}) {
      CHECK(pieces_done(crew, count) == std::vector<unsigned>(count, 1));
    }
  }
}

TEST_CASE("the first exception of a piece is thrown again, and the crew works on", "[threads]") {
  sim::Crew crew(3);
  const auto fail = [](unsigned piece) {
    if (piece == 7) throw std::runtime_error("piece 7");
  };
  CHECK_THROWS_WITH(crew.share_out(20, fail), "piece 7");
  CHECK(pieces_done(crew, 20) == std::vector<unsigned>(20, 1));
}

TEST_CASE("threads that cannot be had are done without") {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  WARN("test skipped, not passed: a sanitizer needs address space of its own");
#else
  // Room for the stacks of some threads, not of a thousand.
  const address_space::Limit limit(256u << 20);
  sim::Crew crew(1000);
  CHECK(pieces_done(crew, 100) == std::vector<unsigned>(100, 1));
#endif
}
