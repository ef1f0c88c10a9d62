// SPDX-License-Identifier: MIT
//
// What is violated if orderings hold everything back.
#include "model/constrained_model.h"

namespace model {

Violation ConstrainedModel::violation(const World& w) const {
  if (w.violated != Invariant::none) return {w.violated, w.violated_mr, 0};
  if (w.cut != Budget::none || !enabled(w).empty()) return {};
  const Violation found = model_.blocked_violation(w);
  if (found.invariant != Invariant::none || model_.enabled(w).empty()) return found;
  return {Invariant::rpc_finishes, 0, 0};
}

}  // namespace model
