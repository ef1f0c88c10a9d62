// SPDX-License-Identifier: MIT
//
// The mutation score: how we know that a sweep can fail.
//
// Every mutant (model/mutants.h) is the fixed model with one safeguard taken out. A
// sweep catches it if a setup that is exhausted without the mutant is not with it: an
// invariant is violated, or, where an RPC would try again for ever, a budget cuts runs.
// A mutant that is caught by none is either equivalent, which is then proved by machine
// for each setup and in words in docs/mutants.md, or honestly not caught, with the reason
// there. The table here and the one there are held against each other.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cstring>
#include <deque>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>
#include <unordered_set>
#include <vector>

#include "model/invariants.h"
#include "model/mutants.h"
#include "model/race_model.h"
#include "model/scenario/names.h"
#include "sim/questions/shortest_schedule.h"
#include "sim/verdict.h"
#include "tests/model/mutation_setups.h"

namespace {

using namespace model;

enum class Fate : std::uint8_t {
  caught,
  equivalent,  ///< in lockstep with the unmutated model on every setup
  not_caught,  ///< exhausted on every setup
};

struct Row {
  Mutant mutant;
  Fate fate;
  std::string_view setup{};  ///< of those that catch it
  std::string_view by{};     ///< the invariant, or "budget" and which
  unsigned steps = 0;        ///< to the first world that shows it
};

// Shipped scenarios come first, then small ones.
constexpr Row table[] = {
    {Mutant::failed_marshal_unmaps, Fate::caught, "upstream-report", "double-unmap", 74},
    {Mutant::drain_does_not_wait, Fate::caught, "upstream-report", "double-unmap", 71},
    {Mutant::upcall_is_not_awaited, Fate::caught, "next-any-time", "mr-on-one-list", 64},
    {Mutant::worker_keeps_connected, Fate::not_caught},
    {Mutant::worker_does_not_disconnect, Fate::caught, "two-timeouts", "rpc-finishes", 32},
    {Mutant::old_qp_stays, Fate::not_caught},
    {Mutant::failed_connect_wakes_nobody, Fate::not_caught},
    {Mutant::loss_wakes_nobody, Fate::caught, "loss-any-time", "rpc-finishes", 28},
    {Mutant::cookie_is_not_bumped, Fate::caught, "single-segment", "budget reconnects", 61},
    {Mutant::connecting_is_not_tested, Fate::caught, "two-without-mrs", "rpc-finishes", 64},
    {Mutant::connect_test_is_left_out, Fate::not_caught},
    {Mutant::lock_is_shared, Fate::caught, "two-without-mrs", "rpc-finishes", 49},
    {Mutant::release_keeps_lock, Fate::caught, "two-without-mrs", "rpc-finishes", 20},
    {Mutant::answered_is_sent_again, Fate::caught, "next-any-time-one-mr", "double-unmap", 97},
    {Mutant::sleeps_on_lost_connection, Fate::caught, "loss-any-time", "rpc-finishes", 28},
    {Mutant::cookie_is_not_tested, Fate::not_caught},
    {Mutant::rejected_send_is_ignored, Fate::caught, "two-losses", "double-unmap", 80},
    {Mutant::drop_keeps_connected, Fate::caught, "next-any-time-one-mr", "double-unmap", 42},
    {Mutant::retransmit_keeps_mrs, Fate::caught, "upstream-report", "budget enobufs_retries", 66},
    {Mutant::free_keeps_mrs, Fate::caught, "send-sges-fail", "leaked-mapping", 17},
    {Mutant::refresh_is_not_scheduled, Fate::caught, "pool-exhaustion", "budget enobufs_retries",
     31},
    {Mutant::any_state_is_mapped, Fate::caught, "next-any-time-rnic", "fastreg-on-invalid-mr", 68},
    {Mutant::not_invalid_is_lost, Fate::caught, "next-any-time", "mr-on-one-list", 117},
    {Mutant::valid_is_not_set, Fate::equivalent},
    {Mutant::fastreg_keeps_callback, Fate::caught, "upstream-report", "map-over-live-mapping", 68},
    {Mutant::rejected_fastreg_is_ignored, Fate::not_caught},
    {Mutant::rejected_is_lost, Fate::caught, "single-segment", "leaked-mapping", 71},
    {Mutant::registered_is_not_listed, Fate::caught, "single-segment", "leaked-mapping", 24},
    {Mutant::flushed_li_is_unmapped, Fate::caught, "next-any-time-one-mr", "double-unmap", 50},
    {Mutant::reset_keeps_rkey, Fate::caught, "next-any-time-rnic", "fastreg-on-invalid-mr", 58},
    {Mutant::reset_leaves_state, Fate::caught, "upstream-report", "double-unmap", 72},
    {Mutant::recovered_is_not_unmapped, Fate::caught, "upstream-report", "map-over-live-mapping",
     67},
    {Mutant::recovered_is_put_first, Fate::caught, "upstream-report", "map-over-live-mapping", 65},
    {Mutant::match_keeps_request, Fate::not_caught},
    {Mutant::duplicate_is_handled, Fate::not_caught},
    {Mutant::invalidation_keeps_state, Fate::caught, "upstream-next-request", "double-unmap", 103},
    {Mutant::invalidation_keeps_callback, Fate::caught, "next-any-time-two-segments",
     "double-unmap", 93},
    {Mutant::wake_callback_is_not_set, Fate::caught, "single-segment", "rpc-finishes", 26},
    {Mutant::completion_is_not_reset, Fate::equivalent},
    {Mutant::rejected_invalidation_is_not_reset, Fate::caught, "next-any-time-rnic",
     "fastreg-on-invalid-mr", 64},
    {Mutant::rejected_post_keeps_connection, Fate::not_caught},
    {Mutant::invalidation_is_not_awaited, Fate::caught, "next-any-time-one-mr",
     "map-over-live-mapping", 83},
    {Mutant::invalidated_stays_linked, Fate::caught, "single-segment", "mr-on-one-list", 29},
    {Mutant::invalidated_is_not_unmapped, Fate::caught, "single-segment", "leaked-mapping", 35},
    {Mutant::invalidated_is_put_first, Fate::caught, "three-requests", "map-over-live-mapping", 72},
    {Mutant::answer_wakes_nobody, Fate::caught, "single-segment", "rpc-finishes", 32},
    {Mutant::free_list_is_a_stack, Fate::not_caught},
    {Mutant::stale_list_is_a_queue, Fate::not_caught},
    {Mutant::flush_is_not_marked, Fate::equivalent},
    {Mutant::invalidation_flush_is_not_marked, Fate::caught, "next-any-time-rnic",
     "fastreg-on-invalid-mr", 68},
    {Mutant::success_is_marked, Fate::caught, "no-waiting", "budget enobufs_retries", 52},
};

Setup mutated(Setup setup, Mutant mutant) {
  setup.mutant = mutant;
  return setup;
}

std::vector<std::string_view> all_setups() {
  std::vector<std::string_view> names(mutation::shipped.begin(), mutation::shipped.end());
  names.insert(names.end(), mutation::made.begin(), mutation::made.end());
  return names;
}

/// What a breadth-first search comes to. It is made with a bound on its states that
/// grows until something is found, so that a short counterexample ends it early.
struct Sweep {
  sim::Verdict verdict = sim::Verdict::bound_reached;
  std::string by;          ///< as Row::by
  unsigned steps = 0;      ///< as Row::steps
  sim::Schedule schedule;  ///< those steps
  std::uint64_t states = 0;
};

Sweep sweep(const Setup& setup) {
  const RaceModel model(setup);
  constexpr sim::StateId most = 4'000'000;
  for (sim::StateId bound = 4'000;; bound = std::min(8 * bound, most)) {
    sim::ExploreOptions options;
    options.keep_graph = false;
    options.max_states = bound;
    const auto found = sim::explore(model, options);
    const bool complete = found.bound == sim::Bound::none;
    const auto ends = found.graph.ends();
    const auto first = [&ends](sim::End kind) {
      return std::find_if(ends.begin(), ends.end(),
                          [kind](const sim::EndState& end) { return end.end == kind; });
    };
    Sweep result;
    result.states = found.state_count();
    auto shown = first(sim::End::violation);
    if (shown != ends.end()) {
      result.verdict = sim::Verdict::violated;
      result.by = entry_of(static_cast<Invariant>(shown->detail)).name;
    } else if (!complete && bound < most) {
      continue;
    } else if (shown = first(sim::End::cut); complete && shown != ends.end()) {
      result.by = "budget " + std::string(budget_names.at(shown->detail));
    } else {
      if (complete) result.verdict = sim::Verdict::exhausted;
      return result;
    }
    result.schedule = sim::shortest_schedule(model, found, {}, shown->state);
    result.steps = static_cast<unsigned>(result.schedule.size());
    return result;
  }
}

/// Whether one of the mutant's schedules does no harm where it is possible at all
/// without the mutant.
bool is_harmless(const Setup& setup, const sim::Schedule& schedule) {
  const RaceModel model(setup);
  World w = model.initial();
  for (const sim::Choice choice : schedule) {
    if (model.stopped(w) || !model.enabled(w).contains(choice.actor)) return true;
    if (!model.outcomes(w, choice.actor).contains(choice.outcome)) return true;
    sim::NullSink sink;
    model.step(w, choice, sink);
  }
  return model.violation(w).invariant == Invariant::none && !model.stopped(w);
}

/// Two models in lockstep: whatever is possible in one is possible in the other, step
/// by step, and runs end alike. As a choice has one effect, the pairs of worlds that
/// are visited are a bisimulation. Nothing else of the worlds is compared.
bool in_lockstep(const RaceModel& a, const RaceModel& b) {
  struct Pair {
    World a, b;
  };
  struct Hash {
    std::size_t operator()(const Pair& p) const {
      return std::hash<std::string_view>{}({reinterpret_cast<const char*>(&p), sizeof p});
    }
  };
  struct Equal {
    bool operator()(const Pair& p, const Pair& q) const {
      return std::memcmp(&p, &q, sizeof p) == 0;
    }
  };
  std::unordered_set<Pair, Hash, Equal> visited;  // its nodes never move
  std::deque<const Pair*> frontier;
  const auto visit = [&](const Pair& pair) {
    const auto [at, is_new] = visited.insert(pair);
    if (is_new) frontier.push_back(&*at);
  };
  visit({a.initial(), b.initial()});
  for (; !frontier.empty(); frontier.pop_front()) {
    const Pair& now = *frontier.front();
    if (a.stopped(now.a) != b.stopped(now.b)) return false;
    if (a.stopped(now.a)) {
      if (a.end_detail(now.a) != b.end_detail(now.b)) return false;
      continue;
    }
    const sim::ActorSet enabled = a.enabled(now.a);
    if (enabled != b.enabled(now.b)) return false;
    if (enabled.empty() && a.violation(now.a).invariant != b.violation(now.b).invariant) {
      return false;
    }
    for (const unsigned n : enabled) {
      const auto actor = static_cast<sim::ActorId>(n);
      const sim::OutcomeSet outcomes = a.outcomes(now.a, actor);
      if (outcomes != b.outcomes(now.b, actor)) return false;
      for (const unsigned outcome : outcomes) {
        const sim::Choice choice{actor, static_cast<sim::Outcome>(outcome)};
        Pair next = now;
        sim::NullSink sink;
        a.step(next.a, choice, sink);
        b.step(next.b, choice, sink);
        visit(next);
      }
    }
  }
  return true;
}

bool in_lockstep(std::string_view setup, Mutant mutant) {
  const Setup unmutated = mutation::setup_of(setup);
  return in_lockstep(RaceModel(unmutated), RaceModel(mutated(unmutated, mutant)));
}

std::string name_of(Mutant mutant) {
  return std::string(mutant_names.at(static_cast<std::size_t>(mutant)));
}

/// The cells of a line of a table, without quotes; empty for any other line.
std::vector<std::string> cells_of(std::string line) {
  std::vector<std::string> cells;
  if (!line.starts_with("| `")) return cells;
  line.erase(std::remove(line.begin(), line.end(), '`'), line.end());
  std::istringstream text(line.substr(1));
  for (std::string cell; std::getline(text, cell, '|');) {
    const auto first = cell.find_first_not_of(' ');
    cells.push_back(first == std::string::npos
                        ? ""
                        : cell.substr(first, cell.find_last_not_of(' ') + 1 - first));
  }
  return cells;
}

std::string document() {
  std::ifstream file(FRWRSIM_SCENARIO_DIR "/../docs/mutants.md");
  REQUIRE(file);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

TEST_CASE("the table has every mutant") {
  REQUIRE(std::size(table) + 1 == mutant_names.size());
  for (std::size_t i = 0; i < std::size(table); ++i) {
    CHECK(static_cast<std::size_t>(table[i].mutant) == i + 1);
    CHECK((table[i].fate == Fate::caught) == (table[i].steps > 0));
  }
}

TEST_CASE("without a mutant every setup is exhausted") {
  std::map<std::string_view, std::uint64_t> states;
  for (const std::string_view name : all_setups()) {
    INFO(name);
    const Sweep found = sweep(mutation::setup_of(name));
    CHECK(found.verdict == sim::Verdict::exhausted);
    states[name] = found.states;
  }
  CHECK(states["upstream-report"] == 24'683);
}

TEST_CASE("a mutant that is caught is caught as the table says") {
  const std::vector<std::string_view> setups = all_setups();
  for (const Row& row : table) {
    if (row.fate != Fate::caught) continue;
    INFO(name_of(row.mutant) << " on " << row.setup);
    REQUIRE(std::find(setups.begin(), setups.end(), row.setup) != setups.end());
    const Setup setup = mutation::setup_of(row.setup);
    const Sweep found = sweep(mutated(setup, row.mutant));
    CHECK(found.verdict != sim::Verdict::exhausted);
    CHECK(found.by == row.by);
    CHECK(found.steps == row.steps);
    CHECK(is_harmless(setup, found.schedule));
  }
}

TEST_CASE("a mutant that is equivalent is in lockstep with the unmutated model") {
  for (const Row& row : table) {
    if (row.fate != Fate::equivalent) continue;
    for (const std::string_view name : mutation::to_compare) {
      INFO(name_of(row.mutant) << " on " << name);
      CHECK(in_lockstep(name, row.mutant));
    }
  }
}

TEST_CASE("what lockstep says can be no") {
  CHECK_FALSE(in_lockstep("upstream-report", Mutant::drain_does_not_wait));
  CHECK_FALSE(in_lockstep("next-any-time", Mutant::any_state_is_mapped));
  CHECK_FALSE(in_lockstep("no-waiting", Mutant::success_is_marked));
}

// Should a setup begin to catch one of them, the table is to say so.
TEST_CASE("a mutant that is not caught is caught by none", "[full]") {
  for (const Row& row : table) {
    if (row.fate == Fate::caught) continue;
    for (const std::string_view name : all_setups()) {
      INFO(name_of(row.mutant) << " on " << name);
      CHECK(sweep(mutated(mutation::setup_of(name), row.mutant)).verdict ==
            sim::Verdict::exhausted);
    }
  }
}

TEST_CASE("docs/mutants.md has the same table, the score and a reason for each not caught") {
  const std::string text = document();
  // From a heading to the next.
  const auto section = [&text](const std::string& heading) {
    const auto at = text.find("\n## " + heading + "\n");
    REQUIRE(at != std::string::npos);
    return text.substr(at, text.find("\n## ", at + 1) - at);
  };
  const std::string proofs = section("Equivalent");
  const std::string reasons = section("Not caught");
  std::vector<std::vector<std::string>> rows;
  std::istringstream lines(section("The mutants"));
  for (std::string line; std::getline(lines, line);) {
    if (auto cells = cells_of(line); !cells.empty()) rows.push_back(cells);
  }
  REQUIRE(rows.size() == std::size(table));
  std::array<unsigned, 3> score{};
  unsigned by_budget = 0;
  unsigned by_shipped = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Row& row = table[i];
    ++score.at(static_cast<std::size_t>(row.fate));
    INFO(name_of(row.mutant));
    REQUIRE(rows[i].size() == 5);
    CHECK(rows[i][0] == name_of(row.mutant));
    CHECK_FALSE(rows[i][1].empty());
    if (row.fate == Fate::caught) {
      CHECK(rows[i][2] == row.setup);
      CHECK(rows[i][3] == row.by);
      CHECK(rows[i][4] == std::to_string(row.steps));
      by_budget += row.by.starts_with("budget ");
      if (std::find(mutation::shipped.begin(), mutation::shipped.end(), row.setup) !=
          mutation::shipped.end()) {
        ++by_shipped;
      }
      continue;
    }
    const bool is_equivalent = row.fate == Fate::equivalent;
    CHECK(rows[i][2] == (is_equivalent ? "equivalent" : "not caught"));
    CHECK((is_equivalent ? proofs : reasons).find("`" + name_of(row.mutant) + "`") !=
          std::string::npos);
  }
  std::string prose = text;
  std::replace(prose.begin(), prose.end(), '\n', ' ');
  const auto count = [](auto n) { return std::to_string(n); };
  for (const std::string& sentence :
       {count(score[0]) + " of " + count(std::size(table)) + " are caught, " + count(score[1]) +
            " are equivalent, " + count(score[2]) + " are not caught",
        count(score[0] - by_budget) + " violate an invariant and " + count(by_budget) +
            " only a budget",
        count(by_shipped) + " are caught by a shipped scenario"}) {
    INFO(sentence);
    CHECK(prose.find(sentence) != std::string::npos);
  }
  const std::string setups = section("The setups made for them");
  for (const std::string_view name : mutation::made) {
    INFO(name);
    CHECK(setups.find("\n| " + std::string(name) + " |") != std::string::npos);
  }
}
