// SPDX-License-Identifier: MIT
//
// Address space: how much this process has, and a limit on it for a while.
#pragma once

#include <sys/resource.h>
#include <unistd.h>

#include <cstdint>
#include <fstream>
#include <stdexcept>

namespace address_space {

/// Bytes that the process has reserved.
inline std::uint64_t used() {
  std::uint64_t pages = 0;
  if (!(std::ifstream("/proc/self/statm") >> pages)) throw std::runtime_error("no statm");
  return pages * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

/// As if the process had been started under `ulimit -v`: no more than so many bytes beside
/// what it has. Not for code under a sanitizer, which needs some of its own.
class Limit {
 public:
  explicit Limit(std::uint64_t more) {
    if (getrlimit(RLIMIT_AS, &before_) != 0) throw std::runtime_error("getrlimit failed");
    rlimit now = before_;
    now.rlim_cur = used() + more;
    if (setrlimit(RLIMIT_AS, &now) != 0) throw std::runtime_error("setrlimit failed");
  }
  ~Limit() { setrlimit(RLIMIT_AS, &before_); }
  Limit(const Limit&) = delete;
  Limit& operator=(const Limit&) = delete;

 private:
  rlimit before_{};
};

}  // namespace address_space
