// SPDX-License-Identifier: MIT
//
// Drawing the bar.
#include "tools/app/progress_bar.h"

#include <unistd.h>

#include <cstdio>
#include <utility>

namespace tools {

ProgressBar::ProgressBar(std::uint64_t total, std::string what)
    : total_(total), what_(std::move(what)), shown_(total > 0 && isatty(STDERR_FILENO) == 1) {}

void ProgressBar::show(std::uint64_t done, const std::string& more) {
  if (!shown_) return;
  constexpr std::uint64_t width = 40;
  const auto filled = static_cast<std::size_t>(width * done / total_);
  const std::string bar = std::string(filled, '#') + std::string(width - filled, '.');
  std::fprintf(stderr, "\r[%s] %llu of %llu %s, %s\033[K", bar.c_str(),
               static_cast<unsigned long long>(done), static_cast<unsigned long long>(total_),
               what_.c_str(), more.c_str());
  std::fflush(stderr);
  line_is_there_ = true;
}

void ProgressBar::clear() {
  if (line_is_there_) std::fprintf(stderr, "\r\033[K");
  line_is_there_ = false;
}

}  // namespace tools
