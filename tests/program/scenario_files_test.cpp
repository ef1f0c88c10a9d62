// SPDX-License-Identifier: MIT
//
// Scenario files as people write them: what may be left out, and that all that is wrong
// with one is said at once, each mistake once.
#include "tests/program/program_fixture.h"

using namespace fixture;
using Catch::Matchers::Contains;
using nlohmann::json;

namespace {

/// The pointers of all complaints about a document, in order; one that is not at a place
/// stands as it is.
std::vector<std::string> complained_about(const std::string& text) {
  const Scratch scratch;
  const std::string file = scratch.write("bad.json", text);
  const std::string message = complaint({"validate", file});
  CHECK(complaint({"explore", file}) == message);
  const auto place_of = [](const std::string& line) { return line.substr(0, line.find(": ")); };
  auto lines = lines_of(message);
  const std::string head = "frwrsim: " + file + ": ";
  REQUIRE(lines.front().rfind(head, 0) == 0);
  if (lines.size() == 1) return {place_of(lines.front().substr(head.size()))};
  CHECK(lines.front() == head + std::to_string(lines.size() - 1) + " errors");
  std::vector<std::string> places;
  for (std::size_t i = 1; i < lines.size(); ++i) places.push_back(place_of(lines[i].substr(2)));
  return places;
}
std::vector<std::string> complained_about(const json& document) {
  return complained_about(document.dump());
}

using Places = std::vector<std::string>;

std::string hash_of(const Scratch& scratch, const json& document) {
  const std::string file = scratch.write("hashed.json", document.dump());
  const Result result = run({"run", file, "--policy", "fix", "--format", "schedule"});
  INFO(result.err);
  return result.json().at("scenario_hash");
}

/// The least that must be written.
json smallest() { return {{"rpcs", {{{"name", "write"}, {"read_list", 2}}}}, {"mr_pool", 3}}; }

}  // namespace

TEST_CASE("a scenario of every kind of mistake: each is said, once", "[sanitized]") {
  const json document{
      {"format", "frwrsim-scenario/1"},
      {"titel", "x"},
      {"about", {"fine", 5, ""}},
      {"rpcs",
       {{{"name", "a"}, {"read_lst", 2}, {"async", 1}},
        {{"name", "a"}, {"read_list", 9}},
        {{"read_list", 1}, {"after", "b"}}}},
      {"mr_pool", "many"},
      {"refresh", {{"batch", 0}}},
      {"losses", 1},
      {"provider", "rejct"},
      {"faults", {{"signal", 5}, {"dma-map", 1}}},
      {"iova", "same"},
      {"detect", "dma-api"},
      {"invariants", {{"double-unmap", "bad"}, {"rpc-finishes", "observed"}}},
      {"guards", {"enobufs-delay", "enobufs-dealy", "enobufs-delay"}},
      {"budgets", {{"reconnects", 21}, {"retransmission", 1}}},
      {"segment_pages", 0},
      {"timing",
       {{"softirq", 5},
        {"wakeup", {{"distribution", "normal"}, {"mean", 1}}},
        {"loss", {{"distribution", "uniform"}, {"min", 2}, {"max", 1}}}}},
      {"search", {{"max_states", 0}}},
      {"expect", {{"fix", "fine"}, {"fixed", "exhausted"}, {"pre-fix", {{"states", 0}}}}}};
  const Scratch scratch;
  const auto lines = lines_of(complaint({"validate", scratch.write("bad.json", document.dump())}));
  CHECK(lines.front() == "frwrsim: " + scratch.path("bad.json") + ": 31 errors");
  REQUIRE(lines.size() == 22);
  CHECK(lines.back() == "  and 11 more");
  // Those beyond twenty, once the others are mended.
  json rest = smallest();
  for (const char* key :
       {"invariants", "guards", "budgets", "segment_pages", "timing", "search", "expect"}) {
    rest[key] = document[key];
  }
  CHECK(complained_about(rest) == Places{"/invariants/double-unmap", "/invariants/rpc-finishes",
                                         "/guards/1", "/guards/2", "/budgets/retransmission",
                                         "/budgets/reconnects", "/segment_pages", "/timing/softirq",
                                         "/timing/wakeup/distribution", "/timing/loss",
                                         "/search/max_states", "/expect/fix", "/expect/fixed",
                                         "/expect/pre-fix", "/expect/pre-fix/states"});
  json first = document;
  for (const char* key :
       {"invariants", "guards", "budgets", "segment_pages", "timing", "search", "expect"}) {
    first.erase(key);
  }
  CHECK(complained_about(first) ==
        Places{"/titel", "/about/1", "/about/2", "/rpcs/0/read_lst", "/rpcs/0/async",
               "/rpcs/1/name", "/rpcs/1/read_list", "/rpcs/2", "/mr_pool", "/refresh/batch",
               "/refresh", "/losses", "/provider", "/faults/dma-map", "/faults/signal", "/iova"});
}

