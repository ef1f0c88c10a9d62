// SPDX-License-Identifier: MIT
//
// What a share's directory says of itself.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tools/files/cell_files.h"
#include "tools/sweep/shares.h"

namespace tools {

inline constexpr const char* share_file = "share.json";

/// Which share of which sweep: the file "share.json", "frwrsim-sweep-share/1".
struct ShareHead {
  std::string program;  ///< version
  std::string sweep;    ///< hash of `document`
  Shard shard;
  std::size_t cells_in_all = 0;
  std::vector<std::size_t> cells;  ///< of this share, ascending
  nlohmann::json document;         ///< the sweep
};

/// Its JSON, which read_share reads.
nlohmann::ordered_json to_json(const ShareHead& head);

/// Reads it. Throws model::InputError.
ShareHead read_share(const std::string& directory);

/// The cells beside it.
CellFiles cells_of(const ShareHead& head, const std::string& directory);

/// "2 of 8"
std::string in_words(Shard shard);

}  // namespace tools
