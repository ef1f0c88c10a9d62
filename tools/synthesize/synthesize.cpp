// SPDX-License-Identifier: MIT
//
// Trying orderings.
//
// There are many pairs, and almost all fail for a reason that was seen before: if an
// ordering leaves a path to a failure open, and the other one of a pair does too, the
// pair leaves it open. Such paths are kept, as the tags on them, and a pair is walked
// only if none of them refutes it.
#include "tools/synthesize/synthesize.h"

#include <algorithm>
#include <chrono>
#include <numeric>
#include <tuple>
#include <utility>

#include "tools/app/why_stopped.h"
#include "tools/engine/race_search.h"
#include "tools/synthesize/ordering_graph.h"

namespace tools {
namespace {

using model::Ordering;
using model::RaceModel;
using sim::Bound;
using sim::StateId;
using Clock = std::chrono::steady_clock;
using Tags = std::vector<std::uint16_t>;

constexpr sim::Reductions reductions{.symmetry = true, .partial_order = false};

bool leaves_open(const TagSet& held, const Tags& path) {
  return std::none_of(path.begin(), path.end(), [&](std::uint16_t tag) { return held[tag]; });
}

TagSet both(const TagSet& a, const TagSet& b) {
  TagSet held = a;
  for (std::size_t t = 0; t < held.size(); ++t) held[t] = a[t] || b[t];
  return held;
}

sim::TopologicalOrder ascending(StateId count) {
  sim::TopologicalOrder order(count);
  std::iota(order.begin(), order.end(), StateId{0});
  return order;
}

/// The orderings of one system, tried.
class Inquiry {
 public:
  Inquiry(const RaceModel& model, const SynthesisRequest& request)
      : model_(model), request_(request) {}

  Synthesis run() {
    const auto start = Clock::now();
    try {
      search();
      if (!found_.violated.empty() && search_->graph.complete()) {
        try_singles();
        if (request_.pairs != Pairs::never) try_pairs();
      }
    } catch (const sim::Stopped& stopped) {
      stop(stopped.bound);
    }
    rank(found_.singles);
    rank(found_.pairs);
    found_.verdict = verdict();
    found_.seconds = std::chrono::duration<double>(Clock::now() - start).count();
    return std::move(found_);
  }

 private:
  /// An ordering that holds something back and does not suffice.
  struct Part {
    Ordering ordering;
    TagSet held;
    std::vector<bool> leaves_open{};  // by path in failing_paths_
    std::optional<Tags> way_into_stuck{};
  };

  void stop(Bound bound) {
    found_.bound = bound;
    found_.missing.push_back(doing_ + ": " + why_stopped(bound));
  }

  void search() {
    sim::ExploreOptions options;
    options.jobs = request_.jobs;
    options.reductions = reductions;
    options.max_states = request_.max_states;
    options.max_memory = request_.max_memory;
    search_ = search_states(model_, options, [this](const sim::Progress& progress) {
      progress_ = progress;
      return request_.watch ? request_.watch(progress) : Bound::none;
    });
    found_.states = search_->state_count();
    found_.transitions = search_->transitions;
    for (const sim::EndState& end : search_->graph.ends()) {
      found_.is_cut |= end.end == sim::End::cut;
      if (end.end == sim::End::violation) {
        found_.violated.insert(static_cast<model::Invariant>(end.detail));
      }
    }
    if (search_->bound != Bound::none) return stop(search_->bound);
    auto order = sim::topological_order(search_->graph, limits());
    if (!std::holds_alternative<sim::TopologicalOrder>(order)) {
      throw std::logic_error("a path comes back to where it was ('frwrsim explore' shows it)");
    }
    order_ = std::move(std::get<sim::TopologicalOrder>(order));
    if (found_.violated.empty()) return;
    doing_ = "orderings: the number of interleavings";
    sim::count_interleavings(
        search_->graph, order_, false,
        [this](const sim::EndState& end, std::span<const sim::BigInt> counts) {
          found_.interleavings += counts[0];
          if (end.end == sim::End::violation) found_.failing += counts[0];
        },
        limits());
  }

