// SPDX-License-Identifier: MIT
//
// Evaluating conditions.
#include "model/property/expression.h"

#include <algorithm>
#include <array>

#include "model/kernel/mr_lists.h"
#include "model/rules/ordering.h"

namespace model {
namespace {

using Op = Node::Op;

unsigned length_of(const World& w, MrId head) {
  unsigned length = 0;
  // A walk that was led off its list may run in a circle.
  for (MrId id = head; id != 0 && length < max_mrs; id = w.mr(id).next) ++length;
  return length;
}

bool old_rkey_is_queued(const World& w, MrId id) {
  for (unsigned i = 0; i < w.send_queue.size; ++i) {
    const Wr wr = w.send_queue.items[i];
    if (names_mr(wr) && wr.subject() == id && wr.flag()) return true;
  }
  return false;
}

/// A flag is 0 or 1, a word its place in the table of its names.
unsigned transport_value(const Instant& at, Field field) {
  const World& w = at.world;
  switch (field) {
    case Field::qp:
      return static_cast<unsigned>(w.qp);
    case Field::connected:
      return w.connected;
    case Field::connecting:
      return w.connecting;
    case Field::locked:
      return w.locked_by != 0;
    case Field::connect_worker_has_lock:
      return w.locked_by == connect_owner;
    case Field::losses_left:
      return w.losses_left;
    case Field::send_queue:
      return w.send_queue.size;
    case Field::completion_queue:
      return w.completions.size;
    case Field::free_list:
      return length_of(w, w.free_head);
    case Field::stale_list:
      return length_of(w, w.stale_head);
    case Field::softirq:
      return step_id(w, softirq_actor);
    case Field::recovery_worker:
      return step_id(w, recovery_actor);
    case Field::connect_worker:
      return step_id(w, connect_actor);
    default:
      return at.is_blocked;
  }
}

unsigned mr_value(const World& w, Field field, MrId id) {
  const Mr& mr = w.mr(id);
  switch (field) {
    case Field::mr_fr_state:
      return static_cast<unsigned>(mr.fr_state);
    case Field::mr_place:
      return static_cast<unsigned>(mr.place);
    case Field::mr_mapped:
      return mr.dma == DmaState::mapped;
    case Field::mr_dma:
      return static_cast<unsigned>(mr.dma);
    case Field::mr_callback:
      return static_cast<unsigned>(mr.done);
    case Field::mr_fastreg_pending:
      return pending(w, Pending::fastreg).contains(id);
    case Field::mr_local_inv_pending:
      return pending(w, Pending::local_inv).contains(id);
    case Field::mr_recovery_pending:
      return pending(w, Pending::recovery).contains(id);
    default:
      return old_rkey_is_queued(w, id);
  }
}

unsigned rpc_value(const World& w, Field field, RpcId id) {
  const Rpc& rpc = w.rpc(id);
  switch (field) {
    case Field::rpc_done:
      return rpc.pc == TaskPc::done;
    case Field::rpc_status:
      return static_cast<unsigned>(rpc.status);
    case Field::rpc_asleep:
      return rpc.on_pending != 0;
    case Field::rpc_on_receive_list:
      return rpc.on_receive_list != 0;
    case Field::rpc_at_server:
      return rpc.at_server != 0;
    case Field::rpc_reply_received:
      return rpc.reply_received != 0;
    case Field::rpc_has_lock:
      return w.locked_by == id;
    case Field::rpc_waits_for_lock:
      return std::find(w.sending.begin(), w.sending.end(), id) != w.sending.end();
    case Field::rpc_segment:
      return rpc.segment;
    case Field::rpc_registered:
      return length_of(w, rpc.registered);
    case Field::rpc_task:
      return step_id(w, task_of(id));
    default:
      return step_id(w, reply_handler_of(id));
  }
}

bool compare(unsigned found, Comparison comparison, unsigned value) {
  switch (comparison) {
    case Comparison::equal:
      return found == value;
    case Comparison::not_equal:
      return found != value;
    case Comparison::less:
      return found < value;
    case Comparison::at_most:
      return found <= value;
    case Comparison::more:
      return found > value;
    case Comparison::at_least:
      return found >= value;
  }
  return false;
}

MrId mr_of_event(const Event& event) {
  return event.mr == 0 && names_mr(event.wr) ? event.wr.subject() : event.mr;
}

RpcId rpc_of_event(const Event& event) {
  return event.rpc == 0 && event.wr.kind() == WrKind::send ? event.wr.subject() : event.rpc;
}

/// One evaluation: the moment, and the MR and the RPC at hand.
class Evaluation {
 public:
  Evaluation(const std::vector<Node>& nodes, const Instant& at) : nodes_(nodes), at_(at) {}

