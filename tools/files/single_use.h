// SPDX-License-Identifier: MIT
//
// One run at a time: a program that works on files from which another start continues
// holds a lock.
//
// The lock is the kernel's (flock), so it ends with its holder, for any reason. It is
// on an empty file beside, because the file that it guards is replaced as a whole. A
// lock file that a killed holder left means nothing: the next one takes it, and removes
// it at the end.
#pragma once

#include <filesystem>
#include <string>

namespace tools {

/// The lock of a file, which need not be there yet, or of a directory. Not thread-safe.
class SingleUse {
 public:
  /// Throws model::InputError if another process holds the lock. If the file system has
  /// no locks, a message on standard error says so.
  explicit SingleUse(const std::string& path);
  ~SingleUse();
  SingleUse(const SingleUse&) = delete;
  SingleUse& operator=(const SingleUse&) = delete;

  /// Whether the file of that name is the lock of the directory that it is in.
  static bool is_lock(const std::filesystem::path& path);

 private:
  std::string lock_;
  int file_ = -1;
};

}  // namespace tools
