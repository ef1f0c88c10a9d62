// SPDX-License-Identifier: MIT
//
// Taking a lock whose file may come and go.
#include "tools/files/single_use.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string_view>

#include "model/scenario/input.h"
#include "tools/files/interruption.h"

namespace tools {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view ending = ".frwrsim-lock";

/// Whether the open file still has that name: its holder may have removed it between
/// our opening it and our locking it.
bool is_named(int file, const std::string& name) {
  struct stat open_one {};
  struct stat named {};
  return fstat(file, &open_one) == 0 && stat(name.c_str(), &named) == 0 &&
         open_one.st_ino == named.st_ino && open_one.st_dev == named.st_dev;
}

}  // namespace

SingleUse::SingleUse(const std::string& path) {
  std::error_code error;
  fs::path guarded = fs::weakly_canonical(fs::absolute(path), error);
  if (error) guarded = path;
  if (fs::is_directory(guarded, error)) guarded /= "";
  lock_ = guarded.string() + std::string(ending);
  for (;;) {
    file_ = open(lock_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (file_ < 0) throw model::InputError(lock_ + ": cannot be written: " + std::strerror(errno));
    if (flock(file_, LOCK_EX | LOCK_NB) != 0) {
      const int reason = errno;
      if (reason == EWOULDBLOCK) {
        close(file_);
        throw model::InputError(path + ": another frwrsim is using it (" + lock_ +
                                " is locked); wait for it, or name another one");
      }
      std::fprintf(stderr,
                   "frwrsim: %s: cannot be locked: %s; make sure that no other run uses it\n",
                   path.c_str(), std::strerror(reason));
      break;
    }
    if (is_named(file_, lock_)) break;
    close(file_);
  }
  remove_if_interrupted(lock_);
}

SingleUse::~SingleUse() {
  // Removed before it is unlocked: a process that locks it then finds that it has lost
  // its name.
  std::remove(lock_.c_str());
  no_longer_unfinished(lock_);
  close(file_);
}

bool SingleUse::is_lock(const fs::path& path) { return path.filename() == ending; }

}  // namespace tools
