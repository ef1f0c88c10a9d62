// SPDX-License-Identifier: MIT
//
// explore: what it says of a scenario is true.
//
// Counts, labels, probabilities, causes and counterexamples are held against
// recursions over the model that know neither graph nor packing
// (reference/answers.h), and the probability against the seeds that fail.
#include <cmath>
#include <set>

#include "model/invariants.h"
#include "model/labels.h"
#include "model/policy.h"
#include "model/race_model.h"
#include "model/scenario/scenario.h"
#include "tests/program/commands/explore_fixture.h"
#include "tests/reference/answers.h"

using namespace fixture;

namespace {

using reference::Real;

model::RaceModel model_of(const std::string& file, const std::string& policy) {
  return model::RaceModel(
      model::load_scenario(file).with_policy(model::find_policy(policy)->policy));
}

std::string repository_file(const std::string& name) {
  return (scenario_dir / (name + ".json")).string();
}

unsigned detail_of(const std::string& invariant) {
  for (const model::InvariantEntry& entry : model::invariants()) {
    if (entry.name == invariant) return static_cast<unsigned>(entry.invariant);
  }
  FAIL("no invariant " << invariant);
  return 0;
}

json step_json(const std::pair<unsigned, unsigned>& step) {
  const auto actor = static_cast<sim::ActorId>(step.first);
  return {{"actor", model::short_name(actor)},
          {"step", model::label_of(actor, static_cast<std::uint8_t>(step.second)).name}};
}

void check_preemptions(const json& table, reference::Answers<model::RaceModel>& answers) {
  json all = json::array();
  json failing = json::array();
  for (const auto& [of_all, of_failing] : answers.by_preemptions()) {
    all.push_back(of_all.str());
    failing.push_back(of_failing.str());
  }
  CHECK(table.at("all_by_preemptions") == all);
  CHECK(table.at("failing_by_preemptions") == failing);
}

void check_probability(const json& reported, const Real& expected) {
  const Real decimal(reported.at("decimal").get<std::string>());
  const Real error(reported.at("error_below").get<std::string>());
  const Real off = abs(decimal - expected);
  // "Below" is strict, unless there is no error at all.
  CHECK((off < error || off == 0));
  CHECK(error <= expected * Real("1e-15"));
  if (reported.contains("fraction")) {
    const std::string text = reported.at("fraction");
    const auto slash = text.find('/');
    const Real above(text.substr(0, slash));
    const Real below(slash == std::string::npos ? "1" : text.substr(slash + 1));
    CHECK(abs(above / below - expected) < Real("1e-60"));
  }
  CHECK(reported.contains("seeds_for_99_percent") == (expected > 0));
  if (expected == 0 || expected == 1) return;
  const Real seeds = ceil(log(Real("0.01")) / log(1 - expected));
  CHECK(Real(reported.at("seeds_for_99_percent").get<std::uint64_t>()) == seeds);
}

void check_causes(const json& report, const reference::Answers<model::RaceModel>::Future& start) {
  std::multiset<std::string> expected;
  for (const auto& [cause, count] : start.causes) {
    const auto& [detail, step] = cause;
    json item{{"invariant", model::entry_of(static_cast<model::Invariant>(detail)).name},
              {"interleavings", count.str()}};
    if (step) item["decisive_step"] = step_json(*step);
    expected.insert(item.dump());
  }
  std::multiset<std::string> reported;
  for (const json& cause : report.value("causes", json::array())) reported.insert(cause.dump());
  CHECK(reported == expected);
}

/// The choices of a token, walked; what the reference says of the last steps.
void check_last_chance(const json& example, const model::RaceModel& model,
                       const sim::Schedule& schedule,
                       reference::Answers<model::RaceModel>& answers) {
  sim::NullSink sink;
  model::World w = model.initial();
  std::size_t steps = 0;
  model::World before = w;
  while (!answers.future(w).inevitable()) {
    before = w;
    model.step(w, schedule.at(steps++), sink);
  }
  CHECK(example.at("inevitable_after") == steps);
  if (steps == 0) return;
  const sim::ActorId actor = schedule[steps - 1].actor;
  CHECK(example.at("decisive_step") ==
        step_json({actor, model::RaceModel::step_id(before, actor)}));
  // Instead: the steps after which some interleaving does not fail.
  std::set<std::string> instead;
  for (const unsigned a : model.enabled(before)) {
    const auto other = static_cast<sim::ActorId>(a);
    for (const unsigned outcome : model.outcomes(before, other)) {
      model::World next = before;
      model.step(next, {other, static_cast<sim::Outcome>(outcome)}, sink);
      if (answers.future(next).inevitable()) continue;
      instead.insert(step_json({a, model::RaceModel::step_id(before, other)}).dump());
    }
  }
  CHECK_FALSE(instead.empty());
  std::set<std::string> reported;
  for (const json& step : example.at("instead")) reported.insert(step.dump());
  CHECK(reported == instead);
}

void check_counterexamples(const json& report, const model::RaceModel& model,
                           reference::Answers<model::RaceModel>& answers) {
  const auto& by_detail = answers.future(model.initial()).by_detail;
  REQUIRE(report.at("counterexamples").size() == by_detail.size());
  for (const json& example : report.at("counterexamples")) {
    CAPTURE(example.dump());
    const unsigned detail = detail_of(example.at("invariant"));
    REQUIRE(by_detail.count(detail) == 1);
    const auto [preemptions, schedule] = *answers.best(detail);
    const auto parsed =
        sim::from_token(example.at("schedule").get<std::string>(), sim::schedule_names(model));
    CHECK(parsed.schedule == schedule);
    CHECK(example.at("canonical") == true);
    CHECK(example.at("preemptions") == preemptions);
    CHECK(example.at("steps") == schedule.size());
    check_last_chance(example, model, schedule, answers);
    const auto nearest = reference::explore(model, [&](const model::World& w) {
      return unsigned(model.violation(w).invariant) == detail;
    });
    // `violation` also names what a blocked state violates; none is passed by.
    REQUIRE(nearest.schedule);
    const std::size_t shortest =
        example.contains("shortest") ? example["shortest"].at("steps") : example.at("steps");
    CHECK(shortest == nearest.schedule->size());
    if (example.contains("shortest")) {
      CHECK(example["shortest"].at("schedule") != example.at("schedule"));
      CHECK(example["shortest"].at("preemptions") >= preemptions);
    }
  }
}

/// Every number of the report of a scenario under a policy.
void check_everything(const std::string& file, const std::string& policy) {
  CAPTURE(file, policy);
  const json report = explored(file, {"--policy", policy, "--count-preemptions", "always"});
  const model::RaceModel model = model_of(file, policy);
  CHECK(report.at("policy") == policy);

  const auto search = reference::explore(model);
  CHECK(report.at("states") == search.states);
  CHECK(report.at("transitions") == search.transitions);
  CHECK(report.at("bound") == "none");
  CHECK(report.at("not_expanded") == 0);
  CHECK(report.at("ends").at("rest") == search.ending_in(sim::End::rest));
  const auto sum = [](const json& counts) {
    std::uint64_t total = 0;
    for (const auto& [name, count] : counts.items()) total += count.get<std::uint64_t>();
    return total;
  };
  CHECK(sum(report.at("ends").at("violation")) == search.ending_in(sim::End::violation));
  CHECK(sum(report.at("ends").at("cut")) == search.ending_in(sim::End::cut));
  CHECK(report.at("verdict") == (search.ending_in(sim::End::violation) > 0 ? "violated"
                                 : search.ending_in(sim::End::cut) > 0     ? "bound_reached"
                                                                           : "exhausted"));
  std::uint64_t transitions = 0;
  for (const json& step : report.at("transitions_by_step")) {
    transitions += step.at("transitions").get<std::uint64_t>();
  }
  CHECK(transitions == search.transitions);

  reference::Answers<model::RaceModel> answers(model);
  const auto& start = answers.future(model.initial());
  const json& table = report.at("interleavings");
  CHECK(table.at("all") == start.all.str());  // strings: no number of JSON holds them
  CHECK(table.at("failing") == start.failing.str());
  check_preemptions(table, answers);
  const auto labels = answers.labels();
  CHECK(report.at("labels") ==
        json{{"safe", labels[0]}, {"avoidable", labels[1]}, {"inevitable", labels[2]}});
  check_probability(report.at("probability"), start.probability);
  check_causes(report, start);
  check_counterexamples(report, model, answers);
  CHECK(report.at("not_known").empty());
}

/// Interleavings by preemptions and whether they fail, one after the other: no
/// table, nothing recognised.
void walk(const model::RaceModel& model, const model::World& w, int last, unsigned preemptions,
          std::map<unsigned, std::uint64_t>& found) {
  const sim::ActorSet enabled = model.stopped(w) ? sim::ActorSet{} : model.enabled(w);
  if (enabled.empty()) {
    ++found[preemptions];
    return;
  }
  if (last >= 0 && !enabled.contains(static_cast<unsigned>(last))) last = -1;
  for (const unsigned actor : enabled) {
    const bool kernel = !model::RaceModel::environment().contains(actor);
    const bool preempts = kernel && last >= 0 && last != static_cast<int>(actor);
    for (const unsigned outcome : model.outcomes(w, static_cast<sim::ActorId>(actor))) {
      model::World next = w;
      sim::NullSink sink;
      model.step(next, {static_cast<sim::ActorId>(actor), static_cast<sim::Outcome>(outcome)},
                 sink);
      walk(model, next, kernel ? static_cast<int>(actor) : last, preemptions + preempts, found);
    }
  }
}

}  // namespace

