// SPDX-License-Identifier: MIT
//
// Checkpoints as files: what is damaged, cut off or of something else is refused with
// the reason and left alone; what a limit ended is gone on with; the rest is removed.
#include "tests/program/program_fixture.h"
#include "tools/files/checkpoint_file.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <regex>

using namespace fixture;
using namespace std::chrono_literals;
using Catch::Matchers::Contains;
using nlohmann::json;

namespace {

tools::Bytes bytes_of(const std::string& text) {
  return {reinterpret_cast<const unsigned char*>(text.data()), text.size()};
}

/// With its length and checksum made right (docs/checkpoint.md).
std::string sealed(std::string content) {
  const std::uint64_t length = content.size() + 24;
  for (unsigned i = 0; i < 8; ++i) content += static_cast<char>(length >> (8 * i) & 0xff);
  XXH128_canonical_t sum;
  XXH128_canonicalFromHash(&sum, XXH3_128bits(content.data(), content.size()));
  return content.append(reinterpret_cast<const char*>(sum.digest), sizeof sum.digest);
}

/// What is between the format's name and the length.
std::string unsealed(const std::string& file) { return file.substr(0, file.size() - 24); }

const Arguments search{
    "explore", "upstream-report", "--policy", "fix",           "--count-preemptions",
    "never",   "--format",        "json",     "--reproducible"};

Arguments with(Arguments arguments, const Arguments& more) {
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}
Arguments kept(const Arguments& command, const std::string& path) {
  return with(command, {"--checkpoint", path});
}

/// A search that a limit on memory ended after its first round, and its checkpoint.
struct Begun {
  Scratch scratch;
  std::string path = scratch.path("kept");
  std::string content;

  explicit Begun(const Arguments& command = search) {
    const Result result = run(with(kept(command, path), {"--max-memory", "1B"}));
    INFO(result.err);
    REQUIRE(result.exit_code == 3);
    content = content_of(path);
    REQUIRE_FALSE(content.empty());
  }
  /// Why the file is not used; it is still what it was.
  [[nodiscard]] std::string refusal(const Arguments& command) const {
    const std::string before = content_of(path);
    const std::string message = complaint(kept(command, path));
    CHECK_THAT(message, Contains(path + ": "));
    CHECK(content_of(path) == before);
    return message;
  }
  /// The same for another content.
  [[nodiscard]] std::string refusal_of(const std::string& text) const {
    std::ofstream(path, std::ios::binary) << text;
    return refusal(search);
  }
};

/// The checkpoint of a hunt that was killed.
std::string hunt_killed(const Arguments& command, const std::string& path) {
  for (auto moment = 20ms; !fs::exists(path); moment += 20ms) {
    Start start;
    start.kill_after = moment;
    run(with(kept(command, path), {"--checkpoint-every", "1ms"}), start);
    REQUIRE(moment < 30s);
  }
  return content_of(path);
}

const Arguments long_hunt{"hunt",    "upstream-report", "--policy", "pre-fix", "--all",
                          "--seeds", "1..5000000",      "--format", "json",    "--reproducible"};

}  // namespace

TEST_CASE("cut off anywhere, or one byte another: no checkpoint") {
  const Begun begun;
  const Scratch scratch;
  const std::string hunt = hunt_killed(long_hunt, scratch.path("hunt"));
  for (const std::string& whole : {begun.content, hunt.substr(0, 3000)}) {
    for (std::size_t size = 0; size < whole.size(); ++size) {
      REQUIRE_THROWS_AS(tools::parse_checkpoint(bytes_of(whole.substr(0, size))),
                        model::InputError);
    }
  }
  std::string changed = begun.content;
  for (std::size_t at = 0; at < changed.size(); ++at) {
    const char original = changed[at];
    for (unsigned change = 1; change < 256; change += change < 128 ? change : 127) {
      changed[at] = static_cast<char>(static_cast<unsigned char>(original) ^ change);
      REQUIRE_THROWS_AS(tools::parse_checkpoint(bytes_of(changed)), model::InputError);
    }
    changed[at] = original;
  }
  CHECK_NOTHROW(tools::parse_checkpoint(bytes_of(begun.content)));
  CHECK_NOTHROW(tools::parse_checkpoint(bytes_of(hunt)));
  CHECK(sealed(unsealed(hunt)) == hunt);
}

