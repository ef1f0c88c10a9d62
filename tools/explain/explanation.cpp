// SPDX-License-Identifier: MIT
//
// The failing run first, which needs no graph; then the graph, and its questions.
#include "tools/explain/explanation.h"

#include <algorithm>

#include "model/labels.h"
#include "sim/questions/counterexample.h"
#include "tools/app/why_stopped.h"
#include "tools/engine/race_runs.h"
#include "tools/engine/race_search.h"
#include "tools/explore/explore.h"
#include "tools/explore/report.h"
#include "tools/run/replayable.h"
#include "tools/words/words.h"

namespace tools {
namespace {

using model::RaceModel;
using sim::EndState;
using sim::StateId;
using Search = sim::Exploration<RaceModel>;

class Explainer {
 public:
  explicit Explainer(const ExplainRequest& request)
      : request_(request), model_(model_of(request.scenario, request.policy)) {}

  Explanation run() {
    found_.policy = request_.policy;
    found_.is_given = request_.failing.has_value();
    if (request_.failing) {
      take(*request_.failing);
      if (found_.trace->end != sim::End::violation) {
        throw model::InputError("the schedule does not fail: " + end_in_words(*found_.trace) +
                                "; expected one that ends in a violation, or none for the "
                                "scenario's canonical failure");
      }
    } else {
      find_failing();
    }
    explore_all();
    return std::move(found_);
  }

 private:
  // --- The failing run ---

  void take(const sim::Schedule& schedule) {
    model::Replayable what;
    what.scenario = request_.scenario;
    what.policy = request_.policy;
    what.token = token_of(schedule);
    found_.trace = replayed(what, {});
    found_.preemptions = sim::cost_of(model_, schedule).preemptions;
  }

  [[nodiscard]] std::string token_of(const sim::Schedule& schedule) const {
    return sim::to_token(schedule, request_.scenario.hash(), sim::schedule_names(model_));
  }

  /// Before everything is explored, because that may not end: some failing run, made
  /// simpler by trying; then the simplest by a search in order of cost, which needs
  /// that bound.
  void find_failing() {
    const std::optional<sim::Schedule> some = by_chance();
    if (!some) return;
    const sim::Limits ask{.ask = [this] { return request_.watch({}); }};
    const sim::EndTest any = sim::is_violation;
    const sim::CountedSchedule simpler = simplified(model_, *some, any, ask);
    const sim::CheapestFailure cheapest = search_cheapest_failure(
        model_, any, {simpler.cost, request_.limits.max_states, request_.limits.max_memory},
        request_.watch);
    take(cheapest.schedule ? *cheapest.schedule : simpler.schedule);
    found_.is_canonical = cheapest.bound == sim::Bound::none;
  }

  /// The failures that a few seeds find.
  [[nodiscard]] std::optional<sim::Schedule> by_chance() const {
    constexpr std::uint64_t seeds = 2000;
    constexpr std::uint64_t most_steps = 100'000;
    sim::StrategySpec spec;
    spec.step_bound = measured_step_bound(model_, most_steps);
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
      sim::Schedule schedule;
      const auto note = [&schedule](const model::World&, sim::Choice choice) {
        schedule.push_back(choice);
      };
      const SeedRun run = run_seed(model_, spec, seed, most_steps, note);
      if (run.result.end == sim::End::violation) return schedule;
    }
    return std::nullopt;
  }

  // --- Everything ---

