// SPDX-License-Identifier: MIT
//
// The table of policies. One of your own needs no row: docs/manual/policies.md.
#include "model/policy.h"

#include <algorithm>

namespace model {
namespace {

/// A policy with one decision taken otherwise.
template <class Decision>
constexpr Policy with(Policy policy, Decision Policy::*which, Decision decision) {
  policy.*which = decision;
  return policy;
}

// The decisions of the historical designs accumulate: each kernel had its
// predecessors'.
constexpr Policy pre_fix{.failed_marshal = FailedMarshal::unmap_safe};
constexpr Policy fix{};
constexpr Policy v4_14 = with(fix, &Policy::failed_map, FailedMap::put_back);
constexpr Policy v4_15 = with(v4_14, &Policy::give_up, GiveUp::unmap_sync);
constexpr Policy v4_17 = with(v4_15, &Policy::post_fastreg, PostFastreg::with_send);
constexpr Policy v4_20 = with(v4_17, &Policy::recover, Recover::destroy);
constexpr Policy v5_0 = with(v4_20, &Policy::mapped, Mapped::by_mr_dir);
constexpr Policy v5_3 = with(v5_0, &Policy::failed_marshal, FailedMarshal::put_back);
constexpr Policy v5_13 = with(with(v5_3, &Policy::flush, Flush::marks_nothing),
                              &Policy::connection_end, ConnectionEnd::replaces_mrs);
constexpr Policy v5_15 = with(v5_13, &Policy::connect_lock, ConnectLock::worker);

}  // namespace

// Made when it is first asked for, which may be before main.
std::span<const PolicyEntry> policies() {
  static const PolicyEntry table[] = {
      {"unmap-on-marshal-error", "pre-fix", "kernel 4.8",
       "a failed marshal hands the request's MRs to the recovery worker at once (before "
       "18c0fb31a034)",
       pre_fix},
      {"leave-registered", "fix", "kernel 4.9",
       "a failed marshal leaves the MRs on the request until it is retransmitted or freed "
       "(18c0fb31a034)",
       fix},
      {"no-recovery-if-unmapped", "v4.14", "kernel 4.14",
       "and an MR whose DMA mapping failed goes back to the free list, not to recovery", v4_14},
      {"invalidate-on-retransmit", "v4.15", "kernel 4.15",
       "and a request gives up its MRs by LOCAL_INV, in order behind their FASTREGs", v4_15},
      {"chain-to-send", "v4.17", "kernel 4.17",
       "and FASTREGs are posted together with the Send: a failed marshal has none in flight",
       v4_17},
      {"destroy-mrs", "v4.20", "kernel 4.20",
       "and recovery frees an MR instead of resetting it; new ones are allocated on demand", v4_20},
      {"dma-none", "v5.0", "kernel 5.0",
       "and an MR remembers that it is not mapped: unmap is idempotent", v5_0},
      {"put-back", "v5.3", "kernel 5.3", "and a failed marshal unmaps its MRs and puts them back",
       v5_3},
      {"die-with-connection", "v5.13", "kernel 5.13",
       "and a flush changes nothing: MRs die with the connection, after its drain", v5_13},
      {"connect-owns-lock", "v5.15", "kernel 5.15",
       "and the connect worker owns the transport lock: no task sends meanwhile", v5_15},
      {"mark-if-valid",
       "if-valid",
       "hypothetical",
       "as before the fix, but frwr_wc_fastreg marks an MR only if it finds it VALID",
       {.failed_marshal = FailedMarshal::unmap_safe, .flush = Flush::marks_if_valid}},
      {"drain-first",
       "drain",
       "hypothetical",
       "as before the fix, but a failed marshal drains the QP before recovery gets the MRs",
       {.failed_marshal = FailedMarshal::drain_unmap_safe}},
      {"idempotent-unmap",
       "idempotent",
       "hypothetical",
       "as before the fix, but an MR remembers that it is not mapped: unmap is idempotent",
       {.failed_marshal = FailedMarshal::unmap_safe, .mapped = Mapped::by_mr_dir}},
      {"put-back-unchained",
       "regression",
       "hypothetical",
       "put-back without chain-to-send: MRs return to the free list with FASTREGs in flight",
       {.failed_marshal = FailedMarshal::put_back}},
  };
  return table;
}

std::vector<std::string_view> policy_names() {
  std::vector<std::string_view> names;
  for (const PolicyEntry& entry : policies()) names.push_back(entry.name);
  return names;
}

std::string version_of(const PolicyEntry& entry) {
  constexpr std::string_view kernel = "kernel ";
  return entry.since.starts_with(kernel) ? "v" + entry.since.substr(kernel.size()) : "";
}

const PolicyEntry* find_policy(std::string_view name_or_alias) {
  if (name_or_alias.empty()) return nullptr;
  const auto found =
      std::find_if(policies().begin(), policies().end(), [&](const PolicyEntry& entry) {
        return entry.name == name_or_alias || entry.alias == name_or_alias ||
               version_of(entry) == name_or_alias;
      });
  return found == policies().end() ? nullptr : &*found;
}

}  // namespace model
