// SPDX-License-Identifier: MIT
//
// Help, and command lines that were nearly right.
//
// What is proposed must be what the program has: names are looked up in its own help.
#include <regex>
#include <set>

#include "tests/program/program_fixture.h"

using namespace fixture;
using Catch::Matchers::Contains;

namespace {

std::string help_of(const std::string& command) { return run({"help", command}).out; }

/// The commands that --help lists.
std::vector<std::string> commands() {
  std::vector<std::string> names;
  for (const std::string& line : lines_of(run({"--help"}).out)) {
    std::smatch found;
    if (std::regex_search(line, found, std::regex("^  ([a-z][a-z_-]*) "))) {
      names.push_back(found[1]);
    }
  }
  REQUIRE(names.size() > 20);
  return names;
}

/// The examples in a command's help, without the program's name, as a shell reads them.
std::vector<std::string> examples_of(const std::string& command) {
  std::vector<std::string> examples;
  for (const std::string& line : lines_of(help_of(command))) {
    if (line.rfind("  frwrsim ", 0) == 0) examples.push_back(line.substr(10));
  }
  return examples;
}

std::size_t longest_line(const std::string& text) {
  std::size_t longest = 0;
  for (const std::string& line : lines_of(text)) longest = std::max(longest, line.size());
  return longest;
}

}  // namespace

TEST_CASE("a command or an option that was nearly right is proposed") {
  const auto proposed = [](const Arguments& arguments) {
    const std::string message = complaint(arguments);
    std::smatch found;
    INFO(message);
    REQUIRE(std::regex_search(message, found, std::regex("did you mean '([^']+)'\\?")));
    return found[1].str();
  };
  CHECK(proposed({"expore", "no-loss"}) == "explore");
  CHECK(proposed({"runn", "no-loss"}) == "run");
  CHECK(proposed({"help", "hnut"}) == "hunt");
  CHECK(proposed({"-v"}) == "--version");
  CHECK(proposed({"--verison"}) == "--version");
  CHECK(proposed({"run", "no-loss", "--polcy", "fix"}) == "--policy");
  CHECK(proposed({"run", "no-loss", "--polcy=fix"}) == "--policy");
  CHECK(proposed({"run", "--polcy", "fix", "no-loss"}) == "--policy");
  CHECK(proposed({"run", "no-loss", "--seeds", "5"}) == "--seed");
  CHECK(proposed({"hunt", "no-loss", "--seed", "5"}) == "--seeds");
  CHECK(proposed({"run", "no-loss", "-o", "x", "--formt", "json"}) == "--format");
  // Without its argument, too: the option is what is wrong.
  CHECK(proposed({"run", "--seeds", "5"}) == "--seed");
  // What is nothing like anything is not guessed, but listed.
  CHECK_THAT(complaint({"qqqqqqqqqqqq"}), Contains("there are ") && Contains("minimize"));
  CHECK_THAT(complaint({"run", "no-loss", "--qqqqqqqqqqqq"}), !Contains("did you mean"));
}

TEST_CASE("an option of other commands is said to be theirs") {
  CHECK_THAT(complaint({"run", "no-loss", "--seeds", "5"}),
             Contains("--seeds is an option of hunt, study"));
  CHECK_THAT(complaint({"hunt", "no-loss", "--reduction", "all"}),
             Contains("--reduction is an option of explore"));
  CHECK_THAT(complaint({"--jobs", "2", "explore", "no-loss"}),
             Contains("no option '--jobs' before a command"));
}

TEST_CASE("what is not expected is named in the order given, and behind which option") {
  CHECK_THAT(complaint({"run", "no-loss", "one", "two", "three"}),
             Contains("run does not expect 'one', 'two', 'three'; see 'frwrsim help run'"));
  CHECK_THAT(complaint({"run", "no-loss", "--verbose", "yes"}),
             Contains("'yes'; --verbose takes no value"));
  CHECK_THAT(complaint({"hunt", "no-loss", "--policy", "fix", "pre-fix"}),
             Contains("'pre-fix'; --policy takes one value each time"));
  CHECK_THAT(complaint({"run", "no-loss", "--seed"}), Contains("--seed"));
  CHECK_THAT(complaint({"run", "no-loss", "\x1b[2J"}), !Contains("\x1b"));
}

TEST_CASE("of an option that is given twice the last counts") {
  CHECK(run({"run", "no-loss", "--seed", "1", "--seed", "7", "--format", "json"})
            .json()
            .at("origin")
            .at("seed") == 7);
  CHECK(run({"explore", "no-loss", "--format", "text", "--reproducible", "--format", "json",
             "--reproducible"})
            .json()
            .at("format") == "frwrsim-exploration/1");
  // Of those that make a list each counts.
  CHECK(run({"run", "no-loss", "-p", "pre-fix", "-p", "fix", "--format", "json"}).json().size() ==
        2);
  // A value that is not used may still not be nonsense.
  CHECK(run({"run", "no-loss", "--seed", "x", "--seed", "7"}).exit_code == 2);
}

