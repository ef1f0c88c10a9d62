// SPDX-License-Identifier: MIT
//
// Partial order reduction loses no end of a model that keeps the contract, however little
// the contract lets it promise (contract_models.h); and is refused where nothing would
// show that it loses some.
#include <catch2/catch.hpp>
#include <set>
#include <string>
#include <utility>

#include "sim/questions/topological_order.h"
#include "sim/search/explorer.h"
#include "tests/sim/models/contract_models.h"

using Catch::Matchers::Contains;
using sim::End;
using textbook::Promises;
using textbook::RandomContract;
using textbook::Reading;

namespace {

static_assert(sim::FootprintModel<Promises<RandomContract>>);

/// How runs end; where they end because nothing is enabled, in which state.
template <class M>
std::set<std::string> ends(const M& model, bool reduced) {
  const auto found = sim::explore(model, {.reductions = {.partial_order = reduced}});
  std::set<std::string> result;
  for (const sim::EndState& end : found.graph.ends()) {
    const auto state = found.state(end.state);
    std::string text{static_cast<char>(end.end), static_cast<char>(end.detail)};
    if (!model.stopped(state)) {
      text.append(reinterpret_cast<const char*>(&state), sizeof state);
    }
    result.insert(text);
  }
  return result;
}

/// Whether the reduced search loses an end of that program.
bool loses(std::uint64_t seed, Reading reading) {
  const Promises model(textbook::drawn_contract(seed), reading);
  return ends(model, false) != ends(model, true);
}

/// Of so many programs, those of which it loses one.
unsigned losing(Reading reading, std::uint64_t programs) {
  unsigned lost = 0;
  for (std::uint64_t seed = 1; seed <= programs; ++seed) lost += loses(seed, reading) ? 1 : 0;
  return lost;
}

}  // namespace

TEST_CASE("partial order keeps the ends of models that promise no more than they have to") {
  CHECK(losing(Reading::as_written, 500) == 0);
}

TEST_CASE("partial order loses ends of models that promise less than they have to") {
  // The first seeds with which it does.
  CHECK(loses(306, Reading::future_before_any_other));
  CHECK(loses(225, Reading::disables_at_once));
  CHECK(loses(570, Reading::stopped_is_nobodys));
}

TEST_CASE("many models that promise no more, and less, than they have to", "[full]") {
  constexpr std::uint64_t programs = 20'000;
  CHECK(losing(Reading::as_written, programs) == 0);
  CHECK(losing(Reading::future_before_any_other, programs) > 0);
  CHECK(losing(Reading::disables_at_once, programs) > 0);
  CHECK(losing(Reading::stopped_is_nobodys, programs) > 0);
}

TEST_CASE("such promises leave the search less to do") {
  std::uint64_t all = 0;
  std::uint64_t reduced = 0;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    const Promises model(textbook::drawn_contract(seed), Reading::as_written);
    all += sim::explore(model).state_count();
    reduced += sim::explore(model, {.reductions = {.partial_order = true}}).state_count();
  }
  CHECK(reduced * 3 < all * 2);
}

namespace {

/// One thread that goes round in a circle and one that violates something at once. Nothing of
/// what they touch is shared, so that one of them seems to be enough.
struct Roundabout : textbook::Threads<2> {
  struct State {
    std::array<textbook::Byte, 2> pc;
  };
  static State initial() { return {}; }
  static sim::ActorSet enabled(const State& s) {
    sim::ActorSet set = sim::ActorSet::of(0);
    if (s.pc[1] < 2) set.insert(1);
    return set;
  }
  template <class Sink>
  static void step(State& s, sim::Choice choice, Sink&) {
    s.pc[choice.actor] = static_cast<textbook::Byte>(s.pc[choice.actor] + 1);
    if (choice.actor == 0) s.pc[0] %= 3;
  }
  static std::optional<End> stopped(const State& s) {
    if (s.pc[1] == 2) return End::violation;
    return std::nullopt;
  }
  static End end_when_blocked(const State&) { return End::rest; }
  static sim::Footprint footprint(const State&, sim::ActorId actor) {
    return {0, std::uint64_t{1} << actor};
  }
  static sim::Footprint future(const State&, sim::ActorSet, sim::ActorId actor) {
    return {0, std::uint64_t{1} << actor};
  }
  static bool may_stop(const State&, sim::ActorId actor) { return actor == 1; }
};

/// The same, with a false promise.
struct Promised : Roundabout {
  static constexpr bool acyclic = true;
};

}  // namespace

TEST_CASE("partial order on a model with a cycle is noticed, or refused") {
  const auto all = sim::explore(Roundabout{});
  CHECK(all.graph.ends().size() == 3);  // a violation wherever the first thread is
  // It goes round and sees none; the graph says so.
  sim::ExploreOptions options{.reductions = {.partial_order = true}};
  const auto reduced = sim::explore(Roundabout{}, options);
  CHECK(reduced.graph.ends().empty());
  CHECK(std::holds_alternative<sim::Cycle>(sim::topological_order(reduced.graph)));
  options.keep_graph = false;
  CHECK_THROWS_WITH(sim::explore(Roundabout{}, options), Contains("cycle could hide violations"));
  CHECK(sim::explore(Promised{}, options).graph.ends().empty());
  // Without reduction, and with it where the model has promised, nothing is refused.
  CHECK(sim::explore(Roundabout{}, {.keep_graph = false}).graph.ends().size() == 3);
}
