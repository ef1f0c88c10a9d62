// SPDX-License-Identifier: MIT
//
// The signal handler and the little that it can reach.
#include "tools/files/interruption.h"

#include <unistd.h>

#include <array>
#include <atomic>
#include <climits>
#include <csignal>
#include <cstring>

namespace tools {
namespace {

// A signal handler can reach nothing but globals, and they must be lock-free.
// NOLINTBEGIN(cppcoreguidelines-avoid-non-const-global-variables)
std::atomic<bool> watched = false;
std::atomic<bool> asked = false;

enum class Slot : unsigned char { free, being_filled, taken };
struct File {
  std::atomic<Slot> slot = Slot::free;
  std::array<char, PATH_MAX> path{};
};
std::array<File, most_unfinished> files;
// NOLINTEND(cppcoreguidelines-avoid-non-const-global-variables)
static_assert(std::atomic<bool>::is_always_lock_free && std::atomic<Slot>::is_always_lock_free);

void on_signal(int number) {
  if (number != SIGHUP && watched && !asked.exchange(true)) return;
  for (const File& file : files) {
    if (file.slot == Slot::taken) unlink(file.path.data());
  }
  // Delivered as soon as this returns.
  std::signal(number, SIG_DFL);
  (void)std::raise(number);
}

/// Installs the handler for the signal. If the signal is ignored, as under nohup, it
/// stays ignored.
void handle(int number) {
  struct sigaction now {};
  sigaction(number, nullptr, &now);
  if (now.sa_handler != SIG_DFL) return;
  struct sigaction action {};
  action.sa_handler = on_signal;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  sigaction(number, &action, nullptr);
}

}  // namespace

void remove_if_interrupted(const std::string& path) {
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) handle(number);
  if (path.size() >= PATH_MAX) return;
  for (File& file : files) {
    Slot expected = Slot::free;
    if (!file.slot.compare_exchange_strong(expected, Slot::being_filled)) continue;
    std::memcpy(file.path.data(), path.c_str(), path.size() + 1);
    file.slot = Slot::taken;
    return;
  }
}

void no_longer_unfinished(const std::string& path) {
  for (File& file : files) {
    if (file.slot == Slot::taken && path == file.path.data()) file.slot = Slot::free;
  }
}

bool watch_for_interruption(bool on) {
  for (const int number : {SIGINT, SIGTERM}) handle(number);
  return watched.exchange(on);
}

bool asked_to_stop() { return asked; }

}  // namespace tools
