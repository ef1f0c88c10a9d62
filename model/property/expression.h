// SPDX-License-Identifier: MIT
//
// Conditions on a world and on what a step has just told: the compiled form.
//
// An expression is a list of nodes, each of which names its operands by index; nothing
// is resolved while it is evaluated, because a search evaluates it after every step. The
// words of the language are in vocabulary.h, its grammar in parser.h.
//
// MRs have no names here: a condition speaks of some MR or of all of them. So worlds that
// differ only in the names of MRs satisfy the same conditions (reduction/symmetry.h).
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "model/actors.h"
#include "model/kernel/events.h"
#include "model/world.h"

namespace model {

/// What a condition can ask of a world.
enum class Field : std::uint8_t {
  // of the transport
  qp,
  connected,
  connecting,
  locked,
  connect_worker_has_lock,
  losses_left,
  send_queue,
  completion_queue,
  free_list,
  stale_list,
  softirq,
  recovery_worker,
  connect_worker,
  blocked,
  // of an MR
  mr_fr_state,
  mr_place,
  mr_mapped,
  mr_dma,
  mr_callback,
  mr_fastreg_pending,
  mr_local_inv_pending,
  mr_recovery_pending,
  mr_old_rkey_queued,
  // of an RPC
  rpc_done,
  rpc_status,
  rpc_asleep,
  rpc_on_receive_list,
  rpc_at_server,
  rpc_reply_received,
  rpc_has_lock,
  rpc_waits_for_lock,
  rpc_segment,
  rpc_registered,
  rpc_task,
  rpc_handler,
};

/// How a field is compared with a value.
enum class Comparison : std::uint8_t { equal, not_equal, less, at_most, more, at_least };

/// "Any" in a node that describes an event.
inline constexpr std::uint8_t anything = 0xff;

/// A part of an expression. What an operation does not use is zero.
struct Node {
  enum class Op : std::uint8_t {
    constant,  ///< value
    negation,  ///< of left
    conjunction,
    disjunction,
    implication,
    any_mr,   ///< left, for some MR; of `rpc` if is_of_rpc
    all_mr,   ///< left, for every MR; likewise
    any_rpc,  ///< left, for some RPC
    all_rpc,  ///< left, for every RPC
    once,     ///< left was true after an earlier step; value: the number of its memory
    field,    ///< field, of the MR or RPC at hand, compared with value
    event,    ///< the step told of such an event
  };
  /// Whose event it is.
  enum class About : std::uint8_t { anything, mr, rpc };

  Op op{};
  Field field{};
  Comparison comparison{};
  std::uint8_t value = 0;
  std::uint16_t left = 0;   ///< index of a node
  std::uint16_t right = 0;  ///< likewise
  RpcId rpc = 0;            ///< 0: the one at hand
  bool is_of_rpc = false;
  bool is_of_mr = false;  ///< `once`: it is remembered by MR

  // of an event
  EventKind kind{};
  About about{};
  WrKind wr{};                    ///< none: any
  std::uint8_t from = anything;   ///< as in Event
  std::uint8_t to = anything;     ///< likewise
  std::uint8_t actor = anything;  ///< who took the step

  // the part of the text that says it
  std::uint16_t begin = 0;
  std::uint16_t end = 0;
};

/// What an expression is evaluated on: a world, and the step that led to it.
struct Instant {
  const World& world;
  unsigned rpc_count = 1;
  std::span<const Event> events{};  ///< none: no step, no event
  std::uint8_t actor = anything;    ///< who took the step
  bool is_blocked = false;          ///< no actor can take a step
  const World* before = nullptr;    ///< the world before the step: what is remembered there
                                    ///< was true earlier. Null: `world` has it
};

/// A condition. Immutable; may be used by several threads.
class Expression {
 public:
  Expression() = default;
  /// REQUIRES: nodes as the parser makes them, the root last.
  Expression(std::string text, std::vector<Node> nodes)
      : text_(std::move(text)), nodes_(std::move(nodes)) {}

  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] const std::vector<Node>& nodes() const { return nodes_; }
  /// The text that says a node.
  [[nodiscard]] std::string text_of(const Node& node) const {
    return text_.substr(node.begin, std::size_t{node.end} - node.begin);
  }

  /// Whether it is true of this moment.
  [[nodiscard]] bool holds(const Instant& moment) const;
  /// The only MR for which it holds, if it says "some MR" and holds for one alone; else 0.
  [[nodiscard]] MrId witness(const Instant& moment) const;
  /// Adds what `once` has to remember of this moment to what is remembered by MR. To be
  /// done after every step; the world is to change only when all expressions have been
  /// asked.
  void remember(const Instant& moment, std::array<Watched, max_mrs>& memory) const;

  /// Whether it asks what a step told.
  [[nodiscard]] bool uses_events() const;
  /// Whether it asks if any actor can take a step.
  [[nodiscard]] bool uses_blocked() const;
  /// Whether it asks for which RPC an MR was taken.
  [[nodiscard]] bool uses_requests() const;
  /// How many memories it has.
  [[nodiscard]] unsigned memories() const;

  /// Its parts that must all be true for it to hold: for "A && B" the two, for a
  /// disjunction those of every alternative. Each is closed: it holds if some MR and RPC
  /// make it true, and has as its text what is said there. Alone if it has no such parts.
  [[nodiscard]] std::vector<Expression> parts() const;

 private:
  std::string text_;
  std::vector<Node> nodes_;
};

/// Holds as soon as each of these has held, now or after an earlier step. `memories` are
/// in use already; each of them needs one more, unless there is but one.
/// REQUIRES: at least one, and no more memories than Watched has.
Expression all_seen(std::vector<Expression> conditions, unsigned memories);

}  // namespace model
