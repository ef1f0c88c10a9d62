// SPDX-License-Identifier: MIT
//
// Writing results.
#include "tools/output.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "model/input.h"

namespace tools {
namespace {

[[noreturn]] void fail(const std::string& path, const std::string& what) {
  const std::string reason = std::strerror(errno);
  throw model::InputError(path + ": " + what + ": " + reason);
}

/// Writes and closes; false with errno set if not all of it got there.
bool write_all(std::FILE* file, std::string_view text) {
  const bool written =
      std::fwrite(text.data(), 1, text.size(), file) == text.size() && std::fflush(file) == 0;
  const int error = errno;
  const bool closed = file == stdout || std::fclose(file) == 0;
  if (!written) errno = error;
  return written && closed;
}

/// Writes the file; errors speak of `shown_as`, the name that the user knows.
void write_file(std::string_view text, const std::string& file_name, const std::string& shown_as) {
  std::FILE* file = std::fopen(file_name.c_str(), "wb");
  if (file == nullptr) fail(shown_as, "cannot be written");
  if (!write_all(file, text)) {
    const int error = errno;
    if (std::filesystem::is_regular_file(file_name)) std::remove(file_name.c_str());
    errno = error;
    fail(shown_as, "could not be written completely");
  }
}

}  // namespace

void write_output(std::string_view text, const std::string& path) {
  if (path.empty() || path == "-") {
    if (!write_all(stdout, text)) fail("standard output", "could not be written completely");
    return;
  }
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (std::filesystem::is_directory(status)) {
    throw model::InputError(path + ": is a directory, expected a file to write");
  }
  // A device or a pipe is written to; replacing it by a file would be a surprise.
  if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status)) {
    return write_file(text, path, path);
  }
  // A link stays a link: what it leads to is replaced.
  const std::filesystem::path end = std::filesystem::weakly_canonical(path, error);
  const std::string target = error ? path : end.string();
  const std::string beside = target + ".tmp-" + std::to_string(getpid());
  write_file(text, beside, path);
  if (std::rename(beside.c_str(), target.c_str()) != 0) {
    const int reason = errno;
    std::remove(beside.c_str());
    errno = reason;
    fail(path, "cannot be replaced");
  }
}

std::string documents_text(const nlohmann::ordered_json& documents) {
  return (documents.size() == 1 ? documents[0] : documents).dump(1) + "\n";
}

std::string Style::wrapped(std::string_view code, std::string_view text) const {
  if (!colour_) return std::string(text);
  return "\033[" + std::string(code) + "m" + std::string(text) + "\033[0m";
}

Style style_for(const std::string& output_path) {
  const char* no_colour = std::getenv("NO_COLOR");
  const bool wanted = no_colour == nullptr || *no_colour == '\0';
  return Style(wanted && (output_path.empty() || output_path == "-") && isatty(STDOUT_FILENO) == 1);
}

}  // namespace tools
