// SPDX-License-Identifier: MIT
//
// A study: the same seeds, timed, for every cell of a grid of latencies.
//
// Every cell runs the same seeds, so neighbours differ by their latencies and not by
// luck. A finished cell is a file that appears whole. A study that is killed and
// started again skips the cells that are there, and the result is the same bytes.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "model/scenario/scenario.h"
#include "tools/hunt/seed_range.h"
#include "tools/study/parameter_grid.h"

namespace tools {

/// What is to be studied.
struct StudySpec {
  model::Scenario scenario;
  std::vector<std::string> policies;
  std::vector<Variation> varied;
  SeedRange seeds;
  std::uint64_t max_steps = 0;
};

/// The result of one cell.
struct StudyCell {
  std::string policy;
  std::vector<std::uint64_t> values;  ///< of the parameters, in the order of StudySpec
  std::uint64_t runs = 0;
  std::uint64_t failing = 0;
  std::uint64_t cut = 0;
  std::uint64_t step_limit = 0;
  std::uint64_t steps = 0;          ///< of all runs
  std::uint64_t first_failing = 0;  ///< the smallest failing seed; 0: none
};

/// The scenario's latencies with the parameters of a cell. Throws model::InputError if
/// one of them does not exist there or may not have that value.
model::Timing timing_of(const StudySpec& spec, const std::vector<std::uint64_t>& values);

/// The study as a document; two are the same study if these are equal.
nlohmann::ordered_json study_json(const StudySpec& spec);

/// All cells: policies one after the other, within each the grid. Those found in
/// `directory`/cells are read, the others run on `jobs` threads (0: one per core) and
/// written there. If a signal asks to stop while a Watch exists, those that are finished.
/// Throws model::InputError, also for a cell file that is damaged.
std::vector<StudyCell> study_cells(const StudySpec& spec, const std::string& directory,
                                   unsigned jobs);

/// A table: a line of names, then one per cell.
std::string study_csv(const StudySpec& spec, const std::vector<StudyCell>& cells);

/// The spec and all cells, as "frwrsim-study/1".
nlohmann::ordered_json study_results(const StudySpec& spec, const std::vector<StudyCell>& cells);

/// A picture and the file name it is to have.
struct StudyChart {
  std::string file;
  std::string svg;
};

/// One parameter varied: a curve per policy. Two: a heat map per policy. None for
/// more, or for none.
std::vector<StudyChart> study_charts(const StudySpec& spec, const std::vector<StudyCell>& cells);

}  // namespace tools
