// SPDX-License-Identifier: MIT
//
// From JSON to a Setup; every bound of the world is checked.
#include "model/scenario/scenario.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "model/invariants.h"
#include "model/policy.h"
#include "model/scenario/guards.h"
#include "model/scenario/names.h"
#include "model/scenario/policy_text.h"
#include "sim/fingerprint.h"

namespace model {
namespace {

constexpr unsigned most_retries = 20;

using Keys = std::initializer_list<std::string_view>;
std::span<const std::string_view> span_of(Keys keys) { return {keys.begin(), keys.size()}; }

std::uint8_t small(const JsonValue& value, unsigned lowest, unsigned highest) {
  return static_cast<std::uint8_t>(value.integer(lowest, highest));
}

std::uint8_t small_or(const JsonValue& object, std::string_view key, unsigned lowest,
                      unsigned highest, std::uint8_t otherwise) {
  const auto value = object.find(key);
  return value ? small(*value, lowest, highest) : otherwise;
}

/// Number of the RPC called what `value` says.
RpcId rpc_called(const JsonValue& value, const std::vector<std::string>& names) {
  const std::vector<std::string_view> views(names.begin(), names.end());
  return static_cast<RpcId>(value.one_of(views) + 1);
}

void read_rpcs(const JsonValue& array, Scenario& scenario) {
  const auto rpcs = array.elements(1, max_rpcs);
  scenario.setup.rpc_count = static_cast<std::uint8_t>(rpcs.size());
  for (const JsonValue& rpc : rpcs) {
    rpc.expect_object(
        span_of({"name", "read_list", "write_list", "reply_chunk", "after", "async"}));
    const std::string name = rpc.at("name").string(40);
    if (std::find(scenario.rpc_names.begin(), scenario.rpc_names.end(), name) !=
        scenario.rpc_names.end()) {
      rpc.at("name").fail("two RPCs are called '" + name + "'");
    }
    RpcSetup& setup = scenario.setup.rpcs[scenario.rpc_names.size()];
    setup.read_list = small_or(rpc, "read_list", 0, max_segments, 0);
    setup.write_list = small_or(rpc, "write_list", 0, max_segments, 0);
    setup.reply_chunk = small_or(rpc, "reply_chunk", 0, max_segments, 0);
    if (setup.segments() > max_segments) {
      rpc.fail("has " + std::to_string(setup.segments()) + " segments, at most " +
               std::to_string(max_segments) + " are possible");
    }
    // Only an earlier RPC can be waited for: a circle would never start.
    if (const auto after = rpc.find("after")) setup.after = rpc_called(*after, scenario.rpc_names);
    if (const auto async = rpc.find("async")) setup.async = async->boolean();
    scenario.rpc_names.push_back(name);
  }
}

void read_losses(const JsonValue& losses, Scenario& scenario) {
  losses.expect_object(span_of({"count", "when", "rpc"}));
  scenario.setup.losses = small(losses.at("count"), 0, 4);
  constexpr std::array<std::string_view, 2> when{"any-time", "before-send"};
  const bool before_send = losses.at("when").one_of(when) == 1;
  if (before_send) {
    scenario.setup.loss_before_send_of = rpc_called(losses.at("rpc"), scenario.rpc_names);
  } else if (const auto rpc = losses.find("rpc")) {
    rpc->fail("goes with \"when\": \"before-send\" only");
  }
}

void read_guards(const JsonValue& array, Guards& switches) {
  std::vector<std::string_view> names;
  for (const GuardEntry& guard : guards) names.push_back(guard.name);
  for (const JsonValue& name : array.elements(0, names.size())) {
    switches.*guards[name.one_of(names)].is_on = true;
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
  faults.expect_object(keys);
  for (const auto& [key, field] : kinds) left.*field = small_or(faults, key, 0, 4, 0);
}

void read_severities(const JsonValue& object, Severities& severities) {
  std::vector<std::string_view> names;
  for (const InvariantEntry& entry : invariants()) names.push_back(entry.name);
  object.expect_object(names);
  for (const InvariantEntry& entry : invariants()) {
    const auto value = object.find(entry.name);
    if (!value) continue;
    const auto severity = static_cast<Severity>(value->one_of(severity_names));
    if (!may_be(entry.invariant, severity)) {
      value->fail("this invariant cannot be '" + std::string(name_of(severity_names, severity)) +
                  "'");
    }
    severities[static_cast<std::size_t>(entry.invariant)] = severity;
  }
}

void read_iova(const JsonValue& root, Setup& setup) {
  if (const auto iova = root.find("iova")) {
    setup.iova = static_cast<IovaChoice>(iova->one_of(iova_names));
  }
  if (const auto detect = root.find("detect")) {
    setup.detect = static_cast<Detect>(detect->one_of(detect_names));
    if (setup.detect == Detect::dma_api && setup.iova != IovaChoice::reuse) {
      detect->fail("goes with \"iova\": \"reuse\" only");
    }
  }
}

void read_pool(const JsonValue& root, Setup& setup) {
  setup.pool = small(root.at("mr_pool"), 1, max_mrs);
  const auto refresh = root.find("refresh");
  if (!refresh) return;
  refresh->expect_object(span_of({"batch", "times"}));
  setup.refresh_batch = small(refresh->at("batch"), 1, max_mrs);
  setup.budgets.refreshes = small(refresh->at("times"), 1, max_mrs);
  const unsigned most = setup.pool + unsigned{setup.refresh_batch} * setup.budgets.refreshes;
  if (most > max_mrs) {
    refresh->fail("the pool could grow to " + std::to_string(most) + " MRs, at most " +
                  std::to_string(max_mrs) + " are possible");
  }
}

void read_policies(const JsonValue& array, Scenario& scenario) {
  for (const JsonValue& value : array.elements(1, 20)) {
    PolicyEntry entry = read_policy(value);
    if (find_own(scenario.policies, entry.alias) != nullptr) {
      value.at("name").fail("two policies are called '" + entry.alias + "'");
    }
    scenario.policies.push_back(std::move(entry));
  }
}

void read_expectations(const JsonValue& expect, Scenario& scenario) {
  for (const JsonValue& value : expect.members()) {
    const PolicyEntry* own = find_own(scenario.policies, value.key());
    const std::string policy = own != nullptr ? own->name : policy_of_key(value);
    if (!scenario.expect.emplace(policy, read_expectation(value)).second) {
      value.fail("the same policy as '" + scenario.expect_keys.at(policy) + "'");
    }
    scenario.expect_keys[policy] = value.key();
  }
}

SearchBudget read_search(const JsonValue& search) {
  search.expect_object(span_of({"time_limit_s", "max_memory_mib", "max_states"}));
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

std::uint32_t Scenario::hash() const {
  sim::Fingerprint print;
  const auto add = [&print](auto... values) {
    (print.add(static_cast<std::uint64_t>(values)), ...);
  };
  add(setup.rpc_count, setup.pool, setup.refresh_batch, setup.losses, setup.loss_before_send_of,
      setup.provider);
  for (const RpcSetup& rpc : setup.rpcs) {
    add(rpc.read_list, rpc.write_list, rpc.reply_chunk, rpc.after, rpc.async);
  }
  add(setup.faults.dma_map, setup.faults.map_mr_sg, setup.faults.prepare_send);
  constexpr std::size_t first_guards = 5;
  for (std::size_t i = 0; i < first_guards; ++i) add(setup.guards.*guards[i].is_on);
  add(setup.budgets.retransmissions, setup.budgets.enobufs_retries, setup.budgets.reconnects,
      setup.budgets.refreshes);
  // Later additions count only if they are in use, so the hash of a scenario without
  // them stays what it was.
  const auto add_used = [&add](unsigned tag, unsigned value, unsigned usual) {
    if (value != usual) add(tag, value);
  };
  for (std::size_t i = first_guards; i < guards.size(); ++i) {
    add_used(100u + static_cast<unsigned>(i), setup.guards.*guards[i].is_on, 0);
  }
  add_used(200, setup.faults.reset, 0);
  add_used(201, setup.faults.drain_marker, 0);
  add_used(202, setup.faults.signal, 0);
  add_used(203, setup.faults.timeout, 0);
  add_used(204, static_cast<unsigned>(setup.iova), 0);
  add_used(205, static_cast<unsigned>(setup.detect), 0);
  for (std::size_t i = 0; i < invariant_count; ++i) {
    add_used(300u + static_cast<unsigned>(i), static_cast<unsigned>(setup.severities[i]),
             static_cast<unsigned>(usual_severities[i]));
  }
  return static_cast<std::uint32_t>(print.value() >> 32);
}

const PolicyEntry* find_own(std::span<const PolicyEntry> own, std::string_view name) {
  const auto found = std::find_if(own.begin(), own.end(),
                                  [name](const PolicyEntry& entry) { return entry.alias == name; });
  return found == own.end() ? nullptr : &*found;
}

std::string hash_text(std::uint32_t hash) { return sim::hex(hash).substr(8); }

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
  const JsonValue root(document, source);
  root.expect_object(span_of({"$schema", "format",        "title",      "about",    "rpcs",
                              "mr_pool", "refresh",       "losses",     "provider", "faults",
                              "iova",    "detect",        "invariants", "guards",   "budgets",
                              "timing",  "segment_pages", "search",     "policies", "expect"}));
  if (const auto schema = root.find("$schema")) (void)schema->string(1000);
  constexpr std::array<std::string_view, 1> formats{"frwrsim-scenario/1"};
  (void)root.at("format").one_of(formats);
  scenario.title = root.at("title").string(120);
  for (const JsonValue& line : root.at("about").elements(1, 100)) {
    scenario.about.append(scenario.about.empty() ? "" : " ").append(line.string(1000));
  }
  read_rpcs(root.at("rpcs"), scenario);
  Setup& setup = scenario.setup;
  read_pool(root, setup);
  if (const auto losses = root.find("losses")) read_losses(*losses, scenario);
  setup.provider = static_cast<Provider>(root.at("provider").one_of(provider_names));
  if (const auto faults = root.find("faults")) {
    read_faults(*faults, setup.faults);
  }
  read_iova(root, setup);
  if (const auto object = root.find("invariants")) read_severities(*object, setup.severities);
  if (const auto names = root.find("guards")) read_guards(*names, setup.guards);
  const JsonValue budgets = root.at("budgets");
  budgets.expect_object(span_of({"retransmissions", "enobufs_retries", "reconnects"}));
  setup.budgets.retransmissions = small(budgets.at("retransmissions"), 0, most_retries);
  setup.budgets.enobufs_retries = small(budgets.at("enobufs_retries"), 0, most_retries);
  setup.budgets.reconnects = small(budgets.at("reconnects"), 0, most_retries);
  if (const auto pages = root.find("segment_pages")) {
    scenario.segment_pages = static_cast<unsigned>(pages->integer(1, 256));
  }
  if (const auto timing = root.find("timing")) read_timing(*timing, scenario.timing);
  if (const auto search = root.find("search")) scenario.search = read_search(*search);
  if (const auto array = root.find("policies")) read_policies(*array, scenario);
  if (const auto expect = root.find("expect")) read_expectations(*expect, scenario);
  setup.policy = policies().front().policy;
  return scenario;
}

Scenario load_scenario(const std::string& path) {
  const std::string text = read_file(path, largest_scenario_file);
  return read_scenario(parse_json(text, path), std::filesystem::path(path).stem().string(), path);
}

}  // namespace model
