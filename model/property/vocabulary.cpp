// SPDX-License-Identifier: MIT
//
// The tables of words.
#include "model/property/vocabulary.h"

#include <array>

#include "model/labels.h"
#include "model/scenario/names.h"

namespace model {
namespace {

constexpr std::array<FieldWord, 35> fields{{
    {Field::qp, "qp", Subject::transport, Domain::qp},
    {Field::connected, "connected", Subject::transport, Domain::flag},
    {Field::connecting, "connecting", Subject::transport, Domain::flag},
    {Field::locked, "locked", Subject::transport, Domain::flag},
    {Field::connect_worker_has_lock, "connect_worker_has_lock", Subject::transport, Domain::flag},
    {Field::losses_left, "losses_left", Subject::transport, Domain::number},
    {Field::send_queue, "send_queue", Subject::transport, Domain::number},
    {Field::completion_queue, "completion_queue", Subject::transport, Domain::number},
    {Field::free_list, "free_list", Subject::transport, Domain::number},
    {Field::stale_list, "stale_list", Subject::transport, Domain::number},
    {Field::softirq, "softirq", Subject::transport, Domain::softirq_step},
    {Field::recovery_worker, "recovery_worker", Subject::transport, Domain::recovery_step},
    {Field::connect_worker, "connect_worker", Subject::transport, Domain::connect_step},
    {Field::blocked, "blocked", Subject::transport, Domain::flag},
    {Field::mr_fr_state, "fr_state", Subject::mr, Domain::fr_state},
    {Field::mr_place, "place", Subject::mr, Domain::place},
    {Field::mr_mapped, "mapped", Subject::mr, Domain::flag},
    {Field::mr_dma, "dma", Subject::mr, Domain::dma_state},
    {Field::mr_callback, "callback", Subject::mr, Domain::callback},
    {Field::mr_fastreg_pending, "fastreg_pending", Subject::mr, Domain::flag},
    {Field::mr_local_inv_pending, "local_inv_pending", Subject::mr, Domain::flag},
    {Field::mr_recovery_pending, "recovery_pending", Subject::mr, Domain::flag},
    {Field::mr_old_rkey_queued, "old_rkey_queued", Subject::mr, Domain::flag},
    {Field::rpc_done, "done", Subject::rpc, Domain::flag},
    {Field::rpc_status, "status", Subject::rpc, Domain::status},
    {Field::rpc_asleep, "asleep", Subject::rpc, Domain::flag},
    {Field::rpc_on_receive_list, "on_receive_list", Subject::rpc, Domain::flag},
    {Field::rpc_at_server, "at_server", Subject::rpc, Domain::flag},
    {Field::rpc_reply_received, "reply_received", Subject::rpc, Domain::flag},
    {Field::rpc_has_lock, "has_lock", Subject::rpc, Domain::flag},
    {Field::rpc_waits_for_lock, "waits_for_lock", Subject::rpc, Domain::flag},
    {Field::rpc_segment, "segment", Subject::rpc, Domain::number},
    {Field::rpc_registered, "registered", Subject::rpc, Domain::number},
    {Field::rpc_task, "task", Subject::rpc, Domain::task_step},
    {Field::rpc_handler, "handler", Subject::rpc, Domain::handler_step},
}};

constexpr std::array<std::string_view, 4> callback_names{
    "none", "frwr_wc_fastreg", "frwr_wc_localinv", "frwr_wc_localinv_wake"};

template <std::size_t N>
std::vector<std::string_view> all(const std::array<std::string_view, N>& names) {
  return {names.begin(), names.end()};
}

/// The steps of an actor, by step_id. Two that cannot be told apart by name have one word.
std::vector<std::string_view> steps_of(sim::ActorId actor) {
  std::vector<std::string_view> result;
  for (unsigned id = 0; id < 256; ++id) {
    const Label label = label_of(actor, static_cast<std::uint8_t>(id));
    if (label.name.empty()) break;
    result.push_back(label.name);
  }
  return result;
}

}  // namespace

std::string as_word(std::string_view name) {
  std::string word;
  for (const char c : name) {
    if (c == '(' || c == ')') continue;
    word += c == ' ' ? '_' : c;
  }
  return word;
}

std::vector<std::string_view> names_of(Domain domain) {
  switch (domain) {
    case Domain::fr_state:
      return all(fr_state_names);
    case Domain::dma_state:
      return all(dma_state_names);
    case Domain::place:
      return all(place_names);
    case Domain::callback:
      return all(callback_names);
    case Domain::qp:
      return all(qp_state_names);
    case Domain::status:
      return all(status_names);
    case Domain::on_off:
      return all(switch_names);
    case Domain::budget:
      return all(budget_names);
    case Domain::direction:
      return all(direction_names);
    case Domain::lock:
      return all(lock_names);
    case Domain::task_step:
      return steps_of(task_of(1));
    case Domain::handler_step:
      return steps_of(reply_handler_of(1));
    case Domain::softirq_step:
      return steps_of(softirq_actor);
    case Domain::recovery_step:
      return steps_of(recovery_actor);
    case Domain::connect_step:
      return steps_of(connect_actor);
    case Domain::none:
    case Domain::flag:
    case Domain::number:
    case Domain::invariant:
      break;
  }
  return {};
}

std::vector<std::string> words_of(Domain domain) {
  std::vector<std::string> words;
  for (const std::string_view name : names_of(domain)) words.push_back(as_word(name));
  return words;
}

std::span<const FieldWord> field_words() { return fields; }

EventDomains domains_of(EventKind kind) {
  switch (kind) {
    case EventKind::fr_state:
      return {.from = Domain::fr_state, .to = Domain::fr_state, .has_mr = true};
    case EventKind::dma_map:
      return {.from = Domain::dma_state, .to = Domain::direction, .has_mr = true, .has_rpc = true};
    case EventKind::dma_unmap:
      return {.from = Domain::dma_state, .has_mr = true};
    case EventKind::moved:
      return {.from = Domain::place, .to = Domain::place, .has_mr = true, .has_rpc = true};
    case EventKind::dereg:
    case EventKind::alloc:
    case EventKind::rkey_bump:
      return {.has_mr = true};
    case EventKind::posted:
    case EventKind::post_failed:
    case EventKind::executed:
    case EventKind::flushed:
    case EventKind::failed:
    case EventKind::polled:
    case EventKind::dropped:
      return {.has_wr = true, .has_mr = true, .has_rpc = true};
    case EventKind::qp:
      return {.from = Domain::qp, .to = Domain::qp};
    case EventKind::connected:
      return {.to = Domain::on_off};
    case EventKind::woken:
    case EventKind::marshal_failed:
      return {.to = Domain::status, .has_rpc = true};
    case EventKind::locked:
    case EventKind::unlocked:
    case EventKind::reply:
    case EventKind::completed:
      return {.has_rpc = true};
    case EventKind::budget:
      return {.to = Domain::budget};
    case EventKind::lock_taken:
    case EventKind::lock_released:
      return {.to = Domain::lock, .has_mr = true, .has_rpc = true};
    case EventKind::violation:
    case EventKind::observed:
      return {.to = Domain::invariant, .has_mr = true};
  }
  return {};
}

}  // namespace model
