// SPDX-License-Identifier: MIT
//
// What targets of binary files share: edits of their bytes, a line each, and the checksum
// that is made good after them, which no fuzzer would guess.
//
// "@OFFSET BYTES" overwrites, "+OFFSET BYTES" inserts, "-OFFSET BYTES" removes as many;
// BYTES are in hex.
#pragma once

#include <algorithm>
#include <cstdio>
#include <string>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace fuzz {

inline std::string unhexed(const std::string& digits) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
    unsigned value = 0;
    if (std::sscanf(digits.substr(i, 2).c_str(), "%2x", &value) == 1) {
      bytes += static_cast<char>(value);
    }
  }
  return bytes;
}

/// Makes one edit. What is none, or of a place that is not there, does nothing.
inline void edit_bytes(std::string& all, const std::string& line) {
  unsigned long at = 0;
  int end = 0;
  if (line.size() < 2) return;
  if (std::sscanf(line.c_str() + 1, "%lu %n", &at, &end) < 1 || at > all.size()) return;
  const std::string bytes = unhexed(line.substr(static_cast<std::size_t>(end) + 1));
  if (line[0] == '+') all.insert(at, bytes);
  if (line[0] == '-') all.erase(at, bytes.size());
  if (line[0] == '@') all.replace(at, std::min(bytes.size(), all.size() - at), bytes);
}

/// With the XXH3-128 of all bytes behind them.
inline std::string with_checksum(std::string bytes) {
  XXH128_canonical_t sum;
  XXH128_canonicalFromHash(&sum, XXH3_128bits(bytes.data(), bytes.size()));
  return bytes.append(reinterpret_cast<const char*>(sum.digest), sizeof sum.digest);
}

}  // namespace fuzz
