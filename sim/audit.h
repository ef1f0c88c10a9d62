// SPDX-License-Identifier: MIT
//
// Whether a model keeps its promises, as far as random walks show.
//
// A search believes what model_concept.h lets a model say of itself. Where that is not
// true it ends with a wrong answer and no word about it. So a model of one's own is
// audited before it is believed: in every state of some random walks, everything is
// tried that a reader of the concept would conclude. What is found is certain; that
// nothing is found is no proof.
//
// The promises about partial order are about all paths on which an actor waits. They are
// tried on random ones: from a state in which the search might expand that actor alone,
// others move, and at the end the same steps are taken again after its step.
#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <set>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "sim/model_concept.h"
#include "sim/random.h"
#include "sim/schedule.h"

namespace sim {

/// How long to look.
struct AuditOptions {
  std::uint64_t seed = 1;    ///< the same seed, the same walks
  unsigned walks = 100;      ///< from the initial state
  unsigned max_steps = 200;  ///< of a walk
};

/// What was found.
struct Audit {
  std::string promise{};  ///< what the model does not keep: a member, as "may_stop"; empty if none
  std::string what{};     ///< what it did instead
  std::string where{};    ///< the token of the choices that lead to the state where that is so
  std::uint64_t steps = 0;  ///< of all walks

  /// No promise was found broken.
  [[nodiscard]] bool ok() const { return promise.empty(); }
  /// "may_stop: ... (after 1:00000000:a.b)", or how many steps have shown nothing.
  [[nodiscard]] std::string text() const;
};

namespace detail {

/// Thrown where a promise is broken.
struct Objection {
  std::string promise;
  std::string what;
};

[[noreturn]] void object(const char* promise, const std::string& what);
/// "'name'".
std::string in_quotes(const std::string& name);
/// Objects to names that are not `allowed`: letters, digits and '-', none of them twice.
void check_names(const char* promise, const std::vector<std::string>& names);
/// Objects to ends of a run that there are not, and to details out of their range.
void check_end(End end, std::uint8_t detail);

template <Model M>
class Auditor {
  using State = typename M::State;
  static_assert(std::is_trivially_copyable_v<State>, "a state is copied byte by byte");
  static_assert(std::has_unique_object_representations_v<State>,
                "equal states must have equal bytes");

 public:
  Auditor(const M& model, const AuditOptions& options)
      : model_(model), options_(options), random_(options.seed) {}

  Audit run() {
    try {
      check_model();
      for (unsigned walk = 0; walk < options_.walks; ++walk) take_walk();
    } catch (const Objection& objection) {
      found_.promise = objection.promise;
      found_.what = objection.what;
      if (!path_.empty()) found_.where = to_token(path_, 0, schedule_names(model_));
    }
    return found_;
  }

 private:
  using Steps = std::vector<Choice>;

  [[nodiscard]] std::string name(unsigned actor) const {
    return in_quotes(std::string(model_.actor_name(static_cast<ActorId>(actor))));
  }
  static bool same(const State& a, const State& b) { return std::memcmp(&a, &b, sizeof a) == 0; }
  /// What a state is to the search: itself, or with names gone.
  [[nodiscard]] State known_as(State s) const {
    if constexpr (SymmetricModel<M>) model_.canonical(s);
    return s;
  }
  [[nodiscard]] State after(State s, Choice choice) const {
    NullSink sink;
    model_.step(s, choice, sink);
    return s;
  }
  [[nodiscard]] ActorSet enabled(const State& s) const {
    return model_.stopped(s) ? ActorSet{} : model_.enabled(s);
  }
  [[nodiscard]] Steps choices(const State& s, ActorId actor) const {
    Steps all;
    for (const unsigned outcome : model_.outcomes(s, actor)) {
      all.push_back({actor, static_cast<Outcome>(outcome)});
    }
    return all;
  }
  [[nodiscard]] Choice any_choice(const State& s, ActorSet of) {
    const auto actor = static_cast<ActorId>(of.at(random_.below(of.size())));
    const OutcomeSet outcomes = model_.outcomes(s, actor);
    return {actor, static_cast<Outcome>(outcomes.at(random_.below(outcomes.size())))};
  }
  /// How a stopped run has ended; nothing if it has not.
  [[nodiscard]] std::optional<std::pair<End, std::uint8_t>> stop(const State& s) const {
    const std::optional<End> end = model_.stopped(s);
    if (!end) return std::nullopt;
    return std::pair(*end, model_.end_detail(s));
  }

