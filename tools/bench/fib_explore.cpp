// SPDX-License-Identifier: MIT
//
// fib_bench(N) explored once, with the report members that peers/run_peers.py reads:
// the engine on a workload whose steps cost almost nothing.
#include <cstdio>
#include <cstdlib>

#include "sim/search/explorer.h"
#include "tests/sim/models/fib_bench.h"

int main(int argc, char** argv) {
  const int rounds = argc == 2 ? std::atoi(argv[1]) : 0;
  if (rounds < 1 || rounds > 5) {
    std::fputs("usage: fib_explore N, with N from 1 to 5\n", stderr);
    return 2;
  }
  sim::ExploreOptions options;
  options.keep_graph = false;
  const auto found = sim::explore(textbook::FibBench(static_cast<unsigned>(rounds)), options);
  std::printf(
      "{\"states\": %u, \"transitions\": %llu, \"verdict\": \"exhausted\", \"bound\": \"none\", "
      "\"measured\": {\"memory_bytes\": %llu}}\n",
      found.state_count(), static_cast<unsigned long long>(found.transitions),
      static_cast<unsigned long long>(found.memory));
  return 0;
}
