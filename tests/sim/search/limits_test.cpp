// SPDX-License-Identifier: MIT
//
// The limits of a search: models, states and options that are too large for it, or make no
// sense, are refused with a sentence; the largest that are allowed work.
#include <array>
#include <catch2/catch.hpp>
#include <cstring>
#include <limits>
#include <new>
#include <stdexcept>
#include <vector>

#include "sim/questions/cheapest_failure.h"
#include "sim/run.h"
#include "sim/search/explorer.h"
#include "sim/search/round.h"
#include "sim/strategies/uniform.h"
#include "tests/sim/models/textbook_models.h"

using Catch::Matchers::Contains;
using textbook::Byte;
using textbook::LostUpdate;

namespace {

/// So many actors, each with one step; run to their ends in any order.
template <unsigned count>
struct Many : textbook::Threads<count> {
  struct State {
    std::uint64_t moved;
  };
  static State initial() { return {}; }
  static sim::ActorSet enabled(const State& s) {
    sim::ActorSet set;
    for (unsigned t = 0; t < count && t < 32; ++t) {
      if ((s.moved >> t & 1u) == 0) set.insert(t);
    }
    return set;
  }
  template <class Sink>
  static void step(State& s, sim::Choice choice, Sink&) {
    s.moved |= std::uint64_t{1} << choice.actor;
  }
  static sim::End end_when_blocked(const State&) { return sim::End::rest; }
  static Byte step_id(const State&, sim::ActorId) { return 0; }
};

/// A lost update in which an actor is enabled that has no step, or that is not there.
struct NoOutcome : LostUpdate {
  static sim::OutcomeSet outcomes(const State& s, sim::ActorId actor) {
    return actor == 1 && s.pc[1] == 1 ? sim::OutcomeSet{} : sim::OutcomeSet::of(0);
  }
};
struct Stranger : LostUpdate {
  static sim::ActorSet enabled(const State& s) {
    sim::ActorSet set = running(s, 2);
    if (s.pc[0] == 1) set.insert(2);
    return set;
  }
};

template <class M>
void check_refused(const M& model, const char* why) {
  CHECK_THROWS_AS(sim::explore(model), sim::BrokenPromise);
  CHECK_THROWS_WITH(sim::explore(model, {.jobs = 2}), Contains(why));
  const auto violates = [](const sim::EndState& end) { return end.end == sim::End::violation; };
  CHECK_THROWS_WITH(sim::cheapest_failure(model, violates, {}), Contains(why));
  const auto run = [&model](std::uint64_t seed) {
    sim::UniformStrategy strategy(seed);
    sim::NullObserver nobody;
    return sim::run_directly(model, strategy, 100, nobody).steps;
  };
  CHECK_THROWS_WITH(
      [&] {
        for (std::uint64_t seed = 0; seed < 20; ++seed) run(seed);
      }(),
      Contains(why));
}

/// 16 bytes, aligned like that, so that whatever lies behind it is aligned, too.
struct Wide : textbook::Threads<3> {
  struct alignas(16) State {
    std::array<std::uint32_t, 4> pc;
  };
  static State initial() { return {}; }
  static sim::ActorSet enabled(const State& s) { return running(s, 2); }
  template <class Sink>
  static void step(State& s, sim::Choice choice, Sink&) {
    ++s.pc[choice.actor];
  }
  static sim::End end_when_blocked(const State& s) {
    return s.pc[3] == 0 ? sim::End::rest : sim::End::violation;
  }
  static Byte step_id(const State& s, sim::ActorId actor) { return static_cast<Byte>(s.pc[actor]); }
};

template <class Padded>
bool has_zeros_behind_the_state() {
  alignas(64) std::array<unsigned char, sizeof(Padded)> memory;
  memory.fill(0xff);
  const auto* padded = new (memory.data()) Padded;
  bool zero = true;
  for (std::size_t i = sizeof padded->state; i < sizeof *padded; ++i) {
    zero &= padded->bytes()[i] == 0;
  }
  return zero;
}

template <std::size_t alignment, std::size_t size>
struct Aligned {
  alignas(alignment) std::array<unsigned char, size> bytes;
};

}  // namespace

TEST_CASE("32 actors are possible, 33 are refused") {
  // Subsets of 32 would be too many to see, those of the first 12 are not.
  const auto part = sim::explore(Many<32>{}, {.max_states = 5000});
  CHECK(part.state_count() == 5000);
  CHECK(sim::explore(Many<12>{}).state_count() == 4096);
  check_refused(Many<33>{}, "the model has 33 actors; there can be 32");
}

TEST_CASE("an actor that is enabled must be there and have outcomes") {
  check_refused(NoOutcome{}, "actor 't1' is enabled, and its step has no outcomes");
  check_refused(Stranger{}, "actor number 2 is enabled, and the model has 2 actors");
}

