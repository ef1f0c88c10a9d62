// SPDX-License-Identifier: MIT
//
// The race in a stress test: real threads in a loop, and luck.
//
// scenarios/upstream-report.json once per iteration, with one thread per kernel context
// (stress_race.h). The threads live as long as the program and meet at one barrier per
// iteration, so starting them costs nothing. An iteration fails if an MR was
// DMA-unmapped twice. An iteration that does not end is reported as stuck.
// run_stress.py runs this beside `frwrsim hunt`.
#include "tools/bench/peers/stress_race.h"

#include <barrier>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <initializer_list>
#include <string>
#include <string_view>

namespace {

using stress::Clock;
using stress::Options;
using stress::Race;
using stress::Rng;

constexpr int exit_failed = 1;
constexpr int exit_usage = 2;
constexpr int exit_stuck = 3;
constexpr std::chrono::seconds stuck_after{20};

/// The threads and the results of their iterations.
class Loop {
 public:
  explicit Loop(const Options& options) : options_(options), race_(options) {}

  /// Runs until the time is over. Ends the program if an iteration is stuck.
  void run();
  void print(bool is_stuck) const;
  [[nodiscard]] bool has_failed() const { return failures_ > 0; }

 private:
  void end_iteration() noexcept;
  /// Returns when the time is over; false: an iteration does not end.
  bool watch() const;

  const Options options_;
  Race race_;
  Clock::time_point start_;
  std::atomic<bool> stop_ = false;
  std::atomic<unsigned long long> iterations_ = 0;
  unsigned long long losses_ = 0;
  unsigned long long cuts_ = 0;
  unsigned long long failures_ = 0;
  double seconds_ = 0;
  double first_failure_ = 0;
};

/// What the barrier runs once all threads have arrived.
void Loop::end_iteration() noexcept {
  losses_ += race_.lost() ? 1 : 0;
  cuts_ += race_.cut() ? 1 : 0;
  seconds_ = std::chrono::duration<double>(Clock::now() - start_).count();
  if (race_.failed() && failures_++ == 0) first_failure_ = seconds_;
  race_.restore();
  ++iterations_;  // last: a thread that reads this may then read the rest
  if (seconds_ >= options_.seconds) stop_ = true;
}

bool Loop::watch() const {
  unsigned long long seen = 0;
  auto since = Clock::now();
  while (!stop_) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    if (iterations_ != seen) {
      seen = iterations_;
      since = Clock::now();
    }
    if (Clock::now() - since > stuck_after) return false;
  }
  return true;
}

void Loop::run() {
  constexpr std::array contexts{&Race::task,    &Race::recovery_worker, &Race::rnic,
                                &Race::softirq, &Race::connect_worker,  &Race::link};
  std::barrier barrier(contexts.size(), [this]() noexcept { end_iteration(); });
  std::vector<std::thread> threads;
  start_ = Clock::now();
  for (const auto context : contexts) {
    threads.emplace_back([&barrier, this, context, stream = threads.size() + 1] {
      Rng rng(options_.seed, stream);
      while (!stop_) {
        (race_.*context)(rng);
        barrier.arrive_and_wait();
      }
    });
  }
  if (!watch()) {
    print(true);
    std::fflush(stdout);
    std::_Exit(exit_stuck);  // threads that are stuck cannot be joined
  }
  for (std::thread& thread : threads) thread.join();
}

void Loop::print(bool is_stuck) const {
  const std::string first = failures_ > 0 ? std::to_string(first_failure_) : "null";
  std::printf(
      "{\"iterations\": %llu, \"losses\": %llu, \"cuts\": %llu, \"failures\": %llu, "
      "\"seconds\": %.6f, \"first_failure_s\": %s, \"stuck\": %s}\n",
      iterations_.load(), losses_, cuts_, failures_, seconds_, first.c_str(),
      is_stuck ? "true" : "false");
}

[[noreturn]] void usage(std::string_view what) {
  std::fprintf(stderr,
               "stress_race: %.*s\n"
               "usage: stress_race [--seconds N] [--seed N] [--policy pre-fix|fix] "
               "[--jitter off|on|sleeps]\n"
               "                   [--loss link|injected] [--reset-us N]\n",
               static_cast<int>(what.size()), what.data());
  std::exit(exit_usage);
}

template <class Number>
Number number(std::string_view name, std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) {
    usage(std::string(name) + ": not a number: " + std::string(text));
  }
  return value;
}

/// The index of the argument among these words; another word is bad usage.
std::size_t choice(std::string_view name, std::string_view text,
                   std::initializer_list<std::string_view> words) {
  std::string all;
  std::size_t index = 0;
  for (const std::string_view word : words) {
    if (word == text) return index;
    all += ' ';
    all += word;
    ++index;
  }
  usage(std::string(name) + ": one of" + all);
}

Options parse(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; i += 2) {
    const std::string_view name = argv[i];
    if (i + 1 == argc) usage(std::string(name) + ": what is its value?");
    const std::string_view value = argv[i + 1];
    if (name == "--seconds") {
      options.seconds = number<unsigned>(name, value);
    } else if (name == "--seed") {
      options.seed = number<std::uint64_t>(name, value);
    } else if (name == "--policy") {
      options.pre_fix = choice(name, value, {"pre-fix", "fix"}) == 0;
    } else if (name == "--jitter") {
      options.jitter = static_cast<stress::Jitter>(choice(name, value, {"off", "on", "sleeps"}));
    } else if (name == "--loss") {
      options.injects_loss = choice(name, value, {"link", "injected"}) == 1;
    } else if (name == "--reset-us") {
      options.reset = std::chrono::microseconds(number<unsigned>(name, value));
    } else {
      usage("no such option: " + std::string(name));
    }
  }
  return options;
}

}  // namespace

int main(int argc, char** argv) {
  Loop loop(parse(argc, argv));
  loop.run();
  loop.print(false);
  return loop.has_failed() ? exit_failed : 0;
}
