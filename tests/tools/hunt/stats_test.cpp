// SPDX-License-Identifier: MIT
//
// stats: a results file written by hand, with sums anybody can make; what hunt wrote,
// added up once more; and files that are none.
#include "tools/hunt/stats.h"

#include "tests/program/program_fixture.h"

using namespace fixture;
using Catch::Matchers::Contains;
using nlohmann::json;

namespace {

std::string head(const std::string& seeds, const std::string& policy = "leave-registered") {
  const auto dots = seeds.find("..");
  return R"({"format":"frwrsim-results/1","scenario_name":"by-hand","scenario_hash":"00000000",)"
         R"("guards":"none","policy":")" +
         policy + R"(","strategy":"uniform","first_seed":)" + seeds.substr(0, dots) +
         R"(,"last_seed":)" + seeds.substr(dots + 2) + "}\n";
}

/// A line: the last step is the recovery worker's DMA unmap.
std::string record(unsigned seed, const std::string& end, unsigned steps,
                   const std::string& order = R"("t1","nic")") {
  return R"({"seed":)" + std::to_string(seed) + R"(,"end":)" + end + R"(,"steps":)" +
         std::to_string(steps) + R"(,"last":{"actor":"rec","pc":"dma_unmap"},"order":[)" + order +
         "]}\n";
}

const std::string rest = R"({"kind":"rest"})";
const std::string cut = R"({"kind":"cut","budget":"reconnects"})";
const std::string twice = R"({"kind":"violation","invariant":"double-unmap","mr":1})";

/// Seven runs, four of which fail: three in one step, one in another.
std::string by_hand() {
  return head("5..11") + record(5, rest, 40) + record(6, twice, 50, R"("t1","link")") +
         record(7, twice, 59, R"("t1","link")") + record(8, cut, 45, R"("t1","link")") +
         record(9, twice, 93) +
         R"({"seed":10,"end":{"kind":"violation","invariant":"stale-completion"},"steps":50,)"
         R"("time_ns":77,"last":{"actor":"irq","pc":"wc_fastreg"},"order":["link","t1"]})"
         "\n" +
         record(11, R"({"kind":"step_limit"})", 100, R"("link","t1")");
}

json stats_of(const std::string& text) {
  const Scratch scratch;
  const Result result = run({"stats", scratch.write("results.jsonl", text), "--format", "json"});
  INFO(result.err);
  REQUIRE(result.exit_code == 0);
  return result.json();
}

/// The complaint about a file with that content; it must name the file and `where`.
std::string refused(const std::string& text, const std::string& where) {
  const Scratch scratch;
  const std::string path = scratch.write("results.jsonl", text);
  CAPTURE(text.substr(0, 1000));
  const std::string message = complaint({"stats", path});
  CHECK_THAT(message, Contains(path + where));
  return message;
}

}  // namespace

TEST_CASE("a file written by hand: every sum", "[sanitized]") {
  const json stats = stats_of(by_hand());
  CHECK(stats.at("format") == "frwrsim-stats/1");
  CHECK(stats.at("scenario_name") == "by-hand");
  CHECK(stats.at("guards") == "none");
  CHECK(stats.at("policy") == "leave-registered");
  CHECK(stats.at("strategy") == "uniform");
  CHECK(stats.at("first_seed") == 5);
  CHECK(stats.at("last_seed") == 11);
  CHECK(stats.at("runs") == 7);
  CHECK(stats.at("cut") == 1);
  CHECK(stats.at("step_limit") == 1);
  CHECK(stats.at("failing") == 4);
  CHECK(stats.at("failing_steps") == json::parse(R"([
    {"invariant": "double-unmap", "actor": "rec", "pc": "dma_unmap", "failing": 3},
    {"invariant": "stale-completion", "actor": "irq", "pc": "wc_fastreg", "failing": 1}])"));
  CHECK(stats.at("orders") == json::parse(R"([
    {"order": "t1 link", "runs": 3, "failing": 2},
    {"order": "link t1", "runs": 2, "failing": 1},
    {"order": "t1 nic", "runs": 2, "failing": 1}])"));
  // Failed after 50, 50, 59 and 93 steps: 44 values, too many for twenty bars of 1 or
  // of 2 (25..46), few enough for bars of 5: nine, from 50 to 94.
  CHECK(stats.at("steps_to_failure") ==
        json::parse(R"({"width": 5, "bars": [[50, 2], [55, 1], [60, 0], [65, 0], [70, 0],
                        [75, 0], [80, 0], [85, 0], [90, 1]]})"));
}

