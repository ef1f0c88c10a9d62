// SPDX-License-Identifier: MIT
//
// The payload: a tally for each hunt, with its failures.
#include "tools/hunt/checkpoint.h"

#include <chrono>
#include <utility>

namespace tools {
namespace {

/// All that a tally depends on.
CheckpointFacts facts(const HuntOptions& options, const model::Scenario& scenario, SeedRange seeds,
                      const std::vector<std::string>& strategies) {
  CheckpointFacts facts = basic_facts("hunt", scenario);
  facts.emplace_back("--policy", comma_list(options.policies));
  facts.emplace_back("--strategy", comma_list(strategies));
  facts.emplace_back("--seeds", std::to_string(seeds.first) + ".." + std::to_string(seeds.last));
  facts.emplace_back("--all", options.all ? "yes" : "no");
  facts.emplace_back("--depth", std::to_string(options.depth));
  facts.emplace_back("--preemptions", std::to_string(options.preemptions));
  facts.emplace_back("--max-steps", std::to_string(options.max_steps));
  return facts;
}

void put_hunt(const sim::ByteSink& sink, const std::string& name, const HuntState& state,
              double seconds) {
  sim::put(sink, static_cast<std::uint32_t>(name.size()));
  sim::put_all(sink, name.data(), name.size());
  const Tally& tally = state.tally;
  for (const std::uint64_t number :
       {state.done, tally.runs, tally.steps, tally.cut, tally.step_limit,
        static_cast<std::uint64_t>(seconds * 1000), std::uint64_t{tally.failures.size()}}) {
    sim::put(sink, number);
  }
  for (const Failure& failure : tally.failures) {
    sim::put(sink, failure.seed);
    sim::put(sink, failure.steps);
    sim::put(sink, static_cast<std::uint8_t>(failure.violation.invariant));
    sim::put(sink, failure.violation.mr);
    sim::put(sink, failure.violation.rpc);
    sim::put(sink, failure.fingerprint);
  }
}

KeptHunt hunt_from(sim::ByteReader& reader, SeedRange seeds, bool all) {
  KeptHunt hunt;
  const Bytes name = reader.take(reader.number<std::uint32_t>("length of a name"));
  hunt.name.assign(name.begin(), name.end());
  Tally& tally = hunt.state.tally;
  hunt.state.done = reader.number<std::uint64_t>("seeds done", seeds.size());
  tally.runs = reader.number<std::uint64_t>("runs", hunt.state.done);
  tally.steps = reader.number<std::uint64_t>("steps");
  tally.cut = reader.number<std::uint64_t>("runs cut", tally.runs);
  tally.step_limit = reader.number<std::uint64_t>("runs stopped", tally.runs - tally.cut);
  hunt.seconds = static_cast<double>(reader.number<std::uint64_t>("milliseconds")) / 1000;
  const auto failures =
      reader.number<std::uint64_t>("failing runs", tally.runs - tally.cut - tally.step_limit);
  for (std::uint64_t i = 0; i < failures; ++i) {
    Failure failure;
    failure.seed = reader.number<std::uint64_t>("seed");
    failure.steps = reader.number<std::uint64_t>("steps of a run");
    failure.violation.invariant = static_cast<model::Invariant>(
        reader.number<std::uint8_t>("invariant", model::rule_count - 1));
    failure.violation.mr = reader.number<model::MrId>("MR");
    failure.violation.rpc = reader.number<model::RpcId>("RPC");
    failure.fingerprint = reader.number<std::uint64_t>("fingerprint");
    if (failure.seed < seeds.first || failure.seed - seeds.first >= hunt.state.done) {
      throw sim::BadBytes("a failing seed was not run");
    }
    if (i > 0 && failure.seed <= tally.failures.back().seed) {
      throw sim::BadBytes("failing seeds are out of order");
    }
    tally.failures.push_back(failure);
  }
  if (hunt.state.done % seeds_per_block != 0 && hunt.state.done != seeds.size()) {
    throw sim::BadBytes("seeds done: no whole number of blocks");
  }
  if (tally.runs != hunt.state.done && (all || failures == 0)) {
    throw sim::BadBytes("there are fewer runs than seeds done");
  }
  return hunt;
}

}  // namespace

HuntCheckpoint::HuntCheckpoint(const HuntOptions& options, const model::Scenario& scenario,
                               SeedRange seeds, const std::vector<std::string>& strategies)
    : file_(options.checkpoint, facts(options, scenario, seeds, strategies)) {
  remove_torn(options.output);
  if (file_.payload().empty()) return;
  try {
    sim::ByteReader reader(file_.payload());
    std::uint64_t done = 0;
    while (reader.left() > 0) {
      kept_.push_back(hunt_from(reader, seeds, options.all));
      done += kept_.back().state.done;
    }
    file_.tell_of(std::to_string(done) + " seeds");
  } catch (const sim::BadBytes& bad) {
    file_.fail(bad.what());
  }
  file_.forget_payload();
}

void HuntCheckpoint::finish() {
  if (is_finished_) file_.remove();
}

KeptHunt HuntCheckpoint::hunt(const std::string& policy, const model::RaceModel& model,
                              const sim::StrategySpec& spec, HuntPlan plan) {
  using Clock = std::chrono::steady_clock;
  const auto start = Clock::now();
  KeptHunt hunt;
  hunt.name = policy + ", " + std::string(sim::name_of(spec.kind));
  for (KeptHunt& kept : kept_) {
    if (kept.name == hunt.name) hunt = std::move(kept);
  }
  const auto seconds = [before = hunt.seconds, start] {
    return before + std::chrono::duration<double>(Clock::now() - start).count();
  };
  plan.begun = std::move(hunt.state);
  plan.keep = [&](const HuntState& state) {
    if (!is_finished_ || !file_.is_due()) return;
    file_.save([&](const sim::ByteSink& sink) {
      for (const KeptHunt& done : finished_) put_hunt(sink, done.name, done.state, done.seconds);
      put_hunt(sink, hunt.name, state, seconds());
    });
  };
  hunt.state = tools::hunt(model, spec, plan);
  hunt.seconds = seconds();
  if (hunt.state.stopped == sim::Bound::none) {
    hunt.state.done = plan.seeds.size();
    finished_.push_back(hunt);
    return hunt;
  }
  // The first one that is stopped is the one to continue; what comes after it is begun anew.
  if (!std::exchange(is_finished_, false)) return hunt;
  file_.save([&](const sim::ByteSink& sink) {
    for (const KeptHunt& done : finished_) put_hunt(sink, done.name, done.state, done.seconds);
    put_hunt(sink, hunt.name, hunt.state, hunt.seconds);
  });
  return hunt;
}

}  // namespace tools
