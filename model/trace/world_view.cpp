// SPDX-License-Identifier: MIT
//
// The fields of the view, each declared and read in one place.
//
// The same walk over the world is made twice: once to name the fields, with any world,
// and then to read them. So names and values cannot get out of step.
#include "model/trace/world_view.h"

#include <utility>

#include "model/kernel/mr_lists.h"
#include "model/labels.h"
#include "model/rules/ordering.h"
#include "model/scenario/names.h"

namespace model {
namespace {

using Kind = ViewField::Kind;

std::string mr_named(MrId id) { return "MR " + std::to_string(id); }
std::string rpc_named(RpcId id) { return "RPC " + std::to_string(id); }

std::string joined(const std::vector<std::string>& items) {
  std::string text;
  for (const std::string& item : items) text += (text.empty() ? "" : ", ") + item;
  return text;
}

std::string list_from(const World& w, MrId head) {
  std::vector<std::string> items;
  // A walk that was led off its list may run in a circle.
  for (MrId id = head; id != 0 && items.size() < max_mrs; id = w.mr(id).next) {
    items.push_back(mr_named(id));
  }
  return joined(items);
}

/// "FASTREG of MR 1"; in brackets, what is only true of it in this queue.
std::string queue_of(const WrQueue& queue, std::string_view flagged) {
  std::vector<std::string> items;
  for (unsigned i = 0; i < queue.size; ++i) {
    const Wr wr = queue.items[i];
    std::string text(name_of(wr_kind_names, wr.kind()));
    if (wr.subject() != 0 && wr.kind() != WrKind::drain_marker) {
      text += " of " + (names_mr(wr) ? mr_named(wr.subject()) : rpc_named(wr.subject()));
    }
    if (wr.flag()) text += " (" + std::string(flagged) + ")";
    items.push_back(text);
  }
  return joined(items);
}

/// Contexts that have an MR in hand.
std::string holders_of(const World& w, MrId id, unsigned rpc_count) {
  std::vector<std::string> items;
  const auto add = [&items](sim::ActorId actor, bool holds) {
    if (holds) items.emplace_back(long_name(actor));
  };
  for (unsigned i = 1; i <= rpc_count; ++i) {
    const auto rpc = static_cast<RpcId>(i);
    add(task_of(rpc), w.rpc(rpc).mr == id || w.rpc(rpc).recovery.mr == id || w.sync(rpc).mr == id);
    add(reply_handler_of(rpc), w.handler(rpc).mr == id);
  }
  add(recovery_actor, w.recovery.mr == id);
  add(connect_actor, w.rare.connect_mr == id);
  return joined(items);
}

std::string registered_by(const World& w, MrId id, unsigned rpc_count) {
  for (unsigned i = 1; i <= rpc_count; ++i) {
    MrId at = w.rpc(static_cast<RpcId>(i)).registered;
    for (unsigned n = 0; at != 0 && n < max_mrs; ++n, at = w.mr(at).next) {
      if (at == id) return " of " + rpc_named(static_cast<RpcId>(i));
    }
  }
  return {};
}

std::string place_of(const World& w, MrId id, unsigned rpc_count) {
  const Place place = w.mr(id).place;
  std::string text(name_of(place_names, place));
  if (place == Place::registered) text += registered_by(w, id, rpc_count);
  if (place == Place::in_hand) {
    const std::string holders = holders_of(w, id, rpc_count);
    if (!holders.empty()) text += " of " + holders;
  }
  return text;
}

std::string callback_of(Done done) {
  switch (done) {
    case Done::unset:
      return {};
    case Done::wc_fastreg:
      return "frwr_wc_fastreg";
    case Done::wc_localinv:
      return "frwr_wc_localinv";
    case Done::wc_localinv_wake:
      return "frwr_wc_localinv_wake";
  }
  return {};
}

std::string pending_of(const World& w, MrId id) {
  std::vector<std::string> items;
  for (const Pending kind : pending_kinds) {
    if (pending(w, kind).contains(id)) items.emplace_back(name_of(pending_names, kind));
  }
  return joined(items);
}

/// What its holder may do with the rkey, as far as a world says: it has no numbers.
std::string rkey_of(const World& w, MrId id) {
  std::vector<std::string> items;
  for (unsigned i = 0; i < w.send_queue.size; ++i) {
    const Wr wr = w.send_queue.items[i];
    if (names_mr(wr) && wr.subject() == id && wr.flag()) {
      items.emplace_back("new; a queued work request has the old one");
      break;
    }
  }
  const RpcId told = w.rare.advertised[id - 1u];
  if (told != 0) items.push_back("told to the server by " + rpc_named(told));
  return joined(items);
}

std::string context_of(const World& w, sim::ActorId actor) {
  const Label label = label_of(actor, RaceModel::step_id(w, actor));
  return std::string(label.function) + ": " + std::string(label.statement);
}

/// Workers and handlers are not shown unless something has woken them.
bool is_idle(const World& w, sim::ActorId actor) {
  switch (role_of(actor)) {
    case Role::task:
      return false;
    case Role::reply_handler:
      return w.handler(rpc_of(actor)).pc == ReplyPc::idle && w.rpc(rpc_of(actor)).replies == 0;
    case Role::softirq:
      return w.softirq.pc == SoftirqPc::poll && w.completions.size == 0;
    case Role::recovery_worker:
      return w.recovery.pc == RecoverPc::idle && w.stale_head == 0;
    case Role::refresh_worker:
      return w.refresh_scheduled == 0;
    case Role::connect_worker:
      return w.connect == ConnectPc::idle;
    case Role::rep_connect_worker:
      return w.rep_connect_scheduled == 0;
    case Role::conn_upcall:
      return w.established_upcall == 0 && w.disconnected_upcall == 0;
    case Role::rnic:
    case Role::link:
    case Role::server:
    case Role::signal:
    case Role::timer:
      return true;
  }
  return true;
}

std::string flag(bool value) { return value ? "yes" : "no"; }

std::string ledger_of(const World& w, MrId id) {
  const DmaState dma = w.mr(id).dma;
  std::string text = dma == DmaState::none     ? "nothing mapped"
                     : dma == DmaState::mapped ? "mapped"
                                               : "mapped and unmapped";
  const std::uint8_t iova = w.rare.iova[id - 1u];
  if (iova != 0) text += ", address " + std::to_string(iova);
  return text;
}

std::string lock_of(const World& w) {
  if (w.locked_by == 0) return "free";
  return "held by " +
         (w.locked_by == connect_owner ? "the connect worker" : rpc_named(w.locked_by));
}

std::string waiting_for_lock(const World& w) {
  std::vector<std::string> items;
  for (const RpcId id : w.sending) {
    if (id != 0) items.push_back(rpc_named(id));
  }
  return joined(items);
}

// Each of these calls `field(section, subject, name, kind, value)` for its fields.

template <class Field>
void walk_mrs(const World& w, unsigned rpc_count, Field field) {
  for (unsigned i = 1; i <= max_mrs; ++i) {
    const auto id = static_cast<MrId>(i);
    const Mr& mr = w.mr(id);
    const bool is_there = mr.place != Place::absent;
    const auto add = [&](const char* name, Kind kind, const std::string& value) {
      field("Memory regions", mr_named(id), name, kind, is_there ? value : std::string());
    };
    add("fr_state", Kind::word, std::string(name_of(fr_state_names, mr.fr_state)));
    add("where", Kind::word, place_of(w, id, rpc_count));
    add("DMA-mapped", Kind::flag, flag(mr.dma == DmaState::mapped));
    add("pending", Kind::list, pending_of(w, id));
    add("callback", Kind::word, callback_of(mr.done));
    add("rkey", Kind::word, rkey_of(w, id));
  }
}

template <class Field>
void walk_queues(const World& w, unsigned rpc_count, Field field) {
  field("Send queue", "", "work requests", Kind::list, queue_of(w.send_queue, "old rkey"));
  field("Completion queue", "", "completions", Kind::list, queue_of(w.completions, "flushed"));
  field("Lists", "", "free list", Kind::list, list_from(w, w.free_head));
  field("Lists", "", "stale list", Kind::list, list_from(w, w.stale_head));
  for (unsigned i = 1; i <= rpc_count; ++i) {
    const auto id = static_cast<RpcId>(i);
    field("Lists", "", "registered by " + rpc_named(id), Kind::list,
          list_from(w, w.rpc(id).registered));
  }
  for (unsigned i = 1; i <= max_mrs; ++i) {
    const auto id = static_cast<MrId>(i);
    field("DMA ledger", "", mr_named(id), Kind::word,
          w.mr(id).place == Place::absent ? std::string() : ledger_of(w, id));
  }
}

template <class Field>
void walk_transport(const World& w, unsigned rpc_count, Field field) {
  field("Connection", "", "QP", Kind::word, std::string(name_of(qp_state_names, w.qp)));
  field("Connection", "", "CONNECTED", Kind::flag, flag(w.connected != 0));
  field("Connection", "", "CONNECTING", Kind::flag, flag(w.connecting != 0));
  field("Connection", "", "transport lock", Kind::word, lock_of(w));
  field("Connection", "", "waiting for the lock", Kind::list, waiting_for_lock(w));
  field("Connection", "", "losses that may still come", Kind::word, std::to_string(w.losses_left));
  for (unsigned i = 1; i <= rpc_count; ++i) {
    const auto id = static_cast<RpcId>(i);
    const Rpc& rpc = w.rpc(id);
    const auto add = [&](const char* name, Kind kind, const std::string& value) {
      field("Requests", rpc_named(id), name, kind, value);
    };
    const bool has_status = rpc.status != Status::none;
    add("last status", Kind::word,
        has_status ? std::string(name_of(status_names, rpc.status)) : std::string());
    add("asleep on the pending queue", Kind::flag, flag(rpc.on_pending != 0));
    add("on the receive list", Kind::flag, flag(rpc.on_receive_list != 0));
    add("at the server", Kind::flag, flag(rpc.at_server != 0));
    add("reply received", Kind::flag, flag(rpc.reply_received != 0));
  }
}

/// Who holds a lock of the policy: "RPC task 1 (of RPC 1)".
std::string holders_of(const World& w, unsigned lock) {
  std::vector<std::string> items;
  for (unsigned a = 0; a < lock_users; ++a) {
    const unsigned held = w.rare.locks.held[lock][a] & ~unsigned{lock_is_due};
    if (held == 0) continue;
    std::string item(long_name(static_cast<sim::ActorId>(a)));
    if ((held & lock_names_mr) != 0) item += ", of " + mr_named(static_cast<MrId>(held & 0xfu));
    items.push_back(item);
  }
  return joined(items);
}

template <class Field>
void walk(const World& w, unsigned rpc_count, unsigned actor_count, unsigned lock_count,
          Field field) {
  walk_mrs(w, rpc_count, field);
  walk_queues(w, rpc_count, field);
  walk_transport(w, rpc_count, field);
  for (unsigned i = 0; i < lock_count; ++i) {
    field("Connection", "", std::string(lock_names[i + 1]) + " of the policy", Kind::list,
          holders_of(w, i));
  }
  for (unsigned a = 0; a < actor_count; ++a) {
    const auto actor = static_cast<sim::ActorId>(a);
    if (rpc_of(actor) > rpc_count || is_environment(actor)) continue;
    field("Contexts", "", std::string(long_name(actor)), Kind::word,
          is_idle(w, actor) ? std::string() : context_of(w, actor));
  }
}

}  // namespace

WorldView::WorldView(const RaceModel& model)
    : rpc_count_(model.setup().rpc_count),
      actor_count_(model.actor_count()),
      lock_count_(model.setup().policy.rules.lock_count) {
  walk(model.initial(), rpc_count_, actor_count_, lock_count_,
       [this](const char* section, const std::string& subject, const std::string& name, Kind kind,
              const std::string&) {
         fields_.push_back({section, subject, name, kind});
       });
}

std::vector<std::string> WorldView::values(const World& w) const {
  std::vector<std::string> values;
  values.reserve(fields_.size());
  walk(w, rpc_count_, actor_count_, lock_count_,
       [&values](const char*, const std::string&, const std::string&, Kind, std::string value) {
         values.push_back(std::move(value));
       });
  return values;
}

}  // namespace model
