// SPDX-License-Identifier: MIT
//
// Checking a certificate without searching.
//
// The model is shared with the program that searched: what a scenario says, what is
// enabled, what a step does. Nothing of the engine in sim/ is used; what both need,
// such as packing, is written a second time and differently.
//
// A certificate may come from anywhere, so the model receives only states that were
// shown to be reachable: it need not survive any others.
#include "tools/certificate/certificate_check.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "model/property/properties.h"
#include "model/race_model.h"
#include "model/scenario/names.h"
#include "model/scenario/policy_text.h"
#include "model/scenario/scenario.h"
#include "tools/certificate/certificate_format.h"

namespace tools {
namespace {

using model::InputError;
using model::JsonValue;
using model::World;
using nlohmann::json;

/// Goes through the records once and checks each against its successors.
class Checker {
 public:
  Checker(const model::RaceModel& model, Packing& packing, const Records& records)
      : model_(model), packing_(packing), records_(records), reached_(records.size()) {}

  /// What the header should say about the whole. Throws Refuted.
  json totals() {
    reached_[0] = true;
    for (std::uint32_t i = 0; i < records_.size(); ++i) check(i);
    const auto [all, failing] = records_.interleavings(0);
    json totals;
    totals["states"] = records_.size();
    totals["transitions"] = transitions_;
    totals["depth"] = depth_;
    totals["ends"] = ends_;
    totals["interleavings"] = {{"all", all.str()}, {"failing", failing.str()}};
    totals["labels"] = {{"safe", safe_}, {"avoidable", avoidable_}, {"inevitable", inevitable_}};
    totals["shortest_counterexample"] = shortest_ ? json(*shortest_) : json();
    totals["verdict"] = sim::name_of(!ends_["violation"].empty() ? sim::Verdict::violated
                                     : !ends_["cut"].empty()     ? sim::Verdict::bound_reached
                                                                 : sim::Verdict::exhausted);
    return totals;
  }

 private:
  void check(std::uint32_t i) {
    const std::string state = Records::name(i);
    if (!reached_[i]) {
      refute(state + ": depth " + std::to_string(records_.depth(i)),
             "a record before it, of depth one less, from which a step leads there", "none");
    }
    // From here on the state is known to be reachable.
    depth_ = std::max(depth_, records_.depth(i));
    const World world = packing_.unpack(records_.packed(i));
    const std::optional<sim::End> stopped = model_.stopped(world);
    const sim::ActorSet enabled = stopped ? sim::ActorSet{} : model_.enabled(world);
    std::uint64_t height = 0;
    Interleavings counts;
    if (enabled.empty()) {
      const sim::End end = stopped ? *stopped : model_.end_when_blocked(world);
      note_end(world, end, records_.depth(i));
      counts = {1, end == sim::End::violation ? 1 : 0};
    }
    for (const unsigned actor : enabled) {
      for (const unsigned outcome : model_.outcomes(world, static_cast<sim::ActorId>(actor))) {
        const sim::Choice choice{static_cast<sim::ActorId>(actor),
                                 static_cast<sim::Outcome>(outcome)};
        const std::uint32_t next = successor(i, world, choice);
        height = std::max(height, std::uint64_t{records_.height(next)} + 1);
        const Interleavings more = records_.interleavings(next);
        counts.all += more.all;
        counts.failing += more.failing;
      }
    }
    if (records_.height(i) != height) {
      refute(state + ": height", std::to_string(height), std::to_string(records_.height(i)));
    }
    const Interleavings claimed = records_.interleavings(i);
    if (claimed.all != counts.all) {
      refute(state + ": interleavings", counts.all.str(), claimed.all.str());
    }
    if (claimed.failing != counts.failing) {
      refute(state + ": failing interleavings", counts.failing.str(), claimed.failing.str());
    }
    ++(counts.failing == 0 ? safe_ : counts.failing == counts.all ? inevitable_ : avoidable_);
  }

  /// The record that a choice leads to.
  std::uint32_t successor(std::uint32_t i, const World& world, sim::Choice choice) {
    World next = world;
    sim::NullSink nobody;
    model_.step(next, choice, nobody);
    ++transitions_;
    const std::optional<Bytes> packed = packing_.pack(next);
    const std::uint32_t found = packed ? records_.find(*packed) : Records::none;
    if (found == Records::none) {
      std::string step(model::RaceModel::actor_name(choice.actor));
      const std::string_view outcome = model::RaceModel::outcome_name(choice.actor, choice.outcome);
      if (!outcome.empty()) step.append("=").append(outcome);
      refute(Records::name(i) + ": closure", "a record of the state that " + step + " leads to",
             "none");
    }
    const std::uint64_t depth = std::uint64_t{records_.depth(i)} + 1;
    if (records_.depth(found) > depth) {
      refute(Records::name(found) + ": depth",
             "at most " + std::to_string(depth) + " as it follows " + Records::name(i),
             std::to_string(records_.depth(found)));
    }
    if (records_.depth(found) == depth) reached_[found] = true;
    return found;
  }

