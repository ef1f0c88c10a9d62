// SPDX-License-Identifier: MIT
//
// Scenarios: a Setup with a name, prose for people, and what is expected of it.
//
// A scenario file is JSON; scenarios/scenario.schema.json describes it for editors,
// this reader enforces it, and a test compares the two. Nothing is half accepted: an
// unknown key, a value out of range or a reference to nothing is an error that names
// the place, and all errors of a file are reported at once. What most scenarios have the
// same may be left out.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/scenario/expectation.h"
#include "model/scenario/input.h"
#include "model/scenario/timing.h"
#include "model/setup.h"

namespace model {

/// The most bytes of a scenario file.
inline constexpr std::size_t largest_scenario_file = 1 << 20;

/// The largest value of each of the three "budgets".
inline constexpr unsigned most_retries = 20;

/// Bounds that a scenario sets for searches of it, so that a sweep of many cannot take
/// endless time; 0: none. They decide nothing about what can happen.
struct SearchBudget {
  std::uint64_t time_limit_s = 0;
  std::uint64_t max_memory_mib = 0;
  std::uint64_t max_states = 0;
  friend bool operator==(const SearchBudget&, const SearchBudget&) = default;
};

/// A scenario as read from a file.
struct Scenario {
  std::string name;      ///< file name without ".json"
  std::string title;     ///< one line; if the file has none, what is in it in numbers
  std::string about;     ///< a paragraph; may be empty
  std::string question;  ///< what a page asks its reader; empty: the usual question
  std::vector<std::string> rpc_names;
  unsigned segment_pages = 1;  ///< pages per segment, for the ledger only
  Setup setup;                 ///< under the first policy until with_policy
  Timing timing = usual_timing();
  SearchBudget search{};
  std::vector<PolicyEntry> policies;  ///< its own, besides those of the program
  /// What is expected of a full search, by the text of the policy (policy_text.h).
  std::map<std::string, Expectation> expect;
  /// As what the file names those policies.
  std::map<std::string, std::string> expect_keys;
  /// The document as it was read, to be embedded in traces; what `never` adds is in it.
  nlohmann::json document;
  /// Properties that were not in the file, as texts of with_never.
  std::vector<std::string> never{};

  /// The setup under a policy.
  [[nodiscard]] Setup with_policy(const Policy& policy) const;
  /// Hash of all that decides what can happen, the policy excepted, and of its
  /// properties. Prose,
  /// names, expectations and latencies do not count.
  [[nodiscard]] std::uint32_t hash() const;
  /// "enobufs-delay, ..." or "none".
  [[nodiscard]] std::string guards_in_force() const;
  /// Provider, guards and budgets that its file does not state, with the values they have
  /// therefore: "provider reject; budgets reconnects 1". Empty if it states all.
  [[nodiscard]] std::string defaults_in_force() const;
};

/// The one of a scenario's own policies that has this name; nullptr if none has.
const PolicyEntry* find_own(std::span<const PolicyEntry> own, std::string_view name);

/// A scenario's hash as tokens, traces and messages spell it: eight hex digits.
std::string hash_text(std::uint32_t hash);

/// Reads a scenario from JSON; `source` names it in errors. Throws InputError, with all
/// that is wrong.
Scenario read_scenario(const nlohmann::json& document, const std::string& name,
                       const std::string& source);

/// Reads a scenario file. Throws InputError.
Scenario load_scenario(const std::string& path);

/// The scenario with more properties: each text is a condition that must never hold, or
/// "name=condition". The document has them too, as if they had been in the file. Throws
/// InputError.
Scenario with_never(const Scenario& scenario, const std::vector<std::string>& texts);

}  // namespace model
