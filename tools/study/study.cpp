// SPDX-License-Identifier: MIT
//
// Running the cells of a study, each once.
#include "tools/study/study.h"

#include <array>
#include <cstdio>
#include <filesystem>

#include "tools/app/progress_bar.h"
#include "tools/app/search_setup.h"
#include "tools/files/cell_files.h"
#include "tools/files/output.h"
#include "tools/hunt/hunt.h"

namespace tools {
namespace {

namespace fs = std::filesystem;
using model::JsonValue;
using nlohmann::ordered_json;

constexpr std::string_view cell_format = "frwrsim-study-cell/1";

ordered_json cell_json(const StudyCell& cell) {
  ordered_json json;
  json["policy"] = cell.policy;
  json["values"] = cell.values;
  json["runs"] = cell.runs;
  json["failing"] = cell.failing;
  json["cut"] = cell.cut;
  json["step_limit"] = cell.step_limit;
  json["steps"] = cell.steps;
  if (cell.failing > 0) json["first_failing_seed"] = cell.first_failing;
  return json;
}

class Cells {
 public:
  Cells(const StudySpec& spec, const std::string& directory, unsigned jobs)
      : spec_(spec),
        directory_(fs::path(directory) / "cells"),
        jobs_(jobs),
        hash_(hash_of(study_json(spec))) {}

  std::vector<StudyCell> all() {
    fs::create_directories(directory_);
    const std::size_t per_policy = cell_count(spec_.varied);
    const std::size_t total = spec_.policies.size() * per_policy;
    ProgressBar bar(total, "cells");
    std::vector<StudyCell> cells;
    for (std::size_t i = 0; i < total; ++i) {
      StudyCell cell;
      cell.policy = spec_.policies[i / per_policy];
      cell.values = values_of_cell(spec_.varied, i % per_policy);
      if (!read(i, cell)) {
        if (!run(cell)) break;
        write(i, cell);
      }
      cells.push_back(cell);
      bar.show(i + 1, std::to_string(cell.failing) + " of " + std::to_string(cell.runs) +
                          " runs failing in the last one");
    }
    return cells;
  }

 private:
  [[nodiscard]] std::string path_of(std::size_t i) const {
    char name[40];
    std::snprintf(name, sizeof name, "%06zu.json", i);
    return (directory_ / name).string();
  }

  // Whether the cell was finished.
  [[nodiscard]] bool run(StudyCell& cell) const {
    const model::Timing timing = timing_of(spec_, cell.values);
    sim::StrategySpec strategy{.kind = sim::StrategyKind::timed};
    strategy.latencies.assign(timing.begin(), timing.end());
    HuntPlan plan;
    plan.seeds = spec_.seeds;
    plan.max_steps = spec_.max_steps;
    plan.all = true;
    plan.jobs = jobs_;
    plan.quiet = true;
    const HuntState state = hunt(model_of(spec_.scenario, cell.policy), strategy, plan);
    if (state.stopped != sim::Bound::none) return false;
    const Tally& tally = state.tally;
    cell.runs = tally.runs;
    cell.failing = tally.failures.size();
    cell.cut = tally.cut;
    cell.step_limit = tally.step_limit;
    cell.steps = tally.steps;
    if (!tally.failures.empty()) cell.first_failing = tally.failures.front().seed;
    return true;
  }

  void write(std::size_t i, const StudyCell& cell) const {
    ordered_json json;
    json["format"] = cell_format;
    json["study"] = hash_;
    json["cell"] = cell_json(cell);
    json["hash"] = hash_of(json["cell"]);
    write_output(json.dump() + "\n", path_of(i));
  }

  // The file must say what this cell would say; else another program wrote it.
  [[nodiscard]] bool read(std::size_t i, StudyCell& cell) const {
    const std::string path = path_of(i);
    if (!fs::exists(path)) return false;
    const nlohmann::json document = model::parse_json(model::read_file(path, 1 << 20), path);
    const JsonValue root(document, path);
    constexpr std::array<std::string_view, 4> keys{"format", "study", "cell", "hash"};
    root.expect_object(keys);
    constexpr std::array<std::string_view, 1> formats{cell_format};
    (void)root.at("format").one_of(formats);
    if (root.at("study").string(16) != hash_) {
      root.at("study").fail("the cell belongs to another study: remove the file");
    }
    const JsonValue json = root.at("cell");
    cell.runs = json.at("runs").integer(spec_.seeds.size(), spec_.seeds.size());
    cell.failing = json.at("failing").integer(0, cell.runs);
    cell.cut = json.at("cut").integer(0, cell.runs);
    cell.step_limit = json.at("step_limit").integer(0, cell.runs);
    cell.steps = json.at("steps").integer(0, UINT64_MAX);
    if (cell.failing > 0) {
      cell.first_failing =
          json.at("first_failing_seed").integer(spec_.seeds.first, spec_.seeds.last);
    }
    const ordered_json expected = cell_json(cell);
    if (nlohmann::json(expected) != json.json() ||
        root.at("hash").string(16) != hash_of(expected)) {
      json.fail("is not what this study would have written: remove the file");
    }
    return true;
  }

  const StudySpec& spec_;
  fs::path directory_;
  unsigned jobs_;
  std::string hash_;
};

}  // namespace

model::Timing timing_of(const StudySpec& spec, const std::vector<std::uint64_t>& values) {
  model::Timing timing = spec.scenario.timing;
  for (std::size_t i = 0; i < spec.varied.size(); ++i) {
    model::set_parameter(timing, spec.varied[i].parameter, values[i]);
  }
  return timing;
}

ordered_json study_json(const StudySpec& spec) {
  ordered_json json;
  json["format"] = "frwrsim-study/1";
  json["program"] = FRWRSIM_VERSION;
  json["scenario_name"] = spec.scenario.name;
  json["scenario_hash"] = model::hash_text(spec.scenario.hash());
  json["policies"] = spec.policies;
  json["vary"] = ordered_json::array();
  for (const Variation& variation : spec.varied) {
    ordered_json item;
    item["parameter"] = "timing." + variation.parameter;
    item["scale"] = variation.logarithmic ? "log" : "lin";
    item["values"] = variation.values;
    json["vary"].push_back(item);
  }
  if (spec.seeds.first != 1) json["first_seed"] = spec.seeds.first;
  json["seeds"] = spec.seeds.size();
  json["max_steps"] = spec.max_steps;
  json["scenario"] = spec.scenario.document;
  return json;
}

std::vector<StudyCell> study_cells(const StudySpec& spec, const std::string& directory,
                                   unsigned jobs) {
  return Cells(spec, directory, jobs).all();
}

ordered_json study_results(const StudySpec& spec, const std::vector<StudyCell>& cells) {
  ordered_json json = study_json(spec);
  json["cells"] = ordered_json::array();
  for (const StudyCell& cell : cells) json["cells"].push_back(cell_json(cell));
  return json;
}

}  // namespace tools
