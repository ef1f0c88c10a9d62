// SPDX-License-Identifier: MIT
//
// The table of decisions.
#include "model/decisions.h"

#include <array>

namespace model {
namespace {

constexpr std::array<DecisionValue, 4> failed_marshal{{
    {"leaves_registered", "they stay on the request until it is retransmitted or freed"},
    {"unmap_safe", "the recovery worker gets them at once"},
    {"drain_unmap_safe", "the recovery worker gets them once a drain of the QP has come through"},
    {"put_back", "unmapped, and back on the free list"},
}};
constexpr std::array<DecisionValue, 2> failed_map{{
    {"recover", "the recovery worker gets it, and will unmap it"},
    {"put_back", "INVALID, and back on the free list"},
}};
constexpr std::array<DecisionValue, 2> give_up{{
    {"unmap_safe", "by recovery: dereg_mr, alloc_mr"},
    {"unmap_sync", "by LOCAL_INV, in order behind the FASTREG, and a wait"},
}};
constexpr std::array<DecisionValue, 2> post_fastreg{{
    {"at_once", "one by one, by op_map"},
    {"with_send", "in one chain with the Send"},
}};
constexpr std::array<DecisionValue, 2> recover{{
    {"reset", "dereg_mr, alloc_mr, INVALID, DMA unmap, free list"},
    {"destroy", "DMA unmap, dereg_mr, freed; a new one is allocated on demand"},
}};
constexpr std::array<DecisionValue, 2> mapped{{
    {"not_at_all", "nobody remembers: every context that has the MR unmaps it"},
    {"by_mr_dir", "mr_dir: a context that finds DMA_NONE unmaps nothing"},
}};
constexpr std::array<DecisionValue, 3> flush{{
    {"marks", "fr_state = FLUSHED_FR or FLUSHED_LI"},
    {"marks_if_valid", "fr_state = FLUSHED_FR only if it is VALID"},
    {"marks_nothing", "nothing"},
}};
constexpr std::array<DecisionValue, 2> connection_end{{
    {"leaves_mrs", "nothing"},
    {"replaces_mrs", "requests give theirs up, all are freed, new ones come"},
}};
constexpr std::array<DecisionValue, 2> connect_lock{{
    {"nobody", "nobody: the task that starts the connect drops it"},
    {"worker", "the connect worker, until it is done"},
}};

/// Reads and writes one field.
template <auto Field>
constexpr std::uint8_t get(const Policy& policy) {
  return static_cast<std::uint8_t>(policy.*Field);
}
template <auto Field>
constexpr void set(Policy& policy, std::uint8_t value) {
  auto& field = policy.*Field;
  field = static_cast<std::remove_reference_t<decltype(field)>>(value);
}

template <auto Field>
constexpr Decision decision(std::string_view name, std::string_view where,
                            std::string_view question, std::span<const DecisionValue> values) {
  return {name, where, question, values, get<Field>, set<Field>};
}

const std::array<Decision, 9> table{
    decision<&Policy::failed_marshal>("failed_marshal", "rpcrdma_marshal_req",
                                      "what becomes of the MRs registered so far when a marshal "
                                      "fails",
                                      failed_marshal),
    decision<&Policy::failed_map>("failed_map", "frwr_op_map",
                                  "what becomes of an MR whose DMA mapping failed", failed_map),
    decision<&Policy::give_up>("give_up", "xprt_rdma_send_request, xprt_rdma_free",
                               "how a request that is retransmitted or freed gives up its MRs",
                               give_up),
    decision<&Policy::post_fastreg>("post_fastreg", "frwr_op_map, frwr_op_send",
                                    "when FASTREGs are posted", post_fastreg),
    decision<&Policy::recover>("recover", "frwr_op_recover_mr", "what recovery does with an MR",
                               recover),
    decision<&Policy::mapped>("mapped", "frwr_op_recover_mr, frwr_op_unmap_sync",
                              "how it is remembered that an MR is mapped", mapped),
    decision<&Policy::flush>("flush", "frwr_wc_fastreg, frwr_wc_localinv",
                             "what the handler of a flushed work request writes", flush),
    decision<&Policy::connection_end>(
        "connection_end", "rpcrdma_ep_connect, rpcrdma_xprt_disconnect",
        "what happens to the MRs once a lost connection is drained", connection_end),
    decision<&Policy::connect_lock>("connect_lock", "xprt_connect, xprt_rdma_connect_worker",
                                    "who holds the transport lock during a connect", connect_lock),
};

}  // namespace

std::span<const Decision> decisions() { return table; }

std::string kernels_with(const Decision& decision, std::uint8_t value) {
  std::string text;
  for (const PolicyEntry& entry : policies()) {
    const std::string version = version_of(entry);
    if (version.empty() || decision.get(entry.policy) != value) continue;
    text += (text.empty() ? "" : " ") + version;
  }
  return text.empty() ? "none" : text;
}

}  // namespace model
