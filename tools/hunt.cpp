// SPDX-License-Identifier: MIT
//
// The workers behind hunt().
#include "tools/hunt.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

#include "sim/run.h"

namespace tools {
namespace {

using model::RaceModel;

constexpr std::uint64_t block_size = 512;

/// Runs one seed and adds what became of it.
void run_seed(const RaceModel& model, const sim::StrategySpec& spec, std::uint64_t seed,
              std::uint64_t max_steps, Tally& tally) {
  sim::NullObserver observer;
  const auto result = sim::with_strategy(spec, model, seed, [&](auto& strategy) {
    return sim::run_directly(model, strategy, max_steps, observer);
  });
  ++tally.runs;
  if (result.end == sim::End::cut) ++tally.cut;
  if (result.end == sim::End::step_limit) ++tally.step_limit;
  if (result.end == sim::End::violation) {
    tally.failures.push_back(
        {seed, result.steps, model.violation(result.state), result.fingerprint});
  }
}

/// A line that rewrites itself, on a terminal only.
class Progress {
 public:
  explicit Progress(std::uint64_t total) : total_(total), shown_(isatty(STDERR_FILENO) == 1) {}
  void show(std::uint64_t done, std::uint64_t failing) const {
    if (!shown_) return;
    constexpr std::uint64_t width = 40;
    const auto filled = static_cast<std::size_t>(width * done / total_);
    const std::string bar = std::string(filled, '#') + std::string(width - filled, '.');
    std::fprintf(stderr, "\r[%s] %llu of %llu runs, %llu failing", bar.c_str(),
                 static_cast<unsigned long long>(done), static_cast<unsigned long long>(total_),
                 static_cast<unsigned long long>(failing));
    std::fflush(stderr);
  }
  void clear() const {
    if (shown_) std::fprintf(stderr, "\r\033[K");
  }

 private:
  std::uint64_t total_;
  bool shown_;
};

/// Work shared out in blocks of seeds.
class Hunt {
 public:
  Hunt(const RaceModel& model, const sim::StrategySpec& spec, SeedRange seeds,
       std::uint64_t max_steps, bool all)
      : model_(model),
        spec_(spec),
        seeds_(seeds),
        max_steps_(max_steps),
        all_(all),
        progress_(seeds.size()) {}

  Tally run(unsigned jobs) {
    const std::uint64_t blocks = (seeds_.size() + block_size - 1) / block_size;
    if (jobs == 0) jobs = std::thread::hardware_concurrency();
    jobs = static_cast<unsigned>(std::min<std::uint64_t>(std::max(jobs, 1u), blocks));
    std::vector<std::thread> workers;
    for (unsigned i = 1; i < jobs; ++i) workers.emplace_back([this] { work(); });
    work();
    for (std::thread& worker : workers) worker.join();
    progress_.clear();
    return std::move(total_);
  }

 private:
  // Blocks are taken in ascending order; with the first failure wanted, nothing
  // beyond the smallest one found so far is of interest.
  void work() {
    for (;;) {
      const std::uint64_t start = next_block_.fetch_add(1) * block_size;
      if (start >= seeds_.size() || start > stop_after_.load()) return;
      Tally tally;
      const std::uint64_t end = std::min(start + block_size, seeds_.size());
      for (std::uint64_t i = start; i < end; ++i) {
        run_seed(model_, spec_, seeds_.first + i, max_steps_, tally);
        if (all_ || tally.failures.empty()) continue;
        std::uint64_t known = stop_after_.load();
        while (i < known && !stop_after_.compare_exchange_weak(known, i)) {
        }
        break;
      }
      add(tally, start);
    }
  }

  void add(const Tally& tally, std::uint64_t start) {
    const std::lock_guard lock(mutex_);
    blocks_.emplace(start, tally);
    done_ += tally.runs;
    failing_ += tally.failures.size();
    progress_.show(done_, failing_);
    settle();
  }

  // Folds finished blocks into the total, in order. A block beyond the first
  // failure wanted may have been run with one number of workers and not with
  // another: it must not count.
  void settle() {
    while (!blocks_.empty() && blocks_.begin()->first == settled_) {
      const Tally& tally = blocks_.begin()->second;
      if (all_ || total_.failures.empty()) {
        total_.runs += tally.runs;
        total_.cut += tally.cut;
        total_.step_limit += tally.step_limit;
        total_.failures.insert(total_.failures.end(), tally.failures.begin(), tally.failures.end());
      }
      blocks_.erase(blocks_.begin());
      settled_ += block_size;
    }
  }

  const RaceModel& model_;
  const sim::StrategySpec& spec_;
  SeedRange seeds_;
  std::uint64_t max_steps_;
  bool all_;
  std::atomic<std::uint64_t> next_block_{0};
  std::atomic<std::uint64_t> stop_after_{UINT64_MAX};  // offset of a failing seed
  std::mutex mutex_;                                   // guards all below
  Tally total_;
  std::map<std::uint64_t, Tally> blocks_;  // finished out of order, by first offset
  std::uint64_t settled_ = 0;
  std::uint64_t done_ = 0;
  std::uint64_t failing_ = 0;
  Progress progress_;
};

}  // namespace

Tally hunt(const RaceModel& model, const sim::StrategySpec& spec, SeedRange seeds,
           std::uint64_t max_steps, bool all, unsigned jobs) {
  return Hunt(model, spec, seeds, max_steps, all).run(jobs);
}

}  // namespace tools
