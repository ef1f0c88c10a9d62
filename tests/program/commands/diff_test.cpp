// SPDX-License-Identifier: MIT
//
// diff: the same decisions under two policies, and where they part.
//
// Where they must part follows from docs/kernel.md: the fix changes what the error path of
// rpcrdma_marshal_req does with the request's MRs, and nothing before it.
#include "tests/program/commands/explore_fixture.h"

using namespace fixture;
using Catch::Contains;
using nlohmann::json;

namespace {

Result diff(Arguments arguments, const Arguments& more = both) {
  arguments.insert(arguments.begin(), "diff");
  arguments.insert(arguments.end(), more.begin(), more.end());
  return run(arguments);
}

json diff_json(Arguments arguments, const Arguments& more = both) {
  arguments.insert(arguments.end(), {"--format", "json"});
  const Result result = diff(std::move(arguments), more);
  INFO(result.err);
  CHECK(result.json().at("format") == "frwrsim-diff/1");
  return result.json();
}

bool says(const json& side, const std::string& event) {
  return side.contains("says") &&
         std::find(side.at("says").begin(), side.at("says").end(), event) != side.at("says").end();
}

const json& the_report() {
  static const json found = diff_json({"upstream-report"});
  return found;
}

}  // namespace

TEST_CASE("diff: the reported bug parts where the error path hands MR 1 over") {
  const json& rows = the_report().at("rows");
  const std::size_t parting = the_report().at("first_effect").get<std::size_t>() - 1;
  // Before it, both do the same, and the marshal fails: the second segment's post was rejected.
  std::size_t failed = 0;
  for (std::size_t i = 0; i < parting; ++i) {
    CHECK(rows[i].at("differs") == false);
    CHECK(rows[i].at("sides")[0] == rows[i].at("sides")[1]);
    if (says(rows[i].at("sides")[0], "marshal of RPC 1 fails: -ENOTCONN")) failed = i;
  }
  REQUIRE(failed > 0);
  // The task's next step is the first one that differs. Before the fix unmap_safe takes MR 1;
  // under it MR 1 stays, and send_request drops the connection for -ENOTCONN.
  for (std::size_t i = failed + 1; i < parting; ++i) CHECK(rows[i].at("choice") != "t1");
  const json& sides = rows[parting].at("sides");
  CHECK(rows[parting].at("choice") == "t1");
  CHECK(rows[parting].at("differs") == true);
  CHECK(sides[0].at("function") == "frwr_op_unmap_safe");
  CHECK(says(sides[0], "MR 1 taken off the registered list"));
  CHECK(sides[1].at("function") == "xprt_disconnect_done");
  std::size_t next = parting + 1;
  while (rows[next].at("choice") != "t1") ++next;
  CHECK(says(rows[next].at("sides")[0], "MR 1 goes on the stale list"));
  // Which error path it is in is the first thing in which the worlds differ.
  const json& world = the_report().at("first_world_difference");
  CHECK(world.at("after_decision") == failed + 1);
  REQUIRE(world.at("fields").size() == 1);
  CHECK(world.at("fields")[0].at("field") == "Contexts, RPC task 1");
  CHECK_THAT(world.at("fields")[0].at("values")[0].get<std::string>(),
             Contains("frwr_op_unmap_safe"));
}

TEST_CASE("diff: the decisions are the first policy's counterexample, and each side replays") {
  const json told =
      run({"explore", "upstream-report", "--format", "json"}).json().at("counterexamples").at(0);
  CHECK(the_report().at("schedule") == told.at("schedule"));
  const json& sides = the_report().at("sides");
  CHECK(sides[0].at("policy") == "unmap-on-marshal-error");
  CHECK(sides[0].at("schedule") == told.at("schedule"));
  CHECK(sides[0].at("left_out") == 0);
  CHECK(sides[0].at("end").at("invariant") == "double-unmap");
  CHECK(sides[1].at("policy") == "leave-registered");
  CHECK(sides[1].at("end").at("kind") != "violation");  // docs/kernel.md: clean in its whole space
  for (const json& side : sides) {
    const Result replay = run({"replay", "upstream-report", "--policy", side.at("policy"),
                               "--schedule", side.at("schedule"), "--format", "json"});
    CHECK(replay.json().at("end") == side.at("end"));
    CHECK(replay.json().at("steps").size() == side.at("steps"));
  }
  // The other way round there is nothing to tell: the fix has no counterexample.
  CHECK_THAT(complaint({"diff", "upstream-report", "--policy", "fix", "--policy", "pre-fix"}),
             Contains("no interleaving of 'upstream-report' under leave-registered fails"));
}

