// SPDX-License-Identifier: MIT
//
// The first and the last stop of a story: the world before the first step, and the failure.
#pragma once

#include <string>

#include "tools/explain/memory.h"

namespace tools::story {

/// What there is at the start, and what is to be done.
std::string beginning(const model::Trace& trace);

/// What fails, and the rule that it breaks. The subject is the MR that the story is
/// about, 0 if it is about RPCs; the memory is that of the whole run. REQUIRES:
/// trace.end is a violation.
std::string ending(const model::Trace& trace, model::MrId subject, const Memory& memory);

}  // namespace tools::story
