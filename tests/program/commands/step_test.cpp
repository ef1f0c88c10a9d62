// SPDX-License-Identifier: MIT
//
// step: the reader is the scheduler, by a script and at a terminal.
//
// What it says of a run is held against replay, what it says of odds against explore, and
// the world it shows against the model itself.
#include <cmath>
#include <regex>

#include "model/scenario/scenario.h"
#include "model/trace/world_view.h"
#include "sim/schedule.h"
#include "tests/program/program_fixture.h"

using namespace fixture;
using Catch::Contains;
using nlohmann::json;

namespace {

Result script(const std::string& text, Arguments more = {"upstream-report"}) {
  const Scratch scratch;
  more.insert(more.begin(), "step");
  Start start;
  start.stdin_from = scratch.write("script", text);
  return run(more, start);
}

/// The lines of a script's output as JSON.
std::vector<json> objects(const std::string& text, Arguments more = {"upstream-report"}) {
  more.insert(more.end(), {"--format", "json"});
  const Result result = script(text, more);
  INFO(result.err);
  CHECK(result.exit_code != 2);
  std::vector<json> all;
  for (const std::string& line : lines_of(result.out)) all.push_back(json::parse(line));
  for (const json& one : all) CHECK(one.at("format") == "frwrsim-step/1");
  return all;
}

/// What a script is told where it goes wrong.
std::string refusal(const std::string& text, const Arguments& more = {"upstream-report"}) {
  const Result result = script(text, more);
  CHECK(result.exit_code == 2);
  CHECK(is_printable_utf8(result.err));
  return result.err;
}

/// explore's canonical counterexample before the fix.
const json& exploration() {
  static const json found = run({"explore", "upstream-report", "--format", "json"}).json();
  return found;
}
const json& counterexample() { return exploration().at("counterexamples").at(0); }

std::string choices_of(const std::string& token) { return token.substr(token.rfind(':') + 1); }

}  // namespace

TEST_CASE("step: numbers, short ids and sequences make the same choices") {
  const std::string by_number = script("1\n1\n2\ntoken\n").out;
  const std::string by_name = script("t1\nt1\nlink\ntoken\n").out;
  CHECK(by_number == by_name);
  CHECK(lines_of(by_name).back() == "1:02bed13d:t1-2.link");
  CHECK(lines_of(script("t1-2.link\ntoken\n").out).back() == "1:02bed13d:t1-2.link");
}

TEST_CASE("step: a script has no prompts, may have comments, and ends with its input") {
  const Result plain = script("t1\nt1");
  CHECK(plain.exit_code == 0);
  CHECK(plain.err.empty());
  CHECK_FALSE(plain.says("step 1>"));
  CHECK_FALSE(plain.says("\x1b"));
  CHECK(script("# a comment\n\n  t1 # another\r\n\tt1\nquit\nnonsense\n").out == plain.out);
}

TEST_CASE("step: what is not possible ends a script, by line, and changes nothing") {
  CHECK_THAT(refusal("t1\n# here\nrec\n"),
             Contains("frwrsim: line 3: not possible at step 2: it asks for rec (MR recovery "
                      "worker), which cannot take a step; enabled there:\n  t1 ("));
  CHECK_THAT(refusal("t1-2.rec\n"), Contains("line 1: not possible at step 3"));
  CHECK_THAT(refusal("t1=mapfail\n"), Contains("with outcome 'mapfail'"));
  CHECK_THAT(refusal("7\n"), Contains("line 1: there is no choice 7: they are 1 to 2"));
  CHECK_THAT(refusal("0\n"), Contains("there is no choice 0"));
  CHECK_THAT(refusal("99999999999999999999999\n"), Contains("there is no choice 9999"));
  CHECK_THAT(refusal("fly\n"), Contains("neither a command ('help' lists them) nor a choice"));
  CHECK_THAT(refusal("fly\n"), Contains("no actor is called 'fly'; there are t1, t2"));
  CHECK_THAT(refusal("wrold\n"), Contains("did you mean 'world'?"));
  CHECK_THAT(refusal("counterexmple 3\n"), Contains("found '3' behind 'counterexmple'"));
  CHECK_THAT(refusal("t1 t1\n"), Contains("choices with dots between them, found 't1'"));
  CHECK_THAT(refusal("undo\n"), Contains("there are 0 steps to take back"));
  CHECK_THAT(refusal("t1-3\nundo 2\nredo 3\n"), Contains("there are 2 steps to take again"));
  CHECK_THAT(refusal("undo -1\n"), Contains("expected a number of steps, found '-1'"));
  CHECK_THAT(refusal("save\n"), Contains("expected 'save FILE'"));
  CHECK_THAT(refusal("token now\n"), Contains("expected 'token'"));
  CHECK_THAT(refusal("\x1b[31m\n"), !Contains("\x1b"));
  const Scratch scratch;
  CHECK_THAT(refusal("t1\nrec\nsave " + scratch.path("run.json") + "\n"), Contains("line 2"));
  CHECK(scratch.names().empty());
}

