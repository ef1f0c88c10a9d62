// SPDX-License-Identifier: MIT
//
// Reading results, adding them up.
#include "tools/hunt/stats.h"

#include <array>

#include "model/scenario/policy_text.h"

namespace tools {
namespace {

using model::InputError;
using model::JsonValue;

constexpr std::size_t longest_line = 1 << 20;

Section section_from(const JsonValue& head) {
  constexpr std::array<std::string_view, 12> keys{
      "format", "scenario_name", "scenario_hash", "guards",     "policy",    "strategy",
      "depth",  "step_bound",    "preemptions",   "first_seed", "last_seed", "properties"};
  head.expect_object(keys);
  constexpr std::array<std::string_view, 1> formats{results_format};
  (void)head.at("format").one_of(formats);
  Section section;
  section.scenario = head.at("scenario_name").string(200);
  section.guards = head.at("guards").string(1000);
  section.policy = model::kept_policy(head.at("policy"));
  section.strategy = head.at("strategy").string(40);
  section.first_seed = head.at("first_seed").integer(0, UINT64_MAX);
  section.last_seed = head.at("last_seed").integer(section.first_seed, UINT64_MAX);
  std::vector<model::Property> properties;
  if (const auto names = head.find("properties")) {
    for (const JsonValue& name : names->elements(1, model::scenario_properties)) {
      properties.push_back({.name = name.string(40), .about = {}, .never = {}});
    }
  }
  set_properties(section.rules, std::move(properties));
  return section;
}

std::string order_text(const std::vector<sim::ActorId>& order) {
  std::string text;
  for (const sim::ActorId actor : order) {
    text += (text.empty() ? "" : " ") + std::string(model::short_name(actor));
  }
  return text;
}

void add(Section& section, const SeedRecord& record) {
  ++section.ends[record.end.kind];
  Count& order = section.orders[order_text(record.order)];
  ++order.runs;
  if (record.end.kind != sim::End::violation) return;
  ++order.failing;
  ++section.failing_steps[{record.end.violation.invariant, record.last_actor, record.last_step}];
  ++section.steps_to_failure[record.steps];
}

/// The next line without its end; false at the end of the input. An input without
/// lines, such as /dev/zero, must not fill the memory. `buffer` has room for the
/// longest line and its end.
bool read_line(std::istream& input, std::vector<char>& buffer, std::string& line,
               const std::string& where) {
  input.getline(buffer.data(), static_cast<std::streamsize>(buffer.size()));
  const auto taken = static_cast<std::size_t>(input.gcount());
  if (taken == longest_line && input.fail()) {
    throw InputError(where + ": is too long for a line of results");
  }
  if (taken == 0) return false;
  line.assign(buffer.data(), input.eof() ? taken : taken - 1);
  return true;
}

/// A section must hold all its seeds, in order: a file may have been cut off.
void check_complete(const std::vector<Section>& sections, const std::string& source) {
  if (sections.empty()) throw InputError(source + ": is empty, expected results of 'frwrsim hunt'");
  const Section& last = sections.back();
  // Not "+ 1": for all seeds there are, that is 0.
  if (last.runs() > 0 && last.runs() - 1 == last.last_seed - last.first_seed) return;
  throw InputError(source + ": ends after " + std::to_string(last.runs()) + " of the seeds " +
                   std::to_string(last.first_seed) + ".." + std::to_string(last.last_seed));
}

}  // namespace

std::uint64_t Section::runs() const {
  std::uint64_t sum = 0;
  for (const auto& [end, count] : ends) sum += count;
  return sum;
}

std::uint64_t Section::ended(sim::End kind) const {
  const auto found = ends.find(kind);
  return found == ends.end() ? 0 : found->second;
}

std::vector<Section> read_results(std::istream& input, const std::string& source) {
  std::vector<Section> sections;
  std::vector<char> buffer(longest_line + 1);
  std::string line;
  std::uint64_t runs = 0;  // of the section
  for (std::uint64_t number = 1;; ++number) {
    const std::string where = source + ", line " + std::to_string(number);
    if (!read_line(input, buffer, line, where)) break;
    const nlohmann::json document = model::parse_json(line, where);
    const JsonValue json(document, where);
    if (document.is_object() && document.contains("format")) {
      if (!sections.empty()) check_complete(sections, source);
      sections.push_back(section_from(json));
      runs = 0;
      continue;
    }
    if (sections.empty()) json.fail("expected the head of a results file, with a \"format\"");
    const SeedRecord record = seed_record_from(json, sections.back().rules);
    const std::uint64_t expected = sections.back().first_seed + runs++;
    if (record.seed != expected || expected > sections.back().last_seed) {
      json.at("seed").fail("expected seed " + std::to_string(expected) + ", found " +
                           std::to_string(record.seed));
    }
    add(sections.back(), record);
  }
  if (input.bad()) throw InputError(source + ": cannot be read");
  check_complete(sections, source);
  return sections;
}

Histogram histogram_of(const std::map<std::uint64_t, std::uint64_t>& numbers, std::size_t most) {
  Histogram histogram;
  if (numbers.empty()) return histogram;
  const std::uint64_t least = numbers.begin()->first;
  const std::uint64_t largest = numbers.rbegin()->first;
  constexpr std::array<std::uint64_t, 3> mantissas{1, 2, 5};
  for (std::size_t i = 0, power = 1; largest / histogram.width - least / histogram.width >= most;) {
    if (++i == mantissas.size()) {
      i = 0;
      power *= 10;
    }
    histogram.width = mantissas.at(i) * power;
  }
  for (std::uint64_t bar = least / histogram.width; bar <= largest / histogram.width; ++bar) {
    histogram.bars.emplace_back(bar * histogram.width, 0);
  }
  for (const auto& [value, count] : numbers) {
    histogram.bars[value / histogram.width - least / histogram.width].second += count;
  }
  return histogram;
}

}  // namespace tools
