// SPDX-License-Identifier: MIT
//
// The search, then its questions in order of what they need.
#include "tools/explore/explore.h"

#include <algorithm>
#include <chrono>
#include <set>

#include "sim/questions/shortest_schedule.h"
#include "tools/app/why_stopped.h"
#include "tools/engine/race_search.h"
#include "tools/explore/checkpoint.h"
#include "tools/explore/vacuity.h"

namespace tools {
namespace {

using model::Invariant;
using model::RaceModel;
using sim::Bound;
using sim::EndState;
using sim::StateId;

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// One scenario under one policy, explored.
class Inquiry {
 public:
  Inquiry(const RaceModel& model, const std::string& policy, const ExploreRequest& request)
      : model_(model), request_(request), start_(Clock::now()) {
    found_.policy = policy;
    found_.setup = model.setup();
    // A property may look at anything, so no step can be put off.
    found_.partial_order_is_off = request_.reductions.partial_order && model.setup().properties;
    if (found_.partial_order_is_off) request_.reductions.partial_order = false;
    found_.reductions = request_.reductions;
    found_.invariant = request.invariant;
  }

  Findings run(const Keep& keep) {
    search();
    find_vacuous();
    if (request_.verdict_only) {
      find_shortest();
    } else {
      ask_the_graph(keep);
    }
    found_.all_seconds = seconds_before_ + seconds_since(start_);
    if (request_.checkpoint != nullptr && is_for_later_) {
      request_.checkpoint->save_for_later(*search_, found_.search_seconds);
    }
    return std::move(found_);
  }

 private:
  Bound look(const sim::Progress& progress) {
    last_progress_ = progress;
    return request_.watch ? request_.watch(progress) : Bound::none;
  }

  void keep(const RaceExploration& found) const {
    ExploreCheckpoint* checkpoint = request_.checkpoint;
    if (checkpoint != nullptr && checkpoint->is_due()) checkpoint->save(found, search_seconds());
  }

  [[nodiscard]] double search_seconds() const {
    return seconds_before_ + seconds_since(search_start_);
  }

  [[nodiscard]] bool fails(const EndState& end) const {
    return end.end == sim::End::violation &&
           (request_.invariant == Invariant::none ||
            end.detail == static_cast<std::uint8_t>(request_.invariant));
  }
  [[nodiscard]] sim::EndTest failing() const {
    return [this](const EndState& end) { return fails(end); };
  }

  void search() {
    sim::ExploreOptions options;
    options.jobs = request_.jobs;
    options.keep_graph = !request_.verdict_only;
    options.reductions = request_.reductions;
    options.max_states = request_.max_states;
    options.max_memory = request_.max_memory;
    std::optional<BegunSearch> begun;
    if (request_.checkpoint != nullptr) begun = request_.checkpoint->take_search(model_, options);
    std::optional<sim::Exploration<RaceModel>> found;
    if (begun) {
      seconds_before_ = begun->seconds;
      found = std::move(begun->found);
    }
    search_start_ = Clock::now();
    search_ = search_states(
        model_, options, [this](const sim::Progress& progress) { return look(progress); },
        [this](const RaceExploration& sofar) { keep(sofar); }, std::move(found));
    found_.search_seconds = search_seconds();
    note(search_->bound);
    found_.bound = search_->bound;
    found_.states = search_->state_count();
    found_.expanded = search_->expanded;
    found_.transitions = search_->transitions;
    found_.depth = search_->depth();
    found_.memory = search_->memory;
    for (const EndState& end : search_->graph.ends()) {
      if (end.end == sim::End::rest) ++found_.rest;
      if (end.end == sim::End::cut) ++found_.cut[static_cast<model::Budget>(end.detail)];
      if (end.end == sim::End::violation) {
        ++found_.violating[static_cast<Invariant>(end.detail)];
        if (fails(end)) failing_.insert(static_cast<Invariant>(end.detail));
      }
    }
    if (!failing_.empty()) {
      found_.verdict = sim::Verdict::violated;
    } else if (found_.bound == Bound::none && found_.cut.empty()) {
      found_.verdict = sim::Verdict::exhausted;
    }
  }

  [[nodiscard]] sim::Limits limits() const {
    const std::uint64_t left =
        request_.max_memory -
        std::min(request_.max_memory, search_->graph.memory() + search_->store.memory());
    return {left, [this] { return request_.watch ? request_.watch(last_progress_) : Bound::none; }};
  }

  /// A result that more time or memory would change is worth keeping.
  void note(Bound bound) {
    is_for_later_ |= bound == Bound::time || bound == Bound::memory || bound == Bound::interrupted;
  }

  /// Asks one question; if it has to be given up, records which and why.
  template <class Question>
  bool ask(const char* what, Question question) {
    try {
      question();
      return true;
    } catch (const sim::Stopped& stopped) {
      note(stopped.bound);
      found_.missing.push_back(std::string(what) + ": " + why_stopped(stopped.bound));
      return false;
    }
  }

