// SPDX-License-Identifier: MIT
//
// The properties of a scenario: conditions that must never hold, each with a name.
//
// A property is checked after every step, on the world that the step leaves and on what
// the step told. One that holds then is violated as an invariant is: the property of
// index n is the Invariant property_at(n), and its severity stands with the others in
// the setup.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/invariants.h"
#include "model/property/expression.h"
#include "model/setup.h"

namespace model {

/// What must never hold.
struct Property {
  std::string name;
  std::string about;  ///< why it must not; may be empty
  Expression never;
  std::string title{};  ///< the name of a violation, made of `name`
  std::string rule{};   ///< what must hold, made of `never`
};

/// Immutable; may be used by several threads.
class Properties {
 public:
  /// Those of a setup with these severities. If `seeks`, the last one is what somebody
  /// looks for: where it holds the run ends, whatever else the same step violates or
  /// exceeds. REQUIRES: at most max_properties.
  Properties(std::vector<Property> all, const Severities& severities, bool seeks = false);

  [[nodiscard]] const std::vector<Property>& all() const { return all_; }
  /// Whether the last one is what somebody looks for.
  [[nodiscard]] bool seeks() const { return seeks_; }
  /// Whether that one is.
  [[nodiscard]] bool is_sought(std::size_t i) const { return seeks_ && i + 1 == all_.size(); }
  [[nodiscard]] bool uses_events() const { return uses_events_; }
  [[nodiscard]] bool uses_blocked() const { return uses_blocked_; }
  [[nodiscard]] bool uses_requests() const { return uses_requests_; }

  /// Takes down in the world what the properties remember of this moment.
  void remember(const Instant& moment, World& w) const;

 private:
  std::vector<Property> all_;
  std::vector<std::size_t> with_memory_;
  bool seeks_;
  bool uses_events_ = false;
  bool uses_blocked_ = false;
  bool uses_requests_ = false;
};

/// The setup with these properties, each with its severity, which `setup.severities` has
/// already. None: the setup as it is.
void set_properties(Setup& setup, std::vector<Property> properties, bool seeks = false);

/// The rules that a setup may violate, by value: the invariants, then its properties.
std::vector<Invariant> rules_of(const Setup& setup);

/// How an invariant, or a property of this setup, is said. The views are the setup's.
/// REQUIRES: not Invariant::none.
InvariantEntry entry_of(Invariant invariant, const Setup& setup);

}  // namespace model
