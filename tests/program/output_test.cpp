// SPDX-License-Identifier: MIT
//
// Output that cannot be written, and output on terminals.
//
// A file appears whole or not at all; what stood there before stays. Colour and
// progress are for people at a terminal only.
#include "tests/program/program_fixture.h"

using namespace fixture;
using Catch::Matchers::Contains;

namespace {

/// Commands that write a result, without --output.
std::vector<Arguments> writers() {
  return {failing_run(),
          failing_run("json"),
          failing_run("ftrace"),
          failing_run("schedule"),
          {"replay", "upstream-report", "--schedule",
           run(failing_run("json")).json().at("schedule").get<std::string>()},
          {"hunt", "upstream-report", "--seeds", "1..50", "--reproducible"},
          {"hunt", "upstream-report", "--seeds", "1..50", "--reproducible", "--format", "json"}};
}

Arguments to_file(Arguments arguments, const std::string& path) {
  arguments.insert(arguments.end(), {"--output", path});
  return arguments;
}

constexpr const char* escape = "\x1b[";

}  // namespace

TEST_CASE("a file that cannot be written is named, and nothing is left beside it", "[sanitized]") {
  for (const Arguments& writer : writers()) {
    const Scratch scratch;
    const std::string missing = scratch.path("no/such/directory/out");
    const std::string message = complaint(to_file(writer, missing));
    CHECK_THAT(message, Contains("No such file or directory"));
    // The file the user asked for, not one the program makes on the way.
    CHECK_THAT(message, Contains(missing + ":"));
    CHECK_THAT(complaint(to_file(writer, scratch.path("."))), Contains("directory"));
    CHECK_THAT(complaint(to_file(writer, "/dev/full")), Contains("/dev/full: "));
    CHECK(scratch.names().empty());
  }
}

TEST_CASE("a full device as standard output is noticed", "[sanitized]") {
  for (const Arguments& writer : writers()) {
    CHECK_THAT(complaint(writer, {.stdout_to = "/dev/full"}), Contains("No space left on device"));
  }
  complaint({"list"}, {.stdout_to = "/dev/full"});
  complaint({"validate", "no-loss"}, {.stdout_to = "/dev/full"});
}

TEST_CASE("an existing file is replaced on success and untouched on failure", "[sanitized]") {
  const Scratch scratch;
  const std::string target = scratch.write("out", "what was there before");
  // The shell limits files to one block of 512 bytes and has the write fail, not
  // the program die.
  const std::string limited = "trap '' XFSZ; ulimit -f 1; exec \"$0\" \"$@\"";
  for (const Arguments& writer : writers()) {
    Arguments arguments{"-c", limited, program};
    const Arguments command = to_file(writer, target);
    const bool is_long = run(writer).out.size() > 512;
    arguments.insert(arguments.end(), command.begin(), command.end());
    if (!is_long) continue;
    CHECK_THAT(complaint(arguments, {.program = "/bin/sh"}), Contains("File too large"));
    CHECK(content_of(target) == "what was there before");
    CHECK(scratch.names() == std::vector<std::string>{"out"});
  }
  // Bad input is noticed before anything is written.
  const std::string bad = scratch.write("bad.json", "{");
  for (const char* command : {"run", "hunt", "replay"}) {
    complaint(to_file({command, bad}, target));
    CHECK(content_of(target) == "what was there before");
  }
  CHECK(scratch.names() == std::vector<std::string>{"bad.json", "out"});
  for (const Arguments& writer : writers()) {
    CHECK(run(to_file(writer, target)).out.empty());
    CHECK(content_of(target) == run(writer).out);
  }
}

TEST_CASE("colour is for terminals, and not with NO_COLOR", "[sanitized]") {
  const Scratch scratch;
  for (const Arguments& command :
       {failing_run(), Arguments{"hunt", "no-loss", "--seeds", "1..3"}, Arguments{"list"}}) {
    CAPTURE(command);
    CHECK_THAT(run_on_terminal(command).out, Contains(escape));
    // The standard (no-color.org): set and not empty, whatever the value.
    for (const char* value : {"1", "0", "false"}) {
      const std::string plain = run_on_terminal(command, {{"NO_COLOR", value}}).out;
      CHECK_THAT(plain, !Contains("\x1b[1m") && !Contains("\x1b[3"));
    }
    CHECK_THAT(run_on_terminal(command, {{"NO_COLOR", ""}}).out, Contains("\x1b[1m"));
    CHECK_THAT(run(command).out, !Contains(escape));
    CHECK_THAT(run(command, {.set = {{"FORCE_COLOR", "1"}, {"TERM", "xterm"}}}).out,
               !Contains(escape));
  }
  const std::string file = scratch.path("out");
  run_on_terminal(to_file(failing_run(), file));
  CHECK(content_of(file) == run(failing_run()).out);
  // Formats for programs are plain on a terminal too.
  for (const char* format : {"json", "ftrace", "schedule"}) {
    CHECK_THAT(run_on_terminal(failing_run(format)).out, !Contains(escape));
  }
}

TEST_CASE("the progress bar is for terminals and leaves no trace", "[sanitized]") {
  const Arguments hunt{"hunt", "no-loss", "--seeds", "1..3000", "--reproducible"};
  const Result shown = run_on_terminal(hunt, {{"NO_COLOR", "1"}});
  CHECK(shown.exit_code == 0);
  CHECK_THAT(shown.out, Contains("of 3000 runs") && Contains("\r["));
  const Result piped = run(hunt);
  CHECK(piped.err.empty());
  CHECK_THAT(piped.out, !Contains("\r"));
  // The bar erases itself, then comes the report a pipe would get.
  const auto erased = shown.out.rfind("\r\x1b[K");
  REQUIRE(erased != std::string::npos);
  std::string report = shown.out.substr(erased + 4);
  report.erase(std::remove(report.begin(), report.end(), '\r'), report.end());
  CHECK(report == piped.out);
}

TEST_CASE("a link given as output stays a link, and what it leads to is written", "[sanitized]") {
  const Scratch scratch;
  const std::string file = scratch.write("real.json", "old");
  const std::filesystem::path link = std::filesystem::path(file).parent_path() / "link.json";
  std::filesystem::create_symlink(file, link);
  const Result result = run({"run", "no-loss", "--format", "schedule", "--output", link.string()});
  CHECK(result.exit_code == 0);
  CHECK(std::filesystem::is_symlink(link));
  CHECK(content_of(file).rfind("{", 0) == 0);
}

TEST_CASE("one scenario that cannot be used does not hide the others", "[sanitized]") {
  const Scratch scratch;
  const std::string folder =
      std::filesystem::path(scratch.write("broken.json", "{")).parent_path().string();
  std::filesystem::copy_file(scenario_dir / "no-loss.json",
                             std::filesystem::path(folder) / "no-loss.json");
  const Result listed = run({"list", "scenarios"}, {.set = {{"FRWRSIM_SCENARIOS", folder}}});
  CHECK(listed.exit_code == 0);
  CHECK(listed.says("CANNOT BE USED"));
  CHECK(listed.says("Nothing goes wrong"));
}
