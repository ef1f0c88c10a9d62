// SPDX-License-Identifier: MIT
//
// The text to audit: a file, standard input, or what trace-cmd makes of a trace.dat.
//
// A trace.dat is the buffers of a kernel with its formats. trace-cmd is what reads it, and
// is asked to where it is installed; nothing of it is needed to build this program.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>

namespace tools::audit {

/// A descriptor to read text from. Not thread-safe.
class OpenedText {
 public:
  /// `path` is "-" for standard input. Throws model::InputError if there is no such file, it
  /// is a directory, or it is a trace.dat and trace-cmd is not installed.
  explicit OpenedText(const std::string& path);
  ~OpenedText();
  OpenedText(const OpenedText&) = delete;
  OpenedText& operator=(const OpenedText&) = delete;

  [[nodiscard]] int descriptor() const { return descriptor_; }
  /// Bytes that it had when it was opened; nothing if that is not known, as of a pipe.
  [[nodiscard]] std::optional<std::uint64_t> size() const { return size_; }
  /// "trace-cmd report" if that wrote the text.
  [[nodiscard]] const std::string& converted_by() const { return converted_by_; }
  /// To be called at the end of the text: throws model::InputError if trace-cmd failed.
  void close();

 private:
  void convert();

  std::string path_;
  std::string shown_as_;
  int descriptor_ = -1;
  pid_t child_ = -1;
  std::optional<std::uint64_t> size_{};
  std::string converted_by_{};
};

}  // namespace tools::audit
