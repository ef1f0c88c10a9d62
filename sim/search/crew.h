// SPDX-License-Identifier: MIT
//
// A fixed crew of threads that share out numbered pieces of work.
//
// The explorer works in short phases with a barrier after each. Threads are started
// once. They poll for a while before they go to sleep, because waking up takes as long
// as a phase. Which thread does which piece is left to chance, so a piece's result must
// not depend on it.
#pragma once

#include <atomic>
#include <condition_variable>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace sim {

/// Threads that wait for work. One object is used by one thread.
class Crew {
 public:
  /// `size` threads in all, the caller's among them; fewer if the system does not give as
  /// many, which makes the work slower and nothing else. REQUIRES: size > 0.
  explicit Crew(unsigned size);
  ~Crew();
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;

  /// Calls `piece(0)` to `piece(count - 1)`, each once, in any order and at the
  /// same time; returns when all are done. Rethrows the first exception.
  void share_out(unsigned count, const std::function<void(unsigned)>& piece);

 private:
  void wait_for_work();
  void work();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::atomic<unsigned long> phase_{0};
  std::atomic<unsigned> busy_{0};
  std::atomic<bool> over_{false};
  const std::function<void(unsigned)>* piece_ = nullptr;
  unsigned count_ = 0;
  std::atomic<unsigned> next_{0};
  std::exception_ptr failure_;
  std::vector<std::thread> threads_;
};

}  // namespace sim
