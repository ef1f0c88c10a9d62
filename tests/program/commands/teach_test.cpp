// SPDX-License-Identifier: MIT
//
// teach: the page it writes, as its users have it. What the page does in a browser is
// tested in tests/tools/page/.
#include <regex>

#include "tests/program/program_fixture.h"

using namespace fixture;
using Catch::Matchers::Contains;
using nlohmann::json;

namespace {

/// The text of the element with the data.
std::string data_text(const std::string& page) {
  const std::string open = "<script type=\"application/json\" id=\"data\">";
  const auto begin = page.find(open);
  REQUIRE(begin != std::string::npos);
  const auto end = page.find("</script>", begin);
  REQUIRE(end != std::string::npos);
  return page.substr(begin + open.size(), end - begin - open.size());
}

json data_of(const std::string& path) { return json::parse(data_text(content_of(path))); }

/// A page, which must get written.
std::string page(const Scratch& scratch, Arguments arguments) {
  const std::string path = scratch.path("race.html");
  arguments.insert(arguments.begin(), "teach");
  arguments.insert(arguments.end(), {"-o", path});
  const Result result = run(arguments);
  INFO(result.err);
  REQUIRE(result.exit_code == 0);
  CHECK(result.out.empty());
  return path;
}

/// A scenario of the project with its prose replaced.
std::string renamed(const Scratch& scratch, const std::string& prose) {
  json document = scenario("r7-dma-map-failure");
  document["title"] = prose;
  document["about"] = {prose};
  return scratch.write("renamed.json", document.dump());
}

}  // namespace

TEST_CASE("a page of the reported bug has every world of both policies in 2 MB") {
  const Scratch scratch;
  const std::string path = page(scratch, {"upstream-report"});
  CHECK(fs::file_size(path) <= 2'000'000);
  const json data = data_of(path);
  CHECK(data.at("format") == "frwrsim-page/1");
  const json& scenario = data.at("scenarios").at(0);
  CHECK(scenario.at("hash") == "02bed13d");
  // explore is another program path to the same numbers.
  std::size_t at = 0;
  for (const char* policy : {"pre-fix", "fix"}) {
    const json report =
        run({"explore", "upstream-report", "-p", policy, "--format", "json"}).json();
    const json& shown = scenario.at("policies").at(at++);
    CHECK(shown.at("alias") == policy);
    CHECK(shown.at("whole") == true);
    CHECK(shown.at("verdict") == report.at("verdict"));
    CHECK(shown.at("states") == report.at("states"));
    CHECK(shown.at("transitions") == report.at("transitions"));
    if (report.at("counterexamples").empty()) {
      CHECK(shown.at("counterexample").is_null());
      CHECK(shown.at("facts").at("least_preemptions").is_null());
    } else {
      const json& example = report["counterexamples"][0];
      CHECK(shown.at("counterexample").size() == example.at("steps"));
      CHECK(shown.at("facts").at("least_preemptions") == example.at("preemptions"));
    }
  }
  const json& failing = scenario.at("policies").at(0);
  const json& passing = scenario.at("policies").at(1);
  CHECK(scenario.at("question") == "Who unmaps MR 1 twice?");
  CHECK(scenario.at("lead") ==
        "A network card was told to release the same memory twice. Who did it?");
  CHECK(failing.at("told") == failing.at("counterexample"));
  // The story under the fix ends where its run does, with what explain says decides a failure.
  const json& last = passing.at("story").back();
  CHECK(last.at("step") == passing.at("told").size());
  CHECK(last.at("title") == "Nothing can fail");
  const json why = run({"explain", "upstream-report", "-p", "pre-fix", "--format", "json"}).json();
  const std::string deciding = why.at("why").at("deciding").at(0).dump();
  CHECK_THAT(deciding,
             Contains("sets fr_state = INVALID") && Contains("sets fr_state = FLUSHED_FR"));
  CHECK_THAT(
      last.at("text").get<std::string>(),
      Contains("sets fr_state = INVALID, then the send-CQ softirq sets fr_state = FLUSHED_FR") &&
          Contains("Under fix it happens in no run") && Contains("drain ends"));
}

TEST_CASE("a page asks the scenario's question, or how the failure comes about") {
  const Scratch scratch;
  json document = scenario("root-cause");
  document["question"] = "Who was it?";
  const std::string own = scratch.write("own.json", document.dump());
  document.erase("question");
  const std::string usual = scratch.write("usual.json", document.dump());
  const json data = data_of(page(scratch, {own, usual, "r7-dma-map-failure", "-p", "pre-fix"}));
  CHECK(data.at("scenarios").at(0).at("question") == "Who was it?");
  CHECK_THAT(data.at("scenarios").at(1).at("lead").get<std::string>(),
             Contains("Here it is broken"));
  CHECK(data.at("scenarios").at(1).at("question") ==
        "How does it come to this: recovery of MR 1 with its FASTREG in flight?");
}

