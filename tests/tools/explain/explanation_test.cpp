// SPDX-License-Identifier: MIT
//
// Explanations of real failures: what the commit message says decides the reported bug is
// what the facts say; every schedule in a report does what the report says; and what is
// not known is said.
#include "tools/explain/explanation.h"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include "model/scenario/names.h"
#include "sim/questions/counterexample.h"
#include "sim/strategies/strategies.h"
#include "tools/app/commands.h"
#include "tools/app/scenario_search.h"
#include "tools/explain/report.h"
#include "tools/explore/explore.h"
#include "tools/run/replayable.h"

namespace {

using namespace model;
using nlohmann::json;
using tools::Explanation;

struct Explained {
  Scenario scenario;
  std::string policy;
  Explanation found;
};

Explained explained(const std::string& name, const std::string& policy = "unmap-on-marshal-error",
                    const std::optional<sim::Schedule>& failing = {}) {
  Explained result{load_scenario(tools::find_scenario(name)), policy, {}};
  result.found = tools::explain({.scenario = result.scenario,
                                 .policy = policy,
                                 .failing = failing,
                                 .limits = {.max_memory = std::uint64_t{1} << 32, .time = {}},
                                 .jobs = 1,
                                 .watch = [](const sim::Progress&) { return sim::Bound::none; }});
  return result;
}

Trace replay(const Explained& what, const std::string& token) {
  Replayable replayable;
  replayable.scenario = what.scenario;
  replayable.policy = what.policy;
  replayable.token = token;
  return tools::replayed(replayable, {});
}

/// Steps, from 1, with an event about an MR.
template <class Is>
std::vector<std::size_t> steps_where(const Trace& trace, MrId mr, Is is) {
  std::vector<std::size_t> steps;
  for (std::size_t i = 0; i < trace.steps.size(); ++i) {
    for (const Event& event : trace.steps[i].events) {
      if (event.mr == mr && is(event)) steps.push_back(i + 1);
    }
  }
  return steps;
}

auto writes(FrState state) {
  return [state](const Event& event) {
    return event.kind == EventKind::fr_state && static_cast<FrState>(event.to) == state;
  };
}
bool taken_from_free_list(const Event& event) {
  return event.kind == EventKind::moved && static_cast<Place>(event.from) == Place::free_list;
}

/// What the commit message says, of one MR of a run: recovery writes INVALID, then the
/// late handler FLUSHED_FR, then op_map takes the MR.
bool is_poisoned_and_taken(const Trace& trace) {
  for (unsigned id = 1; id <= max_mrs; ++id) {
    const auto mr = static_cast<MrId>(id);
    for (const std::size_t flushed : steps_where(trace, mr, writes(FrState::flushed_fr))) {
      const auto invalid = steps_where(trace, mr, writes(FrState::is_invalid));
      const auto taken = steps_where(trace, mr, taken_from_free_list);
      const bool before = !invalid.empty() && invalid.front() < flushed;
      if (before && !taken.empty() && taken.back() > flushed) return true;
    }
  }
  return false;
}

std::string text_of(const Explained& what) {
  return tools::explanation_text(what.found, what.scenario, what.scenario.name,
                                 tools::Style(false));
}
json json_of(const Explained& what) {
  return json::parse(tools::explanation_json(what.found, what.scenario).dump());
}

/// A file that goes away with the object.
class OutputFile {
 public:
  OutputFile() : path_(std::filesystem::temp_directory_path() / "frwrsim-explain-XXXXXX") {
    std::string name = path_.string();
    const int file = mkstemp(name.data());
    REQUIRE(file >= 0);
    path_ = name;
  }
  ~OutputFile() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;
  [[nodiscard]] std::string path() const { return path_.string(); }
  [[nodiscard]] std::string text() const {
    std::ifstream file(path_);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
  }

 private:
  std::filesystem::path path_;
};

}  // namespace