TEST_CASE("explore: every number of small scenarios against recursions over the model") {
  const Scratch scratch;
  json both = short_pool();
  both["faults"] = {{"dma_map", 1}};
  for (const std::string& policy : policy_names) {
    check_everything(repository_file("no-loss"), policy);
    check_everything(repository_file("single-segment"), policy);
    check_everything(scratch.write("toss.json", one_toss().dump()), policy);
    check_everything(scratch.write("short.json", short_pool().dump()), policy);
    check_everything(scratch.write("both.json", both.dump()), policy);
  }
  check_everything(repository_file("pool-exhaustion"), "leave-registered");
}

TEST_CASE("explore: every number of the reported bug against recursions over the model", "[full]") {
  for (const std::string& policy : policy_names) {
    check_everything(repository_file("pool-exhaustion"), policy);
    check_everything(repository_file("upstream-report"), policy);
  }
  const Scratch scratch;
  json hangs = many_violations();
  hangs["budgets"]["enobufs_retries"] = 0;
  check_everything(scratch.write("hangs.json", hangs.dump()), "leave-registered");
}

TEST_CASE("explore: the interleavings of no-loss, walked one by one") {
  for (const std::string& policy : policy_names) {
    const model::RaceModel model = model_of(repository_file("no-loss"), policy);
    std::map<unsigned, std::uint64_t> walked;
    walk(model, model.initial(), -1, 0, walked);
    const json table = explored("no-loss", {"--policy", policy}).at("interleavings");
    std::uint64_t sum = 0;
    for (const auto& [preemptions, count] : walked) {
      CHECK(table.at("all_by_preemptions").at(preemptions) == std::to_string(count));
      sum += count;
    }
    CHECK(table.at("all_by_preemptions").size() == walked.rbegin()->first + 1);
    CHECK(table.at("all") == std::to_string(sum));
    CHECK(table.at("failing") == "0");
    CHECK(sum == 208460);  // also by a program of another language and author
  }
}

