// SPDX-License-Identifier: MIT
//
// doctor: what a bug report needs.
#include "tests/program/program_fixture.h"

using namespace fixture;
using Catch::Matchers::Contains;

TEST_CASE("doctor says what the program is and finds here") {
  const Result result = run({"doctor"});
  CHECK(result.exit_code == 0);
  const std::string version = run({"--version"}).out;
  CHECK_THAT(result.out, Contains(version.substr(0, version.size() - 1)));
  const std::size_t scenarios = lines_of(run({"list", "scenarios", "--names"}).out).size();
  CHECK_THAT(result.out, Contains(std::to_string(scenarios) + " in " + scenario_dir.string()));
  for (const char* part : {"Boost 1.", "nlohmann/json 3.", "CLI11 2.", "xxHash 0.", "cores", "MiB",
                           "standard output no", "assertions"}) {
    CHECK_THAT(result.out, Contains(part));
  }
}

TEST_CASE("doctor names a scenario that cannot be read, and where none are") {
  const Scratch scratch;
  (void)scratch.write("good.json", small_scenario().dump());
  (void)scratch.write("bad.json", "{");
  const Result bad = run({"doctor"}, {.set = {{"FRWRSIM_SCENARIOS", scratch.path("")}}});
  CHECK(bad.exit_code == 2);
  CHECK_THAT(bad.out, Contains("2 in") && Contains("bad.json") && !Contains("good.json"));
  const Result none = run({"doctor"}, {.set = {{"FRWRSIM_SCENARIOS", scratch.path("none")}}});
  CHECK(none.exit_code == 2);
  CHECK_THAT(none.out, Contains(scratch.path("none")));
}
