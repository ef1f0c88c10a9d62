// SPDX-License-Identifier: MIT
//
// Properties as users have them: --never and "properties" in every command that knows
// them, what is printed and written of them, and find.
#include <set>

#include "tests/program/commands/explore_fixture.h"

using namespace fixture;
using Catch::Matchers::Contains;

namespace {

const std::string poisoned = "mr.fr_state == FLUSHED_FR && mr.place == free_list";
const std::string done_while_mapped = "rpc.done && any mr of rpc: mr.mapped";

/// The reported bug's scenario with a property in the file.
std::string with_property(const Scratch& scratch, const json& property) {
  json document = scenario("upstream-report");
  document["properties"] = {property};
  return scratch.write("property.json", document.dump());
}

std::string with_poisoned(const Scratch& scratch) {
  return with_property(scratch, {{"name", "poisoned"}, {"never", poisoned}});
}

/// The last command that a report prints, from the line that begins with "frwrsim".
std::string printed_command(const std::string& text) {
  std::string last;
  for (const std::string& line : lines_of(text)) {
    if (const auto at = line.find("frwrsim "); at != std::string::npos && at < 6) {
      last = line.substr(at);
    }
  }
  return last;
}

}  // namespace

TEST_CASE("never: a property has verdict, counts, probability and a counterexample") {
  const json report = explored("upstream-report", {"-p", "pre-fix", "--never", poisoned});
  CHECK(report["verdict"] == "violated");
  CHECK(report["ends"]["violation"].contains("never-1"));
  const json& example = report["counterexamples"][0];
  CHECK(example["invariant"] == "never-1");
  CHECK(example["preemptions"] == 0);  // the bug needs none, so what precedes it needs none
  CHECK(report.contains("probability"));
  CHECK(report["causes"][0]["invariant"] == "never-1");

  // Under the fix no FLUSHED_FR reaches the free list: that is the fix.
  CHECK(explored("upstream-report", {"-p", "fix", "--never", poisoned})["verdict"] == "exhausted");
}

TEST_CASE("never: a command that is printed can be pasted") {
  for (const Arguments& command :
       {Arguments{"explore", "upstream-report", "--never", poisoned},
        Arguments{"hunt", "upstream-report", "--never", "p=" + poisoned, "--seeds", "1..20000"},
        Arguments{"find", "single-segment", "--where", done_while_mapped},
        Arguments{"explain", "single-segment", "--never", done_while_mapped}}) {
    const Result result = run(command);
    CAPTURE(command, result.err);
    const std::string pasted = printed_command(result.out);
    CAPTURE(pasted);
    REQUIRE_FALSE(pasted.empty());
    const Result again = pasted_into_shell(pasted);
    CAPTURE(again.err);
    CHECK(again.err.empty());
    // What was found by `find` need not fail.
    CHECK(again.exit_code == (command[0] == "find" ? 3 : 1));
  }
}

TEST_CASE("a property in a scenario is in traces, and they replay") {
  const Scratch scratch;
  const std::string file = with_poisoned(scratch);
  const Result hunt = run({"hunt", file, "--seeds", "1..20000", "--format", "json"});
  REQUIRE(hunt.exit_code == 1);
  const json failure = hunt.json()["failures"][0];
  CHECK(failure["invariant"] == "poisoned");
  const std::string seed = std::to_string(failure["seed"].get<std::uint64_t>());
  const Result trace = run({"run", file, "--seed", seed, "--format", "json"});
  CHECK(trace.json()["end"]["invariant"] == "poisoned");
  const std::string path = scratch.write("trace.json", trace.out);
  const Result replayed = run({"replay", path, "--format", "json"});
  CHECK(replayed.exit_code == 1);
  CHECK(replayed.json()["steps"] == trace.json()["steps"]);
  CHECK_THAT(run({"replay", path}).out, Contains("violated: property poisoned of MR"));
  CHECK_THAT(run({"replay", path}).out, Contains("never: " + poisoned + " (poisoned)"));
  // The same choices, told in every way there is.
  CHECK(run({"minimize", path}).exit_code == 1);
  CHECK(run({"explain", path}).exit_code == 1);
  for (const char* picture : {"text", "mermaid", "sequence-svg", "perfetto"}) {
    const Result drawn = run({"render", path, "--as", picture});
    CAPTURE(picture, drawn.err);
    CHECK(drawn.exit_code == 0);
    CHECK_THAT(drawn.out, Contains("poisoned"));
  }
  CHECK_THAT(run({"replay", path, "--format", "ftrace"}).out, Contains("poisoned"));
}