TEST_CASE("what is wrong with a file is said, and the file left alone") {
  const Begun begun;
  const std::string& whole = begun.content;
  CHECK_THAT(begun.refusal_of(""), Contains("is empty"));
  CHECK_THAT(begun.refusal_of("Dear Sir,\n"), Contains("is not a checkpoint"));
  CHECK_THAT(begun.refusal_of(whole.substr(0, whole.size() / 2)), Contains("cut off"));
  CHECK_THAT(begun.refusal_of(whole + "x"), Contains("cut off"));
  std::string damaged = whole;
  damaged[damaged.size() / 2] ^= 1;
  CHECK_THAT(begun.refusal_of(damaged), Contains("the checksum is wrong"));
  std::string other_version = whole;
  other_version.replace(0, 20, "frwrsim-checkpoint/2");
  CHECK_THAT(begun.refusal_of(other_version), Contains("another version of the format"));
  // From here on with a checksum that is right.
  const auto lie = [&begun](const std::string& content) {
    return begun.refusal_of(sealed(content));
  };
  CHECK_THAT(lie("frwrsim-checkpoint/1\n{\"command\": \"explore\"}"), Contains("does not end"));
  CHECK_THAT(lie("frwrsim-checkpoint/1\n[]\n"), Contains("no JSON object"));
  CHECK_THAT(lie("frwrsim-checkpoint/1\nnonsense\n"), Contains("no JSON object"));
  CHECK_THAT(lie("frwrsim-checkpoint/1\n{\"command\": 1}\n"), Contains("no string"));
  CHECK_THAT(lie("frwrsim-checkpoint/1\n{}\n"), Contains("expected 'explore', found none"));
  CHECK_THAT(lie("frwrsim-checkpoint/1\n" + std::string(1 << 17, ' ') + "{}\n"),
             Contains("does not end"));
  const std::string content = unsealed(whole);
  CHECK_THAT(lie(content.substr(0, content.find('\n', 21) + 1)), Contains("nothing in it"));
  CHECK_THAT(lie(content + "x"), Contains("continues behind its end"));
  CHECK_THAT(lie(content.substr(0, content.size() - 1)), Contains("ends too early"));
  std::string many = content;
  many[many.find('\n', 21) + 1] = 2;  // finished reports of one policy
  CHECK_THAT(lie(many), Contains("finished reports: 2, expected at most 1"));
}

TEST_CASE("another scenario, policy, option or build is refused by name") {
  const Begun begun;
  const auto changed = [](const std::string& from, const std::string& to) {
    Arguments command = search;
    std::replace(command.begin(), command.end(), from, to);
    return command;
  };
  CHECK_THAT(begun.refusal(changed("upstream-report", "no-loss")),
             Contains("another scenario: expected 'no-loss', found 'upstream-report'"));
  CHECK_THAT(begun.refusal(changed("fix", "pre-fix")),
             Contains("another --policy: expected 'unmap-on-marshal-error', found "
                      "'leave-registered'"));
  CHECK_THAT(begun.refusal(with(search, {"--policy", "pre-fix"})), Contains("another --policy"));
  CHECK_THAT(begun.refusal(with(search, {"--reduction", "symmetry"})),
             Contains("another --reduction: expected 'symmetry', found 'none'"));
  CHECK_THAT(begun.refusal(with(search, {"--max-states", "100"})),
             Contains("another --max-states"));
  CHECK_THAT(begun.refusal(with(search, {"--verdict-only"})), Contains("another --verdict-only"));
  CHECK_THAT(begun.refusal(with(search, {"--invariant", "double-unmap"})),
             Contains("another --invariant"));
  CHECK_THAT(begun.refusal(changed("never", "always")), Contains("another --count-preemptions"));
  CHECK_THAT(begun.refusal(changed("json", "text")), Contains("another --format"));
  CHECK_THAT(begun.refusal({"hunt", "upstream-report", "--seeds", "1..5"}),
             Contains("another command: expected 'hunt', found 'explore'"));

  // A file of the same name and hash that says something else.
  json file = scenario("upstream-report");
  file["about"] = {"Somebody else's."};
  const std::string mine = begun.scratch.write("upstream-report.json", file.dump());
  CHECK_THAT(begun.refusal(changed("upstream-report", mine)), Contains("another scenario file"));

  CHECK_THAT(complaint(kept(search, begun.path), another_build(begun.scratch)),
             Contains("another build of frwrsim"));
  CHECK(content_of(begun.path) == begun.content);
}

