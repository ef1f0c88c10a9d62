// SPDX-License-Identifier: MIT
//
// The program in its place: help, version, installed files, where scenarios are.
#include <regex>
#include <sstream>

#include "tests/program/program_fixture.h"

using namespace fixture;
using Catch::Matchers::Contains;

TEST_CASE("every --help documents the exit codes") {
  for (const Arguments& command :
       {Arguments{}, Arguments{"run"}, Arguments{"replay"}, Arguments{"hunt"}}) {
    for (const char* flag : {"--help", "-h"}) {
      Arguments arguments = command;
      arguments.push_back(flag);
      const Result help = run(arguments);
      CAPTURE(arguments);
      CHECK(help.exit_code == 0);
      CHECK(help.err.empty());
      CHECK_THAT(help.out, Contains("Exit codes"));
      for (const char* code : {"0 nothing violated", "1 violated", "2 bad usage", "3 a bound"}) {
        CHECK_THAT(help.out, Contains(code));
      }
    }
  }
  // These have exit codes of their own, and claim no others: what fails is their subject, or
  // they run nothing.
  for (const char* command :
       {"list", "validate", "new", "study", "stats", "teach", "sweep", "merge", "doctor"}) {
    CAPTURE(command);
    const Result help = run({command, "--help"});
    CHECK(help.exit_code == 0);
    CHECK(std::regex_search(help.out, std::regex("Exit codes: 0[ ;]")));
    CHECK_THAT(help.out, Contains("2 ") && !Contains("1 violated"));
  }
  const std::string help = run({"--help"}).out;
  for (const char* command :
       {"list", "validate", "run", "replay", "hunt", "explore", "compare", "synthesize", "study",
        "stats", "explain", "diff", "render", "step", "teach", "sweep", "merge", "doctor"}) {
    CHECK(std::regex_search(help, std::regex("\n  " + std::string(command) + " +\\S")));
  }
}

TEST_CASE("the version is the project's") {
  const Result version = run({"--version"});
  CHECK(version.exit_code == 0);
  const std::string cmake = content_of(scenario_dir.parent_path() / "CMakeLists.txt");
  std::smatch number;
  REQUIRE(std::regex_search(cmake, number, std::regex("project\\(frwrsim VERSION ([0-9.]+)")));
  CHECK(version.out == "frwrsim " + number[1].str() + "\n");
}

TEST_CASE("FRWRSIM_SCENARIOS says where scenarios are") {
  const Scratch scratch;
  const std::string text = small_scenario().dump();
  (void)scratch.write("of-mine.json", text);
  (void)scratch.write("scenario.schema.json", "{}");
  (void)scratch.write("notes.txt", "not a scenario");
  const Start here{.set = {{"FRWRSIM_SCENARIOS", scratch.path("")}}};
  CHECK(run({"list", "scenarios", "--names"}, here).out == "of-mine\n");
  CHECK(run({"validate", "of-mine"}, here).exit_code == 0);
  CHECK(run({"run", "of-mine"}, here).exit_code != 2);
  CHECK_THAT(complaint({"run", "upstream-report"}, here), Contains("of-mine"));
  CHECK(run({"run", (scenario_dir / "no-loss.json").string()}, here).exit_code == 0);
  const Start nowhere{.set = {{"FRWRSIM_SCENARIOS", scratch.path("nowhere")}}};
  for (const Arguments& arguments : {Arguments{"list"}, Arguments{"run", "no-loss"}}) {
    CHECK_THAT(complaint(arguments, nowhere),
               Contains(scratch.path("nowhere")) && Contains("FRWRSIM_SCENARIOS"));
  }
  // Set to nothing is not set.
  CHECK(run({"validate", "no-loss"}, {.set = {{"FRWRSIM_SCENARIOS", ""}}}).exit_code == 0);
}

TEST_CASE("installed, the program finds the installed scenarios by name") {
  const Scratch scratch;
  const fs::path prefix = scratch.path("a prefix");
  const Result install = run({"--install", FRWRSIM_BUILD_DIR, "--prefix", prefix.string()},
                             {.program = FRWRSIM_CMAKE});
  INFO(install.out << install.err);
  REQUIRE(install.exit_code == 0);
  const std::string installed = (prefix / "bin/frwrsim").string();
  const fs::path share = prefix / "share/frwrsim/scenarios";
  REQUIRE(fs::is_regular_file(installed));
  CHECK(fs::is_regular_file(share / "scenario.schema.json"));
  CHECK(fs::is_regular_file(prefix / "share/doc/frwrsim/README.md"));
  CHECK(fs::is_regular_file(prefix / "share/doc/frwrsim/docs/manual/run.md"));
  const Start there{.program = installed};
  const Result names = run({"list", "scenarios", "--names"}, there);
  CHECK(names.exit_code == 0);
  CHECK(names.out == run({"list", "scenarios", "--names"}).out);
  REQUIRE(fs::is_directory(share));

  // They are those beside it, not those of the source tree.
  std::ofstream(share / "added-later.json") << small_scenario().dump();
  CHECK(run({"validate", "added-later"}, there).exit_code == 0);
  CHECK(run(failing_run(), there).out == run(failing_run()).out);

  // Through a symbolic link elsewhere, and moved as a whole.
  fs::create_directory(scratch.path("links"));
  fs::create_symlink(installed, scratch.path("links/frwrsim"));
  CHECK(run({"validate", "added-later"}, {.program = scratch.path("links/frwrsim")}).exit_code ==
        0);
  fs::rename(prefix, scratch.path("moved"));
  CHECK(
      run({"validate", "added-later"}, {.program = scratch.path("moved/bin/frwrsim")}).exit_code ==
      0);
}