TEST_CASE("one mistake makes one complaint: of what depends on it nothing is said", "[sanitized]") {
  const auto places = [](const std::string& pointer, const json& value) {
    json document = small_scenario();
    document["iova"] = "reuse";
    document["detect"] = "dma-api";
    document["refresh"] = {{"batch", 2}, {"times", 2}};
    document[json::json_pointer(pointer)] = value;
    return complained_about(document);
  };
  CHECK(places("/mr_pool", 0) == Places{"/mr_pool"});  // not too few for two segments besides
  CHECK(places("/refresh", 1) == Places{"/refresh"});
  CHECK(places("/refresh/times", 0) == Places{"/refresh/times"});
  CHECK(places("/iova", "same") == Places{"/iova"});
  CHECK(places("/losses/when", "befor-send") == Places{"/losses/when"});
  CHECK(places("/rpcs/0/name", 5) == Places{"/rpcs/0/name"});
  CHECK(places("/rpcs/0", 5) == Places{"/rpcs/0"});
  CHECK(places("/rpcs", 5) == Places{"/rpcs"});
  CHECK(places("/rpcs", json::array()) == Places{"/rpcs"});
  const json rpcs{{{"name", "a"}}, {{"name", "b"}}, {{"name", "c"}}, {{"name", "write"}}};
  CHECK(places("/rpcs", rpcs) == Places{"/rpcs"});
  CHECK(places("/guards", {"enobufs-dealy", "enobufs-delay"}) == Places{"/guards/0"});
  CHECK(places("/expect", {{"fix", 1}}) == Places{"/expect/fix"});
  CHECK(places("/timing", {{"loss", {{"distribution", "uniform"}, {"min", 1}, {"max", -1}}}}) ==
        Places{"/timing/loss/max"});
  CHECK(places("/timing", {{"loss", {{"distribution", "constant"}, {"sigma_percent", 1}}}}) ==
        Places{"/timing/loss/sigma_percent", "/timing/loss"});
  // A misspelt key is not missing besides.
  json misspelt = small_scenario();
  misspelt["mr_pol"] = misspelt["mr_pool"];
  misspelt.erase("mr_pool");
  CHECK(complained_about(misspelt) == Places{"/mr_pol"});
  // But what does not depend on it is.
  json two = small_scenario();
  two["rpcs"][0]["read_lst"] = 1;
  two["losses"]["rpc"] = "raed";
  CHECK(complained_about(two) == Places{"/rpcs/0/read_lst", "/losses/rpc"});
  // Another kind of file is one mistake.
  const Result trace = run({"run", "no-loss", "--format", "json"});
  CHECK(complained_about(trace.out) == Places{"/format"});
}

TEST_CASE("what is wrong names what is allowed", "[sanitized]") {
  const Scratch scratch;
  json document = small_scenario();
  document["losses"] = 1;
  CHECK(complaint({"validate", scratch.write("bad.json", document.dump())}) ==
        "frwrsim: " + scratch.path("bad.json") +
            ": /losses: expected an object with the keys count, when, rpc; found 1\n");
}

