// SPDX-License-Identifier: MIT
//
// What the world does to a program: disks that are full, directories that are closed,
// pipes nobody reads, signals, files without end, locales.
//
// Each ends in a clear error or a clean stop, and no part of a file is left. What other
// tests already do to the program is not done again; docs/reliability.md has the table.
#include <set>

#include "tests/program/commands/explore_fixture.h"

using namespace std::chrono_literals;
using namespace fixture;
using Catch::Matchers::Contains;

namespace {

/// What ctest takes for a skipped test (tests/CMakeLists.txt).
void skip(const std::string& why) { WARN("test skipped, not passed: " << why); }

Arguments with(Arguments arguments, const Arguments& more) {
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

/// The program started by a shell that does something before: `script` has its words as
/// "$0" "$@".
Result run_by_shell(const std::string& script, const Arguments& arguments) {
  return run(with({"-c", script, program}, arguments), {.program = "/bin/bash"});
}

/// A sweep of one cell, which anybody may read.
std::string sweep_spec() {
  static const Scratch scratch;
  fs::permissions(scratch.path(""), fs::perms::all);
  return scratch.write("spec.json", R"({"format": "frwrsim-sweep/1", "families": [
    {"scenario": "root-cause", "policies": ["pre-fix"], "explore": {}}]})");
}

/// Whether what is written is a directory: it is there to be gone on with, a file is not.
bool makes_directory(const Arguments& writer) {
  return writer.front() == "study" || writer.front() == "sweep";
}

/// Commands that write a file or directory of more than 512 bytes, which is to be called
/// `target`.
std::vector<Arguments> writers(const std::string& target) {
  const Arguments to{"--output", target};
  return {with(failing_run("json"), to),
          with({"hunt", "upstream-report", "--seeds", "1..500", "--format", "jsonl"}, to),
          with({"explore", "upstream-report", "--policy", "fix", "--format", "json"}, to),
          {"explore", "no-loss", "--policy", "fix", "--certificate", target},
          with({"compare", "upstream-report", "no-loss", "--format", "json"}, to),
          with({"teach", "root-cause"}, to),
          with({"render", "root-cause", "--format", "sequence-svg"}, to),
          with({"explain", "root-cause"}, to),
          {"check", "no-loss", "--junit", target},
          {"check", "no-loss", "--json", target},
          with({"study", "upstream-report", "--seeds", "5"}, to),
          with({"sweep", sweep_spec()}, to)};
}

/// A directory in which nobody but root may write.
struct ClosedDirectory : Scratch {
  ClosedDirectory() {
    fs::permissions(path(""), fs::perms::owner_read | fs::perms::owner_exec |
                                  fs::perms::group_read | fs::perms::group_exec |
                                  fs::perms::others_read | fs::perms::others_exec);
  }
  ~ClosedDirectory() {
    std::error_code ignored;
    fs::permissions(path(""), fs::perms::owner_all, ignored);
  }
};

/// The words before a command that make it one of a user who is not root; nothing if
/// there is no way.
std::optional<Arguments> unprivileged() {
  if (geteuid() != 0) return Arguments{"/usr/bin/env"};
  const Arguments drop{"/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"};
  if (!fs::exists(drop.front())) return std::nullopt;
  // The build may lie where only root can go.
  Arguments arguments(drop.begin() + 1, drop.end());
  arguments.insert(arguments.end(), {program, "validate", "no-loss"});
  if (run(arguments, {.program = drop.front()}).exit_code != 0) return std::nullopt;
  return drop;
}

Result run_as(const Arguments& user, const Arguments& arguments) {
  Arguments words(user.begin() + 1, user.end());
  words.push_back(program);
  return run(with(words, arguments), {.program = user.front()});
}

/// Waits until `happened`; false if it takes too long.
template <class Predicate>
bool wait_until(Predicate happened) {
  const auto deadline = std::chrono::steady_clock::now() + 60s;
  while (!happened()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(5ms);
  }
  return true;
}

