// SPDX-License-Identifier: MIT
//
// What the threads of stress_race.h share, and the options.
//
// What the kernel reads and writes plainly (fr_state, an rkey) is a relaxed atomic, as a
// plain access would be undefined behaviour; it orders nothing. Lists and queues have
// the lock they have in the kernel.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <vector>

namespace stress {

using Clock = std::chrono::steady_clock;
inline constexpr auto relaxed = std::memory_order_relaxed;

enum class FrState : std::uint8_t { is_invalid, is_valid, flushed_fr };
enum class Dma : std::uint8_t { none, mapped, unmapped };
enum class Qp : std::uint8_t { rts, error, idle };
enum class Ep : std::uint8_t { connected, lost, connecting };
enum class WrKind : std::uint8_t { fastreg, send, drain_marker };
enum class Status : std::uint8_t { ok, notconn, nobufs };

/// What happens between two statements: nothing; often a short spin, now and then a
/// yield; or, besides, now and then a sleep.
enum class Jitter : std::uint8_t { off, on, sleeps };

struct Options {
  unsigned seconds = 10;
  std::uint64_t seed = 1;
  bool pre_fix = true;
  Jitter jitter = Jitter::on;
  bool injects_loss = false;          ///< the task itself breaks the QP at the drawn statement
  std::chrono::microseconds reset{};  ///< what dereg_mr and alloc_mr take at least, each
};

/// SplitMix64 (Steele, Lea, Flood, OOPSLA 2014). One per thread.
class Rng {
 public:
  Rng(std::uint64_t seed, std::uint64_t stream) : state_(seed << 8 | stream) {}
  unsigned below(unsigned bound) { return static_cast<unsigned>(next() % bound); }

 private:
  std::uint64_t next() {
    std::uint64_t z = state_ += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }
  std::uint64_t state_;
};

struct Mr {
  std::atomic<FrState> fr_state;
  std::atomic<Dma> dma;        ///< the ledger: it must not miss anything, hence exchange
  std::atomic<unsigned> rkey;  ///< another one after each reset
};

struct Wr {
  WrKind kind;
  Mr* mr = nullptr;
  unsigned rkey = 0;
  bool failed = false;
};

/// A list or queue and its lock (rb_mwlock, rb_recovery_lock, the CQ's). Thread-safe.
template <class T>
class Locked {
 public:
  void add_tail(T item) {
    const std::lock_guard lock(mutex_);
    items_.push_back(item);
  }
  void add_head(T item) {
    const std::lock_guard lock(mutex_);
    items_.insert(items_.begin(), item);
  }
  std::optional<T> take() {
    const std::lock_guard lock(mutex_);
    if (items_.empty()) return std::nullopt;
    const T item = items_.front();
    items_.erase(items_.begin());
    return item;
  }
  void clear() {
    const std::lock_guard lock(mutex_);
    items_.clear();
  }

 private:
  std::mutex mutex_;
  std::vector<T> items_;
};

}  // namespace stress
