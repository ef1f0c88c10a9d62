// SPDX-License-Identifier: MIT
//
// Reserving address space, and moving pages to where there is more of it.
#include "sim/search/huge_array.h"

#include <algorithm>
#include <array>

namespace sim {
namespace {

constexpr std::uint64_t least = std::uint64_t{1} << 16;
constexpr std::uint64_t huge_page = std::uint64_t{1} << 21;

constexpr std::uint64_t rounded_up(std::uint64_t bytes, std::uint64_t unit) {
  return (bytes + unit - 1) / unit * unit;
}

/// Address space that begins where a huge page may; nullptr if there is none.
void* fresh(std::uint64_t bytes, int protection) {
  const std::uint64_t all = bytes < huge_page ? bytes : bytes + huge_page;
  void* const got =
      mmap(nullptr, all, protection, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (got == MAP_FAILED) return nullptr;
  if (all == bytes) return got;
  auto* const begin = static_cast<unsigned char*>(got);
  const std::uint64_t before = -reinterpret_cast<std::uintptr_t>(got) % huge_page;
  if (before > 0) munmap(begin, before);
  munmap(begin + before + bytes, huge_page - before);
  return begin + before;
}

/// The pages of `old` with room behind them; nullptr, and nothing changed, if there is none.
void* moved(Reservation old, std::uint64_t bytes) {
  if (old.begin == nullptr) return fresh(bytes, PROT_READ | PROT_WRITE);
  void* place = mremap(old.begin, old.bytes, bytes, 0);
  if (place != MAP_FAILED) return place;
  // The kernel would break up huge pages if it had to shift them within a huge page.
  if (void* const there = bytes < huge_page ? nullptr : fresh(bytes, PROT_NONE)) {
    place = mremap(old.begin, old.bytes, bytes, MREMAP_MAYMOVE | MREMAP_FIXED, there);
    if (place != MAP_FAILED) return place;
    munmap(there, bytes);
  }
  // For a moment that took the address space of both. This does not.
  place = mremap(old.begin, old.bytes, bytes, MREMAP_MAYMOVE);
  return place == MAP_FAILED ? nullptr : place;
}

}  // namespace

Reservation enlarged(Reservation old, std::uint64_t needed) {
  if (needed > std::uint64_t{1} << 62) throw std::bad_alloc();
  const std::uint64_t ample = std::max({needed, 2 * old.bytes, least});
  for (const std::uint64_t wanted :
       std::array{ample, std::max(needed, old.bytes * 9 / 8), needed}) {
    const std::uint64_t bytes = rounded_up(wanted, wanted < huge_page ? least : huge_page);
    if (void* const begin = moved(old, bytes)) return {begin, bytes};
  }
  throw std::bad_alloc();
}

}  // namespace sim
