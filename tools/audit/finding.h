// SPDX-License-Identifier: MIT
//
// What an audit finds: a violation of an invariant, or why it cannot tell.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "model/world.h"
#include "tools/audit/mr_event.h"

namespace tools::audit {

/// An event of an MR where it stands in the text.
struct Seen {
  std::uint64_t line = 0;
  std::uint64_t time = 0;  ///< by the trace's clock
  std::uint32_t who = 0;   ///< index of the task's name, as in the trace
  int cpu = -1;
  EventKind kind = EventKind::other;
  std::uint32_t status = 0;  ///< of a completion
  Owner owner{};
};

/// Why a trace does not decide whether an invariant was violated.
enum class Doubt : std::uint8_t {
  none,
  lost,         ///< events were lost, overwritten or left out in between
  beginning,    ///< it began before the text does
  ending,       ///< the text ends before it is over
  not_traced,   ///< the events that would tell were not traced
  two_fit,      ///< two mappings fit the line
  two_devices,  ///< one MR, or two of different devices
  clock,        ///< two CPUs, and times that do not order them
  one_cpu,      ///< the events of one CPU only
};
inline constexpr unsigned doubts = 9;

/// The doubt as a word for programs, and in a sentence for people.
std::string_view name_of(Doubt doubt);
std::string_view in_words(Doubt doubt);

/// A violation, or a line where there may be one.
struct Finding {
  model::Invariant invariant{};
  Doubt doubt = Doubt::none;  ///< none: a violation
  Seen shows{};               ///< where it shows
  Seen before{};              ///< the earlier event that it contradicts; line 0: none
  Seen after{};               ///< a later one that belongs before it; line 0: none
  Registration registration{};
  Owner owner{};
  std::vector<Seen> history{};              ///< of the registrations of this MR that matter
  std::vector<std::uint64_t> follow_ups{};  ///< lines that are odd for the same reason
  std::uint64_t unseen_from = 0;  ///< if a line between these was lost, it is no violation
  std::uint64_t unseen_to = 0;
};

}  // namespace tools::audit