TEST_CASE("help: of the program and of every command, by three spellings") {
  const std::string all = run({"help"}).out;
  CHECK(all == run({"--help"}).out);
  CHECK(all == run({"-h"}).out);
  for (const char* group : {"Reproduce a failure:", "Explore every interleaving:",
                            "Understand a failure:", "Teach:", "Use many machines:", "Files"}) {
    CHECK_THAT(all, Contains(group));
  }
  CHECK_THAT(all, !Contains("Subcommands"));
  for (const std::string& command : commands()) {
    CAPTURE(command);
    const Result help = run({"help", command});
    CHECK(help.exit_code == 0);
    CHECK(help.out == run({command, "--help"}).out);
    CHECK_THAT(help.out, Contains("Usage: frwrsim " + command) && Contains("Exit codes: 0"));
    CHECK_THAT(help.out, Contains("  --color {auto,always,never}"));
    CHECK(examples_of(command).size() == 2);
  }
}

TEST_CASE("help: every example can be carried out, one command after the other") {
  const Scratch scratch;
  (void)scratch.write("sweep.json", nlohmann::json{{"format", "frwrsim-sweep/1"},
                                                   {"families",
                                                    {{{"scenario", "no-loss"},
                                                      {"policies", {"pre-fix", "fix"}},
                                                      {"explore", {{"max_states", 100000}}}}}}}
                                        .dump());
  (void)scratch.write("dmesg.txt",
                      "[   12.5] rpcrdma: connection to 192.0.2.1:20049 closed (-103)\n");
  (void)scratch.write("trace.txt",
                      "1.0: xprtrdma_mr_map: mr.id=7 nents=1 4@0x1000:0x00001a03 (BIDIR)\n");
  // In the order of the groups: a file is written before it is read.
  for (const std::string& command : commands()) {
    for (const std::string& example : examples_of(command)) {
      CAPTURE(example);
      CHECK((example + " ").rfind(command + " ", 0) == 0);
      const Result result = run({"-c", "cd \"$0\" && \"$1\" " + example, scratch.path(""), program},
                                {.program = "/bin/sh"});
      INFO(result.err);
      CHECK(result.signal == 0);
      CHECK((result.exit_code == 0 || result.exit_code == 1 || result.exit_code == 3));
    }
  }
}

TEST_CASE("help is as wide as the terminal, 80 columns if there is none") {
  for (const std::string& command : commands()) {
    CAPTURE(command);
    std::string text;
    for (const std::string& line : lines_of(help_of(command))) {
      if (line.rfind("  frwrsim ", 0) != 0) text += line + "\n";  // commands stay whole
    }
    CHECK(longest_line(text) <= 80);
    // Its prose fills the lines: a word stands on the next one only if it does not fit.
    const auto lines = lines_of(text.substr(text.find("\nExamples:\n") + 1));
    for (std::size_t i = 1; i < lines.size(); ++i) {
      const std::string& line = lines[i - 1];
      const std::string next_word = lines[i].substr(0, lines[i].find(' '));
      if (line.empty() || line.ends_with('.') || line.ends_with(':') || next_word.empty()) continue;
      CAPTURE(line, next_word);
      CHECK(line.size() + 1 + next_word.size() > 80);
    }
    const std::string narrow = run_on_terminal({"help", command}, {}, {}, {60, 24}).out;
    for (const std::string& line : lines_of(narrow)) {
      if (line.rfind("  frwrsim ", 0) == 0) continue;
      const std::size_t first = std::min(line.find_first_not_of(' '), line.size());
      if (line.find(' ', first) == std::string::npos) continue;  // one long word
      CAPTURE(line);
      CHECK(line.size() <= 61);  // and the terminal's carriage return
    }
  }
  CHECK(longest_line(run_on_terminal({"help", "explore"}, {}, {}, {150, 24}).out) > 100);
  CHECK(longest_line(run_on_terminal({"help", "explore"}).out) <= 81);
}

TEST_CASE("reports are as wide as the terminal, words and arrows whole") {
  const std::vector<Arguments> reports{
      failing_run(),
      {"list"},
      {"list", "--about"},
      {"explain", "upstream-report"},
      {"diff", "upstream-report", "-p", "pre-fix", "-p", "fix"},
      {"diff", "upstream-report", "-p", "pre-fix", "-p", "fix", "--verbose"}};
  // Without the carriage return at its end, and what a bar left that erases itself.
  const auto as_seen = [](std::string line) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    const std::size_t erased = line.rfind("\r\x1b[K");
    return erased == std::string::npos ? line : line.substr(erased + 4);
  };
  const auto is_kept_whole = [](const std::string& line) {
    return std::regex_search(line, std::regex("frwrsim (replay|run)|DMA-API: "));
  };
  for (const Arguments& report : reports) {
    CAPTURE(report);
    const bool is_diff = report.front() == "diff";  // two columns need 80
    for (const std::size_t width : {is_diff ? 80 : 60, 80, 132}) {
      const Result shown = run_on_terminal(report, {{"NO_COLOR", "1"}}, {},
                                           {static_cast<unsigned short>(width), 24});
      for (const std::string& shown_line : lines_of(shown.out)) {
        const std::string line = as_seen(shown_line);
        if (is_kept_whole(line)) continue;
        CAPTURE(width, line);
        CHECK(line.size() <= width);
        CHECK_FALSE(line.ends_with(" ->"));
        CHECK_FALSE(std::regex_search(line, std::regex("^ *-> ")));
      }
    }
    for (const std::string& line : lines_of(run(report).out)) {
      if (!is_kept_whole(line)) CHECK(line.size() <= 80);
    }
  }
}

