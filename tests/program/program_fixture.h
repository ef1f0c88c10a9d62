// SPDX-License-Identifier: MIT
//
// The program as its users have it: started, watched, judged by what it leaves.
//
// It is spawned without a shell, so that an argument is what the test says, and
// with the two variables it reads unset unless a test sets them. What it prints
// goes to unnamed files, not pipes: nothing to fill up, nothing to interleave.
#pragma once

#include <fcntl.h>
#include <pty.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "tests/lines.h"

namespace fixture {

namespace fs = std::filesystem;

using Arguments = std::vector<std::string>;
using Environment = std::map<std::string, std::string>;

inline const std::string program = FRWRSIM_PROGRAM;
inline const fs::path scenario_dir = FRWRSIM_SCENARIO_DIR;

/// What a finished process leaves.
struct Result {
  int exit_code = -1;  ///< -1 if a signal ended it
  int signal = 0;      ///< 0 if it exited
  std::string out;
  std::string err;
  [[nodiscard]] nlohmann::json json() const { return nlohmann::json::parse(out); }
  [[nodiscard]] bool says(std::string_view text) const {
    return out.find(text) != std::string::npos;
  }
};

/// How to start a process, where that is not the usual way.
struct Start {
  Environment set{};        ///< variables to set
  std::string stdout_to{};  ///< a path to write standard output to
  std::string program = fixture::program;
  std::string stdin_from = "/dev/null";     ///< a path to read standard input from
  std::chrono::microseconds kill_after{0};  ///< SIGKILL unless it ends before; 0: never
};

/// A directory that goes away with the object.
class Scratch {
 public:
  Scratch() {
    std::string name = (fs::temp_directory_path() / "frwrsim-test-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
    path_ = name;
  }
  ~Scratch() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  [[nodiscard]] std::string path(const std::string& name) const { return (path_ / name).string(); }
  /// Writes a file and returns its path.
  [[nodiscard]] std::string write(const std::string& name, std::string_view text) const {
    std::ofstream file(path_ / name, std::ios::binary);
    file << text;
    return path(name);
  }
  /// The names of what is in it, sorted.
  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> found;
    for (const auto& entry : fs::directory_iterator(path_)) {
      found.push_back(entry.path().filename().string());
    }
    std::sort(found.begin(), found.end());
    return found;
  }

 private:
  fs::path path_;
};

inline std::string content_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

namespace detail {

/// Our environment without what the program reads, and with `set`.
inline std::vector<std::string> environment(Environment set) {
  std::vector<std::string> all;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    const std::string name = text.substr(0, text.find('='));
    if (name == "FRWRSIM_SCENARIOS" || name == "NO_COLOR" || set.count(name) != 0) continue;
    all.push_back(text);
  }
  for (const auto& [name, value] : set) all.push_back(name + "=" + value);
  return all;
}

inline std::vector<char*> pointers(std::vector<std::string>& strings) {
  std::vector<char*> all;
  for (std::string& s : strings) all.push_back(s.data());
  all.push_back(nullptr);
  return all;
}

/// Waits for a process we started; one that hangs is ended and fails the test.
inline void wait_for(pid_t child, Result& result) {
  using namespace std::chrono;
  const auto deadline = steady_clock::now() + minutes(5);
  int status = 0;
  for (auto pause = microseconds(200); waitpid(child, &status, WNOHANG) == 0;) {
    if (steady_clock::now() > deadline) {
      kill(child, SIGKILL);
      waitpid(child, &status, 0);
      throw std::runtime_error("the program hangs");
    }
    std::this_thread::sleep_for(pause);
    pause = std::min(pause * 2, microseconds(20'000));
  }
  if (WIFEXITED(status)) result.exit_code = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) result.signal = WTERMSIG(status);
}

inline std::string rewound(std::FILE* file) {
  std::string text;
  std::rewind(file);
  char block[4096];
  for (std::size_t n = 0; (n = std::fread(block, 1, sizeof block, file)) > 0;)
    text.append(block, n);
  std::fclose(file);
  return text;
}

}  // namespace detail

/// Starts the program and waits for it.
inline Result run(const Arguments& arguments, const Start& start = {}) {
  Arguments words{start.program};
  words.insert(words.end(), arguments.begin(), arguments.end());
  auto variables = detail::environment(start.set);
  std::FILE* out = std::tmpfile();
  std::FILE* err = std::tmpfile();
  if (out == nullptr || err == nullptr) throw std::runtime_error("tmpfile failed");

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, start.stdin_from.c_str(), O_RDONLY, 0);
  if (start.stdout_to.empty()) {
    posix_spawn_file_actions_adddup2(&actions, fileno(out), 1);
  } else {
    posix_spawn_file_actions_addopen(&actions, 1, start.stdout_to.c_str(), O_WRONLY, 0);
  }
  posix_spawn_file_actions_adddup2(&actions, fileno(err), 2);
  pid_t child = 0;
  const int error = posix_spawn(&child, start.program.c_str(), &actions, nullptr,
                                detail::pointers(words).data(), detail::pointers(variables).data());
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) throw std::runtime_error(start.program + ": " + std::strerror(error));

  if (start.kill_after.count() != 0) {
    std::this_thread::sleep_for(start.kill_after);
    kill(child, SIGKILL);  // no other process: nobody has waited for this one
  }
  Result result;
  detail::wait_for(child, result);
  result.out = detail::rewound(out);
  result.err = detail::rewound(err);
  return result;
}

/// The size of a terminal; with 0 it does not say.
struct TerminalSize {
  unsigned short columns = 0;
  unsigned short lines = 0;
};

