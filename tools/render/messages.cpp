// SPDX-License-Identifier: MIT
//
// Makes the choices again, to find what is outstanding.
#include "tools/render/messages.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "model/kernel/mr_lists.h"
#include "model/policy.h"
#include "model/scenario/names.h"
#include "model/scenario/policy_text.h"
#include "tools/words/words.h"

namespace tools {

using namespace model;

namespace {

std::string wr_text(Wr wr, const Setup& setup) {
  Event posted{.kind = EventKind::posted};
  posted.wr = wr;
  return in_words(posted, setup).substr(std::string_view("post ").size());
}

/// One replay.
class Postbox {
 public:
  explicit Postbox(const Trace& trace)
      : trace_(trace), model_(trace.scenario.with_policy(read_policy(trace.policy).policy)) {}

  std::vector<Message> messages() {
    World w = model_.initial();
    sim::NullSink sink;
    for (step_ = 1; step_ <= trace_.steps.size(); ++step_) {
      const TraceStep& taken = trace_.steps[step_ - 1];
      actor_ = taken.choice.actor;
      take_what_waits(taken);
      const World before = w;
      model_.step(w, taken.choice, sink);
      for (const Event& event : taken.events) note(event);
      note_changes(before, w, taken);
    }
    std::erase_if(messages_, [](const Message& m) { return m.from == m.to; });
    return std::move(messages_);
  }

 private:
  using Test = std::function<bool(const Message&)>;

  void send(MessageKind kind, sim::ActorId to, std::string text, MrId mr = 0) {
    messages_.push_back({kind, step_, 0, 0, actor_, to, mr, std::move(text)});
  }

  /// The oldest outstanding message that `is_it`.
  Message* waiting(const Test& is_it) {
    const auto found = std::find_if(messages_.begin(), messages_.end(), [&](const Message& m) {
      return m.taken == 0 && m.lost == 0 && is_it(m);
    });
    return found == messages_.end() ? nullptr : &*found;
  }
  void take(const Test& is_it) {
    if (Message* message = waiting(is_it)) message->taken = step_;
  }
  void take_all(const Test& is_it) {
    while (Message* message = waiting(is_it)) message->taken = step_;
  }

  /// What an actor takes by taking any step. Queues are not included: their events say
  /// what was taken from them.
  void take_what_waits(const TraceStep& taken) {
    const auto is_mine = [this](const Message& m) { return m.to == actor_; };
    switch (role_of(actor_)) {
      case Role::rnic:
      case Role::softirq:
        return;
      case Role::recovery_worker: {
        if (taken.step_id != static_cast<std::uint8_t>(RecoverPc::idle)) return;
        for (const Event& event : taken.events) {
          const auto is_it = [&](const Message& m) { return is_mine(m) && m.mr == event.mr; };
          if (event.kind == EventKind::moved) take(is_it);
        }
        return;
      }
      case Role::server:
        return take([&](const Message& m) {
          return is_mine(m) && m.text == request_text(static_cast<RpcId>(taken.choice.outcome));
        });
      case Role::reply_handler:
        if (taken.step_id == static_cast<std::uint8_t>(ReplyPc::idle)) return take(is_mine);
        return take_all(
            [&](const Message& m) { return is_mine(m) && m.kind == MessageKind::wake; });
      default:
        return take_all(is_mine);
    }
  }

  static std::string request_text(RpcId rpc) { return "request of RPC " + std::to_string(rpc); }

  void note(const Event& event) {
    const MrId mr = names_mr(event.wr) ? MrId{event.wr.subject()} : event.mr;
    switch (event.kind) {
      case EventKind::posted:
        return send(MessageKind::post, rnic_actor, wr_text(event.wr, trace_.scenario.setup), mr);
      case EventKind::executed:
      case EventKind::flushed:
      case EventKind::failed:
        take([&](const Message& m) { return m.kind == MessageKind::post; });
        return note_outcome(event, mr);
      case EventKind::polled:
        return take([&](const Message& m) { return m.kind == MessageKind::completion; });
      case EventKind::dropped:
        return lose([&](const Message& m) {
          return m.kind == MessageKind::post || m.kind == MessageKind::completion;
        });
      case EventKind::moved:
        if (static_cast<Place>(event.to) != Place::stale_list) return;
        return send(MessageKind::hand_over, recovery_actor, "MR " + std::to_string(mr), mr);
      case EventKind::qp:
        return note_qp(static_cast<QpState>(event.to));
      case EventKind::woken:
        // xprt_complete_rqst answers and wakes: one message.
        if (!messages_.empty() && messages_.back().sent == step_ &&
            messages_.back().kind == MessageKind::reply) {
          return;
        }
        return send(MessageKind::wake, task_of(event.rpc),
                    "woken with " + std::string(status_names.at(event.to)));
      case EventKind::locked:
        if (event.rpc > max_rpcs) return;
        return send(MessageKind::wake, task_of(event.rpc), "the transport lock");
      case EventKind::reply:
        return send(MessageKind::reply, reply_handler_of(event.rpc),
                    in_words(event, trace_.scenario.setup));
      case EventKind::completed:
        return send(MessageKind::reply, task_of(event.rpc), in_words(event, trace_.scenario.setup));
      default:
        return;
    }
  }

