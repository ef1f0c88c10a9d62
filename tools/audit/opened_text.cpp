// SPDX-License-Identifier: MIT
//
// Opening, and starting trace-cmd without a shell.
#include "tools/audit/opened_text.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <string_view>
#include <utility>
#include <vector>

#include "model/scenario/input.h"

extern char** environ;

namespace tools::audit {
namespace {

/// What a trace.dat begins with (trace-cmd.dat(5)).
constexpr std::string_view magic{"\x17\x08\x44tracing", 10};

std::string reason() { return std::strerror(errno); }

}  // namespace

OpenedText::OpenedText(const std::string& path)
    : path_(path), shown_as_(path == "-" ? "standard input" : model::printable(path)) {
  if (path == "-") {
    descriptor_ = STDIN_FILENO;
    return;
  }
  descriptor_ = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor_ < 0) throw model::InputError(shown_as_ + ": cannot be read: " + reason());
  struct stat status {};
  if (fstat(descriptor_, &status) != 0 || S_ISDIR(status.st_mode)) {
    ::close(descriptor_);
    throw model::InputError(shown_as_ + ": is a directory, expected a trace");
  }
  if (!S_ISREG(status.st_mode)) return;
  // Files of tracefs say that they have no bytes.
  if (status.st_size > 0) size_ = static_cast<std::uint64_t>(status.st_size);
  std::array<char, magic.size()> head{};
  if (pread(descriptor_, head.data(), head.size(), 0) == static_cast<ssize_t>(head.size()) &&
      std::string_view(head.data(), head.size()) == magic) {
    ::close(std::exchange(descriptor_, -1));
    convert();
  }
}

void OpenedText::convert() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) throw model::InputError("no pipe: " + reason());
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  // A name that begins with '-' is no option.
  std::string file = path_.starts_with('/') ? path_ : "./" + path_;
  std::vector<std::string> words{"trace-cmd", "report", "-i", file};
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  const int error = posix_spawnp(&child_, "trace-cmd", &actions, nullptr, pointers.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  ::close(ends[1]);
  if (error != 0) {
    ::close(ends[0]);
    child_ = -1;
    throw model::InputError(shown_as_ +
                            ": is a trace.dat, and trace-cmd, which reads it, is not installed "
                            "(Debian: trace-cmd); or audit the output of 'trace-cmd report'");
  }
  descriptor_ = ends[0];
  size_.reset();
  converted_by_ = "trace-cmd report";
}

void OpenedText::close() {
  if (descriptor_ > STDIN_FILENO) ::close(std::exchange(descriptor_, -1));
  if (child_ < 0) return;
  int status = 0;
  waitpid(std::exchange(child_, -1), &status, 0);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    throw model::InputError(shown_as_ + ": trace-cmd report cannot read this trace.dat");
  }
}

OpenedText::~OpenedText() {
  if (descriptor_ > STDIN_FILENO) ::close(descriptor_);
  if (child_ < 0) return;
  kill(child_, SIGTERM);
  waitpid(child_, nullptr, 0);
}

}  // namespace tools::audit
