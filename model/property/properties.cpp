// SPDX-License-Identifier: MIT
//
// What the properties of a scenario need, found once.
#include "model/property/properties.h"

namespace model {

Properties::Properties(std::vector<Property> all, const Severities& severities, bool seeks)
    : all_(std::move(all)), seeks_(seeks) {
  for (Property& property : all_) {
    property.title = "property " + property.name;
    property.rule = "never: " + property.never.text();
  }
  for (std::size_t i = 0; i < all_.size(); ++i) {
    // One that is off costs nothing and remembers nothing.
    if (severities[static_cast<std::size_t>(property_at(i))] == Severity::off) continue;
    const Expression& never = all_[i].never;
    uses_events_ |= never.uses_events();
    uses_blocked_ |= never.uses_blocked();
    uses_requests_ |= never.uses_requests();
    if (never.memories() > 0) with_memory_.push_back(i);
  }
}

void Properties::remember(const Instant& moment, World& w) const {
  if (with_memory_.empty()) return;
  std::array<Watched, max_mrs> memory = w.rare.watched;
  for (const std::size_t i : with_memory_) all_[i].never.remember(moment, memory);
  w.rare.watched = memory;
}

void set_properties(Setup& setup, std::vector<Property> properties, bool seeks) {
  if (properties.empty()) return;
  setup.properties =
      std::make_shared<const Properties>(std::move(properties), setup.severities, seeks);
  setup.notes_requests = setup.properties->uses_requests();
}

std::vector<Invariant> rules_of(const Setup& setup) {
  std::vector<Invariant> rules;
  for (const InvariantEntry& entry : invariants()) rules.push_back(entry.invariant);
  const std::size_t count = setup.properties == nullptr ? 0 : setup.properties->all().size();
  for (std::size_t i = 0; i < count; ++i) rules.push_back(property_at(i));
  return rules;
}

InvariantEntry entry_of(Invariant invariant, const Setup& setup) {
  if (is_property(invariant)) {
    const auto index =
        static_cast<std::size_t>(invariant) - static_cast<std::size_t>(Invariant::first_property);
    const Property& property = setup.properties->all().at(index);
    return {invariant, property.name, property.title, property.rule};
  }
  return entry_of(invariant);
}

}  // namespace model
