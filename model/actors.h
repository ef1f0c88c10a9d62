// SPDX-License-Identifier: MIT
//
// The actors, which can take a step: the kernel's contexts and their environment.
//
// The numbering is the same in every scenario, so schedule tokens and seeds mean the
// same for any number of RPCs.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "model/world.h"
#include "sim/model_concept.h"

namespace model {

/// The kinds of actors. Task and reply handler exist once per RPC.
enum class Role : std::uint8_t {
  task,
  reply_handler,
  rnic,
  softirq,
  recovery_worker,
  refresh_worker,
  connect_worker,
  rep_connect_worker,
  conn_upcall,
  link,
  server,
  signal,
  timer,
};

inline constexpr sim::ActorId first_task = 0;
inline constexpr sim::ActorId first_reply_handler = first_task + max_rpcs;
inline constexpr sim::ActorId rnic_actor = first_reply_handler + max_rpcs;
inline constexpr sim::ActorId softirq_actor = rnic_actor + 1;
inline constexpr sim::ActorId recovery_actor = rnic_actor + 2;
inline constexpr sim::ActorId refresh_actor = rnic_actor + 3;
inline constexpr sim::ActorId connect_actor = rnic_actor + 4;
inline constexpr sim::ActorId rep_connect_actor = rnic_actor + 5;
inline constexpr sim::ActorId upcall_actor = rnic_actor + 6;
inline constexpr sim::ActorId link_actor = rnic_actor + 7;
inline constexpr sim::ActorId server_actor = rnic_actor + 8;
inline constexpr sim::ActorId signal_actor = rnic_actor + 9;
inline constexpr sim::ActorId timer_actor = rnic_actor + 10;
inline constexpr unsigned actor_count = timer_actor + 1u;
static_assert(lock_users == link_actor, "those that can hold a lock come first");
static_assert(std::tuple_size_v<decltype(Locks::next)> == actor_count);

/// REQUIRES: actor < actor_count.
constexpr Role role_of(sim::ActorId actor) {
  if (actor < first_reply_handler) return Role::task;
  if (actor < rnic_actor) return Role::reply_handler;
  return static_cast<Role>(static_cast<unsigned>(Role::rnic) + actor - rnic_actor);
}

/// The RPC of a task or reply handler; 0 for the others.
constexpr RpcId rpc_of(sim::ActorId actor) {
  if (actor >= rnic_actor) return 0;
  return static_cast<RpcId>(actor % max_rpcs + 1);
}

/// The actors of an RPC. REQUIRES: 1 <= rpc <= max_rpcs.
constexpr sim::ActorId task_of(RpcId rpc) {
  return static_cast<sim::ActorId>(first_task + rpc - 1);
}
constexpr sim::ActorId reply_handler_of(RpcId rpc) {
  return static_cast<sim::ActorId>(first_reply_handler + rpc - 1);
}

/// RNIC, link, server, signal and timer are the kernel's environment: to return to a
/// kernel context after one of their steps is no preemption (docs/semantics.md).
constexpr bool is_environment(sim::ActorId actor) {
  return actor == rnic_actor || actor >= link_actor;
}

/// The id used in schedule tokens: "t1", "nic", "irq", ...
std::string_view short_name(sim::ActorId actor);

/// The name used in prose: "RPC task 1", "send-CQ softirq", ...
std::string_view long_name(sim::ActorId actor);

/// What goes wrong in a step, as its outcome: in op_map_dma_map one of two calls; in
/// prepare_send_sges `dma_map`; in recovery `reset`; in the drain `post`.
enum class Fault : std::uint8_t { none, dma_map, map_mr_sg, reset, post };

/// Name of an outcome as tokens spell it; empty if none is needed.
std::string_view outcome_name(sim::ActorId actor, sim::Outcome outcome);

/// What the actor does next about a lock of the policy, if anything.
inline LockStep lock_step_of(const World& w, sim::ActorId actor) {
  return w.rare.locks.next[actor];
}

/// The program counter of the actor: a small number that names its next statement.
std::uint8_t statement_id(const World& w, sim::ActorId actor);

/// A small number that names the actor's next step: its next statement, or the taking or
/// releasing of a lock (below).
std::uint8_t step_id(const World& w, sim::ActorId actor);

/// A kind of step: the same statement of any task or reply handler.
struct StepKind {
  Role role{};
  std::uint8_t step_id = 0;  ///< step_id() of an actor of that role
  friend auto operator<=>(const StepKind&, const StepKind&) = default;
};

/// Some actor of that role.
sim::ActorId some_actor(Role role);

/// "RPC task", "MR recovery worker", ...
std::string_view role_name(Role role);

/// The kind of the actor's next step.
inline StepKind step_kind(const World& w, sim::ActorId actor) {
  return {role_of(actor), step_id(w, actor)};
}

/// step_id of a task that recovers an MR itself: this plus RecoverPc.
inline constexpr auto first_inline_recovery = static_cast<std::uint8_t>(TaskPc::done);
/// step_id of a task that runs unmap_sync itself: this plus ReplyPc.
inline constexpr auto first_inline_unmap_sync =
    static_cast<std::uint8_t>(first_inline_recovery + static_cast<unsigned>(RecoverPc::release));
/// step_id of the link when its step is not a loss.
inline constexpr std::uint8_t link_establishes = 1;
/// step_id of an actor that takes a lock of the policy (rules/locks.h): this plus the lock's
/// number, from 0. Behind those come the numbers for releasing one.
inline constexpr std::uint8_t first_take_lock = 120;

}  // namespace model
