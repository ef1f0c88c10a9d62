// SPDX-License-Identifier: MIT
//
// frwrsim synthesize, as a user runs it. What is tried and found is held against
// the reference in tools/synthesize/search_test.cpp.
#include <boost/multiprecision/cpp_int.hpp>
#include <regex>
#include <set>

#include "tests/program/commands/explore_fixture.h"

using namespace fixture;
using Catch::Matchers::Contains;
using BigInt = boost::multiprecision::cpp_int;

namespace {

Arguments synthesize_arguments(const std::string& scenario, const Arguments& more = {}) {
  Arguments arguments{"synthesize", scenario};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

/// The exit code that --help promises.
int code_of(const std::string& verdict) {
  return verdict == "not_repaired" ? 1 : verdict == "bound_reached" ? 3 : 0;
}

/// The JSON report on one policy.
json synthesized(const std::string& scenario, const Arguments& more = {}) {
  return reported(synthesize_arguments(scenario, more), "frwrsim-synthesis/1", code_of);
}

Result synthesized_text(const std::string& scenario, const Arguments& more = {}) {
  Arguments arguments = synthesize_arguments(scenario, more);
  arguments.push_back("--reproducible");
  return run(arguments);
}

BigInt number_in(const json& text) { return BigInt(text.get<std::string>()); }

json ordering(const char* pending, const char* who, const char* step) {
  return {{"pending", pending}, {"waits", who}, {"step", step}};
}

/// Whether a report means that ordering; in the words of a policy it has it, too.
bool is_ordering(const json& reported, const json& wanted) {
  return reported.contains("wait") &&
         std::all_of(wanted.items().begin(), wanted.items().end(), [&](const auto& member) {
           return reported.at(member.key()) == member.value();
         });
}

bool suffices(const json& report, const json& wanted) {
  for (const json& fix : report.at("suffice")) {
    const json& orderings = fix.at("orderings");
    if (orderings.size() == 1 && is_ordering(orderings[0], wanted)) return true;
  }
  return false;
}

std::string fate_of(const json& report, const json& wanted) {
  for (const json& trial : report.at("tried")) {
    if (is_ordering(trial, wanted)) return trial.at("fate");
  }
  return "not tried";
}

std::size_t count_of_fate(const json& report, const std::string& fate) {
  std::size_t n = 0;
  for (const json& trial : report.at("tried")) n += trial.at("fate") == fate ? 1 : 0;
  return n;
}

/// A pool too small for the request until it is refreshed, and nothing that delays the
/// next attempt.
std::string hasty(const Scratch& scratch) {
  json scenario = small_scenario();
  scenario["mr_pool"] = 1;
  scenario["refresh"] = {{"batch", 1}, {"times", 1}};
  scenario.erase("losses");
  scenario["provider"] = "flush";
  scenario["guards"] = json::array();
  return scratch.write("hasty.json", scenario.dump());
}

/// The same with a pool that suffices once: after the loss its MRs are in recovery. No
/// run comes to an end, so no ordering keeps one from it, and many suffice.
std::string hasty_after_loss(const Scratch& scratch) {
  json scenario = json::parse(content_of(hasty(scratch)));
  scenario["mr_pool"] = 2;
  scenario.erase("refresh");
  scenario["losses"] = {{"count", 1}, {"when", "before-send"}, {"rpc", "write"}};
  return scratch.write("loss.json", scenario.dump());
}

}  // namespace

TEST_CASE("synthesize finds the upstream guarantee for the upstream scenario") {
  const json report = synthesized("upstream-report", {"--policy", "pre-fix"});
  CHECK(report.at("verdict") == "repaired");
  CHECK(report.at("violated") == json::array({"double-unmap"}));
  // "The FASTREG's flush is handled before recovery of that MR": before the worker
  // takes it, or before it looks at fr_state.
  CHECK(suffices(report, ordering("FASTREG", "MR recovery worker", "idle")));
  CHECK(suffices(report, ordering("FASTREG", "MR recovery worker", "snapshot")));
  // Not after that which it must not come after.
  CHECK(fate_of(report, ordering("FASTREG", "MR recovery worker", "dma_unmap")) == "fails");
  CHECK(fate_of(report, ordering("FASTREG", "MR recovery worker", "put")) == "fails");
  // What waits for itself waits for ever.
  CHECK(fate_of(report, ordering("FASTREG", "RNIC", "execute")) == "deadlock");
  CHECK(fate_of(report, ordering("recovery", "MR recovery worker", "idle")) == "deadlock");
  CHECK(fate_of(report, ordering("FASTREG", "RPC task", "post_send")) == "not tried");

  const Result text = synthesized_text("upstream-report");
  CHECK(text.exit_code == 0);
  CHECK(text.says("verdict      repaired: "));
  CHECK(text.says("MR recovery worker, frwr_op_recover_mr: read fr_state\n"));
  CHECK(text.says("  waits while a FASTREG of the MR is pending\n"));
  CHECK_FALSE(text.says("measured"));
}

TEST_CASE("synthesize: a policy with an ordering has the fate that was found") {
  const json report = synthesized("upstream-report");
  // One of each fate and what is pending is enough, of those that suffice all.
  std::set<std::string> seen;
  for (const json& trial : report.at("tried")) {
    const std::string fate = trial.at("fate");
    const bool is_new = seen.insert(fate + trial.at("pending").get<std::string>()).second;
    if (!is_new && fate != "suffices") continue;
    const std::string policy = "pre-fix,wait=" + trial.at("wait").get<std::string>();
    CAPTURE(fate, policy);
    const json under = explored("upstream-report", {"--policy", policy, "--reduction", "symmetry"});
    CHECK((under.at("verdict") == "violated") == (fate != "suffices"));
    if (fate == "idle") CHECK(under.at("states") == report.at("states"));
  }
  CHECK(seen.size() >= 4);

  const std::string text = synthesized_text("upstream-report").out;
  const auto command = text.find("\napply the first with\n  frwrsim ");
  REQUIRE(command != std::string::npos);
  const auto line = text.find("frwrsim ", command);
  const Result applied = pasted_into_shell(text.substr(line, text.find('\n', line) - line));
  CAPTURE(applied.err);
  // Within the budgets only: no violation, but a budget still cuts.
  const bool is_cut = report.at("suffice").at(0).at("within_budgets_only");
  CHECK(applied.says(is_cut ? "bound_reached" : "exhausted"));
  CHECK(applied.exit_code == (is_cut ? 3 : 0));
}

TEST_CASE("synthesize: the counts are explore's, and what is forbidden adds up") {
  const json report = synthesized("upstream-report");
  const json explored_report = explored("upstream-report", {"--reduction", "symmetry"});
  CHECK(report.at("states") == explored_report.at("states"));
  CHECK(report.at("transitions") == explored_report.at("transitions"));
  CHECK(report.at("interleavings").at("all") == explored_report.at("interleavings").at("all"));
  CHECK(report.at("interleavings").at("failing") ==
        explored_report.at("interleavings").at("failing"));
  const BigInt all = number_in(report["interleavings"]["all"]);
  const BigInt failing = number_in(report["interleavings"]["failing"]);
  BigInt last = 0;
  for (const json& fix : report.at("suffice")) {
    const BigInt forbidden = number_in(fix.at("forbidden"));
    CHECK(forbidden - number_in(fix.at("forbidden_good")) == failing);
    CHECK(forbidden < all);
    CHECK(forbidden >= last);
    last = forbidden;
  }
  CHECK(report["suffice"].size() == count_of_fate(report, "suffices"));
}

TEST_CASE("synthesize: text and JSON say the same") {
  const Scratch scratch;
  for (const std::string& scenario : {std::string("upstream-next-request"), hasty(scratch)}) {
    const json report = synthesized(scenario);
    const std::string text = synthesized_text(scenario).out;
    CHECK_THAT(text, Contains("verdict      " + report.at("verdict").get<std::string>() + ": "));
    CHECK_THAT(text,
               Contains("orderings    " + std::to_string(report.at("tried").size()) +
                        " tried: " + std::to_string(report.at("suffice").size()) + " suffice, "));
    CHECK_THAT(text, Contains("pairs        " + report.at("pairs_tried").dump() +
                              " of those that do not suffice tried: " +
                              std::to_string(report.at("pairs_suffice").size()) + " suffice\n"));
    // Each fate that occurs is told, no other.
    const std::map<std::string, std::string> words{
        {"fails", " leave a violation"},
        {"idle", " never hold anything back"},
        {"deadlock", " deadlock"},
        {"leak", " keep an MR from ever being freed"},
        {"progress", " keep an RPC from an end it has now"}};
    for (const auto& [fate, phrase] : words) {
      const std::size_t count = count_of_fate(report, fate);
      CHECK((text.find(", " + std::to_string(count) + phrase) != std::string::npos) == (count > 0));
    }
    CHECK(is_printable_utf8(text));
  }
}

TEST_CASE("synthesize: a list that is long is cut in the text, not in JSON") {
  const Scratch scratch;
  const std::string scenario = hasty_after_loss(scratch);
  const json report = synthesized(scenario, {"--pairs", "never"});
  const std::size_t found = report.at("suffice").size();
  REQUIRE(found > 12);
  const Result text = synthesized_text(scenario, {"--pairs", "never"});
  CHECK(count_of(text.out, " of the MR is pending") == 12);
  CHECK(text.says("  and " + std::to_string(found - 12) + " more (--format json lists all)\n"));
}

TEST_CASE("synthesize: orderings that leave the same interleavings are told") {
  const Scratch scratch;
  const std::string scenario = hasty(scratch);
  const json report = synthesized(scenario);
  std::size_t same = 0;
  for (const char* list : {"suffice", "pairs_suffice"}) {
    for (std::size_t i = 0; i < report.at(list).size(); ++i) {
      const json& fix = report[list][i];
      const std::size_t first = fix.at("same_as");
      REQUIRE(first <= i);
      same += first < i ? 1 : 0;
      CHECK(report[list][first].at("forbidden") == fix.at("forbidden"));
    }
  }
  CHECK(same > 0);
  CHECK(count_of(synthesized_text(scenario).out, "the same as above") == same);
}

TEST_CASE("synthesize: pairs are tried when asked for, and only of what does not suffice") {
  const Scratch scratch;
  const std::string scenario = hasty(scratch);
  const json always = synthesized(scenario, {"--pairs", "always"});
  CHECK(always == synthesized(scenario));
  CHECK_FALSE(always.at("pairs_suffice").empty());
  std::set<json> alone;
  for (const json& fix : always["suffice"]) alone.insert(fix.at("orderings").at(0));
  for (const json& fix : always["pairs_suffice"]) {
    REQUIRE(fix.at("orderings").size() == 2);
    for (const json& part : fix["orderings"]) CHECK(alone.count(part) == 0);
  }
  const json never = synthesized(scenario, {"--pairs", "never"});
  CHECK(never.at("pairs_tried") == 0);
  CHECK(never.at("pairs_suffice").empty());
  CHECK(never.at("suffice") == always.at("suffice"));
}

TEST_CASE("synthesize: what suffices within the budgets only is no repair") {
  const Scratch scratch;
  const std::string scenario = hasty(scratch);
  const json report = synthesized(scenario);
  CHECK(report.at("verdict") == "bound_reached");
  for (const json& fix : report.at("suffice")) CHECK(fix.at("within_budgets_only") == true);
  const Result text = synthesized_text(scenario);
  CHECK(text.exit_code == 3);
  CHECK(text.says("is pending; shown within the budgets\n"));
}

TEST_CASE("synthesize: where nothing fails there is nothing to repair") {
  for (const Arguments& policy :
       {Arguments{"no-loss"}, Arguments{"upstream-report", "-p", "fix"}}) {
    const json report = synthesized(policy[0], {policy.begin() + 1, policy.end()});
    CHECK(report.at("verdict") == "nothing_fails");
    CHECK(report.at("tried").empty());
    CHECK(report.at("suffice").empty());
    CHECK(report.at("not_known").empty());
  }
  const Result text = synthesized_text("no-loss");
  CHECK(text.exit_code == 0);
  CHECK(text.says("nothing_fails: every interleaving was covered, none fails"));
}

TEST_CASE("synthesize: what no order repairs") {
  const Scratch scratch;
  const std::string scenario = scratch.write("toss.json", one_toss().dump());
  const json report = synthesized(scenario);
  CHECK(report.at("verdict") == "not_repaired");
  CHECK(report.at("violated") == json::array({"unmap-never-mapped"}));
  CHECK(report.at("pairs_tried") > 0);
  const Result text = synthesized_text(scenario);
  CHECK(text.exit_code == 1);
  CHECK(text.says("not_repaired: no ordering and no pair of them suffices"));
}

TEST_CASE("synthesize: nothing fails, but a budget cuts: not everything was seen") {
  const Scratch scratch;
  json scenario = one_toss();
  scenario.erase("faults");
  scenario["losses"] = {{"count", 1}, {"when", "before-send"}, {"rpc", "write"}};
  scenario["budgets"]["reconnects"] = 0;
  const std::string file = scratch.write("cut.json", scenario.dump());
  CHECK(synthesized(file).at("verdict") == "bound_reached");
  CHECK(synthesized_text(file).says("bound_reached: nothing fails, but a budget cuts"));
}

TEST_CASE("synthesize: limits end it, and it says what is missing") {
  const json states = synthesized("upstream-report", {"--max-states", "1000"});
  CHECK(states.at("verdict") == "bound_reached");
  CHECK(states.at("bound") == "states");
  CHECK(states.at("not_known").size() == 1);
  const json memory = synthesized("upstream-three-segments", {"--max-memory", "2M"});
  CHECK(memory.at("bound") == "memory");
  CHECK(memory.at("verdict") == "bound_reached");
  const json time = synthesized("two-rpcs", {"--time-limit", "50ms"});
  CHECK(time.at("bound") == "time");
  CHECK(time.at("verdict") == "bound_reached");
  CHECK(synthesized_text("upstream-report", {"--max-states", "1000"}).says("\nNot known\n"));
}

TEST_CASE("synthesize: the same bytes whatever the number of threads") {
  for (const char* format : {"text", "json"}) {
    const auto bytes = [format](const char* jobs) {
      return synthesized_text("upstream-report", {"--policy", "pre-fix", "--policy", "fix",
                                                  "--format", format, "--jobs", jobs})
          .out;
    };
    const std::string one = bytes("1");
    CHECK(one == bytes("2"));
    CHECK(one == bytes("3"));
  }
}

TEST_CASE("synthesize: several policies, a file, times") {
  const Scratch scratch;
  const std::string file = scratch.path("report.json");
  const Result result =
      run(synthesize_arguments("upstream-report", {"--policy", "pre-fix", "--policy", "fix",
                                                   "--format", "json", "--output", file}));
  CHECK(result.exit_code == 0);
  CHECK(result.out.empty());
  const json reports = json::parse(content_of(file));
  REQUIRE(reports.size() >= 2);
  for (const json& report : reports) CHECK(report.at("measured").at("all_seconds") > 0);
  CHECK(run(synthesize_arguments("no-loss")).says("\nmeasured     in all "));
}

TEST_CASE("synthesize: what it refuses") {
  CHECK_THAT(usage_complaint(synthesize_arguments("no-loss", {"--pairs", "some"})),
             Contains("--pairs"));
  CHECK_THAT(usage_complaint(synthesize_arguments("no-loss", {"--reduction", "all"})),
             Contains("--reduction"));
  CHECK_THAT(usage_complaint(synthesize_arguments("no-loss", {"--max-states", "0"})),
             Contains("--max-states"));
  CHECK_THAT(complaint(synthesize_arguments("upstream-reprot")), Contains("upstream-report"));
  CHECK_THAT(complaint(synthesize_arguments("no-loss", {"--policy", "pre-fxi"})),
             Contains("pre-fix"));
  CHECK_THAT(complaint(synthesize_arguments("no-loss", {"--output", "/nowhere/report"})),
             Contains("/nowhere"));
  const Result help = run({"synthesize", "--help"});
  CHECK(help.exit_code == 0);
  CHECK(help.says("Exit codes: 0 an ordering suffices, or nothing fails; 1 none suffices;"));
}
