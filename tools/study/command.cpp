// SPDX-License-Identifier: MIT
//
// frwrsim study: a directory that holds one study, begun or finished.
#include <filesystem>
#include <set>

#include "tools/app/commands.h"
#include "tools/app/scenario_search.h"
#include "tools/app/watch.h"
#include "tools/files/cell_files.h"
#include "tools/files/output.h"
#include "tools/files/single_use.h"
#include "tools/study/study.h"
#include "tools/words/share.h"
#include "tools/words/words.h"

namespace tools {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t most_seeds = 1'000'000'000;

StudySpec spec_of(const StudyOptions& options) {
  StudySpec spec;
  spec.scenario = model::load_scenario(find_scenario(options.scenario));
  spec.policies = options.policies;
  spec.seeds = seed_range(options.seeds, most_seeds);
  spec.max_steps = options.max_steps;
  std::set<std::string> seen;
  for (const std::string& text : options.vary) {
    spec.varied.push_back(variation_of(text));
    const Variation& variation = spec.varied.back();
    if (!seen.insert(variation.parameter).second) {
      throw model::InputError("--vary: timing." + variation.parameter + " is varied twice");
    }
  }
  // Refused now, and not only in the last cell.
  const std::size_t cells = cell_count(spec.varied);
  for (std::size_t i = 0; i < cells; ++i) (void)timing_of(spec, values_of_cell(spec.varied, i));
  return spec;
}

/// The directory is new, empty, or holds this very study. Any other directory is not
/// changed.
void open_directory(const StudySpec& spec, const std::string& directory) {
  const std::string study = documents_text({study_json(spec)});
  const fs::path file = fs::path(directory) / "study.json";
  if (!fs::exists(file)) {
    for (const auto& entry : fs::directory_iterator(directory)) {
      if (entry.path().stem() == "study.json" && is_torn(entry.path())) continue;
      if (SingleUse::is_lock(entry.path())) continue;
      throw model::InputError(directory +
                              ": holds other files and no study; give another --output");
    }
    write_output(study, file.string());
  } else if (model::read_file(file.string(), 16 << 20) != study) {
    throw model::InputError(file.string() +
                            ": another study, or another program's; give another --output, or "
                            "remove the directory to start again");
  }
  expect_own_build(directory);
  remove_torn_files(directory);
  if (fs::exists(fs::path(directory) / "cells")) remove_torn_files(fs::path(directory) / "cells");
}

/// The share of a cell that fails, and where that is.
std::string in_words(const StudyCell& cell, const StudySpec& spec) {
  std::string text = share_with_interval(cell.failing, cell.runs);
  for (std::size_t i = 0; i < spec.varied.size(); ++i) {
    text += (i == 0 ? " at " : ", ") + spec.varied[i].parameter + " = " +
            (spec.varied[i].is_duration ? model::in_words(cell.values[i])
                                        : std::to_string(cell.values[i]));
  }
  return text;
}

}  // namespace

sim::ExitCode study_command(const StudyOptions& options) {
  const StudySpec spec = spec_of(options);
  std::vector<StudyCell> cells;
  std::vector<std::string> written{"results.csv", "results.json"};
  try {
    fs::create_directories(options.output);
    const SingleUse lock(options.output);
    open_directory(spec, options.output);
    const Watch watch(std::nullopt);  // Ctrl-C ends between two cells
    cells = study_cells(spec, options.output, options.jobs);
    const std::size_t all = spec.policies.size() * cell_count(spec.varied);
    if (cells.size() < all) {
      write_output("interrupted  " + std::to_string(cells.size()) + " of " + std::to_string(all) +
                       " cells are finished; the same command continues\n",
                   "");
      return sim::exit_bound;
    }
    const auto path = [&options](const std::string& name) {
      return (fs::path(options.output) / name).string();
    };
    write_output(study_csv(spec, cells), path("results.csv"));
    write_output(documents_text({study_results(spec, cells)}), path("results.json"));
    for (const StudyChart& chart : study_charts(spec, cells)) {
      write_output(chart.svg, path(chart.file));
      written.push_back(chart.file);
    }
  } catch (const fs::filesystem_error& error) {
    throw model::InputError(options.output + ": " + error.code().message());
  }
  std::string text = "scenario     " + spec.scenario.name + ": " + spec.scenario.title + "\n";
  for (const std::string& policy : spec.policies) {
    const StudyCell* most = nullptr;
    const StudyCell* least = nullptr;
    for (const StudyCell& cell : cells) {
      if (cell.policy != policy) continue;
      if (most == nullptr || cell.failing > most->failing) most = &cell;
      if (least == nullptr || cell.failing < least->failing) least = &cell;
    }
    text += "policy       " + policy_in_words(policy) + "\n  least      " + in_words(*least, spec) +
            "\n  most       " + in_words(*most, spec) + "\n";
  }
  text += "cells        " + std::to_string(cells.size()) + " of " +
          std::to_string(spec.seeds.size()) + " seeds\nwritten      ";
  for (const std::string& name : written) {
    text += (name == written.front() ? "" : ", ") + name;
  }
  write_output(text + "\n", "");
  return sim::exit_clean;
}

}  // namespace tools