  bool holds(std::size_t index) {
    const Node& node = nodes_[index];
    switch (node.op) {
      case Op::constant:
        return node.value != 0;
      case Op::negation:
        return !holds(node.left);
      case Op::conjunction:
        return holds(node.left) && holds(node.right);
      case Op::disjunction:
        return holds(node.left) || holds(node.right);
      case Op::implication:
        return !holds(node.left) || holds(node.right);
      case Op::any_mr:
      case Op::all_mr:
        return for_mrs(node);
      case Op::any_rpc:
      case Op::all_rpc:
        return for_rpcs(node);
      case Op::once:
        return (at_.before != nullptr ? *at_.before : at_.world)
            .rare.watched[node.is_of_mr ? mr_ - 1u : 0]
            .remembers(node.value);
      case Op::field:
        return compare(value_of(node), node.comparison, node.value);
      case Op::event:
        return std::any_of(at_.events.begin(), at_.events.end(),
                           [&](const Event& event) { return is_it(node, event); });
    }
    return false;
  }

  /// Whether the node holds, its outermost "some MR" being this one. False if it does not
  /// begin with "some".
  bool holds_for(std::size_t index, MrId mr) {
    const Node& node = nodes_[index];
    if (node.op == Op::any_mr) {
      mr_ = mr;
      return is_meant(node, mr) && holds(node.left);
    }
    if (node.op != Op::any_rpc) return false;
    for (unsigned id = 1; id <= at_.rpc_count; ++id) {
      rpc_ = static_cast<RpcId>(id);
      if (holds_for(node.left, mr)) return true;
    }
    return false;
  }

  void be_about(MrId mr) { mr_ = mr; }

 private:
  [[nodiscard]] RpcId rpc_meant(const Node& node) const { return node.rpc != 0 ? node.rpc : rpc_; }

  [[nodiscard]] bool is_meant(const Node& node, MrId id) const {
    if (at_.world.mr(id).place == Place::absent) return false;
    return !node.is_of_rpc || at_.world.rare.watched[id - 1u].rpc() == rpc_meant(node);
  }

  bool for_mrs(const Node& node) {
    const bool wanted = node.op == Op::any_mr;
    const MrId before = mr_;
    bool is_found = false;
    for (unsigned id = 1; id <= at_.world.mr_count && !is_found; ++id) {
      mr_ = static_cast<MrId>(id);
      is_found = is_meant(node, mr_) && holds(node.left) == wanted;
    }
    mr_ = before;
    return is_found == wanted;
  }

  bool for_rpcs(const Node& node) {
    const bool wanted = node.op == Op::any_rpc;
    const RpcId before = rpc_;
    bool is_found = false;
    for (unsigned id = 1; id <= at_.rpc_count && !is_found; ++id) {
      rpc_ = static_cast<RpcId>(id);
      is_found = holds(node.left) == wanted;
    }
    rpc_ = before;
    return is_found == wanted;
  }

  [[nodiscard]] unsigned value_of(const Node& node) const {
    if (node.field < Field::mr_fr_state) return transport_value(at_, node.field);
    if (node.field < Field::rpc_done) return mr_value(at_.world, node.field, mr_);
    return rpc_value(at_.world, node.field, rpc_meant(node));
  }

  [[nodiscard]] bool is_it(const Node& node, const Event& event) const {
    const auto fits = [](std::uint8_t wanted, std::uint8_t found) {
      return wanted == anything || wanted == found;
    };
    if (event.kind != node.kind || !fits(node.actor, at_.actor)) return false;
    if (node.wr != WrKind::none && event.wr.kind() != node.wr) return false;
    if (!fits(node.from, event.from) || !fits(node.to, event.to)) return false;
    if (node.about == Node::About::mr) return mr_of_event(event) == mr_;
    if (node.about == Node::About::rpc) return rpc_of_event(event) == rpc_meant(node);
    return true;
  }

