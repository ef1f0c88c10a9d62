// SPDX-License-Identifier: MIT
//
// What a user says about checkpoints. It is a file of its own, so that code that
// declares options needs nothing of how checkpoints are made.
#pragma once

#include <cstdint>
#include <string>

namespace tools {

/// Where work is kept, in case the program is killed.
struct CheckpointOptions {
  std::string file;            ///< empty: not kept
  std::uint64_t every_ms = 0;  ///< 0: the default interval, longer if saving takes long
};

}  // namespace tools
