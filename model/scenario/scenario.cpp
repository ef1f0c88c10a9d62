// SPDX-License-Identifier: MIT
//
// From JSON to a Setup; every bound of the world is checked.
#include "model/scenario/scenario.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "model/invariants.h"
#include "model/policy.h"
#include "model/property/parser.h"
#include "model/property/properties.h"
#include "model/scenario/defaults.h"
#include "model/scenario/guards.h"
#include "model/scenario/names.h"
#include "model/scenario/policy_text.h"

namespace model {
namespace {

using Keys = std::initializer_list<std::string_view>;
std::span<const std::string_view> span_of(Keys keys) { return {keys.begin(), keys.size()}; }

constexpr std::array<std::string_view, 22> keys_of_a_scenario{
    "$schema",       "format", "title",    "about",  "rpcs",       "mr_pool", "refresh", "losses",
    "provider",      "faults", "iova",     "detect", "invariants", "guards",  "budgets", "timing",
    "segment_pages", "search", "policies", "expect", "properties", "question"};

std::uint8_t small(const JsonValue& value, unsigned lowest, unsigned highest) {
  return static_cast<std::uint8_t>(value.integer(lowest, highest));
}

std::uint8_t small_or(const JsonValue& object, std::string_view key, unsigned lowest,
                      unsigned highest, std::uint8_t otherwise) {
  const auto value = object.find(key);
  return value ? small(*value, lowest, highest) : otherwise;
}

/// The number of the RPC called what `value` says; 0 if it is not known.
RpcId rpc_called(const JsonValue& value, const std::vector<std::string>& names) {
  const std::vector<std::string_view> views(names.begin(), names.end());
  // A name that could not be read may be this one.
  if (views.empty() || std::count(views.begin(), views.end(), "") != 0) return 0;
  return static_cast<RpcId>(value.one_of(views) + 1);
}

/// Reads an RPC and returns its name; empty if it has none of its own.
std::string read_rpc(const JsonValue& rpc, const std::vector<std::string>& earlier,
                     RpcSetup& setup) {
  if (!rpc.expect_object(
          span_of({"name", "read_list", "write_list", "reply_chunk", "after", "async"}))) {
    return {};
  }
  const JsonValue named = rpc.at("name");
  std::string name = named.string(40);
  if (named.is_sound() && std::count(earlier.begin(), earlier.end(), name) != 0) {
    named.complain("two RPCs are called '" + name + "'");
    name.clear();
  }
  setup.read_list = small_or(rpc, "read_list", 0, max_segments, 0);
  setup.write_list = small_or(rpc, "write_list", 0, max_segments, 0);
  setup.reply_chunk = small_or(rpc, "reply_chunk", 0, max_segments, 0);
  if (setup.segments() > max_segments) {
    rpc.complain("has " + std::to_string(setup.segments()) + " segments, at most " +
                 std::to_string(max_segments) + " are possible");
  }
  // Only an earlier RPC can be waited for: a circle would never start.
  if (const auto after = rpc.find("after")) {
    if (earlier.empty()) {
      after->complain("expected the name of an earlier RPC, and this is the first one");
    } else {
      setup.after = rpc_called(*after, earlier);
    }
  }
  if (const auto async = rpc.find("async")) setup.async = async->boolean();
  return name;
}

void read_rpcs(const JsonValue& array, Scenario& scenario) {
  const auto rpcs = array.elements(1, max_rpcs);
  scenario.setup.rpc_count = static_cast<std::uint8_t>(rpcs.size());
  for (const JsonValue& rpc : rpcs) {
    RpcSetup& setup = scenario.setup.rpcs[scenario.rpc_names.size()];
    std::string name = read_rpc(rpc, scenario.rpc_names, setup);
    scenario.rpc_names.push_back(std::move(name));
  }
  if (array.json().size() > rpcs.size()) scenario.rpc_names.emplace_back();
}

void read_losses(const JsonValue& losses, Scenario& scenario) {
  if (!losses.expect_object(span_of({"count", "when", "rpc"}))) return;
  scenario.setup.losses = small(losses.at("count"), 0, 4);
  constexpr std::array<std::string_view, 2> whens{"any-time", "before-send"};
  const JsonValue when = losses.at("when");
  const bool before_send = when.one_of(whens) == 1;
  const auto rpc = losses.find("rpc");
  if (before_send) {
    scenario.setup.loss_before_send_of = rpc_called(losses.at("rpc"), scenario.rpc_names);
  } else if (rpc && when.is_sound()) {
    rpc->complain("goes with \"when\": \"before-send\" only");
  }
}

void read_guards(const JsonValue& array, Guards& switches) {
  std::vector<std::string_view> names;
  for (const GuardEntry& guard : guards) names.push_back(guard.name);
  for (const JsonValue& name : array.elements(0, names.size())) {
    const GuardEntry& guard = guards[name.one_of(names)];
    if (!name.is_sound()) continue;
    if (switches.*guard.is_on) {
      name.complain("'" + std::string(guard.name) + "' is given twice; expected each guard once");
    }
    switches.*guard.is_on = true;
  }
}

void read_faults(const JsonValue& faults, FaultsLeft& left) {
  constexpr std::array<std::pair<std::string_view, std::uint8_t FaultsLeft::*>, 7> kinds{{
      {"dma_map", &FaultsLeft::dma_map},
      {"map_mr_sg", &FaultsLeft::map_mr_sg},
      {"prepare_send", &FaultsLeft::prepare_send},
      {"reset", &FaultsLeft::reset},
      {"drain_marker", &FaultsLeft::drain_marker},
      {"signal", &FaultsLeft::signal},
      {"timeout", &FaultsLeft::timeout},
  }};
  std::vector<std::string_view> keys;
  for (const auto& [key, field] : kinds) keys.push_back(key);
  if (!faults.expect_object(keys)) return;
  for (const auto& [key, field] : kinds) left.*field = small_or(faults, key, 0, 4, 0);
}

void read_severities(const JsonValue& object, Severities& severities) {
  std::vector<std::string_view> names;
  for (const InvariantEntry& entry : invariants()) names.push_back(entry.name);
  if (!object.expect_object(names)) return;
  for (const InvariantEntry& entry : invariants()) {
    const auto value = object.find(entry.name);
    if (!value) continue;
    const auto severity = static_cast<Severity>(value->one_of(severity_names));
    if (value->is_sound() && !may_be(entry.invariant, severity)) {
      value->complain("this invariant cannot be '" +
                      std::string(name_of(severity_names, severity)) + "'");
    }
    severities[static_cast<std::size_t>(entry.invariant)] = severity;
  }
}

/// Names stand in reports beside those of invariants.
std::string read_property_name(const JsonValue& value, const std::vector<Property>& before) {
  const std::string name = value.string(40);
  constexpr std::string_view allowed = "abcdefghijklmnopqrstuvwxyz0123456789-";
  if (name.find_first_not_of(allowed) != std::string::npos || name[0] < 'a') {
    value.fail("expected a lower-case letter, then such letters, digits and '-', found '" +
               printable(name) + "'");
  }
  for (const InvariantEntry& entry : invariants()) {
    if (name == entry.name) value.fail("an invariant is called '" + name + "' already");
  }
  for (const Property& property : before) {
    if (name == property.name) value.fail("two properties are called '" + name + "'");
  }
  if (name == "none") value.fail("'none' stands for no property");
  return name;
}

void read_properties(const JsonValue& array, Scenario& scenario) {
  std::vector<Property> properties;
  unsigned memories = 0;
  for (const JsonValue& object : array.elements(0, scenario_properties)) {
    object.expect_object(span_of({"name", "never", "severity", "about"}));
    Property property;
    property.name = read_property_name(object.at("name"), properties);
    const JsonValue never = object.at("never");
    const std::string text = never.string(longest_condition);
    try {
      property.never = read_condition(text, scenario.rpc_names, memories);
    } catch (const ConditionError& error) {
      never.fail(error.what());
    }
    memories += property.never.memories();
    if (const auto about = object.find("about")) property.about = about->string(1000);
    const auto severity = object.find("severity");
    scenario.setup.severities[static_cast<std::size_t>(property_at(properties.size()))] =
        severity ? static_cast<Severity>(severity->one_of(severity_names)) : Severity::fatal;
    properties.push_back(std::move(property));
  }
  set_properties(scenario.setup, std::move(properties));
}

void read_iova(const JsonValue& root, Setup& setup) {
  const auto iova = root.find("iova");
  if (iova) setup.iova = static_cast<IovaChoice>(iova->one_of(iova_names));
  if (const auto detect = root.find("detect")) {
    setup.detect = static_cast<Detect>(detect->one_of(detect_names));
    if (setup.detect == Detect::dma_api && setup.iova != IovaChoice::reuse &&
        (!iova || iova->is_sound())) {
      detect->complain("goes with \"iova\": \"reuse\" only");
    }
  }
}

/// Without enough MRs for its largest request a run could only wait until it is cut.
void expect_enough_mrs(const JsonValue& pool, unsigned most, const Setup& setup) {
  unsigned segments = 0;
  for (const RpcSetup& rpc : setup.rpcs) segments = std::max(segments, rpc.segments());
  if (segments <= most) return;
  const std::string needed = std::to_string(segments);
  pool.complain("an RPC of " + needed + " segments takes " + needed +
                " MRs, and there are never more than " + std::to_string(most) +
                "; expected at least " + needed + ", or a \"refresh\" that adds the others");
}

void read_pool(const JsonValue& root, Setup& setup) {
  const JsonValue pool = root.at("mr_pool");
  setup.pool = small(pool, 1, max_mrs);
  const auto refresh = root.find("refresh");
  if (refresh && refresh->expect_object(span_of({"batch", "times"}))) {
    setup.refresh_batch = small(refresh->at("batch"), 1, max_mrs);
    setup.budgets.refreshes = small(refresh->at("times"), 1, max_mrs);
  }
  if (!pool.is_sound() || (refresh && !refresh->is_sound())) return;
  const unsigned most = setup.pool + unsigned{setup.refresh_batch} * setup.budgets.refreshes;
  if (most > max_mrs) {
    refresh->complain("the pool could grow to " + std::to_string(most) + " MRs, at most " +
                      std::to_string(max_mrs) + " are possible");
  }
  expect_enough_mrs(pool, most, setup);
}

void read_budgets(const JsonValue& root, Budgets& budgets) {
  const auto object = root.find("budgets");
  if (!object || !object->expect_object(budget_keys)) return;
  const auto read = [&object](std::string_view key, std::uint8_t& budget) {
    budget = small_or(*object, key, 0, most_retries, budget);
  };
  read("retransmissions", budgets.retransmissions);
  read("enobufs_retries", budgets.enobufs_retries);
  read("reconnects", budgets.reconnects);
}

/// The parts of a policy depend on each other: only the first error of each is noted.
void read_policies(const JsonValue& array, Scenario& scenario) {
  for (const JsonValue& value : array.elements(1, 20)) {
    auto entry = value.read_whole([](const JsonValue& policy) { return read_policy(policy); });
    if (!entry) continue;
    if (find_own(scenario.policies, entry->alias) != nullptr) {
      value.at("name").complain("two policies are called '" + entry->alias + "'");
    }
    scenario.policies.push_back(std::move(*entry));
  }
}

void read_expectations(const JsonValue& expect, bool policies_are_known, Scenario& scenario) {
  for (const JsonValue& value : expect.members()) {
    const Expectation expectation = read_expectation(value);
    const PolicyEntry* own = find_own(scenario.policies, value.key());
    std::optional<std::string> policy;
    if (own != nullptr) {
      policy = own->name;
    } else if (policies_are_known) {
      policy = value.read_whole([](const JsonValue& key) { return policy_of_key(key); });
    }
    if (!policy) continue;
    if (!scenario.expect.emplace(*policy, expectation).second) {
      value.complain("the same policy as '" + scenario.expect_keys.at(*policy) + "'");
      continue;
    }
    scenario.expect_keys[*policy] = value.key();
  }
}

SearchBudget read_search(const JsonValue& search) {
  if (!search.expect_object(span_of({"time_limit_s", "max_memory_mib", "max_states"}))) return {};
  const auto bound = [&search](std::string_view key, std::uint64_t highest) {
    const auto value = search.find(key);
    return value ? value->integer(1, highest) : 0;
  };
  return {bound("time_limit_s", 1'000'000), bound("max_memory_mib", 1 << 20),
          bound("max_states", 2'000'000'000)};
}

}  // namespace

Setup Scenario::with_policy(const Policy& policy) const {
  Setup result = setup;
  result.policy = policy;
  return result;
}

std::string Scenario::guards_in_force() const {
  std::vector<std::string_view> names;
  for (const GuardEntry& guard : guards) {
    if (setup.guards.*guard.is_on) names.push_back(guard.name);
  }
  return names.empty() ? "none" : listed(names);
}

Scenario read_scenario(const nlohmann::json& document, const std::string& name,
                       const std::string& source) {
  Scenario scenario;
  scenario.name = name;
  scenario.document = document;
  Complaints complaints(source);
  const JsonValue root(document, complaints);
  // Of another kind of file nothing else is worth saying.
  if (!document.is_object()) (void)root.expect_object(keys_of_a_scenario);
  if (const auto format = root.find("format")) {
    constexpr std::array<std::string_view, 1> formats{"frwrsim-scenario/1"};
    (void)format->one_of(formats);
  }
  if (!complaints.empty()) complaints.raise();
  root.expect_object(keys_of_a_scenario);
  if (const auto schema = root.find("$schema")) (void)schema->string(1000);
  const auto title = root.find("title");
  if (title) scenario.title = title->string(120);
  if (const auto question = root.find("question")) scenario.question = question->string(120);
  if (const auto about = root.find("about")) {
    for (const JsonValue& line : about->elements(1, 100)) {
      scenario.about.append(scenario.about.empty() ? "" : " ").append(line.string(1000));
    }
  }
  read_rpcs(root.at("rpcs"), scenario);
  Setup& setup = scenario.setup;
  read_pool(root, setup);
  if (const auto losses = root.find("losses")) read_losses(*losses, scenario);
  if (const auto provider = root.find("provider")) {
    setup.provider = static_cast<Provider>(provider->one_of(provider_names));
  }
  if (const auto faults = root.find("faults")) read_faults(*faults, setup.faults);
  read_iova(root, setup);
  if (const auto object = root.find("invariants")) read_severities(*object, setup.severities);
  if (const auto names = root.find("guards")) {
    read_guards(*names, setup.guards);
  } else {
    setup.guards.enobufs_delay = !states_all_budgets(document);
  }
  setup.budgets = usual_budgets(setup);
  read_budgets(root, setup.budgets);
  if (!title) scenario.title = usual_title(setup);
  if (const auto pages = root.find("segment_pages")) {
    scenario.segment_pages = static_cast<unsigned>(pages->integer(1, 256));
  }
  if (const auto timing = root.find("timing")) read_timing(*timing, scenario.timing);
  if (const auto search = root.find("search")) scenario.search = read_search(*search);
  const auto own = root.find("policies");
  if (own) read_policies(*own, scenario);
  if (const auto expect = root.find("expect")) {
    read_expectations(*expect, !own || own->is_sound(), scenario);
  }
  if (const auto array = root.find("properties")) read_properties(*array, scenario);
  if (!complaints.empty()) complaints.raise();
  setup.policy = policies().front().policy;
  return scenario;
}

Scenario load_scenario(const std::string& path) {
  const std::string text = read_file(path, largest_scenario_file);
  return read_scenario(parse_json(text, path), std::filesystem::path(path).stem().string(), path);
}

Scenario with_never(const Scenario& scenario, const std::vector<std::string>& texts) {
  if (texts.empty()) return scenario;
  nlohmann::json document = scenario.document;
  nlohmann::json& properties = document["properties"];
  if (properties.is_null()) properties = nlohmann::json::array();
  for (const std::string& text : texts) {
    std::string name = "never-" + std::to_string(properties.size() + 1);
    std::string condition = text;
    std::replace_if(
        condition.begin(), condition.end(), [](char c) { return c == '\n' || c == '\t'; }, ' ');
    // "name=condition", but not "connected==true".
    const std::size_t sign = text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-");
    if (sign != std::string::npos && sign > 0 && text[sign] == '=' &&
        text.compare(sign, 2, "==") != 0 && text.compare(sign, 2, "=>") != 0) {
      name = text.substr(0, sign);
      condition.erase(0, sign + 1);
    }
    try {
      (void)read_condition(condition, scenario.rpc_names);
    } catch (const ConditionError& error) {
      throw InputError("--never: " + std::string(error.what()) + " (in '" + printable(condition) +
                       "')");
    }
    properties.push_back({{"name", name}, {"never", condition}});
  }
  Scenario result = read_scenario(document, scenario.name, "--never");
  result.never = scenario.never;
  result.never.insert(result.never.end(), texts.begin(), texts.end());
  return result;
}

}  // namespace model
