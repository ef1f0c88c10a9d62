// SPDX-License-Identifier: MIT
//
// explain-bounds: what it says of a scenario's own budgets is what `explore` counts, and
// the budgets that it finds are the least, held against a search under every combination.
#include <array>

#include "tests/program/commands/explore_fixture.h"

using namespace fixture;
using Catch::Matchers::Contains;

namespace {

constexpr std::array<const char*, 3> keys{"retransmissions", "enobufs_retries", "reconnects"};

Result bounds_text(const Arguments& arguments) {
  Arguments words{"explain-bounds"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  words.emplace_back("--reproducible");
  const Result result = run(words);
  CAPTURE(arguments, result.out, result.err);
  CHECK(result.signal == 0);
  return result;
}

json bounds(Arguments arguments) {
  arguments.insert(arguments.end(), {"--format", "json"});
  json report = bounds_text(arguments).json();
  CHECK(report.at("format") == "frwrsim-bounds/1");
  return report;
}

/// A search without any reduction.
json explored_with(const Scratch& scratch, json document, const std::array<unsigned, 3>& budgets,
                   const std::string& policy) {
  for (std::size_t i = 0; i < keys.size(); ++i) document["budgets"][keys[i]] = budgets[i];
  const std::string file = scratch.write("grid.json", document.dump());
  return explored(file, {"--policy", policy, "--count-preemptions", "never"});
}

/// A request, the one MR that it needs, and a connection that may be lost: every budget
/// counts, and there are few states.
json tight() {
  json document = small_scenario();
  document["rpcs"] = {{{"name", "write"}, {"read_list", 1}}};
  document["mr_pool"] = 1;
  return document;
}

}  // namespace

TEST_CASE("explain-bounds: budgets cut nothing just where none is less than the least") {
  const Scratch scratch;
  struct Case {
    json document;
    const char* policy;
  };
  for (const Case& c :
       {Case{tight(), "pre-fix"}, Case{tight(), "fix"}, Case{tight(), "v5.13"},
        Case{scenario("r7-dma-map-failure"), "fix"}, Case{scenario("no-loss"), "pre-fix"}}) {
    CAPTURE(c.document.dump(), c.policy);
    const std::string file = scratch.write("mine.json", c.document.dump());
    const json report = bounds({file, "--policy", c.policy});
    const json& least = report.at("least");
    constexpr unsigned most = 2;
    unsigned beyond = 0;
    for (unsigned i = 0; i < 27; ++i) {
      const std::array<unsigned, 3> budgets{i % 3, i / 3 % 3, i / 9};
      const json found = explored_with(scratch, c.document, budgets, c.policy);
      bool enough = true;
      for (std::size_t k = 0; k < keys.size(); ++k) enough &= budgets[k] >= least.at(keys[k]);
      CAPTURE(budgets);
      CHECK(found.at("ends").at("cut").empty() == enough);
      beyond += enough ? 1 : 0;
    }
    // Or else the combinations would have shown nothing.
    for (const char* key : keys) CHECK(least.at(key) <= most);
    CHECK(beyond >= 1);
  }
}

TEST_CASE("explain-bounds: what the scenario's own budgets cut is what explore counts") {
  const Scratch scratch;
  for (const char* policy : {"pre-fix", "fix"}) {
    const json found = explored("upstream-report", {"--policy", policy});
    const json report = bounds({"upstream-report", "--policy", policy});
    CHECK(report.at("states") == found.at("states"));
    CHECK(report.at("interleavings") == found.at("interleavings").at("all"));
    json cut = json::object();
    for (const json& each : report.at("cut"))
      cut[each.at("budget").get<std::string>()] = each.at("states");
    CHECK(cut == found.at("ends").at("cut"));
    CHECK(report.at("is_complete") == true);
  }
  // With no reconnect every run with a loss is cut. All others are those of a scenario in
  // which nothing is lost.
  json none = tight();
  none["budgets"] = {{"retransmissions", 0}, {"enobufs_retries", 0}, {"reconnects", 0}};
  const json all = bounds({scratch.write("none.json", none.dump()), "--policy", "fix"});
  none.erase("losses");
  const json calm = explored(scratch.write("calm.json", none.dump()), {"--policy", "fix"});
  REQUIRE(all.at("cut").size() == 1);
  CHECK(all["cut"][0].at("budget") == "reconnects");
  const auto number = [](const json& digits) { return std::stoull(digits.get<std::string>()); };
  CHECK(number(all["cut"][0].at("interleavings")) ==
        number(all.at("interleavings")) - number(calm.at("interleavings").at("all")));
}

TEST_CASE("explain-bounds: the lines for the file make a scenario that is exhausted") {
  const Scratch scratch;
  json document = scenario("pool-exhaustion");
  const std::string file = scratch.write("mine.json", document.dump());
  const Result result = bounds_text({file, "--policy", "fix", "--policy", "v5.13"});
  CHECK(result.exit_code == 0);
  const auto lines = lines_of(result.out);
  const auto head =
      std::find(lines.begin(), lines.end(), "For the file, whichever of these policies");
  REQUIRE(lines.end() - head == 3);
  document.update(json::parse("{" + head[1] + ", " + head[2] + "}"));
  const std::string mended = scratch.write("mended.json", document.dump());
  for (const char* policy : {"fix", "v5.13"}) {
    CHECK(explored(mended, {"--policy", policy}).at("ends").at("cut").empty());
  }
}

TEST_CASE("explain-bounds: the least does not depend on the budgets of the file, nor on threads") {
  const Scratch scratch;
  json document = tight();
  const json before = bounds({scratch.write("mine.json", document.dump())});
  document["budgets"] = {{"retransmissions", 3}, {"enobufs_retries", 0}, {"reconnects", 4}};
  const std::string file = scratch.write("mine.json", document.dump());
  const json after = bounds({file});
  CHECK(after.at("least") == before.at("least"));
  CHECK(after.at("tries") == before.at("tries"));
  CHECK(after.at("budgets").at("reconnects") == 4);
  for (const char* format : {"text", "json"}) {
    const auto out = [&](const char* jobs) {
      return bounds_text({file, "--policy", "all", "--format", format, "--jobs", jobs}).out;
    };
    CHECK(out("1") == out("3"));
  }
}

TEST_CASE("explain-bounds: a limit ends it with what is known by then") {
  const Result result = bounds_text({"two-rpcs", "--policy", "fix", "--max-states", "2000"});
  CHECK(result.exit_code == 3);
  CHECK_THAT(result.out, Contains("not found: there are more states than there may be"));
  CHECK_THAT(result.out, Contains("each must be at least that"));
  const json report = bounds({"two-rpcs", "--policy", "fix", "--max-states", "2000"});
  CHECK_FALSE(report.contains("least"));
  CHECK(report.contains("at_least"));
  CHECK(report.at("is_complete") == false);
  CHECK_FALSE(report.contains("interleavings"));
  CHECK(bounds_text({"no-loss", "--time-limit", "1h"}).exit_code == 0);
}

TEST_CASE("explain-bounds: bad usage") {
  CHECK_THAT(complaint({"explain-bounds", "no-los"}), Contains("did you mean 'no-loss'?"));
  CHECK_THAT(complaint({"explain-bounds", "no-loss", "--policy", "fixx"}), Contains("'fix'"));
  usage_complaint({"explain-bounds"});
  usage_complaint({"explain-bounds", "no-loss", "--format", "xml"});
}
