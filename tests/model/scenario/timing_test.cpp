// SPDX-License-Identifier: MIT
//
// How long things take: the table of defaults, what a scenario may set, and what is
// said where it is wrong.
#include "model/scenario/timing.h"

#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <string>

#include "model/scenario/scenario.h"

using namespace model;
using Catch::Matchers::Contains;
using nlohmann::json;
using sim::Distribution;

namespace {

std::string name_of(Latency latency) {
  return std::string(latencies()[static_cast<std::size_t>(latency)].name);
}

/// The smallest scenario there is, with that timing.
Scenario with_timing(const json& timing) {
  json document{{"format", "frwrsim-scenario/1"},
                {"title", "t"},
                {"about", {"a"}},
                {"rpcs", {{{"name", "r"}, {"read_list", 1}}}},
                {"mr_pool", 1},
                {"provider", "reject"},
                {"budgets", {{"retransmissions", 0}, {"enobufs_retries", 0}, {"reconnects", 0}}}};
  if (!timing.is_null()) document["timing"] = timing;
  // Parsed, not built: a number of a file has no sign unless it is negative.
  return read_scenario(json::parse(document.dump()), "s", "s.json");
}

std::string complaint_about(const json& timing) {
  try {
    (void)with_timing(timing);
  } catch (const InputError& error) {
    return error.what();
  }
  return "accepted";
}

std::string complaint_about(std::string_view path, std::uint64_t value) {
  Timing timing = usual_timing();
  try {
    set_parameter(timing, path, value);
  } catch (const InputError& error) {
    CHECK(timing == usual_timing());
    return error.what();
  }
  return "accepted";
}

Distribution of(const Timing& timing, Latency latency) {
  return timing[static_cast<std::size_t>(latency)];
}

}  // namespace