  /// Of the properties that hold for certain.
  void find_vacuous() {
    if (model_.setup().properties == nullptr || found_.bound != Bound::none) return;
    if (!found_.cut.empty()) return;
    ask("whether properties hold only because what they speak of never happens",
        [&] { found_.vacuous = vacuous_parts(model_, *search_, found_.violating, limits()); });
  }

  void ask_the_graph(const Keep& keep) {
    const sim::StateGraph& graph = search_->graph;
    sim::TopologicalOrder order;
    const bool has_order = ask("acyclicity, counts, canonical counterexamples", [&] {
      auto result = sim::topological_order(graph, limits());
      if (auto* cycle = std::get_if<sim::Cycle>(&result)) {
        found_.cycle = std::move(*cycle);
        found_.to_cycle = sim::shortest_schedule(model_, *search_, request_.reductions,
                                                 found_.cycle->states.front());
        found_.missing.emplace_back("counts and counterexamples: the graph has a cycle");
        if (found_.verdict == sim::Verdict::exhausted) {
          found_.verdict = sim::Verdict::bound_reached;
        }
      } else {
        order = std::move(std::get<sim::TopologicalOrder>(result));
      }
    });
    if (!has_order || found_.cycle) return find_shortest();
    if (!request_.reductions.partial_order) ask("transitions by step", [&] { count_steps(); });
    std::vector<sim::Outlook> outlooks;
    const bool counts = graph.complete() && !request_.reductions.partial_order;
    if (counts) {
      ask("labels", [&] {
        outlooks = sim::outlooks(graph, order, failing(), limits());
        found_.outlooks.emplace();
        for (const sim::Outlook outlook : outlooks) {
          ++(*found_.outlooks)[static_cast<std::size_t>(outlook)];
        }
      });
    } else if (request_.reductions.partial_order && graph.complete()) {
      found_.missing.emplace_back(
          "counts, probability, labels, canonical counterexamples: partial order reduction leaves "
          "interleavings out");
    } else {
      found_.missing.emplace_back(
          "counts, probability, labels, canonical counterexamples: the search did not see every "
          "interleaving");
    }
    find_best(order, outlooks);
    if (!counts) return;
    count(order);
    ask("probability", [&] { find_probability(order); });
    if (!outlooks.empty() && !failing_.empty()) {
      ask("causes", [&] { find_causes(order, outlooks); });
    }
    found_.is_complete = true;
    if (keep) ask("certificate", [&] { keep(*search_, order, limits()); });
  }

  void count_steps() {
    const sim::StateGraph& graph = search_->graph;
    const sim::Limits bounds = limits();
    for (StateId s = 0; s < graph.expanded(); ++s) {
      if (s % 65536 == 0) bounds.check(0);
      const model::World w = search_->state(s);
      for (const sim::Choice choice : graph.choices(s)) {
        ++found_.steps[{choice.actor, RaceModel::step_id(w, choice.actor)}];
      }
    }
  }

  [[nodiscard]] StepName step_name(StateId state, sim::Choice choice) const {
    return {choice.actor, RaceModel::step_id(search_->state(state), choice.actor)};
  }

  /// The canonical counterexample of every invariant that is violated.
  void find_best(const sim::TopologicalOrder& order, const std::vector<sim::Outlook>& outlooks) {
    const bool exact = !request_.reductions.partial_order && search_->graph.complete();
    for (const Invariant invariant : failing_) {
      const auto wanted = [invariant](const EndState& end) {
        return end.end == sim::End::violation && end.detail == static_cast<std::uint8_t>(invariant);
      };
      const bool is_found = ask("canonical counterexamples", [&] {
        const auto shortest =
            sim::best_path(search_->graph, order, sim::Best::fewest_steps, wanted, limits());
        auto best = exact ? sim::best_path(search_->graph, order, sim::Best::fewest_preemptions,
                                           wanted, limits())
                          : shortest;
        if (request_.reductions.partial_order) {
          best->schedule = sim::Expansion<RaceModel>(model_, request_.reductions)
                               .with_forced_steps(best->schedule);
        }
        Counterexample example = example_of(best->schedule);
        if (exact) {
          example.preemptions = best->preemptions;
          if (shortest->schedule != best->schedule) {
            example.shortest = shortest->schedule;
            example.shortest_preemptions = shortest->preemptions;
            example.shortest_violation = example_of(shortest->schedule).violation;
          }
        }
        if (!outlooks.empty()) find_last_chance(*best, outlooks, example);
        found_.counterexamples.push_back(std::move(example));
      });
      if (!is_found) find_shortest(invariant);
    }
  }

  [[nodiscard]] Counterexample example_of(const sim::Schedule& schedule) const {
    // Replayed from the initial state: under symmetry the end has other names.
    model::World w = model_.initial();
    sim::NullSink sink;
    for (const sim::Choice choice : schedule) model_.step(w, choice, sink);
    Counterexample example;
    example.violation = model_.violation(w);
    example.schedule = schedule;
    return example;
  }