  /// Which work requests make a completion: model/kernel/rnic.h.
  void note_outcome(const Event& event, MrId mr) {
    const bool succeeded = event.kind == EventKind::executed;
    if (succeeded && event.wr.kind() == WrKind::send) {
      return send(MessageKind::request, server_actor, request_text(event.wr.subject()));
    }
    const bool is_signaled =
        event.wr.kind() == WrKind::local_inv_signaled || event.wr.kind() == WrKind::drain_marker;
    if (succeeded && !is_signaled) return;
    send(MessageKind::completion, softirq_actor,
         wr_text(event.wr, trace_.scenario.setup) + (succeeded ? ""
                                                     : event.kind == EventKind::flushed
                                                         ? ", flushed"
                                                         : ", failed"),
         mr);
  }

  void note_qp(QpState now) {
    if (now == QpState::idle) return;
    if (now == QpState::error) {
      lose([](const Message& m) { return m.kind == MessageKind::request; });
    }
    send(MessageKind::connection, upcall_actor,
         now == QpState::error ? "disconnected" : "established");
  }

  /// The outstanding messages that `is_it` belonged to a connection that is gone.
  void lose(const Test& is_it) {
    while (Message* message = waiting(is_it)) message->lost = step_;
  }

  /// An unmap_sync waited for its last LOCAL_INV, and need not wait any more.
  static bool was_invalidated(const World& before, const World& after, const ReplyHandler& h) {
    return h.pc == ReplyPc::linv_wait && before.mr(h.mr).linv_done == 0 &&
           after.mr(h.mr).linv_done != 0;
  }

  /// What no event tells: workers that are scheduled, waits that are over.
  void note_changes(const World& before, const World& after, const TraceStep& taken) {
    if (before.connecting == 0 && after.connecting != 0) {
      send(MessageKind::connection, connect_actor, "connect");
    }
    if (before.refresh_scheduled == 0 && after.refresh_scheduled != 0) {
      send(MessageKind::hand_over, refresh_actor, "more MRs");
    }
    const auto newly_drained = static_cast<std::uint8_t>(after.drained & ~before.drained);
    for (RpcId waiter = 0; waiter <= max_rpcs; ++waiter) {
      if ((newly_drained >> waiter & 1u) == 0) continue;
      send(MessageKind::wake, waiter == 0 ? connect_actor : task_of(waiter), "drained");
    }
    for (RpcId rpc = 1; rpc <= max_rpcs; ++rpc) {
      const bool waited = before.rpc(rpc).pc == TaskPc::not_started;
      if (waited && after.rpc(rpc).pc != TaskPc::not_started) {
        send(MessageKind::wake, task_of(rpc), "start");
      }
    }
    switch (role_of(actor_)) {
      case Role::softirq:
        for (RpcId rpc = 1; rpc <= max_rpcs; ++rpc) {
          if (was_invalidated(before, after, after.handler(rpc))) {
            send(MessageKind::wake, reply_handler_of(rpc), "invalidated", after.handler(rpc).mr);
          }
          if (was_invalidated(before, after, after.sync(rpc))) {
            send(MessageKind::wake, task_of(rpc), "invalidated", after.sync(rpc).mr);
          }
        }
        return;
      case Role::conn_upcall: {
        const std::string news = after.ep == EpState::connected ? "established" : "disconnected";
        send(MessageKind::connection, rep_connect_actor, news);
        const ConnectPc awaits = after.connect;
        if (awaits == ConnectPc::wait_upcall || awaits == ConnectPc::wait_connected) {
          send(MessageKind::connection, connect_actor, news);
        }
        return;
      }
      case Role::connect_worker:
        if (taken.step_id == static_cast<std::uint8_t>(ConnectPc::connect)) {
          send(MessageKind::connection, link_actor, "rdma_connect");
        }
        return;
      default:
        return;
    }
  }

  const Trace& trace_;
  RaceModel model_;
  std::size_t step_ = 0;
  sim::ActorId actor_ = 0;
  std::vector<Message> messages_;
};

}  // namespace

std::vector<Message> messages_of(const Trace& trace) { return Postbox(trace).messages(); }

}  // namespace tools
