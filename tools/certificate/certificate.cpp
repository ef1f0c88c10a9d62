// SPDX-License-Identifier: MIT
//
// Writing certificates: one pass backwards that counts, one forwards that writes.
//
// Counts are kept as the file spells them. That takes as much memory as they take in
// the file; as numbers they would take several times as much.
#include "tools/certificate/certificate.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <iterator>
#include <map>
#include <optional>
#include <string_view>
#include <vector>

#include "model/property/properties.h"
#include "model/scenario/input.h"
#include "model/scenario/names.h"
#include "sim/questions/interleavings.h"
#include "sim/search/huge_array.h"
#include "tools/certificate/certificate_format.h"
#include "tools/files/output.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace tools {
namespace {

using nlohmann::ordered_json;
using sim::BigInt;
using sim::StateId;
using Found = sim::Exploration<model::RaceModel>;

static_assert(std::endian::native == std::endian::little,
              "packed states are written as they lie in memory");

template <class Unsigned>
void append_number(std::string& bytes, Unsigned value) {
  for (unsigned i = 0; i < sizeof value; ++i) {
    bytes.push_back(static_cast<char>(value >> (8 * i) & 0xffu));
  }
}

/// Numbers of interleavings that begin in one state.
struct Interleavings {
  BigInt all;
  BigInt failing;
};

/// Those of every state, each number as two bytes of length and so many of value.
class InterleavingsTable {
 public:
  explicit InterleavingsTable(StateId states) { at_.resize(states); }

  void set(StateId state, const Interleavings& counts) {
    at_[state] = bytes_.size();
    append(counts.all);
    append(counts.failing);
  }
  [[nodiscard]] Interleavings get(StateId state) const {
    Interleavings counts;
    const unsigned char* end = read(bytes_.data() + at_[state], &counts.all);
    read(end, &counts.failing);
    return counts;
  }
  [[nodiscard]] std::string_view bytes(StateId state) const {
    const unsigned char* begin = bytes_.data() + at_[state];
    const unsigned char* end = read(read(begin, nullptr), nullptr);
    return {reinterpret_cast<const char*>(begin), static_cast<std::size_t>(end - begin)};
  }
  [[nodiscard]] std::uint64_t memory() const { return at_.memory() + bytes_.memory(); }

 private:
  void append(const BigInt& number) {
    scratch_.clear();
    if (number != 0) export_bits(number, std::back_inserter(scratch_), 8, false);
    if (scratch_.size() > 0xffff) {
      throw model::InputError("there are too many interleavings for a certificate");
    }
    const auto length = static_cast<unsigned>(scratch_.size());
    bytes_.push_back(static_cast<unsigned char>(length & 0xff));
    bytes_.push_back(static_cast<unsigned char>(length >> 8));
    bytes_.append(scratch_);
  }
  /// Reads a number unless it is not wanted; returns where the next one begins.
  static const unsigned char* read(const unsigned char* from, BigInt* number) {
    const unsigned char* begin = from + 2;
    const unsigned char* end = begin + (from[0] | from[1] << 8);
    if (number != nullptr && begin != end) import_bits(*number, begin, end, 8, false);
    return end;
  }

  sim::HugeArray<std::uint64_t> at_;
  sim::HugeArray<unsigned char> bytes_;
  std::vector<unsigned char> scratch_;
};

/// What can be said only after a look at the whole graph.
struct Backwards {
  InterleavingsTable interleavings;
  std::vector<std::uint32_t> heights;
  StateId safe = 0;
  StateId avoidable = 0;
  StateId inevitable = 0;
};

Backwards go_backwards(const sim::StateGraph& graph, const sim::TopologicalOrder& order,
                       const sim::Limits& limits) {
  Backwards result{InterleavingsTable(graph.state_count()),
                   std::vector<std::uint32_t>(graph.state_count())};
  std::vector<bool> fails(graph.state_count());
  for (const sim::EndState& end : graph.ends()) fails[end.state] = end.end == sim::End::violation;
  for (std::size_t i = order.size(); i-- > 0;) {
    if (i % 65'536 == 0) limits.check(result.interleavings.memory());
    const StateId state = order[i];
    Interleavings counts;
    if (graph.targets(state).empty()) counts = {1, fails[state] ? 1 : 0};
    for (const StateId target : graph.targets(state)) {
      const Interleavings more = result.interleavings.get(target);
      counts.all += more.all;
      counts.failing += more.failing;
      result.heights[state] = std::max(result.heights[state], result.heights[target] + 1);
    }
    result.interleavings.set(state, counts);
    ++(counts.failing == 0            ? result.safe
       : counts.failing == counts.all ? result.inevitable
                                      : result.avoidable);
  }
  return result;
}

/// The bytes of a world in hex; what is left of `words` is not the world's.
std::string world_hex(const std::vector<std::uint64_t>& words) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (std::size_t i = 0; i < sizeof(model::World); ++i) {
    const auto byte = static_cast<unsigned>(words[i / 8] >> (8 * (i % 8)) & 0xff);
    text += digits[byte >> 4];
    text += digits[byte & 15];
  }
  return text;
}

/// How many runs end how; kinds and reasons that do not occur are left out.
struct Ends {
  ordered_json json = {
      {"rest", 0}, {"violation", ordered_json::object()}, {"cut", ordered_json::object()}};
  std::optional<StateId> first_violation;