TEST_CASE("diff: what one side cannot do it leaves out, and says so") {
  std::size_t left_out = 0;
  for (const json& row : the_report().at("rows")) {
    const json& sides = row.at("sides");
    if (sides[0].contains("cannot")) continue;
    if (!sides[1].contains("cannot")) continue;
    ++left_out;
    CHECK(row.at("differs") == true);
    CHECK(sides[1].at("cannot") == "cannot: not enabled");
  }
  // With nothing handed over there is nothing for the recovery worker to recover.
  CHECK(left_out > 0);
  CHECK(the_report().at("sides")[1].at("left_out") == left_out);
  const json& side = the_report().at("sides")[1];
  CHECK(side.at("steps").get<std::size_t>() - side.at("continued").get<std::size_t>() + left_out ==
        the_report().at("rows").size());
}

TEST_CASE("diff: a row differs exactly if what the sides did does") {
  std::size_t label_alone = 0;
  for (const json& row : the_report().at("rows")) {
    json a = row.at("sides")[0];
    json b = row.at("sides")[1];
    a.erase("step");  // a side that left something out is behind
    b.erase("step");
    CHECK(row.at("differs") == (a != b));
    const bool both = a.contains("says") && b.contains("says");
    label_alone += both && a.at("says") == b.at("says") && a != b;
  }
  // Steps without effects, of which the kernel functions are not the same.
  CHECK(label_alone > 0);
}

TEST_CASE("diff: what neither side can do is no difference") {
  // With one state to look at neither continues to rest.
  const json found = diff_json(
      {"upstream-report", "--max-states", "1", "--schedule", "1:02bed13d:t1.rec.t1=mapfail.t1"});
  CHECK(found.at("first_effect").is_null());
  CHECK(found.at("first_world_difference").is_null());
  const json& rows = found.at("rows");
  REQUIRE(rows.size() == 4);
  for (const json& row : rows) CHECK(row.at("differs") == false);
  for (const std::size_t side : {0u, 1u}) {
    CHECK(rows[1].at("sides")[side].at("cannot") == "cannot: not enabled");
    CHECK(rows[2].at("sides")[side].at("cannot") == "cannot: outcome not possible");
    CHECK(found.at("sides")[side].at("schedule") == "1:02bed13d:t1-2");
    CHECK(found.at("sides")[side].at("left_out") == 2);
  }
  CHECK(diff({"upstream-report", "--schedule", "1:02bed13d:t1.rec"}).says("they part    nowhere"));
}

TEST_CASE("diff: a run that goes well is the same under both, to its end") {
  // No marshal fails, so the policies never decide anything.
  const json trace = run({"run", "no-loss", "--seed", "7", "--format", "json"}).json();
  const json found = diff_json({"no-loss", "--schedule", trace.at("schedule")});
  CHECK(found.at("first_effect").is_null());
  CHECK(found.at("rows").size() == trace.at("steps").size());
  for (const json& side : found.at("sides")) CHECK(side.at("end") == json{{"kind", "rest"}});
  // What comes after both have ended is nobody's.
  const std::string longer = trace.at("schedule").get<std::string>() + ".t1-5";
  CHECK(diff_json({"no-loss", "--schedule", longer}).at("rows") == found.at("rows"));
}

TEST_CASE("diff: exit codes speak for both sides") {
  CHECK(diff({"upstream-report"}).exit_code == 1);
  // Both continue to rest; with one world to look at there is none, and they stay open.
  CHECK(diff({"upstream-report", "--schedule", "1:02bed13d:t1"}).exit_code == 0);
  const Result open = diff({"upstream-report", "--schedule", "1:02bed13d:t1", "--max-states", "1"});
  CHECK(open.exit_code == 3);
  CHECK(open.says("the run could continue"));
  CHECK(open.says("no way to rest was found: there are more states"));
  const std::string whole =
      run({"run", "no-loss", "--seed", "7", "--format", "json"}).json().at("schedule");
  CHECK(diff({"no-loss", "--schedule", whole}).exit_code == 0);
}

