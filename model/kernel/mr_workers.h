// SPDX-License-Identifier: MIT
//
// The two workers for the MR pool: recovery and refresh.
//
// (verbs.c: rpcrdma_mr_recovery_worker, rpcrdma_mr_refresh_worker and
// rpcrdma_create_mrs.) Runs of a worker that find nothing to do have no visible effect
// and are left out.
#pragma once

#include "model/kernel/frwr_race.h"

namespace model {

/// Whether it recovers an MR, or one is on the stale list.
inline bool recovery_worker_enabled(const World& w) {
  return w.recovery.pc != RecoverPc::idle || w.stale_head != 0;
}

/// Pops one MR under the list's lock, or takes the next step of recovering it.
template <class Sink>
void recovery_worker_step(Kernel<Sink>& k, Fault fault) {
  World& w = k.world;
  if (w.recovery.pc != RecoverPc::idle) return recover_step(k, w.recovery, fault);
  w.recovery.mr = list_take(k, w.stale_head);
  w.recovery.pc = RecoverPc::snapshot;
}

/// Whether it has been scheduled.
inline bool refresh_worker_enabled(const World& w) { return w.refresh_scheduled != 0; }

/// New MRs for those that recovery has freed.
template <class Sink>
void replace_released(Kernel<Sink>& k) {
  World& w = k.world;
  for (unsigned i = w.mr_count; i >= 1; --i) {
    const auto id = static_cast<MrId>(i);
    if (w.mr(id).place != Place::released || is_named(w, id)) continue;
    w.mr(id).place = Place::in_hand;
    list_add(k, w.free_head, id, Place::free_list);
  }
}

/// Allocates a batch of MRs and splices it in at the head of the free list.
template <class Sink>
void refresh_worker_step(Kernel<Sink>& k) {
  World& w = k.world;
  w.refresh_scheduled = 0;
  if (k.setup.policy.recover == Recover::destroy) replace_released(k);
  if (k.setup.refresh_batch == 0) return;
  if (w.refreshes_left == 0) return k.cut(Budget::refreshes);
  --w.refreshes_left;
  for (unsigned i = 0; i < k.setup.refresh_batch; ++i) {
    const MrId id = ++w.mr_count;
    w.mr(id).place = Place::in_hand;
    list_add(k, w.free_head, id, Place::free_list);
  }
}

}  // namespace model
