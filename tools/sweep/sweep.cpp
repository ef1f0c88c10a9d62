// SPDX-License-Identifier: MIT
//
// Doing the cells of a share.
#include "tools/sweep/sweep.h"

#include <filesystem>

#include "tools/app/progress_bar.h"
#include "tools/app/search_setup.h"
#include "tools/app/strategy_setup.h"
#include "tools/app/watch.h"
#include "tools/app/why_stopped.h"
#include "tools/explore/full_search.h"
#include "tools/explore/report.h"
#include "tools/files/cell_files.h"
#include "tools/files/output.h"
#include "tools/files/single_use.h"
#include "tools/hunt/report.h"
#include "tools/sweep/files.h"

namespace tools {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

Json explored(const SweepCell& cell, unsigned jobs) {
  FullSearchOptions options;
  options.jobs = jobs;
  ExploreRequest request = limited_request(options, cell.scenario);
  if (cell.max_states != 0) request.max_states = static_cast<sim::StateId>(cell.max_states);
  Watch watch(std::nullopt, cell.scenario.name + ", " + cell.policy);
  request.watch = [&watch](const sim::Progress& progress) { return watch.look(progress); };
  const Findings found = explore(model_of(cell.scenario, cell.policy), cell.policy, request);
  if (found.bound != sim::Bound::none && found.bound != sim::Bound::states) {
    // Data that depend on the machine are not part of the result.
    throw model::InputError("the sweep stopped in " + cell.scenario.name + " under " + cell.policy +
                            ": " + why_stopped(found.bound) +
                            "; finished cells are kept. If it is too large, give its family "
                            "\"explore\": {\"max_states\": N}");
  }
  return explore_json(found, cell.scenario, {cell.scenario.name, true});
}

Json hunted(const SweepCell& cell, unsigned jobs) {
  const SweepHunt& hunt = *cell.hunt;
  SearchOptions options;
  options.jobs = jobs;
  options.depth = hunt.depth;
  options.max_steps = hunt.max_steps;
  const sim::StrategySpec strategy =
      strategy_of(options, hunt.strategy, cell.scenario, cell.policy);
  HuntPlan plan;
  plan.seeds = hunt.seeds;
  plan.max_steps = hunt.max_steps;
  plan.all = true;
  plan.jobs = jobs;
  plan.quiet = true;
  const HuntState state = tools::hunt(model_of(cell.scenario, cell.policy), strategy, plan);
  return hunt_json({cell.policy, strategy, state}, cell.scenario, hunt.seeds);
}

Json result_of(const SweepCell& cell, unsigned jobs) {
  Json json{{"family", cell.family}, {"varied", cell.varied}};
  json["result"] = cell.hunt ? hunted(cell, jobs) : explored(cell, jobs);
  return json;
}

bool fails(const Json& cell) { return cell.at("result").at("verdict") == "violated"; }

/// The directory is new, empty, or holds this very share.
void open_directory(const ShareHead& head, const std::string& directory) {
  remove_torn_files(directory);
  const fs::path file = fs::path(directory) / share_file;
  if (!fs::exists(file)) {
    for (const auto& entry : fs::directory_iterator(directory)) {
      if (SingleUse::is_lock(entry.path())) continue;
      throw model::InputError(directory +
                              ": holds other files and no share; give another --output");
    }
    return write_output(documents_text({to_json(head)}), file.string());
  }
  const ShareHead there = read_share(directory);
  if (there.sweep != head.sweep || there.program != head.program) {
    throw model::InputError(file.string() +
                            ": a share of another sweep, or by another program; give another "
                            "--output, or remove the directory to start again");
  }
  if (there.shard.number != head.shard.number || there.shard.of != head.shard.of) {
    throw model::InputError(file.string() + ": share " + in_words(there.shard) + ", not " +
                            in_words(head.shard));
  }
}

}  // namespace

SweepShare do_share(const SweepSpec& spec, Shard shard, const std::string& directory,
                    unsigned jobs) {
  std::vector<std::uint64_t> costs(spec.cells.size(), 1);
  if (shard.of > 1) {
    for (std::size_t i = 0; i < costs.size(); ++i) costs[i] = estimated_cost(spec.cells[i]);
  }
  const std::vector<unsigned> owner = shared_out(costs, shard.of);
  ShareHead head{FRWRSIM_VERSION, hash_of(spec.document), shard, spec.cells.size(), {},
                 spec.document};
  for (std::size_t i = 0; i < owner.size(); ++i) {
    if (owner[i] == shard.number) head.cells.push_back(i);
  }
  fs::create_directories(directory);
  const SingleUse lock(directory);
  open_directory(head, directory);
  const CellFiles files = cells_of(head, directory);
  expect_own_build(directory);
  files.prepare();
  SweepShare share{head.cells.size(), 0, 0, spec.cells.size()};
  ProgressBar bar(head.cells.size(), "cells");
  std::size_t done = 0;
  for (const std::size_t i : head.cells) {
    std::optional<Json> cell = files.read(i);
    if (cell) {
      ++share.found;
    } else {
      cell = result_of(spec.cells[i], jobs);
      files.write(i, *cell);
    }
    if (fails(*cell)) ++share.failing;
    bar.show(++done, std::to_string(share.failing) + " failing");
  }
  return share;
}

}  // namespace tools
