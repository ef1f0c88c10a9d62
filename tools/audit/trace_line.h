// SPDX-License-Identifier: MIT
//
// One line of what people have: a trace of the kernel's, in any of its layouts, or
// something beside it.
//
//     dd-918   [000] .....   120.093709: xprtrdma_marshal: FIELDS      tracefs, trace-cmd
//     [ 2164.74] dd-918        0..... 92921us : xprtrdma_marshal: FIELDS      ftrace_dump
//     120.093709: xprtrdma_marshal: FIELDS                                         pasted
//
// The name of a task may be anything, and so may what a user writes into the trace: the
// event is the first name behind the time, whatever follows.
#pragma once

#include <cstdint>
#include <string_view>

namespace tools::audit {

/// What a line says.
enum class LineKind : std::uint8_t {
  text,        ///< nothing of a trace: the kernel's log, a comment, a shell prompt
  event,       ///< one event
  lost,        ///< "CPU:1 [LOST 795 EVENTS]": before the next event of that CPU
  cpu_begins,  ///< "##### CPU 1 buffer started ####": older events were overwritten
  counts,      ///< "# entries-in-buffer/entries-written: 641/3122   #P:2"
  begins,      ///< the first line of a trace
  gap,         ///< lines were left out here, or the console dropped some
};

/// How a line is laid out.
enum class Layout : std::uint8_t { none, tracefs, trace_cmd, console, pasted };

/// What times are.
enum class Clock : std::uint8_t {
  none,     ///< the lines have no times
  seconds,  ///< nanoseconds here, seconds in the text
  counter,  ///< ticks of a counter
};

/// A line and its parts, which are parts of the text that was read.
struct TraceLine {
  LineKind kind = LineKind::text;
  Layout layout = Layout::none;
  Clock clock = Clock::none;
  bool is_printk = false;   ///< the line stands in a kernel's log
  std::uint64_t time = 0;   ///< by the clock
  int cpu = -1;             ///< -1: not said
  std::string_view who{};   ///< "kworker/1:1H-132"
  std::string_view name{};  ///< of the event, without its system
  std::string_view fields{};
  std::uint64_t first = 0;   ///< counts: entries in the buffer; lost: how many, 0 if not said
  std::uint64_t second = 0;  ///< counts: entries written
  unsigned cpus = 0;         ///< counts, begins: how many CPUs there are; 0: not said
};

/// Reads a line, whatever it is.
TraceLine parse_trace_line(std::string_view line);

/// The digits that `text` begins with, as a number, and the rest; a number too large is
/// UINT64_MAX. `base` is 10 or 16.
std::uint64_t take_number(std::string_view& text, unsigned base = 10);

/// Whether `text` begins with `what`, which is then taken off.
bool take(std::string_view& text, std::string_view what);

}  // namespace tools::audit
