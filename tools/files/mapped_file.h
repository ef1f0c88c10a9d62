// SPDX-License-Identifier: MIT
//
// A file that is too large to be copied into memory before it is read.
#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace tools {

using Bytes = std::span<const unsigned char>;

/// The bytes of a file, for as long as the object lives. Throws model::InputError,
/// which does not name the file.
class MappedFile {
 public:
  explicit MappedFile(const std::string& path);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  [[nodiscard]] Bytes bytes() const { return {static_cast<const unsigned char*>(data_), size_}; }

 private:
  void* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace tools
