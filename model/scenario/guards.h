// SPDX-License-Identifier: MIT
//
// The guards by name. The order is part of a scenario's hash: add at the end.
#pragma once

#include <array>
#include <string_view>

#include "model/setup.h"

namespace model {

/// A guard as users see it, and the switch it stands for.
struct GuardEntry {
  std::string_view name;
  std::string_view line;  ///< what it idealises; setup.h and docs/semantics.md say more
  bool Guards::*is_on;
};

inline constexpr std::array<GuardEntry, 6> guards{{
    {"enobufs-delay", "the wait after -ENOBUFS outlasts RNIC, completions, recovery, refresh",
     &Guards::enobufs_delay},
    {"wake-means-reconnect", "a task tests CONNECTED once it has the transport lock",
     &Guards::wake_means_reconnect},
    {"reply-pins-request", "a reply that has arrived keeps its task from being woken",
     &Guards::reply_pins_request},
    {"drain-covers-replies", "the drain also waits until no reply is queued or handled",
     &Guards::drain_covers_replies},
    {"no-spurious-reconnect",
     "xprt_connect notices a connection that comes up while it prepares to wait",
     &Guards::no_spurious_reconnect},
    {"reconnect-delay", "the delay before a reconnect outlasts what enobufs-delay outlasts",
     &Guards::reconnect_delay},
}};

}  // namespace model
