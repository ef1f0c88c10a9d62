// SPDX-License-Identifier: MIT
//
// A run as ftrace would show it.
#pragma once

#include <string>

#include "model/trace/trace.h"

namespace tools {

/// The trace in the layout of /sys/kernel/tracing/trace, with the tracepoint forms of
/// later kernels (include/trace/events/rpcrdma.h), so that a reader of kernel traces
/// can read it at once. A step without a tracepoint is given as the kernel function's
/// name and what it did.
std::string ftrace_report(const model::Trace& trace);

}  // namespace tools