  void explore_all() {
    ExploreRequest request;
    request.preemptions = CountPreemptions::never;
    request.jobs = request_.jobs;
    request.max_states = request_.limits.max_states;
    request.max_memory = request_.limits.max_memory;
    request.watch = request_.watch;
    const Findings all = explore(model_, request_.policy, request,
                                 [this](const Search& search, const sim::TopologicalOrder& order,
                                        const sim::Limits& limits) { ask(search, order, limits); });
    found_.verdict = all.verdict;
    if (!found_.trace && !all.counterexamples.empty()) take(all.counterexamples.front().schedule);
    if (found_.trace) found_.verdict = sim::Verdict::violated;
    describe(all);
    if (!found_.trace) return;
    if (!all.is_complete) {
      found_.missing.push_back(
          "why, the last chance, the nearest run that passes: not all " +
          std::string("interleavings were seen, ") +
          (all.cycle ? "as a path comes back to where it was" : why_stopped(all.bound)));
    }
    if (found_.why && all.interleavings) {
      found_.why->apart = all.interleavings->all - found_.why->failing - found_.why->passing;
    }
  }

  void describe(const Findings& all) {
    if (found_.trace) {
      found_.verdict_in_words = end_in_words(*found_.trace);
    } else if (all.verdict == sim::Verdict::exhausted) {
      found_.verdict_in_words = "every interleaving was covered, none violates";
    } else {
      found_.verdict_in_words =
          all.bound == sim::Bound::none
              ? "no failing run, but a budget cuts some"
              : "no failing run found; the search was ended by " + bound_in_words(all);
    }
  }

  /// Asks one question; if it has to be given up, records which and why.
  template <class Question>
  void ask_one(const char* what, Question question) {
    try {
      question();
    } catch (const sim::Stopped& stopped) {
      found_.missing.push_back(std::string(what) + ": " + why_stopped(stopped.bound));
    } catch (const model::InputError& error) {
      found_.missing.push_back(std::string(what) + ": " + error.what());
    }
  }

  void ask(const Search& search, const sim::TopologicalOrder& order, const sim::Limits& limits) {
    if (!found_.trace) {
      ask_one("the canonical failure", [&] {
        const auto best = sim::best_path(search.graph, order, sim::Best::fewest_preemptions,
                                         sim::is_violation, limits);
        if (!best) return;
        take(best->schedule);
        found_.is_canonical = true;
      });
    }
    if (!found_.trace) return;
    const sim::Schedule failing = found_.trace->schedule();
    ask_one("the last chance, the nearest run that passes", [&] {
      const auto outlooks = sim::outlooks(search.graph, order, sim::is_violation, limits);
      find_last_chance(search, outlooks, failing);
      find_nearest(search, order, outlooks, failing, limits);
    });
    ask_one("why", [&] { find_facts(search, order, failing, limits); });
  }

  [[nodiscard]] static NamedStep named(const Search& search, StateId state, sim::Choice choice,
                                       std::size_t step) {
    return {step, choice, RaceModel::step_id(search.state(state), choice.actor)};
  }

  void find_last_chance(const Search& search, const std::vector<sim::Outlook>& outlooks,
                        const sim::Schedule& failing) {
    const std::vector<StateId> states = sim::states_along(search.graph, failing);
    std::size_t i = 0;
    while (outlooks[states[i]] != sim::Outlook::inevitable) ++i;
    LastChance chance;
    chance.from_the_start = i == 0;
    if (i > 0) {
      const StateId before = states[i - 1];
      chance.decisive = named(search, before, failing[i - 1], i);
      const auto targets = search.graph.targets(before);
      for (std::size_t e = 0; e < targets.size(); ++e) {
        if (outlooks[targets[e]] == sim::Outlook::inevitable) continue;
        chance.instead.push_back(named(search, before, search.graph.choices(before)[e], 0));
      }
    }
    found_.last_chance = std::move(chance);
  }

  void find_nearest(const Search& search, const sim::TopologicalOrder& order,
                    const std::vector<sim::Outlook>& outlooks, const sim::Schedule& failing,
                    const sim::Limits& limits) {
    // The same statement about the same MR.
    const auto identity = [&](StateId state, sim::Choice choice) {
      const model::World w = search.state(state);
      return std::uint64_t{choice.actor} << 40 |
             std::uint64_t{RaceModel::step_id(w, choice.actor)} << 32 |
             model::mrs_of_step(w, choice.actor).bits();
    };
    const auto near =
        sim::nearest_pass(search.graph, order, outlooks, sim::is_rest, failing, identity, limits);
    found_.nearest_was_sought = true;
    if (!near) return;
    const std::vector<StateId> states = sim::states_along(search.graph, failing);
    const auto step = [&](std::size_t i) { return named(search, states[i], failing[i], i + 1); };
    found_.nearest = NearestRun{step(near->first),
                                step(near->second),
                                near->first_moves,
                                near->moving,
                                near->outlook == sim::Outlook::safe,
                                near->followed,
                                near->schedule.size(),
                                token_of(near->schedule)};
  }