  /// The memory that is left after the search.
  [[nodiscard]] sim::Limits limits() const {
    const std::uint64_t held =
        search_->graph.memory() + search_->store.memory() + (graph_ ? graph_->memory() : 0);
    return {request_.max_memory - std::min(request_.max_memory, held),
            [this] { return request_.watch ? request_.watch(progress_) : Bound::none; }};
  }

  void try_singles() {
    doing_ = "orderings";
    graph_.emplace(*search_, order_, limits());
    for (const model::Pending pending : model::pending_kinds) {
      for (const model::StepKind step : graph_->steps()) {
        limits().check(0);
        const Ordering ordering{pending, step};
        found_.trials.push_back({ordering, fate(ordering)});
      }
    }
  }

  /// Tries a single ordering, and keeps what the pairs can use of it.
  Fate fate(const Ordering& ordering) {
    Part part{ordering, graph_->held_by(ordering)};
    if (part.held == graph_->none()) return Fate::idle;
    const Walk walk = graph_->walk(part.held, OrderingGraph::Until::violating);
    if (walk.stuck != sim::no_state) part.way_into_stuck = graph_->tags_on_the_way_to(walk.stuck);
    Fate fate = Fate::suffices;
    if (walk.violating != sim::no_state) {
      failing_paths_.push_back(graph_->tags_on_the_way_to(walk.violating));
      fate = Fate::fails;
    } else if (walk.stuck != sim::no_state) {
      fate = fate_of_stuck(part);
    } else if (graph_->misses_rpc_end(walk)) {
      fate = Fate::progress;
    }
    if (fate == Fate::suffices) {
      found_.singles.push_back(fix({ordering}, part.held, walk));
    } else {
      parts_.push_back(std::move(part));
    }
    return fate;
  }

  /// A leak if all states that are stuck are, otherwise a deadlock.
  [[nodiscard]] Fate fate_of_stuck(const Part& part) const {
    model::Setup setup = model_.setup();
    setup.policy.rules.add(part.ordering);
    const model::RaceModel constrained(setup);
    Fate fate = Fate::leak;
    graph_->visit_stuck(part.held, [&](StateId state) {
      const model::Invariant invariant = constrained.violation(search_->state(state)).invariant;
      if (invariant == model::Invariant::rpc_finishes) fate = Fate::deadlock;
      return fate == Fate::leak;
    });
    return fate;
  }

  /// The price of orderings that suffice.
  Fix fix(std::vector<Ordering> orderings, const TagSet& held, const Walk& walk) {
    const sim::StateGraph left = graph_->part(held);
    sim::BigInt count = 0;
    sim::count_interleavings(
        left, ascending(left.state_count()), false,
        [&count](const sim::EndState&, std::span<const sim::BigInt> counts) { count += counts[0]; },
        limits());
    Fix fix;
    fix.orderings = std::move(orderings);
    fix.forbidden = found_.interleavings - count;
    fix.forbidden_good = fix.forbidden - found_.failing;
    fix.is_cut = walk.any_cut;
    return fix;
  }

  void try_pairs() {
    doing_ = "pairs of orderings";
    const std::uint64_t count =
        parts_.size() * (parts_.size() - std::min<std::size_t>(1, parts_.size())) / 2;
    if (request_.pairs == Pairs::automatic &&
        count > request_.most_visits / std::max<std::uint64_t>(1, found_.transitions)) {
      found_.missing.push_back("pairs of orderings: " + std::to_string(count) +
                               " of them, too many for so large a system (--pairs always)");
      return;
    }
    for (Part& part : parts_) {
      for (const Tags& path : failing_paths_) {
        part.leaves_open.push_back(leaves_open(part.held, path));
      }
    }
    for (std::size_t i = 0; i < parts_.size(); ++i) {
      limits().check(0);
      for (std::size_t j = i + 1; j < parts_.size(); ++j) {
        if (!is_refuted(parts_[i], parts_[j])) try_pair(parts_[i], parts_[j]);
        ++found_.pairs_tried;
      }
    }
  }

