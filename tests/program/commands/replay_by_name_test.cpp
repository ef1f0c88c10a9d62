// SPDX-License-Identifier: MIT
//
// replay --by-name: a trace whose model has changed since, as far as it fits.
//
// A changed model is imitated from the other side: the trace is edited to what an
// older one would have written. Where it must deviate follows from the edit.
#include "tests/program/program_fixture.h"

using namespace fixture;
using Catch::Contains;
using nlohmann::json;

namespace {

const json& failing_trace() {
  static const json trace =
      run({"run", "upstream-report", "--seed", failing_seed(), "--format", "json"}).json();
  return trace;
}

/// What replay says of a trace after `edit`.
template <class Edit>
Result by_name(Edit edit, const Arguments& more = {}) {
  const Scratch scratch;
  json trace = failing_trace();
  edit(trace);
  Arguments arguments{"replay", scratch.write("trace.json", trace.dump()), "--by-name"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return run(arguments);
}

std::size_t step_count() { return failing_trace().at("steps").size(); }

std::string fitting(std::size_t steps) {
  return "by name      " + std::to_string(steps) + " of " + std::to_string(step_count()) +
         " steps fit";
}

}  // namespace

TEST_CASE("by name: a trace of this very model fits to its end, and fails") {
  const Result same = by_name([](json&) {});
  CHECK(same.exit_code == 1);
  CHECK(same.says(fitting(step_count()) + "\n"));
  CHECK(same.says("deviates     nowhere in what fits"));
  CHECK(same.says(failing_trace().at("fingerprint").get<std::string>()));
}

TEST_CASE("by name: what no longer concerns the replay may be anything") {
  const Result other = by_name([](json& trace) {
    trace["fingerprint"] = "0";
    trace["schedule"] = "9:nonsense";
    trace["scenario_hash"] = "changed";
    trace.erase("ledger");
    trace["from_the_future"] = true;
  });
  CHECK(other.says(fitting(step_count()) + "\n"));
  CHECK(other.exit_code == 1);
}

TEST_CASE("by name: the first step that does something else is named, the replay goes on") {
  const Result renamed = by_name([](json& trace) {
    trace["steps"][11]["statement"] = "an older statement";
    trace["steps"][30]["events"] = json::array();
  });
  CHECK(renamed.says(fitting(step_count()) + "\n"));
  CHECK(renamed.says("deviates     at step 12, of " +
                     failing_trace()["steps"][11]["actor"].get<std::string>()));
  CHECK(renamed.says("recorded   " + failing_trace()["steps"][11]["function"].get<std::string>() +
                     ": an older statement"));
  CHECK(renamed.exit_code == 1);
  // Only times differ: that is no deviation.
  CHECK(by_name([](json& trace) {
          trace["steps"][5]["time_ns"] = 7;
        }).says("deviates     nowhere in what fits"));
}

TEST_CASE("by name: it ends where a choice is not possible, and says why") {
  const Result stranger = by_name([](json& trace) { trace["steps"][20]["actor"] = "old"; });
  CHECK(stranger.says(fitting(20) + "; at step 21 no actor is called 'old'"));
  CHECK(stranger.exit_code == 3);  // what was replayed has shown nothing

  // Nothing has been sent yet: the server cannot answer.
  const Result too_early = by_name([](json& trace) { trace["steps"][3]["actor"] = "srv"; });
  CHECK(too_early.says(fitting(3) + "; at step 4 it asks for srv (server), which cannot take a"));
  CHECK(too_early.says("\n  t1 ("));

  const Result outcome = by_name([](json& trace) { trace["steps"][3]["outcome"] = "mapfail"; });
  CHECK(outcome.says(fitting(3) + "; at step 4 the step of "));
  CHECK(outcome.says("cannot come out as 'mapfail'"));

  const Result longer =
      by_name([](json& trace) { trace["steps"].push_back(trace["steps"].back()); });
  CHECK(longer.says(std::to_string(step_count()) + " of " + std::to_string(step_count() + 1)));
  CHECK(longer.says("the run has ended"));
  CHECK(longer.exit_code == 1);
}

TEST_CASE("by name: under the fix the story parts where the marshal has failed") {
  // Before the fix unmap_safe follows, under it the connection is dropped at once.
  const Result fixed = by_name([](json&) {}, {"--policy", "fix"});
  CHECK(fixed.says("recorded   frwr_op_unmap_safe: "));
  CHECK(fixed.says("now        xprt_disconnect_done: "));
  CHECK(fixed.exit_code == 3);
  const Result formatted = by_name([](json&) {}, {"--policy", "fix", "--format", "json"});
  CHECK(formatted.json().at("policy") == "leave-registered");
  CHECK_THAT(formatted.err, Contains("deviates     at step"));
}

TEST_CASE("by name: what it refuses") {
  const Scratch scratch;
  const auto complaint = [](const Arguments& arguments) {
    const Result result = run(arguments);
    CHECK(result.exit_code == 2);
    CHECK(result.out.empty());
    return result.err;
  };
  const std::string schedule =
      scratch.write("schedule.json", run({"run", "no-loss", "--format", "schedule"}).out);
  CHECK_THAT(complaint({"replay", schedule, "--by-name"}), Contains("expected a trace"));
  json trace = failing_trace();
  trace["scenario"]["mr_pool"] = 99;
  const std::string other = scratch.write("other.json", trace.dump());
  CHECK_THAT(complaint({"replay", other, "--by-name"}), Contains("/mr_pool"));
  trace = failing_trace();
  trace["policy"] = "unheard-of";
  const std::string policy = scratch.write("policy.json", trace.dump());
  CHECK_THAT(complaint({"replay", policy, "--by-name"}),
             Contains("/policy: there is no policy 'unheard-of'; there are "));
  CHECK(run({"replay", policy, "--by-name", "--policy", "pre-fix"}).exit_code == 1);
  CHECK_THAT(complaint({"replay", other, "--by-name", "--schedule", "1:02bed13d:t1"}),
             Contains("--schedule"));
}