TEST_CASE("another hunt is refused by name") {
  const Scratch scratch;
  const std::string path = scratch.path("kept");
  hunt_killed(long_hunt, path);
  const auto refusal = [&path](std::size_t at, const std::string& word) {
    Arguments command = long_hunt;
    command[at] = word;
    return complaint(kept(command, path));
  };
  CHECK_THAT(refusal(1, "no-loss"), Contains("another scenario"));
  CHECK_THAT(refusal(3, "fix"), Contains("another --policy"));
  CHECK_THAT(refusal(6, "1..5000001"),
             Contains("another --seeds: expected '1..5000001', found '1..5000000'"));
  CHECK_THAT(complaint(kept(with(long_hunt, {"--depth", "4"}), path)), Contains("another --depth"));
  CHECK_THAT(complaint(kept(with(long_hunt, {"--max-steps", "9"}), path)),
             Contains("another --max-steps"));
  CHECK_THAT(complaint(kept(with(long_hunt, {"--strategy", "uniform"}), path)),
             Contains("another --strategy: expected 'uniform', found 'pct'"));
  const std::string content = content_of(path);
  std::ofstream(path, std::ios::binary) << sealed(unsealed(content) + "x");
  CHECK_THAT(complaint(kept(long_hunt, path)), Contains("ends too early"));
}

TEST_CASE("a search that a limit ended goes on with more, and ends as if at once") {
  for (const Arguments& more :
       {Arguments{}, Arguments{"--jobs", "2"}, Arguments{"--reduction", "symmetry"},
        Arguments{"--reduction", "partial-order"}, Arguments{"--reduction", "all"},
        Arguments{"--verdict-only"}, Arguments{"--policy", "pre-fix"},
        Arguments{"--max-states", "20000"}}) {
    CAPTURE(more);
    const Arguments command = with(search, more);
    const Begun begun(command);
    // Without more memory it gets as far, and no further.
    const Result again = run(with(kept(command, begun.path), {"--max-memory", "1B"}));
    CHECK(again.exit_code == 3);
    CHECK_THAT(again.err, Contains("continues from " + begun.path));
    CHECK(fs::exists(begun.path));
    const Result rest = run(kept(command, begun.path));
    CHECK_THAT(rest.err, Contains("continues from"));
    const Result whole = run(command);
    CHECK(rest.exit_code == whole.exit_code);
    CHECK(rest.out == whole.out);
    CHECK(begun.scratch.names().empty());
  }
}

TEST_CASE("a certificate is the same, byte for byte") {
  const Scratch scratch;
  const Begun begun;
  run(with(search, {"--certificate", scratch.path("whole")}));
  run(with(kept(search, begun.path), {"--certificate", scratch.path("rest")}));
  REQUIRE_FALSE(content_of(scratch.path("whole")).empty());
  CHECK(content_of(scratch.path("rest")) == content_of(scratch.path("whole")));
}

TEST_CASE("a limit on time counts for each start") {
  const Scratch scratch;
  const std::string path = scratch.path("kept");
  const Arguments command{
      "explore", "several-losses", "--policy", "fix",           "--count-preemptions",
      "never",   "--format",       "json",     "--reproducible"};
  Result result;
  unsigned starts = 0;
  do {
    // Twice as long each time: whatever the machine, the first is too short, and one is long
    // enough.
    const std::string limit = std::to_string(10 << starts) + "ms";
    result = run(with(kept(command, path), {"--time-limit", limit}));
    INFO(result.err);
    CHECK((starts == 0) == (result.err.find("continues from") == std::string::npos));
    CHECK(fs::exists(path) == (result.out.find("time limit") != std::string::npos ||
                               result.json().at("bound") == "time"));
    REQUIRE(++starts < 20);
    // The questions may take longer than that themselves.
  } while (result.exit_code == 3 && result.json().at("bound") == "time");
  CHECK(starts > 1);
  if (fs::exists(path)) result = run(kept(command, path));
  CHECK(result.out == run(command).out);
  CHECK(scratch.names().empty());
}

