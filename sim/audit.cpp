// SPDX-License-Identifier: MIT
//
// The parts of an audit that need no model.
#include "sim/audit.h"

#include <algorithm>

namespace sim {

std::string Audit::text() const {
  if (ok()) return "no promise was broken in " + std::to_string(steps) + " steps";
  return promise + ": " + what + (where.empty() ? " (at the beginning)" : " (after " + where + ")");
}

namespace detail {

void object(const char* promise, const std::string& what) { throw Objection{promise, what}; }

std::string in_quotes(const std::string& name) { return "'" + name + "'"; }

void check_names(const char* promise, const std::vector<std::string>& names) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::string& name = names[i];
    const bool allowed = !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
      return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
    });
    if (!allowed) object(promise, in_quotes(name) + "; expected letters, digits and '-'");
    if (std::find(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(i), name) !=
        names.begin() + static_cast<std::ptrdiff_t>(i)) {
      object(promise, in_quotes(name) + " is there twice");
    }
  }
}

void check_end(End end, std::uint8_t detail) {
  if (end == End::step_limit) object("end_when_blocked", "step_limit is for those who drive runs");
  if (detail < 1 || detail > 63) {
    object("end_detail", std::to_string(detail) + "; expected 1 to 63");
  }
}

}  // namespace detail
}  // namespace sim