TEST_CASE("a file of a thousand mistakes is refused in twenty lines", "[sanitized]") {
  json document = small_scenario();
  for (int i = 0; i < 1000; ++i) document["key-" + std::to_string(i)] = i;
  const Scratch scratch;
  const auto lines = lines_of(complaint({"validate", scratch.write("bad.json", document.dump())}));
  REQUIRE(lines.size() == 22);
  CHECK_THAT(lines.front(), Contains(": 1000 errors"));
  CHECK(lines.back() == "  and 980 more");
  // A long array of them is refused as quickly.
  document = small_scenario();
  document["guards"] = std::vector<int>(100'000, 1);
  CHECK_THAT(complaint({"validate", scratch.write("bad.json", document.dump())}),
             Contains("/guards: expected 0 to 6 elements, found 100000"));
}

TEST_CASE("errors of several files keep apart") {
  const Scratch scratch;
  json document = small_scenario();
  document["mr_pool"] = 0;
  document["losses"] = 1;
  const std::string a = scratch.write("a.json", document.dump());
  const std::string b = scratch.write("b.json", document.dump());
  const Result both = run({"validate", a, "no-loss", b});
  CHECK(both.exit_code == 2);
  CHECK(both.out == "no-loss: ok: " + scenario("no-loss").at("title").get<std::string>() + "\n");
  CHECK(lines_of(both.err).size() == 6);
  const Result checked = run({"check", scratch.path("")});
  CHECK(checked.exit_code == 2);
  CHECK_THAT(checked.err,
             Contains("frwrsim: " + scratch.path("") + "a.json: 2 errors\n    /mr_pool: "));
  CHECK_THAT(checked.err, Contains("\n  " + scratch.path("") + "b.json: 2 errors\n    /mr_pool: "));
  const Result listed =
      run({"list", "scenarios"}, {.set = {{"FRWRSIM_SCENARIOS", scratch.path("")}}});
  CHECK(listed.exit_code == 0);
  CHECK_THAT(listed.out, Contains("CANNOT BE USED: ") && Contains("2 errors\n      /mr_pool: "));
}

TEST_CASE("three lines are a scenario, the same as with all that they leave out") {
  const Scratch scratch;
  json document = smallest();
  document["losses"] = small_scenario().at("losses");
  const std::string file = scratch.write("small.json", document.dump());
  const Result valid = run({"validate", file});
  CHECK(valid.exit_code == 0);
  CHECK(valid.out == file +
                         ": ok: 1 RPC, 2 segments, 3 MRs, 1 loss\n  by default: provider reject; "
                         "guards enobufs-delay; budgets retransmissions 1, enobufs_retries 1, "
                         "reconnects 1\n");
  // The reported bug at its smallest, which states everything.
  CHECK(hash_of(scratch, document) == hash_of(scratch, scenario("upstream-report")));
  CHECK(run({"explore", file, "--policy", "fix"}).says("guards       enobufs-delay\n"));
  // A trace has the file as it was, and is read again.
  const Result trace = run({"run", file, "--format", "json"});
  const std::string kept = scratch.write("trace.json", trace.out);
  json replayed = run({"replay", kept, "--format", "json"}).json();
  CHECK(replayed.at("origin").at("strategy") == "replay");
  replayed["origin"] = trace.json().at("origin");
  CHECK(replayed == trace.json());
  CHECK(replayed.at("scenario") == document);
}

TEST_CASE("budgets left out fit what may happen, each for itself") {
  const Scratch scratch;
  const auto with = [](json more) {
    json document = smallest();
    document.update(more);
    return document;
  };
  const auto stated = [&with](json more, unsigned retransmissions, unsigned enobufs_retries,
                              unsigned reconnects) {
    json document = with(std::move(more));
    document["guards"] = {"enobufs-delay"};
    document["budgets"] = {{"retransmissions", retransmissions},
                           {"enobufs_retries", enobufs_retries},
                           {"reconnects", reconnects}};
    return document;
  };
  const auto same = [&](const json& more, unsigned retransmissions, unsigned enobufs_retries,
                        unsigned reconnects) {
    CAPTURE(more.dump());
    CHECK(hash_of(scratch, with(more)) ==
          hash_of(scratch, stated(more, retransmissions, enobufs_retries, reconnects)));
  };
  const json losses{{"count", 3}, {"when", "any-time"}};
  same(json::object(), 1, 1, 1);
  same({{"losses", losses}}, 3, 3, 3);
  same({{"losses", losses}, {"faults", {{"timeout", 2}, {"signal", 4}}}}, 5, 3, 3);
  same({{"refresh", {{"batch", 1}, {"times", 4}}}}, 1, 4, 1);
  same({{"refresh", {{"batch", 1}, {"times", 2}}}, {"losses", losses}}, 3, 3, 3);
  // One that is stated leaves the others, and the guard, as they were.
  json partly = with({{"losses", losses}, {"budgets", {{"reconnects", 4}}}});
  CHECK(hash_of(scratch, partly) == hash_of(scratch, stated({{"losses", losses}}, 3, 3, 4)));
  CHECK_THAT(run({"validate", scratch.write("partly.json", partly.dump())}).out,
             Contains("guards enobufs-delay; budgets retransmissions 3, enobufs_retries 3\n"));
}

TEST_CASE("a file of an earlier version, which states all budgets, has no guards by default") {
  const Scratch scratch;
  json document = small_scenario();
  document.erase("guards");
  json none = document;
  none["guards"] = json::array();
  CHECK(hash_of(scratch, document) == hash_of(scratch, none));
  CHECK(hash_of(scratch, document) != hash_of(scratch, small_scenario()));
  const std::string file = scratch.write("early.json", document.dump());
  CHECK_THAT(run({"validate", file}).out, Contains("\n  by default: guards none\n"));
  CHECK(run({"explore", file, "--max-states", "10"}).says("guards       none\n"));
  // What states everything has nothing by default.
  CHECK(
      lines_of(run({"validate", scratch.write("all.json", small_scenario().dump())}).out).size() ==
      1);
}