std::size_t files_in(const fs::path& directory) {
  std::error_code error;
  const fs::directory_iterator all(directory, error);
  return error ? 0 : static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

/// Names of files that somebody has not finished.
std::set<std::string> torn_files(const fs::path& directory) {
  std::set<std::string> torn;
  for (const auto& entry : fs::recursive_directory_iterator(directory)) {
    const std::string name = entry.path().filename().string();
    if (name.find(".tmp-") != std::string::npos) torn.insert(name);
  }
  return torn;
}

/// A file of that size with nothing in it.
std::string sparse(const Scratch& scratch, std::uintmax_t bytes) {
  const std::string path = scratch.write("sparse", "");
  fs::resize_file(path, bytes);
  return path;
}

/// Runs it with the directory of `scratch` on a disk of one page, which is taken, seen by
/// nobody else; nothing if no file system may be mounted here. Its output is lost, and what
/// it left there listed instead.
std::optional<Result> run_on_full_disk(const Scratch& scratch, const Arguments& arguments) {
  const std::string script =
      "mount -t tmpfs -o size=4k none \"$SMALL\" 2>/dev/null || exit 99;"
      "echo >\"$SMALL/ballast\";"
      "\"$0\" \"$@\" >/dev/null; code=$?; find \"$SMALL\" -type f ! -name ballast; exit $code";
  Result result = run(with({"--mount", "/bin/bash", "-c", script, program}, arguments),
                      {.set = {{"SMALL", scratch.path("")}}, .program = "/usr/bin/unshare"});
  if (result.exit_code == 99 || result.err.rfind("unshare:", 0) == 0) return std::nullopt;
  return result;
}

}  // namespace

TEST_CASE("a file may not grow: refused, and no part of it is left", "[sanitized]") {
  // The shell limits files to one block of 512 bytes and has the write fail, not the
  // program die. Standard output is a file here, and not what this is about.
  const std::string limited = "trap '' XFSZ; ulimit -f 1; exec \"$0\" \"$@\" >/dev/null";
  const Scratch scratch;
  for (const Arguments& writer : writers(scratch.path("out"))) {
    CAPTURE(writer);
    const Result result = run_by_shell(limited, writer);
    check_refusal(result);
    CHECK_THAT(result.err, Contains("File too large"));
    CHECK(torn_files(scratch.path("")).empty());
    CHECK(fs::exists(scratch.path("out")) == makes_directory(writer));
    fs::remove_all(scratch.path("out"));
  }
}

TEST_CASE("a disk is full: refused, and no part of a file is left", "[sanitized]") {
  const Scratch scratch;
  for (const Arguments& writer : writers(scratch.path("out"))) {
    CAPTURE(writer);
    const auto result = run_on_full_disk(scratch, writer);
    if (!result) return skip("no file system may be mounted here");
    check_refusal(*result);  // and thereby: no file is there to be listed
    CHECK_THAT(result->err, Contains("No space left on device"));
  }
}

TEST_CASE("a disk becomes full: a search goes on without checkpoints and says so once",
          "[sanitized]") {
  const Scratch scratch;
  const auto result =
      run_on_full_disk(scratch, {"explore", "upstream-report", "--policy", "pre-fix",
                                 "--checkpoint", scratch.path("out"), "--checkpoint-every", "1ms"});
  if (!result) return skip("no file system may be mounted here");
  CHECK(result->exit_code == 1);
  CHECK(result->out.empty());
  CHECK(lines_of(result->err).size() == 1);
  CHECK_THAT(result->err, Contains("No space left on device; continuing without a new checkpoint"));
}

TEST_CASE("a directory that may not be written to", "[sanitized]") {
  const auto user = unprivileged();
  if (!user) return skip("nobody but root can run the program here");
  const ClosedDirectory closed;
  for (const Arguments& writer : writers(closed.path("out"))) {
    CAPTURE(writer);
    const Result result = run_as(*user, writer);
    check_refusal(result);
    CHECK_THAT(result.err, Contains(closed.path("out")) && Contains("ermission denied"));
    CHECK(closed.names().empty());
  }
  // It searches for minutes, and says so before it begins.
  for (const char* option : {"--junit", "--markdown", "--json"}) {
    CAPTURE(option);
    const Result result = run_as(*user, {"check", endless, option, closed.path("out")});
    check_refusal(result);
    CHECK_THAT(result.err, Contains(closed.path("out")) && Contains("ermission denied"));
  }
}

