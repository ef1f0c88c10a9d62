// SPDX-License-Identifier: MIT
//
// The initial world, and what is wrong with a world in which nothing can move.
#include "model/race_model.h"

namespace model {

World RaceModel::initial() const {
  World w{};
  // Freshly created MRs are spliced onto the free list in order.
  for (unsigned id = setup_.pool; id >= 1; --id) {
    Mr& mr = w.mrs[id - 1];
    mr.place = Place::free_list;
    mr.next = w.free_head;
    w.free_head = static_cast<MrId>(id);
  }
  w.mr_count = setup_.pool;
  for (unsigned i = 0; i < setup_.rpc_count; ++i) {
    Rpc& rpc = w.rpcs[i];
    rpc.pc = setup_.rpcs[i].after == 0 ? TaskPc::call_connect : TaskPc::not_started;
    rpc.sends_left = static_cast<std::uint8_t>(1 + setup_.budgets.retransmissions);
    rpc.enobufs_left = setup_.budgets.enobufs_retries;
  }
  w.ep = EpState::connected;
  w.connected = 1;
  w.losses_left = setup_.losses;
  w.reconnects_left = setup_.budgets.reconnects;
  w.refreshes_left = setup_.budgets.refreshes;
  w.faults_left = setup_.faults;
  return w;
}

Violation RaceModel::violation(const World& w) const {
  if (w.violated != Invariant::none) return {w.violated, w.violated_mr, 0};
  if (w.cut != Budget::none || !enabled(w).empty()) return {};
  return blocked_violation(w);
}

Violation RaceModel::blocked_violation(const World& w) const {
  const auto is_fatal = [this](Invariant invariant) {
    return setup_.severity(invariant) == Severity::fatal;
  };
  for (unsigned i = 0; i < setup_.rpc_count; ++i) {
    const auto id = static_cast<RpcId>(i + 1);
    if (w.rpcs[i].pc != TaskPc::done) {
      return is_fatal(Invariant::rpc_finishes) ? Violation{Invariant::rpc_finishes, 0, id}
                                               : Violation{};
    }
  }
  // One after the other, so that what is violated does not depend on MRs' names.
  for (unsigned i = 0; i < w.mr_count; ++i) {
    const auto id = static_cast<MrId>(i + 1);
    if (w.mrs[i].dma == DmaState::mapped && is_fatal(Invariant::leaked_mapping)) {
      return {Invariant::leaked_mapping, id, 0};
    }
  }
  for (unsigned i = 0; i < w.mr_count; ++i) {
    const auto id = static_cast<MrId>(i + 1);
    const Place place = w.mrs[i].place;
    if (place != Place::free_list && place != Place::released) {
      return {Invariant::mr_on_one_list, id, 0};
    }
  }
  return {};
}

std::uint8_t RaceModel::step_id(const World& w, sim::ActorId actor) {
  switch (role_of(actor)) {
    case Role::task: {
      const Rpc& rpc = w.rpc(rpc_of(actor));
      const auto sum = [](unsigned first, auto pc) {
        return static_cast<std::uint8_t>(first + static_cast<unsigned>(pc));
      };
      if (rpc.pc == TaskPc::unmap_safe_recover) return sum(first_inline_recovery, rpc.recovery.pc);
      if (rpc.pc == TaskPc::unmap_sync)
        return sum(first_inline_unmap_sync, w.sync(rpc_of(actor)).pc);
      return static_cast<std::uint8_t>(rpc.pc);
    }
    case Role::reply_handler:
      return static_cast<std::uint8_t>(w.handler(rpc_of(actor)).pc);
    case Role::softirq:
      return static_cast<std::uint8_t>(w.softirq.pc);
    case Role::recovery_worker:
      return static_cast<std::uint8_t>(w.recovery.pc);
    case Role::connect_worker:
      return static_cast<std::uint8_t>(w.connect);
    case Role::link:
      return w.qp == QpState::rts ? 0 : link_establishes;
    default:
      return 0;
  }
}

}  // namespace model
