// SPDX-License-Identifier: MIT
//
// Names, seeds, tokens, traces and outputs that cannot be used.
//
// A refusal is whole: exit code 2, nothing on standard output, nothing left
// beside a file that was to be written, and that file as it was.
#include <sys/stat.h>

#include <random>
#include <regex>

#include "tests/program/program_fixture.h"

using namespace fixture;
using Catch::Matchers::Contains;
using nlohmann::json;

namespace {

/// The failing run's trace: the raw material of the edits below.
const json& trace() {
  static const json parsed = run(failing_run("json")).json();
  return parsed;
}

std::string token() { return trace().at("schedule"); }
/// "1:<hash>:"
std::string token_head() { return token().substr(0, token().find(':', 2) + 1); }

std::string refused_token(const std::string& text,
                          const std::string& scenario = "upstream-report") {
  return complaint({"replay", scenario, "--schedule", text});
}

/// The complaint about replaying the failing trace with one member changed.
std::string refused_trace(const std::string& pointer, const json& value) {
  json document = trace();
  document[json::json_pointer(pointer)] = value;
  const Scratch scratch;
  INFO(pointer << " = " << value.dump().substr(0, 100));
  return complaint({"replay", scratch.write("trace.json", document.dump())});
}

}  // namespace

TEST_CASE("unknown names are refused and the nearest is proposed", "[sanitized]") {
  for (const char* command : {"run", "hunt", "validate"}) {
    CHECK_THAT(complaint({command, "upstream-repotr"}),
               Contains("did you mean 'upstream-report'?"));
    CHECK_THAT(complaint({command, "qqqqqqqqqqqqqqqqqqqqqq"}),
               Contains("upstream-report") && Contains("two-rpcs"));
    complaint({command, ""});
  }
  CHECK_THAT(refused_token(token(), "upstream-repotr"),
             Contains("did you mean 'upstream-report'?"));
  for (const char* command : {"run", "hunt"}) {
    const std::string scenario = "upstream-report";
    CHECK_THAT(complaint({command, scenario, "--policy", "prefix"}),
               Contains("--policy") && Contains("did you mean 'pre-fix'?"));
    CHECK_THAT(complaint({command, scenario, "--policy", "qqqqqqqqqqqqqqqqqq"}),
               Contains("leave-registered") && Contains("unmap-on-marshal-error"));
    CHECK_THAT(complaint({command, scenario, "--strategy", "ptc"}),
               Contains("--strategy") && Contains("pct") && Contains("uniform"));
    CHECK_THAT(usage_complaint({command, scenario, "--format", "jsno"}), Contains("json"));
    CHECK_THAT(complaint({command, scenario, "--polcy", "fix"}), Contains("'--policy'?"));
    CHECK_THAT(complaint({command, scenario, "unexpected"}), Contains("does not expect 'unexp"));
    CHECK_THAT(complaint({command}), Contains("SCENARIO is required"));
  }
  complaint({});
  CHECK_THAT(complaint({"rnu"}), Contains("did you mean 'run'?"));
  complaint({"list", "policy"});
  complaint({"validate"});
  // A replay is of one run, so it has one policy.
  complaint({"replay", "upstream-report", "--schedule", token(), "--policy", "all"});
}

TEST_CASE("numbers on the command line are whole, in range, and mean what they say",
          "[sanitized]") {
  for (const char* seed : {"-1", "1.5", "1e3", "x", "", "18446744073709551616", "1..2"}) {
    CAPTURE(seed);
    CHECK_THAT(usage_complaint({"run", "no-loss", "--seed", seed}), Contains("--seed"));
  }
  // Not octal.
  const Result padded = run({"run", "no-loss", "--seed", "010", "--format", "json"});
  if (padded.exit_code != 2) CHECK(padded.json().at("origin").at("seed") == 10);
  const Result largest =
      run({"run", "no-loss", "--seed", "18446744073709551615", "--format", "json"});
  CHECK(largest.json().at("origin").at("seed") == UINT64_MAX);

  for (const char* command : {"run", "hunt"}) {
    for (const char* steps : {"0", "-1", "10000001", "x", "1.5", "99999999999999999999999"}) {
      CHECK_THAT(usage_complaint({command, "no-loss", "--max-steps", steps}),
                 Contains("--max-steps"));
    }
    for (const char* depth : {"0", "-1", "17", "4294967297", "x"}) {
      CHECK_THAT(usage_complaint({command, "no-loss", "--depth", depth}), Contains("--depth"));
      if (depth == std::string("0")) continue;  // without preemptions is a way to run
      CHECK_THAT(usage_complaint({command, "no-loss", "--preemptions", depth}),
                 Contains("--preemptions"));
    }
  }
  for (const char* jobs : {"0", "-1", "1025", "4294967297", "x"}) {
    CHECK_THAT(usage_complaint({"hunt", "no-loss", "--jobs", jobs}), Contains("--jobs"));
  }
  for (const char* seeds :
       {"5..1", "a..b", "1..", "..5", "..", "", "-1..5", "1..-5", "1...5", "1-5", "1..2..3",
        " 1..2", "1.. 2", "0x1..0x2", "1.5..2", "0..18446744073709551615",
        "1..18446744073709551616", "1..1000000000001"}) {
    CAPTURE(seeds);
    CHECK_THAT(complaint({"hunt", "no-loss", "--seeds", seeds}), Contains("--seeds"));
  }
}