  void check_model() {
    const auto count = static_cast<unsigned>(model_.actor_count());
    if (count > ActorSet::capacity) {
      object("actor_count", std::to_string(count) + "; there can be 32 actors");
    }
    for (unsigned actor = 0; actor < count; ++actor) actors_.insert(actor);
    if (!(model_.optional_actors() - actors_).empty()) object("optional_actors", "not all exist");
    std::vector<std::string> names;
    for (const unsigned a : actors_) {
      names.emplace_back(model_.actor_name(static_cast<ActorId>(a)));
    }
    check_names("actor_name", names);
    for (const unsigned a : actors_) {
      names.clear();
      for (unsigned o = 0; o < OutcomeSet::capacity; ++o) {
        std::string of_outcome(
            model_.outcome_name(static_cast<ActorId>(a), static_cast<Outcome>(o)));
        if (!of_outcome.empty()) names.push_back(std::move(of_outcome));
      }
      check_names("outcome_name", names);
    }
    if (!same(model_.initial(), model_.initial())) object("initial", "another state each time");
  }

  void take_walk() {
    path_.clear();
    std::set<std::string> seen;
    State now = model_.initial();
    // Where one actor is slow, others meet it late.
    const auto slow = random_.below(2) == 0 ? actors_ : any_but_one();
    for (unsigned steps = 0; steps < options_.max_steps; ++steps) {
      check_state(now);
      if constexpr (AcyclicModel<M>) {
        if (!seen.emplace(reinterpret_cast<const char*>(&now), sizeof now).second) {
          object("acyclic", "a run has come back to this state");
        }
      }
      const ActorSet all = enabled(now);
      if (all.empty()) return;
      const ActorSet some = all & slow;
      const Choice choice = any_choice(now, some.empty() ? all : some);
      const State next = after(now, choice);
      if (!same(next, after(now, choice))) object("step", "the same step leads to two states");
      now = next;
      path_.push_back(choice);
      ++found_.steps;
    }
  }
  [[nodiscard]] ActorSet any_but_one() {
    if (actors_.empty()) return actors_;
    return actors_ - ActorSet::of(actors_.at(random_.below(actors_.size())));
  }

  void check_state(const State& s) {
    if (const auto end = model_.stopped(s)) {
      if (*end == End::rest) object("stopped", "a run that is stopped is not at rest");
      return check_end(*end, model_.end_detail(s));
    }
    const ActorSet all = model_.enabled(s);
    if (!(all - actors_).empty()) {
      object("enabled",
             "actor number " + std::to_string((all - actors_).first()) + " does not exist");
    }
    if (all.empty()) {
      const End end = model_.end_when_blocked(s);
      return check_end(end, end == End::rest ? std::uint8_t{1} : model_.end_detail(s));
    }
    for (const unsigned a : all) {
      const OutcomeSet outcomes = model_.outcomes(s, static_cast<ActorId>(a));
      if (outcomes.empty()) object("outcomes", name(a) + " is enabled and has none");
      for (const unsigned o : outcomes) {
        if (o != 0 &&
            std::string(model_.outcome_name(static_cast<ActorId>(a), static_cast<Outcome>(o)))
                .empty()) {
          object("outcome_name", "outcome " + std::to_string(o) + " of " + name(a) + " has none");
        }
      }
    }
    if constexpr (SymmetricModel<M>) check_symmetry(s, all);
    if constexpr (FootprintModel<M>) {
      for (const unsigned a : all) {
        for (const unsigned b : all) {
          if (a < b) check_pair(s, static_cast<ActorId>(a), static_cast<ActorId>(b));
        }
        check_may_stop(s, static_cast<ActorId>(a));
        if (may_go_first(s, all, a)) check_waiting(s, static_cast<ActorId>(a));
      }
    }
  }

  void check_symmetry(const State& s, ActorSet all) const {
    const State renamed = known_as(s);
    if (!same(renamed, known_as(renamed))) object("canonical", "done twice it is another state");
    if (stop(renamed) != stop(s)) object("canonical", "the run ends there in another way");
    if (model_.enabled(renamed) != all) object("canonical", "other actors are enabled there");
    for (const unsigned a : all) {
      const auto actor = static_cast<ActorId>(a);
      if (model_.outcomes(renamed, actor) != model_.outcomes(s, actor)) {
        object("canonical", name(a) + " has other outcomes there");
      }
      for (const Choice choice : choices(s, actor)) {
        if (!same(known_as(after(s, choice)), known_as(after(renamed, choice)))) {
          object("canonical", name(a) + " leads from there to a state that is no renaming");
        }
      }
    }
  }

