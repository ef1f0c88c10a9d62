// SPDX-License-Identifier: MIT
//
// Events and ends of runs in words, for every report that people read.
#pragma once

#include <string>

#include "model/trace/trace.h"

namespace tools {

/// An event of a run of that setup as a clause: "fr_state of MR 1: VALID -> FLUSHED_FR".
std::string in_words(const model::Event& event, const model::Setup& setup);

/// Whether a timeline without every detail should show the event.
bool is_noteworthy(const model::Event& event);

/// What a step did: its statement, then its events. Without `every_detail`, only the
/// link's statements and noteworthy events, which may be nothing.
std::string in_words(const model::TraceStep& step, bool every_detail, const model::Setup& setup);

/// How a run ended: "double DMA unmap of MR 1 at step 74".
std::string end_in_words(const model::Trace& trace);

/// A violation: "double DMA unmap of MR 1".
std::string in_words(const model::Violation& violation, const model::Setup& setup);

/// The lock of an event lock_taken or lock_released: "lock 1 of MR 2".
std::string lock_in_words(const model::Event& event);

/// "pct, depth 3, step bound 144; seed 7"
std::string in_words(const model::Origin& origin);

/// A policy's name with its alias: "leave-registered (fix)".
std::string policy_in_words(const std::string& name);

}  // namespace tools
