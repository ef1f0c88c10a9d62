// SPDX-License-Identifier: MIT
//
// The decisions of a policy by name: what can be decided, where, and how.
//
// policy.h has an enumeration for each decision. Here is what people read and write of
// it: one row per decision, one per value.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/policy.h"

namespace model {

/// A way to decide.
struct DecisionValue {
  std::string_view name;     ///< "put_back"
  std::string_view meaning;  ///< one line
};

/// A decision as users see it. The value of that number is that of the enumeration.
struct Decision {
  std::string_view name;      ///< "failed_marshal"
  std::string_view where;     ///< the kernel function it stands in
  std::string_view question;  ///< what is decided, one line
  std::span<const DecisionValue> values;
  std::uint8_t (*get)(const Policy&);
  void (*set)(Policy&, std::uint8_t);
};

/// All decisions, in the order of the fields of Policy.
std::span<const Decision> decisions();

/// The policies of the program that decide so, the hypothetical ones excepted, by
/// version: "v4.9 v4.14"; "none" if no kernel did.
std::string kernels_with(const Decision& decision, std::uint8_t value);

}  // namespace model