  /// By a path that was seen before.
  static bool is_refuted(const Part& a, const Part& b) {
    for (std::size_t p = 0; p < a.leaves_open.size(); ++p) {
      if (a.leaves_open[p] && b.leaves_open[p]) return true;
    }
    // Where one ordering is stuck, both are, even if the other closes the optional
    // steps there.
    return (a.way_into_stuck && leaves_open(b.held, *a.way_into_stuck)) ||
           (b.way_into_stuck && leaves_open(a.held, *b.way_into_stuck));
  }

  void try_pair(const Part& a, const Part& b) {
    limits().check(0);
    const TagSet held = both(a.held, b.held);
    const Walk walk = graph_->walk(held, OrderingGraph::Until::any_failure);
    if (walk.violating != sim::no_state) {
      const Tags path = graph_->tags_on_the_way_to(walk.violating);
      for (Part& part : parts_) part.leaves_open.push_back(leaves_open(part.held, path));
    } else if (!walk.fails() && !graph_->misses_rpc_end(walk)) {
      found_.pairs.push_back(fix({a.ordering, b.ordering}, held, walk));
    }
  }

  /// Best first; orderings that leave the same interleavings are distinguished from
  /// those that only cost the same.
  void rank(std::vector<Fix>& fixes) {
    std::stable_sort(fixes.begin(), fixes.end(), [](const Fix& a, const Fix& b) {
      return std::tie(a.forbidden, a.orderings) < std::tie(b.forbidden, b.orderings);
    });
    const auto held_by = [this](const Fix& fix) {
      TagSet held = graph_->none();
      for (const Ordering& ordering : fix.orderings) held = both(held, graph_->held_by(ordering));
      return held;
    };
    for (std::size_t i = 0; i < fixes.size(); ++i) {
      fixes[i].same_as = i;
      for (std::size_t j = i; j-- > 0 && fixes[j].forbidden == fixes[i].forbidden;) {
        if (fixes[j].same_as == j && graph_->same(held_by(fixes[i]), held_by(fixes[j]))) {
          fixes[i].same_as = j;
        }
      }
    }
  }

  [[nodiscard]] SynthesisVerdict verdict() const {
    const auto shown = [](const std::vector<Fix>& fixes) {
      return std::any_of(fixes.begin(), fixes.end(), [](const Fix& fix) { return !fix.is_cut; });
    };
    if (shown(found_.singles) || shown(found_.pairs)) return SynthesisVerdict::repaired;
    const bool saw_all = search_->graph.complete() && found_.missing.empty();
    if (found_.violated.empty()) {
      return saw_all && !found_.is_cut ? SynthesisVerdict::nothing_fails
                                       : SynthesisVerdict::bound_reached;
    }
    return saw_all && found_.singles.empty() && found_.pairs.empty()
               ? SynthesisVerdict::not_repaired
               : SynthesisVerdict::bound_reached;
  }

  const RaceModel& model_;
  const SynthesisRequest& request_;
  std::optional<sim::Exploration<RaceModel>> search_;
  sim::Progress progress_;
  sim::TopologicalOrder order_;
  std::optional<OrderingGraph> graph_;
  std::vector<Part> parts_;
  std::vector<Tags> failing_paths_;
  std::string doing_ = "orderings: the search";
  Synthesis found_;
};

}  // namespace

Synthesis synthesize(const RaceModel& model, const std::string& policy,
                     const SynthesisRequest& request) {
  Synthesis found = Inquiry(model, request).run();
  found.policy = policy;
  return found;
}

}  // namespace tools