TEST_CASE("properties have severities") {
  const Scratch scratch;
  const auto explored_with = [&](const char* severity) {
    return explored(
        with_property(scratch, {{"name", "p"}, {"never", poisoned}, {"severity", severity}}));
  };
  const json without = explored("upstream-report");
  for (const char* severity : {"off", "observed"}) {
    json with = explored_with(severity);
    CAPTURE(severity);
    CHECK(with["states"] == without["states"]);
    CHECK(with["interleavings"] == without["interleavings"]);
    CHECK(with["ends"] == without["ends"]);
  }
  CHECK(explored_with("fatal")["ends"]["violation"].contains("p"));

  // Observed: it is told where it begins to hold, once.
  const std::string file =
      with_property(scratch, {{"name", "done"}, {"never", "rpc.done"}, {"severity", "observed"}});
  const Result trace = run({"run", file, "-p", "fix", "--format", "json"});
  unsigned told = 0;
  const json steps = trace.json()["steps"];
  for (const json& step : steps) {
    for (const json& event : step["events"]) {
      told += event["event"] == "observed" && event["to"] == "done";
    }
  }
  CHECK(told == 1);
}

TEST_CASE("a property that holds at the start is violated at the start") {
  const Result text = run({"run", "no-loss", "--never", "connected"});
  CHECK(text.exit_code == 1);
  CHECK_THAT(text.out, Contains("property never-1 at step 0"));
  const json report = explored("no-loss", {"--never", "connected"});
  CHECK(report["states"] == 1);
  CHECK(report["interleavings"]["failing"] == "1");
  CHECK(run({"explain", "no-loss", "--never", "connected"}).exit_code == 1);
  CHECK(run({"minimize", "no-loss", "--never", "connected", "--schedule",
             report["counterexamples"][0]["schedule"]})
            .exit_code == 1);
}

TEST_CASE("a property is part of the scenario's hash, its prose is not") {
  const Scratch scratch;
  const auto hash = [&](const json& property) {
    return explored(with_property(scratch, property), {"--verdict-only"})["scenario_hash"];
  };
  const json base = hash({{"name", "p"}, {"never", "connected && locked"}});
  CHECK(base == hash({{"name", "q"}, {"never", "connected  and locked"}, {"about", "Prose."}}));
  CHECK(base != hash({{"name", "p"}, {"never", "connected || locked"}}));
  CHECK(base != hash({{"name", "p"}, {"never", "connected && locked"}, {"severity", "observed"}}));
  CHECK(base != explored("upstream-report", {"--verdict-only"})["scenario_hash"]);
}

TEST_CASE("a token of the scenario without --never is one with it") {
  const std::string token =
      run({"find", "upstream-report", "--where", poisoned, "--format", "json"})
          .json()["run"]["schedule"];
  const Result plain = run({"replay", "upstream-report", "--schedule", token});
  CHECK_THAT(plain.out, Contains("the run could continue"));
  const Result with = run({"replay", "upstream-report", "--schedule", token, "--never", poisoned});
  CHECK(with.exit_code == 1);
  CHECK_THAT(with.out, Contains("violated: property never-1"));
}

TEST_CASE("properties in results, certificates, pages, comparisons and checks") {
  const Scratch scratch;
  const std::string file = with_poisoned(scratch);
  SECTION("results and their statistics") {
    const std::string results = scratch.path("results.jsonl");
    CHECK(run({"hunt", file, "--seeds", "1..400", "--all", "--format", "jsonl", "-o", results})
              .exit_code == 1);
    CHECK_THAT(run({"stats", results}).out, Contains("(poisoned)"));
  }
  SECTION("a certificate") {
    const std::string certificate = scratch.path("certificate");
    CHECK(run({"explore", file, "-p", "pre-fix", "--certificate", certificate}).exit_code == 1);
    const Result checked = run({certificate}, {.program = FRWRSIM_CHECKER});
    CAPTURE(checked.out, checked.err);
    CHECK(checked.exit_code == 0);
  }
  SECTION("a page") {
    const std::string page = scratch.path("page.html");
    CHECK(run({"teach", file, "-o", page}).exit_code == 0);
    CHECK_THAT(content_of(page), Contains("property poisoned"));
  }
  SECTION("a comparison") {
    const Result table = run({"compare", file, "-p", "pre-fix", "-p", "fix"});
    CHECK_THAT(table.out, Contains("poisoned"));
    const json cells = run({"compare", file, "-p", "fix", "--format", "json"}).json();
    CHECK_THAT(cells.dump(), Contains("\"poisoned\":\"holds\""));
  }
  SECTION("a check") {
    const Result as_expected = run({"check", "single-segment"});
    CHECK(as_expected.exit_code == 0);
    const std::string junit = scratch.path("junit.xml");
    CHECK(run({"check", "single-segment", "--never", done_while_mapped, "--junit", junit})
              .exit_code == 1);
    CHECK_THAT(content_of(junit), Contains("never-1"));
    CHECK_THAT(usage_complaint({"check", "single-segment", "--never", "true", "--update"}),
               Contains("--never"));
  }
  SECTION("a checkpoint belongs to its properties") {
    const std::string checkpoint = scratch.path("checkpoint");
    const Result begun = run({"explore", "two-rpcs", "--never", "p=rpc.done", "--max-memory", "64M",
                              "--checkpoint", checkpoint});
    CHECK(begun.exit_code != 2);
    if (fs::exists(checkpoint)) {
      CHECK_THAT(
          complaint({"explore", "two-rpcs", "--never", "p=locked", "--checkpoint", checkpoint}),
          Contains("scenario"));
    }
  }
}

