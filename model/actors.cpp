// SPDX-License-Identifier: MIT
//
// Names of the actors and of the outcomes of their steps.
#include "model/actors.h"

#include <array>

namespace model {
namespace {

struct Names {
  std::string_view short_name;
  std::string_view long_name;
};

constexpr std::array<Names, actor_count> names{{
    {"t1", "RPC task 1"},
    {"t2", "RPC task 2"},
    {"t3", "RPC task 3"},
    {"h1", "reply handler 1"},
    {"h2", "reply handler 2"},
    {"h3", "reply handler 3"},
    {"nic", "RNIC"},
    {"irq", "send-CQ softirq"},
    {"rec", "MR recovery worker"},
    {"ref", "MR refresh worker"},
    {"con", "connect worker"},
    {"rep", "rep_connect worker"},
    {"cm", "connection upcall"},
    {"link", "link"},
    {"srv", "server"},
    {"sig", "signal or soft timeout"},
    {"tmr", "minor timeout"},
}};

// By Fault; prepare_send_sges fails with `dma_map`.
constexpr std::array<std::string_view, 5> fault_names{"", "mapfail", "sgfail", "resetfail",
                                                      "postfail"};
constexpr std::array<std::string_view, max_rpcs + 1> rpc_numbers{"", "1", "2", "3"};

}  // namespace

std::string_view short_name(sim::ActorId actor) { return names.at(actor).short_name; }

std::string_view long_name(sim::ActorId actor) { return names.at(actor).long_name; }

std::string_view outcome_name(sim::ActorId actor, sim::Outcome outcome) {
  switch (role_of(actor)) {
    case Role::task:
    case Role::recovery_worker:
    case Role::connect_worker:
      return outcome < fault_names.size() ? fault_names[outcome] : std::string_view{};
    case Role::server:
    case Role::signal:
    case Role::timer:
      return outcome < rpc_numbers.size() ? rpc_numbers[outcome] : std::string_view{};
    default:
      return {};
  }
}

sim::ActorId some_actor(Role role) {
  sim::ActorId actor = 0;
  while (role_of(actor) != role) ++actor;
  return actor;
}

std::string_view role_name(Role role) {
  const sim::ActorId actor = some_actor(role);
  const std::string_view name = long_name(actor);
  // Those there is one of per RPC have its number at the end.
  return rpc_of(actor) == 0 ? name : name.substr(0, name.rfind(' '));
}

std::uint8_t statement_id(const World& w, sim::ActorId actor) {
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

std::uint8_t step_id(const World& w, sim::ActorId actor) {
  const LockStep step = lock_step_of(w, actor);
  if (step == LockStep{}) return statement_id(w, actor);
  return static_cast<std::uint8_t>(first_take_lock + static_cast<unsigned>(step) - 1);
}

}  // namespace model
