// SPDX-License-Identifier: MIT
//
// Results of cells, a file each: what a long computation has done so far.
//
// A cell's file appears whole or not at all. It carries the name of what it belongs to,
// so that no file is used for something else, and a hash of itself, so that a changed
// digit is noticed. A program that is killed and started again continues after the last
// of them.
#pragma once

#include <cstddef>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace tools {

/// Hash of a document, 16 hex digits: two documents are the same if their hashes are.
std::string hash_of(const nlohmann::ordered_json& json);

/// The files DIRECTORY/cells/000000.json and so on.
class CellFiles {
 public:
  /// `format` is that of the files, `owner` the hash of what they belong to; `what` is
  /// the name of that in messages: "sweep".
  CellFiles(const std::string& directory, std::string format, std::string what, std::string owner);

  /// To be called before cells are written: makes the directory, and removes what a
  /// killed writer left in it. Throws std::filesystem::filesystem_error.
  void prepare() const;

  /// The cell with that number, if it is there. Throws model::InputError if it is
  /// damaged, or belongs to something else.
  [[nodiscard]] std::optional<nlohmann::ordered_json> read(std::size_t index) const;
  void write(std::size_t index, const nlohmann::ordered_json& cell) const;

 private:
  [[nodiscard]] std::string path_of(std::size_t index) const;

  std::filesystem::path directory_;
  std::string format_;
  std::string what_;
  std::string owner_;
};

/// Another build of the program may compute other cells than this one: its model may
/// differ although no version number says so. In a directory that has no cells yet,
/// this writes into the file build.txt which build writes them; throws
/// model::InputError if another build did.
void expect_own_build(const std::filesystem::path& directory);

/// Removes what is_torn() from a directory. Throws std::filesystem::filesystem_error.
void remove_torn_files(const std::filesystem::path& directory);

}  // namespace tools
