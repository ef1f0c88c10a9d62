// SPDX-License-Identifier: MIT
//
// A sweep, done by one machine or by many.
//
// A share writes a directory: a file that says which share it is, and a file per cell.
// Merging reads the directories of all shares and writes what one machine would have
// written; it names what is missing, what is there twice, or what is not of this sweep.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tools/sweep/shares.h"
#include "tools/sweep/spec.h"

namespace tools {

/// The result of a share.
struct SweepShare {
  std::size_t cells = 0;    ///< of this share
  std::size_t found = 0;    ///< of them, done earlier
  std::size_t failing = 0;  ///< of them, with a violation
  std::size_t of = 0;       ///< cells of the sweep
};

/// Does a share of the sweep, or continues it, in `directory`. Throws
/// model::InputError: also if the directory holds anything else, or a cell is more than
/// this machine can do. Throws std::filesystem::filesystem_error if the directory
/// cannot be made or read.
SweepShare do_share(const SweepSpec& spec, Shard shard, const std::string& directory,
                    unsigned jobs);

/// "frwrsim-sweep-results/1" of the shares in these directories: the same bytes for
/// every division of the work. Throws model::InputError.
std::string merged(const std::vector<std::string>& directories);

}  // namespace tools
