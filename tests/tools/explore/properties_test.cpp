// SPDX-License-Identifier: MIT
//
// A property that says the same as an invariant has the same answers as the invariant:
// states, interleavings, probability, counterexamples, under every reduction.
//
// The invariants are checked by the kernel's steps themselves, so this is a second way to
// come to every number.
#include "model/property/properties.h"

#include "model/property/parser.h"
#include "tests/model/reachable_states.h"
#include "tools/app/scenario_search.h"
#include "tools/explore/explore.h"

using namespace model;
using tools::Findings;

namespace {

struct Same {
  Invariant invariant;
  const char* never;
};

const std::vector<Same> same{
    {Invariant::double_unmap, "event dma_unmap of mr from unmapped"},
    {Invariant::unmap_never_mapped, "event dma_unmap of mr from none"},
    {Invariant::map_over_live_mapping, "event dma_map of mr from mapped"},
    {Invariant::leaked_mapping, "blocked && (all rpc: rpc.done) && any mr: mr.mapped"},
    {Invariant::rpc_finishes, "blocked && any rpc: !rpc.done"},
};

/// Nothing is looked at but what cannot be off.
Setup looking_at_nothing(Setup setup) {
  for (const InvariantEntry& entry : invariants()) {
    if (may_be(entry.invariant, Severity::off)) {
      setup.severities[static_cast<std::size_t>(entry.invariant)] = Severity::off;
    }
  }
  return setup;
}

Setup with_invariant(const Setup& base, Invariant invariant) {
  Setup setup = looking_at_nothing(base);
  setup.severities[static_cast<std::size_t>(invariant)] = Severity::fatal;
  return setup;
}

Setup with_property(const Setup& base, const char* never) {
  Setup setup = looking_at_nothing(base);
  setup.severities[static_cast<std::size_t>(property_at(0))] = Severity::fatal;
  set_properties(setup, {{.name = "p", .about = {}, .never = read_condition(never, {})}});
  return setup;
}

Findings found(const Setup& setup, sim::Reductions reductions) {
  tools::ExploreRequest request;
  request.reductions = reductions;
  request.max_memory = std::uint64_t{4} << 30;
  return tools::explore(RaceModel(setup), "some policy", request);
}

/// Ends that violate the one are ends that violate the other.
std::map<Invariant, std::uint64_t> renamed(std::map<Invariant, std::uint64_t> violating,
                                           Invariant invariant) {
  if (const auto at = violating.find(property_at(0)); at != violating.end()) {
    const std::uint64_t states = at->second;
    violating.erase(at);
    violating[invariant] = states;
  }
  return violating;
}

void check_counts(const Findings& by_property, const Findings& by_invariant, Invariant invariant) {
  CHECK(by_property.verdict == by_invariant.verdict);
  CHECK(by_property.states == by_invariant.states);
  CHECK(by_property.transitions == by_invariant.transitions);
  CHECK(by_property.depth == by_invariant.depth);
  CHECK(by_property.rest == by_invariant.rest);
  CHECK(renamed(by_property.violating, invariant) == by_invariant.violating);
  REQUIRE(by_property.interleavings.has_value());
  REQUIRE(by_invariant.interleavings.has_value());
  CHECK(by_property.interleavings->all == by_invariant.interleavings->all);
  CHECK(by_property.interleavings->failing == by_invariant.interleavings->failing);
  CHECK(by_property.interleavings->failing_by_preemptions ==
        by_invariant.interleavings->failing_by_preemptions);
  CHECK(by_property.probability->low == by_invariant.probability->low);
  CHECK(by_property.outlooks == by_invariant.outlooks);
  REQUIRE(by_property.counterexamples.size() == by_invariant.counterexamples.size());
  for (std::size_t i = 0; i < by_property.counterexamples.size(); ++i) {
    const tools::Counterexample& a = by_property.counterexamples[i];
    const tools::Counterexample& b = by_invariant.counterexamples[i];
    CHECK(a.schedule == b.schedule);
    CHECK(a.preemptions == b.preemptions);
    CHECK(a.violation.mr == b.violation.mr);
  }
}

/// Returns in how many cases something was violated.
unsigned check_scenario(const std::string& name, const std::vector<std::string>& policies) {
  unsigned violated = 0;
  const Scenario scenario = reachable::scenario(name);
  for (const std::string& policy : policies) {
    const Setup base = scenario.with_policy(find_policy(policy)->policy);
    for (const Same& one : same) {
      if (base.detect == Detect::dma_api && one.invariant == Invariant::double_unmap) continue;
      CAPTURE(name, policy, one.never);
      const Findings expected = found(with_invariant(base, one.invariant), {});
      const Setup setup = with_property(base, one.never);
      check_counts(found(setup, {}), expected, one.invariant);
      violated += expected.verdict == sim::Verdict::violated;

      const Findings renaming = found(setup, {.symmetry = true});
      CHECK(renaming.interleavings->all == expected.interleavings->all);
      CHECK(renaming.interleavings->failing == expected.interleavings->failing);
      CHECK(renaming.states <= expected.states);
      const Findings all = found(setup, {.symmetry = true, .partial_order = true});
      CHECK(all.verdict == expected.verdict);
      CHECK(all.partial_order_is_off);
      CHECK(all.states == renaming.states);
    }
  }
  return violated;
}

}  // namespace

TEST_CASE("a property that says what an invariant says has its answers") {
  unsigned violated = check_scenario("single-segment", {"pre-fix", "fix"});
  violated += check_scenario("upstream-report", {"pre-fix", "fix"});
  violated += check_scenario("r7-dma-map-failure", {"pre-fix", "fix"});
  CHECK(violated >= 2);  // else all of it would be about nothing
}

TEST_CASE("a property that says what an invariant says, on every scenario", "[full]") {
  for (const std::string& name : tools::scenario_names()) {
    const Scenario scenario = reachable::scenario(name);
    const auto expected = scenario.expect.find("leave-registered");
    // What takes minutes and gigabytes is left to the smaller ones.
    if (expected == scenario.expect.end() || expected->second.states.value_or(0) > 400'000)
      continue;
    check_scenario(name, {"pre-fix", "fix"});
  }
}

TEST_CASE("a property whose parts never come true says so") {
  const Setup base = reachable::scenario("single-segment").with_policy(find_policy("fix")->policy);
  const auto vacuous = [&base](const char* never) {
    std::vector<std::string> parts;
    const Findings findings = found(with_property(base, never), {.symmetry = true});
    CHECK(findings.verdict == sim::Verdict::exhausted);
    for (const tools::VacuousPart& part : findings.vacuous) parts.push_back(part.part);
    return parts;
  };
  using Parts = std::vector<std::string>;
  // No second unmap, no fault: the second part cannot be, the first is.
  CHECK(vacuous("mr.mapped && event dma_unmap of mr from none") ==
        Parts{"event dma_unmap of mr from none"});
  CHECK(vacuous("mr.fr_state == VALID && mr.place == free_list") == Parts{});
  CHECK(vacuous("losses_left == 3") == Parts{});  // one part: that it holds says as much
  CHECK(vacuous("!(losses_left == 3 => connected)") == Parts{"losses_left == 3"});
}
