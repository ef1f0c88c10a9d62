// SPDX-License-Identifier: MIT
//
// Names of the model's values, as traces and reports spell them.
//
// Each enumeration has one table, indexed by value, used for writing and for
// reading back. Kernel words where the kernel has one.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

#include "model/world.h"

namespace model {

inline constexpr std::array<std::string_view, 4> fr_state_names{"INVALID", "VALID", "FLUSHED_FR",
                                                                "FLUSHED_LI"};
inline constexpr std::array<std::string_view, 3> dma_state_names{"none", "mapped", "unmapped"};
inline constexpr std::array<std::string_view, 6> place_names{
    "absent", "free list", "stale list", "registered list", "in hand", "released"};
inline constexpr std::array<std::string_view, 3> qp_state_names{"RTS", "ERROR", "IDLE"};
inline constexpr std::array<std::string_view, 9> status_names{
    "none",          "0",          "-EAGAIN",     "-ENOTCONN", "-ENOBUFS", "-EIO",
    "-ECONNABORTED", "-ETIMEDOUT", "-ERESTARTSYS"};
inline constexpr std::array<std::string_view, 6> wr_kind_names{
    "none", "FASTREG", "LOCAL_INV", "LOCAL_INV (signaled)", "SEND", "drain marker"};
inline constexpr std::array<std::string_view, 6> budget_names{
    "none", "retransmissions", "enobufs_retries", "reconnects", "refreshes", "queue_depth"};
inline constexpr std::array<std::string_view, 3> severity_names{"off", "observed", "fatal"};
inline constexpr std::array<std::string_view, 2> iova_names{"fresh", "reuse"};
inline constexpr std::array<std::string_view, 2> detect_names{"ledger", "dma-api"};
/// Of the locks of a policy, by number; 0 is none.
inline constexpr std::array<std::string_view, most_locks + 1> lock_names{"none", "lock 1",
                                                                         "lock 2"};
inline constexpr std::array<std::string_view, 2> switch_names{"off", "on"};
inline constexpr std::array<std::string_view, 2> direction_names{"TO_DEVICE", "FROM_DEVICE"};
inline constexpr std::array<std::string_view, 2> provider_names{"reject", "flush"};
inline constexpr std::array<std::string_view, 27> event_kind_names{
    "fr_state",  "dma_map",    "dma_unmap",    "moved",          "dereg",   "alloc",
    "rkey_bump", "posted",     "post_failed",  "executed",       "flushed", "failed",
    "polled",    "dropped",    "qp",           "connected",      "woken",   "locked",
    "unlocked",  "reply",      "completed",    "marshal_failed", "budget",  "violation",
    "observed",  "lock_taken", "lock_released"};

/// The value with that name in a table; nothing if there is none.
template <class Enum, std::size_t N>
std::optional<Enum> value_named(const std::array<std::string_view, N>& names,
                                std::string_view name) {
  for (std::size_t i = 0; i < N; ++i) {
    if (names[i] == name) return static_cast<Enum>(i);
  }
  return std::nullopt;
}

/// The name of a value. REQUIRES: the table covers it.
template <class Enum, std::size_t N>
constexpr std::string_view name_of(const std::array<std::string_view, N>& names, Enum value) {
  return names[static_cast<std::size_t>(value)];
}

}  // namespace model