TEST_CASE("the same in words", "[sanitized]") {
  const Scratch scratch;
  const std::string path = scratch.write("results.jsonl", by_hand());
  const Result text = run({"stats", path});
  CHECK(text.exit_code == 0);
  CHECK(text.says("scenario     by-hand\n"));
  CHECK(text.says("strategy     uniform; seeds 5..11\n"));
  CHECK(text.says("runs         7\n"));
  CHECK(text.says("cut          1 by a budget\n"));
  CHECK(text.says("stopped      1 by the step limit\n"));
  CHECK(text.says("failing      4\n"));
  // 4 of 7, and Wilson's interval by the formula: (4 + z^2/2 -+ z sqrt(12/7 + z^2/4))
  // / (7 + z^2), z = 1.96.
  CHECK(text.says("share        0.571 (95 %: 0.250 to 0.842), 1 run in 1.75\n"));
  CHECK(
      text.says("        3  MR recovery worker, frwr_op_recover_mr: DMA-unmap the scatterlist "
                "(double-unmap)\n"));
  CHECK(text.says("        2  of 3: t1 link\n"));
  CHECK(text.says("    50..54            2  ##################################################\n"));
  CHECK(text.says("    55..59            1  #########################\n"));
  CHECK(text.says("    60..64            0\n"));
  // To a file, and from standard input.
  const std::string output = scratch.path("stats.txt");
  CHECK(run({"stats", path, "--output", output}).exit_code == 0);
  CHECK(content_of(output) == text.out);
  Start piped;
  piped.stdin_from = path;
  CHECK(run({"stats", "-"}, piped).out == text.out);
}

TEST_CASE("nothing fails: no tables, and a share of 0", "[sanitized]") {
  const std::string file = head("1..2") + record(1, rest, 9) + record(2, rest, 8);
  const json stats = stats_of(file);
  CHECK(stats.at("failing") == 0);
  CHECK(stats.at("failing_steps").empty());
  CHECK(stats.at("steps_to_failure").at("bars").empty());
  CHECK(stats.at("orders") == json::parse(R"([{"order": "t1 nic", "runs": 2, "failing": 0}])"));
  const Scratch scratch;
  const Result text = run({"stats", scratch.write("results.jsonl", file)});
  CHECK(text.says("share        0 (95 %: 0 to "));
  CHECK_FALSE(text.says("Steps to failure"));
}

TEST_CASE("sections, each by itself", "[sanitized]") {
  const json both =
      stats_of(by_hand() + head("1..1", "unmap-on-marshal-error") + record(1, twice, 7));
  REQUIRE(both.size() == 2);
  CHECK(both.at(0) == stats_of(by_hand()));
  CHECK(both.at(1).at("policy") == "unmap-on-marshal-error");
  CHECK(both.at(1).at("runs") == 1);
  CHECK(both.at(1).at("steps_to_failure") == json::parse(R"({"width": 1, "bars": [[7, 1]]})"));
}

TEST_CASE("more than ten orders: the text says how many it leaves out", "[sanitized]") {
  std::string file = head("1..12");
  const std::vector<std::string> actors{"t1",  "t2",  "t3",  "h1",  "h2",  "h3",
                                        "nic", "irq", "rec", "ref", "con", "link"};
  for (unsigned seed = 1; seed <= 12; ++seed) {
    file += record(seed, twice, seed, "\"" + actors[seed - 1] + "\"");
  }
  const Scratch scratch;
  const Result text = run({"stats", scratch.write("results.jsonl", file)});
  CHECK(count_of(text.out, " of 1: ") == 10);
  CHECK(text.says("and 2 more orders"));
  CHECK(stats_of(file).at("orders").size() == 12);
}

TEST_CASE("what hunt wrote adds up to what hunt reports", "[sanitized]") {
  const Scratch scratch;
  const std::string path = scratch.path("results.jsonl");
  const Arguments hunt{"hunt",     "upstream-report", "--seeds",  "1..3000",     "--all",
                       "--policy", "pre-fix",         "--policy", "fix",         "--strategy",
                       "timed",    "--strategy",      "pct",      "--max-steps", "110"};
  const auto with = [&hunt](const Arguments& more) {
    Arguments all = hunt;
    all.insert(all.end(), more.begin(), more.end());
    return run(all);
  };
  CHECK(with({"--format", "jsonl", "--output", path}).exit_code == 1);
  const json reports = with({"--format", "json"}).json();
  const json stats = run({"stats", path, "--format", "json"}).json();
  REQUIRE(reports.size() == 4);
  REQUIRE(stats.size() == 4);
  std::uint64_t failing = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    CAPTURE(i);
    const json& s = stats.at(i);
    for (const char* key : {"scenario_name", "guards", "policy", "strategy", "first_seed",
                            "last_seed", "runs", "cut", "step_limit", "failing"}) {
      CHECK(s.at(key) == reports.at(i).at(key));
    }
    std::map<std::string, std::uint64_t> invariants;
    std::map<std::string, std::uint64_t> expected;
    for (const json& step : s.at("failing_steps")) {
      invariants[step.at("invariant")] += step.at("failing").get<std::uint64_t>();
    }
    std::map<std::uint64_t, std::uint64_t> bars;
    const std::uint64_t width = s.at("steps_to_failure").at("width");
    for (const json& failure : reports.at(i).at("failures")) {
      ++expected[failure.at("invariant")];
      ++bars[failure.at("steps").get<std::uint64_t>() / width * width];
    }
    CHECK(invariants == expected);
    CHECK(s.at("steps_to_failure").at("bars").size() <= 20);
    for (const json& bar : s.at("steps_to_failure").at("bars")) {
      CHECK(bars[bar.at(0)] == bar.at(1));
    }
    std::uint64_t runs = 0;
    std::uint64_t of_orders = 0;
    for (const json& order : s.at("orders")) {
      runs += order.at("runs").get<std::uint64_t>();
      of_orders += order.at("failing").get<std::uint64_t>();
    }
    CHECK(runs == 3000);
    CHECK(of_orders == s.at("failing"));
    failing += of_orders;
  }
  CHECK(failing > 10);
}

