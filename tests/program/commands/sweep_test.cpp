// SPDX-License-Identifier: MIT
//
// sweep and merge: what many machines make is what one would have made.
#include "tests/program/program_fixture.h"

using namespace fixture;
using Catch::Matchers::Contains;
using nlohmann::json;

namespace {

/// Ten cells of a few hundred worlds, two of seeds.
const json small_sweep = json::parse(R"({
  "format": "frwrsim-sweep/1",
  "families": [
    {"scenario": "r7-dma-map-failure", "vary": {"/mr_pool": [2, 3], "/budgets/reconnects": [0, 1]},
     "policies": ["pre-fix", "fix"], "explore": {}},
    {"scenario": "r8-reset-failure", "policies": ["fix", "v4.20"], "explore": {"max_states": 1000}},
    {"scenario": "no-loss", "policies": ["pre-fix"],
     "hunt": {"strategy": "uniform", "seeds": 150, "seeds_per_cell": 100}}
  ]})");
constexpr std::size_t small_cells = 4 * 2 + 2 + 2;

class Sweep {
 public:
  explicit Sweep(const json& spec = small_sweep) : spec_(scratch.write("spec.json", spec.dump())) {}

  Result share(const std::string& shard, const std::string& directory, const Start& start = {}) {
    return run({"sweep", spec_, "--shard", shard, "-o", scratch.path(directory)}, start);
  }
  Result merge(const std::vector<std::string>& directories) {
    Arguments arguments{"merge"};
    for (const std::string& directory : directories) arguments.push_back(scratch.path(directory));
    return run(arguments);
  }
  /// What one machine makes.
  std::string whole() {
    REQUIRE(share("1/1", "whole").exit_code == 0);
    const Result result = merge({"whole"});
    REQUIRE(result.exit_code == 0);
    return result.out;
  }

  Scratch scratch;

 private:
  std::string spec_;
};

std::string spec_complaint(const json& spec) {
  Sweep sweep(spec);
  const Result result = sweep.share("1/1", "out");
  CHECK(result.exit_code == 2);
  CHECK_FALSE(fs::exists(sweep.scratch.path("out")));
  return result.err;
}

json with_family(const json& changes) {
  json spec = small_sweep;
  spec["families"] = {small_sweep["families"][0]};
  spec["families"][0].merge_patch(changes);
  return spec;
}

}  // namespace

TEST_CASE("the shares of a sweep merge into what one machine makes") {
  Sweep sweep;
  const std::string whole = sweep.whole();
  const auto shares = GENERATE(2u, 3u, 8u, 20u);
  std::vector<std::string> directories;
  for (unsigned i = shares; i >= 1; --i) {  // in any order
    directories.push_back("share" + std::to_string(i));
    REQUIRE(sweep.share(std::to_string(i) + "/" + std::to_string(shares), directories.back())
                .exit_code == 0);
  }
  CHECK(sweep.merge(directories).out == whole);
}

TEST_CASE("a cell says what explore and hunt would say") {
  Sweep sweep;
  const json results = json::parse(sweep.whole());
  REQUIRE(results.at("cells").size() == small_cells);
  // The first axis by name changes fastest, then policies.
  const json& cell = results["cells"][2];
  CHECK(cell.at("varied") == json{{"/budgets/reconnects", 1}, {"/mr_pool", 2}});
  json changed = scenario("r7-dma-map-failure");
  changed["mr_pool"] = 2;
  changed["budgets"]["reconnects"] = 1;
  changed.erase("expect");
  const std::string path = sweep.scratch.write("r7-dma-map-failure.json", changed.dump());
  json explored =
      run({"explore", path, "-p", "pre-fix", "--format", "json", "--reproducible"}).json();
  CHECK(cell.at("result").at("states") == explored.at("states"));
  CHECK(cell.at("result").at("interleavings") == explored.at("interleavings"));
  CHECK(cell.at("result").at("scenario_hash") == explored.at("scenario_hash"));

  const json& seeds = results["cells"][11];
  const json hunted = run({"hunt", "no-loss", "-p", "pre-fix", "--strategy", "uniform", "--seeds",
                           "101..150", "--all", "--format", "json", "--reproducible"})
                          .json();
  CHECK(seeds.at("result") == hunted);
}

