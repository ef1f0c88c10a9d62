// SPDX-License-Identifier: MIT
//
// Checkpoints: whatever was done to one, it is refused in words, or what it holds is
// written back as the same bytes and gone on with.
//
// The input is edits of a genuine checkpoint, whose length and checksum are made good
// afterwards: of the facts ("POINTER VALUE") and of the payload (byte_edits.h). A line
// "search", "verdict" (a search without a graph) or "hunt" says of what kind it is, and
// "round N" which of those made on the way.
//
// A search whose states and edges are those of the model ends like one that was never
// interrupted. Others are not gone on with: whether its states are worlds of the model
// is nothing that a checkpoint's reader looks at (docs/checkpoint.md).
#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>
#include <vector>

#include "model/policy.h"
#include "model/scenario/scenario.h"
#include "sim/questions/topological_order.h"
#include "sim/search/explorer.h"
#include "sim/search/saved_search.h"
#include "tests/fuzz/byte_edits.h"
#include "tests/fuzz/fuzz_target.h"
#include "tools/explore/checkpoint.h"
#include "tools/hunt/checkpoint.h"

namespace {

using nlohmann::ordered_json;
using Search = sim::Exploration<model::RaceModel>;

constexpr std::string_view format = "frwrsim-checkpoint/1\n";
constexpr tools::SeedRange seeds{1, 1100};  // two blocks and a part of one
const sim::StrategySpec uniform{.kind = sim::StrategyKind::uniform};

/// A directory for this process, and one file in it.
struct Place {
  std::string directory = (std::filesystem::temp_directory_path() / "frwrsim-fuzz-XXXXXX").string();
  std::string file;

  Place() {
    fuzz::require(mkdtemp(directory.data()) != nullptr, "there is a directory to write in");
    file = directory + "/checkpoint";
  }
  ~Place() { std::filesystem::remove_all(directory); }
  [[nodiscard]] std::string content() const {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
  }
};

const Place& place() {
  static const Place one;
  return one;
}

/// One segment, a pool of one, a mapping that may fail: small, with violations.
const model::Scenario& scenario() {
  static const model::Scenario small = model::read_scenario(nlohmann::json::parse(R"({
        "format": "frwrsim-scenario/1", "title": "small", "about": ["For fuzzing."],
        "rpcs": [{"name": "write", "read_list": 1}], "mr_pool": 1, "provider": "reject",
        "faults": {"dma_map": 1}, "guards": ["enobufs-delay"],
        "budgets": {"retransmissions": 1, "enobufs_retries": 1, "reconnects": 1}})"),
                                                            "small", "small");
  return small;
}

const std::string policy(model::policies().front().name);

model::RaceModel race(const std::string& under) {
  return model::RaceModel(scenario().with_policy(model::find_policy(under)->policy));
}
const model::RaceModel& race() {
  static const model::RaceModel model = race(policy);
  return model;
}

std::string_view text_of(sim::Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// A checkpoint taken apart, length and checksum left out.
struct Parts {
  ordered_json facts;
  std::string payload;
};

Parts parts_of(const std::string& file) {
  const std::size_t end = file.find('\n', format.size());
  return {ordered_json::parse(file.substr(format.size(), end - format.size())),
          file.substr(end + 1, file.size() - end - 1 - 8 - 16)};
}

std::string file_of(const Parts& parts) {
  std::string file = std::string(format) + parts.facts.dump() + "\n" + parts.payload;
  const std::uint64_t length = file.size() + 8 + 16;
  file.append(reinterpret_cast<const char*>(&length), sizeof length);
  return fuzz::with_checksum(file);
}

// A search: the second of two policies, after the report on the first.

tools::ExploreOptions explore_options(bool keep_graph) {
  tools::ExploreOptions options;
  options.scenario = "small";
  options.policies = {"another", policy};
  options.format = "json";
  options.verdict_only = !keep_graph;
  options.checkpoint.file = place().file;
  return options;
}

sim::ExploreOptions search_options(bool keep_graph) {
  return {.keep_graph = keep_graph, .chunk_states = 50, .chunks = 2};
}

const Search& plain_search(bool keep_graph) {
  static const Search with = sim::explore(race(), search_options(true));
  static const Search without = sim::explore(race(), search_options(false));
  return keep_graph ? with : without;
}

std::vector<Parts> genuine_searches(bool keep_graph) {
  struct Keeper {
    tools::ExploreCheckpoint* checkpoint;
    std::vector<Parts>* all;
    sim::Bound operator()(const sim::Progress&) const { return sim::Bound::none; }
    void keep(const Search& found) const {
      checkpoint->save(found, 0.25);
      all->push_back(parts_of(place().content()));
    }
  };
  std::vector<Parts> all;
  tools::ExploreCheckpoint checkpoint(explore_options(keep_graph), scenario());
  checkpoint.add({sim::exit_clean, R"({"report":"a"})"});
  sim::explore(race(), search_options(keep_graph), Keeper{&checkpoint, &all});
  checkpoint.finish();
  return all;
}

template <class Span>
bool same(const Span& a, const Span& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end());
}