TEST_CASE("step: undo, redo and reset stand where they say") {
  const auto all = objects("t1-5\nundo 3\nredo\nreset\nredo 4\nundo\nlink\n");
  std::vector<int> steps;
  for (const json& one : all) steps.push_back(one.at("step").get<int>());
  CHECK(steps == std::vector<int>{0, 1, 2, 3, 4, 5, 2, 3, 0, 1, 2, 3, 4, 3, 4});
  CHECK(all[3].at("world") == all[7].at("world"));
  CHECK(all[0] == all[8]);
  CHECK(all.back().at("choice") == "link");
}

TEST_CASE("step: the world it shows is the model's, after every step") {
  const model::Scenario scenario =
      model::load_scenario((scenario_dir / "upstream-report.json").string());
  const model::RaceModel model(scenario.setup);  // under the first policy, pre-fix
  const model::WorldView view(model);
  const std::string token = counterexample().at("schedule");
  const auto all = objects(choices_of(token) + "\n");
  const sim::Schedule schedule = sim::from_token(token, sim::schedule_names(model)).schedule;
  REQUIRE(all.size() == schedule.size() + 1);
  model::World w = model.initial();
  sim::NullSink sink;
  for (std::size_t i = 0; i <= schedule.size(); ++i) {
    std::size_t shown = 0;
    for (const auto& section : all[i].at("world")) shown += section.size();
    const std::vector<std::string> values = view.values(w);
    for (std::size_t f = 0; f < values.size(); ++f) {
      if (values[f].empty()) continue;
      const model::ViewField& field = view.fields()[f];
      const std::string key = field.subject.empty() ? field.name : field.subject + "/" + field.name;
      CHECK(all[i].at("world").at(field.section).at(key) == values[f]);
      --shown;
    }
    CHECK(shown == 0);
    std::size_t possible = 0;
    if (!model.stopped(w)) {
      for (const unsigned actor : model.enabled(w)) {
        possible += model.outcomes(w, static_cast<sim::ActorId>(actor)).size();
      }
    }
    CHECK(all[i].at("choices").size() == possible);
    CHECK(all[i].at("end").is_null() == (i < schedule.size()));
    if (i < schedule.size()) model.step(w, schedule[i], sink);
  }
  CHECK(all.back().at("end") ==
        json{{"kind", "violation"}, {"invariant", "double-unmap"}, {"mr", 1}});
}

TEST_CASE("step: how the run stands is the exit code") {
  const std::string failing = choices_of(counterexample().at("schedule"));
  const Result violated = script(failing + "\n");
  CHECK(violated.exit_code == 1);
  CHECK(violated.says("the run ends here: double DMA unmap of MR 1"));
  CHECK(script(failing + "\nundo\n").exit_code == 0);
  CHECK_THAT(refusal(failing + "\nt1\n"), Contains("the run has ended (double DMA unmap"));
  CHECK_THAT(refusal(failing + "\n1\n"), Contains("there is no choice 1: the run has ended"));
  // No reconnect is paid for: the connect worker's start exceeds the budget.
  json scenario = small_scenario();
  scenario["budgets"]["reconnects"] = 0;
  const Scratch scratch;
  const std::string path = scratch.write("cut.json", scenario.dump());
  std::string first;
  for (int i = 0; i < 200; ++i) first += "1\n";
  const std::string complaint = refusal("link\n" + first, {path});
  CHECK_THAT(complaint, Contains("the run has ended (cut at step"));
  const auto line = std::stoul(complaint.substr(complaint.find("line ") + 5));
  std::string until_cut = "link\n";
  for (std::size_t i = 2; i < line; ++i) until_cut += "1\n";
  CHECK(script(until_cut, {path}).exit_code == 3);
}

