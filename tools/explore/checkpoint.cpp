// SPDX-License-Identifier: MIT
//
// The payload: reports, each with its exit code and length, then a search and its time.
#include "tools/explore/checkpoint.h"

#include <algorithm>
#include <iterator>

#include "model/scenario/names.h"
#include "sim/search/saved_search.h"

namespace tools {
namespace {

/// All that a report depends on.
CheckpointFacts facts_of(const ExploreOptions& options, const model::Scenario& scenario) {
  CheckpointFacts facts = basic_facts("explore", scenario);
  const auto add = [&facts](const char* name, std::string value) {
    facts.emplace_back(name, std::move(value));
  };
  add("name or path of the scenario", options.scenario);
  add("--policy", comma_list(options.policies));
  add("--invariant", options.invariant);
  add("--reduction", options.reduction);
  add("--count-preemptions", options.count_preemptions);
  add("--verdict-only", options.verdict_only ? "yes" : "no");
  add("--max-states", std::to_string(options.max_states));
  add("--format", options.format);
  add("--reproducible", options.reproducible ? "yes" : "no");
  add("--against", options.against.empty()
                       ? ""
                       : options.against + ", " + digest_of(MappedFile(options.against).bytes()));
  return facts;
}

/// Throws sim::BadBytes if ends have a name that the model does not have.
void check_ends(const sim::StateGraph& graph) {
  for (const sim::EndState& end : graph.ends()) {
    const bool is_known = end.end != sim::End::cut ? end.detail < model::rule_count
                                                   : end.detail < std::size(model::budget_names);
    if (!is_known) throw sim::BadBytes("a run ends for a reason that there is not");
  }
}

}  // namespace

ExploreCheckpoint::ExploreCheckpoint(const ExploreOptions& options, const model::Scenario& scenario)
    : file_(options.checkpoint, facts_of(options, scenario)) {
  remove_torn(options.output);
  remove_torn(options.certificate);
  if (file_.payload().empty()) return;
  try {
    sim::ByteReader reader(file_.payload());
    const auto count = reader.number<std::uint32_t>(
        "finished reports", static_cast<std::uint32_t>(options.policies.size()));
    for (std::uint32_t i = 0; i < count; ++i) {
      const auto code = reader.number<std::uint8_t>("exit code", sim::exit_bound);
      const Bytes text = reader.take(reader.number<std::uint64_t>("length of a report"));
      if (options.format == "json" && !nlohmann::json::accept(text.begin(), text.end())) {
        throw sim::BadBytes("a report is no JSON");
      }
      finished_.push_back({static_cast<sim::ExitCode>(code), {text.begin(), text.end()}});
    }
    search_ = reader.take(reader.left());
    if (!search_.empty() && count == options.policies.size()) {
      throw sim::BadBytes("has a search beyond the last policy");
    }
  } catch (const sim::BadBytes& bad) {
    file_.fail(bad.what());
  }
}

void ExploreCheckpoint::add(FinishedReport report) {
  if (!is_frozen_) finished_.push_back(std::move(report));
}

std::optional<BegunSearch> ExploreCheckpoint::take_search(const model::RaceModel& model,
                                                          const sim::ExploreOptions& options) {
  if (search_.empty()) return std::nullopt;
  try {
    sim::ByteReader reader(search_);
    const auto milliseconds = reader.number<std::uint64_t>("milliseconds");
    BegunSearch begun{sim::restored(model, options, reader),
                      static_cast<double>(milliseconds) / 1000};
    reader.expect_end();
    check_ends(begun.found.graph);
    file_.tell_of(std::to_string(begun.found.state_count()) + " states, " +
                  std::to_string(begun.found.expanded) + " of them expanded");
    search_ = {};
    file_.forget_payload();
    return begun;
  } catch (const sim::BadBytes& bad) {
    file_.fail(bad.what());
  }
}

void ExploreCheckpoint::save(const sim::Exploration<model::RaceModel>& found, double seconds) {
  file_.save([&](const sim::ByteSink& sink) {
    sim::put(sink, static_cast<std::uint32_t>(finished_.size()));
    for (const FinishedReport& finished : finished_) {
      sim::put(sink, static_cast<std::uint8_t>(finished.code));
      sim::put(sink, std::uint64_t{finished.report.size()});
      sim::put_all(sink, finished.report.data(), finished.report.size());
    }
    sim::put(sink, static_cast<std::uint64_t>(seconds * 1000));
    sim::save(found, sink);
  });
}

void ExploreCheckpoint::save_for_later(const sim::Exploration<model::RaceModel>& found,
                                       double seconds) {
  if (is_frozen_) return;
  // States that a bound kept out cannot be recovered.
  if (found.bound != sim::Bound::states) save(found, seconds);
  is_frozen_ = true;
}

void ExploreCheckpoint::finish() {
  if (!is_frozen_) file_.remove();
}

}  // namespace tools
