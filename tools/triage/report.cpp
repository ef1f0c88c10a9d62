// SPDX-License-Identifier: MIT
//
// Text and JSON.
#include "tools/triage/report.h"

#include <algorithm>

#include "model/invariants.h"
#include "model/scenario/input.h"
#include "tools/words/numbers.h"
#include "tools/words/text_layout.h"
#include "tools/words/told.h"
#include "tools/words/words.h"

namespace tools::triage {
namespace {

using nlohmann::ordered_json;

constexpr std::size_t most_candidates = 5;
constexpr std::array<std::string_view, 4> fits{"fits", "may-fit", "not-this-bug", "circumstance"};
constexpr std::array<std::string_view, 4> parts{"unknown", "culprit", "victim", "either"};

std::string verdict_of(const Triage& triage, const Style& style) {
  if (triage.has(Fit::fits)) return style.bad("fits") + ": the model ends in such a line";
  if (triage.has(Fit::may_fit)) {
    return style.strong("may fit") + ": nothing in the log says whose the line is";
  }
  if (triage.has(Fit::not_this_bug)) return style.good("not this bug");
  return "nothing that this bug leaves in a log";
}

std::string candidate_text(const Candidate& candidate) {
  std::vector<std::string> policies;
  for (const std::string& policy : candidate.policies) policies.push_back(policy_in_words(policy));
  constexpr std::size_t most = 4;
  std::string under =
      joined({policies.begin(),
              policies.begin() + static_cast<std::ptrdiff_t>(std::min(policies.size(), most))});
  if (policies.size() > most) under += " and " + number(policies.size() - most) + " more";
  return candidate.scenario + ": " + std::string(candidate.invariant) + " at " +
         joined(candidate.places) + (candidate.is_in_trace ? ", as in the call trace" : "") +
         (candidate.needs_unmet ? ", but it takes a failure that the log does not show" : "") +
         "; under " + under + " (" + plural(candidate.failing, "failing run") + ")";
}

std::string judgement_text(const Judgement& it, const Style& style) {
  const SymptomEntry& entry = entry_of(it.symptom.kind);
  std::string text =
      "\n" +
      style.strong("Line " + std::to_string(it.symptom.line) + ", " + std::string(entry.name)) +
      "\n";
  text += hanging("  ", model::printable(it.symptom.text), style.width());
  if (it.fit != Fit::circumstance)
    text += hanging("  means    ", std::string(entry.meaning), style.width());
  std::string verdict(name_of(it.fit));
  std::replace(verdict.begin(), verdict.end(), '-', ' ');
  text += hanging("  verdict  ", verdict + ": " + it.why, style.width());
  if (!it.why_part.empty()) {
    text += hanging("  whose    ",
                    (it.part == Part::unknown || it.part == Part::either
                         ? std::string()
                         : "the " + std::string(name_of(it.part)) + ": ") +
                        it.why_part,
                    style.width());
  }
  for (std::size_t i = 0; i < std::min(it.candidates.size(), most_candidates); ++i) {
    text += hanging(i == 0 ? "  model    " : "           ", candidate_text(it.candidates[i]),
                    style.width());
  }
  if (it.candidates.size() > most_candidates) {
    text += "           and " + number(it.candidates.size() - most_candidates) +
            " more scenarios: --format json\n";
  }
  return text;
}

}  // namespace

std::string_view name_of(Fit fit) { return fits[static_cast<std::size_t>(fit)]; }
std::string_view name_of(Part part) { return parts[static_cast<std::size_t>(part)]; }

std::string triage_text(const Triage& triage, const Style& style) {
  std::string text =
      line("file", model::printable(triage.name) + ": " + plural(triage.log.lines, "line"),
           style.width());
  std::string kernel =
      triage.kernel.empty() ? "not said (--kernel)" : model::printable(triage.kernel);
  if (triage.policy != nullptr) {
    kernel += ", which decides as " + policy_in_words(std::string(triage.policy->name));
  } else if (triage.version) {
    kernel += ", older than what the model knows";
  }
  text += line("kernel", kernel, style.width());
  text += line("verdict", verdict_of(triage, style), style.width());
  for (const Judgement& it : triage.judgements) text += judgement_text(it, style);
  if (triage.log.symptoms_left_off > 0) {
    text += "\nand " + plural(triage.log.symptoms_left_off, "more line") + " of these kinds\n";
  }
  if (!triage.has(Fit::fits) && !triage.has(Fit::may_fit)) return text;
  return text + "\n" + style.strong("What to enable, to see which it is; then frwrsim audit") +
         "\n" + instructions(triage.version);
}

ordered_json triage_json(const Triage& triage) {
  ordered_json json;
  json["format"] = "frwrsim-triage/1";
  json["file"] = triage.name;
  json["lines"] = triage.log.lines;
  json["kernel"] = triage.kernel;
  json["policy"] = triage.policy == nullptr ? "" : std::string(triage.policy->name);
  json["symptoms"] = ordered_json::array();
  for (const Judgement& it : triage.judgements) {
    ordered_json symptom;
    symptom["line"] = it.symptom.line;
    symptom["kind"] = entry_of(it.symptom.kind).name;
    symptom["text"] = it.symptom.text;
    symptom["driver"] = it.symptom.driver;
    if (it.symptom.has_address) symptom["address"] = std::to_string(it.symptom.address);
    if (it.symptom.has_size) symptom["size"] = std::to_string(it.symptom.size);
    symptom["functions"] = it.symptom.functions;
    symptom["verdict"] = name_of(it.fit);
    symptom["because"] = it.why;
    symptom["part"] = name_of(it.part);
    symptom["candidates"] = ordered_json::array();
    for (const Candidate& candidate : it.candidates) {
      symptom["candidates"].push_back({{"scenario", candidate.scenario},
                                       {"invariant", candidate.invariant},
                                       {"policies", candidate.policies},
                                       {"places", candidate.places},
                                       {"failing", candidate.failing},
                                       {"in_call_trace", candidate.is_in_trace},
                                       {"needs_met", candidate.needs_met},
                                       {"needs_unmet", candidate.needs_unmet}});
    }
    json["symptoms"].push_back(symptom);
  }
  json["symptoms_left_off"] = triage.log.symptoms_left_off;
  json["enable"] = instructions(triage.version);
  return json;
}

}  // namespace tools::triage
