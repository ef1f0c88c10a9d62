// SPDX-License-Identifier: MIT
//
// Where output goes, and how it gets there whole or not at all.
#pragma once

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tools/words/text_layout.h"

namespace tools {

/// Output written piece by piece, to `path` or, if that is empty or "-", to
/// standard output. A file appears complete or not at all: it is written beside
/// and renamed by commit(); without commit() nothing is left of it. Members throw
/// model::InputError where writing is not possible.
class OutputFile {
 public:
  explicit OutputFile(const std::string& path);
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  /// Writes the next piece; commit(), called once, says that it was the last.
  void write(std::string_view bytes);
  void commit();
  /// commit(), and once it returns the file survives a loss of power as well.
  void commit_to_disk();

 private:
  void close();
  void sync(int file) const;
  [[noreturn]] void fail(const std::string& what) const;

  std::string shown_as_ = "standard output";  // the name that the user knows
  std::string target_{};                      // the file to be replaced, if there is one
  std::string beside_{};
  std::FILE* file_ = stdout;
};

/// Whether this name is that of a file left by a killed writer: "results.csv.tmp-123".
bool is_torn(const std::filesystem::path& path);

/// Writes `text` to `path` in the same way.
void write_output(std::string_view text, const std::string& path);

/// The same with commit_to_disk(), for results after which a checkpoint is removed.
void write_output_to_disk(std::string_view text, const std::string& path);

/// Throws model::InputError if a file of that name could not be written. A command that
/// takes long checks before its work, not after. Empty and "-" are fine.
void require_writable(const std::string& path);

/// Files that a command reads or writes, by option; an empty path is none.
using NamedFiles = std::vector<std::pair<std::string_view, std::string>>;

/// Throws model::InputError, which names both options, if two are the same file.
void expect_different_files(const NamedFiles& files);

/// JSON results as text: one is a document, several are an array of them.
std::string documents_text(const nlohmann::ordered_json& documents);

/// When output has colour.
enum class Colour : std::uint8_t {
  automatic,  ///< on a terminal, unless NO_COLOR is set (https://no-color.org)
  always,
  never,
};

/// What --color says, for all output from now on. Call it before there is a second thread.
void choose_colour(Colour colour);

/// How text is laid out for the place it goes to: emphasis, and the width of a line.
class Style {
 public:
  explicit Style(bool colour, std::size_t width = usual_width) : colour_(colour), width_(width) {}
  [[nodiscard]] std::string bad(std::string_view text) const { return wrapped("31;1", text); }
  [[nodiscard]] std::string good(std::string_view text) const { return wrapped("32;1", text); }
  [[nodiscard]] std::string strong(std::string_view text) const { return wrapped("1", text); }
  /// bad() for each line of a text.
  [[nodiscard]] std::string bad_lines(const std::string& lines) const;
  /// Columns of a line.
  [[nodiscard]] std::size_t width() const { return width_; }

 private:
  [[nodiscard]] std::string wrapped(std::string_view code, std::string_view text) const;
  bool colour_;
  std::size_t width_;
};

/// Whether output of that path, empty or "-" for standard output, is read at a terminal.
bool is_for_terminal(const std::string& output_path);

/// The style of output of that path: colour as choose_colour() says, lines as wide as the
/// terminal, or of the usual width if it is for none.
Style style_for(const std::string& output_path);

}  // namespace tools
