// SPDX-License-Identifier: MIT
//
// What mutants are swept on: shipped scenarios, and a few small setups besides.
//
// All of them are exhausted under the fix, each in a fraction of a second. The shipped
// ones tell the story of the bug; most of them have one request and one loss, and many a
// safeguard is there for the request that comes next, or at the same time. Each setup made
// for this purpose says whom it is for.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "model/policy.h"
#include "model/scenario/scenario.h"

namespace mutation {

using namespace model;

/// The shipped ones that are searched fast enough.
inline constexpr std::array<std::string_view, 9> shipped{"no-loss",
                                                         "single-segment",
                                                         "pool-exhaustion",
                                                         "upstream-report",
                                                         "loss-any-time",
                                                         "flushing-provider",
                                                         "upstream-next-request",
                                                         "upstream-three-segments",
                                                         "flushing-provider-short-pool"};

/// Those made for mutants.
inline constexpr std::array<std::string_view, 10> made{
    "next-any-time",      "next-any-time-one-mr", "next-any-time-two-segments",
    "next-any-time-rnic", "two-losses",           "two-without-mrs",
    "two-timeouts",       "three-requests",       "no-waiting",
    "send-sges-fail"};

/// All but the largest: those on which two models are compared world by world.
inline constexpr std::array<std::string_view, 18> to_compare{"no-loss",
                                                             "single-segment",
                                                             "pool-exhaustion",
                                                             "upstream-report",
                                                             "loss-any-time",
                                                             "flushing-provider",
                                                             "upstream-next-request",
                                                             "flushing-provider-short-pool",
                                                             "next-any-time",
                                                             "next-any-time-one-mr",
                                                             "next-any-time-two-segments",
                                                             "next-any-time-rnic",
                                                             "two-losses",
                                                             "two-without-mrs",
                                                             "two-timeouts",
                                                             "three-requests",
                                                             "no-waiting",
                                                             "send-sges-fail"};

/// Requests of so many segments each, one connection, all guards of two-rpcs.
inline Setup requests(unsigned count, unsigned segments, unsigned pool) {
  Setup setup;
  setup.policy = find_policy("fix")->policy;
  setup.rpc_count = static_cast<std::uint8_t>(count);
  for (unsigned i = 0; i < count; ++i) {
    setup.rpcs[i].read_list = static_cast<std::uint8_t>(segments);
  }
  setup.pool = static_cast<std::uint8_t>(pool);
  setup.guards.enobufs_delay = true;
  setup.guards.wake_means_reconnect = true;
  setup.guards.drain_covers_replies = true;
  setup.guards.no_spurious_reconnect = true;
  setup.budgets = {.retransmissions = 2, .enobufs_retries = 2, .reconnects = 2, .refreshes = 0};
  return setup;
}

/// A request and then another, and a loss at any time: the second finds on the free list
/// what the first one's reply handler has left there.
inline Setup next_any_time(unsigned segments, unsigned pool) {
  Setup setup = requests(2, segments, pool);
  setup.rpcs[1].after = 1;
  setup.losses = 1;
  setup.guards.reply_pins_request = true;
  return setup;
}

inline Setup made_setup(std::string_view name) {
  if (name == "next-any-time") return next_any_time(1, 2);
  // The second request gets the first one's MR, and at once.
  if (name == "next-any-time-one-mr") return next_any_time(1, 1);
  if (name == "next-any-time-rnic") {
    // What the RNIC itself knows of an MR is a state of its own, and watched.
    Setup setup = next_any_time(1, 1);
    setup.severities[static_cast<std::size_t>(Invariant::fastreg_on_invalid_mr)] = Severity::fatal;
    return setup;
  }
  // A LOCAL_INV that is not the last of its chain.
  if (name == "next-any-time-two-segments") return next_any_time(2, 3);
  if (name == "two-losses") {
    // The second may hit the connection that is being made, or the retransmission.
    Setup setup = requests(1, 1, 2);
    setup.losses = 2;
    setup.loss_before_send_of = 1;
    return setup;
  }
  if (name == "two-without-mrs") {
    // Tasks that contend for the lock and the connection, and nothing else: the states of
    // two requests with MRs are too many.
    Setup setup = requests(2, 0, 1);
    setup.losses = 1;
    setup.guards.reply_pins_request = true;
    return setup;
  }
  if (name == "two-timeouts") {
    // A request is sent twice on one connection, which is dropped for it while it is
    // sound. With MRs that is R4, a window of the fixed kernel.
    Setup setup = requests(2, 0, 1);
    setup.faults.timeout = 1;
    return setup;
  }
  if (name == "three-requests") {
    // The third takes the MR that the first one's handler is putting back.
    Setup setup = requests(3, 1, 2);
    setup.rpcs[2].after = 2;
    return setup;
  }
  if (name == "no-waiting") {
    // One MR, and it is there when the next request wants it.
    Setup setup = requests(2, 1, 1);
    setup.rpcs[1].after = 1;
    setup.budgets.enobufs_retries = 0;
    return setup;
  }
  // send-sges-fail: an RPC that ends, with -EIO, while MRs are registered.
  Setup setup = requests(1, 1, 1);
  setup.faults.prepare_send = 1;
  return setup;
}

/// A setup by name, under the fix.
inline Setup setup_of(std::string_view name) {
  for (const std::string_view known : made) {
    if (known == name) return made_setup(name);
  }
  const std::string path = std::string(FRWRSIM_SCENARIO_DIR) + "/" + std::string(name) + ".json";
  return load_scenario(path).with_policy(find_policy("fix")->policy);
}

}  // namespace mutation