TEST_CASE("files that are no results: the line, and what was expected", "[sanitized]") {
  const std::string first = head("5..7") + record(5, rest, 1);
  CHECK_THAT(refused("hello\n", ", line 1"), Contains("line 1"));
  refused(first + "{\"seed\": 6,\n", ", line 3");
  refused(first + "\n", ", line 3");
  refused(first + "[]\n", ", line 3");
  refused(first + "6\n", ", line 3");
  CHECK_THAT(refused(record(5, rest, 1), ", line 1"), Contains("expected the head"));
  CHECK_THAT(refused(first + record(7, rest, 1), ", line 3: /seed"),
             Contains("expected seed 6, found 7"));
  CHECK_THAT(refused(first + record(5, rest, 1), ", line 3: /seed"),
             Contains("expected seed 6, found 5"));
  CHECK_THAT(refused(first + record(6, rest, 1) + record(7, rest, 1) + record(8, rest, 1),
                     ", line 5: /seed"),
             Contains("8"));
  CHECK_THAT(refused(first + R"({"end":{"kind":"rest"}})"
                             "\n",
                     ", line 3"),
             Contains("seed"));
  CHECK_THAT(refused(first, ": ends after 1 of the seeds 5..7"), Contains("ends"));
  CHECK_THAT(refused(head("5..7"), ": ends after 0 of the seeds 5..7"), Contains("ends"));
  refused(head("0..18446744073709551615"), ": ends after 0 of the seeds");
  refused(first + head("1..1") + record(1, rest, 1), ": ends after 1 of the seeds 5..7");
  // Cut off within a line.
  const std::string whole = by_hand();
  refused(whole.substr(0, whole.size() - 10), ", line 8");

  const auto changed = [](const std::string& from, const std::string& to,
                          const std::string& where) {
    std::string file = head("1..1") + record(1, twice, 1);
    const auto at = file.find(from);
    REQUIRE(at != std::string::npos);
    return refused(file.replace(at, from.size(), to), where);
  };
  CHECK_THAT(changed("results/1", "results/2", ", line 1: /format"), Contains("frwrsim-results/1"));
  CHECK_THAT(changed("frwrsim-results/1", "frwrsim-hunt/1", ", line 1: /format"),
             Contains("frwrsim-results/1"));
  CHECK_THAT(changed("leave-registered", "leave-registred", ", line 1: /policy"),
             Contains("did you mean 'leave-registered'?"));
  CHECK_THAT(changed("\"guards\"", "\"gards\"", ", line 1"), Contains("did you mean 'guards'?"));
  changed("\"last_seed\":1", "\"last_seed\":0", ", line 1: /last_seed");
  changed("\"steps\":1", "\"steps\":-1", ", line 2: /steps");
  changed("\"seed\":1,", "\"seed\":1.5,", ", line 2: /seed");
  changed("\"seed\":1,", "\"seed\":1,\"seed\":1,", ", line 2");
  CHECK_THAT(changed("double-unmap", "double-unmpa", ", line 2: /end/invariant"),
             Contains("did you mean 'double-unmap'?"));
  CHECK_THAT(changed("dma_unmap", "dma_unmpa", ", line 2: /last/pc"),
             Contains("did you mean 'dma_unmap'?"));
  // What names no step has no name.
  for (const char* nameless : {"\"\"", "\"\\n\""}) {
    CHECK_THAT(changed("\"dma_unmap\"", nameless, ", line 2: /last/pc"),
               Contains("expected one of idle, snapshot, "));
  }
  changed("\"rec\"", "\"rek\"", ", line 2: /last/actor");
  changed("\"nic\"", "\"nick\"", ", line 2: /order/1");
  changed("\"t1\",\"nic\"", "", ", line 2: /order");
}

