// SPDX-License-Identifier: MIT
//
// What is found is there, is nearest, and is as frequent as counted otherwise.
//
// The same question is put to the slow searches of tests/reference/ and reachable_states.h
// as a function of the world, written by hand.
#include "tools/find/question.h"

#include <algorithm>
#include <functional>

#include "tests/model/reachable_states.h"
#include "tests/reference/explorer.h"

using namespace model;
using tools::Findings;
using tools::Sought;
using BigInt = sim::BigInt;

namespace {

Findings asked(const Scenario& scenario, const std::string& policy, const Sought& sought) {
  const Setup setup = tools::seeking(scenario, policy, sought);
  tools::ExploreRequest request;
  request.reductions.symmetry = true;
  request.invariant = tools::sought_in(setup);
  request.max_memory = std::uint64_t{4} << 30;
  return tools::explore(RaceModel(setup), policy, request);
}

using Test = std::function<bool(const World&)>;

struct Ways {
  BigInt all = 0;
  BigInt there = 0;
};

/// Interleavings, cut off where the test is true for the first time.
Ways counted(const reachable::Search& search, const Test& test) {
  std::vector<Ways> ways(search.worlds.size());
  std::vector<bool> is_known(search.worlds.size());
  const std::function<const Ways&(std::uint32_t)> from = [&](std::uint32_t w) -> const Ways& {
    if (is_known[w]) return ways[w];
    is_known[w] = true;
    if (test(search.worlds[w])) return ways[w] = {1, 1};
    if (search.successors[w].empty()) return ways[w] = {1, 0};
    for (const std::uint32_t next : search.successors[w]) {
      ways[w].all += from(next).all;
      ways[w].there += from(next).there;
    }
    return ways[w];
  };
  return from(0);
}

struct Question {
  const char* where;
  Test test;
};

bool any_mr(const World& w, const std::function<bool(const Mr&)>& test) {
  return std::any_of(w.mrs.begin(), w.mrs.begin() + w.mr_count, test);
}

const std::vector<Question> questions{
    {"mr.fr_state == FLUSHED_FR && mr.place == free_list",
     [](const World& w) {
       return any_mr(w, [](const Mr& mr) {
         return mr.fr_state == FrState::flushed_fr && mr.place == Place::free_list;
       });
     }},
    {"rpc.done && any mr: mr.mapped",
     [](const World& w) {
       return w.rpcs[0].pc == TaskPc::done &&
              any_mr(w, [](const Mr& mr) { return mr.dma == DmaState::mapped; });
     }},
    {"send_queue == 0 && completion_queue >= 2",
     [](const World& w) { return w.send_queue.size == 0 && w.completions.size >= 2; }},
    {"!connected && rpc.task == op_map_post",
     [](const World& w) { return !w.connected && w.rpcs[0].pc == TaskPc::op_map_post; }},
    {"rpc.done", [](const World& w) { return w.rpcs[0].pc == TaskPc::done; }},
};

}  // namespace

TEST_CASE("find: as near and as often as a slow search says") {
  unsigned found = 0;
  unsigned absent = 0;
  for (const char* name : {"single-segment", "r7-dma-map-failure"}) {
    const Scenario scenario = reachable::scenario(name);
    for (const std::string policy : {"pre-fix", "fix"}) {
      const RaceModel model = reachable::model_of(scenario, policy);
      const reachable::Search search = reachable::search(model);
      for (const Question& question : questions) {
        CAPTURE(name, policy, question.where);
        const Findings answer = asked(scenario, policy, {question.where, {}});
        const Ways ways = counted(search, question.test);
        const bool is_there = ways.there != 0;
        CHECK((answer.verdict == sim::Verdict::violated) == is_there);
        REQUIRE(answer.interleavings.has_value());
        CHECK(answer.interleavings->all == ways.all);
        CHECK(answer.interleavings->failing == ways.there);
        if (is_there) {
          const auto nearest = reference::explore_until(model, question.test, 1'000'000);
          const tools::Counterexample& example = answer.counterexamples.at(0);
          const sim::Schedule& shortest = example.shortest.value_or(example.schedule);
          CHECK(shortest.size() == nearest.schedule.value().size());
        }
        ++(is_there ? found : absent);
      }
    }
  }
  CHECK(found >= 5);
  CHECK(absent >= 1);
}

TEST_CASE("find: several things happen in one run, each at its time") {
  const Scenario scenario = reachable::scenario("single-segment");
  const auto steps = [&](const Sought& sought) -> std::size_t {
    const Findings answer = asked(scenario, "pre-fix", sought);
    if (answer.counterexamples.empty()) return 0;
    const tools::Counterexample& example = answer.counterexamples.front();
    return example.shortest.value_or(example.schedule).size();
  };
  // The link is lost before anything is posted, and both happen; never at one time.
  const std::string lost = "event qp to ERROR";
  const std::string posted = "event posted FASTREG";
  CHECK(steps({lost + " && " + posted, {}}) == 0);
  const std::size_t after = steps({"", {lost + " < " + posted}});
  const std::size_t before = steps({"", {posted + " < " + lost}});
  CHECK(after > 0);
  CHECK(before > 0);
  CHECK(steps({"", {lost + " < " + lost}}) == 0);  // there is one loss
  // Before the loss and again after it: the request is sent twice.
  CHECK(steps({"", {lost + " < " + posted, posted + " < " + lost}}) > std::max(after, before));
  CHECK(steps({"rpc.done", {lost + " < " + posted}}) >= after);
  CHECK(steps({"rpc.done", {}}) < steps({"rpc.done", {lost + " < " + posted}}));
}

TEST_CASE("find: what is sought comes before what fails in the same step") {
  // The second unmap is a violation; to see it happen is not to be kept from it.
  const Scenario scenario = reachable::scenario("r7-dma-map-failure");
  const Findings answer = asked(scenario, "fix", {"event dma_unmap of mr from none", {}});
  CHECK(answer.verdict == sim::Verdict::violated);
}
