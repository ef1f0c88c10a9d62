// SPDX-License-Identifier: MIT
//
// Reports on a synthesis.
#include "tools/synthesize/report.h"

#include <algorithm>

#include "model/labels.h"
#include "model/property/properties.h"
#include "model/scenario/names.h"
#include "model/scenario/policy_text.h"
#include "model/scenario/rule_text.h"
#include "tools/run/report_text.h"
#include "tools/words/compact_number.h"
#include "tools/words/numbers.h"
#include "tools/words/shell.h"

namespace tools {
namespace {

using Json = nlohmann::ordered_json;

std::uint64_t count_of(const Synthesis& found, Fate fate) {
  return static_cast<std::uint64_t>(
      std::count_if(found.trials.begin(), found.trials.end(),
                    [fate](const Trial& trial) { return trial.fate == fate; }));
}

std::string fate_in_words(Fate fate) {
  switch (fate) {
    case Fate::suffices:
      return "suffice";
    case Fate::idle:
      return "never hold anything back";
    case Fate::fails:
      return "leave a violation";
    case Fate::deadlock:
      return "deadlock";
    case Fate::leak:
      return "keep an MR from ever being freed";
    case Fate::progress:
      return "keep an RPC from an end it has now";
  }
  return {};
}

constexpr std::array fates{Fate::suffices, Fate::fails, Fate::idle,
                           Fate::deadlock, Fate::leak,  Fate::progress};
static_assert(fates.size() == fate_names.size());

std::string verdict_in_words(const Synthesis& found) {
  switch (found.verdict) {
    case SynthesisVerdict::nothing_fails:
      return "every interleaving was covered, none fails: there is nothing to repair";
    case SynthesisVerdict::repaired:
      return found.singles.empty() ? "a pair of orderings suffices" : "an ordering suffices";
    case SynthesisVerdict::not_repaired:
      return found.pairs_tried == 0 ? "no single ordering suffices"
                                    : "no ordering and no pair of them suffices";
    case SynthesisVerdict::bound_reached:
      break;
  }
  if (!found.singles.empty() || !found.pairs.empty()) {
    return "what suffices does so within the budgets only";
  }
  if (!found.missing.empty()) return "nothing found that suffices, but see below";
  return "nothing fails, but a budget cuts some interleavings";
}

std::string styled_verdict(const Synthesis& found, const Style& style) {
  const std::string name(model::name_of(synthesis_verdict_names, found.verdict));
  switch (found.verdict) {
    case SynthesisVerdict::nothing_fails:
    case SynthesisVerdict::repaired:
      return style.good(name);
    case SynthesisVerdict::not_repaired:
      return style.bad(name);
    case SynthesisVerdict::bound_reached:
      break;
  }
  return style.strong(name);
}

std::string failing_line(const Synthesis& found, const model::Setup& setup) {
  std::string what;
  for (const model::Invariant invariant : found.violated) {
    what += (what.empty() ? "" : ", ") + std::string(model::entry_of(invariant, setup).name);
  }
  if (found.interleavings == 0) return line("failing", what);
  return line("failing", compact(found.failing) + " of " + compact(found.interleavings) +
                             " interleavings: " + what);
}

std::string tried_lines(const Synthesis& found) {
  std::string text;
  for (const Fate fate : fates) {
    const std::uint64_t count = count_of(found, fate);
    if (count == 0 && fate != Fate::suffices) continue;
    text += (text.empty() ? ": " : ", ") + number(count) + " " + fate_in_words(fate);
  }
  text = line("orderings", number(found.trials.size()) + " tried" + text);
  if (found.pairs_tried > 0) {
    text += line("pairs", number(found.pairs_tried) + " of those that do not suffice tried: " +
                              number(found.pairs.size()) + " suffice");
  }
  return text;
}

std::string right_aligned(const std::string& text, std::size_t width) {
  return std::string(width - std::min(width, text.size()), ' ') + text;
}

std::string step_in_words(model::StepKind step) {
  const sim::ActorId actor = model::some_actor(step.role);
  const model::Label label = model::label_of(actor, step.step_id);
  return std::string(model::role_name(step.role)) + ", " + std::string(label.function) + ": " +
         std::string(label.statement) + (model::is_environment(actor) ? " (hardware)" : "");
}

/// The policy that is the one searched, under these orderings too.
std::string policy_under(const std::string& policy, const std::vector<model::Ordering>& orderings) {
  model::PolicyEntry entry = model::read_policy(policy);
  std::string text =
      entry.alias.empty() || model::find_policy(policy) == nullptr ? policy : entry.alias;
  for (const model::Ordering& ordering : orderings) text += ",wait=" + model::in_text(ordering);
  return text;
}

/// How to try the best one.
std::string apply_line(const Synthesis& found, const std::string& scenario) {
  const Fix* best = !found.singles.empty() ? found.singles.data()
                    : !found.pairs.empty() ? found.pairs.data()
                                           : nullptr;
  if (best == nullptr) return {};
  return "\napply the first with\n  frwrsim explore " + shell_quoted(scenario) + " --policy " +
         shell_quoted(policy_under(found.policy, best->orderings)) + "\n";
}

/// The best ones. Widths: numbers are at most "1.23e123", shares "below 0.01 %".
std::string table(const std::vector<Fix>& fixes, const Synthesis& found, const std::string& title,
                  const Style& style) {
  if (fixes.empty()) return {};
  constexpr std::size_t most_rows = 12;
  constexpr std::size_t width = 38;
  const sim::BigInt good = found.interleavings - found.failing;
  const std::string indent(width, ' ');
  std::string text = "\n" + style.strong(title) + "\n" + right_aligned("forbidden", 11) +
                     right_aligned("good ones", 11) + right_aligned("of all good", 14) + "\n";
  for (std::size_t i = 0; i < fixes.size() && i < most_rows; ++i) {
    const Fix& fix = fixes[i];
    std::string front = right_aligned(compact(fix.forbidden), 11) +
                        right_aligned(compact(fix.forbidden_good), 11) +
                        right_aligned(percent(fix.forbidden_good, good), 14) + "  ";
    if (fix.same_as != i) front = right_aligned("the same as above", width - 2) + "  ";
    for (const model::Ordering& ordering : fix.orderings) {
      text += front + step_in_words(ordering.waits) + "\n";
      text += indent + "  waits while a " +
              std::string(model::name_of(model::pending_names, ordering.pending)) +
              " of the MR is pending";
      if (&ordering == &fix.orderings.back() && fix.is_cut) text += "; shown within the budgets";
      text += "\n";
      front = right_aligned("and", width - 2) + "  ";
    }
  }
  if (fixes.size() > most_rows) {
    text += "  and " + number(fixes.size() - most_rows) + " more (--format json lists all)\n";
  }
  return text;
}

Json ordering_json(const model::Ordering& ordering) {
  const sim::ActorId actor = model::some_actor(ordering.waits.role);
  return {{"pending", model::name_of(model::pending_names, ordering.pending)},
          {"waits", model::role_name(ordering.waits.role)},
          {"step", model::label_of(actor, ordering.waits.step_id).name},
          {"wait", model::in_text(ordering)}};
}

Json fixes_json(const std::vector<Fix>& fixes) {
  Json json = Json::array();
  for (const Fix& fix : fixes) {
    Json item;
    item["orderings"] = Json::array();
    for (const model::Ordering& ordering : fix.orderings) {
      item["orderings"].push_back(ordering_json(ordering));
    }
    item["forbidden"] = fix.forbidden.str();
    item["forbidden_good"] = fix.forbidden_good.str();
    item["same_as"] = fix.same_as;
    item["within_budgets_only"] = fix.is_cut;
    json.push_back(std::move(item));
  }
  return json;
}

}  // namespace

std::string synthesis_text(const Synthesis& found, const model::Scenario& scenario,
                           const std::string& argument, bool reproducible, const Style& style) {
  std::string text = header_lines(scenario, found.policy, style);
  text += line("verdict", styled_verdict(found, style) + ": " + verdict_in_words(found));
  text +=
      line("states", number(found.states) + "; those that differ in MR names only count as one");
  if (!found.violated.empty()) text += failing_line(found, scenario.setup);
  if (!found.trials.empty()) text += tried_lines(found);
  text += table(found.singles, found,
                "Orderings that suffice, by the number of interleavings they forbid", style);
  text += table(found.pairs, found, "Pairs of other orderings that suffice", style);
  text += apply_line(found, argument);
  if (!found.missing.empty()) {
    text += "\n" + style.strong("Not known") + "\n";
    for (const std::string& what : found.missing) text += "  " + what + "\n";
  }
  if (!reproducible) text += "\n" + line("measured", "in all " + seconds(found.seconds));
  return text;
}

Json synthesis_json(const Synthesis& found, const model::Scenario& scenario, bool reproducible) {
  Json json;
  json["format"] = "frwrsim-synthesis/1";
  json["scenario_name"] = scenario.name;
  json["scenario_hash"] = model::hash_text(scenario.hash());
  json["guards"] = scenario.guards_in_force();
  json["policy"] = found.policy;
  json["verdict"] = model::name_of(synthesis_verdict_names, found.verdict);
  json["bound"] = sim::name_of(found.bound);
  json["states"] = found.states;
  json["transitions"] = found.transitions;
  json["violated"] = Json::array();
  for (const model::Invariant invariant : found.violated) {
    json["violated"].push_back(model::entry_of(invariant, scenario.setup).name);
  }
  if (found.interleavings != 0) {
    json["interleavings"] = {{"all", found.interleavings.str()}, {"failing", found.failing.str()}};
  }
  json["tried"] = Json::array();
  for (const Trial& trial : found.trials) {
    Json item = ordering_json(trial.ordering);
    item["fate"] = model::name_of(fate_names, trial.fate);
    json["tried"].push_back(std::move(item));
  }
  json["pairs_tried"] = found.pairs_tried;
  json["suffice"] = fixes_json(found.singles);
  json["pairs_suffice"] = fixes_json(found.pairs);
  json["not_known"] = found.missing;
  if (!reproducible) json["measured"] = {{"all_seconds", found.seconds}};
  return json;
}

}  // namespace tools
