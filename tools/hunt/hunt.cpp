// SPDX-License-Identifier: MIT
//
// The workers behind hunt().
#include "tools/hunt/hunt.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <exception>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "tools/app/progress_bar.h"
#include "tools/app/search_setup.h"
#include "tools/engine/race_runs.h"
#include "tools/files/interruption.h"
#include "tools/hunt/seed_record.h"

namespace tools {
namespace {

using model::RaceModel;

/// A block of seeds that was run.
struct Block {
  Tally tally;
  std::string lines;  ///< if they are wanted
};

/// Work shared out in blocks of seeds.
class Hunt {
 public:
  Hunt(const RaceModel& model, const sim::StrategySpec& spec, const HuntPlan& plan)
      : model_(model),
        spec_(spec),
        plan_(plan),
        next_block_(plan.begun.done / seeds_per_block),
        total_(plan.begun),
        done_(total_.tally.runs),
        failing_(total_.tally.failures.size()),
        progress_(plan.quiet ? 0 : plan.seeds.size(), "runs", done_) {
    total_.stopped = sim::Bound::none;
  }

  HuntState run() {
    if (is_over() || total_.done == plan_.seeds.size()) return std::move(total_);
    const std::uint64_t blocks = (plan_.seeds.size() + seeds_per_block - 1) / seeds_per_block;
    const auto jobs =
        static_cast<unsigned>(std::min<std::uint64_t>(workers_of(plan_.jobs), blocks));
    std::vector<std::thread> workers;
    workers.reserve(jobs);
    try {
      for (unsigned i = 1; i < jobs; ++i) workers.emplace_back([this] { work_safely(); });
    } catch (const std::exception&) {
      // There is a limit on threads or on address space. Those that run do the work.
    }
    work_safely();
    for (std::thread& worker : workers) worker.join();
    progress_.clear();
    if (failure_) std::rethrow_exception(failure_);
    if (!is_over() && total_.done < plan_.seeds.size()) total_.stopped = stopped_;
    return std::move(total_);
  }

 private:
  [[nodiscard]] bool is_over() const { return !plan_.all && !total_.tally.failures.empty(); }

  // Lines may turn out not to be writable; an exception must not leave a thread.
  void work_safely() {
    try {
      work();
    } catch (...) {
      const std::lock_guard lock(mutex_);
      if (!failure_) failure_ = std::current_exception();
      next_block_ = plan_.seeds.size() / seeds_per_block + 1;
    }
  }

  // Blocks are taken in ascending order; if the first failure is wanted, nothing after
  // the smallest one found so far is needed.
  void work() {
    for (;;) {
      const std::uint64_t start = next_block_.fetch_add(1) * seeds_per_block;
      if (start >= plan_.seeds.size() || start > stop_after_.load()) return;
      Block block;
      const std::uint64_t end = std::min(start + seeds_per_block, plan_.seeds.size());
      for (std::uint64_t i = start; i < end; ++i) {
        if (is_to_stop()) return;  // a block counts as a whole or not at all
        run_one(plan_.seeds.first + i, block);
        if (plan_.all || block.tally.failures.empty()) continue;
        std::uint64_t known = stop_after_.load();
        while (i < known && !stop_after_.compare_exchange_weak(known, i)) {
        }
        break;
      }
      add(std::move(block), start);
    }
  }

  bool is_to_stop() {
    if (stopped_ != sim::Bound::none) return true;
    if (asked_to_stop()) {
      stopped_ = sim::Bound::interrupted;
    } else if (plan_.time_limit && Clock::now() - start_ >= *plan_.time_limit) {
      stopped_ = sim::Bound::time;
    }
    return stopped_ != sim::Bound::none;
  }

  void run_one(std::uint64_t seed, Block& block) const {
    if (!plan_.write_line) {
      return count(run_seed(model_, spec_, seed, plan_.max_steps).result, seed, block.tally);
    }
    ActorOrder order;
    SeedRecord record;
    const auto [result, time_ns] =
        run_seed(model_, spec_, seed, plan_.max_steps,
                 [&order](const model::World& w, sim::Choice choice) { order.note(w, choice); });
    record.time_ns = time_ns;
    record.seed = seed;
    record.end = {result.end, model_.violation(result.state), result.state.cut};
    record.steps = result.steps;
    order.write_to(record);
    block.lines += line_of(record, model_.setup());
    count(result, seed, block.tally);
  }

  void count(const sim::RunResult<RaceModel>& result, std::uint64_t seed, Tally& tally) const {
    ++tally.runs;
    tally.steps += result.steps;
    if (result.end == sim::End::cut) ++tally.cut;
    if (result.end == sim::End::step_limit) ++tally.step_limit;
    if (result.end == sim::End::violation) {
      tally.failures.push_back(
          {seed, result.steps, model_.violation(result.state), result.fingerprint});
    }
  }

  void add(Block block, std::uint64_t start) {
    const std::lock_guard lock(mutex_);
    done_ += block.tally.runs;
    failing_ += block.tally.failures.size();
    blocks_.emplace(start, std::move(block));
    progress_.show(done_, std::to_string(failing_) + " failing");
    settle();
  }

  // Adds finished blocks to the total, in order. A block after the first wanted failure
  // may have been run with one number of workers and not with another: it must not
  // count.
  void settle() {
    const std::uint64_t before = total_.done;
    while (!blocks_.empty() && blocks_.begin()->first == total_.done) {
      const auto& [tally, lines] = blocks_.begin()->second;
      if (!is_over()) {
        Tally& total = total_.tally;
        total.runs += tally.runs;
        total.steps += tally.steps;
        total.cut += tally.cut;
        total.step_limit += tally.step_limit;
        total.failures.insert(total.failures.end(), tally.failures.begin(), tally.failures.end());
        if (!lines.empty()) plan_.write_line(lines);
      }
      blocks_.erase(blocks_.begin());
      total_.done = std::min(total_.done + seeds_per_block, plan_.seeds.size());
    }
    if (plan_.keep && total_.done != before) plan_.keep(total_);
  }

  using Clock = std::chrono::steady_clock;

  const RaceModel& model_;
  const sim::StrategySpec& spec_;
  const HuntPlan& plan_;
  std::atomic<std::uint64_t> next_block_;
  std::atomic<std::uint64_t> stop_after_{UINT64_MAX};  // offset of a failing seed
  std::atomic<sim::Bound> stopped_{sim::Bound::none};
  Clock::time_point start_ = Clock::now();
  std::mutex mutex_;  // protects all below
  HuntState total_;
  std::map<std::uint64_t, Block> blocks_;  // finished out of order, by first offset
  std::uint64_t done_;
  std::uint64_t failing_;
  std::exception_ptr failure_;
  ProgressBar progress_;
};

}  // namespace

HuntState hunt(const model::RaceModel& model, const sim::StrategySpec& spec, const HuntPlan& plan) {
  return Hunt(model, spec, plan).run();
}

}  // namespace tools
