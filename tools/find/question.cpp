// SPDX-License-Identifier: MIT
//
// From options to a property that is sought.
#include "tools/find/question.h"

#include "model/property/parser.h"
#include "model/property/properties.h"
#include "model/scenario/policy_text.h"

namespace tools {
namespace {

using model::ConditionError;
using model::Expression;

/// Reads one option; memories are numbered on.
template <class Read>
Expression read(const char* option, const std::string& text, unsigned& memories, Read read_text) {
  try {
    Expression condition = read_text(text, memories);
    memories += condition.memories();
    return condition;
  } catch (const ConditionError& error) {
    throw model::InputError(std::string(option) + ": " + error.what() + " (in '" +
                            model::printable(text) + "')");
  }
}

}  // namespace

model::Setup seeking(const model::Scenario& scenario, const std::string& policy,
                     const Sought& sought) {
  model::Setup setup = scenario.with_policy(model::read_policy(policy).policy);
  std::vector<model::Property> properties;
  if (setup.properties != nullptr) properties = setup.properties->all();
  unsigned memories = 0;
  for (const model::Property& property : properties) memories += property.never.memories();
  std::vector<Expression> wanted;
  if (!sought.where.empty()) {
    wanted.push_back(read("--where", sought.where, memories, [&](const auto& text, unsigned used) {
      return model::read_condition(text, scenario.rpc_names, used);
    }));
  }
  for (const std::string& order : sought.before) {
    wanted.push_back(read("--before", order, memories, [&](const auto& text, unsigned used) {
      return model::read_order(text, scenario.rpc_names, used);
    }));
  }
  if (wanted.size() > 1 && memories + wanted.size() > model::Watched::max_memories) {
    throw model::InputError("find: this needs " + std::to_string(memories + wanted.size()) +
                            " things to be remembered, at most " +
                            std::to_string(model::Watched::max_memories) +
                            " are possible: one for each --where and --before if there are "
                            "several, one for each '<' and 'once'");
  }
  setup.severities[static_cast<std::size_t>(model::property_at(properties.size()))] =
      model::Severity::fatal;
  properties.push_back(
      {.name = "sought", .about = {}, .never = all_seen(std::move(wanted), memories)});
  set_properties(setup, std::move(properties), true);
  return setup;
}

model::Invariant sought_in(const model::Setup& setup) {
  return model::property_at(setup.properties->all().size() - 1);
}

}  // namespace tools
