// SPDX-License-Identifier: MIT
//
// From words to policies: names, rows of decisions, files.
#include "tools/app/policy_choice.h"

#include <algorithm>

#include "model/scenario/policy_text.h"
#include "model/scenario/scenario.h"
#include "tools/app/scenario_search.h"

namespace tools {
namespace {

bool is_file_name(std::string_view word) {
  return word.ends_with(".json") || word.find('/') != std::string_view::npos;
}

std::string policy_in_file(const std::string& file) {
  const nlohmann::json document =
      model::parse_json(model::read_file(file, model::largest_scenario_file), file);
  return model::read_policy(model::JsonValue(document, file)).name;
}

/// A policy named on the command line, as it is kept.
std::string policy_named(const std::string& word, std::span<const model::PolicyEntry> own) {
  if (const model::PolicyEntry* entry = model::find_own(own, word)) return entry->name;
  if (is_file_name(word)) return policy_in_file(word);
  try {
    return model::read_policy(word).name;
  } catch (const model::InputError& error) {
    throw model::InputError("--policy: " + std::string(error.what()));
  }
}

}  // namespace

std::vector<std::string> chosen_policies(const std::vector<std::string>& words,
                                         std::span<const model::PolicyEntry> own) {
  std::vector<std::string> chosen;
  const auto add = [&chosen](std::string_view name) {
    if (std::find(chosen.begin(), chosen.end(), name) == chosen.end()) chosen.emplace_back(name);
  };
  for (const std::string& word : words) {
    if (word != "all") {
      add(policy_named(word, own));
      continue;
    }
    for (const model::PolicyEntry& entry : model::policies()) add(entry.name);
    for (const model::PolicyEntry& entry : own) add(entry.name);
  }
  if (chosen.empty()) add(model::policies().front().name);
  return chosen;
}

bool may_name_own_policies(const std::vector<std::string>& words) {
  return std::any_of(words.begin(), words.end(),
                     [](const std::string& word) { return model::find_policy(word) == nullptr; });
}

std::vector<model::PolicyEntry> own_policies(std::span<const std::string> scenarios) {
  std::vector<model::PolicyEntry> own;
  for (const std::string& word : scenarios) {
    for (model::PolicyEntry& entry : model::load_scenario(find_scenario(word)).policies) {
      if (model::find_own(own, entry.alias) == nullptr) own.push_back(std::move(entry));
    }
  }
  return own;
}

}  // namespace tools
