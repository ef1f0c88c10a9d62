// SPDX-License-Identifier: MIT
//
// check: scenarios keep the word of their files, or it is said where not.
//
// Counts are held against `explore` without reduction, whose own tests hold them
// against searches that share nothing with it.
#include <functional>
#include <regex>

#include "tests/program/commands/explore_fixture.h"

using namespace fixture;
using Catch::Matchers::Contains;

namespace {

constexpr const char* pre_fix = "unmap-on-marshal-error";
constexpr const char* fix = "leave-registered";

json with_expect(json scenario, const json& expect) {
  scenario["expect"] = expect;
  return scenario;
}

/// The shipped scenario in which a mapping fails: both upstream policies violate, the
/// one of v4.14 does not (docs/windows.md, R7).
json r7(const json& expect = json::object()) {
  return with_expect(scenario("r7-dma-map-failure"), expect);
}

/// What an expectation with all counts says, by `explore`.
json counted(const std::string& file, const std::string& policy) {
  const json report = explored(file, {"--policy", policy, "--count-preemptions", "never"});
  return {{"verdict", report.at("verdict")},
          {"states", report.at("states")},
          {"interleavings", report.at("interleavings").at("all")},
          {"failing", report.at("interleavings").at("failing")}};
}

/// The same as `--update` writes it: a count that every reader of JSON holds is a number.
json as_written(json expected) {
  for (const char* key : {"interleavings", "failing"}) {
    const std::string digits = expected.at(key);
    if (digits.size() < 16) expected[key] = std::stoull(digits);
  }
  return expected;
}

Result checked(const Arguments& arguments) {
  Arguments words{"check"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  const Result result = run(words);
  CAPTURE(arguments, result.out, result.err);
  CHECK(result.signal == 0);
  return result;
}

/// What `--json` says of one scenario, and the exit code.
struct Report {
  int exit_code = -1;
  json checks;
  std::string out;
};

Report report_on(const Scratch& scratch, const json& document, Arguments more = {}) {
  more.insert(more.begin(), scratch.write("mine.json", document.dump(1)));
  more.insert(more.end(), {"--json", scratch.path("report.out")});
  const Result result = checked(more);
  CHECK(result.err.empty());
  const json report = json::parse(content_of(scratch.path("report.out")));
  CHECK(report.at("format") == "frwrsim-check/1");
  return {result.exit_code, report.at("checks"), result.out};
}

}  // namespace

TEST_CASE("check: words that hold, one line each and a summary") {
  const Scratch scratch;
  const Report r = report_on(
      scratch,
      r7({{fix, "violated"}, {pre_fix, "violated"}, {"no-recovery-if-unmapped", "exhausted"}}));
  CHECK(r.exit_code == 0);
  REQUIRE(r.checks.size() == 3);
  for (const json& check : r.checks) {
    CHECK(check.at("outcome") == "as_expected");
    CHECK(check.at("deviations").empty());
    CHECK(check.at("found").at("verdict") == check.at("expected").at("verdict"));
  }
  // In the order of the table of policies, whatever that of the file.
  const auto lines = lines_of(r.out);
  REQUIRE(lines.size() == 5);
  CHECK(lines[0] == "ok      mine, pre-fix: violated");
  CHECK(lines[1] == "ok      mine, fix: violated");
  CHECK(lines[2] == "ok      mine, v4.14: exhausted");
  CHECK_THAT(lines[4], Contains("3 checks of 1 scenario in ") && Contains(": 3 as expected"));
}

TEST_CASE("check: counts that explore found hold, and every one that moved is named") {
  const Scratch scratch;
  for (const json& base :
       {r7(), scenario("r8-reset-failure"), scenario("no-loss"), small_scenario(), short_pool()}) {
    const std::string file = scratch.write("counted.json", base.dump());
    const json right = counted(file, fix);
    CHECK(report_on(scratch, with_expect(base, {{fix, right}})).exit_code == 0);
    for (const char* key : {"states", "interleavings", "failing"}) {
      INFO(key);
      json one = {{"verdict", right.at("verdict")}, {key, right.at(key)}};
      CHECK(report_on(scratch, with_expect(base, {{fix, one}})).exit_code == 0);
      // One more than there are: it is that one that is said, and how it moved.
      std::string digits =
          right.at(key).is_string() ? right.at(key).get<std::string>() : right.at(key).dump();
      if (digits.back() == '9') continue;  // no need to carry
      const std::string found = digits;
      ++digits.back();
      one[key] = right.at(key).is_string() ? json(digits) : json::parse(digits);
      const Report moved = report_on(scratch, with_expect(base, {{fix, one}}));
      CHECK(moved.exit_code == 1);
      REQUIRE(moved.checks.size() == 1);
      CHECK(moved.checks[0].at("outcome") == "different");
      REQUIRE(moved.checks[0].at("deviations").size() == 1);
      CHECK(moved.checks[0]["deviations"][0] ==
            json{{"what", key}, {"expected", digits}, {"found", found}});
      CHECK_THAT(moved.out, Contains("FAILED  mine, fix: " + std::string(key) + " " + digits +
                                     " -> " + found + " (-1)\n"));
    }
  }
}

TEST_CASE("check: small counts may be numbers, and then are not to be beyond 2^53") {
  const Scratch scratch;
  const std::string file = scratch.write("base.json", r7().dump());
  json right = counted(file, fix);
  right["interleavings"] = json::parse(right["interleavings"].get<std::string>());
  right["failing"] = json::parse(right["failing"].get<std::string>());
  CHECK(report_on(scratch, r7({{fix, right}})).exit_code == 0);
  const auto refused = [&](const char* key, const json& value) {
    json wrong = right;
    wrong[key] = value;
    return complaint({"check", scratch.write("wrong.json", r7({{fix, wrong}}).dump())});
  };
  const std::string place = "/expect/leave-registered/";
  CHECK_THAT(refused("interleavings", 9007199254740993),
             Contains(place + "interleavings: ") && Contains("to 9007199254740992"));
  CHECK_THAT(refused("failing", "12a"), Contains(place + "failing: ") && Contains("digits"));
  CHECK_THAT(refused("failing", "012"), Contains("digits"));
  CHECK_THAT(refused("failing", "-1"), Contains("digits"));
  CHECK_THAT(refused("states", "109"), Contains(place + "states: ") && Contains("integer"));
  CHECK_THAT(refused("states", 0), Contains("from 1 to"));
  CHECK_THAT(refused("state", 1), Contains(place + "state: ") && Contains("'states'"));
  CHECK_THAT(refused("verdict", "fine"), Contains(place + "verdict: "));
  right.erase("verdict");
  CHECK_THAT(complaint({"check", scratch.write("wrong.json", r7({{fix, right}}).dump())}),
             Contains("the key 'verdict' is missing"));
}

TEST_CASE("check: an unexpected pass and an unexpected failure are both failures") {
  const Scratch scratch;
  const Report pass = report_on(scratch, r7({{"no-recovery-if-unmapped", "violated"}}));
  CHECK(pass.exit_code == 1);
  CHECK_THAT(pass.out, Contains("FAILED  mine, v4.14: unexpected pass: violated -> exhausted\n"));
  const Report failure = report_on(scratch, r7({{fix, "exhausted"}}));
  CHECK(failure.exit_code == 1);
  CHECK_THAT(failure.out, Contains("FAILED  mine, fix: unexpected failure: exhausted -> violated "
                                   "(unmap-never-mapped)\n"));
  // What is printed to look at it does show it.
  const auto lines = lines_of(failure.out);
  const auto command = std::find_if(lines.begin(), lines.end(), [](const std::string& line) {
    return line.find("  frwrsim explore ") != std::string::npos;
  });
  REQUIRE(command != lines.end());
  CHECK(pasted_into_shell(*command).says("unmap-never-mapped"));
  const Report bound = report_on(scratch, r7({{fix, "bound_reached"}}));
  CHECK(bound.exit_code == 1);
  // A bound that comes after the failure does not excuse it.
  const json all = counted(scratch.write("base.json", r7().dump()), fix);
  const json wrong = {{"verdict", "exhausted"}, {"states", all.at("states")}};
  const std::string one_less = std::to_string(all.at("states").get<int>() - 1);
  const Report both = report_on(scratch, r7({{fix, wrong}}), {"--max-states", one_less});
  CHECK(both.exit_code == 1);
  CHECK(both.checks.at(0).at("outcome") == "different");
  CHECK_THAT(both.out, Contains("unexpected failure: ") && Contains(", not counted ("));
  // More than expected.
  const Report more = report_on(scratch, r7({{fix, {{"verdict", "violated"}, {"states", 1}}}}));
  CHECK_THAT(more.out, Contains(" (+" + one_less + ")\n"));
}

TEST_CASE("check: what a bound keeps from being found out is no pass") {
  const Scratch scratch;
  json bounded = r7({{fix, "exhausted"}});
  bounded["search"] = {{"max_states", 20}};
  const Report own = report_on(scratch, bounded);
  CHECK(own.exit_code == 3);
  CHECK(own.checks.at(0).at("outcome") == "bound");
  CHECK_FALSE(own.checks[0].at("deviations").at(0).contains("found"));
  CHECK_THAT(own.out, Contains("BOUND   mine, fix: verdict: expected exhausted, not found out"));

  bounded["expect"] = {{fix, "bound_reached"}};
  CHECK(report_on(scratch, bounded).exit_code == 0);

  // The same by an option, of a verdict and of counts.
  const std::string file = scratch.write("base.json", r7().dump());
  const Arguments few{"--max-states", "20"};
  const json right = counted(file, "no-recovery-if-unmapped");
  const Report counts = report_on(scratch, r7({{"no-recovery-if-unmapped", right}}), few);
  CHECK(counts.exit_code == 3);
  CHECK(counts.checks.at(0).at("deviations").size() == 4);
  CHECK_THAT(counts.out, Contains("states: expected " + right.at("states").dump() +
                                  ", not counted (the limit on states (--max-states)"));
  // A budget of the scenario cuts runs: that is a bound, too.
  json cut = small_scenario();
  cut["budgets"]["retransmissions"] = 0;
  const Report by_budget = report_on(scratch, with_expect(cut, {{fix, "exhausted"}}));
  CHECK(by_budget.exit_code == 3);
  CHECK_THAT(by_budget.out,
             Contains("verdict exhausted -> bound_reached (unknown: cut by retransmissions)"));
  // What differs speaks louder.
  bounded["expect"] = {{fix, "exhausted"}};
  const std::string slow = scratch.write("slow.json", bounded.dump());
  CHECK(report_on(scratch, r7({{fix, "exhausted"}}), {slow}).exit_code == 1);
}

TEST_CASE("check: an unknown policy is an error, not ignored") {
  const Scratch scratch;
  const std::string file =
      scratch.write("mine.json", r7({{fix, "violated"}, {"leave-registred", "violated"}}).dump());
  CHECK_THAT(complaint({"check", file}),
             Contains("/expect/leave-registred: ") && Contains("did you mean 'leave-registered'?"));
}

TEST_CASE("check --update: only the values of \"expect\" change, and then all is as expected") {
  const Scratch scratch;
  // A layout that no library would write, and decoys.
  json plain = r7();
  plain.erase("expect");
  plain.erase("segment_pages");  // comes behind
  plain["about"] = {"\"expect\": {\"leave-registered\": \"exhausted\"} \\", "} ] {", "\" {"};
  std::string body = plain.dump(3);
  body.resize(body.rfind('\n'));  // open at its end
  const std::string head = body + ",\r\n\t\"exp\\u0065ct\" : {  \"drain-first\":\t";
  const std::string between = "  ,\r\n\"leave-registered\"   :";
  const std::string more = "\r\n\r\n, \"put-back\": ";
  const std::string after = " },\t\"segment_pages\": 7 \r\n}\r\n\r\n";
  const std::string text = head + "\"violated\"" + between + "\"exhausted\"" + more +
                           R"({ "failing":3, "verdict" : "violated" })" + after;
  const std::string file = scratch.write("mine.json", text);
  const std::string hash = explored(file).at("scenario_hash");
  const json right = counted(file, fix);

  const Result update = checked({file, "--update"});
  CHECK(update.exit_code == 0);
  CHECK_THAT(update.out, Contains("updated mine, fix: unexpected failure: exhausted -> violated"));
  const std::string now = content_of(file);
  REQUIRE(now.rfind(head, 0) == 0);
  REQUIRE(now.size() > after.size());
  CHECK(now.substr(now.size() - after.size()) == after);
  const auto first = now.find(between);
  const auto second = now.find(more);
  REQUIRE(first != std::string::npos);
  REQUIRE(second != std::string::npos);
  // A word gets all counts, an object keeps the keys it had.
  const json value =
      json::parse(now.substr(first + between.size(), second - first - between.size()));
  CHECK(value.at("verdict") == "violated");
  CHECK(value.at("states") == right.at("states"));
  CHECK(value.at("interleavings").dump() == right.at("interleavings").get<std::string>());
  CHECK(value.at("failing").dump() == right.at("failing").get<std::string>());
  const json kept = json::parse(now).at("expect").at("put-back");
  CHECK(kept == json{{"verdict", "exhausted"}, {"failing", 0}});
  CHECK(explored(file).at("scenario_hash") == hash);

  const Result clean = checked({file});
  CHECK(clean.exit_code == 0);
  CHECK(clean.says(": 3 as expected\n"));
  const Result again = checked({file, "--update"});
  CHECK(again.exit_code == 0);
  CHECK(again.says(": 3 as expected\n"));
  CHECK(content_of(file) == now);
  CHECK(scratch.names() == Arguments{"mine.json"});
}

TEST_CASE("check: an alias is the policy, and --update writes it as it was") {
  const Scratch scratch;
  const json expect{{"fix", "violated"}, {"pre-fix", "exhausted"}, {"v4.14", "exhausted"}};
  const std::string file = scratch.write("mine.json", r7(expect).dump(1));
  const Report before = report_on(scratch, r7(expect));
  CHECK(before.exit_code == 1);
  REQUIRE(before.checks.size() == 3);
  CHECK(before.checks[0].at("policy") == pre_fix);
  CHECK(before.checks[0].at("outcome") == "different");
  CHECK(before.checks[1].at("outcome") == "as_expected");
  CHECK(checked({file, "--update"}).exit_code == 0);
  const json now = json::parse(content_of(file)).at("expect");
  CHECK(now.size() == 3);
  CHECK(now.at("fix") == as_written(counted(file, fix)));
  CHECK(now.at("pre-fix") == as_written(counted(file, pre_fix)));
  CHECK(now.at("v4.14") == as_written(counted(file, "no-recovery-if-unmapped")));
  CHECK(checked({file}).exit_code == 0);
}

TEST_CASE("check --update: numbers beyond 2^53 are strings") {
  const Scratch scratch;
  const std::string file =
      scratch.write("mine.json", with_expect(small_scenario(), {{pre_fix, "violated"}}).dump());
  CHECK(checked({file, "--update"}).exit_code == 0);
  const json value = json::parse(content_of(file)).at("expect").at(pre_fix);
  const json right = counted(file, pre_fix);
  REQUIRE(right.at("failing").get<std::string>().size() > 16);
  CHECK(value == right);
  CHECK(checked({file}).exit_code == 0);
}

TEST_CASE("check --update: words that stay words, and what a bound leaves as it was") {
  const Scratch scratch;
  const auto after_update = [&](const json& document, const Arguments& more, int exit_code) {
    Arguments arguments{scratch.write("mine.json", document.dump()), "--update"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    CHECK(checked(arguments).exit_code == exit_code);
    return json::parse(content_of(scratch.path("mine.json")));
  };
  json bounded = r7({{fix, "violated"}});
  bounded["search"] = {{"max_states", 1'000'000}};
  CHECK(after_update(bounded, {}, 0) == bounded);
  json cut = with_expect(small_scenario(), {{fix, "bound_reached"}});
  cut["budgets"]["retransmissions"] = 0;
  CHECK(after_update(cut, {}, 0) == cut);
  // Wrong, and found to be so.
  json wrong = cut;
  wrong["expect"][fix] = "exhausted";
  CHECK(after_update(wrong, {}, 0) == cut);
  // Not found out.
  const json unknown = r7({{"no-recovery-if-unmapped", "exhausted"}});
  CHECK(after_update(unknown, {"--max-states", "20"}, 3) == unknown);
}

TEST_CASE("check --update: a file that was changed meanwhile is left alone") {
  const Scratch scratch;
  const json document = with_expect(scenario("r10-reply-against-retransmit"), {{fix, "exhausted"}});
  const std::string file = scratch.write("mine.json", document.dump());
  Running running({"check", file, "--update"}, true);
  running.wait_until_shown("1 of 1: ");
  json edited = document;
  edited["title"] = "Edited";
  (void)scratch.write("mine.json", edited.dump());
  const Result result = running.finish();
  CHECK(result.exit_code == 2);
  CHECK_THAT(result.err, Contains("mine.json: was changed while it was searched"));
  CHECK(content_of(file) == edited.dump());
}

TEST_CASE("check: a folder, its scenarios and what is none") {
  const Scratch scratch;
  (void)scratch.write("b.json", r7({{fix, "violated"}}).dump());
  (void)scratch.write("a.json", r7({{pre_fix, "violated"}}).dump());
  (void)scratch.write("silent.json", small_scenario().dump());
  (void)scratch.write("package.json", R"({"name": "other", "format": "frwrsim-trace/1"})");
  (void)scratch.write("list.json", "[1, 2]");
  (void)scratch.write("mine.schema.json", "no JSON at all");
  (void)scratch.write("notes.txt", "no JSON at all");
  fs::create_directory(scratch.path("below"));
  (void)scratch.write("below/c.json", "no JSON at all");
  const Result result = checked({scratch.path("")});
  CHECK(result.exit_code == 0);
  const auto lines = lines_of(result.out);
  REQUIRE(lines.size() == 7);
  CHECK(lines[0] == "ok      a, pre-fix: violated");
  CHECK(lines[1] == "ok      b, fix: violated");
  CHECK_THAT(lines[3], Contains("2 checks of 3 scenarios in ") && Contains(": 2 as expected"));
  CHECK(lines[4] == scratch.path("silent.json") + ": says of no policy what to expect");
  CHECK(lines[5] == scratch.path("list.json") + ": skipped, no scenario");
  CHECK(lines[6] == scratch.path("package.json") + ": skipped, no scenario");
  // A file counts once, however often it is meant.
  CHECK(checked({scratch.path("a.json"), scratch.path(""), scratch.path("below/../a.json")})
            .says("2 checks of 3 scenarios"));
  // Named, it has to be one.
  CHECK_THAT(complaint({"check", scratch.path("package.json")}), Contains("package.json: /"));
  // A scenario without a format, which has a default, is not passed over.
  json lost = r7({{fix, "exhausted"}});
  lost.erase("format");
  (void)scratch.write("lost.json", lost.dump());
  const Result with_lost = checked({scratch.path("")});
  CHECK(with_lost.exit_code == 1);
  CHECK(with_lost.says("FAILED  lost, fix: unexpected failure: exhausted -> violated"));
  CHECK(with_lost.says("3 checks of 4 scenarios in "));
  // Nor is one of another version.
  lost["format"] = "frwrsim-scenario/9";
  (void)scratch.write("lost.json", lost.dump());
  CHECK_THAT(complaint({"check", scratch.path("")}), Contains("lost.json: /format: "));
}

TEST_CASE("check: files that cannot be used are all named, before anything is searched") {
  const Scratch scratch;
  (void)scratch.write("good.json", r7({{fix, "violated"}}).dump());
  (void)scratch.write("broken.json", "{\"format\": ");
  (void)scratch.write("empty.json", "");
  fs::create_directory(scratch.path("folder.json"));
  fs::create_symlink(scratch.path("nothing"), scratch.path("dangling.json"));
  const std::string said = complaint({"check", scratch.path("")});
  CHECK_THAT(said, Contains("broken.json: is no JSON: line 1") &&
                       Contains("empty.json: is empty") &&
                       Contains("folder.json: is a directory") &&
                       Contains("dangling.json: there is no such file"));
  CHECK_THAT(complaint({"check", scratch.path("missing.json")}), Contains("no such file"));
  CHECK_THAT(complaint({"check", "no-los"}), Contains("did you mean 'no-loss'?"));
  const Scratch none;
  CHECK_THAT(complaint({"check", none.path("")}), Contains("nothing to check"));
  const std::string silent = none.write("silent.json", small_scenario().dump());
  CHECK_THAT(complaint({"check", silent}), Contains("nothing to check") && Contains("expect"));
  for (const char* option : {"--junit", "--markdown", "--json"}) {
    const std::string good = scratch.path("good.json");
    CHECK_THAT(complaint({"check", good, option, scratch.path("no/such/folder")}),
               Contains("cannot be written"));
    CHECK_THAT(complaint({"check", good, option, "-"}), Contains(option));
    usage_complaint({"check", good, option, ""});
  }
}

TEST_CASE("check: a report is a file of its own") {
  const Scratch scratch;
  const std::string file = scratch.write("mine.json", r7({{fix, "exhausted"}}).dump());
  const std::string text = content_of(file);
  CHECK_THAT(complaint({"check", file, "--json", file}),
             Contains("--json: expected a file of its own") && Contains("that of a scenario"));
  CHECK_THAT(
      complaint({"check", file, "--json", scratch.path("out"), "--junit", scratch.path("./out")}),
      Contains("expected a file of its own") && Contains("that of --junit"));
  CHECK(content_of(file) == text);
  CHECK(scratch.names() == std::vector<std::string>{"mine.json"});
}

TEST_CASE("check: markup in names is text in JUnit and Markdown") {
  const Scratch scratch;
  const std::string name = "a<b>&\"c\"|d'*e*";
  json document = r7({{fix, "exhausted"}, {pre_fix, "violated"}});
  document["title"] = "<script>x</script> | `y` & [z](q)";
  const std::string file = scratch.write(name + ".json", document.dump());
  const std::string junit = scratch.path("junit.xml");
  const std::string page = scratch.path("page.md");
  CHECK(checked({file, "--junit", junit, "--markdown", page}).exit_code == 1);
  const std::string xml = content_of(junit);
  CHECK_THAT(xml, Contains("name=\"a&lt;b&gt;&amp;&quot;c&quot;|d'*e*\"") &&
                      Contains("tests=\"2\" failures=\"1\" errors=\"0\" skipped=\"0\""));
  CHECK_THAT(xml, Contains("<failure type=\"not-as-expected\" message=\"unexpected failure: "
                           "exhausted -&gt; violated (unmap-never-mapped)\">"));
  CHECK(xml.find("<b>") == std::string::npos);
  const std::string markdown = content_of(page);
  CHECK_THAT(markdown,
             Contains("## frwrsim check: 1 of 2 as expected\n") &&
                 Contains("| a&lt;b>&amp;\"c\"\\|d'\\*e\\* | fix | different | unexpected "
                          "failure: exhausted -> violated (unmap-never-mapped) |\n") &&
                 Contains("| &lt;script>x&lt;/script> \\| \\`y\\` &amp; \\[z\\](q) |"));
  CHECK(markdown.find("<script") == std::string::npos);
  // A file name that is no UTF-8 makes no XML that is none.
  const std::string odd = scratch.write("odd\xff.json", r7({{fix, "violated"}}).dump());
  CHECK(checked({odd, "--junit", junit}).exit_code == 0);
  CHECK(is_printable_utf8(content_of(junit)));
}

TEST_CASE("check: Ctrl-C ends it cleanly, with what was done, reports that say so, and 3") {
  const Scratch scratch;
  const std::string first = scratch.write("first.json", r7({{fix, "violated"}}).dump());
  json large = scenario(endless);
  large["expect"] = {{pre_fix, "exhausted"}, {fix, "exhausted"}};
  const std::string second = scratch.write("second.json", large.dump());
  const std::string junit = scratch.path("junit.xml");
  const std::string page = scratch.path("page.md");
  const std::string document = scratch.path("report.out");
  for (const bool update : {false, true}) {
    Arguments arguments{"check",      first, second,   "--junit", junit,
                        "--markdown", page,  "--json", document};
    if (update) arguments.emplace_back("--update");
    Running running(arguments, true);
    running.wait_until_shown("2 of 3: second, pre-fix: ");
    running.send(SIGINT);
    const Result result = running.finish();
    CHECK(result.signal == 0);
    CHECK(result.exit_code == 3);
    CHECK_THAT(result.out, Contains("first, fix: ") && Contains("2 not run (interrupted)\n"));
    CHECK(content_of(second) == large.dump());
    const json report = json::parse(content_of(document));
    CHECK(report.at("summary").at("not_run") == 2);
    CHECK(report.at("checks").at(0).at("outcome") == (update ? "updated" : "as_expected"));
    CHECK(report.at("checks").at(1).at("outcome") == "not_run");
    CHECK(count_of(content_of(junit), "<skipped/>") == 2);
    CHECK(count_of(content_of(junit), "<system-err>the check was interrupted<") == 1);
    CHECK_THAT(content_of(page), Contains(" of 3 as expected, interrupted\n"));
    CHECK(scratch.names() ==
          Arguments{"first.json", "junit.xml", "page.md", "report.out", "second.json"});
  }
  CHECK(json::parse(content_of(first)).at("expect").at(fix).contains("states"));
}

TEST_CASE("check: a second Ctrl-C is the end, and an earlier report stays whole") {
  const Scratch scratch;
  const std::string junit = scratch.write("junit.xml", "before");
  // Stopped while it gets both, so that the first cannot be answered in between.
  Running running({"check", endless, "--junit", junit}, true);
  running.wait_until_shown("1 of ");
  running.send(SIGSTOP);
  running.send(SIGINT);
  running.send(SIGTERM);
  running.send(SIGCONT);
  CHECK(running.finish().exit_code == -1);
  CHECK(scratch.names() == Arguments{"junit.xml"});
  CHECK(content_of(junit) == "before");
}

TEST_CASE("check: a verdict alone may be had with fewer states, not another one") {
  // Each verdict, of searches that reductions change a lot.
  const Scratch scratch;
  for (const char* name : {"no-loss", "r8-reset-failure", "pool-exhaustion", "upstream-report"}) {
    json document = scenario(name);
    json words;
    for (const char* policy : {pre_fix, fix, "idempotent-unmap", "put-back-unchained"}) {
      words[policy] = explored(name, {"--policy", policy}).at("verdict");
    }
    document["expect"] = words;
    INFO(name);
    CHECK(report_on(scratch, document).exit_code == 0);
  }
}

TEST_CASE("check: --format and --output as every command has them - older options write the same") {
  const Scratch scratch;
  const std::string file = scratch.write("mine.json", r7({{fix, "violated"}}).dump());
  const std::map<std::string, std::string> options{
      {"json", "--json"}, {"junit", "--junit"}, {"markdown", "--markdown"}};
  // Times, which no two runs have in common.
  const auto timeless = [](const std::string& text) {
    return std::regex_replace(text, std::regex("(time|timestamp)=\"[^\"]*\"|in [0-9.]+ s"), "");
  };
  for (const auto& [format, option] : options) {
    CAPTURE(format);
    const std::string by_option = scratch.path(format + ".option");
    const Result with_lines = run({"check", file, option, by_option});
    CHECK(with_lines.exit_code == 0);
    const Result shown = run({"check", file, "--format", format});
    CHECK(shown.exit_code == 0);
    CHECK(timeless(shown.out) == timeless(content_of(by_option)));
    const std::string by_output = scratch.path(format + ".output");
    const Result written = run({"check", file, "--format", format, "-o", by_output});
    CHECK(timeless(content_of(by_output)) == timeless(content_of(by_option)));
    CHECK(timeless(written.out) == timeless(with_lines.out));  // the lines are still there
  }
  const Result text = run({"check", file, "-o", scratch.path("lines.txt")});
  CHECK(text.out.empty());
  CHECK(timeless(content_of(scratch.path("lines.txt"))) == timeless(run({"check", file}).out));
  CHECK_THAT(complaint({"check", file, "-o", file}), Contains("that of a scenario"));
}