namespace {

const fs::path source_dir = scenario_dir.parent_path();

void cmake(const Arguments& arguments) {
  const Result result = run(arguments, {.program = FRWRSIM_CMAKE});
  INFO(result.out << result.err);
  REQUIRE(result.exit_code == 0);
}

/// Builds and runs the examples of docs/embedding.md against what is installed in `prefix`.
/// What they print is in that document, counts by hand, by TLC or by another enumerator.
void check_examples(const Scratch& scratch, const std::string& prefix) {
  const std::string build = scratch.path("examples");
  cmake({"-S", (source_dir / "docs/embedding").string(), "-B", build,
         "-DCMAKE_PREFIX_PATH=" + prefix, "-DCMAKE_CXX_FLAGS=" FRWRSIM_CXX_FLAGS,
         "-DCMAKE_CXX_COMPILER=" FRWRSIM_CXX});
  cmake({"--build", build});
  const std::string document = content_of(source_dir / "docs/embedding.md");
  for (const char* example : {"lost_update", "two_phase_commit", "bounded_buffer"}) {
    const Result result = run({}, {.program = build + "/" + example});
    CAPTURE(example);
    CHECK(result.exit_code == 0);
    std::istringstream lines(result.out);
    std::string line;
    REQUIRE(std::getline(lines, line));
    CHECK_THAT(line, Contains("no promise was broken in"));
    while (std::getline(lines, line)) CHECK_THAT(document, Contains("    " + line + "\n"));
  }
  // The document shows all of the smallest model.
  std::istringstream model(content_of(source_dir / "docs/embedding/lost_update.cpp"));
  std::string line;
  while (std::getline(model, line) && line != "struct LostUpdate : sim::SimpleModel<2> {") {
  }
  do {
    CHECK_THAT(document, Contains(line + "\n"));
  } while (std::getline(model, line) && line != "};");
}

}  // namespace

TEST_CASE("the engine is a library: the examples build against an installed prefix") {
  const Scratch scratch;
  cmake({"--install", FRWRSIM_BUILD_DIR, "--prefix", scratch.path("prefix")});
  check_examples(scratch, scratch.path("prefix"));
}

TEST_CASE("the library is built and installed without the program", "[full]") {
  const Scratch scratch;
  cmake({"-S", source_dir.string(), "-B", scratch.path("build"), "-DFRWRSIM_PROGRAM=OFF",
         "-DCMAKE_CXX_FLAGS=" FRWRSIM_CXX_FLAGS, "-DCMAKE_CXX_COMPILER=" FRWRSIM_CXX});
  cmake({"--build", scratch.path("build")});
  cmake({"--install", scratch.path("build"), "--prefix", scratch.path("prefix")});
  bool has_library = false;
  for (const auto& entry : fs::recursive_directory_iterator(scratch.path("prefix"))) {
    const std::string name = entry.path().filename();
    CAPTURE(entry.path());
    CHECK(name != "frwrsim.1.gz");
    CHECK(name != "check_certificate");
    has_library |= name == "libfrwrsim-sim.a";
  }
  CHECK(has_library);
  check_examples(scratch, scratch.path("prefix"));
}

TEST_CASE("a reduction that a model cannot have does not compile, and the compiler says why") {
  const Scratch scratch;
  const auto errors = [&scratch](const std::string& reduction) {
    const std::string file =
        scratch.write("check.cpp",
                      "#include \"tests/sim/models/textbook_models.h\"\n#include \"sim/check.h\"\n"
                      "auto checked() { return sim::check<sim::Reductions{" +
                          reduction + "}>(textbook::LostUpdate{}).verdict; }\n");
    const Result result = run({"-std=c++20", "-fsyntax-only", "-I", source_dir.string(), file},
                              {.program = FRWRSIM_CXX});
    CHECK((result.exit_code == 0) == result.err.empty());
    return result.err;
  };
  CHECK(errors("") == "");
  CHECK_THAT(errors(".symmetry = true"),
             Contains("symmetry: the model must have canonical(state)"));
  CHECK_THAT(errors(".partial_order = true"),
             Contains("partial order: the model must have footprint(), future() and may_stop()"));
}