  // --- Facts ---

  void find_facts(const Search& search, const sim::TopologicalOrder& order,
                  const sim::Schedule& failing, const sim::Limits& limits) {
    const model::Violation violation = found_.trace->violation;
    WhyItFails why;
    why.of_the_run = violation.mr == 0;
    const KindsOfSteps steps = kinds_of_steps(model_, search, why.of_the_run, limits);
    const auto subject =
        why.of_the_run ? std::uint8_t{0} : static_cast<std::uint8_t>(violation.mr - 1);
    const sim::Judge judge = [&](const EndState& end) -> sim::Judgement {
      if (sim::is_rest(end)) return {sim::Counts::passing, 0};
      if (!sim::is_violation(end)) return {};
      const model::Violation other = model_.violation(search.state(end.state));
      if (other.invariant != violation.invariant) return {};
      if (why.of_the_run) return {sim::Counts::failing, 0};
      if (other.mr == 0) return {};
      return {sim::Counts::failing, static_cast<std::uint8_t>(other.mr - 1)};
    };
    const sim::FactGraph graph(search.graph, order, steps.marks, judge, limits);
    sim::FactQuestion question;
    question.failing = failing;
    question.subject = subject;
    question.may_be_told = [&](sim::Fact fact) {
      // Within one context it is the order of its program.
      return steps.kinds[fact.first].step.role != steps.kinds[fact.later].step.role;
    };
    question.distance = [&](sim::Fact fact) {
      return distance_from_state(steps.kinds[fact.first]) +
             distance_from_state(steps.kinds[fact.later]);
    };
    const sim::FactAnswer answer = sim::search_facts(graph, question);
    const auto told = [&](const std::vector<sim::CountedFacts>& all) {
      std::vector<ToldFacts> result;
      for (const sim::CountedFacts& one : all) {
        ToldFacts& facts = result.emplace_back();
        facts.counts = one.counts;
        if (one.passing_with) facts.passing_with = token_of(*one.passing_with);
        if (one.failing_without) facts.failing_without = token_of(*one.failing_without);
        for (const sim::Fact fact : one.facts) {
          const sim::FactPlace place = sim::place_of(graph, failing, subject, fact).value();
          facts.facts.push_back(
              {steps.kinds[fact.first], steps.kinds[fact.later], place.first + 1, place.later + 1});
        }
      }
      return result;
    };
    why.candidates = answer.candidates;
    why.necessary = answer.necessary;
    why.deciding = told(answer.deciding);
    why.deciding_count = answer.deciding_count;
    why.best_necessary = told(answer.best_necessary);
    why.best_sufficient = told(answer.best_sufficient);
    why.failing = answer.failing;
    why.passing = answer.passing;
    found_.why = std::move(why);
  }

  const ExplainRequest& request_;
  RaceModel model_;
  Explanation found_;
};

}  // namespace

std::string in_words(const NamedStep& step) {
  const model::Label label = model::label_of(step.choice.actor, step.step_id);
  const std::string who(model::long_name(step.choice.actor));
  const std::string outcome(model::outcome_name(step.choice.actor, step.choice.outcome));
  return who + (who == label.function ? "" : ", " + std::string(label.function)) + ": " +
         std::string(label.statement) + (outcome.empty() ? "" : " (" + outcome + ")");
}

Explanation explain(const ExplainRequest& request) { return Explainer(request).run(); }

}  // namespace tools
