// SPDX-License-Identifier: MIT
//
// Expectations, read and written.
#include "model/scenario/expectation.h"

#include <algorithm>
#include <array>

#include "model/scenario/names.h"

namespace model {
namespace {

/// Beyond this a number of JSON is not the same to every reader.
constexpr std::uint64_t largest_number = std::uint64_t{1} << 53;
constexpr std::uint64_t most_states = 2'000'000'000;
constexpr std::size_t most_digits = 1000;

sim::Verdict read_verdict(const JsonValue& word) {
  constexpr std::array<std::string_view, 3> verdicts{"violated", "exhausted", "bound_reached"};
  return *value_named<sim::Verdict>(sim::verdict_names, verdicts[word.one_of(verdicts)]);
}

std::string read_count(const JsonValue& value) {
  if (!value.json().is_string()) return std::to_string(value.integer(0, largest_number));
  std::string digits = value.string(most_digits);
  if (digits.empty()) return digits;  // complained about
  const bool only_digits = digits.find_first_not_of("0123456789") == std::string::npos;
  if (!only_digits || (digits.size() > 1 && digits.front() == '0')) {
    value.complain("expected a whole number in decimal digits, found '" + digits + "'");
  }
  return digits;
}

std::string count_text(const std::string& digits) {
  constexpr std::size_t always_small = 15;
  const bool is_small = digits.size() <= always_small ||
                        (digits.size() == 16 && digits <= std::to_string(largest_number));
  return is_small ? digits : "\"" + digits + "\"";
}

}  // namespace

Expectation read_expectation(const JsonValue& value) {
  Expectation expectation;
  if (!value.json().is_object()) {
    expectation.verdict = read_verdict(value);
    return expectation;
  }
  constexpr std::array<std::string_view, 4> keys{"verdict", "states", "interleavings", "failing"};
  (void)value.expect_object(keys);
  expectation.verdict = read_verdict(value.at("verdict"));
  if (const auto states = value.find("states"))
    expectation.states = states->integer(1, most_states);
  if (const auto all = value.find("interleavings")) expectation.interleavings = read_count(*all);
  if (const auto failing = value.find("failing")) expectation.failing = read_count(*failing);
  return expectation;
}

std::string expectation_text(const Expectation& expectation) {
  std::string verdict = "\"" + std::string(sim::name_of(expectation.verdict)) + "\"";
  if (!expectation.has_counts()) return verdict;
  std::string text = R"({"verdict": )" + verdict;
  if (expectation.states) text += R"(, "states": )" + std::to_string(*expectation.states);
  if (expectation.interleavings) {
    text += R"(, "interleavings": )" + count_text(*expectation.interleavings);
  }
  if (expectation.failing) text += R"(, "failing": )" + count_text(*expectation.failing);
  return text + "}";
}

}  // namespace model