TEST_CASE("partial order reduction is off with properties, and the report says so") {
  const Result text = explored_text("upstream-report",
                                    {"-p", "pre-fix", "--never", poisoned, "--reduction", "all"});
  CHECK_THAT(text.out, Contains("partial order is off: a property may look at anything"));
  const json all =
      explored("upstream-report", {"-p", "pre-fix", "--never", poisoned, "--reduction", "all"});
  const json none = explored("upstream-report", {"-p", "pre-fix", "--never", poisoned});
  CHECK(all["reduction"]["partial_order"] == false);
  CHECK(all["reduction"]["symmetry"] == true);
  CHECK(all["verdict"] == none["verdict"]);
  CHECK(all["interleavings"] == none["interleavings"]);
  CHECK(all["counterexamples"] == none["counterexamples"]);
}

TEST_CASE("a property that holds because its premise never does says so") {
  const Arguments never{"--never", "mr.fr_state == FLUSHED_LI && mr.place == registered_list"};
  const Result text = explored_text("single-segment", {"-p", "fix", never[0], never[1]});
  CHECK_THAT(text.out,
             Contains("never-1 holds, but \"mr.fr_state == FLUSHED_LI\" never became true"));
  const json report = explored("single-segment", {"-p", "fix", never[0], never[1]});
  CHECK(report["vacuous"] ==
        json::array({{{"property", "never-1"}, {"never_true", "mr.fr_state == FLUSHED_LI"}}}));
  CHECK_FALSE(explored("single-segment", {"-p", "fix"}).contains("vacuous"));
}

TEST_CASE("bad properties are refused with pointer and column") {
  const Scratch scratch;
  const auto refused = [&](const json& properties) {
    json document = small_scenario();
    document["properties"] = properties;
    return complaint({"validate", scratch.write("bad.json", document.dump())});
  };
  const auto one = [](const std::string& never) {
    return json::array({{{"name", "p"}, {"never", never}}});
  };
  CHECK_THAT(refused(one("mr.mappd")),
             Contains("/properties/0/never: column 4: there is no 'mappd' "
                      "of an MR; did you mean 'mapped'?"));
  CHECK_THAT(refused(one("rpc[wriet].done")), Contains("did you mean 'write'?"));
  CHECK_THAT(refused(one("")),
             Contains("/properties/0/never: expected a string of 1 to 1000 bytes"));
  CHECK_THAT(refused(json::array({{{"name", "P"}, {"never", "true"}}})),
             Contains("/properties/0/name: expected a lower-case letter"));
  CHECK_THAT(refused(json::array({{{"name", "double-unmap"}, {"never", "true"}}})),
             Contains("/properties/0/name: an invariant is called 'double-unmap' already"));
  CHECK_THAT(refused(json::array({{{"name", "p"}, {"never", "true"}, {"severty", "off"}}})),
             Contains("/properties/0/severty: unknown key; did you mean 'severity'?"));
  CHECK_THAT(refused(json::array({{{"name", "a"}, {"never", "once connected && once locked"}},
                                  {{"name", "b"},
                                   {"never",
                                    "once locked && once locked && once locked && "
                                    "once locked"}}})),
             Contains("/properties/1/never: column 46: at most 5 things can be remembered"));

  CHECK_THAT(complaint({"run", "no-loss", "--never", "mr.mappd"}),
             Contains("--never: column 4: there is no 'mappd' of an MR"));
  CHECK_THAT(complaint({"run", "no-loss", "--never", "double-unmap=true"}),
             Contains("an invariant is called 'double-unmap' already"));
  CHECK_THAT(complaint({"find", "no-loss", "--where", "connected &&"}),
             Contains("--where: column 13: expected a condition, found the end"));
  CHECK_THAT(complaint({"find", "no-loss", "--before", "connected"}),
             Contains("--before: column 10: expected '<' between two conditions"));
  CHECK_THAT(complaint({"find", "no-loss"}), Contains("expected --where CONDITION, --before"));
}

