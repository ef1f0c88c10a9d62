// SPDX-License-Identifier: MIT
//
// The table of policies. To try one of your own, add a row.
#include "model/policy.h"

#include <algorithm>
#include <iterator>

namespace model {
namespace {

constexpr PolicyEntry table[] = {
    {"unmap-on-marshal-error",
     "pre-fix",
     "a failed marshal hands the request's MRs to the recovery worker at once (before "
     "18c0fb31a034)",
     {.unmap_on_marshal_error = true}},
    {"leave-registered",
     "fix",
     "a failed marshal leaves the MRs on the request until it is retransmitted or freed "
     "(18c0fb31a034)",
     {.unmap_on_marshal_error = false}},
};

}  // namespace

std::span<const PolicyEntry> policies() { return table; }

std::vector<std::string_view> policy_names() {
  std::vector<std::string_view> names;
  for (const PolicyEntry& entry : table) names.push_back(entry.name);
  return names;
}

const PolicyEntry* find_policy(std::string_view name_or_alias) {
  const auto* found =
      std::find_if(std::begin(table), std::end(table), [&](const PolicyEntry& entry) {
        return entry.name == name_or_alias || entry.alias == name_or_alias;
      });
  return found == std::end(table) ? nullptr : found;
}

}  // namespace model
