// SPDX-License-Identifier: MIT
//
// frwrsim list and frwrsim validate: what there is, and whether a file is sound.
#include <algorithm>
#include <cstdio>
#include <functional>
#include <sstream>

#include "model/decisions.h"
#include "model/invariants.h"
#include "model/labels.h"
#include "model/policy.h"
#include "model/scenario/guards.h"
#include "model/scenario/names.h"
#include "model/scenario/policy_text.h"
#include "model/scenario/rule_text.h"
#include "sim/strategies/strategies.h"
#include "tools/app/commands.h"
#include "tools/app/scenario_search.h"
#include "tools/files/output.h"
#include "tools/words/text_layout.h"

namespace tools {
namespace {

struct Item {
  std::string name;
  std::string line;
  std::string about{};    ///< a paragraph
  std::string further{};  ///< lines below, each for itself
};

/// A file that cannot be used has its errors as its lines; the other files are still
/// listed.
std::vector<Item> scenario_items() {
  std::vector<Item> items;
  for (const std::string& name : scenario_names()) {
    try {
      const model::Scenario scenario = model::load_scenario(find_scenario(name));
      items.push_back({name, scenario.title, scenario.about});
    } catch (const model::InputError& error) {
      const std::string errors = error.what();
      const std::size_t end = std::min(errors.find('\n'), errors.size());
      items.push_back({name, "CANNOT BE USED: " + errors.substr(0, end), "", errors.substr(end)});
    }
  }
  return items;
}

std::vector<Item> policy_items() {
  std::vector<Item> items;
  for (const model::PolicyEntry& entry : model::policies()) {
    items.push_back({entry.name, "(" + entry.alias + ") " + entry.since + ": " + entry.idea});
  }
  return items;
}

/// Each decision, then its values.
std::vector<Item> decision_items() {
  std::vector<Item> items;
  for (const model::Decision& decision : model::decisions()) {
    const std::string name(decision.name);
    items.push_back(
        {name, std::string(decision.question) + " (" + std::string(decision.where) + ")"});
    for (std::uint8_t value = 0; value < decision.values.size(); ++value) {
      items.push_back({name + "=" + std::string(decision.values[value].name),
                       std::string(decision.values[value].meaning) + " (" +
                           model::kernels_with(decision, value) + ")"});
    }
  }
  return items;
}

std::vector<Item> statement_items() {
  std::vector<Item> items;
  for (const model::StepKind kind : model::statements()) {
    const model::Label label = model::label_of(model::some_actor(kind.role), kind.step_id);
    items.push_back({model::in_text(kind), std::string(model::role_name(kind.role)) + ", " +
                                               std::string(label.function) + ": " +
                                               std::string(label.statement)});
  }
  return items;
}

std::vector<Item> invariant_items() {
  std::vector<Item> items;
  for (const model::InvariantEntry& entry : model::invariants()) {
    const auto severity = model::usual_severities[static_cast<std::size_t>(entry.invariant)];
    const std::string usual = severity == model::Severity::fatal
                                  ? ""
                                  : "(" + std::string(name_of(model::severity_names, severity)) +
                                        " unless a scenario says otherwise) ";
    items.push_back({std::string(entry.name), usual + std::string(entry.meaning)});
  }
  return items;
}

std::vector<Item> strategy_items() {
  std::vector<Item> items;
  for (const sim::StrategyEntry& entry : sim::strategies) {
    items.push_back({std::string(entry.name), std::string(entry.idea)});
  }
  return items;
}

std::vector<Item> latency_items() {
  std::vector<Item> items;
  for (const model::LatencyEntry& entry : model::latencies()) {
    items.push_back({std::string(entry.name),
                     std::string(entry.meaning) + " (" + model::in_words(entry.usual) + ")",
                     std::string(entry.reason)});
  }
  return items;
}

std::vector<Item> guard_items() {
  std::vector<Item> items;
  for (const model::GuardEntry& guard : model::guards) {
    items.push_back({std::string(guard.name), std::string(guard.line)});
  }
  return items;
}

constexpr std::size_t name_columns = 32;

}  // namespace

sim::ExitCode list_command(const ListOptions& options) {
  const std::vector<std::pair<std::string, std::function<std::vector<Item>()>>> sections{
      {"scenarios", scenario_items},   {"policies", policy_items},
      {"decisions", decision_items},   {"statements", statement_items},
      {"invariants", invariant_items}, {"strategies", strategy_items},
      {"latencies", latency_items},    {"guards", guard_items}};
  std::string text;
  const Style style = style_for("");
  for (const auto& [title, items] : sections) {
    if (!options.what.empty() && options.what != title) continue;
    if (options.what.empty() && title == "statements") continue;  // long: only if asked for
    if (!options.names_only) {
      text += (text.empty() ? "" : "\n") + style.strong(title) + "\n";
    }
    for (const Item& item : items()) {
      if (options.names_only) {
        text += item.name + "\n";
      } else {
        text += hanging(padded("  " + item.name + " ", name_columns), item.line, style.width());
        std::istringstream further(item.further);
        for (std::string line; std::getline(further, line);) {
          if (!line.empty()) text += hanging("      ", line, style.width());
        }
        if (options.about && !item.about.empty()) {
          text += hanging("    ", item.about, style.width());
        }
      }
    }
  }
  if (options.what.empty() && !options.names_only) {
    text +=
        "\n" + hanging("less: ", "'frwrsim list scenarios' is one section, --names the names only",
                       style.width());
  }
  write_output(text, "");
  return sim::exit_clean;
}

sim::ExitCode validate_command(const std::vector<std::string>& files) {
  sim::ExitCode code = sim::exit_clean;
  std::string text;
  for (const std::string& file : files) {
    try {
      const model::Scenario scenario = model::load_scenario(find_scenario(file));
      text += file + ": ok: " + scenario.title + "\n";
      const std::string defaults = scenario.defaults_in_force();
      if (!defaults.empty()) text += "  by default: " + defaults + "\n";
    } catch (const model::InputError& error) {
      std::fprintf(stderr, "frwrsim: %s\n", error.what());
      code = sim::exit_usage;
    }
  }
  write_output(text, "");
  return code;
}

}  // namespace tools
