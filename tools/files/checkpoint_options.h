// SPDX-License-Identifier: MIT
//
// What a user says of checkpoints: by itself, so that whoever declares options needs
// nothing of how checkpoints are made.
#pragma once

#include <cstdint>
#include <string>

namespace tools {

/// Where work is kept that may be killed.
struct CheckpointOptions {
  std::string file;            ///< empty: nowhere
  std::uint64_t every_ms = 0;  ///< 0: as is usual, and no more than costs little
};

}  // namespace tools
