// SPDX-License-Identifier: MIT
//
// Who takes, holds and releases which lock.
#include "model/rules/locks.h"

#include "model/rules/ordering.h"

namespace model {
namespace {

using sim::ActorId;

/// The place of a statement in the kernel's order: what a task does in recovery or in
/// unmap_sync comes where it calls them.
unsigned rank(StepKind kind) {
  constexpr unsigned inner = 32;
  if (kind.role != Role::task) return kind.step_id * inner;
  if (kind.step_id > first_inline_unmap_sync) {
    return static_cast<unsigned>(TaskPc::unmap_sync) * inner + kind.step_id -
           first_inline_unmap_sync;
  }
  if (kind.step_id > first_inline_recovery) {
    return static_cast<unsigned>(TaskPc::unmap_safe_recover) * inner + kind.step_id -
           first_inline_recovery;
  }
  return kind.step_id * inner;
}

bool is_in(const Region& region, StepKind statement) {
  return statement.role == region.first.role && rank(region.first) <= rank(statement) &&
         rank(statement) <= rank(region.last);
}

bool begins(const Exclusion& lock, StepKind statement) {
  return statement == lock.a.first || statement == lock.b.first;
}

bool ends(const Exclusion& lock, StepKind statement) {
  return statement == lock.a.last || statement == lock.b.last;
}

StepKind statement_of(const World& w, ActorId actor) {
  return {role_of(actor), statement_id(w, actor)};
}

LockStep take(unsigned lock) { return static_cast<LockStep>(lock + 1); }
LockStep release(unsigned lock) { return static_cast<LockStep>(most_locks + lock + 1); }

/// The request for which an MR is registered, or that has it in hand.
RpcId request_of(const World& w, MrId mr) {
  for (unsigned i = 0; i < max_rpcs; ++i) {
    const Rpc& rpc = w.rpcs[i];
    bool has = rpc.mr == mr;
    for (MrId at = rpc.registered; at != 0 && !has; at = w.mr(at).next) has = at == mr;
    if (has) return static_cast<RpcId>(i + 1);
  }
  return 0;
}

/// Locks are released in the reverse order in which they are taken.
LockStep next_lock_step(const Rules& rules, const World& w, ActorId actor) {
  const StepKind statement = statement_of(w, actor);
  for (unsigned i = rules.lock_count; i-- > 0;) {
    const std::uint8_t held = w.rare.locks.held[i][actor];
    if (held == 0) continue;
    const Exclusion& lock = rules.locks[i];
    const bool is_inside = is_in(lock.a, statement) || is_in(lock.b, statement);
    const bool is_other = begins(lock, statement) && instance_of(lock, w, actor) != held;
    if ((held & lock_is_due) != 0 || !is_inside || is_other) return release(i);
  }
  for (unsigned i = 0; i < rules.lock_count; ++i) {
    const Exclusion& lock = rules.locks[i];
    if (w.rare.locks.held[i][actor] == 0 && begins(lock, statement) &&
        instance_of(lock, w, actor) != 0) {
      return take(i);
    }
  }
  return {};
}

bool is_busy(const World& w, unsigned lock, ActorId actor, std::uint8_t instance) {
  for (unsigned other = 0; other < lock_users; ++other) {
    const unsigned held = w.rare.locks.held[lock][other];
    if (other != actor && (held & ~unsigned{lock_is_due}) == instance) return true;
  }
  return false;
}

}  // namespace

std::string_view fault_of(const Region& region) {
  if (region.first.role != region.last.role) return "the two are statements of different contexts";
  const ActorId actor = some_actor(region.first.role);
  if (is_environment(actor) || actor >= lock_users)
    return "what is outside the kernel takes no lock";
  if (rank(region.first) > rank(region.last)) return "the first comes after the last";
  return {};
}

bool is_about_several_mrs(StepKind statement) {
  const auto post = static_cast<std::uint8_t>(ReplyPc::linv_post);
  return statement == StepKind{Role::reply_handler, post} ||
         statement ==
             StepKind{Role::task, static_cast<std::uint8_t>(first_inline_unmap_sync + post)};
}

std::uint8_t instance_of(const Exclusion& lock, const World& w, ActorId actor) {
  if (lock.scope == LockScope::transport) return 1;
  const MrSet mrs = mrs_of_step(w, actor);
  const MrId mr = mrs.empty() ? MrId{0} : static_cast<MrId>(mrs.first());
  if (lock.scope == LockScope::mr) return mr == 0 ? 0 : mr | lock_names_mr;
  if (rpc_of(actor) != 0) return rpc_of(actor);
  return mr == 0 ? RpcId{0} : request_of(w, mr);
}

void note_executed(const Rules& rules, World& w, ActorId actor, StepKind executed) {
  if (actor >= lock_users) return;
  for (unsigned i = 0; i < rules.lock_count; ++i) {
    std::uint8_t& held = w.rare.locks.held[i][actor];
    if (held != 0 && ends(rules.locks[i], executed)) held |= lock_is_due;
  }
}

void plan_lock_steps(const Rules& rules, World& w) {
  for (unsigned actor = 0; actor < lock_users; ++actor) {
    w.rare.locks.next[actor] = next_lock_step(rules, w, static_cast<ActorId>(actor));
  }
}

std::uint8_t take_lock_step(const Rules& rules, World& w, ActorId actor) {
  const LockStep step = lock_step_of(w, actor);
  std::uint8_t& held = w.rare.locks.held[lock_of(step)][actor];
  const std::uint8_t before = held;
  held = takes(step) ? instance_of(rules.locks[lock_of(step)], w, actor) : std::uint8_t{0};
  return static_cast<std::uint8_t>((before | held) & ~unsigned{lock_is_due});
}

sim::ActorSet under_rules(const Rules& rules, const World& w, sim::ActorSet enabled) {
  sim::ActorSet set = enabled;
  for (const unsigned actor : enabled) {
    for (unsigned i = 0; i < rules.ordering_count; ++i) {
      if (holds_back(rules.orderings[i], w, static_cast<ActorId>(actor))) set.erase(actor);
    }
  }
  if (rules.lock_count == 0) return set;
  for (unsigned actor = 0; actor < lock_users; ++actor) {
    const auto id = static_cast<ActorId>(actor);
    const LockStep step = lock_step_of(w, id);
    if (step == LockStep{}) continue;
    if (!takes(step)) {
      set.insert(actor);
    } else if (set.contains(actor) &&
               is_busy(w, lock_of(step), id, instance_of(rules.locks[lock_of(step)], w, id))) {
      set.erase(actor);
    }
  }
  return set;
}

}  // namespace model
