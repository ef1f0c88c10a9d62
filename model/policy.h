// SPDX-License-Identifier: MIT
//
// Policies: where the historical designs differ, and what each of them decided.
//
// A policy is a row of decisions with a name. Every decision is read in one place of
// the model, so a new combination is one row of the table in policy.cpp; a new *kind*
// of decision is one field here and one branch there. A decision that a row does not
// name is that of the kernel to which the upstream fix was applied.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace model {

/// What rpcrdma_marshal_req's error path does with the MRs registered so far.
enum class FailedMarshal : std::uint8_t {
  leaves_registered,  ///< they stay on the request (upstream 18c0fb31a034)
  unmap_safe,         ///< recovery gets them at once (before it)
  drain_unmap_safe,   ///< recovery gets them once a drain of the QP has come through
  put_back,           ///< unmapped and put back on the free list (40088f0e9b62, v5.3)
};

/// What op_map does with an MR whose DMA mapping failed.
enum class FailedMap : std::uint8_t {
  recover,   ///< deferred to recovery, which will unmap it
  put_back,  ///< INVALID and back on the free list (1f541895dae9, v4.14)
};

/// How a request gives up its MRs, when it is retransmitted or freed.
enum class GiveUp : std::uint8_t {
  unmap_safe,  ///< recovery: dereg and alloc
  unmap_sync,  ///< LOCAL_INV, in order behind the FASTREG, and a wait (v4.15)
};

/// When FASTREGs are posted.
enum class PostFastreg : std::uint8_t {
  at_once,    ///< one by one, by op_map
  with_send,  ///< in one chain with the Send (f2877623082b, v4.17)
};

/// What recovery does with an MR.
enum class Recover : std::uint8_t {
  reset,    ///< dereg, alloc, INVALID, unmap, free list
  destroy,  ///< unmap, dereg, free; a new one is allocated on demand (v4.20)
};

/// How "mapped" is remembered.
enum class Mapped : std::uint8_t {
  not_at_all,  ///< every context that has the MR unmaps it
  by_mr_dir,   ///< mr_dir = DMA_NONE: a context that finds this unmaps nothing (5.0)
};

/// What the handler of a flushed FASTREG or LOCAL_INV writes.
enum class Flush : std::uint8_t {
  marks,           ///< fr_state = FLUSHED_FR or FLUSHED_LI
  marks_if_valid,  ///< FLUSHED_FR only if fr_state is VALID
  marks_nothing,   ///< (5.13)
};

/// What happens to the MRs when the connection is lost and the QP is drained.
enum class ConnectionEnd : std::uint8_t {
  leaves_mrs,    ///< nothing
  replaces_mrs,  ///< requests give theirs up, all are freed, new ones come (5.13)
};

/// Which context holds the transport lock during a connect.
enum class ConnectLock : std::uint8_t {
  nobody,  ///< the task that starts the connect drops it
  worker,  ///< the connect worker, until it is done (5.15)
};

/// A row of decisions. Copied into the Setup of a run. Kernel versions are
/// approximate; docs/kernel.md, "Later designs".
struct Policy {
  FailedMarshal failed_marshal{};
  FailedMap failed_map{};
  GiveUp give_up{};
  PostFastreg post_fastreg{};
  Recover recover{};
  Mapped mapped{};
  Flush flush{};
  ConnectionEnd connection_end{};
  ConnectLock connect_lock{};
  friend bool operator==(const Policy&, const Policy&) = default;
};

/// A policy as users see it.
struct PolicyEntry {
  std::string_view name;
  std::string_view alias;
  std::string_view since;  ///< "kernel 4.9", or "hypothetical"
  std::string_view idea;   ///< one line
  Policy policy;
};

/// All policies, in the order in which `--policy all` runs them.
std::span<const PolicyEntry> policies();

/// Their names, in the same order.
std::vector<std::string_view> policy_names();

/// The entry of that name or alias; nullptr if there is none.
const PolicyEntry* find_policy(std::string_view name_or_alias);

}  // namespace model