TEST_CASE("files that cannot be read", "[sanitized]") {
  const Scratch scratch;
  CHECK_THAT(complaint({"stats", scratch.write("empty", "")}),
             Contains("empty: ") && Contains("is empty"));
  CHECK_THAT(complaint({"stats", scratch.path("missing")}),
             Contains(scratch.path("missing") + ": ") && Contains("there is no such file"));
  CHECK_THAT(complaint({"stats", scratch.path("")}), Contains("directory"));
  CHECK_THAT(complaint({"stats", "-"}), Contains("standard input: is empty"));
  complaint({"stats", ""});
  usage_complaint({"stats"});
  usage_complaint({"stats", "a", "b"});
  CHECK_THAT(usage_complaint({"stats", "a", "--format", "jsno"}), Contains("json"));
  // Without end and without lines: refused, not read into memory.
  CHECK_THAT(complaint({"stats", "/dev/zero"}),
             Contains("/dev/zero, line 1: is too long for a line of results"));
  const Result full =
      run({"stats", scratch.write("results.jsonl", by_hand()), "--output", "/dev/full"});
  CHECK(full.exit_code == 2);
  CHECK_THAT(full.err, Contains("/dev/full"));
}

TEST_CASE("lines up to their limit, with and without an end, and after Windows", "[sanitized]") {
  const auto runs_of = [](const std::string& text) {
    std::istringstream input(text);
    const auto sections = tools::read_results(input, "test");
    return sections.at(0).runs();
  };
  const std::string first = head("1..2") + record(1, rest, 1);
  std::string last = record(2, rest, 1);
  last.pop_back();
  CHECK(runs_of(first + last) == 2);
  CHECK(runs_of(first + last + "\r\n") == 2);
  const std::size_t longest = 1 << 20;
  const std::string padded = last + std::string(longest - last.size(), ' ');
  CHECK(runs_of(first + padded) == 2);
  CHECK(runs_of(first + padded + "\n") == 2);
  CHECK_THROWS_WITH(runs_of(first + padded + " \n"), Contains("line 3: is too long"));
  CHECK_THROWS_WITH(runs_of(first + padded + " "), Contains("line 3: is too long"));
}

TEST_CASE("histograms: few bars of a round width, nothing lost", "[sanitized]") {
  using Numbers = std::map<std::uint64_t, std::uint64_t>;
  using Bars = std::vector<std::pair<std::uint64_t, std::uint64_t>>;
  CHECK(tools::histogram_of({}, 20).bars.empty());
  CHECK(tools::histogram_of({{7, 3}}, 20).bars == Bars{{7, 3}});
  CHECK(tools::histogram_of({{0, 1}}, 20).bars == Bars{{0, 1}});
  // By hand. 0..19 are twenty values; 0..20 are eleven pairs; 19..39 are eleven, too:
  // 18..19 to 38..39. 1..41 in twos are 21, so nine fives: 0..4 to 40..44.
  const auto width = [](std::uint64_t low, std::uint64_t high) {
    const auto histogram = tools::histogram_of({{low, 1}, {high, 1}}, 20);
    return std::make_pair(histogram.width, histogram.bars.size());
  };
  using Pair = std::pair<std::uint64_t, std::size_t>;
  CHECK(width(0, 19) == Pair{1, 20});
  CHECK(width(0, 20) == Pair{2, 11});
  CHECK(width(19, 39) == Pair{2, 11});
  CHECK(width(1, 41) == Pair{5, 9});
  CHECK(width(0, 99) == Pair{5, 20});
  CHECK(width(0, 100) == Pair{10, 11});
  CHECK(width(0, 1000) == Pair{100, 11});
  CHECK(width(1'000'000, 1'000'019) == Pair{1, 20});
  CHECK(width(0, 399) == Pair{20, 20});
  CHECK(width(0, 400) == Pair{50, 9});
  // 1.8e19: eighteen bars of 1e18 and what is left.
  CHECK(width(0, UINT64_MAX) == Pair{1'000'000'000'000'000'000u, 19});
  for (std::uint64_t span = 0; span < 2500; ++span) {
    const Numbers numbers{{13, 2}, {13 + span / 3, 3}, {14 + span, 4}};
    const auto histogram = tools::histogram_of(numbers, 20);
    REQUIRE(histogram.bars.size() <= 20);
    std::uint64_t sum = 0;
    std::uint64_t expected = 4;
    for (std::size_t i = 0; i < histogram.bars.size(); ++i) {
      const auto [from, count] = histogram.bars[i];
      CHECK(from % histogram.width == 0);
      if (i > 0) CHECK(from == histogram.bars[i - 1].first + histogram.width);
      sum += count;
    }
    expected += span < 3 ? 2 : 5;
    CHECK(sum == expected);
  }
}
