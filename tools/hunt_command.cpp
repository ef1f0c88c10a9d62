// SPDX-License-Identifier: MIT
//
// frwrsim hunt: seed after seed, on all cores, until one fails.
//
// Runs are stepped directly, not on strands: the same choices and fingerprints,
// several times faster. Seeds are handed out in blocks; what is reported depends
// only on the seeds, so the number of workers changes nothing but the time. When
// the first failure is wanted, "first" means the smallest failing seed, and a
// worker stops only when every smaller seed is accounted for.
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <cstdio>
#include <mutex>
#include <nlohmann/json.hpp>
#include <thread>

#include "model/invariants.h"
#include "sim/fingerprint.h"
#include "sim/run.h"
#include "tools/commands.h"
#include "tools/output.h"
#include "tools/report_text.h"
#include "tools/scenario_search.h"
#include "tools/search_setup.h"
#include "tools/shell.h"
#include "tools/words.h"

namespace tools {
namespace {

using model::RaceModel;

struct SeedRange {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  [[nodiscard]] std::uint64_t size() const { return last - first + 1; }
};

/// One failing run.
struct Failure {
  std::uint64_t seed = 0;
  std::uint64_t steps = 0;
  model::Violation violation;
  std::uint64_t fingerprint = 0;
};

/// What all runs of a range amount to. Sums and sorted lists only, so that the
/// order in which workers finish does not show.
struct Tally {
  std::uint64_t runs = 0;
  std::uint64_t cut = 0;
  std::uint64_t step_limit = 0;
  std::vector<Failure> failures;

  [[nodiscard]] sim::Verdict verdict() const {
    if (!failures.empty()) return sim::Verdict::violated;
    return cut + step_limit > 0 ? sim::Verdict::bound_reached : sim::Verdict::none_found;
  }
};

constexpr std::uint64_t most_seeds = 1'000'000'000'000;
constexpr std::uint64_t block_size = 512;

SeedRange parse_seeds(const std::string& text) {
  SeedRange range;
  const auto dots = text.find("..");
  const auto number = [&text](std::string_view digits) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc{} || end != digits.data() + digits.size()) {
      throw model::InputError("--seeds: expected A..B with whole numbers A and B, found '" + text +
                              "'");
    }
    return value;
  };
  range.first = number(std::string_view(text).substr(0, dots));
  range.last =
      dots == std::string::npos ? range.first : number(std::string_view(text).substr(dots + 2));
  if (range.last < range.first || range.last - range.first >= most_seeds) {
    throw model::InputError("--seeds: '" + text + "' is not a range of 1 to " +
                            std::to_string(most_seeds) + " seeds");
  }
  return range;
}

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
       const HuntOptions& options)
      : model_(model), spec_(spec), seeds_(seeds), options_(options), progress_(seeds.size()) {}

  Tally run() {
    const std::uint64_t blocks = (seeds_.size() + block_size - 1) / block_size;
    unsigned jobs = options_.jobs != 0 ? options_.jobs : std::thread::hardware_concurrency();
    jobs = static_cast<unsigned>(std::min<std::uint64_t>(std::max(jobs, 1u), blocks));
    std::vector<std::thread> workers;
    for (unsigned i = 1; i < jobs; ++i) workers.emplace_back([this] { work(); });
    work();
    for (std::thread& worker : workers) worker.join();
    progress_.clear();
    std::sort(total_.failures.begin(), total_.failures.end(),
              [](const Failure& a, const Failure& b) { return a.seed < b.seed; });
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
        run_seed(model_, spec_, seeds_.first + i, options_.max_steps, tally);
        if (options_.all || tally.failures.empty()) continue;
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
    // A block beyond the first failure may have been run by one worker and not
    // be run by another number of workers: it must not count.
    blocks_.emplace_back(start, tally);
    done_ += tally.runs;
    failing_ += tally.failures.size();
    progress_.show(done_, failing_);
    settle();
  }

  // Folds finished blocks into the total, in order.
  void settle() {
    std::sort(blocks_.begin(), blocks_.end(),
              [](const auto& a, const auto& b) { return a.first > b.first; });
    while (!blocks_.empty() && blocks_.back().first == settled_) {
      const Tally& tally = blocks_.back().second;
      if (options_.all || total_.failures.empty()) {
        total_.runs += tally.runs;
        total_.cut += tally.cut;
        total_.step_limit += tally.step_limit;
        total_.failures.insert(total_.failures.end(), tally.failures.begin(), tally.failures.end());
      }
      blocks_.pop_back();
      settled_ += block_size;
    }
  }

  const RaceModel& model_;
  const sim::StrategySpec& spec_;
  SeedRange seeds_;
  const HuntOptions& options_;
  std::atomic<std::uint64_t> next_block_{0};
  std::atomic<std::uint64_t> stop_after_{UINT64_MAX};  // offset of a failing seed
  std::mutex mutex_;                                   // guards all below
  Tally total_;
  std::vector<std::pair<std::uint64_t, Tally>> blocks_;
  std::uint64_t settled_ = 0;
  std::uint64_t done_ = 0;
  std::uint64_t failing_ = 0;
  Progress progress_;
};

std::string failure_line(const Failure& failure) {
  return "seed " + std::to_string(failure.seed) + ": " + in_words(failure.violation) + " at step " +
         std::to_string(failure.steps);
}

