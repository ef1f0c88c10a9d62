// SPDX-License-Identifier: MIT
//
// The reports on budgets.
#include "tools/bounds/report.h"

#include <algorithm>

#include "model/scenario/names.h"
#include "tools/app/why_stopped.h"
#include "tools/words/numbers.h"
#include "tools/words/words.h"

namespace tools {
namespace {

using Json = nlohmann::ordered_json;

std::string name_of(model::Budget budget) {
  return std::string(model::name_of(model::budget_names, budget));
}

/// "retransmissions 1, enobufs_retries 1, reconnects 2"
std::string in_words(const model::Budgets& budgets, const model::Scenario& scenario) {
  std::string text;
  for (const BudgetEntry& entry : budgets_of(scenario)) {
    text +=
        (text.empty() ? "" : ", ") + std::string(entry.key) + " " + number(budgets.*entry.value);
  }
  return text;
}

Json budgets_json(const model::Budgets& budgets, const model::Scenario& scenario) {
  Json json = Json::object();
  for (const BudgetEntry& entry : budgets_of(scenario)) {
    json[name_of(entry.budget)] = budgets.*entry.value;
  }
  return json;
}

/// Keys of a scenario file with these budgets.
std::string as_keys(const model::Budgets& budgets, const model::Scenario& scenario) {
  Json document;
  document["retransmissions"] = budgets.retransmissions;
  document["enobufs_retries"] = budgets.enobufs_retries;
  document["reconnects"] = budgets.reconnects;
  const auto spaced = [](const Json& object) {
    std::string text;
    for (const auto& [key, value] : object.items()) {
      text += (text.empty() ? "\"" : ", \"") + key + "\": " + value.dump();
    }
    return "{" + text + "}";
  };
  std::string text = "  \"budgets\": " + spaced(document) + "\n";
  if (scenario.setup.refresh_batch != 0) {
    const Json refresh{{"batch", scenario.setup.refresh_batch}, {"times", budgets.refreshes}};
    text += "  \"refresh\": " + spaced(refresh) + "\n";
  }
  return text;
}

/// What the scenario's own budgets cut, a line each.
std::string cut_lines(const CutShares& own) {
  const Findings& f = own.findings;
  std::string text;
  for (const auto& [budget, states] : f.cut) {
    std::string what = name_of(budget) + ": " + plural(states, "state");
    if (own.counted) {
      const auto cut = own.cut.find(budget);
      what += ", " +
              percent(cut == own.cut.end() ? sim::BigInt(0) : cut->second, f.interleavings->all) +
              " of all interleavings";
    }
    text += line(text.empty() ? "cut by" : "", what);
  }
  if (text.empty() && f.bound == sim::Bound::none) text = line("cut by", "none of them");
  if (f.bound != sim::Bound::none) text += line("not all", why_stopped(f.bound));
  return text;
}

/// Why no budgets that cut nothing were found.
std::string why_not_found(const LeastBudgets& least, const model::Scenario& scenario) {
  if (least.bound != sim::Bound::none) {
    return "not found: " + why_stopped(least.bound) + " with " +
           in_words(least.budgets(), scenario) + "; each must be at least that";
  }
  const std::string name = name_of(*least.unbounded);
  for (const BudgetEntry& entry : budgets_of(scenario)) {
    if (entry.budget != *least.unbounded) continue;
    return "there are none: " + name + " still cuts at " + number(least.budgets().*entry.value) +
           ", the largest value";
  }
  return "there are none: " + name + " is fixed by the model";
}

std::string tries_in_words(const LeastBudgets& least, const model::Scenario& scenario) {
  std::string text;
  for (const BudgetTry& each : least.tries) {
    text += "  " + in_words(each.budgets, scenario) + ": " + plural(each.states, "state");
    const bool is_last = &each == &least.tries.back();
    if (is_last && least.bound != sim::Bound::none) {
      text += " so far\n";
      continue;
    }
    std::string cuts;
    for (const model::Budget cut : each.cuts) cuts += (cuts.empty() ? "" : ", ") + name_of(cut);
    text += cuts.empty() ? ", nothing cut\n" : ", cut by " + cuts + "\n";
  }
  return text;
}

}  // namespace

std::string bounds_text(const BoundsReport& report, const model::Scenario& scenario,
                        bool reproducible, const Style& style) {
  const Findings& own = report.own.findings;
  std::string text = line("scenario", style.strong(scenario.name) + ": " + scenario.title);
  text += line("guards", scenario.guards_in_force());
  text += line("policy", policy_in_words(report.policy));
  text += line("budgets", in_words(scenario.setup.budgets, scenario));
  text += line("states", number(own.states) + (own.bound == sim::Bound::none ? "" : " so far"));
  text += cut_lines(report.own);
  const LeastBudgets& least = report.least;
  if (least.found()) {
    text += line("least", style.good(in_words(least.budgets(), scenario)) + ": nothing is cut");
  } else {
    text += line("least", style.strong(why_not_found(least, scenario)));
  }
  text +=
      "\n" + style.strong("Tried") + ", with all reductions\n" + tries_in_words(least, scenario);
  if (!reproducible) {
    text +=
        "\n" + number(least.tries.size() + 1) + " searches in " + seconds(report.seconds) + "\n";
  }
  return text;
}

Json bounds_json(const BoundsReport& report, const model::Scenario& scenario, bool reproducible) {
  const Findings& own = report.own.findings;
  Json json;
  json["format"] = "frwrsim-bounds/1";
  json["scenario"] = scenario.name;
  json["scenario_hash"] = model::hash_text(scenario.hash());
  json["policy"] = report.policy;
  json["budgets"] = budgets_json(scenario.setup.budgets, scenario);
  json["states"] = own.states;
  json["is_complete"] = own.bound == sim::Bound::none;
  if (report.own.counted) json["interleavings"] = own.interleavings->all.str();
  json["cut"] = Json::array();
  for (const auto& [budget, states] : own.cut) {
    Json cut{{"budget", name_of(budget)}, {"states", states}};
    if (report.own.counted) {
      const auto count = report.own.cut.find(budget);
      cut["interleavings"] = count == report.own.cut.end() ? "0" : count->second.str();
    }
    json["cut"].push_back(cut);
  }
  const LeastBudgets& least = report.least;
  if (least.found()) {
    json["least"] = budgets_json(least.budgets(), scenario);
  } else {
    json["at_least"] = budgets_json(least.budgets(), scenario);
    json["not_found"] = why_not_found(least, scenario);
  }
  json["tries"] = Json::array();
  for (const BudgetTry& each : least.tries) {
    Json cuts = Json::array();
    for (const model::Budget cut : each.cuts) cuts.push_back(name_of(cut));
    json["tries"].push_back({{"budgets", budgets_json(each.budgets, scenario)},
                             {"states", each.states},
                             {"cut_by", cuts}});
  }
  if (!reproducible) json["seconds"] = report.seconds;
  return json;
}

std::string budgets_for_all(const std::vector<BoundsReport>& reports,
                            const model::Scenario& scenario) {
  model::Budgets all = reports.front().least.budgets();
  for (const BoundsReport& report : reports) {
    for (const BudgetEntry& entry : budgets_of(scenario)) {
      std::uint8_t& value = all.*entry.value;
      value = std::max(value, report.least.budgets().*entry.value);
    }
  }
  return as_keys(all, scenario);
}

}  // namespace tools
