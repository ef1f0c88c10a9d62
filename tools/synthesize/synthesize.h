// SPDX-License-Identifier: MIT
//
// Which orderings would repair a policy, and what they would cost.
//
// Every ordering between what can be pending and a kind of step that occurs is tried,
// then pairs of those that do not suffice alone. One *suffices* if under it no failure
// is left: no violation, no state in which it holds everything back, and no end of an
// RPC that is reachable without failure now and out of reach under it. It never makes a
// run exceed a budget that would not have done so: every state under an ordering is a
// state without it.
//
// The cost of an ordering is the interleavings it forbids: those of the system that are
// not interleavings of the system under it. If there is no deadlock, all of the latter
// are among the former, so that is the difference of the two numbers. Less the failing
// ones, all of which it forbids, it is the number of good ones forbidden.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "model/race_model.h"
#include "model/rules/ordering.h"
#include "sim/questions/interleavings.h"
#include "sim/search/explorer.h"

namespace tools {

/// When pairs of orderings are tried.
enum class Pairs : std::uint8_t { never, automatic, always };

/// `automatic` tries no pairs if it could take more visits of transitions than
/// this, one for each pair and transition: minutes.
inline constexpr std::uint64_t most_visits_for_pairs = 10'000'000'000;

/// What is to be found out, and within which bounds.
struct SynthesisRequest {
  Pairs pairs = Pairs::automatic;
  std::uint64_t most_visits = most_visits_for_pairs;
  unsigned jobs = 1;  ///< of the search; trying is done by one thread
  sim::StateId max_states = static_cast<sim::StateId>(sim::most_states);
  std::uint64_t max_memory = 0;  ///< bytes
  /// Asked regularly; a bound other than none ends the synthesis. Thread-safe.
  std::function<sim::Bound(const sim::Progress&)> watch;
};

/// What an ordering does to the system. The first that applies.
enum class Fate : std::uint8_t {
  suffices,
  idle,      ///< holds nothing back in any reachable state: the system as it was
  fails,     ///< an invariant is violated in the course of a run
  deadlock,  ///< everything is held back, and an RPC is not done or work is left
  leak,      ///< everything is held back, all RPCs are done; a mapping or MR is not back
  progress,  ///< an RPC's end with, or without, its reply is out of reach
};
inline constexpr std::array<std::string_view, 6> fate_names{"suffices", "idle", "fails",
                                                            "deadlock", "leak", "progress"};

/// A single ordering that was tried.
struct Trial {
  model::Ordering ordering;
  Fate fate = Fate::idle;
};

/// Orderings that suffice.
struct Fix {
  std::vector<model::Ordering> orderings;  ///< one or two
  sim::BigInt forbidden;                   ///< interleavings
  sim::BigInt forbidden_good;              ///< of them, those that do not fail
  bool is_cut = false;  ///< a budget cuts some of those left: shown within budgets only
  /// The first one of the list that leaves the same interleavings; may be itself.
  std::size_t same_as = 0;
};

enum class SynthesisVerdict : std::uint8_t {
  nothing_fails,  ///< there is nothing to repair
  repaired,       ///< an ordering or a pair suffices
  not_repaired,   ///< none of those tried does
  bound_reached,  ///< not everything was seen, and nothing found suffices
};
inline constexpr std::array<std::string_view, 4> synthesis_verdict_names{
    "nothing_fails", "repaired", "not_repaired", "bound_reached"};

/// Everything found out.
struct Synthesis {
  std::string policy;
  SynthesisVerdict verdict = SynthesisVerdict::bound_reached;
  sim::Bound bound = sim::Bound::none;  ///< what ended the synthesis
  // Of the system without orderings.
  std::uint64_t states = 0;  ///< those that differ in the names of MRs only count as one
  std::uint64_t transitions = 0;
  std::set<model::Invariant> violated;
  bool is_cut = false;
  sim::BigInt interleavings;  ///< 0 if they were not counted
  sim::BigInt failing;

  std::vector<Trial> trials;  ///< in the order of orderings
  std::vector<Fix> singles;   ///< best first
  std::vector<Fix> pairs;     ///< best first
  std::uint64_t pairs_tried = 0;
  std::vector<std::string> missing;  ///< what is not known, and why
  double seconds = 0;
};

/// Searches, then tries. Throws std::bad_alloc.
Synthesis synthesize(const model::RaceModel& model, const std::string& policy,
                     const SynthesisRequest& request);

}  // namespace tools