TEST_CASE("diff: a side that the decisions leave in the middle continues the shortest way") {
  const json& report = the_report();
  const json& fixed = report.at("sides").at(1);
  CHECK(fixed.at("end") == json{{"kind", "rest"}});
  const std::size_t continued = fixed.at("continued");
  REQUIRE(continued > 0);
  CHECK(report.at("sides").at(0).at("continued") == 0);
  // Its schedule makes the same run again.
  const std::string token = fixed.at("schedule");
  const json replayed =
      run({"replay", "upstream-report", "--policy", "fix", "--schedule", token, "--format", "json"})
          .json();
  CHECK(replayed.at("verdict") == "none_found");
  CHECK(replayed.at("end") == json{{"kind", "rest"}});
  CHECK(replayed.at("steps").size() == fixed.at("steps"));
  // How far rest is from where the decisions end the odds know, counting backwards.
  const Scratch scratch;
  Start start;
  start.stdin_from = scratch.write("script", "undo " + std::to_string(continued) + "\nodds\n");
  const Result stepped =
      run({"step", "upstream-report", "--policy", "fix", "--schedule", token, "--format", "json"},
          start);
  CHECK(json::parse(lines_of(stepped.out).back()).at("odds").at("steps_to_rest") == continued);
  const Result text = diff({"upstream-report"});
  CHECK(text.says("(fix) continues, the shortest way to rest\n"));
  CHECK(text.says("all RPCs done, nothing outstanding, after " +
                  std::to_string(fixed.at("steps").get<std::size_t>()) + " steps\n"));
  CHECK(text.says(std::to_string(continued) + " steps of its own"));
}

TEST_CASE("diff: two columns of whole words that fit a page, or a wide terminal") {
  const Result page = diff({"upstream-report"});
  for (const std::string& line : lines_of(page.out)) {
    if (line.rfind("  frwrsim replay ", 0) != 0) CHECK(line.size() <= 80);
    CHECK((line.empty() || line.back() != ' '));
  }
  CHECK(page.says("RPC task 1, frwr_op_unmap_safe:"));
  Result text = run_on_terminal({"diff", "upstream-report", "-p", "pre-fix", "-p", "fix"},
                                {{"NO_COLOR", "1"}}, {}, {160, 50});
  text.out.erase(std::remove(text.out.begin(), text.out.end(), '\r'), text.out.end());
  const auto lines = lines_of(text.out);
  for (const std::string& line : lines) {
    if (line.rfind("  frwrsim replay ", 0) != 0) CHECK(line.size() <= 120);
    CHECK((line.empty() || line.back() != ' '));
  }
  const std::size_t parting = the_report().at("first_effect");
  const auto row = std::find_if(lines.begin(), lines.end(), [](const std::string& line) {
    return line.find(" !! ") != std::string::npos;
  });
  REQUIRE(row != lines.end());
  CHECK(std::stoul(*row) == parting);
  CHECK(row->substr(30, 19) == "frwr_op_unmap_safe:");
  CHECK(row->substr(76, 21) == "xprt_disconnect_done:");
  CHECK(count_of(text.out, " !! ") == 1);
  CHECK(text.says("double DMA unmap of MR 1 at step"));
  // All decisions on request, else those with something to say.
  const auto rows_in = [](const std::string& report) {
    std::size_t count = 0;
    for (const std::string& line : lines_of(report)) {
      const std::string mark = line.size() > 10 ? line.substr(6, 4) : "";
      count += mark == " =  " || mark == " !  " || mark == " !! ";
    }
    return count;
  };
  const std::size_t all = the_report().at("rows").size();
  CHECK(rows_in(diff({"upstream-report", "-v"}).out) == all);
  CHECK(rows_in(page.out) < all);
}

TEST_CASE("diff: it takes exactly two policies, and different ones") {
  const auto refused = [](const Arguments& policies) {
    Arguments arguments{"diff", "upstream-report"};
    arguments.insert(arguments.end(), policies.begin(), policies.end());
    return complaint(arguments);
  };
  CHECK_THAT(refused({}), Contains("two policies are compared") && Contains("found 0"));
  CHECK_THAT(refused({"-p", "fix"}), Contains("found 1"));
  CHECK_THAT(refused({"-p", "fix", "-p", "drain", "-p", "v5.0"}), Contains("found 3"));
  CHECK_THAT(refused({"-p", "fix", "-p", "leave-registered"}),
             Contains("'fix' and 'leave-registered' are the same policy"));
  CHECK_THAT(refused({"-p", "fix", "-p", "nonsense"}), Contains("there is no policy 'nonsense'"));
  CHECK_THAT(refused({"-p", "pre-fix", "-p", "fix", "--schedule", "1:00000000:t1"}),
             Contains("belongs to another scenario"));
  CHECK_THAT(refused({"-p", "pre-fix", "-p", "fix", "--schedule", "rubbish"}),
             Contains("schedule token, character 1"));
}

TEST_CASE("diff: a trace file brings its choices, and results go to a file") {
  const Scratch scratch;
  const std::string trace = scratch.write("trace.json", run(failing_run("json")).out);
  const json found = diff_json({trace});
  CHECK(found.at("schedule") == json::parse(content_of(trace)).at("schedule"));
  CHECK(found.at("sides")[0].at("end").at("kind") == "violation");
  const std::string out = scratch.path("diff.txt");
  const Result written = diff({trace, "-o", out});
  CHECK(written.out.empty());
  CHECK(content_of(out) == diff({trace}).out);
}
