// SPDX-License-Identifier: MIT
//
// The scenario that `frwrsim new` writes.
//
// JSON has no comments, so its "about" says what each key means. What it describes is the
// reported bug at its smallest: it fails before the fix and is exhausted under it, so that
// there is something to see before anything was changed.
#pragma once

#include <string_view>

namespace tools {

inline constexpr std::string_view scenario_template = R"({
  "format": "frwrsim-scenario/1",
  "title": "A scenario of my own",
  "about": [
    "Say here what the scenario shows and why it ends as expected. JSON has no comments, so these",
    "lines explain the keys; the manual's page 'scenarios' has all of them.",
    "rpcs: the requests. read_list, write_list and reply_chunk count segments, each takes an MR.",
    "mr_pool: MRs at the start. A small pool makes a retransmission take the same MRs again.",
    "losses: how often the connection may be lost, at any time ('any-time', then without 'rpc') or",
    "as long as the RPC has not been sent ('before-send').",
    "provider: a post to a broken QP is rejected ('reject') or accepted and flushed ('flush').",
    "faults: how often calls may fail: dma_map, map_mr_sg, prepare_send, reset, drain_marker; how",
    "often a signal or a timeout may come.",
    "guards: idealisations, each closes a window: 'frwrsim list guards'. With [] there is none.",
    "budgets: how often things may happen that could happen for ever. Left out, they fit losses and",
    "faults; 'frwrsim explain-bounds FILE' finds the least that cut nothing.",
    "expect: verdicts by policy. 'frwrsim check FILE' compares, with --update it writes them."
  ],
  "rpcs": [
    {"name": "write", "read_list": 2}
  ],
  "mr_pool": 3,
  "losses": {"count": 1, "when": "before-send", "rpc": "write"},
  "provider": "reject",
  "faults": {},
  "guards": ["enobufs-delay"],
  "budgets": {"retransmissions": 1, "enobufs_retries": 1, "reconnects": 1},
  "expect": {
    "pre-fix": "violated",
    "fix": "exhausted"
  }
}
)";

}  // namespace tools
