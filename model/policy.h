// SPDX-License-Identifier: MIT
//
// Policies: where the historical designs differ, and what each of them decided.
//
// A policy is a row of decisions with a name, and rules: orderings and locks that a fix
// would add. Every decision is read in one place of the model, so a new combination is
// one row, of the table in policy.cpp or of a user (scenario/policy_text.h); a new *kind*
// of decision is one field here, one branch there and its names in decisions.cpp. A
// decision that a row does not name is that of the kernel to which the upstream fix was
// applied.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/actors.h"

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

/// What may be pending of an MR.
enum class Pending : std::uint8_t {
  /// A FASTREG of it is on the send queue, or its completion queued, or the softirq
  /// is inside frwr_wc_fastreg with it.
  fastreg,
  /// The same of a LOCAL_INV, signaled or not: frwr_wc_localinv, _wake.
  local_inv,
  /// It is on the stale list, or being recovered, by the worker or inline.
  recovery,
};

/// "A step `waits` is held back while a `pending` of the same MR is pending."
/// rules/ordering.h has the meaning.
struct Ordering {
  Pending pending{};
  StepKind waits;
  friend auto operator<=>(const Ordering&, const Ordering&) = default;
};

/// The statements of one context from `first` to `last`, both included.
struct Region {
  StepKind first;
  StepKind last;  ///< of the same role
  friend auto operator<=>(const Region&, const Region&) = default;
};

/// What there is one lock of.
enum class LockScope : std::uint8_t { transport, request, mr };

/// A lock: contexts in `a` or `b` exclude each other, those in the same region, too.
/// rules/locks.h has the meaning.
struct Exclusion {
  Region a;
  Region b;
  LockScope scope{};
  friend auto operator<=>(const Exclusion&, const Exclusion&) = default;
};

/// Of one policy. A user's has one less: synthesis tries one more.
inline constexpr unsigned most_orderings = 5;

/// What a fix adds to the decisions.
struct Rules {
  std::array<Ordering, most_orderings> orderings{};
  std::array<Exclusion, most_locks> locks{};
  std::uint8_t ordering_count = 0;
  std::uint8_t lock_count = 0;

  /// Whether there is one.
  [[nodiscard]] constexpr bool any() const { return ordering_count + lock_count != 0; }
  /// REQUIRES: ordering_count < most_orderings.
  constexpr void add(const Ordering& ordering) { orderings[ordering_count++] = ordering; }
  /// REQUIRES: lock_count < most_locks.
  constexpr void add(const Exclusion& lock) { locks[lock_count++] = lock; }
  friend bool operator==(const Rules&, const Rules&) = default;
};

/// A row of decisions, and rules. Copied into the Setup of a run. Kernel versions are
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
  Rules rules{};
  friend bool operator==(const Policy&, const Policy&) = default;
};

/// A policy as users see it.
struct PolicyEntry {
  std::string name;
  std::string alias;  ///< may be empty
  std::string since;  ///< "kernel 4.9", "hypothetical" or "your own"
  std::string idea;   ///< one line
  Policy policy;
};

/// The policies of the program, in the order in which `--policy all` runs them.
std::span<const PolicyEntry> policies();

/// Their names, in the same order.
std::vector<std::string_view> policy_names();

/// "v4.9" for what is since "kernel 4.9"; empty for what no kernel had.
std::string version_of(const PolicyEntry& entry);

/// The entry of that name or alias, or of the kernel version "v4.9"; nullptr if there is
/// none.
const PolicyEntry* find_policy(std::string_view name_or_alias);

}  // namespace model