  const std::vector<Node>& nodes_;
  const Instant& at_;
  MrId mr_ = 0;
  RpcId rpc_ = 0;
};

bool has(const std::vector<Node>& nodes, bool (*is_it)(const Node&)) {
  return std::any_of(nodes.begin(), nodes.end(), is_it);
}

/// The places of the parts in the nodes, and the quantifiers above each.
struct Part {
  std::size_t node;
  std::vector<std::size_t> quantifiers;
  bool is_negated = false;
};

void collect(const std::vector<Node>& nodes, Part at, std::vector<Part>& parts) {
  const Node& node = nodes[at.node];
  const auto go = [&](std::size_t index, bool is_negated) {
    collect(nodes, {index, at.quantifiers, is_negated}, parts);
  };
  const bool splits = at.is_negated ? node.op == Op::disjunction || node.op == Op::implication
                                    : node.op == Op::conjunction || node.op == Op::disjunction;
  const bool is_seen = splits && nodes[node.right].op == Op::once &&
                       nodes[node.right].left == node.left;  // all_seen: now, or once
  if (is_seen) {
    go(node.left, false);
  } else if (splits) {
    go(node.left, at.is_negated && node.op != Op::implication);
    go(node.right, at.is_negated);
  } else if (node.op == Op::negation) {
    go(node.left, !at.is_negated);
  } else if (!at.is_negated && (node.op == Op::any_mr || node.op == Op::any_rpc)) {
    at.quantifiers.push_back(at.node);
    go(node.left, false);
  } else {
    parts.push_back(std::move(at));
  }
}

}  // namespace

bool Expression::holds(const Instant& moment) const {
  return Evaluation(nodes_, moment).holds(nodes_.size() - 1);
}

MrId Expression::witness(const Instant& moment) const {
  MrId only = 0;
  for (unsigned i = 1; i <= moment.world.mr_count; ++i) {
    const auto id = static_cast<MrId>(i);
    if (!Evaluation(nodes_, moment).holds_for(nodes_.size() - 1, id)) continue;
    if (only != 0) return 0;
    only = id;
  }
  return only;
}

void Expression::remember(const Instant& moment, std::array<Watched, max_mrs>& memory) const {
  for (const Node& node : nodes_) {
    if (node.op != Op::once) continue;
    for (unsigned i = 1; i <= max_mrs; ++i) {
      Evaluation evaluation(nodes_, moment);
      if (node.is_of_mr && moment.world.mr(static_cast<MrId>(i)).place == Place::absent) continue;
      evaluation.be_about(static_cast<MrId>(i));
      if (evaluation.holds(node.left)) memory[i - 1].remember(node.value);
    }
  }
}

bool Expression::uses_events() const {
  return has(nodes_, [](const Node& node) { return node.op == Op::event; });
}

bool Expression::uses_blocked() const {
  return has(nodes_,
             [](const Node& node) { return node.op == Op::field && node.field == Field::blocked; });
}

bool Expression::uses_requests() const {
  return has(nodes_, [](const Node& node) { return node.is_of_rpc; });
}

unsigned Expression::memories() const {
  return static_cast<unsigned>(std::count_if(nodes_.begin(), nodes_.end(),
                                             [](const Node& node) { return node.op == Op::once; }));
}

std::vector<Expression> Expression::parts() const {
  std::vector<Part> found;
  collect(nodes_, {nodes_.size() - 1, {}}, found);
  std::vector<Expression> parts;
  for (const Part& part : found) {
    std::vector<Node> nodes(nodes_.begin(), nodes_.begin() + static_cast<long>(part.node) + 1);
    const auto push = [&nodes](Node node) {
      node.left = static_cast<std::uint16_t>(nodes.size() - 1);
      nodes.push_back(node);
    };
    std::string text = text_of(nodes.back());
    if (part.is_negated) {
      text = "!(" + text + ")";
      push({.op = Op::negation});
    }
    for (auto at = part.quantifiers.rbegin(); at != part.quantifiers.rend(); ++at) {
      push(nodes_[*at]);
    }
    parts.emplace_back(std::move(text), std::move(nodes));
  }
  return parts;
}

Expression all_seen(std::vector<Expression> conditions, unsigned memories) {
  if (conditions.size() == 1) return std::move(conditions.front());
  std::string text;
  std::vector<Node> nodes;
  const auto last = [&nodes] { return static_cast<std::uint16_t>(nodes.size() - 1); };
  std::uint16_t all = 0;
  for (std::size_t i = 0; i < conditions.size(); ++i) {
    const auto first = static_cast<std::uint16_t>(nodes.size());
    const auto offset = static_cast<std::uint16_t>(text.size());
    for (Node node : conditions[i].nodes()) {
      node.left = static_cast<std::uint16_t>(node.left + first);
      node.right = static_cast<std::uint16_t>(node.right + first);
      node.begin = static_cast<std::uint16_t>(node.begin + offset);
      node.end = static_cast<std::uint16_t>(node.end + offset);
      nodes.push_back(node);
    }
    text += conditions[i].text() + "\n";
    const std::uint16_t now = last();
    const std::uint16_t begin = nodes.back().begin;
    const std::uint16_t end = nodes.back().end;
    nodes.push_back({.op = Op::once,
                     .value = static_cast<std::uint8_t>(memories + i),
                     .left = now,
                     .begin = begin,
                     .end = end});
    nodes.push_back(
        {.op = Op::disjunction, .left = now, .right = last(), .begin = begin, .end = end});
    const std::uint16_t one = last();
    if (i > 0) nodes.push_back({.op = Op::conjunction, .left = all, .right = one});
    all = last();
  }
  return {std::move(text), std::move(nodes)};
}

}  // namespace model
