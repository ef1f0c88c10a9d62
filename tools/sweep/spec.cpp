// SPDX-License-Identifier: MIT
//
// Reads a spec and makes the combinations.
#include "tools/sweep/spec.h"

#include <array>

#include "model/scenario/policy_text.h"
#include "sim/schedule.h"
#include "sim/search/state_graph.h"
#include "sim/strategies/strategies.h"
#include "tools/app/commands.h"
#include "tools/app/policy_choice.h"
#include "tools/app/scenario_search.h"

namespace tools {
namespace {

using model::JsonValue;
using nlohmann::json;

template <std::size_t N>
using Keys = std::array<std::string_view, N>;

constexpr std::size_t largest_spec = 16 << 20;

/// A value of a scenario and what it is to be, one after the other.
struct Axis {
  std::string pointer;
  std::vector<json> values;
};

std::vector<Axis> axes_of(const JsonValue& family, const json& scenario) {
  std::vector<Axis> axes;
  const auto vary = family.find("vary");
  if (!vary) return axes;
  for (const JsonValue& member : vary->members()) {
    Axis axis{member.key(), {}};
    try {
      (void)scenario.at(json::json_pointer(axis.pointer));
    } catch (const json::exception&) {
      member.fail("the scenario has no such value; expected a JSON pointer such as /mr_pool");
    }
    for (const JsonValue& value : member.elements(1, 1000)) axis.values.push_back(value.json());
    axes.push_back(std::move(axis));
  }
  return axes;
}

std::vector<std::string> policies_of(const JsonValue& family,
                                     std::span<const model::PolicyEntry> own) {
  std::vector<std::string> words;
  for (const JsonValue& policy : family.at("policies").elements(1, 100)) {
    words.push_back(policy.string(model::longest_policy));
  }
  try {
    return chosen_policies(words, own);
  } catch (const model::InputError& error) {
    family.at("policies").fail(error.what());
  }
}

/// The seeds of a family's hunt, in the pieces that make one cell each.
std::vector<SweepHunt> hunts_of(const JsonValue& hunt) {
  constexpr Keys<6> keys{"strategy", "depth", "max_steps", "first_seed", "seeds", "seeds_per_cell"};
  hunt.expect_object(keys);
  const SearchOptions usual;
  SweepHunt whole{usual.strategy, usual.depth, usual.max_steps, {}};
  if (const auto name = hunt.find("strategy")) {
    std::vector<std::string_view> names;
    for (const sim::StrategyEntry& entry : sim::strategies) names.push_back(entry.name);
    whole.strategy = names[name->one_of(names)];
  }
  if (const auto depth = hunt.find("depth")) {
    whole.depth = static_cast<unsigned>(depth->integer(1, sim::PctStrategy::max_depth));
  }
  if (const auto steps = hunt.find("max_steps")) {
    whole.max_steps = steps->integer(1, sim::max_schedule_length);
  }
  constexpr std::uint64_t most = 1'000'000'000'000;
  const auto first = hunt.find("first_seed");
  const std::uint64_t begin = first ? first->integer(0, most) : 1;
  const std::uint64_t count = hunt.at("seeds").integer(1, most);
  const auto per_cell = hunt.find("seeds_per_cell");
  const std::uint64_t piece = per_cell ? per_cell->integer(1, count) : count;
  if ((count + piece - 1) / piece > most_sweep_cells) per_cell->fail("makes too many cells");
  std::vector<SweepHunt> hunts;
  for (std::uint64_t done = 0; done < count; done += piece) {
    whole.seeds = {begin + done, begin + std::min(done + piece, count) - 1};
    hunts.push_back(whole);
  }
  return hunts;
}

std::uint64_t max_states_of(const JsonValue& explore) {
  constexpr Keys<1> keys{"max_states"};
  explore.expect_object(keys);
  const auto limit = explore.find("max_states");
  return limit ? limit->integer(1, sim::most_states) : 0;
}

/// The scenario of cell `index` of the grid, the first axis changing fastest.
json varied(const json& scenario, const std::vector<Axis>& axes, std::size_t index,
            nlohmann::ordered_json& values) {
  json document = scenario;
  values = nlohmann::ordered_json::object();
  for (const Axis& axis : axes) {
    const json& value = axis.values[index % axis.values.size()];
    index /= axis.values.size();
    document[json::json_pointer(axis.pointer)] = value;
    values[axis.pointer] = value;
  }
  // Expectations and prose are about the scenario as it was.
  document.erase("expect");
  return document;
}

class SpecReader {
 public:
  void read_family(const JsonValue& family) {
    constexpr Keys<5> keys{"scenario", "vary", "policies", "explore", "hunt"};
    family.expect_object(keys);
    const std::string name = family.at("scenario").string(4096);
    const model::Scenario scenario = load(family.at("scenario"), name);
    const auto hunt = family.find("hunt");
    const auto explore = family.find("explore");
    if (hunt.has_value() == explore.has_value()) {
      family.fail("expected one of 'explore' and 'hunt'");
    }
    const std::vector<Axis> axes = axes_of(family, scenario.document);
    std::size_t grid = 1;
    for (const Axis& axis : axes) grid *= axis.values.size();
    if (grid > most_sweep_cells) family.at("vary").fail("makes too many cells");
    for (std::size_t i = 0; i < grid; ++i) {
      SweepCell cell;
      cell.family = families_;
      const json document = varied(scenario.document, axes, i, cell.varied);
      cell.scenario = checked(family, document, scenario.name, cell.varied);
      for (const std::string& policy : policies_of(family, cell.scenario.policies)) {
        cell.policy = policy;
        if (explore) {
          cell.max_states = max_states_of(*explore);
          add(family, cell);
          continue;
        }
        for (const SweepHunt& piece : hunts_of(*hunt)) {
          cell.hunt = piece;
          add(family, cell);
        }
      }
    }
    ++families_;
    scenarios_.push_back(scenario.document);
  }

  std::vector<SweepCell> cells;
  [[nodiscard]] const json& scenarios() const { return scenarios_; }

 private:
  static model::Scenario load(const JsonValue& where, const std::string& name) {
    try {
      return model::load_scenario(find_scenario(name));
    } catch (const model::InputError& error) {
      where.fail(error.what());
    }
  }
  static model::Scenario checked(const JsonValue& family, const json& document,
                                 const std::string& name, const nlohmann::ordered_json& values) {
    try {
      return model::read_scenario(document, name, name);
    } catch (const model::InputError& error) {
      family.fail("with " + values.dump() + ": " + error.what());
    }
  }
  void add(const JsonValue& family, const SweepCell& cell) {
    if (cells.size() == most_sweep_cells) {
      family.fail("more than " + std::to_string(most_sweep_cells) + " cells in all");
    }
    cells.push_back(cell);
  }

  std::size_t families_ = 0;
  json scenarios_ = json::array();
};

}  // namespace

SweepSpec load_sweep(const std::string& path) {
  SweepSpec spec;
  spec.document = model::parse_json(model::read_file(path, largest_spec), path);
  const JsonValue root(spec.document, path);
  constexpr Keys<4> keys{"$schema", "format", "title", "families"};
  root.expect_object(keys);
  constexpr Keys<1> formats{"frwrsim-sweep/1"};
  (void)root.at("format").one_of(formats);
  SpecReader reader;
  for (const JsonValue& family : root.at("families").elements(1, 1000)) reader.read_family(family);
  spec.cells = std::move(reader.cells);
  spec.document["scenarios"] = reader.scenarios();
  return spec;
}

}  // namespace tools