TEST_CASE("the page loads nothing, and no string of a scenario is markup in it") {
  const Scratch scratch;
  const std::string markup = "</script><img src=x onerror=alert(1)>";
  const std::string text = content_of(page(scratch, {renamed(scratch, markup)}));
  CHECK_THAT(text, Contains("Content-Security-Policy"));
  CHECK_THAT(text, Contains("default-src 'none'"));
  CHECK(text.find("<img src=x") == std::string::npos);
  CHECK(data_text(text).find('<') == std::string::npos);
  CHECK(json::parse(data_text(text)).at("scenarios").at(0).at("title") == markup);
  const std::regex loads(R"((src|href)\s*=\s*["']?(https?:)?//)", std::regex::icase);
  CHECK_FALSE(std::regex_search(text, loads));
}

TEST_CASE("a page is the same bytes every time, whatever the number of workers") {
  const Scratch scratch;
  const std::string once = content_of(page(scratch, {"root-cause", "-j", "1"}));
  CHECK(once == content_of(page(scratch, {"root-cause", "-j", "2"})));
}

TEST_CASE("several scenarios and policies are on one page, in order") {
  const Scratch scratch;
  const json data = data_of(
      page(scratch, {"r7-dma-map-failure", "r8-reset-failure", "-p", "fix", "-p", "v4.14"}));
  REQUIRE(data.at("scenarios").size() == 2);
  CHECK(data["scenarios"][0].at("name") == "r7-dma-map-failure");
  CHECK(data["scenarios"][1].at("name") == "r8-reset-failure");
  for (const json& scenario : data["scenarios"]) {
    CHECK(scenario.at("policies").at(0).at("alias") == "fix");
    CHECK(scenario.at("policies").at(1).at("alias") == "v4.14");
  }
}

TEST_CASE("what does not fit is refused, and what is offered instead does fit") {
  const Scratch scratch;
  const std::string path = scratch.path("race.html");
  const Arguments too_large{"teach", "upstream-report", "--max-size", "500K", "-p", "pre-fix"};
  Arguments arguments = too_large;
  arguments.insert(arguments.end(), {"-o", path});
  const Result refused = run(arguments);
  CHECK(refused.exit_code == 2);
  CHECK_THAT(refused.err, Contains("has 86619 states"));
  CHECK_FALSE(fs::exists(path));
  const std::regex offer(R"(--part (\S+): (\d+) states)");
  std::size_t offers = 0;
  for (std::sregex_iterator at(refused.err.begin(), refused.err.end(), offer), end; at != end;
       ++at) {
    ++offers;
    const json data = data_of(page(scratch, {"upstream-report", "--max-size", "500K", "-p",
                                             "pre-fix", "--part", (*at)[1].str()}));
    const json& shown = data.at("scenarios").at(0).at("policies").at(0);
    CHECK(std::to_string(shown.at("states").get<unsigned>()) == (*at)[2].str());
    CHECK(shown.at("whole") == false);
    CHECK_FALSE(shown.at("counterexample").is_null());
  }
  CHECK(offers == 2);
}

TEST_CASE("a scenario too large to be explored has its counterexample's neighbourhood") {
  const Scratch scratch;
  const json data = data_of(
      page(scratch, {"upstream-three-segments", "--part", "near:3", "--max-states", "500000"}));
  const json& policies = data.at("scenarios").at(0).at("policies");
  CHECK_FALSE(policies.at(0).at("counterexample").is_null());
  // Under the fix it is the same choices, as far as they go.
  CHECK(policies.at(1).at("states") > 10);
  CHECK_THAT(policies.at(1).at("part").get<std::string>(), Contains("at most 3 steps away"));
}

TEST_CASE("wrong usage of teach is told in words") {
  const Scratch scratch;
  const std::string path = scratch.path("race.html");
  const auto told = [&](const Arguments& arguments, const std::string& words) {
    const Result result = run(arguments);
    CHECK(result.exit_code == 2);
    CHECK_THAT(result.err, Contains(words));
    CHECK_FALSE(fs::exists(path));
  };
  told({"teach", "upstream-report"}, "--output is required");
  told({"teach", "-o", path}, "SCENARIO is required");
  told({"teach", "upstream-reprot", "-o", path}, "did you mean 'upstream-report'?");
  told({"teach", "root-cause", "-o", path, "--part", "half"}, "expected 'whole', 'reduced' or");
  told({"teach", "root-cause", "-o", scratch.path("no/such/race.html")}, "no/such/race.html");
}