TEST_CASE("explore: tosses of a coin have the probability of tosses of a coin") {
  const Scratch scratch;
  for (const std::string& policy : policy_names) {
    const auto of = [&](const json& scenario) {
      return explored(scratch.write("tosses.json", scenario.dump()), {"--policy", policy})
          .at("probability");
    };
    const json one = of(one_toss());
    CHECK(one.at("fraction") == "1/2");
    CHECK(one.at("decimal") == "0.5");
    CHECK(one.at("seeds_for_99_percent") == 7);  // 2^-7 < 0.01 < 2^-6
    const json two = of(two_tosses());
    CHECK(two.at("fraction") == "3/4");
    CHECK(two.at("seeds_for_99_percent") == 4);  // 4^-4 < 0.01 < 4^-3
  }
}

TEST_CASE("explore: the observed share of uniform seeds is what the probability predicts") {
  const Scratch scratch;
  json scenario = small_scenario();
  scenario["faults"] = {{"dma_map", 1}};
  json both = short_pool();
  both["faults"] = {{"dma_map", 1}};
  constexpr double seeds = 30'000;
  unsigned compared = 0;
  for (const json& document : {scenario, both, short_pool(), two_tosses()}) {
    const std::string file = scratch.write("likely.json", document.dump());
    const json probability = explored(file, {"--count-preemptions", "never"}).at("probability");
    const double p = std::stod(probability.at("decimal").get<std::string>());
    const Result hunt = run({"hunt", file, "--strategy", "uniform", "--seeds", "1..30000", "--all",
                             "--format", "json"});
    REQUIRE(hunt.exit_code == 1);
    const double share = hunt.json().at("failing").get<double>() / seeds;
    CAPTURE(p, share);
    // Two-sided 99.99 % of a normal distribution.
    CHECK(std::abs(share - p) < 3.89 * std::sqrt(p * (1 - p) / seeds));
    if (p > 0.01) ++compared;
  }
  CHECK(compared >= 3);
}
