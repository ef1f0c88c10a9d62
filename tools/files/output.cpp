// SPDX-License-Identifier: MIT
//
// Writing results.
#include "tools/files/output.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <map>
#include <sstream>
#include <utility>

#include "model/scenario/input.h"
#include "tools/files/interruption.h"

namespace tools {
namespace {

constexpr std::string_view torn_mark = ".tmp-";

}  // namespace

bool is_torn(const std::filesystem::path& path) {
  const std::string end = path.extension().string();
  return end.starts_with(torn_mark) &&
         end.find_first_not_of("0123456789", torn_mark.size()) == std::string::npos;
}

OutputFile::OutputFile(const std::string& path) {
  if (path.empty() || path == "-") return;
  shown_as_ = path;
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (std::filesystem::is_directory(status)) {
    throw model::InputError(path + ": is a directory, expected a file to write");
  }
  // A device or a pipe is written to; nobody expects that a file replaces it.
  if (!std::filesystem::exists(status) || std::filesystem::is_regular_file(status)) {
    // A link stays a link: the file that it leads to is replaced.
    const std::filesystem::path end = std::filesystem::weakly_canonical(path, error);
    target_ = error ? path : end.string();
    beside_ = target_ + std::string(torn_mark) + std::to_string(getpid());
  }
  if (!beside_.empty()) remove_if_interrupted(beside_);
  file_ = std::fopen((beside_.empty() ? path : beside_).c_str(), "wb");
  if (file_ == nullptr) {
    const int error = errno;
    no_longer_unfinished(std::exchange(beside_, {}));
    errno = error;
    fail("cannot be written");
  }
}

OutputFile::~OutputFile() {
  if (file_ != nullptr && file_ != stdout) std::fclose(file_);
  if (beside_.empty()) return;
  std::remove(beside_.c_str());
  no_longer_unfinished(beside_);
}

void OutputFile::write(std::string_view bytes) {
  if (std::fwrite(bytes.data(), 1, bytes.size(), file_) != bytes.size()) {
    fail("could not be written completely");
  }
}

void OutputFile::commit() {
  close();
  if (beside_.empty()) return;
  if (std::rename(beside_.c_str(), target_.c_str()) != 0) fail("cannot be replaced");
  no_longer_unfinished(std::exchange(beside_, {}));
}

void OutputFile::commit_to_disk() {
  if (std::fflush(file_) != 0) fail("could not be written completely");
  sync(fileno(file_));
  const bool is_replaced = !beside_.empty();
  commit();
  if (!is_replaced) return;
  // The name is in the directory, which is a file of its own.
  const std::filesystem::path folder = std::filesystem::path(target_).parent_path();
  const int directory = open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY);
  if (directory < 0) fail("cannot be synced");
  sync(directory);
  ::close(directory);
}

void OutputFile::sync(int file) const {
  // Some file systems cannot do it, and say so.
  if (fsync(file) != 0 && errno != EINVAL) fail("could not be written completely");
}

void OutputFile::close() {
  if (std::fflush(file_) != 0) fail("could not be written completely");
  if (file_ == stdout) return;
  if (std::fclose(std::exchange(file_, nullptr)) != 0) fail("could not be written completely");
}

void OutputFile::fail(const std::string& what) const {
  const std::string reason = std::strerror(errno);
  throw model::InputError(shown_as_ + ": " + what + ": " + reason);
}

void write_output(std::string_view text, const std::string& path) {
  OutputFile file(path);
  file.write(text);
  file.commit();
}

void write_output_to_disk(std::string_view text, const std::string& path) {
  OutputFile file(path);
  file.write(text);
  file.commit_to_disk();
}

void require_writable(const std::string& path) {
  if (path.empty() || path == "-") return;
  std::error_code error;
  const std::filesystem::path target = std::filesystem::weakly_canonical(path, error);
  const auto status = std::filesystem::status(target, error);
  if (std::filesystem::is_directory(status)) {
    throw model::InputError(path + ": is a directory, expected a file to write");
  }
  if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status)) return;
  const std::filesystem::path folder = target.has_parent_path() ? target.parent_path() : ".";
  if (access(folder.c_str(), W_OK | X_OK) != 0) {
    throw model::InputError(path + ": cannot be written: " + std::strerror(errno));
  }
}

void expect_different_files(const NamedFiles& files) {
  std::map<std::filesystem::path, std::string_view> options;
  for (const auto& [option, path] : files) {
    if (path.empty() || path == "-") continue;
    std::error_code error;
    const auto place = std::filesystem::weakly_canonical(std::filesystem::absolute(path), error);
    const auto [first, is_new] = options.emplace(place, option);
    if (!is_new) {
      throw model::InputError(std::string(option) + ": expected a file of its own, found '" +
                              model::printable(path) + "', which is that of " +
                              std::string(first->second));
    }
  }
}

std::string documents_text(const nlohmann::ordered_json& documents) {
  // A file name may be no UTF-8, and results are too valuable to be lost because of
  // that.
  return (documents.size() == 1 ? documents[0] : documents)
             .dump(1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) +
         "\n";
}

std::string Style::wrapped(std::string_view code, std::string_view text) const {
  if (!colour_) return std::string(text);
  return "\033[" + std::string(code) + "m" + std::string(text) + "\033[0m";
}

std::string Style::bad_lines(const std::string& lines) const {
  std::string text;
  std::istringstream stream(lines);
  for (std::string line; std::getline(stream, line);) text += bad(line) + "\n";
  return text;
}

namespace {

// The one setting that every report has in common.
Colour& chosen_colour() {
  static Colour colour = Colour::automatic;
  return colour;
}

bool is_coloured(bool on_terminal) {
  if (chosen_colour() != Colour::automatic) return chosen_colour() == Colour::always;
  const char* no_colour = std::getenv("NO_COLOR");
  return on_terminal && (no_colour == nullptr || *no_colour == '\0');
}

std::size_t terminal_width() {
  constexpr std::size_t least = 40;  // narrower ones cannot show a step
  struct winsize size {};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return usual_width;
  return std::max<std::size_t>(size.ws_col, least);
}

}  // namespace

void choose_colour(Colour colour) { chosen_colour() = colour; }

bool is_for_terminal(const std::string& output_path) {
  return (output_path.empty() || output_path == "-") && isatty(STDOUT_FILENO) == 1;
}

Style style_for(const std::string& output_path) {
  const bool on_terminal = is_for_terminal(output_path);
  return Style(is_coloured(on_terminal), on_terminal ? terminal_width() : usual_width);
}

}  // namespace tools