TEST_CASE("a file that may not be read, and one that may not be found", "[sanitized]") {
  const auto user = unprivileged();
  if (!user) return skip("nobody but root can run the program here");
  const Scratch scratch;
  fs::permissions(scratch.path(""), fs::perms::all);
  const std::string file = scratch.write("secret.json", small_scenario().dump());
  fs::permissions(file, fs::perms::none);
  const auto refused = [&](const Arguments& arguments) {
    CAPTURE(arguments);
    const Result result = run_as(*user, arguments);
    check_refusal(result);
    CHECK_THAT(result.err, Contains(file + ": cannot be opened: Permission denied"));
  };
  for (const char* command : {"validate", "run", "hunt", "explore", "replay", "stats"}) {
    refused({command, file});
  }
  refused({"explore", "no-loss", "--against", file});
  fs::permissions(scratch.path(""), fs::perms::none);
  for (const char* command : {"validate", "run", "replay", "stats"}) refused({command, file});
  fs::permissions(scratch.path(""), fs::perms::all);
}

TEST_CASE("a reader that goes away", "[sanitized]") {
  for (const Arguments& writer :
       {failing_run("json"), Arguments{"list"},
        Arguments{"hunt", "no-loss", "--seeds", "1..20000", "--format", "jsonl"}}) {
    CAPTURE(writer);
    // The usual way: the signal ends it, and nothing is said.
    Result result = run_by_shell("\"$0\" \"$@\" | true; echo ${PIPESTATUS[0]}", writer);
    CHECK(result.err.empty());
    CHECK((result.out == "141\n" || result.out == "0\n" || result.out == "1\n"));
    // Where that signal is ignored the write fails, and that is said.
    result =
        run_by_shell("trap '' PIPE; { sleep 0.2; \"$0\" \"$@\"; echo $? >&2; } | true", writer);
    CHECK_THAT(result.err, Contains("Broken pipe\n2\n"));
    CHECK(lines_of(result.err).size() == 2);
  }
}

TEST_CASE("no standard output, no standard error, no standard input", "[sanitized]") {
  const Scratch scratch;
  for (const Arguments& writer : {failing_run(), Arguments{"list"}}) {
    CAPTURE(writer);
    const Result result = run_by_shell("exec \"$0\" \"$@\" >&-", writer);
    check_refusal(result);
    CHECK_THAT(result.err, Contains("Bad file descriptor"));
  }
  // A file must not come to be taken for what is missing.
  const std::string certificate = scratch.path("certificate");
  const Result explored =
      run_by_shell("exec \"$0\" \"$@\" <&- >&- 2>&-",
                   {"explore", "no-loss", "--policy", "fix", "--certificate", certificate});
  CHECK(explored.exit_code == 2);
  const std::string whole = scratch.path("whole");
  CHECK(run({"explore", "no-loss", "--policy", "fix", "--certificate", whole}).exit_code == 0);
  CHECK(content_of(certificate) == content_of(whole));
  const std::string trace = scratch.path("trace.json");
  CHECK(run_by_shell("exec \"$0\" \"$@\" <&- >&- 2>&-", with(failing_run("json"), {"-o", trace}))
            .exit_code == 1);
  CHECK(content_of(trace) == run(failing_run("json")).out);
}

TEST_CASE("no terminal, and one that nobody knows", "[sanitized]") {
  const Result usual = run(failing_run());
  const Result without =
      run(with({program}, failing_run()), {.set = {{"TERM", ""}}, .program = "/usr/bin/setsid"});
  CHECK(without.out == usual.out);
  CHECK(without.exit_code == usual.exit_code);
  CHECK(run_on_terminal(failing_run(), {{"TERM", "no-such-terminal"}}).exit_code == 1);
}

TEST_CASE("hunt: a signal in the middle leaves no part of a file", "[sanitized]") {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    CAPTURE(signal);
    const Scratch scratch;
    const std::string file = scratch.write("out", "before");
    Running running({"hunt", "upstream-report", "--seeds", "1..1000000000", "--format", "jsonl",
                     "--jobs", "2", "--output", file});
    REQUIRE(wait_until([&] { return scratch.names().size() == 2; }));
    running.send(signal);
    const Result result = running.finish();
    CHECK(result.signal == signal);
    CHECK(result.out.empty());
    CHECK(result.err.empty());
    CHECK(scratch.names() == std::vector<std::string>{"out"});
    CHECK(content_of(file) == "before");
  }
}