TEST_CASE("what is missing, there twice or foreign is named") {
  Sweep sweep;
  for (const char* i : {"1", "2", "3"}) {
    REQUIRE(sweep.share(std::string(i) + "/3", std::string("s") + i).exit_code == 0);
  }
  const auto complaint = [&](const std::vector<std::string>& directories) {
    const Result result = sweep.merge(directories);
    CHECK(result.exit_code == 2);
    CHECK(result.out.empty());
    return result.err;
  };
  CHECK_THAT(complaint({"s3", "s1"}), Contains("of 3 shares these are missing: 2"));
  CHECK_THAT(complaint({"s1", "s2", "s3", "s2"}), Contains("share 2 of 3 is there twice"));

  REQUIRE(sweep.share("1/2", "half").exit_code == 0);
  CHECK_THAT(complaint({"s1", "half"}), Contains("is one of 2 shares"));

  Sweep other(with_family({{"policies", {"fix"}}}));
  REQUIRE(other.share("2/3", "s2").exit_code == 0);
  const std::string foreign = other.scratch.path("s2");
  const Result result = run({"merge", sweep.scratch.path("s1"), foreign, sweep.scratch.path("s3")});
  CHECK(result.exit_code == 2);
  CHECK_THAT(result.err, Contains(foreign + ": belongs to another sweep"));

  const json head = json::parse(content_of(sweep.scratch.path("s1/share.json")));
  char cell[20];
  std::snprintf(cell, sizeof cell, "%06u.json", head.at("cells").at(0).get<unsigned>());
  fs::remove(sweep.scratch.path("s1/cells/" + std::string(cell)));
  CHECK_THAT(complaint({"s1", "s2", "s3"}), Contains("it lacks 1 cell"));
  CHECK_THAT(complaint({"nowhere"}), Contains("nowhere/share.json"));
}

TEST_CASE("a cell that was changed, torn or strayed is refused") {
  Sweep sweep;
  REQUIRE(sweep.share("1/1", "out").exit_code == 0);
  const std::string path = sweep.scratch.path("out/cells/000003.json");
  const std::string text = content_of(path);
  const auto refused = [&](const std::string& changed) {
    std::ofstream(path, std::ios::binary) << changed;
    const Result again = sweep.share("1/1", "out");
    CHECK(again.exit_code == 2);
    CHECK_THAT(again.err, Contains("000003.json"));
    CHECK(sweep.merge({"out"}).exit_code == 2);
  };
  refused(text.substr(0, text.size() / 2));
  std::string digit = text;
  const auto at = digit.find("\"states\":") + 9;
  digit[at] = digit[at] == '9' ? '8' : '9';
  refused(digit);
  refused(content_of(sweep.scratch.path("out/cells/000004.json")));
}

TEST_CASE("sweep: cells of another build of the program are refused") {
  Sweep sweep;
  REQUIRE(sweep.share("1/1", "out").exit_code == 0);
  const std::string merged = sweep.merge({"out"}).out;
  const Result other = sweep.share("1/1", "out", another_build(sweep.scratch));
  check_refusal(other);
  CHECK_THAT(other.err, Contains("build.txt: the cells are of another build of frwrsim"));
  // Written before there was such a file.
  const std::string build = sweep.scratch.path("out/build.txt");
  fs::rename(build, sweep.scratch.path("kept"));
  CHECK_THAT(sweep.share("1/1", "out").err, Contains("another build"));
  fs::rename(sweep.scratch.path("kept"), build);
  CHECK(sweep.share("1/1", "out").says("12 of them done before"));
  CHECK(sweep.merge({"out"}).out == merged);
}

TEST_CASE("a directory that is not this share's is left as it was") {
  Sweep sweep;
  REQUIRE(sweep.share("1/2", "out").exit_code == 0);
  const Result other = sweep.share("2/2", "out");
  CHECK(other.exit_code == 2);
  CHECK_THAT(other.err, Contains("share 1 of 2, not 2 of 2"));
  fs::create_directory(sweep.scratch.path("full"));
  (void)sweep.scratch.write("full/notes.txt", "mine");
  CHECK_THAT(sweep.share("1/1", "full").err, Contains("holds other files"));
  CHECK(content_of(sweep.scratch.path("full/notes.txt")) == "mine");
}

TEST_CASE("a spec that cannot be used is told by its place") {
  CHECK_THAT(spec_complaint(with_family({{"scenario", "r7"}})), Contains("/families/0/scenario"));
  CHECK_THAT(spec_complaint(with_family({{"vary", {{"/mr_pol", {1}}}}})),
             Contains("the scenario has no such value"));
  CHECK_THAT(spec_complaint(with_family({{"vary", {{"/mr_pool", {99}}}}})), Contains("mr_pool"));
  CHECK_THAT(spec_complaint(with_family({{"policies", {"fxi"}}})), Contains("did you mean 'fix'?"));
  CHECK_THAT(spec_complaint(with_family({{"hunt", {{"seeds", 5}}}})),
             Contains("expected one of 'explore' and 'hunt'"));
  CHECK_THAT(spec_complaint(with_family({{"explore", nullptr}, {"hunt", {{"seed", 5}}}})),
             Contains("/families/0/hunt"));
  Sweep sweep;
  for (const char* shard : {"0/3", "4/3", "1", "1/", "a/b", "1/3x"}) {
    const Result result = sweep.share(shard, "out");
    CHECK(result.exit_code == 2);
    CHECK_THAT(result.err, Contains("--shard: expected I/N"));
  }
}
