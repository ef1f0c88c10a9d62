// SPDX-License-Identifier: MIT
//
// What the tests of explore and of other commands share: asking for a report, scenarios that
// are small and violate something, and a process that is watched while it runs.
#pragma once

#include <sys/resource.h>

#include <chrono>
#include <functional>
#include <memory>
#include <regex>

#include "tests/program/program_fixture.h"

namespace fixture {

using nlohmann::json;

/// Some twenty million states: nothing here waits for their end.
inline constexpr const char* endless = "two-rpcs";

/// The policy before the fix, and the fix.
inline const Arguments both{"--policy", "pre-fix", "--policy", "fix"};
/// The same, by the names that reports use.
inline const std::vector<std::string> policy_names{"unmap-on-marshal-error", "leave-registered"};

/// Wall time.
inline double seconds_of(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

inline Arguments explore_arguments(const std::string& scenario, const Arguments& more) {
  Arguments arguments{"explore", scenario};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

/// The exit code that goes with a verdict (docs/semantics.md).
inline int exit_code_of(const std::string& verdict) {
  return verdict == "violated" ? 1 : verdict == "bound_reached" ? 3 : 0;
}

/// The JSON report that a command prints, without times, in this format and with the
/// exit code that goes with its verdict.
inline json reported(Arguments arguments, const std::string& format,
                     int (*code_of)(const std::string& verdict)) {
  arguments.insert(arguments.end(), {"--format", "json", "--reproducible"});
  const Result result = run(arguments);
  CAPTURE(arguments, result.err);
  REQUIRE_FALSE(result.out.empty());
  CHECK(result.err.empty());
  json report = result.json();
  REQUIRE(report.at("format") == format);
  CHECK(result.exit_code == code_of(report.at("verdict")));
  return report;
}

/// The JSON report of one policy.
inline json explored(const std::string& scenario, const Arguments& more = {}) {
  return reported(explore_arguments(scenario, more), "frwrsim-exploration/1", exit_code_of);
}

/// The text report.
inline Result explored_text(const std::string& scenario, const Arguments& more = {}) {
  Arguments arguments = explore_arguments(scenario, more);
  arguments.push_back("--reproducible");
  return run(arguments);
}

/// One segment, a pool of one, no loss, a mapping that may fail once: whether it
/// does is one toss of a coin, and what happens then is known (window R2).
inline json one_toss() {
  json scenario = small_scenario();
  scenario["rpcs"][0]["read_list"] = 1;
  scenario["mr_pool"] = 1;
  scenario.erase("losses");
  scenario["faults"] = {{"dma_map", 1}};
  return scenario;
}

/// Two segments and as many MRs, otherwise the same: two tosses, unless the first
/// fails.
inline json two_tosses() {
  json scenario = one_toss();
  scenario["rpcs"][0]["read_list"] = 2;
  scenario["mr_pool"] = 2;
  return scenario;
}

/// One MR for two segments until the refresh worker adds another: the marshal fails
/// with -ENOBUFS, and before the fix the MR it had is unmapped with its FASTREG in flight.
inline json short_pool() {
  json scenario = small_scenario();
  scenario["mr_pool"] = 1;
  scenario["refresh"] = {{"batch", 1}, {"times", 1}};
  scenario.erase("losses");
  return scenario;
}

/// A loss at any time without the guard for late replies: several invariants are
/// violated, and the RPC may hang.
inline json many_violations() {
  json scenario = small_scenario();
  scenario["rpcs"][0]["read_list"] = 1;
  scenario["mr_pool"] = 1;
  scenario["losses"] = {{"count", 1}, {"when", "any-time"}};
  return scenario;
}

/// What a shell makes of a command, with the program in its PATH.
inline Result pasted_into_shell(const std::string& command) {
  const std::string path = fs::path(program).parent_path().string() + ":/usr/bin:/bin";
  return run({"-c", command}, {.set = {{"PATH", path}}, .program = "/bin/sh"});
}

/// The program while it runs: standard output in a file, standard error on a
/// terminal of its own or in a file.
class Running {
 public:
  explicit Running(const Arguments& arguments, bool on_terminal = false) {
    Arguments words{program};
    words.insert(words.end(), arguments.begin(), arguments.end());
    auto variables = detail::environment({});
    int slave = -1;
    if (on_terminal && openpty(&terminal_, &slave, nullptr, nullptr, nullptr) != 0) {
      throw std::runtime_error("openpty failed");
    }
    if (on_terminal) fcntl(terminal_, F_SETFD, FD_CLOEXEC);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, fileno(out_), 1);
    posix_spawn_file_actions_adddup2(&actions, on_terminal ? slave : fileno(err_), 2);
    const int error =
        posix_spawn(&child_, program.c_str(), &actions, nullptr, detail::pointers(words).data(),
                    detail::pointers(variables).data());
    posix_spawn_file_actions_destroy(&actions);
    if (slave >= 0) close(slave);
    if (error != 0) throw std::runtime_error(std::strerror(error));
  }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;
  ~Running() {
    if (child_ > 0) {
      kill(child_, SIGKILL);
      waitpid(child_, nullptr, 0);
      std::fclose(out_);
      std::fclose(err_);
    }
    if (terminal_ >= 0) close(terminal_);
  }

  /// Reads the terminal until it has shown `text` so often.
  void wait_until_shown(const std::string& text, std::size_t times = 1) {
    while (count_of(shown_, text) < times && read_terminal()) {
    }
    REQUIRE(count_of(shown_, text) >= times);
  }
  void send(int signal) const { kill(child_, signal); }

  /// Waits for the end. What the terminal showed is in `err`.
  Result finish() {
    while (terminal_ >= 0 && read_terminal()) {
    }
    int status = 0;
    rusage usage{};
    wait4(child_, &status, 0, &usage);
    child_ = 0;
    Result result;
    if (WIFEXITED(status)) result.exit_code = WEXITSTATUS(status);
    if (WIFSIGNALED(status)) result.signal = WTERMSIG(status);
    result.out = detail::rewound(out_);
    result.err = detail::rewound(err_) + shown_;
    peak_mib_ = static_cast<double>(usage.ru_maxrss) / 1024;
    return result;
  }
  /// The most memory it had at a time, of a process that has ended.
  [[nodiscard]] double peak_mib() const { return peak_mib_; }

 private:
  bool read_terminal() {
    char block[4096];
    const ssize_t n = read(terminal_, block, sizeof block);
    if (n > 0) shown_.append(block, static_cast<std::size_t>(n));
    return n > 0;
  }

  pid_t child_ = 0;
  int terminal_ = -1;
  std::FILE* out_ = std::tmpfile();
  std::FILE* err_ = std::tmpfile();
  std::string shown_;
  double peak_mib_ = 0;
};

}  // namespace fixture