TEST_CASE("no file is a new beginning, and none is left at the end") {
  const Scratch scratch;
  const Arguments hunt{"hunt", "upstream-report", "--seeds", "1..3000", "--all", "--reproducible"};
  for (const Arguments& command : {search, hunt}) {
    const Result result =
        run(with(kept(command, scratch.path("kept")), {"--checkpoint-every", "1ms"}));
    CHECK(result.err.empty());
    CHECK(result.out == run(command).out);
    CHECK(scratch.names().empty());
  }
}

TEST_CASE("what a killed writer left is removed, nothing else") {
  const Begun begun;
  for (const char* name :
       {"kept.tmp-1", "kept.tmp-4567", "kept.tmp-x", "kept2.tmp-1", "kept.txt"}) {
    (void)begun.scratch.write(name, "frwrsim-che");
  }
  run(kept(search, begun.path));
  CHECK(begun.scratch.names() == Arguments{"kept.tmp-x", "kept.txt", "kept2.tmp-1"});
}

TEST_CASE("a checkpoint that cannot be is refused before anything is searched") {
  const Scratch scratch;
  // Gigabytes of states, if it began.
  const Arguments large{"explore", "two-rpcs", "--max-states", "2000000000"};
  const Arguments hunt{"hunt", "no-loss", "--seeds", "1..900000000000", "--all"};
  for (const Arguments& command : {large, hunt}) {
    const std::string missing = scratch.path("no/such/kept");
    CHECK_THAT(complaint(kept(command, missing)),
               Contains(missing + ": cannot be written: No such file or directory"));
    CHECK_THAT(complaint(kept(command, scratch.path("."))), Contains("is a directory"));
    CHECK_THAT(complaint(kept(command, "/dev/null")), Contains("expected a file of its own"));
    CHECK_THAT(complaint(kept(command, "-")), Contains("expected a file of its own"));
    CHECK_THAT(usage_complaint(kept(command, "")), Contains("--checkpoint"));
    const std::string both = scratch.path("both");
    CHECK_THAT(complaint(with(kept(command, both), {"--output", scratch.path("./both")})),
               Contains("--checkpoint: expected a file of its own") && Contains("--output"));
    CHECK_THAT(usage_complaint(with(command, {"--checkpoint-every", "1s"})),
               Contains("--checkpoint"));
    for (const char* time : {"0", "0s", "x", "-1", ""}) {
      CHECK_THAT(usage_complaint(with(kept(command, both), {"--checkpoint-every", time})),
                 Contains("--checkpoint-every"));
    }
  }
  CHECK_THAT(complaint(with(kept(hunt, scratch.path("kept")), {"--format", "jsonl"})),
             Contains("--checkpoint: keeps tallies, not the lines of --format jsonl"));
  CHECK(scratch.names().empty());
}

TEST_CASE("a disk that is full costs the checkpoint, not the search") {
  const Scratch scratch;
  // The shell limits files to 64 blocks of 512 bytes, enough for the report, and has the write
  // fail, not kill.
  std::string words = "trap '' XFSZ; ulimit -f 64; exec \"" + program + "\"";
  for (const std::string& word :
       with(kept(search, scratch.path("kept")), {"--checkpoint-every", "1ms"})) {
    words += " '" + word + "'";
  }
  const Result result = run({"-c", words}, {.program = "/bin/sh"});
  CHECK_THAT(result.err, Contains("kept: could not be written completely: File too large; "
                                  "continuing without a new checkpoint"));
  CHECK(result.out == run(search).out);
  CHECK(scratch.names().empty());
}

TEST_CASE("help: --help says what becomes of a checkpoint") {
  for (const char* command : {"explore", "hunt"}) {
    const std::string help = run({command, "--help"}).out;
    CHECK_THAT(help, Contains("--checkpoint ") && Contains("--checkpoint-every"));
  }
  const std::string study =
      std::regex_replace(run({"study", "--help"}).out, std::regex("\\s+"), " ");
  CHECK_THAT(study, Contains("its own checkpoint"));
}
