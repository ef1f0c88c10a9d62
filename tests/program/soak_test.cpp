// SPDX-License-Identifier: MIT
//
// Random scenarios through the program, against the slow reference searches.
//
// A round is one scenario, made over the whole schema but small enough to be enumerated,
// under one policy. The program explores it with and without reductions, certifies it,
// runs seeds, replays what came of them and minimizes what fails; every number must be
// the reference's. A round depends on its own number only, so that one that fails is had
// again by itself:
//
//     FRWRSIM_SOAK_FIRST=N     the first round [1]
//     FRWRSIM_SOAK_SECONDS=N   rounds until so many seconds have gone by [so many rounds]
#include <array>
#include <iostream>

#include "model/invariants.h"
#include "model/policy.h"
#include "model/race_model.h"
#include "model/scenario/guards.h"
#include "model/scenario/names.h"
#include "model/scenario/scenario.h"
#include "model/scenario/timing.h"
#include "sim/random.h"
#include "tests/program/commands/explore_fixture.h"
#include "tests/reference/answers.h"

using namespace fixture;

namespace {

constexpr std::uint64_t usual_rounds = 100;
/// Larger ones take the reference too long; they are drawn again.
constexpr std::uint64_t most_states = 3000;

/// Draws a scenario.
class Generator {
 public:
  explicit Generator(std::uint64_t seed) : random_(seed) {}

  unsigned up_to(unsigned most) { return random_.below(most + 1); }
  bool one_in(unsigned n) { return random_.below(n) == 0; }
  template <class List>
  auto any_of(const List& list) {
    return *(std::begin(list) + random_.below(static_cast<std::uint32_t>(std::size(list))));
  }

  json scenario() {
    json s{{"format", "frwrsim-scenario/1"}, {"title", "random"}, {"about", {"Of the soak."}}};
    s["rpcs"] = rpcs();
    s["mr_pool"] = std::max(1 + up_to(3), segments_of_the_largest(s["rpcs"]));
    if (one_in(4)) s["refresh"] = {{"batch", 1 + up_to(1)}, {"times", 1 + up_to(1)}};
    s["provider"] = any_of(std::array{"reject", "flush"});
    if (one_in(2)) s["losses"] = losses(s["rpcs"]);
    for (const char* fault :
         {"dma_map", "map_mr_sg", "prepare_send", "reset", "drain_marker", "signal", "timeout"}) {
      if (one_in(6)) s["faults"][fault] = 1;
    }
    if (one_in(3)) {
      s["iova"] = any_of(std::array{"fresh", "reuse"});
      if (s["iova"] == "reuse") s["detect"] = any_of(std::array{"ledger", "dma-api"});
    }
    s["guards"] = json::array();
    for (const model::GuardEntry& guard : model::guards) {
      if (one_in(2)) s["guards"].push_back(guard.name);
    }
    s["invariants"] = severities();
    s["budgets"] = {
        {"retransmissions", up_to(2)}, {"enobufs_retries", up_to(1)}, {"reconnects", up_to(2)}};
    return s;
  }

 private:
  /// With fewer MRs the file is refused.
  static unsigned segments_of_the_largest(const json& rpcs) {
    unsigned most = 0;
    for (const json& rpc : rpcs) {
      unsigned segments = 0;
      for (const char* list : {"read_list", "write_list", "reply_chunk"}) {
        segments += rpc.value(list, 0u);
      }
      most = std::max(most, segments);
    }
    return most;
  }

  json rpcs() {
    json all = json::array();
    const unsigned count = one_in(4) ? 2 : 1;
    for (unsigned i = 0; i < count; ++i) {
      json rpc{{"name", "rpc " + std::to_string(i + 1)}};
      rpc[any_of(std::array{"read_list", "write_list", "reply_chunk"})] = up_to(count == 1 ? 2 : 1);
      if (one_in(3)) rpc["async"] = one_in(2);
      if (i > 0 && !one_in(4)) rpc["after"] = "rpc 1";
      all.push_back(rpc);
    }
    return all;
  }
  json losses(const json& rpcs) {
    json losses{{"count", 1}, {"when", "any-time"}};
    if (one_in(2)) return losses;
    losses["when"] = "before-send";
    losses["rpc"] = any_of(rpcs).at("name");
    return losses;
  }
  json severities() {
    json object = json::object();
    for (const model::InvariantEntry& entry : model::invariants()) {
      const auto severity = static_cast<model::Severity>(up_to(2));
      if (one_in(3) && may_be(entry.invariant, severity)) {
        object[std::string(entry.name)] = model::name_of(model::severity_names, severity);
      }
    }
    return object;
  }

  sim::Random random_;
};

/// One round: a scenario that is small enough, under some policy.
class Round {
 public:
  explicit Round(std::uint64_t number) : generator_(number), policy_(any_policy()) { draw(); }

  void check() {
    const std::string file = scratch_.write("random.json", document_.dump());
    INFO(document_.dump() << " under " << policy_.name);
    const std::string jobs = std::to_string(1 + generator_.up_to(2));
    const json report =
        explored(file, {"--policy", policy_name(), "--count-preemptions", "always", "--jobs", jobs,
                        "--certificate", scratch_.path("certificate")});
    check_report(report);
    check_reductions(file, report);
    CHECK(run({scratch_.path("certificate")}, {.program = FRWRSIM_CHECKER}).exit_code == 0);
    check_runs(file, report);
  }
  [[nodiscard]] std::uint64_t states() const { return found_.states; }