TEST_CASE("hunt: a signal ends it with a report of what was done", "[sanitized]") {
  for (const int signal : {SIGINT, SIGTERM}) {
    CAPTURE(signal);
    const Scratch scratch;
    const std::string file = scratch.path("out");
    Running running({"hunt", "no-loss", "--seeds", "5..1000000000", "--format", "json",
                     "--reproducible", "--output", file},
                    true);
    running.wait_until_shown(" left");  // how long it will take is known
    running.send(signal);
    const Result result = running.finish();
    CHECK(result.signal == 0);
    CHECK(result.exit_code == 3);
    const nlohmann::json report = nlohmann::json::parse(content_of(file));
    CHECK(report.at("verdict") == "bound_reached");
    CHECK(report.at("stopped").at("bound") == "interrupted");
    const std::uint64_t runs = report.at("runs");
    CHECK(runs > 0);
    CHECK(report.at("stopped").at("next_seed") == 5 + runs);
    // It is what a hunt of these seeds only finds.
    const std::string done = "5.." + std::to_string(5 + runs - 1);
    nlohmann::json same =
        run({"hunt", "no-loss", "--seeds", done, "--format", "json", "--reproducible"}).json();
    CHECK(same.at("steps") == report.at("steps"));
    CHECK(same.at("failing") == report.at("failing"));
  }
}

TEST_CASE("study: a signal in the middle leaves whole cells, and it goes on", "[sanitized]") {
  const Scratch scratch;
  const std::string directory = scratch.path("study");
  const Arguments study{
      "study", "upstream-report", "--vary", "timing.softirq.mean=1us..1ms:log:6", "--seeds",
      "3000",  "--output",        directory};
  std::size_t cells = 0;
  for (const int signal : {SIGINT, SIGTERM}) {
    CAPTURE(signal);
    Running running(study);
    REQUIRE(wait_until([&] { return files_in(directory + "/cells") > cells; }));
    running.send(signal);
    const Result result = running.finish();
    CHECK(result.signal == 0);
    if (result.exit_code != 0) {
      CHECK(result.exit_code == 3);
      CHECK_THAT(result.out, Contains("6 cells are finished; the same command continues"));
    }
    CHECK(torn_files(directory).empty());
    cells = files_in(directory + "/cells");
  }
  REQUIRE(run(study).exit_code == 0);
  Arguments undisturbed = study;
  undisturbed.back() = scratch.path("undisturbed");
  REQUIRE(run(undisturbed).exit_code == 0);
  CHECK(content_of(directory + "/results.json") ==
        content_of(undisturbed.back() + "/results.json"));
}

TEST_CASE("explore, teach: a signal in the middle leaves no certificate and no page",
          "[sanitized]") {
  for (const Arguments& command :
       {Arguments{"explore", endless, "--policy", "fix", "--certificate"},
        Arguments{"teach", endless, "--policy", "fix", "--output"}}) {
    for (const int times : {1, 2}) {
      CAPTURE(command, times);
      const Scratch scratch;
      Running running(with(command, {scratch.path("out")}), true);
      running.wait_until_shown(" states, ");
      for (int i = 0; i < times; ++i) running.send(SIGINT);
      const Result result = running.finish();
      // The second signal ends it, if there is anything left to end.
      CHECK((result.exit_code == 3 || result.exit_code == 2 ||
             (times == 2 && result.signal == SIGINT)));
      CHECK(scratch.names().empty());
    }
  }
}

TEST_CASE("files without end", "[sanitized]") {
  const Scratch scratch;
  const std::string file = sparse(scratch, std::uintmax_t{1} << 40);
  const auto start = std::chrono::steady_clock::now();
  for (const char* command : {"validate", "run", "hunt", "explore", "replay"}) {
    CHECK_THAT(complaint({command, file}), Contains(file + ": is larger than"));
  }
  CHECK_THAT(complaint({"explore", "no-loss", "--against", file}), Contains("is larger than"));
  CHECK_THAT(complaint({"stats", file}), Contains("line 1: is too long"));
  const Result checked = run({file}, {.program = FRWRSIM_CHECKER});
  check_refusal(checked);
  CHECK_THAT(checked.err, Contains("is not a certificate"));
  // Their size is enough to know.
  CHECK(std::chrono::steady_clock::now() - start < 20s);
}

