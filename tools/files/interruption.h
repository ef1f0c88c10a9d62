// SPDX-License-Identifier: MIT
//
// What SIGINT, SIGTERM and SIGHUP do: end a search cleanly, or the program without a
// half-written file.
//
// A signal has one handler, so both are here. Code that watches is told of the first
// SIGINT or SIGTERM and stops by itself. Any other signal removes what is unfinished
// and then does what it always does.
#pragma once

#include <cstddef>
#include <string>

namespace tools {

/// So many files can be unfinished at a time; further ones are not removed.
inline constexpr std::size_t most_unfinished = 8;

/// From now on the file of that name is removed if a signal ends the program. Thread-safe.
void remove_if_interrupted(const std::string& path);

/// From now on it is not removed. Thread-safe.
void no_longer_unfinished(const std::string& path);

/// Whether from now on the first SIGINT or SIGTERM does not end the program, because
/// code that watches calls asked_to_stop(). Returns the value from before.
bool watch_for_interruption(bool on);

/// Whether there was one, in this watch or before it: a user who asks to stop means all
/// policies, not the current one.
bool asked_to_stop();

}  // namespace tools