 private:
  using Model = model::RaceModel;

  const model::PolicyEntry& any_policy() {
    const auto all = model::policies();
    return all[generator_.up_to(static_cast<unsigned>(all.size()) - 1)];
  }
  [[nodiscard]] std::string policy_name() const { return std::string(policy_.name); }

  void draw() {
    for (;;) {
      // As it is when read from a file: numbers are unsigned.
      document_ = json::parse(generator_.scenario().dump());
      model_.emplace(
          model::read_scenario(document_, "random", "random").with_policy(policy_.policy));
      try {
        found_ = reference::explore(
            *model_, [](const model::World&) { return false; }, most_states);
        return;
      } catch (const std::length_error&) {
      }
    }
  }

  void check_report(const json& report) {
    CHECK(report.at("states") == found_.states);
    CHECK(report.at("transitions") == found_.transitions);
    CHECK(report.at("ends").at("rest") == found_.ending_in(sim::End::rest));
    CHECK(report.at("verdict") == (found_.ending_in(sim::End::violation) > 0 ? "violated"
                                   : found_.ending_in(sim::End::cut) > 0     ? "bound_reached"
                                                                             : "exhausted"));
    reference::Answers<Model> answers(*model_);
    const auto& start = answers.future(model_->initial());
    CHECK(report.at("interleavings").at("all") == start.all.str());
    CHECK(report.at("interleavings").at("failing") == start.failing.str());
    const auto labels = answers.labels();
    CHECK(report.at("labels") ==
          json{{"safe", labels[0]}, {"avoidable", labels[1]}, {"inevitable", labels[2]}});
    REQUIRE(report.at("counterexamples").size() == start.by_detail.size());
    for (const auto& [detail, count] : start.by_detail) {
      const json& example = example_of(report, detail);
      CHECK(sim::from_token(example.at("schedule").get<std::string>(), names()).schedule ==
            answers.best(detail)->second);
    }
  }

  /// The counterexample of an invariant.
  static const json& example_of(const json& report, unsigned invariant) {
    const auto name = model::entry_of(static_cast<model::Invariant>(invariant)).name;
    for (const json& example : report.at("counterexamples")) {
      if (example.at("invariant") == name) return example;
    }
    throw std::runtime_error("no counterexample of " + std::string(name));
  }
  [[nodiscard]] sim::ScheduleNames names() const { return sim::schedule_names(*model_); }

  void check_reductions(const std::string& file, const json& report) {
    for (const char* reduction : {"symmetry", "partial-order", "all"}) {
      const json reduced = explored(file, {"--policy", policy_name(), "--reduction", reduction});
      CAPTURE(reduction);
      CHECK(reduced.at("verdict") == report.at("verdict"));
      CHECK(reduced.at("states") <= report.at("states"));
      if (std::string(reduction) != "symmetry") continue;
      CHECK(reduced.at("interleavings").at("all") == report.at("interleavings").at("all"));
      CHECK(reduced.at("interleavings").at("failing") == report.at("interleavings").at("failing"));
    }
  }

  void check_runs(const std::string& file, const json& report) {
    for (const char* strategy : {"pct", "uniform"}) {
      const std::string seed = std::to_string(generator_.up_to(999));
      const Arguments options{"run", file,       "--policy", policy_name(), "--seed",
                              seed,  "--format", "json",     "--strategy",  strategy};
      CAPTURE(strategy, seed);
      const Result ran = run(options);
      REQUIRE(ran.err.empty());
      const json trace = ran.json();
      const std::string saved = scratch_.write("trace.json", ran.out);
      const Result replay = run({"replay", saved, "--format", "json"});
      REQUIRE(replay.exit_code == ran.exit_code);
      CHECK(replay.json().at("fingerprint") == trace.at("fingerprint"));
      if (ran.exit_code != 1) continue;
      CHECK(report.at("verdict") == "violated");
      const Result least = run({"minimize", saved, "--format", "schedule"});
      REQUIRE(least.exit_code == 1);
      CHECK(least.err.empty());
      const std::string invariant = trace.at("end").at("invariant");
      for (const json& example : report.at("counterexamples")) {
        if (example.at("invariant") != invariant) continue;
        CHECK(least.json().at("schedule") == example.at("schedule"));
      }
    }
  }

  Generator generator_;
  const model::PolicyEntry& policy_;
  Scratch scratch_;
  json document_;
  std::optional<Model> model_;
  reference::Exploration<Model> found_;
};

std::uint64_t number_in(const char* variable, std::uint64_t otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : std::stoull(text);
}

}  // namespace

TEST_CASE("random scenarios: the program says what the reference finds", "[sanitized][soak]") {
  const std::uint64_t first = number_in("FRWRSIM_SOAK_FIRST", 1);
  const std::uint64_t seconds = number_in("FRWRSIM_SOAK_SECONDS", 0);
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  std::uint64_t rounds = 0;
  std::uint64_t states = 0;
  while (seconds > 0 ? std::chrono::steady_clock::now() < end : rounds < usual_rounds) {
    CAPTURE(first + rounds);
    Round round(first + rounds++);
    round.check();
    states += round.states();
    if (seconds > 0 && rounds % 100 == 0) {
      std::cout << "soak: rounds " << first << " to " << first + rounds - 1 << ", " << states
                << " states" << std::endl;
    }
  }
  std::cout << "soak: rounds " << first << " to " << first + rounds - 1 << ", " << states
            << " states: the same\n";
}
