// SPDX-License-Identifier: MIT
//
// A search is written down between any two rounds, and whoever goes on from there ends
// with the same bytes; what is cut off or leads out of an array is refused.
#include "sim/search/saved_search.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <vector>

#include "tests/sim/models/random_models.h"
#include "tests/sim/models/textbook_models.h"

namespace {

using Saved = std::vector<unsigned char>;
using textbook::RandomProgram;

/// One actor that goes straight on: longer than the random runs from which a packing
/// learns its first bits. What it learns last is in the first word, so that the order in
/// which bits are learned is not that of the words.
struct Corridor : textbook::Threads<1> {
  static constexpr std::uint64_t turn = 8192;
  static constexpr std::uint64_t length = 20'000;
  struct State {
    std::uint64_t turns;
    std::uint64_t steps;  ///< since the last turn
  };
  [[nodiscard]] static State initial() { return {0, 0}; }
  [[nodiscard]] static sim::ActorSet enabled(const State& s) {
    return s.turns * turn + s.steps < length ? sim::ActorSet::of(0) : sim::ActorSet{};
  }
  template <class Sink>
  static void step(State& s, sim::Choice, Sink&) {
    if (++s.steps < turn) return;
    ++s.turns;
    s.steps = 0;
  }
  [[nodiscard]] static sim::End end_when_blocked(const State&) { return sim::End::rest; }
};

template <class M>
Saved saved(const sim::Exploration<M>& found) {
  Saved bytes;
  sim::save(found,
            [&bytes](sim::Bytes more) { bytes.insert(bytes.end(), more.begin(), more.end()); });
  return bytes;
}

/// The same without the last number, the memory that was needed: how much that is
/// depends on what a process has done before.
template <class M>
Saved result_of(const sim::Exploration<M>& found) {
  Saved bytes = saved(found);
  bytes.erase(bytes.end() - sizeof found.memory, bytes.end());
  return bytes;
}

/// Writes the search down after every so many rounds.
template <class M>
struct Keeper {
  std::vector<Saved>* all;
  unsigned* rounds;
  unsigned every;
  sim::Bound operator()(const sim::Progress&) const { return sim::Bound::none; }
  void keep(const sim::Exploration<M>& found) const {
    if ((*rounds)++ % every == 0) all->push_back(saved(found));
  }
};

template <class M>
sim::Exploration<M> restored(const M& model, const sim::ExploreOptions& options,
                             const Saved& bytes) {
  sim::ByteReader reader(bytes);
  auto found = sim::restored(model, options, reader);
  reader.expect_end();
  return found;
}

/// What was written down on the way; the whole search is the last of them.
template <class M>
std::vector<Saved> check_goes_on(const M& model, sim::ExploreOptions options, unsigned every = 1) {
  std::vector<Saved> all;
  unsigned rounds = 0;
  const auto whole = sim::explore(model, options, Keeper<M>{&all, &rounds, every});
  const Saved expected = result_of(whole);
  CHECK(expected == result_of(sim::explore(model, options)));
  for (const Saved& bytes : all) {
    options.jobs = options.jobs % 2 + 1;
    const auto found =
        sim::explore(model, options, sim::NullMonitor{},
                     std::optional<sim::Exploration<M>>(restored(model, options, bytes)));
    REQUIRE(result_of(found) == expected);
    CHECK(found.bound == sim::Bound::none);
    CHECK(found.graph.state_count() == found.state_count());
    CHECK(found.graph.complete() == options.keep_graph);
  }
  all.push_back(saved(whole));
  return all;
}

}  // namespace

