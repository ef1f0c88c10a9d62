// SPDX-License-Identifier: MIT
//
// The default latencies with their reasons; reading and changing them.
#include "model/scenario/timing.h"

#include <algorithm>
#include <utility>

namespace model {
namespace {

using sim::Distribution;

constexpr std::uint64_t us = 1000;
constexpr std::uint64_t ms = 1000 * us;
constexpr std::uint64_t s = 1000 * ms;

constexpr std::array<LatencyEntry, latency_count> table{{
    {"statement", Distribution::uniform(20, 100), "any step that is none of those below",
     "one access to something shared: a contended cache line is some 50 ns away"},
    {"marshal", Distribution::uniform(50, 350), "each of the seven steps that register a segment",
     "lock, IOMMU mapping and doorbell make some 1.4 us of a segment"},
    {"dereg_mr", Distribution::lognormal(50 * us, 50), "ib_dereg_mr, which sleeps",
     "a firmware command of the RNIC; these take tens of microseconds"},
    {"alloc_mr", Distribution::lognormal(50 * us, 50), "ib_alloc_mr, which sleeps",
     "a firmware command of the RNIC, as dereg_mr"},
    {"fastreg", Distribution::lognormal(1500, 30), "the RNIC executes a FASTREG or a LOCAL_INV",
     "fetching the WR and writing a memory key takes about a microsecond"},
    {"work_request", Distribution::lognormal(1 * us, 30), "the RNIC executes a Send or a marker",
     "fetching the WR and its data over PCIe takes about a microsecond"},
    {"flush", Distribution::lognormal(5 * us, 50), "the RNIC flushes a WR",
     "the error state is noticed and a CQE written; no fast path of any RNIC"},
    {"softirq", Distribution::exponential(10 * us),
     "from the first completion to the softirq's first step",
     "an interrupt takes some microseconds; under load it waits for the softirqs before it"},
    {"recovery_worker", Distribution::exponential(20 * us),
     "from the first stale MR to the recovery worker's first step",
     "a kworker is woken and scheduled; under load it waits for a processor"},
    {"workqueue", Distribution::exponential(20 * us),
     "from being scheduled to the first step of any other worker", "as the recovery worker"},
    {"wakeup", Distribution::exponential(10 * us), "from the wake-up of a sleeper to its next step",
     "a task is woken and scheduled: a few microseconds and the run queue"},
    {"loss", Distribution::uniform(0, 10 * us), "from having a connection to losing it",
     "no property of a host: it puts the loss where a request is being marshaled"},
    {"loss_upcall", Distribution::lognormal(1 * ms, 100),
     "from a loss to the upcall that tells of it",
     "the connection manager hears of it in its own workqueue, from the peer or a timer"},
    {"reconnect_delay", Distribution::exponential(20 * us),
     "from xprt_connect to the connect worker's first step",
     "in steady state the delay is 0 and leaves the workqueue's; a second one would be 5 s"},
    {"connect", Distribution::lognormal(2 * ms, 50),
     "from rdma_connect to the established connection",
     "address and route are known; three messages through two connection managers"},
    {"server_reply", Distribution::lognormal(200 * us, 50), "from the Send to the reply",
     "RDMA Read of the segments, the file system, the reply: an NFS server with its data in "
     "memory"},
    {"enobufs_wait", Distribution::constant(250 * ms), "the wait after -ENOBUFS",
     "rpc_delay(task, HZ >> 2) in call_status"},
    {"timeout", Distribution::constant(60 * s), "a timer of the RPC layer",
     "the transport's initial timeout, xprt_rdma_default_timeout: 60 s"},
    {"signal", Distribution::exponential(1 * ms), "from going to sleep to a signal",
     "no property of a host: it puts the signal where a request sleeps"},
}};
static_assert(table.size() == latency_count);

constexpr std::array<std::string_view, 4> kinds{"constant", "uniform", "exponential", "lognormal"};

/// A parameter of a distribution, with its range.
struct Parameter {
  std::string_view name;
  std::uint64_t low;
  std::uint64_t high;
};

std::vector<Parameter> parameters_of(Distribution::Kind kind) {
  constexpr std::uint64_t longest = Distribution::longest_mean;
  switch (kind) {
    case Distribution::Kind::uniform:
      return {{"min", 0, longest}, {"max", 0, longest}};
    case Distribution::Kind::lognormal:
      return {{"mean", 0, longest}, {"sigma_percent", 0, Distribution::largest_sigma_percent}};
    default:
      return {{"mean", 0, longest}};
  }
}

/// By the order of parameters_of.
std::array<std::uint64_t, 2> values_of(const Distribution& d) {
  return {d.low(), d.kind() == Distribution::Kind::lognormal ? d.sigma_percent() : d.high()};
}

Distribution made_of(Distribution::Kind kind, std::array<std::uint64_t, 2> values) {
  switch (kind) {
    case Distribution::Kind::constant:
      return Distribution::constant(values[0]);
    case Distribution::Kind::uniform:
      return Distribution::uniform(values[0], values[1]);
    case Distribution::Kind::exponential:
      return Distribution::exponential(values[0]);
    case Distribution::Kind::lognormal:
      break;
  }
  return Distribution::lognormal(values[0], static_cast<unsigned>(values[1]));
}

Distribution read_distribution(const JsonValue& object) {
  constexpr Distribution unknown = Distribution::constant(0);
  std::vector<std::string_view> keys{"distribution", "mean", "min", "max", "sigma_percent"};
  std::vector<Parameter> parameters;
  auto kind = Distribution::Kind::constant;
  const auto name = object.find("distribution");
  if (name) kind = static_cast<Distribution::Kind>(name->one_of(kinds));
  const bool is_known = name && name->is_sound();
  if (is_known) {
    parameters = parameters_of(kind);
    keys.resize(1);
    for (const Parameter& parameter : parameters) keys.push_back(parameter.name);
  }
  if (!object.expect_object(keys)) return unknown;
  if (!name) (void)object.at("distribution");
  std::array<std::uint64_t, 2> values{};
  std::size_t i = 0;
  for (const Parameter& parameter : parameters) {
    values.at(i++) = object.at(parameter.name).integer(parameter.low, parameter.high);
  }
  if (!object.is_sound()) return unknown;
  if (kind == Distribution::Kind::uniform && values[0] > values[1]) {
    object.complain("min is larger than max");
    return unknown;
  }
  return made_of(kind, values);
}

std::vector<std::string_view> names() {
  std::vector<std::string_view> all;
  for (const LatencyEntry& entry : table) all.push_back(entry.name);
  return all;
}

}  // namespace

std::span<const LatencyEntry, latency_count> latencies() { return table; }

Timing usual_timing() {
  return [&]<std::size_t... i>(std::index_sequence<i...>) { return Timing{table[i].usual...}; }
  (std::make_index_sequence<latency_count>());
}

std::string in_words(sim::Nanoseconds ns) {
  constexpr std::array<std::pair<std::uint64_t, std::string_view>, 3> units{
      {{s, " s"}, {ms, " ms"}, {us, " us"}}};
  for (const auto& [size, name] : units) {
    if (ns >= size && ns % size == 0) return std::to_string(ns / size) + std::string(name);
  }
  return std::to_string(ns) + " ns";
}

std::string in_words(const Distribution& d) {
  const std::string kind(kinds[static_cast<std::size_t>(d.kind())]);
  switch (d.kind()) {
    case Distribution::Kind::constant:
      return kind + ", " + in_words(d.low());
    case Distribution::Kind::uniform:
      return kind + ", " + in_words(d.low()) + " to " + in_words(d.high());
    case Distribution::Kind::exponential:
      return kind + ", mean " + in_words(d.low());
    case Distribution::Kind::lognormal:
      break;
  }
  return kind + ", mean " + in_words(d.low()) + ", sigma " + std::to_string(d.sigma_percent()) +
         " %";
}

void read_timing(const JsonValue& object, Timing& timing) {
  if (!object.expect_object(names())) return;
  for (std::size_t i = 0; i < latency_count; ++i) {
    if (const auto value = object.find(table[i].name)) timing[i] = read_distribution(*value);
  }
}

void set_parameter(Timing& timing, std::string_view path, std::uint64_t value) {
  const std::string_view name = path.substr(0, path.find('.'));
  const auto fail = [&path](const std::string& what) {
    throw InputError("'timing." + printable(path) + "': " + what);
  };
  const auto entry = std::find_if(table.begin(), table.end(),
                                  [name](const LatencyEntry& e) { return e.name == name; });
  if (entry == table.end()) {
    const std::vector<std::string_view> known = names();
    const auto near = nearest(name, known);
    fail("there is no such latency; " +
         (near ? "did you mean '" + std::string(*near) + "'?" : "there are " + listed(known)));
  }
  Distribution& distribution = timing[static_cast<std::size_t>(entry - table.begin())];
  const std::vector<Parameter> parameters = parameters_of(distribution.kind());
  std::array<std::uint64_t, 2> values = values_of(distribution);
  std::vector<std::string_view> known;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    known.push_back(parameters[i].name);
    if (path != std::string(name) + "." + std::string(parameters[i].name)) continue;
    if (value < parameters[i].low || value > parameters[i].high) {
      fail(std::to_string(value) + " is not from " + std::to_string(parameters[i].low) + " to " +
           std::to_string(parameters[i].high));
    }
    values.at(i) = value;
    if (distribution.kind() == Distribution::Kind::uniform && values[0] > values[1]) {
      fail("min would be larger than max");
    }
    distribution = made_of(distribution.kind(), values);
    return;
  }
  fail("the distribution is " + in_words(distribution) + " and has the parameters " +
       listed(known));
}

}  // namespace model