TEST_CASE("a state is followed by zeros, however it is aligned") {
  CHECK(has_zeros_behind_the_state<sim::Padded<Wide::State>>());
  CHECK(has_zeros_behind_the_state<sim::Padded<Aligned<1, 7>>>());
  CHECK(has_zeros_behind_the_state<sim::Padded<Aligned<1, 8>>>());
  CHECK(has_zeros_behind_the_state<sim::Padded<Aligned<8, 24>>>());
  CHECK(has_zeros_behind_the_state<sim::Padded<Aligned<32, 32>>>());
  CHECK(has_zeros_behind_the_state<sim::Padded<Aligned<64, 192>>>());
}

TEST_CASE("states of 16 bytes, aligned like that, are told apart by what is in them") {
  // Three threads at 0, 1 or 2 each.
  CHECK(sim::explore(Wide{}).state_count() == 27);
  const auto nothing = [](const sim::EndState&) { return false; };
  // Here a state is told apart by who ran last and can continue: one of the threads at 1, of
  // which there are 27 in all; or nobody, at the beginning and where a thread is at 2, but for
  // the end, which is not expanded: 1 + 18.
  CHECK(sim::cheapest_failure(Wide{}, nothing, {}).nodes == 27 + 1 + 18);
}

TEST_CASE("a search for the cheapest failure finds it without being told what it costs") {
  const auto violates = [](const sim::EndState& end) { return end.end == sim::End::violation; };
  const auto found = sim::cheapest_failure(LostUpdate{}, violates, sim::CheapestOptions{});
  REQUIRE(found.schedule);
  // Both read before either writes: one of them is preempted.
  CHECK(*found.schedule == sim::Schedule{{0, 0}, {1, 0}, {1, 0}, {0, 0}});
  CHECK(found.at_least == sim::Cost{1, 4});
}

TEST_CASE("options that are no options are refused") {
  const auto explore = [](const sim::ExploreOptions& options) {
    return sim::explore(LostUpdate{}, options).state_count();
  };
  CHECK_THROWS_WITH(explore({.jobs = 0}), Contains("jobs is 0"));
  CHECK_THROWS_WITH(explore({.max_states = 0}), Contains("max_states is 0"));
  CHECK_THROWS_WITH(explore({.chunk_states = 0}), Contains("chunk_states is 0"));
  CHECK_THROWS_WITH(explore({.chunks = 0}), Contains("chunks is 0"));
  // As numbers of 32 bits these products are 0 and 4.
  for (const auto& [states, chunks] :
       {std::pair(1u << 16, 1u << 16), std::pair(0x4000'0001u, 4u), std::pair(~0u, ~0u)}) {
    CHECK_THROWS_WITH(explore({.chunk_states = states, .chunks = chunks}),
                      Contains("more than 2147483648"));
  }
  CHECK(explore({.chunk_states = 1u << 31, .chunks = 1}) == 12);
  CHECK(explore({.max_states = std::numeric_limits<sim::StateId>::max()}) == 12);
}

TEST_CASE("reductions that the model cannot have are refused") {
  CHECK_THROWS_WITH(sim::explore(LostUpdate{}, {.reductions = {.symmetry = true}}),
                    Contains("symmetry: the model has no canonical(state)"));
  CHECK_THROWS_WITH(sim::explore(LostUpdate{}, {.reductions = {.partial_order = true}}),
                    Contains("partial order: the model has no footprints"));
}

TEST_CASE("the last of all state numbers is one") {
  // The array of states is there, its pages are not.
  sim::StateStore store(1);
  const auto last = static_cast<sim::StateId>(sim::most_states - 1);
  store.grow(last);
  const std::uint64_t packed = 77;
  store.add(&packed);
  CHECK(store.size() == sim::most_states);
  CHECK(store.find_or_add(&packed) == last);
  sim::Round round(1, 1);
  *round.chunk(0).begin_edge({0, 0}) = packed;
  round.chunk(0).end_edge();
  round.chunk(0).end_source();
  sim::StateGraph graph;
  sim::Crew crew(1);
  CHECK(round.settle(1, store, static_cast<sim::StateId>(sim::most_states), &graph, crew));
  CHECK(store.size() == sim::most_states);
  REQUIRE(graph.targets(0).size() == 1);
  CHECK(graph.targets(0)[0] == last);
}

TEST_CASE("the largest state that can be packed is, and a larger one is refused") {
  std::vector<unsigned char> initial(8 * sim::most_state_words);
  sim::BitPacking packing(initial);
  std::vector<unsigned char> state(initial.size(), 0xa7);
  for (std::size_t i = 0; i < state.size(); ++i) state[i] ^= static_cast<unsigned char>(i * i);
  packing.observe(std::vector<unsigned char>(initial.size(), 0xff).data());
  packing.extend();
  CHECK(packing.packed_words() == sim::most_state_words);
  std::vector<std::uint64_t> packed(packing.packed_words());
  REQUIRE(packing.pack(state.data(), packed.data()));
  std::vector<unsigned char> again(state.size());
  packing.unpack(packed.data(), again.data());
  CHECK(again == state);
  initial.resize(initial.size() + 8);
  CHECK_THROWS_WITH(sim::BitPacking(initial), Contains("at most 524280"));
}