TEST_CASE("what decides the reported bug is what the commit message says") {
  const Explained bug = explained("upstream-report");
  const Explanation& found = bug.found;
  CHECK(found.verdict == sim::Verdict::violated);
  CHECK(found.is_canonical);
  REQUIRE(found.why);
  const tools::WhyItFails& why = *found.why;
  // "recovery writes INVALID, frwr_wc_fastreg FLUSHED_FR after it, and a later op_map ...":
  // neither half alone, as an MR that is never taken again does no harm.
  REQUIRE(!why.deciding.empty());
  const tools::ToldFacts& first = why.deciding.front();
  REQUIRE(first.facts.size() == 2);
  CHECK(in_words(first.facts[0].first) ==
        "MR recovery worker, frwr_op_recover_mr: sets fr_state = INVALID");
  CHECK(in_words(first.facts[0].later) ==
        "send-CQ softirq, frwr_wc_fastreg: sets fr_state = FLUSHED_FR");
  CHECK(in_words(first.facts[1].first) == in_words(first.facts[0].later));
  CHECK(in_words(first.facts[1].later) == "RPC task, frwr_op_map: takes the MR off the free list");
  // At the steps at which the trace has it.
  const Trace& trace = *found.trace;
  const MrId mr = trace.violation.mr;
  const auto has = [](const std::vector<std::size_t>& steps, std::size_t step) {
    return std::find(steps.begin(), steps.end(), step) != steps.end();
  };
  CHECK(has(steps_where(trace, mr, writes(FrState::is_invalid)), first.facts[0].first_step));
  CHECK(has(steps_where(trace, mr, writes(FrState::flushed_fr)), first.facts[0].later_step));
  CHECK(has(steps_where(trace, mr, taken_from_free_list), first.facts[1].later_step));
  CHECK(first.facts[0].first_step < first.facts[0].later_step);
  CHECK(first.facts[1].first_step < first.facts[1].later_step);
  // Numbers as `explore` has them: all that fail, and none besides.
  CHECK(first.counts.failing_with.str() == "18152144285788483867028226282640713");
  CHECK(first.counts.failing_without == 0);
  CHECK(first.counts.passing_with == 0);
  CHECK(why.failing + why.passing + why.apart ==
        sim::BigInt("18529745215271512368846286757442131"));
}