TEST_CASE("every latency has a name of its own, a meaning and a reason") {
  std::set<std::string_view> names;
  for (const LatencyEntry& entry : latencies()) {
    CHECK(names.insert(entry.name).second);
    CHECK_FALSE(entry.meaning.empty());
    CHECK_FALSE(entry.reason.empty());
    CHECK(entry.usual.low() <= entry.usual.high());
    CHECK(entry.usual.high() <= Distribution::longest_mean);
    CHECK(entry.usual.sigma_percent() <= Distribution::largest_sigma_percent);
  }
  // The rows are in the order of the enum: first, last, and one that is easily checked.
  CHECK(name_of(Latency::statement) == "statement");
  CHECK(name_of(Latency::signal) == "signal");
  // rpc_delay(task, HZ >> 2): a quarter of a second (clnt.c, call_status).
  CHECK(of(usual_timing(), Latency::enobufs_wait) == Distribution::constant(250'000'000));
  // RPCRDMA_DEF_... xprt_rdma_default_timeout: 60 * HZ (transport.c).
  CHECK(of(usual_timing(), Latency::timeout) == Distribution::constant(60'000'000'000));
}

TEST_CASE("distributions in words") {
  CHECK(in_words(Distribution::constant(60'000'000'000)) == "constant, 60 s");
  CHECK(in_words(Distribution::constant(0)) == "constant, 0 ns");
  CHECK(in_words(Distribution::uniform(20, 1500)) == "uniform, 20 ns to 1500 ns");
  CHECK(in_words(Distribution::uniform(0, 250'000'000)) == "uniform, 0 ns to 250 ms");
  CHECK(in_words(Distribution::exponential(20'000)) == "exponential, mean 20 us");
  CHECK(in_words(Distribution::lognormal(1'000'000, 50)) == "lognormal, mean 1 ms, sigma 50 %");
}

TEST_CASE("a scenario that says nothing has the usual timing - it may set any of it") {
  CHECK(with_timing(nullptr).timing == usual_timing());
  CHECK(with_timing(json::object()).timing == usual_timing());
  const std::map<std::string, std::pair<json, Distribution>> ways{
      {"constant", {{{"distribution", "constant"}, {"mean", 7}}, Distribution::constant(7)}},
      {"uniform",
       {{{"distribution", "uniform"}, {"min", 3}, {"max", 9}}, Distribution::uniform(3, 9)}},
      {"exponential",
       {{{"distribution", "exponential"}, {"mean", 100'000'000'000}},
        Distribution::exponential(100'000'000'000)}},
      {"lognormal",
       {{{"distribution", "lognormal"}, {"mean", 5}, {"sigma_percent", 300}},
        Distribution::lognormal(5, 300)}}};
  for (std::size_t i = 0; i < latency_count; ++i) {
    for (const auto& [name, way] : ways) {
      Timing expected = usual_timing();
      expected[i] = way.second;
      CHECK(with_timing({{std::string(latencies()[i].name), way.first}}).timing == expected);
    }
  }
}

TEST_CASE("timing decides nothing about what can happen: the hash does not change") {
  const json other{{"softirq", {{"distribution", "constant"}, {"mean", 1}}}};
  CHECK(with_timing(other).hash() == with_timing(nullptr).hash());
}

TEST_CASE("what is wrong with a timing is said, with its place") {
  const auto softirq = [](const json& distribution) {
    return complaint_about(json{{"softirq", distribution}});
  };
  CHECK(complaint_about({{"softirk", {}}}) ==
        "s.json: /timing/softirk: unknown key; did you mean 'softirq'?");
  CHECK_THAT(complaint_about(json::array()), Contains("/timing: expected an object"));
  CHECK_THAT(softirq(5), Contains("/timing/softirq: expected an object") && Contains("; found 5"));
  CHECK_THAT(softirq(json::object()),
             Contains("/timing/softirq: the key 'distribution' is missing"));
  CHECK_THAT(softirq({{"distribution", "exponental"}}),
             Contains("/timing/softirq/distribution: ") && Contains("did you mean 'exponential'?"));
  for (const char* kind : {"constant", "exponential", "lognormal"}) {
    CHECK_THAT(softirq({{"distribution", kind}}), Contains("softirq: the key 'mean' is missing"));
    CHECK_THAT(softirq({{"distribution", kind}, {"mean", 100'000'000'001}}),
               Contains("/timing/softirq/mean: expected an integer from 0 to 100000000000, found "
                        "100000000001"));
    CHECK_THAT(softirq({{"distribution", kind}, {"mean", -1}}),
               Contains("/softirq/mean: expected"));
    CHECK_THAT(softirq({{"distribution", kind}, {"mean", 1.5}}),
               Contains("/softirq/mean: expected"));
    CHECK_THAT(softirq({{"distribution", kind}, {"mean", 1}, {"sigma_percent", 10}, {"min", 1}}),
               Contains("/timing/softirq/min: unknown key"));
  }
  CHECK_THAT(softirq({{"distribution", "exponential"}, {"mean", 1}, {"sigma_percent", 10}}),
             Contains("/timing/softirq/sigma_percent: unknown key"));
  CHECK_THAT(softirq({{"distribution", "lognormal"}, {"mean", 1}}),
             Contains("the key 'sigma_percent' is missing"));
  CHECK_THAT(softirq({{"distribution", "lognormal"}, {"mean", 1}, {"sigma_percent", 301}}),
             Contains("sigma_percent: expected an integer from 0 to 300, found 301"));
  CHECK_THAT(softirq({{"distribution", "uniform"}, {"min", 1}}), Contains("'max' is missing"));
  CHECK_THAT(softirq({{"distribution", "uniform"}, {"max", 1}}), Contains("'min' is missing"));
  CHECK_THAT(softirq({{"distribution", "uniform"}, {"min", 1}, {"max", 2}, {"mean", 1}}),
             Contains("/timing/softirq/mean: unknown key"));
  CHECK(softirq({{"distribution", "uniform"}, {"min", 2}, {"max", 1}}) ==
        "s.json: /timing/softirq: min is larger than max");
  CHECK(softirq({{"distribution", "uniform"}, {"min", 2}, {"max", 2}}) == "accepted");
}

TEST_CASE("a parameter is set by its path, and nothing else is") {
  const auto changed = [](std::string_view path, std::uint64_t value, Latency latency) {
    Timing timing = usual_timing();
    set_parameter(timing, path, value);
    for (std::size_t i = 0; i < latency_count; ++i) {
      if (i != static_cast<std::size_t>(latency)) CHECK(timing[i] == usual_timing()[i]);
    }
    return of(timing, latency);
  };
  Timing timing = usual_timing();
  const unsigned sigma = of(timing, Latency::flush).sigma_percent();
  const auto mean = of(timing, Latency::flush).low();
  const auto low = of(timing, Latency::statement).low();
  const auto high = of(timing, Latency::statement).high();
  CHECK(changed("softirq.mean", 77, Latency::softirq) == Distribution::exponential(77));
  CHECK(changed("timeout.mean", 0, Latency::timeout) == Distribution::constant(0));
  CHECK(changed("flush.mean", 9, Latency::flush) == Distribution::lognormal(9, sigma));
  CHECK(changed("flush.sigma_percent", 9, Latency::flush) == Distribution::lognormal(mean, 9));
  CHECK(changed("statement.min", low + 1, Latency::statement) ==
        Distribution::uniform(low + 1, high));
  CHECK(changed("statement.max", low, Latency::statement) == Distribution::uniform(low, low));
}

TEST_CASE("what is wrong with a parameter is said") {
  CHECK(complaint_about("softirk.mean", 1) ==
        "'timing.softirk.mean': there is no such latency; did you mean 'softirq'?");
  CHECK_THAT(complaint_about("zzzzzzzzzz.mean", 1), Contains("there are statement, marshal, "));
  CHECK_THAT(complaint_about("softirq.median", 1),
             Contains("'timing.softirq.median': the distribution is exponential, mean ") &&
                 Contains("has the parameters mean"));
  for (const char* path : {"softirq", "softirq.", "softirq.mean.x", "softirq.max", "softirq.mea"}) {
    CHECK_THAT(complaint_about(path, 1), Contains("has the parameters mean"));
  }
  CHECK_THAT(complaint_about("", 1), Contains("there is no such latency"));
  CHECK_THAT(complaint_about("flush.min", 1), Contains("parameters mean, sigma_percent"));
  CHECK_THAT(complaint_about("statement.mean", 1), Contains("parameters min, max"));
  CHECK(complaint_about("softirq.mean", 100'000'000'001) ==
        "'timing.softirq.mean': 100000000001 is not from 0 to 100000000000");
  CHECK(complaint_about("flush.sigma_percent", 301) ==
        "'timing.flush.sigma_percent': 301 is not from 0 to 300");
  const auto usual = of(usual_timing(), Latency::statement);
  CHECK_THAT(complaint_about("statement.min", usual.high() + 1),
             Contains("min would be larger than max"));
  CHECK_THAT(complaint_about("a\x1b[2J.mean", 1), Contains("a\\x1b[2J"));
}

TEST_CASE("docs/timing.md has every latency, its default and the reason") {
  std::ifstream file(std::string(FRWRSIM_SCENARIO_DIR) + "/../docs/timing.md");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  for (const model::LatencyEntry& entry : model::latencies()) {
    const std::string row = "| `" + std::string(entry.name) + "` | " + std::string(entry.meaning) +
                            " | " + model::in_words(entry.usual) + " | " +
                            std::string(entry.reason) + " |\n";
    CAPTURE(row);
    CHECK(text.find(row) != std::string::npos);
  }
}