/// Whether a search has found what the plain one has, as far as it has come. That says
/// nothing of depths and of bits' places.
bool is_begun(const Search& found, const Search& plain) {
  if (found.state_count() > plain.state_count()) return false;
  for (sim::StateId id = 0; id < found.state_count(); ++id) {
    const model::World a = found.state(id);
    const model::World b = plain.state(id);
    if (std::memcmp(&a, &b, sizeof a) != 0) return false;
  }
  for (sim::StateId id = 0; id < found.graph.expanded(); ++id) {
    if (!same(found.graph.targets(id), plain.graph.targets(id))) return false;
    if (!same(found.graph.choices(id), plain.graph.choices(id))) return false;
  }
  const auto ends = plain.graph.ends();
  const auto here = std::find_if(ends.begin(), ends.end(), [&found](const sim::EndState& end) {
    return end.state >= found.expanded;
  });
  return same(found.graph.ends(), ends.first(static_cast<std::size_t>(here - ends.begin())));
}

void try_search(const Parts& parts, bool keep_graph, bool is_changed) {
  std::optional<tools::BegunSearch> begun;
  const bool is_accepted =
      fuzz::accepted(
          [&] {
            tools::ExploreCheckpoint checkpoint(explore_options(keep_graph), scenario());
            fuzz::require(checkpoint.finished().size() <= 2,
                          "there are no more reports than policies");
            begun = checkpoint.take_search(race(), search_options(keep_graph));
            return true;
          },
          fuzz::require_for_people)
          .has_value();
  fuzz::require(is_accepted || is_changed, "a genuine checkpoint is accepted");
  if (!begun) return;
  std::string written;
  sim::save(begun->found, [&written](sim::Bytes bytes) { written += text_of(bytes); });
  fuzz::require(parts.payload.ends_with(written), "what is accepted is written as it was");
  begun->found.graph.set_state_count(begun->found.state_count());
  (void)sim::topological_order(begun->found.graph);
  const Search& plain = plain_search(keep_graph);
  if (!is_begun(begun->found, plain)) {
    fuzz::require(is_changed, "a genuine search is a part of the plain one");
    return;
  }
  const Search rest = sim::explore(race(), search_options(keep_graph), sim::NullMonitor{},
                                   std::optional(std::move(begun->found)));
  // Without a graph it is a number that says which states were expanded.
  fuzz::require(is_begun(rest, plain), "a search finds nothing but what the plain one finds");
  fuzz::require(rest.state_count() == plain.state_count() || (is_changed && !keep_graph),
                "a search that is gone on with ends like the plain one");
  fuzz::require(
      is_changed || (rest.levels == plain.levels && rest.transitions == plain.transitions),
      "depths and transitions are those of the plain search");
}

// A hunt under two policies. Its checkpoints are written here as docs/checkpoint.md says:
// when the program writes one depends on the clock.

tools::HuntOptions hunt_options() {
  tools::HuntOptions options;
  options.policies = {std::string(model::policies()[0].name),
                      std::string(model::policies()[1].name)};
  options.all = true;
  options.checkpoint.file = place().file;
  options.checkpoint.every_ms = 1;
  return options;
}

tools::HuntPlan plan_for(tools::SeedRange range) {
  tools::HuntPlan plan;
  plan.seeds = range;
  plan.max_steps = 1000;
  plan.all = true;
  plan.jobs = 1;
  plan.quiet = true;
  return plan;
}

tools::HuntCheckpoint open_hunt() {
  return {hunt_options(), scenario(), seeds, {std::string(sim::name_of(uniform.kind))}};
}

std::vector<tools::Tally> hunted(tools::HuntCheckpoint& checkpoint) {
  std::vector<tools::Tally> tallies;
  for (const std::string& policy : hunt_options().policies) {
    tallies.push_back(checkpoint.hunt(policy, race(policy), uniform, plan_for(seeds)).state.tally);
  }
  return tallies;
}

/// The facts of a hunt, from a checkpoint that the program wrote.
ordered_json hunt_facts() {
  tools::HuntCheckpoint checkpoint = open_hunt();
  std::this_thread::sleep_for(std::chrono::milliseconds(2));  // until it is due
  hunted(checkpoint);
  ordered_json facts = parts_of(place().content()).facts;
  checkpoint.finish();
  return facts;
}

