// SPDX-License-Identifier: MIT
//
// Recovery policies: what a failed marshal does with the MRs it has registered.
//
// A policy is a row of decisions with a name. The model reads each decision in
// exactly one place, so adding a policy is adding a row to the table in
// policy.cpp; adding a *kind* of decision is one field here and one `if` there.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace model {

/// A row of decisions. Copied into the Setup of a run.
struct Policy {
  /// rpcrdma_marshal_req's error path calls unmap_safe (before upstream
  /// 18c0fb31a034, "xprtrdma: Properly recover FRWRs with in-flight FASTREG
  /// WRs"); otherwise the MRs stay on the request.
  bool unmap_on_marshal_error = false;
};

/// A policy as users see it.
struct PolicyEntry {
  std::string_view name;
  std::string_view alias;
  std::string_view idea;  ///< one line
  Policy policy;
};

/// All policies, in the order in which `--policy all` runs them.
std::span<const PolicyEntry> policies();

/// Their names, in the same order.
std::vector<std::string_view> policy_names();

/// The entry of that name or alias; nullptr if there is none.
const PolicyEntry* find_policy(std::string_view name_or_alias);

}  // namespace model
