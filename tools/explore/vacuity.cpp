// SPDX-License-Identifier: MIT
//
// Every step of the graph once more, until all parts have been true.
#include "tools/explore/vacuity.h"

#include <algorithm>

#include "model/property/properties.h"

namespace tools {
namespace {

using model::Instant;
using model::World;

/// A part that has not been true so far.
struct Unseen {
  model::Invariant property;
  model::Expression part;
};

class Walk {
 public:
  Walk(const model::RaceModel& model, std::vector<Unseen> unseen)
      : model_(model), unseen_(std::move(unseen)) {}

  /// Whether all parts have been seen.
  [[nodiscard]] bool is_done() const { return unseen_.empty(); }
  [[nodiscard]] const std::vector<Unseen>& unseen() const { return unseen_; }

  void look(const Instant& moment) {
    std::erase_if(unseen_, [&](const Unseen& one) { return one.part.holds(moment); });
  }

  /// All steps from a state.
  void step_from(const World& w) {
    if (model_.stopped(w)) return;
    for (const unsigned a : model_.enabled(w)) {
      const auto actor = static_cast<sim::ActorId>(a);
      for (const unsigned outcome : model_.outcomes(w, actor)) {
        World next = w;
        events_.clear();
        const auto listen = [this](const model::Event& event) { events_.push_back(event); };
        model_.step(next, {actor, static_cast<sim::Outcome>(outcome)}, listen);
        look({.world = next,
              .rpc_count = model_.setup().rpc_count,
              .events = events_,
              .actor = actor,
              .is_blocked = !model_.stopped(next) && model_.enabled(next).empty(),
              .before = &w});
      }
    }
  }

 private:
  const model::RaceModel& model_;
  std::vector<Unseen> unseen_;
  std::vector<model::Event> events_;
};

std::vector<Unseen> parts_of(const model::Setup& setup,
                             const std::map<model::Invariant, std::uint64_t>& violating) {
  std::vector<Unseen> all;
  const std::vector<model::Property>& properties = setup.properties->all();
  for (std::size_t i = 0; i < properties.size(); ++i) {
    const model::Invariant property = model::property_at(i);
    const bool is_fatal = setup.severity(property) == model::Severity::fatal;
    if (!is_fatal || violating.count(property) != 0) continue;
    auto parts = properties[i].never.parts();
    if (parts.size() < 2) continue;
    for (model::Expression& part : parts) all.push_back({property, std::move(part)});
  }
  return all;
}

}  // namespace

std::vector<VacuousPart> vacuous_parts(const model::RaceModel& model,
                                       const sim::Exploration<model::RaceModel>& found,
                                       const std::map<model::Invariant, std::uint64_t>& violating,
                                       const sim::Limits& limits) {
  Walk walk(model, parts_of(model.setup(), violating));
  const World start = model.initial();
  walk.look({.world = start, .rpc_count = model.setup().rpc_count});
  for (sim::StateId s = 0; s < found.state_count() && !walk.is_done(); ++s) {
    if (s % 4096 == 0) limits.check(0);
    walk.step_from(found.state(s));
  }
  std::vector<VacuousPart> parts;
  for (const Unseen& one : walk.unseen()) parts.push_back({one.property, one.part.text()});
  return parts;
}

}  // namespace tools