/// A hunt that has run so many seeds.
std::string kept_hunt(const std::string& policy, std::uint64_t done) {
  const tools::Tally tally =
      tools::hunt(race(policy), uniform, plan_for({seeds.first, seeds.first + done - 1})).tally;
  std::string bytes;
  const sim::ByteSink sink = [&bytes](sim::Bytes more) { bytes += text_of(more); };
  const std::string name = policy + ", " + std::string(sim::name_of(uniform.kind));
  sim::put(sink, static_cast<std::uint32_t>(name.size()));
  bytes += name;
  for (const std::uint64_t number : {done, tally.runs, tally.steps, tally.cut, tally.step_limit,
                                     std::uint64_t{250}, std::uint64_t{tally.failures.size()}}) {
    sim::put(sink, number);
  }
  for (const tools::Failure& failure : tally.failures) {
    sim::put(sink, failure.seed);
    sim::put(sink, failure.steps);
    sim::put(sink, static_cast<std::uint8_t>(failure.violation.invariant));
    sim::put(sink, failure.violation.mr);
    sim::put(sink, failure.violation.rpc);
    sim::put(sink, failure.fingerprint);
  }
  return bytes;
}

std::vector<Parts> genuine_hunts() {
  const ordered_json facts = hunt_facts();
  const std::string first = hunt_options().policies[0];
  const std::string second = hunt_options().policies[1];
  return {{facts, kept_hunt(first, 512)},
          {facts, kept_hunt(first, 1024)},
          {facts, kept_hunt(first, seeds.size()) + kept_hunt(second, 512)},
          {facts, kept_hunt(first, seeds.size()) + kept_hunt(second, seeds.size())}};
}

/// Whether a tally can be one of all seeds.
void require_possible(const tools::Tally& tally) {
  fuzz::require(tally.runs == seeds.size(), "every seed was run once");
  fuzz::require(tally.failures.size() + tally.cut + tally.step_limit <= tally.runs,
                "a run ends once");
  for (std::size_t i = 0; i < tally.failures.size(); ++i) {
    const std::uint64_t seed = tally.failures[i].seed;
    fuzz::require(seed >= seeds.first && seed <= seeds.last, "a failing seed is one of the range");
    fuzz::require(i == 0 || tally.failures[i - 1].seed < seed, "failing seeds are in order");
  }
}

bool same(const tools::Tally& a, const tools::Tally& b) {
  const auto same_run = [](const tools::Failure& x, const tools::Failure& y) {
    return x.seed == y.seed && x.steps == y.steps && x.fingerprint == y.fingerprint &&
           x.violation.invariant == y.violation.invariant && x.violation.mr == y.violation.mr &&
           x.violation.rpc == y.violation.rpc;
  };
  return a.runs == b.runs && a.steps == b.steps && a.cut == b.cut && a.step_limit == b.step_limit &&
         std::equal(a.failures.begin(), a.failures.end(), b.failures.begin(), b.failures.end(),
                    same_run);
}

void try_hunt(bool is_changed) {
  static const std::vector<tools::Tally> plain = [] {
    std::vector<tools::Tally> tallies;
    for (const std::string& policy : hunt_options().policies) {
      tallies.push_back(tools::hunt(race(policy), uniform, plan_for(seeds)).tally);
    }
    return tallies;
  }();
  const auto tallies = fuzz::accepted(
      [] {
        tools::HuntCheckpoint checkpoint = open_hunt();
        return hunted(checkpoint);
      },
      fuzz::require_for_people);
  fuzz::require(tallies || is_changed, "a genuine checkpoint is accepted");
  if (!tallies) return;
  for (std::size_t i = 0; i < tallies->size(); ++i) {
    require_possible((*tallies)[i]);
    fuzz::require(is_changed || same((*tallies)[i], plain[i]),
                  "a hunt that is gone on with ends like the plain one");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::vector<Parts> searches = genuine_searches(true);
  static const std::vector<Parts> verdicts = genuine_searches(false);
  static const std::vector<Parts> hunts = genuine_hunts();
  const std::vector<Parts>* kind = &searches;
  std::size_t round = 0;
  std::vector<std::string> edits;
  fuzz::for_each_line({reinterpret_cast<const char*>(data), size}, [&](const std::string& line) {
    if (line == "search") kind = &searches;
    if (line == "verdict") kind = &verdicts;
    if (line == "hunt") kind = &hunts;
    if (line.starts_with("round ")) round = std::strtoul(line.c_str() + 6, nullptr, 10);
    if (line.starts_with("/") || line.starts_with("@") || line.starts_with("+") ||
        line.starts_with("-")) {
      edits.push_back(line);
    }
  });
  const Parts& original = (*kind)[round % kind->size()];
  Parts parts = original;
  for (const std::string& line : edits) {
    if (line.starts_with("/")) {
      fuzz::edit(parts.facts, line);
    } else {
      fuzz::edit_bytes(parts.payload, line);
    }
  }
  const bool is_changed = parts.payload != original.payload || parts.facts != original.facts;
  std::ofstream(place().file, std::ios::binary | std::ios::trunc) << file_of(parts);
  if (kind == &hunts) {
    try_hunt(is_changed);
  } else {
    try_search(parts, kind == &searches, is_changed);
  }
  return 0;
}