TEST_CASE("step: what is saved can be replayed, and stepped on from") {
  const Scratch scratch;
  const std::string failing = choices_of(counterexample().at("schedule"));
  const std::string path = scratch.path("run.json");
  CHECK(script(failing + "\nsave " + path + "\n").exit_code == 1);
  const Result replay = run({"replay", path});
  CHECK(replay.exit_code == 1);
  CHECK(replay.says("double DMA unmap of MR 1"));
  CHECK(script("", {path}).exit_code == 1);
  CHECK(lines_of(script("undo\ntoken\n", {path}).out).back() + "\n" ==
        lines_of(script(failing + "\nundo\ntoken\n").out).back() + "\n");
  // Nothing done yet is a schedule, too.
  CHECK(script("save " + path + "\n").exit_code == 0);
  CHECK(script("", {path}).out == script("").out);
  CHECK_THAT(refusal("save " + scratch.path("no/such/dir") + "\n"), Contains("line 1: "));
}

TEST_CASE("step: a schedule to begin after is a replay's, and refused like one") {
  const auto all = objects("undo 2\n", {"upstream-report", "--schedule", "1:02bed13d:t1-5"});
  CHECK(all.at(0).at("step") == 5);
  CHECK(all.at(1).at("step") == 3);
  CHECK_THAT(refusal("", {"upstream-report", "--schedule", "1:02bed13d:t1.rec"}),
             Contains("the schedule does not fit at step 2"));
  CHECK_THAT(refusal("", {"upstream-report", "--schedule", "1:00000000:t1"}),
             Contains("belongs to another scenario"));
  CHECK_THAT(refusal("", {"no-such-scenario"}), Contains("no-such-scenario"));
}

TEST_CASE("step: the counterexample is explore's, and can be gone along") {
  const std::string token = counterexample().at("schedule");
  CHECK(lines_of(script("t1\ncounterexample\ntoken\n").out).back() == token);
  const std::size_t length = objects("counterexample\n").back().at("step");
  CHECK(
      lines_of(
          script("counterexample 3\nalong\nalong " + std::to_string(length - 4) + "\ntoken\n").out)
          .back() == token);
  CHECK_THAT(refusal("counterexample 1000\n"), Contains("has " + std::to_string(length)));
  CHECK_THAT(refusal("counterexample 3\nalong 1000\n"), Contains("more from here"));
  CHECK_THAT(refusal("t1\nlink\nalong\n"),
             Contains("the choices made are not those of the counterexample"));
  CHECK_THAT(refusal("counterexample\n", {"upstream-report", "--policy", "fix"}),
             Contains("there is no counterexample: no interleaving fails"));
  CHECK_THAT(refusal("counterexample\n", {"upstream-report", "--max-states", "50"}),
             Contains("no counterexample was found: there are more states"));
}

