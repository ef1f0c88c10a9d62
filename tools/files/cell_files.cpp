// SPDX-License-Identifier: MIT
//
// Writing cells, and reading them back with checks.
#include "tools/files/cell_files.h"

#include <array>
#include <cstdio>
#include <utility>
#include <vector>

#include "model/scenario/input.h"
#include "sim/fingerprint.h"
#include "tools/files/output.h"
#include "tools/files/program_hash.h"

namespace tools {

namespace fs = std::filesystem;
using nlohmann::ordered_json;

std::string hash_of(const ordered_json& json) {
  sim::Fingerprint print;
  print.add(json.dump());
  return sim::hex(print.value());
}

CellFiles::CellFiles(const std::string& directory, std::string format, std::string what,
                     std::string owner)
    : directory_(fs::path(directory) / "cells"),
      format_(std::move(format)),
      what_(std::move(what)),
      owner_(std::move(owner)) {}

void CellFiles::prepare() const {
  fs::create_directories(directory_);
  remove_torn_files(directory_);
}

std::string CellFiles::path_of(std::size_t index) const {
  char name[40];
  std::snprintf(name, sizeof name, "%06zu.json", index);
  return (directory_ / name).string();
}

std::optional<ordered_json> CellFiles::read(std::size_t index) const {
  const std::string path = path_of(index);
  if (!fs::exists(path)) return std::nullopt;
  const std::string text = model::read_file(path, 16 << 20);
  const nlohmann::json document = model::parse_json(text, path);
  const model::JsonValue root(document, path);
  constexpr std::array<std::string_view, 5> keys{"format", "of", "number", "cell", "hash"};
  root.expect_object(keys);
  const std::array<std::string_view, 1> formats{format_};
  (void)root.at("format").one_of(formats);
  if (root.at("of").string(16) != owner_) {
    root.at("of").fail("the cell belongs to another " + what_ + ": remove the file");
  }
  if (root.at("number").integer(0, SIZE_MAX) != index) {
    root.at("number").fail("the file belongs to another cell and was renamed: remove it");
  }
  ordered_json cell = ordered_json::parse(text).at("cell");
  if (root.at("hash").string(16) != hash_of(cell)) {
    root.at("cell").fail("is not what was written, its hash does not fit: remove the file");
  }
  return cell;
}

void CellFiles::write(std::size_t index, const ordered_json& cell) const {
  const ordered_json json{{"format", format_},
                          {"of", owner_},
                          {"number", index},
                          {"cell", cell},
                          {"hash", hash_of(cell)}};
  write_output(json.dump() + "\n", path_of(index));
}

void expect_own_build(const fs::path& directory) {
  const std::string build = program_hash() + "\n";
  const fs::path file = directory / "build.txt";
  const bool is_there = fs::exists(file);
  if (!is_there && !fs::exists(directory / "cells")) return write_output(build, file.string());
  if (!is_there || model::read_file(file.string(), 4096) != build) {
    throw model::InputError(file.string() +
                            ": the cells are of another build of frwrsim, whose model may differ; "
                            "give another --output, or remove the directory to start again");
  }
}

void remove_torn_files(const fs::path& directory) {
  std::vector<fs::path> torn;
  for (const auto& entry : fs::directory_iterator(directory)) {
    if (is_torn(entry.path())) torn.push_back(entry.path());
  }
  for (const fs::path& path : torn) fs::remove(path);
}

}  // namespace tools
