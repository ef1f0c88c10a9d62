// SPDX-License-Identifier: MIT
//
// Counting forwards, from the initial state to the ends.
#include "sim/questions/interleavings.h"

#include <algorithm>
#include <limits>
#include <map>
#include <memory>
#include <utility>

namespace sim {
namespace {

/// Number of paths by preemptions, from the least to the most that occur.
template <class Count>
class Paths {
 public:
  [[nodiscard]] bool empty() const { return counts_.empty(); }
  [[nodiscard]] std::uint64_t memory() const { return counts_.capacity() * sizeof(Count); }

  void add_one_path() { add(0, Count(1)); }

  /// Adds `other`, each path with `more` preemptions.
  void add(const Paths& other, std::size_t more) {
    if (other.empty()) return;
    make_room(other.least_ + more, other.least_ + more + other.counts_.size());
    for (std::size_t i = 0; i < other.counts_.size(); ++i) {
      counts_[other.least_ + more + i - least_] += other.counts_[i];
    }
  }
  /// Takes `other` away. REQUIRES: it was added with no more preemptions.
  void subtract(const Paths& other) {
    for (std::size_t i = 0; i < other.counts_.size(); ++i) {
      counts_[other.least_ + i - least_] -= other.counts_[i];
    }
    while (!counts_.empty() && counts_.back() == 0) counts_.pop_back();
    const auto first =
        std::find_if(counts_.begin(), counts_.end(), [](const Count& count) { return count != 0; });
    least_ += static_cast<std::size_t>(first - counts_.begin());
    counts_.erase(counts_.begin(), first);
  }
  void hand_to(const EndState& end,
               const std::function<void(const EndState&, std::span<const BigInt>)>& visit) const {
    std::vector<BigInt> counts(least_);
    for (const Count& count : counts_) counts.emplace_back(count);
    visit(end, counts);
  }

 private:
  void add(std::size_t preemptions, const Count& count) {
    make_room(preemptions, preemptions + 1);
    counts_[preemptions - least_] += count;
  }
  void make_room(std::size_t from, std::size_t to) {
    if (counts_.empty()) least_ = from;
    if (from < least_) {
      counts_.insert(counts_.begin(), least_ - from, Count(0));
      least_ = from;
    }
    if (to > least_ + counts_.size()) counts_.resize(to - least_, Count(0));
  }

  std::size_t least_ = 0;
  std::vector<Count> counts_;
};

/// The paths to one state that has not passed them on yet.
template <class Count>
struct Waiting {
  ActorSet kernel;                                       // StateGraph::kernel_actors
  std::vector<std::pair<unsigned, Paths<Count>>> parts;  // by the actor that ran last

  Paths<Count>& part(unsigned last) {
    if (last != nobody && !kernel.contains(last)) last = nobody;
    for (auto& [who, paths] : parts) {
      if (who == last) return paths;
    }
    return parts.emplace_back(last, Paths<Count>{}).second;
  }
  [[nodiscard]] std::uint64_t memory() const {
    std::uint64_t bytes = sizeof *this + parts.capacity() * sizeof parts.front();
    for (const auto& part : parts) bytes += part.second.memory();
    return bytes;
  }
};

template <class Count>
class Counting {
 public:
  Counting(const StateGraph& graph, bool by_preemptions, const Limits& limits)
      : graph_(graph),
        by_preemptions_(by_preemptions),
        limits_(limits),
        waiting_(graph.state_count()),
        held_(waiting_.size() * sizeof waiting_.front()) {}

  void run(const TopologicalOrder& order,
           const std::function<void(const EndState&, std::span<const BigInt>)>& visit) {
    at(order.front()).part(nobody).add_one_path();
    std::vector<const EndState*> ends(graph_.state_count());
    for (const EndState& end : graph_.ends()) ends[end.state] = &end;
    for (std::size_t i = 0; i < order.size(); ++i) {
      if (i % 4096 == 0) limits_.check(held_);
      const std::unique_ptr<Waiting<Count>> here = std::move(waiting_[order[i]]);
      if (!here) continue;
      held_ -= std::min(held_, here->memory());
      if (const EndState* end = ends[order[i]]) {
        Paths<Count> all;
        for (const auto& part : here->parts) all.add(part.second, 0);
        all.hand_to(*end, visit);
      } else {
        pass_on(order[i], *here);
      }
    }
  }

 private:
  Waiting<Count>& at(StateId state) {
    auto& waiting = waiting_[state];
    if (!waiting) {
      waiting = std::make_unique<Waiting<Count>>();
      if (by_preemptions_) waiting->kernel = graph_.kernel_actors(state);
    }
    return *waiting;
  }

