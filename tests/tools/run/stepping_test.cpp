// SPDX-License-Identifier: MIT
//
// A run made step by step: going on, going back, and what is refused.
#include "tools/run/stepping.h"

#include "tests/model/model_fixture.h"

using namespace fixture;
using tools::Stepping;

namespace {

constexpr sim::Choice t1{task1, 0};
constexpr sim::Choice rec{recovery_actor, 0};

/// Takes the last of what is possible until the run has ended: the least hurried context
/// first, which makes a lost connection an early one.
void to_the_end(Stepping& run) {
  while (!run.choices().empty()) run.take(run.choices().back());
}

}  // namespace

TEST_CASE("stepping: what can be chosen is what the model has, in order") {
  Setup setup = basic_setup(pre_fix);
  setup.losses = 1;
  setup.faults.dma_map = 1;
  Stepping run{RaceModel(setup)};
  // Nothing is posted and nobody is called: the task, and the link that may break.
  CHECK(run.choices() == std::vector<sim::Choice>{t1, {link_actor, 0}});
  // Where op_map may fail there are two ways.
  while (run.world().rpc(1).pc != TaskPc::op_map_dma_map) run.take(t1);
  CHECK(run.choices() ==
        std::vector<sim::Choice>{
            t1, {task1, static_cast<sim::Outcome>(Fault::dma_map)}, {link_actor, 0}});
}

TEST_CASE("stepping: it takes the model's steps and keeps what they tell") {
  const Setup setup = basic_setup();
  Stepping run{RaceModel(setup)};
  Bench bench(setup);
  for (int i = 0; i < 12; ++i) {
    bench.step(task1);
    run.take(t1);
    CHECK(same(run.world(), bench.w));
    CHECK(run.steps().back().events == bench.log.events);
  }
  CHECK(run.schedule() == sim::Schedule(12, t1));
  CHECK(run.steps()[3].time_ns == untimed_ns(4));
}

TEST_CASE("stepping: going back is exact, and what was taken back can be taken again") {
  Stepping run{RaceModel(basic_setup())};
  for (int i = 0; i < 12; ++i) run.take(t1);
  const World far = run.world();
  const auto steps = run.steps();
  CHECK(run.undo(5) == 5);
  CHECK(run.steps().size() == 7);
  Bench bench(basic_setup());
  bench.steps(task1, 7);
  CHECK(same(run.world(), bench.w));
  CHECK(run.redo(2) == 2);
  CHECK(run.redo(100) == 3);
  CHECK(run.redo(1) == 0);
  CHECK(same(run.world(), far));
  CHECK(run.steps() == steps);
  CHECK(run.undo(100) == 12);
  CHECK(run.undo(1) == 0);
  CHECK(same(run.world(), run.model().initial()));
}

TEST_CASE("stepping: another choice makes what was taken back forgotten, the same does not") {
  Setup setup = basic_setup();
  setup.losses = 1;
  Stepping run{RaceModel(setup)};
  for (int i = 0; i < 3; ++i) run.take(t1);
  run.undo(3);
  run.take(t1);
  CHECK(run.redo(1) == 1);
  run.undo(1);
  run.take({link_actor, 0});
  CHECK(run.redo(1) == 0);
}

TEST_CASE("stepping: a choice that cannot be made says what could be") {
  Stepping run{RaceModel(basic_setup())};
  CHECK_FALSE(run.mismatch(t1));
  const auto idle = run.mismatch(rec);
  REQUIRE(idle);
  CHECK(idle->step == 0);
  CHECK(idle->enabled == run.model().enabled(run.world()));
  CHECK(idle->outcomes.empty());
  const auto outcome = run.mismatch({task1, 1});
  REQUIRE(outcome);
  CHECK(outcome->outcomes == sim::OutcomeSet::of(0));
}

TEST_CASE("stepping: where the run has ended nothing can be chosen") {
  Stepping run{RaceModel(basic_setup())};
  CHECK_FALSE(run.end());
  to_the_end(run);
  CHECK(run.end() == sim::End::rest);  // nothing is lost, so nothing fails
  CHECK(run.mismatch(t1));
  CHECK(run.mismatch(t1)->enabled.empty());
  run.undo(1);
  CHECK_FALSE(run.end());
}

TEST_CASE("stepping: a violation and a cut end it though somebody could go on") {
  Setup setup = basic_setup(pre_fix);
  setup.losses = 1;
  setup.budgets = {};  // the retransmission that follows is not paid for
  Stepping run{RaceModel(setup)};
  run.take({link_actor, 0});
  for (int i = 0; i < 1000 && !run.end(); ++i) run.take(run.choices().front());
  CHECK(run.end() == sim::End::cut);
  CHECK(run.choices().empty());
  CHECK_FALSE(run.model().enabled(run.world()).empty());
}
