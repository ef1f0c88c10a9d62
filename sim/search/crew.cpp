// SPDX-License-Identifier: MIT
//
// Starting, sharing out, waiting.
#include "sim/search/crew.h"

#include <utility>

namespace sim {
namespace {

/// Polls `happened` for some ten microseconds.
template <class Condition>
void look_out(Condition happened) {
  for (unsigned i = 0; i < 2000 && !happened(); ++i) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
  }
}

}  // namespace

Crew::Crew(unsigned size) {
  threads_.reserve(size - 1);
  try {
    for (unsigned i = 1; i < size; ++i) threads_.emplace_back([this] { wait_for_work(); });
  } catch (const std::exception&) {
    // There is a limit on threads or on address space. Those that run share out the work.
  }
}

Crew::~Crew() {
  {
    const std::lock_guard lock(mutex_);
    over_ = true;
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void Crew::share_out(unsigned count, const std::function<void(unsigned)>& piece) {
  if (threads_.empty() || count < 2) {
    for (unsigned i = 0; i < count; ++i) piece(i);
    return;
  }
  {
    const std::lock_guard lock(mutex_);
    piece_ = &piece;
    count_ = count;
    next_ = 0;
    busy_ = static_cast<unsigned>(threads_.size());
    ++phase_;
  }
  changed_.notify_all();
  work();
  look_out([this] { return busy_ == 0; });
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return busy_ == 0; });
  if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
}

void Crew::wait_for_work() {
  unsigned long seen = 0;
  for (;;) {
    look_out([&] { return over_ || phase_ != seen; });
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [&] { return over_ || phase_ != seen; });
      if (over_) return;
      seen = phase_;
    }
    work();
    {
      const std::lock_guard lock(mutex_);
      --busy_;
    }
    changed_.notify_all();
  }
}

void Crew::work() {
  try {
    for (unsigned i = next_++; i < count_; i = next_++) (*piece_)(i);
  } catch (...) {
    const std::lock_guard lock(mutex_);
    if (!failure_) failure_ = std::current_exception();
    next_ = count_;
  }
}

}  // namespace sim