TEST_CASE("the facts hold of runs that somebody else has chosen") {
  // Independent of the graph: random runs, their traces, and the sentence.
  const Scenario scenario = load_scenario(tools::find_scenario("upstream-report"));
  const RaceModel model = tools::model_of(scenario, "unmap-on-marshal-error");
  sim::StrategySpec spec;
  spec.step_bound = sim::measured_step_bound(model, 10'000);
  unsigned failing = 0;
  unsigned passing = 0;
  for (std::uint64_t seed = 1; seed <= 4000; ++seed) {
    TraceRecorder recorder;
    const auto result = sim::with_strategy(spec, model, seed, [&](auto& strategy) {
      return sim::run_directly(model, strategy, 10'000, recorder);
    });
    if (result.end == sim::End::cut) continue;
    Trace trace = make_trace(scenario, "unmap-on-marshal-error", {}, model, result, recorder);
    const bool fails = result.end == sim::End::violation;
    CHECK(is_poisoned_and_taken(trace) == fails);
    ++(fails ? failing : passing);
  }
  CHECK(failing > 10);
  CHECK(passing > 1000);
}

TEST_CASE("the nearest run passes, and differs in the order of two steps") {
  for (const char* name : {"upstream-report", "upstream-next-request", "r8-reset-failure"}) {
    const Explained what = explained(name);
    REQUIRE(what.found.nearest);
    const tools::NearestRun& near = *what.found.nearest;
    const Trace passing = replay(what, near.token);
    CHECK(passing.end == sim::End::rest);
    CHECK(passing.steps.size() == near.steps);
    CHECK(near.first.step < near.second.step);
    // In the new run the second step comes before the first one.
    const Trace& failing = *what.found.trace;
    const auto place = [&](const Trace& trace, const tools::NamedStep& step, std::size_t nth) {
      for (std::size_t i = 0; i < trace.steps.size(); ++i) {
        if (trace.steps[i].choice.actor == step.choice.actor && nth-- == 0) return i;
      }
      return trace.steps.size();
    };
    const auto nth_of = [&](const tools::NamedStep& step) {
      std::size_t nth = 0;
      for (std::size_t i = 0; i + 1 < step.step; ++i) {
        if (failing.steps[i].choice.actor == step.choice.actor) ++nth;
      }
      return nth;
    };
    const std::size_t first = place(passing, near.first, nth_of(near.first));
    const std::size_t second = place(passing, near.second, nth_of(near.second));
    CHECK(second < first);
    CHECK(passing.steps[first].step_id == near.first.step_id);
    CHECK(passing.steps[second].step_id == near.second.step_id);
  }
  // The reported bug: "if recovery writes last, life goes on".
  const Explained bug = explained("upstream-report");
  CHECK(in_words(bug.found.nearest->second) ==
        "send-CQ softirq, frwr_wc_fastreg: flushed: fr_state = FLUSHED_FR");
  CHECK(in_words(bug.found.nearest->first) ==
        "MR recovery worker, frwr_op_recover_mr: fr_state = INVALID");
}

TEST_CASE("the failing run and its last chance are those that explore finds") {
  for (const char* name :
       {"upstream-report", "root-cause", "r8-reset-failure", "pool-exhaustion"}) {
    const Explained what = explained(name);
    const RaceModel model = tools::model_of(what.scenario, what.policy);
    tools::ExploreRequest request;
    request.max_memory = std::uint64_t{1} << 32;
    request.preemptions = tools::CountPreemptions::never;
    const tools::Findings all = tools::explore(model, what.policy, request);
    // Of several invariants the one that takes the fewest preemptions, then steps.
    const auto best =
        std::min_element(all.counterexamples.begin(), all.counterexamples.end(),
                         [](const tools::Counterexample& a, const tools::Counterexample& b) {
                           return std::pair(*a.preemptions, a.schedule.size()) <
                                  std::pair(*b.preemptions, b.schedule.size());
                         });
    INFO(name);
    CHECK(what.found.trace->schedule() == best->schedule);
    CHECK(what.found.preemptions == *best->preemptions);
    REQUIRE(what.found.last_chance);
    CHECK(what.found.last_chance->decisive.step == *best->inevitable_after);
    CHECK(what.found.last_chance->decisive.choice.actor == best->decisive.actor);
    CHECK(what.found.last_chance->instead.size() == best->instead.size());
  }
}

TEST_CASE("what is not decided by facts is shown with its exceptions") {
  const Explained what = explained("r8-reset-failure");
  REQUIRE(what.found.why);
  const tools::WhyItFails& why = *what.found.why;
  CHECK(why.deciding_count == 0);
  REQUIRE(why.best_sufficient.size() == 1);
  const tools::ToldFacts& facts = why.best_sufficient.front();
  CHECK(facts.counts.passing_with == 0);
  CHECK(facts.counts.failing_with + facts.counts.failing_without == why.failing);
  CHECK(replay(what, facts.failing_without).end == sim::End::violation);
  const std::string text = std::regex_replace(text_of(what), std::regex("\\s+"), " ");
  CHECK(text.find("only 31.66 % of the failing ones do") != std::string::npos);
  // 35699835 of 112748252.
  CHECK(why.failing == 112748252);
}

TEST_CASE("a failure that is about no MR is explained by steps of the run") {
  const Explained what = explained("r11-lost-wakeup");
  REQUIRE(what.found.why);
  CHECK(what.found.why->of_the_run);
  for (const tools::ToldFacts& facts : what.found.why->best_necessary) {
    CHECK(facts.counts.failing_without == 0);
    CHECK(replay(what, facts.passing_with).end == sim::End::rest);
  }
}

TEST_CASE("every kind of step is found in the world") {
  // Independent of the events: who looks at the world before and after a step.
  const Scenario scenario = load_scenario(tools::find_scenario("r8-reset-failure"));
  unsigned states_written = 0;
  unsigned moved = 0;
  unsigned read = 0;
  // The second one writes fr_state and puts the MR on the free list in one step.
  for (const char* policy : {"unmap-on-marshal-error", "put-back"}) {
    const RaceModel model = tools::model_of(scenario, policy);
    const auto search = sim::explore(model);
    const sim::Limits limits;
    const tools::KindsOfSteps steps = tools::kinds_of_steps(model, search, false, limits);
    REQUIRE(steps.marks.edge_count() == search.graph.edge_count());
    for (sim::StateId s = 0; s < search.state_count(); ++s) {
      const World before = search.state(s);
      for (std::size_t e = 0; e < search.graph.choices(s).size(); ++e) {
        World after = before;
        sim::NullSink sink;
        model.step(after, search.graph.choices(s)[e], sink);
        const auto marks = steps.marks.of(search.graph.first_edge(s) + e);
        const bool reads_state = before.recovery.pc == RecoverPc::snapshot;
        if (reads_state && search.graph.choices(s)[e].actor == recovery_actor) {
          // It changes nothing, and is about an MR all the same.
          ++read;
          REQUIRE(marks.size() == 1);
          CHECK(marks[0].subject == before.recovery.mr - 1);
          CHECK(in_words(steps.kinds.at(marks[0].kind)) ==
                "MR recovery worker, frwr_op_recover_mr: read fr_state");
        }
        for (unsigned mr = 1; mr <= max_mrs; ++mr) {
          const Mr& then = before.mrs[mr - 1];
          const Mr& now = after.mrs[mr - 1];
          const auto mark = std::find_if(marks.begin(), marks.end(),
                                         [mr](sim::Mark m) { return m.subject == mr - 1; });
          if (then.place != now.place || then.fr_state != now.fr_state || then.dma != now.dma) {
            REQUIRE(mark != marks.end());
          }
          if (mark == marks.end() || now.place == Place::released) continue;
          const std::string words = in_words(steps.kinds.at(mark->kind));
          if (then.fr_state != now.fr_state) {
            ++states_written;
            CHECK(words.find("sets fr_state = " +
                             std::string(name_of(fr_state_names, now.fr_state))) !=
                  std::string::npos);
          } else if (then.place == Place::in_hand && now.place == Place::free_list) {
            ++moved;
            CHECK(words.find("puts the MR on the free list") != std::string::npos);
          } else if (then.place == Place::in_hand && now.place == Place::stale_list) {
            ++moved;
            CHECK(words.find("on the stale list") != std::string::npos);
          }
        }
      }
    }
  }
  CHECK(states_written > 100);
  CHECK(moved > 100);
  CHECK(read > 10);
}

TEST_CASE("text and JSON say the same") {
  const Explained bug = explained("upstream-report");
  const std::string text = text_of(bug);
  const json document = json_of(bug);
  CHECK(document.at("format") == "frwrsim-explanation/1");
  CHECK(document.at("verdict") == "violated");
  CHECK(document.at("run").at("schedule") == bug.found.trace->token());
  CHECK(text.find(bug.found.trace->token()) != std::string::npos);
  CHECK(text.find(document.at("nearest_pass").at("schedule").get<std::string>()) !=
        std::string::npos);
  // Sentences are broken into lines: words in their order are the same.
  const auto words = [](const std::string& lines) {
    std::istringstream in(lines);
    std::string all;
    for (std::string word; in >> word;) all += word + " ";
    return all;
  };
  const std::string running = words(text);
  for (const char* list : {"story", "told"}) {
    REQUIRE(document.at(list).size() >= 6);
    for (const json& item : document.at(list)) {
      CHECK(running.find(words(item.at("text").get<std::string>())) != std::string::npos);
    }
  }
  for (const json& fact : document.at("why").at("deciding").at(0).at("facts")) {
    CHECK(running.find(words(fact.at("first").get<std::string>())) != std::string::npos);
    CHECK(running.find(words(fact.at("later").get<std::string>())) != std::string::npos);
  }
  for (const json& step : document.at("last_chance").at("instead")) {
    CHECK(running.find(words(step.at("text").get<std::string>())) != std::string::npos);
  }
  CHECK(document.at("not_known").empty());
}

TEST_CASE("explain as a command: exit codes, limits, what is no failure") {
  const OutputFile file;
  tools::ExplainOptions options;
  options.what = "upstream-report";
  options.output = file.path();
  options.format = "json";
  CHECK(explain_command(options) == sim::exit_violated);
  const json all = json::parse(file.text());
  CHECK(all.at("why").at("deciding").size() > 0);

  options.policy = "fix";
  CHECK(explain_command(options) == sim::exit_clean);
  const json fixed = json::parse(file.text());
  CHECK(fixed.at("verdict") == "exhausted");
  CHECK_FALSE(fixed.contains("story"));

  // Too few states for everything: the story all the same, and why there is no more.
  options.policy = "pre-fix";
  options.max_states = 5000;
  CHECK(explain_command(options) == sim::exit_violated);
  const json limited = json::parse(file.text());
  CHECK(limited.at("story").size() >= 6);
  CHECK_FALSE(limited.contains("why"));
  REQUIRE(limited.at("not_known").size() == 1);
  CHECK(limited.at("not_known").at(0).get<std::string>().find("--max-states") != std::string::npos);
  options.policy = "fix";
  CHECK(explain_command(options) == sim::exit_bound);

  // A schedule of the user's, which docs/manual/run.md has.
  options.policy = "pre-fix";
  options.max_states = 0;
  options.schedule =
      "1:02bed13d:t1-14.link.t1-14.con-2.t1.cm.con-2.rec-14.nic-2.rep.irq-3.con-4.link.cm.con-2."
      "rep.t1-25.rec-6";
  CHECK(explain_command(options) == sim::exit_violated);
  const json given = json::parse(file.text());
  CHECK(given.at("run").at("given") == true);
  CHECK(given.at("run").at("steps") == 95);
  CHECK(given.at("why").at("deciding_count") == all.at("why").at("deciding_count"));

  options.schedule = "1:02bed13d:t1-5";
  CHECK_THROWS_WITH(explain_command(options),
                    Catch::Contains("does not fail") && Catch::Contains("violation"));
  options.schedule.clear();
  options.policy = "all";
  CHECK_THROWS_WITH(explain_command(options), Catch::Contains("one policy"));
  options.what = "upstream-reprot";
  options.policy.clear();
  CHECK_THROWS_WITH(explain_command(options), Catch::Contains("did you mean 'upstream-report'"));
}
