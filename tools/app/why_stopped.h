// SPDX-License-Identifier: MIT
//
// Why a question about a search has no answer: one wording for all reports.
#pragma once

#include <string>

#include "sim/limits.h"

namespace tools {

/// "the time limit was reached"
inline std::string why_stopped(sim::Bound bound) {
  switch (bound) {
    case sim::Bound::none:
      break;
    case sim::Bound::states:
      return "there are more states than there may be (--max-states)";
    case sim::Bound::memory:
      return "it takes more memory than there may be (--max-memory)";
    case sim::Bound::time:
      return "the time limit was reached";
    case sim::Bound::interrupted:
      return "interrupted";
  }
  return "stopped";
}

}  // namespace tools