TEST_CASE("after any round: states, edges, ends, depths as if nothing had been") {
  textbook::ProgramGenerator generator(5);
  std::size_t times = 0;
  for (unsigned i = 0; i < 6; ++i) {
    CAPTURE(i);
    const RandomProgram program = generator.next();
    times += check_goes_on(program, {.chunk_states = 1, .chunks = 1}, 3).size();
    times += check_goes_on(program, {.chunk_states = 3, .chunks = 2}).size();
    check_goes_on(program, {.keep_graph = false, .chunk_states = 2, .chunks = 2});
    check_goes_on(program, {.reductions = {.partial_order = true}, .chunk_states = 2, .chunks = 1});
    const textbook::RenamedCells<RandomProgram> renamed(program);
    check_goes_on(renamed, {.reductions = {.symmetry = true}, .chunk_states = 2, .chunks = 2});
  }
  CHECK(times > 100);
}

TEST_CASE("bits that the packing learned on the way are gone on with") {
  const Corridor corridor;
  const auto all = check_goes_on(corridor, {.chunk_states = 8, .chunks = 1}, 4999);
  REQUIRE(all.size() > 4);
  // 20000 takes 15 bits, and runs of 10000 steps cannot have shown the last of them.
  const auto fields = [&corridor](const Saved& bytes) {
    return restored(corridor, {}, bytes).packing.bits();
  };
  CHECK(fields(all.front()) < 15);
  CHECK(fields(all.back()) == 15);
}

TEST_CASE("cut off anywhere, or going on behind its end: refused") {
  textbook::ProgramGenerator generator(9);
  const RandomProgram program = generator.next();
  const sim::ExploreOptions options{.chunk_states = 2, .chunks = 1};
  const auto all = check_goes_on(program, options);
  Saved bytes = all[all.size() / 2];
  CHECK_NOTHROW(restored(program, options, bytes));
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const Saved less(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
    REQUIRE_THROWS_AS(restored(program, options, less), sim::BadBytes);
  }
  bytes.push_back(0);
  CHECK_THROWS_AS(restored(program, options, bytes), sim::BadBytes);
}

TEST_CASE("whatever bytes are changed: refused, or nothing that leads out of an array") {
  textbook::ProgramGenerator generator(11);
  const RandomProgram program = generator.next();
  const sim::ExploreOptions options{.chunk_states = 2, .chunks = 1};
  const auto all = check_goes_on(program, options);
  const Saved& whole = all[all.size() / 2];
  unsigned refused = 0;
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (const unsigned change : {1u, 128u, 255u}) {
      Saved bytes = whole;
      bytes[at] = static_cast<unsigned char>(bytes[at] ^ change);
      try {
        const auto found = restored(program, options, bytes);
        for (sim::StateId id = 0; id < found.state_count(); ++id) {
          for (const sim::StateId target : found.graph.targets(id)) {
            REQUIRE(target < found.state_count());
          }
          for (const sim::Choice choice : found.graph.choices(id)) {
            REQUIRE(choice.actor < program.actor_count());
          }
        }
        REQUIRE(found.expanded <= found.state_count());
        REQUIRE(found.level_end <= found.state_count());
        REQUIRE(std::ranges::is_sorted(found.levels));
      } catch (const sim::BadBytes&) {
        ++refused;
      }
    }
  }
  CHECK(refused > 0);
}

TEST_CASE("a search of another kind is refused") {
  textbook::ProgramGenerator generator(13);
  const RandomProgram program = generator.next();
  const Saved with_graph = check_goes_on(program, {.chunk_states = 1, .chunks = 1}).back();
  CHECK_THROWS_WITH(restored(program, {.keep_graph = false}, with_graph),
                    Catch::Contains("the graph is of other states"));
  CHECK_THROWS_WITH(restored(program, {.max_states = 2}, with_graph),
                    Catch::Contains("another number of states"));
}

TEST_CASE("a length that lies asks for no memory") {
  // Fields of the packing: none. States: 2^31 of a word each, and nothing behind.
  Saved bytes{0, 0, 0, 0, 0, 0, 0, 0x80};
  CHECK_THROWS_WITH(restored(Corridor(), {}, bytes), Catch::Contains("ends too early"));
  bytes[7] = 0xff;
  CHECK_THROWS_WITH(restored(Corridor(), {}, bytes), Catch::Contains("expected at most"));
}