TEST_CASE("step: odds are explore's at the start, and 1 once failure is inevitable") {
  const std::size_t seal = counterexample().at("inevitable_after");
  const auto all = objects("odds\ncounterexample " + std::to_string(seal - 1) +
                           "\nodds\nalong\nodds\ncounterexample\nodds\n");
  std::vector<json> odds;
  for (const json& one : all) {
    if (one.contains("odds")) odds.push_back(one.at("odds"));
  }
  REQUIRE(odds.size() == 4);
  const json& probability = exploration().at("probability");
  CHECK(odds[0].at("probability").at("decimal") == probability.at("decimal"));
  CHECK(odds[0].at("probability").at("error_below") == probability.at("error_below"));
  CHECK(odds[0].at("label") == "avoidable");
  CHECK(odds[0].at("worlds") == exploration().at("states"));
  CHECK(odds[0].at("steps_to_violation") == counterexample().at("shortest").at("steps"));
  CHECK(odds[1].at("label") == "avoidable");
  CHECK(odds[1].at("probability").at("decimal") != "1");
  CHECK(odds[2].at("label") == "inevitable");
  CHECK(odds[2].at("probability").at("decimal") == "1");
  CHECK(odds[2].at("steps_to_rest").is_null());
  CHECK(odds[3].at("steps_to_violation") == 0);
  CHECK(odds[3].at("choices").empty());
  // Of what can be done before the last chance, the step along seals it, and not all do.
  std::vector<std::string> labels;
  for (const json& choice : odds[1].at("choices")) labels.push_back(choice.at("label"));
  CHECK(std::count(labels.begin(), labels.end(), "inevitable") >= 1);
  CHECK(std::count(labels.begin(), labels.end(), "inevitable") <
        static_cast<std::ptrdiff_t>(labels.size()));
  // A step is a mean of what it may lead to; no step here has two outcomes.
  double sum = 0;
  for (const json& choice : odds[1].at("choices")) {
    sum += std::stod(choice.at("probability").at("decimal").get<std::string>());
  }
  const double here = std::stod(odds[1].at("probability").at("decimal").get<std::string>());
  CHECK(here == Approx(sum / static_cast<double>(labels.size())).epsilon(1e-12));
}

TEST_CASE("step: odds have six digits at most, with --exact all that are certain") {
  const std::string exact = exploration().at("probability").at("decimal");
  REQUIRE(exact.size() > 15);
  CHECK(script("odds --exact\n").says(" " + exact + " "));
  CHECK(script("odds --exact\n").says("is off by less than"));
  const std::string text = script("odds\n").out;
  CHECK_FALSE(text.find(exact) != std::string::npos);
  for (const std::string& line : lines_of(text)) {
    CHECK(line.size() <= 80);
    std::smatch found;
    if (!std::regex_search(line, found, std::regex("^  (here|after \\d+ \\S+) +\\w+ +(\\S+) "))) {
      continue;
    }
    std::string digits = found[2];
    digits = std::regex_replace(digits, std::regex("e-\\d+$|^[<>]|\\."), "");
    CHECK(digits.substr(std::min(digits.find_first_not_of('0'), digits.size() - 1)).size() <= 6);
    // They are the first ones of all.
    if (found[1] == "here") CHECK(std::stod(found[2]) == Approx(std::stod(exact)).epsilon(1e-5));
  }
  CHECK_THAT(refusal("odds exactly\n"), Contains("expected 'odds' or 'odds --exact'"));
}

TEST_CASE("step: odds that can be worked out: one mapping, which fails or not") {
  // R7 of docs/kernel.md needs no race: a segment is mapped once, and if that fails recovery
  // unmaps what was never mapped. Nothing else can go wrong, as no connection is lost.
  const Arguments scenario{"r7-dma-map-failure"};
  const auto all = objects("odds\nt1-7\nodds\nt1=mapfail\nodds\nundo\nt1\nodds\n", scenario);
  std::vector<json> odds;
  for (const json& one : all) {
    if (one.contains("odds")) odds.push_back(one.at("odds"));
  }
  REQUIRE(odds.size() == 4);
  CHECK(odds[0].at("probability").at("decimal") == "0.5");
  CHECK(odds[1].at("probability").at("decimal") == "0.5");
  REQUIRE(odds[1].at("choices").size() == 2);
  CHECK(odds[1].at("choices")[1].at("choice") == "t1=mapfail");
  CHECK(odds[2].at("label") == "inevitable");
  CHECK(odds[2].at("probability").at("decimal") == "1");
  CHECK(odds[3].at("label") == "safe");
  CHECK(odds[3].at("probability").at("decimal") == "0");
  CHECK(odds[3].at("steps_to_violation").is_null());
}

TEST_CASE("step: there are no odds where not every world can be seen") {
  CHECK_THAT(refusal("t1\nodds\n", {"upstream-report", "--max-states", "100"}),
             Contains("line 2: no odds: they need every state that can be reached, and there are "
                      "more states than there may be (--max-states)"));
}