TEST_CASE("schedule tokens that cannot be read: where, and what was expected", "[sanitized]") {
  const std::string head = token_head();
  const auto column = [](std::size_t number) {
    return Contains("character " + std::to_string(number) + ":");
  };
  CHECK_THAT(refused_token("garbage"), column(1) && Contains("'1:'"));
  CHECK_THAT(refused_token("2" + token().substr(1)), column(1) && Contains("'1:'"));
  for (const char* hash : {"1:", "1:0000000:t1", "1:000000000:t1", "1:0000000g:t1", "1:-0000001:t1",
                           "1:00000000", "1:00000000;t1"}) {
    CHECK_THAT(refused_token(hash), column(3) && Contains("eight hexadecimal digits"));
  }
  const std::size_t first = head.size() + 1;
  CHECK_THAT(refused_token(head + "t9"),
             column(first) && Contains("'t9'") && Contains("t1, t2, t3"));
  CHECK_THAT(refused_token(head + "T1"), column(first) && Contains("'T1'"));
  CHECK_THAT(refused_token(head + "t1.t1.x"), column(first + 6) && Contains("'x'"));
  CHECK_THAT(refused_token(head + " t1"), column(first));
  CHECK_THAT(refused_token(head + "t1=bad"),
             column(first + 3) && Contains("'bad'") && Contains("mapfail, sgfail"));
  CHECK_THAT(refused_token(head + "nic=x"), column(first + 4) && Contains("'x'"));
  for (const char* count : {"0", "x", "", "1x", "10000001", "99999999999999999999999"}) {
    CHECK_THAT(refused_token(head + "t1-" + count), column(first + 3) && Contains("1 to 10000000"));
  }
  // The count is behind the last '-': names may have one.
  CHECK_THAT(refused_token(head + "t1--1"),
             column(first) && Contains("'t1-'") && Contains("t1, t2, t3"));
  CHECK_THAT(refused_token(head + "t1-6000000.t1-6000000"), Contains("longer than 10000000"));
  CHECK_THAT(refused_token(head + "t1."), Contains("expected an actor"));
  CHECK_THAT(refused_token(head + "."), Contains("expected an actor"));
  CHECK_THAT(refused_token(head + ".t1"), column(first) && Contains("expected an actor"));
  CHECK_THAT(refused_token(head + "t1..t1"), column(first + 3) && Contains("expected an actor"));
  refused_token(head + "\x1b[2J\xff");
}

TEST_CASE("a token of another scenario: both hashes are named", "[sanitized]") {
  const std::string own = token_head().substr(2, 8);
  const std::string message = refused_token(token(), "no-loss");
  std::smatch hashes;
  REQUIRE(
      std::regex_search(message, hashes, std::regex("([0-9a-f]{8}).*'no-loss'.*([0-9a-f]{8})")));
  CHECK(hashes[1] == own);
  CHECK(hashes[2] == run({"run", "no-loss", "--format", "json"}).json().at("scenario_hash"));
}

TEST_CASE("a schedule that does not fit: the first such step, and what was enabled there",
          "[sanitized]") {
  // At the start only the task can go on, and the link may fail.
  const std::string head = token_head();
  std::string message = refused_token(head + "nic");
  CHECK_THAT(message, Contains("at step 1:") && Contains("nic (RNIC)"));
  CHECK_THAT(message, Contains("\n  t1 (") && Contains("\n  link ("));
  CHECK(lines_of(message).size() == 3);
  message = refused_token(head + "t1-2.t2");  // there is one RPC
  CHECK_THAT(message, Contains("at step 3:") && Contains("t2 (RPC task 2)"));
  message = refused_token(head + "t1=mapfail");
  CHECK_THAT(message, Contains("at step 1:") && Contains("'mapfail'"));

  // The failing schedule under the fix: up to the step that differs both agree.
  message = complaint({"replay", "upstream-report", "--policy", "fix", "--schedule", token()});
  std::smatch step;
  REQUIRE(std::regex_search(message, step, std::regex("at step ([0-9]+):")));
  const std::size_t fits = std::stoul(step[1]) - 1;
  REQUIRE(fits > 0);
  REQUIRE(fits < trace().at("steps").size());
  std::string part = head;
  for (std::size_t i = 0; i < fits; ++i) {
    const json& taken = trace().at("steps").at(i);
    part += (i == 0 ? "" : ".") + taken.at("actor").get<std::string>();
    if (taken.contains("outcome")) part += "=" + taken.at("outcome").get<std::string>();
  }
  const Arguments under_fix{"replay", "upstream-report", "--policy", "fix", "--schedule"};
  const auto replayed = [&under_fix](const std::string& schedule) {
    Arguments arguments = under_fix;
    arguments.push_back(schedule);
    return run(arguments);
  };
  CHECK(replayed(part).exit_code == 3);
  // Those it lists can indeed take that step, those it does not list cannot.
  const auto lines = lines_of(message);
  for (const char* actor : {"t1", "h1", "nic", "irq", "rec", "ref", "con", "rep", "cm", "link"}) {
    const bool listed = std::any_of(lines.begin() + 1, lines.end(), [&](const std::string& line) {
      return line.rfind("  " + std::string(actor) + " (", 0) == 0;
    });
    CAPTURE(actor);
    CHECK((replayed(part + "." + actor).exit_code == 3) == listed);
  }
}