TEST_CASE("colours: --color always, never, and on a terminal") {
  const std::string escape = "\x1b[";
  Arguments always = failing_run();
  always.insert(always.end(), {"--color", "always"});
  CHECK_THAT(run(always).out, Contains(escape));
  CHECK_THAT(run(always, {.set = {{"NO_COLOR", "1"}}}).out, Contains(escape));
  Arguments never = failing_run();
  never.insert(never.end(), {"--color", "never"});
  CHECK_THAT(run_on_terminal(never).out, !Contains(escape));
  Arguments automatic = failing_run();
  automatic.insert(automatic.end(), {"--color", "auto"});
  CHECK(run(automatic).out == run(failing_run()).out);
  CHECK_THAT(run_on_terminal(automatic).out, Contains(escape));
  CHECK_THAT(complaint({"run", "no-loss", "--color", "sometimes"}), Contains("--color"));
  // The line that violates is red from its number on, in the timeline.
  bool is_red = false;
  for (const std::string& line : lines_of(run(always).out)) {
    if (line.find("VIOLATION") == std::string::npos) continue;
    CHECK(line.rfind("\x1b[31;1m ", 0) == 0);
    is_red = true;
  }
  CHECK(is_red);
}

TEST_CASE("a run that shows nothing says what to try next, to a person") {
  const std::string title = "Try next";
  const Result shown = run_on_terminal({"run", "upstream-report"}, {{"NO_COLOR", "1"}});
  CHECK(shown.exit_code == 0);
  CHECK(shown.says(title));
  CHECK(shown.says("frwrsim hunt upstream-report --policy "));
  CHECK(shown.says("frwrsim explore upstream-report --policy "));
  // The seed that it names is the first that fails.
  CHECK(shown.says("--seed " + failing_seed() + "\r\n"));
  // Under the fix none of them does.
  const Result fixed =
      run_on_terminal({"run", "upstream-report", "-p", "fix"}, {{"NO_COLOR", "1"}});
  CHECK(fixed.says(title));
  CHECK_FALSE(fixed.says("--seed "));
  CHECK_FALSE(run({"run", "upstream-report"}).says(title));
  CHECK_FALSE(run_on_terminal({"run", "upstream-report", "--format", "json"}).says(title));
  CHECK_FALSE(run_on_terminal(failing_run()).says(title));
}

TEST_CASE("sizes: K, M, G and KiB are of 1024, kB, MB, GB of 1000") {
  const auto accepted = [](const char* size) {
    return run({"explore", "no-loss", "--max-memory", size, "--reproducible"}).exit_code;
  };
  for (const char* size : {"2G", "2GB", "2GiB", "900MB", "900MiB", "900000kB", "900000KiB"}) {
    CAPTURE(size);
    CHECK(accepted(size) == accepted("2G"));
  }
  for (const char* size : {"2 GB", "2gb", "2TB", "GB", "-2GB", "2.5GB"}) {
    CHECK_THAT(complaint({"explore", "no-loss", "--max-memory", size}), Contains("2GiB or 2GB"));
  }
  // A page that would be too large is refused with the limit in bytes.
  for (const auto& [size, bytes] : std::map<std::string, std::string>{{"1024", "1024"},
                                                                      {"2B", "2"},
                                                                      {"1K", "1024"},
                                                                      {"1KiB", "1024"},
                                                                      {"1kB", "1000"},
                                                                      {"1KB", "1000"}}) {
    CHECK_THAT(complaint({"teach", "no-loss", "-o", "never-written.html", "--max-size", size}),
               Contains(" " + bytes + " bytes"));
  }
}

TEST_CASE("a file that is there and no JSON is said to be that") {
  const Scratch scratch;
  const std::string file = scratch.write("notes", "this is no JSON\n");
  for (const Arguments& command :
       {Arguments{"replay", "notes"}, Arguments{"explain", "notes"}, Arguments{"render", "notes"},
        Arguments{"minimize", "notes"}, Arguments{"step", "notes"}, Arguments{"run", "notes"},
        Arguments{"replay", "notes", "--schedule", "1:00000000:t1"},
        Arguments{"diff", "notes", "-p", "pre-fix", "-p", "fix"}}) {
    Arguments there{"-c", "cd \"$0\" && exec \"$@\"", scratch.path(""), program};
    there.insert(there.end(), command.begin(), command.end());
    CHECK_THAT(complaint(there, {.program = "/bin/sh"}),
               Contains("frwrsim: notes: is no JSON: line 1, column"));
  }
  CHECK_THAT(complaint({"explain", file}), Contains("notes: is no JSON: line 1"));
}