TEST_CASE("step: the text says what a step did, what it changed, what comes next") {
  // The tenth step of the task posts the FASTREG of the first segment's MR.
  const Result result = script("t1-9\nt1\nworld\n");
  CHECK(
      result.says("    10  RPC task 1          frwr_op_map: post FASTREG of MR 1\n"
                  "        changed  MR 1, pending: (nothing) -> FASTREG\n"));
  CHECK(
      result.says("Send queue, work requests: (nothing) -> FASTREG of MR 1\nchoices\n"
                  "   1  t1           RPC task 1          rpcrdma_marshal_req: add the MR"));
  // What the events say the statement does not say once more; else both are there.
  const Result taken = script("t1-9\nhistory\n");
  CHECK(taken.says("frwr_op_map: DMA-map MR 1 TO_DEVICE\n"));
  CHECK(taken.says("frwr_op_map: fr_state of MR 1: INVALID -> VALID\n"));
  CHECK_FALSE(taken.says("DMA-map the scatterlist"));
  CHECK(taken.says("frwr_op_map: fr_state INVALID?\n"));
  CHECK(taken.says("take the transport lock; RPC 1 gets"));
  CHECK(result.says("Send queue\n  *work requests: FASTREG of MR 1\n"));
  CHECK(result.says("  QP: RTS\n"));
}

TEST_CASE("step: help lists what there is, and all of it works") {
  const auto lines = lines_of(script("help\n").out);
  for (const char* command :
       {"choices, c", "world, w", "undo, u [N]", "redo, r [N]", "reset", "odds, o [--exact]",
        "counterexample, x [N]", "along, a [N]", "history", "token, t", "save FILE", "json, j",
        "help, h", "quit, q"}) {
    CHECK(std::count_if(lines.begin(), lines.end(), [command](const std::string& line) {
            return line.rfind("  " + std::string(command) + "  ", 0) == 0;
          }) == 1);
  }
  CHECK(script("t1\nt1\nhistory\n").says("\n     1  RPC task 1"));
  CHECK(objects("t1\nhistory\n").back().at("history").size() == 1);
  CHECK(json::parse(lines_of(script("t1\njson\n").out).back()) == objects("t1\n").back());
}

TEST_CASE("step: at a terminal there is a prompt, and a slip is no end") {
  const Result result = run_on_terminal({"step", "upstream-report"}, {}, "t1\nt1.rec\nt1\nquit\n");
  CHECK(result.exit_code == 0);
  CHECK(result.says("step 0> "));
  CHECK(result.says("not possible at step 3"));
  CHECK(result.says("step 2> "));  // t1.rec has changed nothing
  CHECK_FALSE(result.says("step 3> "));
  CHECK(result.says("\x1b[1mchoices\x1b[0m"));
}

TEST_CASE("step: at a terminal a line can be edited and brought back") {
  const Result doctor = run({"doctor"});
  if (!doctor.says("libedit")) {
    WARN("built without libedit: lines cannot be edited");
    return;
  }
  // "t2" becomes "t1" by a backspace; the up key brings it back.
  const Result result = run_on_terminal({"step", "upstream-report"}, {{"TERM", "xterm"}},
                                        "t2\x7f"
                                        "1\n\x1b[A\nquit\n");
  CHECK(result.exit_code == 0);
  CHECK(result.says("step 2> "));
  CHECK_FALSE(result.says("not possible"));
}

TEST_CASE("step: at a terminal a long answer comes a page at a time") {
  const auto shown = [](const std::string& typed) {
    return run_on_terminal({"step", "upstream-report"}, {{"NO_COLOR", "1"}}, typed, {80, 24}).out;
  };
  const std::string more = "-- more";
  const std::string all = shown("counterexample\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\nquit\n");
  CHECK(count_of(all, more) >= 4);
  CHECK(count_of(all, "the run ends here") == 1);
  const std::string some = shown("counterexample\n\nq\nquit\n");
  CHECK(count_of(some, "the run ends here") == 0);
  CHECK(count_of(some, "step 92> ") + count_of(some, "step 9") >= 1);  // it was carried out
  CHECK(count_of(shown("choices\nquit\n"), more) == 0);
}
