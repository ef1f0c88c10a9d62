// SPDX-License-Identifier: MIT
//
// Drawing the bar.
#include "tools/app/progress_bar.h"

#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <utility>

namespace tools {
namespace {

/// To two digits, without an exponent: "0.12", "97000".
std::string rate_in_words(double rate) {
  constexpr double two_digits = 10;
  char text[64];
  if (rate < two_digits) {
    std::snprintf(text, sizeof text, "%.2g", rate);
  } else {
    const double unit = std::pow(10, std::floor(std::log10(rate)) - 1);
    std::snprintf(text, sizeof text, "%.0f", std::round(rate / unit) * unit);
  }
  return text;
}

/// "12 s", "3 min", "5 h": as exact as a guess of the future is.
std::string duration_in_words(double seconds) {
  constexpr double minute = 60;
  constexpr double hour = 3600;
  const auto whole = [](double value) {
    return std::to_string(static_cast<long long>(value + 0.5));
  };
  if (seconds < 2 * minute) return whole(seconds) + " s";
  return seconds < 2 * hour ? whole(seconds / minute) + " min" : whole(seconds / hour) + " h";
}

}  // namespace

ProgressBar::ProgressBar(std::uint64_t total, std::string what, std::uint64_t begun)
    : total_(total),
      begun_(begun),
      what_(std::move(what)),
      shown_(total > 0 && isatty(STDERR_FILENO) == 1) {}

void ProgressBar::show(std::uint64_t done, const std::string& more) {
  constexpr std::chrono::milliseconds between{100};
  const Clock::time_point now = Clock::now();
  if (!shown_ || (now - drawn_ < between && done < total_)) return;
  drawn_ = now;
  constexpr std::uint64_t width = 16;
  const auto filled = static_cast<std::size_t>(width * done / total_);
  std::string text = "[" + std::string(filled, '#') + std::string(width - filled, '.') + "] " +
                     std::to_string(done) + " of " + std::to_string(total_) + " " + what_ + ", " +
                     more;
  const double elapsed = std::chrono::duration<double>(now - start_).count();
  if (done > begun_ && elapsed > 0) {
    const double rate = static_cast<double>(done - begun_) / elapsed;
    text += ", " + rate_in_words(rate) + "/s, " +
            duration_in_words(static_cast<double>(total_ - done) / rate) + " left";
  }
  constexpr std::size_t line = 79;  // one that wraps could not be overwritten
  std::fprintf(stderr, "\r%s\033[K", text.substr(0, line).c_str());
  std::fflush(stderr);
  line_is_there_ = true;
}

void ProgressBar::clear() {
  if (line_is_there_) std::fprintf(stderr, "\r\033[K");
  line_is_there_ = false;
}

}  // namespace tools