  void find_last_chance(const sim::Path& path, const std::vector<sim::Outlook>& outlooks,
                        Counterexample& example) const {
    std::size_t i = 0;
    while (outlooks[path.states[i]] != sim::Outlook::inevitable) ++i;
    example.inevitable_after = i;
    if (i == 0) return;
    const StateId before = path.states[i - 1];
    example.decisive = step_name(before, path.schedule[i - 1]);
    const auto targets = search_->graph.targets(before);
    for (std::size_t e = 0; e < targets.size(); ++e) {
      if (outlooks[targets[e]] != sim::Outlook::inevitable) {
        example.instead.push_back(step_name(before, search_->graph.choices(before)[e]));
      }
    }
  }

  /// Without a graph: a shortest path to the first violating state of each kind.
  void find_shortest() {
    for (const Invariant invariant : failing_) find_shortest(invariant);
  }
  void find_shortest(Invariant invariant) {
    const auto ends = search_->graph.ends();
    const auto first = std::find_if(ends.begin(), ends.end(), [invariant](const EndState& end) {
      return end.end == sim::End::violation && end.detail == static_cast<std::uint8_t>(invariant);
    });
    found_.counterexamples.push_back(
        example_of(sim::shortest_schedule(model_, *search_, request_.reductions, first->state)));
  }

  void count(const sim::TopologicalOrder& order) {
    ask("interleavings", [&] {
      InterleavingTable table;
      sim::count_interleavings(
          search_->graph, order, false,
          [&](const EndState& end, std::span<const sim::BigInt> counts) {
            table.all += counts[0];
            if (fails(end)) table.failing += counts[0];
          },
          limits());
      found_.interleavings = std::move(table);
    });
    const bool small = search_->state_count() <= most_states_counted_by_preemptions;
    if (request_.preemptions == CountPreemptions::never ||
        (request_.preemptions == CountPreemptions::automatic && !small)) {
      if (request_.preemptions == CountPreemptions::automatic) {
        found_.missing.push_back("interleavings by preemptions: more than " +
                                 std::to_string(most_states_counted_by_preemptions) +
                                 " states (--count-preemptions always)");
      }
      return;
    }
    if (!found_.interleavings) return;
    ask("interleavings by preemptions", [&] { count_by_preemptions(order); });
  }

  void count_by_preemptions(const sim::TopologicalOrder& order) {
    std::vector<sim::BigInt> all;
    std::vector<sim::BigInt> failing;
    sim::count_interleavings(
        search_->graph, order, true,
        [&](const EndState& end, std::span<const sim::BigInt> counts) {
          if (counts.size() > all.size()) {
            all.resize(counts.size());
            failing.resize(counts.size());
          }
          for (std::size_t p = 0; p < counts.size(); ++p) {
            all[p] += counts[p];
            if (fails(end)) failing[p] += counts[p];
          }
        },
        limits());
    found_.interleavings->all_by_preemptions = std::move(all);
    found_.interleavings->failing_by_preemptions = std::move(failing);
  }

  void find_probability(const sim::TopologicalOrder& order) {
    found_.probability = sim::failure_probability(search_->graph, order, failing(), limits());
    // A fraction that fits on a line comes from fractions that are not much longer.
    constexpr unsigned most_bits = 256;
    constexpr std::size_t line = 60;
    constexpr StateId most_states = 1'000'000;
    if (search_->state_count() > most_states) return;
    if (const auto exact =
            sim::failure_fraction(search_->graph, order, failing(), most_bits, limits())) {
      const std::string text = exact->str();
      if (text.size() <= line) found_.fraction = text;
    }
  }

  void find_causes(const sim::TopologicalOrder& order, const std::vector<sim::Outlook>& outlooks) {
    const auto key = [this](StateId state, sim::Choice choice) {
      const StepName name = step_name(state, choice);
      return 1u + (std::uint32_t{name.actor} << 8 | name.step_id);
    };
    for (sim::Blame& entry :
         sim::blame(search_->graph, order, outlooks, failing(), key, limits())) {
      Cause cause;
      cause.invariant = static_cast<Invariant>(entry.end.detail);
      if (entry.step != 0) {
        cause.step = StepName{static_cast<sim::ActorId>((entry.step - 1) >> 8),
                              static_cast<std::uint8_t>((entry.step - 1) & 0xff)};
      }
      cause.interleavings = std::move(entry.count);
      found_.causes.push_back(std::move(cause));
    }
  }

  const RaceModel& model_;
  ExploreRequest request_;
  Clock::time_point start_;
  Clock::time_point search_start_;
  double seconds_before_ = 0;  // of search, in processes before this one
  bool is_for_later_ = false;
  std::optional<sim::Exploration<RaceModel>> search_;
  sim::Progress last_progress_;
  std::set<Invariant> failing_;
  Findings found_;
};

}  // namespace

std::uint64_t Findings::cut_states() const {
  std::uint64_t sum = 0;
  for (const auto& [budget, worlds] : cut) sum += worlds;
  return sum;
}

Findings explore(const RaceModel& model, const std::string& policy, const ExploreRequest& request,
                 const Keep& keep) {
  return Inquiry(model, policy, request).run(keep);
}

}  // namespace tools
