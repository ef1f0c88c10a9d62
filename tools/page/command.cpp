// SPDX-License-Identifier: MIT
//
// frwrsim teach: one page in which the reader is the scheduler.
#include <string>
#include <vector>

#include "model/invariants.h"
#include "model/property/properties.h"
#include "tools/app/commands.h"
#include "tools/app/scenario_search.h"
#include "tools/files/output.h"
#include "tools/page/assets.h"
#include "tools/page/data.h"
#include "tools/words/numbers.h"
#include "tools/words/words.h"

namespace tools {
namespace {

using Json = nlohmann::ordered_json;

bool fits(const std::optional<PolicyPage>& page, const TeachOptions& options) {
  return page && page->json.dump().size() <= options.max_size;
}

/// If a page is too large: which parts fit.
std::string what_fits(SearchedPolicy& searched, const TeachOptions& options) {
  const auto offer = [&](const std::string& part) -> std::string {
    const auto page = searched.page(page_part(part));
    if (!fits(page, options)) return {};
    return "\n  --part " + part + ": " + number(page->states) + " states";
  };
  std::string reduced = offer("reduced");
  for (unsigned radius = 32; radius >= 1; radius /= 2) {
    const std::string near = offer("near:" + std::to_string(radius));
    if (!near.empty()) return reduced + near;
  }
  return reduced;
}

/// What the page asks where the scenario has no question of its own.
std::string usual_question(const std::optional<FailedBefore>& failed, const model::Setup& setup) {
  return failed ? "How does it come to this: " + in_words(failed->violation, setup) + "?"
                : "Can it fail?";
}

/// What is wrong, for who knows no RDMA where that can be said, else by the rule that is broken.
std::string lead_of(const std::optional<FailedBefore>& failed, const model::Setup& setup) {
  if (!failed) return "Whatever goes first, the rules should hold.";
  if (failed->violation.invariant == model::Invariant::double_unmap) {
    return "A network card was told to release the same memory twice. Who did it?";
  }
  return "The rule: " + std::string(model::entry_of(failed->violation.invariant, setup).meaning) +
         ". Here it is broken. Who did it?";
}

Json scenario_json(const model::Scenario& scenario, const PagePart& part,
                   const TeachOptions& options) {
  Json policies = Json::array();
  std::optional<FailedBefore> before;
  for (const std::string& policy : options.policies) {
    SearchedPolicy searched(scenario, policy, options, part, before);
    auto page = searched.page(part);
    if (!fits(page, options)) {
      const std::string offers = what_fits(searched, options);
      const std::uint64_t states = page ? page->states : searched.states();
      throw model::InputError("'" + model::printable(scenario.name) + "' under " + policy +
                              " has " + (searched.is_complete() ? "" : "at least ") +
                              number(states) + " states: more than fit on a page of " +
                              number(options.max_size) + " bytes (--max-size); what fits is" +
                              (offers.empty() ? " nothing of it" : ":" + offers));
    }
    if (!before && page->failed) {
      before = page->failed;
      if (policy != options.policies.back()) {
        before->facts = deciding_facts(scenario, policy, before->schedule, options);
      }
    }
    policies.push_back(std::move(page->json));
  }
  return {{"name", scenario.name},
          {"title", scenario.title},
          {"question",
           scenario.question.empty() ? usual_question(before, scenario.setup) : scenario.question},
          {"lead", lead_of(before, scenario.setup)},
          {"about", scenario.about},
          {"guards", scenario.guards_in_force()},
          {"hash", model::hash_text(scenario.hash())},
          {"policies", std::move(policies)}};
}

/// JSON that may stand inside a script element, whatever strings it has.
std::string inert(const Json& json) {
  std::string text;
  for (const char c : json.dump()) {
    if (c == '<') {
      text += "\\u003c";
    } else {
      text.push_back(c);
    }
  }
  return text;
}

}  // namespace

sim::ExitCode teach_command(const TeachOptions& options) {
  const PagePart part = page_part(options.part);
  std::vector<model::Scenario> scenarios;
  for (const std::string& name : options.scenarios) {
    scenarios.push_back(with_never(model::load_scenario(find_scenario(name)), options.never));
  }
  require_writable(options.output);
  Json page{{"format", "frwrsim-page/1"},
            {"program", "frwrsim " FRWRSIM_VERSION},
            {"scenarios", Json::array()}};
  for (const model::Scenario& scenario : scenarios) {
    page["scenarios"].push_back(scenario_json(scenario, part, options));
  }
  const std::string data = inert(page);
  if (data.size() > options.max_size) {
    throw model::InputError("the page would take " + number(data.size()) +
                            " bytes, expected at most " + number(options.max_size) +
                            " (--max-size): give fewer scenarios or policies, or a --part of them");
  }
  write_output(std::string(page_before_data) + data + std::string(page_after_data), options.output);
  return sim::exit_clean;
}

}  // namespace tools