  void pass_on(StateId state, Waiting<Count>& here) {
    // For any choice: a path whose last actor is still enabled costs one more if the
    // choice is of another actor.
    Paths<Count> cheap = here.part(nobody);
    Paths<Count> left;
    for (const auto& [last, paths] : here.parts) {
      if (last != nobody) left.add(paths, 0);
    }
    const auto targets = graph_.targets(state);
    for (std::size_t i = 0; i < targets.size(); ++i) {
      const ActorId actor = graph_.choices(state)[i].actor;
      Waiting<Count>& target = at(targets[i]);
      const std::uint64_t before = target.memory();
      if (by_preemptions_ && graph_.environment().contains(actor)) {
        for (const auto& [last, paths] : here.parts) target.part(last).add(paths, 0);
      } else if (left.empty()) {
        target.part(actor).add(cheap, 0);
      } else {
        Paths<Count>& sum = target.part(actor);
        Paths<Count> others = left;
        sum.add(cheap, 0);
        sum.add(here.part(actor), 0);
        others.subtract(here.part(actor));
        sum.add(others, 1);
      }
      held_ += target.memory() - before;
    }
  }

  const StateGraph& graph_;
  bool by_preemptions_;
  const Limits& limits_;
  std::vector<std::unique_ptr<Waiting<Count>>> waiting_;
  std::uint64_t held_;
};

}  // namespace

void count_interleavings(const StateGraph& graph, const TopologicalOrder& order,
                         bool by_preemptions,
                         const std::function<void(const EndState&, std::span<const BigInt>)>& visit,
                         const Limits& limits) {
  std::vector<std::pair<const EndState*, std::vector<BigInt>>> found;
  with_enough_bits([&](auto zero) {
    found.clear();
    Counting<decltype(zero)> counting(graph, by_preemptions, limits);
    counting.run(order, [&](const EndState& end, std::span<const BigInt> counts) {
      found.emplace_back(&end, std::vector<BigInt>(counts.begin(), counts.end()));
    });
  });
  for (const auto& [end, counts] : found) visit(*end, counts);
}

std::vector<Blame> blame(const StateGraph& graph, const TopologicalOrder& order,
                         const std::vector<Outlook>& outlooks, const EndTest& fails,
                         const StepNamer& name_step, const Limits& limits) {
  using Key = std::pair<std::uint8_t, std::uint32_t>;  // detail, step
  std::map<Key, Blame> result;
  with_enough_bits([&](auto zero) {
    using Count = decltype(zero);
    result.clear();
    // Paths to a state by the step that made failure inevitable; by none while it is
    // avoidable.
    std::vector<std::vector<std::pair<std::uint32_t, Count>>> paths(graph.state_count());
    constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();
    std::vector<const EndState*> ends(graph.state_count());
    for (const EndState& end : graph.ends()) {
      if (fails(end)) ends[end.state] = &end;
    }
    std::uint64_t held = paths.size() * (sizeof paths.front() + sizeof(std::uintptr_t));
    const auto is_inevitable = [&](StateId s) { return outlooks[s] == Outlook::inevitable; };
    paths[order.front()].emplace_back(is_inevitable(order.front()) ? 0 : none, Count(1));
    for (std::size_t i = 0; i < order.size(); ++i) {
      if (i % 4096 == 0) limits.check(held);
      const StateId state = order[i];
      const auto here = std::move(paths[state]);
      held -= std::min<std::uint64_t>(held, here.capacity() * sizeof here.front());
      if (const EndState* end = ends[state]) {
        for (const auto& [step, count] : here) {
          Blame& entry = result[{end->detail, step}];
          if (entry.count == 0) entry = {*end, step, 0};
          if (end->state < entry.end.state) entry.end = *end;
          entry.count += BigInt(count);
        }
        continue;
      }
      const auto targets = graph.targets(state);
      for (std::size_t e = 0; e < targets.size(); ++e) {
        if (outlooks[targets[e]] == Outlook::safe) continue;
        const bool decides = !is_inevitable(state) && is_inevitable(targets[e]);
        const std::uint32_t decisive = decides ? name_step(state, graph.choices(state)[e]) : none;
        auto& there = paths[targets[e]];
        const std::size_t before = there.capacity();
        for (const auto& [step, count] : here) {
          const std::uint32_t key = decides ? decisive : step;
          const auto entry = std::find_if(there.begin(), there.end(),
                                          [key](const auto& item) { return item.first == key; });
          if (entry == there.end()) {
            there.emplace_back(key, count);
          } else {
            entry->second += count;
          }
        }
        held += (there.capacity() - before) * sizeof there.front();
      }
    }
  });
  std::vector<Blame> sorted;
  for (auto& [key, entry] : result) sorted.push_back(std::move(entry));
  return sorted;
}

}  // namespace sim