TEST_CASE("a schedule longer than the run", "[sanitized]") {
  const std::size_t steps = trace().at("steps").size();
  CHECK_THAT(refused_token(token() + ".t1"),
             Contains("at step " + std::to_string(steps + 1)) && Contains("the run has ended"));
}

TEST_CASE("traces that were edited are not replayed as if they were whole", "[sanitized]") {
  CHECK_THAT(refused_trace("/fingerprint", "0123456789abcdef"), Contains("fingerprint"));
  refused_trace("/fingerprint", "xyz");
  refused_trace("/fingerprint", 5);
  CHECK_THAT(refused_trace("/format", "frwrsim-trace/2"), Contains("/format"));
  CHECK_THAT(refused_trace("/policy", "fix"), Contains("/policy"));
  CHECK_THAT(refused_trace("/scenario_name", 5), Contains("/scenario_name"));
  CHECK_THAT(refused_trace("/scenario/mr_pool", 99), Contains("/mr_pool"));
  CHECK_THAT(refused_trace("/scenario/mr_pool", 4), Contains("hash"));
  CHECK_THAT(refused_trace("/schedule", token_head() + "t1"), Contains("contradicts"));
  CHECK_THAT(refused_trace("/surprise", 1), Contains("/surprise: unknown key"));
  CHECK_THAT(refused_trace("/scenario_hash", "00000000"), Contains("hash"));
  // What a reader of the file sees must be what is replayed.
  refused_trace("/steps", 5);
  refused_trace("/steps", json::array());
  refused_trace("/steps/3/actor", "nobody");
  refused_trace("/steps/3/actor", "t2");
  refused_trace("/steps/7/events", json::array());
  refused_trace("/verdict", "none_found");
  refused_trace("/end/mr", 12);
  refused_trace("/end/kind", "rest");
  refused_trace("/ledger", json::array());
  refused_trace("/ledger/0/iova", "0x0000000000000000");
  refused_trace("/ledger/0/\x1b[2J\nfrwrsim: all is well", 1);
  refused_trace("/guards", "none");
  // What goes with one kind of event only: it must not be taken for the index of a state.
  CHECK_THAT(refused_trace("/steps/3/events/0",
                           {{"event", "qp"}, {"from", "RTS"}, {"to", "ERROR"}, {"victim", 12}}),
             Contains("/steps/3/events/0/victim: "));
  refused_trace("/origin", 5);
  for (const char* key :
       {"format", "policy", "schedule", "fingerprint", "scenario", "scenario_name"}) {
    json document = trace();
    document.erase(key);
    const Scratch scratch;
    CHECK_THAT(complaint({"replay", scratch.write("trace.json", document.dump())}),
               Contains("'" + std::string(key) + "' is missing"));
  }
}

TEST_CASE("files that are no single trace or schedule", "[sanitized]") {
  const Scratch scratch;
  Arguments both = failing_run("json");
  both.insert(both.end(), {"--policy", "fix"});
  CHECK_THAT(complaint({"replay", scratch.write("all.json", run(both).out)}), Contains("2 traces"));
  for (const char* text : {"5", "null", "\"x\"", "{}", "[]"}) {
    complaint({"replay", scratch.write("odd.json", text)});
  }
  CHECK_THAT(complaint({"replay", (scenario_dir / "no-loss.json").string()}),
             Contains("frwrsim-trace/1"));
  complaint({"replay", "upstream-report"});  // a scenario without a schedule
}

TEST_CASE("traces with random damage end in one of the four exit codes", "[sanitized]") {
  const std::string whole = run(failing_run("schedule")).out;
  std::mt19937 random(18'000'031);
  const Scratch scratch;
  for (int i = 0; i < 300; ++i) {
    std::string text = whole;
    const auto at = random() % text.size();
    text.replace(at, 1 + random() % 3, std::string(random() % 4, static_cast<char>(random())));
    const Result result = run({"replay", scratch.write("damaged.json", text)});
    CAPTURE(i);
    CHECK(result.signal == 0);
    if (result.exit_code == 2) {
      check_refusal(result);
    } else {
      CHECK(result.err.empty());
    }
  }
}