  void note_end(const World& world, sim::End end, std::uint32_t depth) {
    const std::uint8_t detail = model_.end_detail(world);
    std::string_view reason;
    const auto count = [](json& number) {
      number = number.is_null() ? 1 : number.get<std::uint64_t>() + 1;
    };
    switch (end) {
      case sim::End::violation:
        reason = model::entry_of(static_cast<model::Invariant>(detail), model_.setup()).name;
        shortest_ = std::min(shortest_.value_or(depth), depth);
        return count(ends_["violation"][std::string(reason)]);
      case sim::End::cut:
        reason = model::budget_names.at(detail);
        return count(ends_["cut"][std::string(reason)]);
      default:
        return count(ends_["rest"]);
    }
  }

  const model::RaceModel& model_;
  Packing& packing_;
  const Records& records_;
  std::vector<bool> reached_;  // from a record whose depth is one less; the first
  std::uint32_t depth_ = 0;
  std::uint64_t transitions_ = 0;
  std::uint64_t safe_ = 0;
  std::uint64_t avoidable_ = 0;
  std::uint64_t inevitable_ = 0;
  json ends_ = {{"rest", 0}, {"violation", json::object()}, {"cut", json::object()}};
  std::optional<std::uint32_t> shortest_;
};

/// A value for a message: on one line, and not too long.
std::string excerpt(const json& value) {
  std::string text = value.dump(-1, ' ', true, json::error_handler_t::replace);
  return text.size() > 300 ? text.substr(0, 297) + "..." : text;
}

void expect_claim(const JsonValue& header, const std::string& key, const json& truth) {
  const json& claim = header.at(key).json();
  if (claim != truth) refute(key, excerpt(truth), excerpt(claim));
}

/// A header no longer than a scenario can make it.
json parsed_header(Bytes line) {
  if (line.size() > 1 << 22) throw InputError("the header is too long");
  return model::parse_json(std::string(line.begin(), line.end()), "header");
}

void expect_same_version(const JsonValue& header) {
  static const std::string version = model_version();  // takes some ten milliseconds
  if (header.at("format").string(100) != certificate_format) {
    header.at("format").fail("expected " + std::string(certificate_format));
  }
  if (header.at("model").string(100) != version ||
      header.at("packing").at("world_bytes").json() != sizeof(World)) {
    throw InputError("was written with another version of the model: this is " + version +
                     ", that was " + header.at("model").string(100));
  }
}

constexpr std::array<std::string_view, 15> header_keys{"format",
                                                       "model",
                                                       "scenario_name",
                                                       "scenario_hash",
                                                       "policy",
                                                       "verdict",
                                                       "states",
                                                       "transitions",
                                                       "depth",
                                                       "ends",
                                                       "interleavings",
                                                       "labels",
                                                       "shortest_counterexample",
                                                       "packing",
                                                       "scenario"};

}  // namespace

std::string check_certificate(Bytes file) {
  const Bytes content = summed_part(file);
  const auto line_end = std::find(content.begin(), content.end(), '\n');
  const auto line_size = static_cast<std::size_t>(line_end - content.begin());
  const json parsed = parsed_header(content.first(line_size));
  const JsonValue header(parsed, "header");
  expect_same_version(header);
  header.expect_object(header_keys);

  const std::string name = header.at("scenario_name").string(1000);
  const model::Scenario scenario =
      model::read_scenario(header.at("scenario").json(), name, "the scenario in the file");
  const std::string policy = model::kept_policy(header.at("policy"));
  expect_claim(header, "scenario_hash", model::hash_text(scenario.hash()));
  const model::RaceModel race(scenario.with_policy(model::read_policy(policy).policy));

  Packing packing(header.at("packing"), race.initial());
  const Records records(content.subspan(std::min(line_size + 1, content.size())), packing);
  if (records.size() == 0) refute("states", "at least the initial state", "no record");
  if (!std::ranges::equal(records.packed(0), *packing.pack(race.initial()))) {
    refute("state 0", "the scenario's initial state", "another one");
  }
  if (records.depth(0) != 0) refute("state 0: depth", "0", std::to_string(records.depth(0)));
  const json totals = Checker(race, packing, records).totals();
  for (const auto& [key, truth] : totals.items()) expect_claim(header, key, truth);

  std::string report = "verified        " + name + " (" + model::hash_text(scenario.hash()) + ")\n";
  const auto line = [&report](std::string_view title, const std::string& text) {
    report.append(title).append(16 - title.size(), ' ').append(text).append("\n");
  };
  const auto total = [&totals](const char* key) { return excerpt(totals[key]); };
  line("guards", scenario.guards_in_force());
  line("policy", policy);
  line("verdict", totals["verdict"].get<std::string>());
  line("states", total("states") + ", closed under every step; depth " + total("depth"));
  line("transitions", total("transitions") + ", no cycle");
  line("ends", total("ends"));
  line("interleavings", total("interleavings"));
  line("labels", total("labels"));
  line("counterexample", totals["shortest_counterexample"].is_null()
                             ? "none"
                             : total("shortest_counterexample") + " steps are the fewest");
  return report;
}

}  // namespace tools
