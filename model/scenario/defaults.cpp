// SPDX-License-Identifier: MIT
//
// Defaults, and which of them a scenario has.
#include "model/scenario/defaults.h"

#include <algorithm>
#include <vector>

#include "model/scenario/names.h"
#include "model/scenario/scenario.h"

namespace model {

Budgets usual_budgets(const Setup& setup) {
  Budgets usual = setup.budgets;
  const auto at_least_one = [](unsigned n) { return static_cast<std::uint8_t>(std::max(1u, n)); };
  usual.retransmissions = at_least_one(unsigned{setup.losses} + setup.faults.timeout);
  usual.enobufs_retries = at_least_one(std::max(setup.losses, setup.budgets.refreshes));
  usual.reconnects = at_least_one(setup.losses);
  return usual;
}

bool states_all_budgets(const nlohmann::json& document) {
  const auto budgets = document.find("budgets");
  return budgets != document.end() &&
         std::all_of(budget_keys.begin(), budget_keys.end(),
                     [&budgets](std::string_view key) { return budgets->contains(key); });
}

std::string usual_title(const Setup& setup) {
  const auto count = [](unsigned n, const std::string& one, const std::string& more) {
    return std::to_string(n) + " " + (n == 1 ? one : more);
  };
  unsigned segments = 0;
  for (const RpcSetup& rpc : setup.rpcs) segments += rpc.segments();
  return count(setup.rpc_count, "RPC", "RPCs") + ", " + count(segments, "segment", "segments") +
         ", " + count(setup.pool, "MR", "MRs") + ", " + count(setup.losses, "loss", "losses");
}

std::string Scenario::defaults_in_force() const {
  std::vector<std::string> found;
  if (!document.contains("provider")) {
    found.push_back("provider " + std::string(name_of(provider_names, setup.provider)));
  }
  if (!document.contains("guards")) found.push_back("guards " + guards_in_force());
  const auto budgets = document.find("budgets");
  std::string left_out;
  const auto add = [&](const std::string& key, unsigned value) {
    if (budgets != document.end() && budgets->contains(key)) return;
    left_out += (left_out.empty() ? "" : ", ") + key + " " + std::to_string(value);
  };
  add("retransmissions", setup.budgets.retransmissions);
  add("enobufs_retries", setup.budgets.enobufs_retries);
  add("reconnects", setup.budgets.reconnects);
  if (!left_out.empty()) found.push_back("budgets " + left_out);
  std::string text;
  for (const std::string& each : found) text += (text.empty() ? "" : "; ") + each;
  return text;
}

}  // namespace model
