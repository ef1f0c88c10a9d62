// SPDX-License-Identifier: MIT
//
// How long things take: the latencies of a host with the driver of about v4.10.
//
// What can happen does not depend on them, only how likely it is: they are not part of
// a scenario's hash. A scenario may set any of them under "timing"; the defaults are
// orders of magnitude with a reason each (timing.cpp, docs/timing.md), not
// measurements.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "model/latency.h"
#include "model/scenario/input.h"
#include "sim/distribution.h"

namespace model {

/// A distribution for each latency.
using Timing = std::array<sim::Distribution, latency_count>;

/// A latency as users see it.
struct LatencyEntry {
  std::string_view name;     ///< its key under "timing"
  sim::Distribution usual;   ///< if a scenario says nothing
  std::string_view meaning;  ///< a clause
  std::string_view reason;   ///< why the default is plausible
};

/// By Latency.
std::span<const LatencyEntry, latency_count> latencies();

/// The defaults.
Timing usual_timing();

/// "20 us", in the largest unit of which it is a whole number.
std::string in_words(sim::Nanoseconds ns);

/// "exponential, mean 20 us"
std::string in_words(const sim::Distribution& distribution);

/// Reads a scenario's "timing" into `timing`. Throws InputError.
void read_timing(const JsonValue& object, Timing& timing);

/// Sets one parameter, named as in a scenario, "softirq.mean": what a study varies.
/// Throws InputError, which says what there is, if that latency, with the distribution
/// it has, has no such parameter, or the value is out of its range.
void set_parameter(Timing& timing, std::string_view path, std::uint64_t value);

}  // namespace model