/// The same with standard input, output and error on one terminal, on which something may be
/// typed, all at once; what it shows is in `out`.
inline Result run_on_terminal(const Arguments& arguments, const Environment& set = {},
                              const std::string& typed = {}, TerminalSize size = {}) {
  Arguments words{program};
  words.insert(words.end(), arguments.begin(), arguments.end());
  auto variables = detail::environment(set);
  const auto word_pointers = detail::pointers(words);
  const auto variable_pointers = detail::pointers(variables);
  int terminal = -1;
  const struct winsize window {
    .ws_row = size.lines, .ws_col = size.columns, .ws_xpixel = 0, .ws_ypixel = 0
  };
  const pid_t child = forkpty(&terminal, nullptr, nullptr, &window);
  if (child < 0) throw std::runtime_error("forkpty failed");
  if (child == 0) {
    execve(program.c_str(), word_pointers.data(), variable_pointers.data());
    _exit(127);
  }
  REQUIRE(write(terminal, typed.data(), typed.size()) == static_cast<ssize_t>(typed.size()));
  Result result;
  char block[4096];
  // Once the other end is closed a read fails with EIO, which is the end here.
  for (ssize_t n = 0; (n = read(terminal, block, sizeof block)) > 0;) {
    result.out.append(block, static_cast<std::size_t>(n));
  }
  close(terminal);
  detail::wait_for(child, result);
  return result;
}

/// A scenario of the repository as JSON, to be changed.
inline nlohmann::json scenario(const std::string& name) {
  return nlohmann::json::parse(content_of(scenario_dir / (name + ".json")));
}

/// One RPC with two segments, one loss, a pool of three: the reported bug at its
/// smallest, independent of the files in the repository.
inline nlohmann::json small_scenario() {
  return {{"format", "frwrsim-scenario/1"},
          {"title", "a scenario of the tests"},
          {"about", {"Two segments, one loss."}},
          {"rpcs", {{{"name", "write"}, {"read_list", 2}}}},
          {"mr_pool", 3},
          {"losses", {{"count", 1}, {"when", "before-send"}, {"rpc", "write"}}},
          {"provider", "reject"},
          {"guards", {"enobufs-delay"}},
          {"budgets", {{"retransmissions", 1}, {"enobufs_retries", 1}, {"reconnects", 1}}}};
}

/// How to start another build: the same program, one byte longer at its end.
inline Start another_build(const Scratch& scratch) {
  const std::string sister = scratch.path("frwrsim");
  fs::copy_file(program, sister);
  std::ofstream(sister, std::ios::binary | std::ios::app) << 'x';
  return {.set = {{"FRWRSIM_SCENARIOS", scenario_dir.string()}}, .program = sister};
}

/// The first seed that fails, found by hunting: which one it is depends on the
/// granularity of the model and is nobody's promise.
inline std::string failing_seed(const std::string& scenario = "upstream-report") {
  const Result hunt = run({"hunt", scenario, "--seeds", "1..20000", "--format", "json"});
  INFO(hunt.err);
  REQUIRE(hunt.exit_code == 1);
  return std::to_string(hunt.json().at("failures").at(0).at("seed").get<std::uint64_t>());
}

/// A run that fails, in the format asked for.
inline Arguments failing_run(const std::string& format = "text") {
  static const std::string seed = failing_seed();
  return {"run", "upstream-report", "--policy", "pre-fix", "--seed", seed, "--format", format};
}

inline std::size_t count_of(std::string_view text, std::string_view part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1)) {
    ++count;
  }
  return count;
}

/// The lines of a report as they were before they were broken to the width of the output:
/// what hangs below a line is part of it. Lines that begin something have less in front.
inline std::vector<std::string> unwrapped_lines(const std::string& text) {
  constexpr std::size_t least_hanging = 8;
  std::vector<std::string> lines;
  for (const std::string& line : lines_of(text)) {
    const std::size_t first = line.find_first_not_of(' ');
    if (lines.empty() || first == std::string::npos || first < least_hanging) {
      lines.push_back(line);
    } else {
      lines.back() += " " + line.substr(first);
    }
  }
  return lines;
}

inline bool is_printable_utf8(const std::string& text) {
  for (const char c : text) {
    if (c != '\n' && (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)) return false;
  }
  // Strict dumping is nlohmann's way to check UTF-8.
  try {
    (void)nlohmann::json(text).dump();
    return true;
  } catch (const nlohmann::json::type_error&) {
    return false;
  }
}

/// Judges what every refusal has in common: it exits with 2, writes nothing to
/// standard output, and complains in words a terminal can show.
inline void check_refusal(const Result& result) {
  INFO("standard error: " << result.err);
  CHECK(result.signal == 0);
  CHECK(result.exit_code == 2);
  CHECK(result.out.empty());
  CHECK(is_printable_utf8(result.err));
  CHECK((!result.err.empty() && result.err.back() == '\n'));
  for (const char* raw : {"exception", "[json", "std::", "terminate", "basic_string", "stoi",
                          "vector::", "filesystem error"}) {
    CHECK(result.err.find(raw) == std::string::npos);
  }
}

/// The complaint about bad input: one line that begins with the program's name;
/// what may follow below it is indented.
inline std::string complaint(const Arguments& arguments, const Start& start = {}) {
  const Result result = run(arguments, start);
  CAPTURE(arguments);
  check_refusal(result);
  CHECK(result.err.rfind("frwrsim: ", 0) == 0);
  const auto lines = lines_of(result.err);
  for (std::size_t i = 1; i < lines.size(); ++i) {
    INFO(result.err);
    CHECK(lines[i].rfind("  ", 0) == 0);
  }
  return result.err;
}

/// The complaint about a command line: in no way different.
inline std::string usage_complaint(const Arguments& arguments) { return complaint(arguments); }

}  // namespace fixture