TEST_CASE("find: found, or proved not to be there, or not known") {
  SECTION("a coin is tossed") {
    // one_toss: the mapping fails or not, each with probability 1/2; if it fails the task
    // defers the MR.
    const Scratch scratch;
    const std::string file = scratch.write("toss.json", one_toss().dump());
    const Result result =
        run({"find", file, "--where", "event moved of mr to stale_list by t1", "--format", "json"});
    CHECK(result.exit_code == 0);
    CHECK(result.json()["probability"]["fraction"] == "1/2");
  }
  SECTION("what always happens has probability 1, and every interleaving is a way") {
    const json report = run({"find", "no-loss", "--where", "rpc.done", "--format", "json"}).json();
    CHECK(report["verdict"] == "found");
    CHECK(report["probability"]["fraction"] == "1");
    CHECK(report["interleavings"]["ways"] == report["interleavings"]["all"]);
  }
  SECTION("without a loss the QP stays") {
    const Result result = run({"find", "no-loss", "--where", "qp == ERROR"});
    CHECK(result.exit_code == 1);
    CHECK(result.says("exhausted: every interleaving was covered, it happens in none"));
  }
  SECTION("a part that never comes true is the reason") {
    const Result result = run({"find", "no-loss", "--where", "qp == ERROR && connected"});
    CHECK(result.says("because      \"qp == ERROR\" never became true"));
  }
  SECTION("a bound") {
    const Result result =
        run({"find", "upstream-report", "--where", "losses_left == 4", "--max-states", "100"});
    CHECK(result.exit_code == 3);
    CHECK(result.says("bound_reached: the limit on states (--max-states); it was not seen"));
  }
  SECTION("the fewest preemptions are no more than a shortest run has") {
    const auto preemptions = [](const Arguments& more) {
      Arguments arguments{"find", "upstream-report", "--where", poisoned, "--format", "json"};
      arguments.insert(arguments.end(), more.begin(), more.end());
      return run(arguments).json()["run"];
    };
    const json fewest = preemptions({"--fewest-preemptions"});
    const json shortest = preemptions({});
    CHECK(fewest["preemptions"] <= shortest["preemptions"]);
    CHECK(fewest["steps"] >= shortest["steps"]);
  }
}

TEST_CASE("find: a failing run that another step decides, until there is none") {
  Arguments arguments{"find", "upstream-report", "-p", "pre-fix", "--format", "json"};
  const json report = explored("upstream-report", {"-p", "pre-fix"});
  std::string token = report["counterexamples"][0]["schedule"];
  std::set<std::string> causes;
  // explore lists every step that decides some interleaving; each is found once.
  const std::size_t all = report["causes"].size();
  REQUIRE(all >= 2);
  for (std::size_t i = 1; i <= all; ++i) {
    arguments.insert(arguments.end(), {"--other-than", token});
    const Result result = run(arguments);
    CAPTURE(i, token, result.err);
    const json answer = result.json();
    CHECK(answer["known_causes"].size() == i);
    causes.insert(answer["known_causes"].back());
    if (i == all) {
      // The reported bug's scenario has cut runs: that there is no other is not proved.
      CHECK(answer["verdict"] == "bound_reached");
      CHECK(result.exit_code == 3);
      break;
    }
    REQUIRE(answer["verdict"] == "found");
    CHECK(causes.count(answer["cause"]) == 0);
    token = answer["run"]["schedule"];
    const Result replayed =
        run({"replay", "upstream-report", "-p", "pre-fix", "--schedule", token});
    CHECK(replayed.exit_code == 1);
  }
  CHECK(causes.size() == all);
  CHECK_THAT(usage_complaint({"find", "no-loss", "--where", "locked", "--other-than", "x"}),
             Contains("--other-than"));
  const std::string passing =
      run({"run", "upstream-report", "-p", "fix", "--format", "schedule"}).json()["schedule"];
  CHECK_THAT(complaint({"find", "upstream-report", "-p", "fix", "--other-than", passing}),
             Contains("the schedule does not fail"));
}

TEST_CASE("a claim: an RPC can be done while its MR is mapped") {
  const Scratch scratch;
  json document = json::parse(content_of(FRWRSIM_CLAIMS_DIR "/done-while-mapped.json"));
  const auto verdict = [&] {
    return explored(scratch.write("claim.json", document.dump()),
                    {"-p", "fix", "--invariant", "done-while-mapped"})["verdict"];
  };
  // True of rpciod's tasks, which leave recovery to the worker (kernel.md, xprt_rdma_free).
  CHECK(verdict() == "violated");
  // Without the signal the reply handler has unmapped everything before the task goes on.
  document["faults"]["signal"] = 0;
  CHECK(verdict() == "exhausted");
  // A task that may sleep recovers its MRs itself, but does not wait for a reply handler
  // that has already matched the request and has the MR in hand (window R3).
  document["faults"]["signal"] = 1;
  document["rpcs"][0]["async"] = false;
  CHECK(verdict() == "violated");
}
