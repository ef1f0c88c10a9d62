// SPDX-License-Identifier: MIT
//
// One run at a time: whoever works on files that another start goes on from holds a lock.
//
// The lock is the kernel's (flock), so it ends with its holder whatever ends that, and on
// an empty file beside, because what it guards is replaced as a whole. One that a killed
// holder left means nothing: the next one takes it, and removes it in the end.
#pragma once

#include <filesystem>
#include <string>

namespace tools {

/// The lock of a file, which need not be there yet, or of a directory. Not thread-safe.
class SingleUse {
 public:
  /// Throws model::InputError if another process holds the lock. Where the file system
  /// has no locks, that is said on standard error.
  explicit SingleUse(const std::string& path);
  ~SingleUse();
  SingleUse(const SingleUse&) = delete;
  SingleUse& operator=(const SingleUse&) = delete;

  /// Whether that is the lock of the directory in which it is.
  static bool is_lock(const std::filesystem::path& path);

 private:
  std::string lock_;
  int file_ = -1;
};

}  // namespace tools