/// "1 run in 103 under this strategy": no claim about a kernel.
std::string share_in_words(const Tally& tally) {
  char text[64];
  const double one_in =
      static_cast<double>(tally.runs) / static_cast<double>(tally.failures.size());
  std::snprintf(text, sizeof text, one_in < 10 ? "1 run in %.2f" : "1 run in %.0f", one_in);
  return std::string(text) + " under this strategy";
}

std::string text_report(const Tally& tally, const model::Scenario& scenario,
                        const std::string& policy, const sim::StrategySpec& spec,
                        const HuntOptions& options, const Style& style) {
  const std::string verdict(sim::name_of(tally.verdict()));
  std::string text = header_lines(scenario, policy, style);
  text += "strategy     " + in_words(origin_of(spec)) + "; seeds " + options.seeds + "\n";
  text += "verdict      " + (tally.failures.empty() ? style.strong(verdict) : style.bad(verdict)) +
          "\n";
  text += "runs         " + std::to_string(tally.runs) +
          (options.all || tally.failures.empty() ? "" : ", until the first failure") + "\n";
  if (tally.cut > 0) text += "cut          " + std::to_string(tally.cut) + " by a budget\n";
  if (tally.step_limit > 0) {
    text += "stopped      " + std::to_string(tally.step_limit) + " by the step limit\n";
  }
  text += "failing      " + std::to_string(tally.failures.size());
  if (options.all && !tally.failures.empty()) text += ", " + share_in_words(tally);
  text += "\n";
  constexpr std::size_t most_shown = 20;
  for (std::size_t i = 0; i < tally.failures.size() && i < most_shown; ++i) {
    text += "  " + failure_line(tally.failures[i]) + "\n";
  }
  if (tally.failures.size() > most_shown) {
    text += "  and " + std::to_string(tally.failures.size() - most_shown) +
            " more (--format json lists all)\n";
  }
  if (!tally.failures.empty()) {
    text += "see it with\n  frwrsim run " + shell_quoted(options.scenario) + " --policy " + policy +
            " --seed " + std::to_string(tally.failures.front().seed);
    if (options.strategy != "pct") text += " --strategy " + options.strategy;
    if (options.depth != SearchOptions{}.depth) text += " --depth " + std::to_string(options.depth);
    if (options.max_steps != SearchOptions{}.max_steps) {
      text += " --max-steps " + std::to_string(options.max_steps);
    }
    text += "\n";
  }
  return text;
}

nlohmann::ordered_json json_report(const Tally& tally, const model::Scenario& scenario,
                                   const std::string& policy, const sim::StrategySpec& spec,
                                   SeedRange seeds) {
  nlohmann::ordered_json json;
  json["format"] = "frwrsim-hunt/1";
  json["scenario_name"] = scenario.name;
  json["scenario_hash"] = sim::hex(scenario.hash()).substr(8);
  json["guards"] = scenario.guards_in_force();
  json["policy"] = policy;
  const model::Origin origin = origin_of(spec);
  json["strategy"] = origin.strategy;
  if (origin.depth != 0) {
    json["depth"] = origin.depth;
    json["step_bound"] = origin.step_bound;
  }
  json["first_seed"] = seeds.first;
  json["last_seed"] = seeds.last;
  json["verdict"] = sim::name_of(tally.verdict());
  json["runs"] = tally.runs;
  json["cut"] = tally.cut;
  json["step_limit"] = tally.step_limit;
  json["failing"] = tally.failures.size();
  json["failures"] = nlohmann::ordered_json::array();
  for (const Failure& failure : tally.failures) {
    nlohmann::ordered_json item;
    item["seed"] = failure.seed;
    item["invariant"] = model::entry_of(failure.violation.invariant).name;
    if (failure.violation.mr != 0) item["mr"] = failure.violation.mr;
    if (failure.violation.rpc != 0) item["rpc"] = failure.violation.rpc;
    item["steps"] = failure.steps;
    item["fingerprint"] = sim::hex(failure.fingerprint);
    json["failures"].push_back(item);
  }
  return json;
}

}  // namespace

sim::ExitCode hunt_command(const HuntOptions& options) {
  const model::Scenario scenario = model::load_scenario(find_scenario(options.scenario));
  const SeedRange seeds = parse_seeds(options.seeds);
  const sim::StrategySpec spec = strategy_of(options, scenario);
  const Style style = style_for(options.output);
  sim::ExitCode code = sim::exit_clean;
  std::string text;
  nlohmann::ordered_json documents = nlohmann::ordered_json::array();
  for (const std::string& policy : options.policies) {
    const RaceModel model = model_of(scenario, policy);
    const Tally tally = Hunt(model, spec, seeds, options).run();
    code = sim::worse(code, sim::exit_code_of(tally.verdict()));
    if (options.format == "json") {
      documents.push_back(json_report(tally, scenario, policy, spec, seeds));
    } else {
      if (!text.empty()) text += "\n";
      text += text_report(tally, scenario, policy, spec, options, style);
    }
  }
  if (!documents.empty()) text = (documents.size() == 1 ? documents[0] : documents).dump(1) + "\n";
  write_output(text, options.output);
  return code;
}

}  // namespace tools
