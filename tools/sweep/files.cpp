// SPDX-License-Identifier: MIT
//
// share.json, written and read.
#include "tools/sweep/files.h"

#include <array>
#include <filesystem>

#include "model/scenario/input.h"
#include "tools/sweep/spec.h"

namespace tools {

std::string in_words(Shard shard) {
  return std::to_string(shard.number) + " of " + std::to_string(shard.of);
}

nlohmann::ordered_json to_json(const ShareHead& head) {
  return {{"format", "frwrsim-sweep-share/1"},
          {"program", head.program},
          {"sweep", head.sweep},
          {"shard", head.shard.number},
          {"of", head.shard.of},
          {"cells_in_all", head.cells_in_all},
          {"cells", head.cells},
          {"document", head.document}};
}

ShareHead read_share(const std::string& directory) {
  const std::string path = (std::filesystem::path(directory) / share_file).string();
  const nlohmann::json document = model::parse_json(model::read_file(path, 64 << 20), path);
  const model::JsonValue root(document, path);
  constexpr std::array<std::string_view, 8> keys{"format", "program",      "sweep", "shard",
                                                 "of",     "cells_in_all", "cells", "document"};
  root.expect_object(keys);
  constexpr std::array<std::string_view, 1> formats{"frwrsim-sweep-share/1"};
  (void)root.at("format").one_of(formats);
  ShareHead head;
  head.program = root.at("program").string(100);
  head.sweep = root.at("sweep").string(16);
  head.document = root.at("document").json();
  if (head.sweep != hash_of(head.document)) {
    root.at("sweep").fail("is not the hash of /document: the file was edited");
  }
  head.shard.of = static_cast<unsigned>(root.at("of").integer(1, 10'000));
  head.shard.number = static_cast<unsigned>(root.at("shard").integer(1, head.shard.of));
  head.cells_in_all = root.at("cells_in_all").integer(1, most_sweep_cells);
  for (const model::JsonValue& cell : root.at("cells").elements(0, head.cells_in_all)) {
    const std::size_t index = cell.integer(0, head.cells_in_all - 1);
    if (!head.cells.empty() && index <= head.cells.back()) cell.fail("cells must ascend");
    head.cells.push_back(index);
  }
  return head;
}

CellFiles cells_of(const ShareHead& head, const std::string& directory) {
  return {directory, "frwrsim-sweep-cell/1", "sweep", head.sweep};
}

}  // namespace tools