  /// Two steps that do not conflict leave each other as they are.
  void check_pair(const State& s, ActorId a, ActorId b) const {
    if (conflict(model_.footprint(s, a), model_.footprint(s, b))) return;
    const std::string both = name(a) + " and " + name(b) + " do not conflict, and ";
    for (const Choice by_a : choices(s, a)) {
      for (const Choice by_b : choices(s, b)) {
        const State first_a = after(s, by_a);
        const State first_b = after(s, by_b);
        const auto stop_a = stop(first_a);
        const auto stop_b = stop(first_b);
        if (stop_a && stop_b) continue;  // of two that stop a run only one does
        check_still_there(s, first_a, by_a.actor, by_b);
        check_still_there(s, first_b, by_b.actor, by_a);
        if (!stop_a && !stop_b) {
          if (!can_take(first_a, by_b) || !can_take(first_b, by_a)) continue;
          if (!same(known_as(after(first_a, by_b)), known_as(after(first_b, by_a)))) {
            object("footprint", both + "their order matters");
          }
        } else if (stop_a ? stop(after(first_b, by_a)) != stop_a
                          : stop(after(first_a, by_b)) != stop_b) {
          object("footprint", both + "whether one ends the run depends on the other");
        }
      }
    }
  }
  [[nodiscard]] bool can_take(const State& s, Choice choice) const {
    return enabled(s).contains(choice.actor) &&
           model_.outcomes(s, choice.actor).contains(choice.outcome);
  }
  /// After a step by `mover` from `s` to `next`, another one is as it was.
  void check_still_there(const State& s, const State& next, ActorId mover, Choice other) const {
    if (stop(next)) return;
    if (!model_.enabled(next).contains(other.actor)) {
      if (!model_.optional_actors().contains(other.actor)) {
        object("footprint", name(mover) + " disables " + name(other.actor) +
                                ", with which it does not conflict");
      }
      if (!model_.may_stop(s, mover)) {
        object("may_stop",
               "false for " + name(mover) + ", which disables the optional " + name(other.actor));
      }
    } else if (model_.outcomes(next, other.actor) != model_.outcomes(s, other.actor)) {
      object("footprint", name(mover) + " changes the outcomes of " + name(other.actor) +
                              ", with which it does not conflict");
    }
  }

  void check_may_stop(const State& s, ActorId actor) const {
    if (model_.may_stop(s, actor)) return;
    for (const Choice choice : choices(s, actor)) {
      if (stop(after(s, choice))) {
        object("may_stop", "false for " + name(actor) + ", whose step ends the run");
      }
    }
  }

  /// Whether a search might expand that actor alone.
  [[nodiscard]] bool may_go_first(const State& s, ActorSet all, unsigned actor) const {
    if (all.size() < 2 || model_.may_stop(s, static_cast<ActorId>(actor))) return false;
    Footprint others;
    for (const unsigned other : actors_ - ActorSet::of(actor)) {
      others = others | model_.future(s, all, static_cast<ActorId>(other));
    }
    return !conflict(model_.footprint(s, static_cast<ActorId>(actor)), others);
  }

  /// From `start`, where `actor` may go first, others take some steps; and the same steps
  /// after its own. That must make no difference. Footprints may conflict where none is
  /// made, as both may say too much.
  void check_waiting(const State& start, ActorId actor) {
    constexpr unsigned most_steps = 24;
    const ActorSet others = actors_ - ActorSet::of(actor);
    const Footprint step = model_.footprint(start, actor);
    const Choice its = any_choice(start, ActorSet::of(actor));
    const std::size_t length = path_.size();
    bool conflicted = false;
    State now = start;
    State ahead = after(start, its);
    for (unsigned i = 0; i < most_steps && !(enabled(now) & others).empty(); ++i) {
      const Choice choice = any_choice(now, enabled(now) & others);
      conflicted |= conflict(step, model_.footprint(now, choice.actor));
      const bool possible = can_take(ahead, choice);
      now = after(now, choice);
      if (possible) ahead = after(ahead, choice);
      path_.push_back(choice);
      const auto differs = [&](const char* promise, const std::string& what) {
        object(conflicted ? "future" : promise,
               name(choice.actor) + what + ", which could have moved " +
                   std::to_string(path_.size() - length) + " steps before");
      };
      if (!possible) {
        differs(model_.optional_actors().contains(choice.actor) ? "may_stop" : "footprint",
                " could take no such step after the step of " + name(actor));
      }
      if (stop(now) != stop(ahead)) {
        differs("footprint", " ends the run or not, depending on " + name(actor));
      }
      if (stop(now)) break;
      if (!can_take(now, its)) {
        differs(model_.optional_actors().contains(actor) ? "may_stop" : "footprint",
                " disables or changes " + name(actor));
      }
      if (!same(known_as(after(now, its)), known_as(ahead))) {
        differs("footprint", " leads to another state before and after " + name(actor));
      }
    }
    path_.resize(length);
  }

  const M& model_;
  AuditOptions options_;
  Random random_;
  ActorSet actors_;
  Schedule path_;
  Audit found_;
};

}  // namespace detail

/// Tries what `model` promises on random walks, the same for the same seed. Throws what the
/// model throws.
template <Model M>
Audit audit(const M& model, const AuditOptions& options = {}) {
  return detail::Auditor<M>(model, options).run();
}

}  // namespace sim