TEST_CASE("deep nesting, where other files are read than scenarios", "[sanitized]") {
  constexpr std::size_t levels = 100'000;
  const std::string deep = std::string(levels, '[') + std::string(levels, ']');
  const Scratch scratch;
  const std::string file = scratch.write("deep.json", deep);
  CHECK_THAT(complaint({"explore", "no-loss", "--against", file}), Contains("nested deeper"));
  CHECK_THAT(complaint({"stats", file}), Contains("nested deeper"));
  CHECK_THAT(complaint({"minimize", file}), Contains("nested deeper"));
  const std::string directory = scratch.path("study");
  fs::create_directory(directory);
  std::ofstream(directory + "/study.json") << deep;
  complaint({"study", "no-loss", "--output", directory});
  const std::string header = R"({"format":"frwrsim-certificate/1","x":)" + deep + "}\n";
  const Result checked = run({scratch.write("certificate", header)}, {.program = FRWRSIM_CHECKER});
  check_refusal(checked);
}

TEST_CASE("a schedule of a million steps", "[sanitized]") {
  constexpr std::size_t steps = 1'000'000;
  const std::string head =
      "1:" +
      run({"run", "no-loss", "--format", "json"}).json().at("scenario_hash").get<std::string>() +
      ":";
  // Counted, and word by word, which only a file can hold.
  CHECK_THAT(complaint({"replay", "no-loss", "--schedule", head + "t1-" + std::to_string(steps)}),
             Contains("does not fit at step"));
  std::string token = head;
  for (std::size_t i = 0; i < steps / 2; ++i) token += i == 0 ? "t1.nic" : ".t1.nic";
  json schedule = run({"run", "no-loss", "--format", "schedule"}).json();
  schedule["schedule"] = token;
  const Scratch scratch;
  CHECK_THAT(complaint({"replay", scratch.write("schedule.json", schedule.dump())}),
             Contains("does not fit at step"));
  schedule["schedule"] = token + ".x";
  CHECK_THAT(complaint({"replay", scratch.write("schedule.json", schedule.dump())}),
             Contains("character " + std::to_string(token.size() + 2) + ": "));
}

TEST_CASE("a locale that writes 1,5", "[sanitized]") {
  const Scratch scratch;
  const Environment german{{"LC_ALL", "de_DE.UTF-8"}, {"LOCPATH", scratch.path("")}};
  const Result made = run({"-i", "de_DE", "-f", "UTF-8", scratch.path("de_DE.UTF-8")},
                          {.program = "/usr/bin/localedef"});
  if (!run({"decimal_point"}, {.set = german, .program = "/usr/bin/locale"}).says(",")) {
    return skip("the locale de_DE.UTF-8 cannot be made here: " + made.err);
  }
  for (const Arguments& command :
       {failing_run(), Arguments{"explore", "upstream-report", "--reproducible"},
        Arguments{"hunt", "upstream-report", "--seeds", "1..500", "--all", "--reproducible"},
        Arguments{"compare", "no-loss", "upstream-report", "--reproducible"}, Arguments{"list"},
        Arguments{"explain", "upstream-report"},
        Arguments{"render", "upstream-report", "--format", "sequence-svg"},
        Arguments{"render", "upstream-report", "--format", "perfetto"}}) {
    CAPTURE(command);
    CHECK(run(command, {.set = german}).out == run(command).out);
  }
  const Arguments study{"study",   "upstream-report", "--seeds",
                        "50",      "--vary",          "timing.softirq.mean=1us,1500us",
                        "--output"};
  CHECK(run(with(study, {scratch.path("german")}), {.set = german}).exit_code == 0);
  CHECK(run(with(study, {scratch.path("usual")})).exit_code == 0);
  for (const char* file : {"results.json", "results.csv", "failing.svg"}) {
    CHECK(content_of(scratch.path("german") + "/" + file) ==
          content_of(scratch.path("usual") + "/" + file));
  }
}