  Ends(const sim::StateGraph& graph, const model::Setup& setup) {
    std::uint64_t rest = 0;
    std::map<std::uint8_t, std::uint64_t> violations;
    std::map<std::uint8_t, std::uint64_t> cuts;
    for (const sim::EndState& end : graph.ends()) {
      if (end.end == sim::End::rest) ++rest;
      if (end.end == sim::End::cut) ++cuts[end.detail];
      if (end.end != sim::End::violation) continue;
      ++violations[end.detail];
      if (!first_violation) first_violation = end.state;
    }
    json["rest"] = rest;
    for (const auto& [detail, count] : violations) {
      json["violation"][model::entry_of(static_cast<model::Invariant>(detail), setup).name] = count;
    }
    for (const auto& [detail, count] : cuts) {
      json["cut"][model::name_of(model::budget_names, static_cast<model::Budget>(detail))] = count;
    }
  }
  [[nodiscard]] sim::Verdict verdict() const {
    if (first_violation) return sim::Verdict::violated;
    return json["cut"].empty() ? sim::Verdict::exhausted : sim::Verdict::bound_reached;
  }
};

/// The length of the shortest path to a state: the explorer numbers them by it.
std::uint32_t depth_of(const Found& found, StateId state) {
  const auto after = std::upper_bound(found.levels.begin(), found.levels.end(), state);
  return static_cast<std::uint32_t>(after - found.levels.begin() - 1);
}

std::string header_of(const model::Scenario& scenario, const std::string& policy,
                      const Found& found, const Backwards& backwards) {
  const Interleavings total = backwards.interleavings.get(0);
  const Ends ends(found.graph, scenario.setup);
  ordered_json json;
  json["format"] = certificate_format;
  json["model"] = model_version();
  json["scenario_name"] = model::printable(scenario.name);
  json["scenario_hash"] = model::hash_text(scenario.hash());
  json["policy"] = policy;
  json["verdict"] = sim::name_of(ends.verdict());
  json["states"] = found.state_count();
  json["transitions"] = found.graph.edge_count();
  json["depth"] = found.depth();
  json["ends"] = ends.json;
  json["interleavings"] = {{"all", total.all.str()}, {"failing", total.failing.str()}};
  json["labels"] = {{"safe", backwards.safe},
                    {"avoidable", backwards.avoidable},
                    {"inevitable", backwards.inevitable}};
  json["shortest_counterexample"] = nullptr;
  if (ends.first_violation) {
    json["shortest_counterexample"] = depth_of(found, *ends.first_violation);
  }
  json["packing"] = {{"world_bytes", sizeof(model::World)},
                     {"mask", world_hex(found.packing.mask())},
                     {"initial", world_hex(found.packing.initial())}};
  json["scenario"] = scenario.document;
  return json.dump(-1, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

/// Writes a file in large pieces and ends it with the checksum of all of them.
class SummedFile {
 public:
  explicit SummedFile(const std::string& path) : file_(path) { XXH3_128bits_reset(&sum_); }

  void write(std::string_view bytes) {
    pending_.append(bytes);
    if (pending_.size() >= 1 << 16) flush();
  }
  void finish() {
    flush();
    XXH128_canonical_t sum;
    XXH128_canonicalFromHash(&sum, XXH3_128bits_digest(&sum_));
    file_.write({reinterpret_cast<const char*>(sum.digest), sizeof sum.digest});
    file_.commit_to_disk();
  }

 private:
  void flush() {
    XXH3_128bits_update(&sum_, pending_.data(), pending_.size());
    file_.write(pending_);
    pending_.clear();
  }

  OutputFile file_;
  std::string pending_;
  XXH3_state_t sum_{};
};

/// The bits of a world under the packing's mask, in ascending order.
std::string packed_bytes(const model::World& w, const sim::BitPacking& packing) {
  sim::Padded<model::World> padded;
  padded.state = w;
  std::string packed(std::size_t{packing.packed_words()} * 8, '\0');
  std::size_t at = 0;
  for (std::size_t word = 0; word < packing.mask().size(); ++word) {
    for (std::uint64_t mask = packing.mask()[word]; mask != 0; mask &= mask - 1, ++at) {
      const auto bit = static_cast<std::size_t>(std::countr_zero(mask));
      const unsigned value = padded.bytes()[8 * word + bit / 8] >> (bit % 8) & 1u;
      packed[at / 8] =
          static_cast<char>(static_cast<unsigned char>(packed[at / 8]) | value << (at % 8));
    }
  }
  return packed;
}

}  // namespace

void write_certificate(const model::Scenario& scenario, const std::string& policy,
                       const Found& found, const sim::TopologicalOrder& order,
                       const std::string& path, const sim::Limits& limits) {
  assert(found.graph.complete() && order.size() == found.state_count());
  SummedFile file(path);  // first: counting for minutes to find that there is no such directory
  const Backwards backwards = go_backwards(found.graph, order, limits);
  file.write(header_of(scenario, policy, found, backwards));
  std::uint32_t depth = 0;
  std::string record;
  for (StateId state = 0; state < found.state_count(); ++state) {
    if (depth + 1 < found.levels.size() && found.levels[depth + 1] == state) ++depth;
    record = packed_bytes(found.state(state), found.packing);
    append_number(record, depth);
    append_number(record, backwards.heights[state]);
    record += backwards.interleavings.bytes(state);
    file.write(record);
  }
  file.finish();
}

}  // namespace tools
