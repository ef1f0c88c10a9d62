// SPDX-License-Identifier: MIT
//
// A recursive descent over the words of a text.
#include "model/property/parser.h"

#include <algorithm>

#include "model/property/token_cursor.h"
#include "model/property/vocabulary.h"
#include "model/scenario/input.h"
#include "model/scenario/names.h"

namespace model {
namespace {

using Op = Node::Op;

constexpr unsigned deepest = 40;
constexpr std::size_t most_nodes = 300;

class Parser : private TokenCursor {
 public:
  Parser(std::string_view text, const std::vector<std::string>& rpcs, unsigned memories)
      : TokenCursor(text), text_(text), rpcs_(rpcs), memories_(memories) {}

  Expression condition() {
    const std::size_t root = expression();
    if (!is("")) fail(after_a_condition());
    return closed(root);
  }

  Expression order() {
    const std::size_t begin = here();
    // The first operand is remembered, as if "once" stood before it.
    const std::size_t first = remembered(begin, [this] { return either(); });
    if (!take("<")) fail("expected '<' between two conditions, as in \"A < B\", found " + found());
    const std::size_t later = either();
    if (!is("")) fail(after_a_condition());
    return closed(add({.op = Op::conjunction, .left = index(later), .right = index(first)}, begin));
  }

 private:
  [[nodiscard]] std::string after_a_condition() const {
    return "expected && or || or => or the end, found " + found();
  }

  // --- Nodes ---

  static std::uint16_t index(std::size_t node) { return static_cast<std::uint16_t>(node); }

  std::size_t add(Node node, std::size_t begin) {
    if (nodes_.size() == most_nodes) {
      fail_at(begin, "the condition has more than " + std::to_string(most_nodes) + " parts");
    }
    node.begin = static_cast<std::uint16_t>(begin);
    node.end = static_cast<std::uint16_t>(last().at + last().text.size());
    nodes_.push_back(node);
    return nodes_.size() - 1;
  }

  /// With the quantifiers that were left out.
  Expression closed(std::size_t root) {
    if (is_mr_free_) root = add({.op = Op::any_mr, .left = index(root)}, 0);
    if (is_rpc_free_) root = add({.op = Op::any_rpc, .left = index(root)}, 0);
    return {std::string(text_), std::move(nodes_)};
  }

  class Deeper {
   public:
    explicit Deeper(Parser& parser) : parser_(parser) {
      if (++parser.depth_ > deepest) {
        parser.fail("the condition is nested deeper than " + std::to_string(deepest) + " levels");
      }
    }
    ~Deeper() { --parser_.depth_; }
    Deeper(const Deeper&) = delete;
    Deeper& operator=(const Deeper&) = delete;

   private:
    Parser& parser_;
  };

  // --- Grammar ---

  std::size_t expression() {
    const Deeper deeper(*this);
    const std::size_t begin = here();
    const std::size_t left = either();
    if (!take("=>")) return left;
    const std::size_t right = expression();
    return add({.op = Op::implication, .left = index(left), .right = index(right)}, begin);
  }

  std::size_t either() {
    const std::size_t begin = here();
    std::size_t left = both();
    while (take("||") || take("or")) {
      const std::size_t right = both();
      left = add({.op = Op::disjunction, .left = index(left), .right = index(right)}, begin);
    }
    return left;
  }

  std::size_t both() {
    const std::size_t begin = here();
    std::size_t left = one();
    while (take("&&") || take("and")) {
      const std::size_t right = one();
      left = add({.op = Op::conjunction, .left = index(left), .right = index(right)}, begin);
    }
    return left;
  }

  std::size_t one() {
    const Deeper deeper(*this);
    const std::size_t begin = here();
    if (take("!") || take("not")) return add({.op = Op::negation, .left = index(one())}, begin);
    if (take("once")) return remembered(begin, [this] { return one(); });
    if (is("any") || is("all")) return quantified();
    if (take("(")) {
      const std::size_t inner = expression();
      expect(")", "at the end of what '(' begins");
      return inner;
    }
    if (take("true")) return add({.op = Op::constant, .value = 1}, begin);
    if (take("false")) return add({.op = Op::constant}, begin);
    if (take("event")) return event(begin);
    return field();
  }

  std::size_t quantified() {
    const std::size_t begin = here();
    const bool is_any = take("any") || !take("all");
    Node node;
    const bool binds_mr = take("mr");
    if (binds_mr) {
      node.op = is_any ? Op::any_mr : Op::all_mr;
      if (take("of")) {
        node.is_of_rpc = true;
        expect("rpc", "whose MRs are meant");
        node.rpc = which_rpc();
      }
    } else if (take("rpc")) {
      node.op = is_any ? Op::any_rpc : Op::all_rpc;
    } else {
      fail("expected 'mr' or 'rpc' after '" + std::string(is_any ? "any" : "all") + "', found " +
           found());
    }
    expect(":", "between a quantifier and its condition");
    bound_.push_back(binds_mr);
    node.left = index(expression());
    bound_.pop_back();
    return add(node, begin);
  }

  /// What was true after an earlier step. `operand` reads it.
  template <class Operand>
  std::size_t remembered(std::size_t begin, Operand operand) {
    if (memories_ == Watched::max_memories) {
      fail_at(begin, "at most " + std::to_string(Watched::max_memories) +
                         " things can be remembered ('once', '<') in one search");
    }
    const auto number = static_cast<std::uint8_t>(memories_++);
    memory_scopes_.push_back({bound_.size(), false});
    const std::size_t inner = operand();
    const bool is_of_mr = memory_scopes_.back().is_of_mr;
    memory_scopes_.pop_back();
    return add({.op = Op::once, .value = number, .left = index(inner), .is_of_mr = is_of_mr},
               begin);
  }

  // --- Which MR, which RPC ---

  /// `mr` was read: the innermost one, or the one that is left open.
  void use_mr(std::size_t at) {
    if (is("[")) {
      fail_at(at,
              "MRs are interchangeable, so a condition cannot name one; expected 'mr', which is "
              "some MR, or 'all mr: ...'");
    }
    std::size_t place = bound_.size();
    while (place > 0 && !bound_[place - 1]) --place;
    is_mr_free_ |= place == 0;
    for (MemoryScope& memory : memory_scopes_) memory.is_of_mr |= place <= memory.bound_before;
  }

  /// `rpc` was read: the one named in brackets, or 0 for the one at hand.
  RpcId which_rpc() {
    const std::size_t at = last().at;
    if (take("[")) {
      const Token name = now();
      const RpcId id = rpc_named(name);
      skip();
      expect("]", "after the RPC's number or name");
      return id;
    }
    std::size_t place = bound_.size();
    while (place > 0 && bound_[place - 1]) --place;
    is_rpc_free_ |= place == 0;
    for (const MemoryScope& memory : memory_scopes_) {
      if (place <= memory.bound_before) {
        fail_at(at,
                "what is remembered ('once', '<') cannot be of an RPC from outside; expected a "
                "certain one, such as rpc[1], or 'any rpc: ...' inside");
      }
    }
    return 0;
  }

  [[nodiscard]] RpcId rpc_named(const Token& token) const {
    std::string_view name = token.text;
    if (name.size() >= 2 && name.front() == '"') name = name.substr(1, name.size() - 2);
    for (std::size_t i = 0; i < rpcs_.size(); ++i) {
      if (name == rpcs_[i]) return static_cast<RpcId>(i + 1);
    }
    for (std::size_t i = 0; i < rpcs_.size(); ++i) {
      if (name == std::to_string(i + 1)) return static_cast<RpcId>(i + 1);
    }
    fail("there is no RPC '" + printable(name) + "'; " + proposal(name, rpcs_) +
         " A number from 1 does as well.");
  }

  // --- Fields ---

  std::size_t field() {
    const std::size_t begin = here();
    const std::string first(word("a condition"));
    Node node{.op = Op::field};
    Subject subject = Subject::transport;
    if (first == "mr") {
      subject = Subject::mr;
      use_mr(begin);
      expect(".", "and what to ask of an MR, such as mr.mapped");
    } else if (first == "rpc") {
      subject = Subject::rpc;
      node.rpc = which_rpc();
      expect(".", "and what to ask of an RPC, such as rpc.done");
    } else {
      back();
    }
    const FieldWord& asked = field_named(subject);
    node.field = asked.field;
    compared(asked, node);
    return add(node, begin);
  }

  const FieldWord& field_named(Subject subject) {
    const std::size_t at = here();
    const std::string name(word("what to ask"));
    std::vector<std::string> known;
    for (const FieldWord& one : field_words()) {
      if (one.subject != subject) continue;
      if (one.name == name) return one;
      known.emplace_back(one.name);
    }
    if (subject == Subject::transport) {
      for (const char* other : {"mr", "rpc", "event", "any", "all", "once", "not"}) {
        known.emplace_back(other);
      }
      // What stands without its subject.
      for (const FieldWord& one : field_words()) {
        if (one.name == name) {
          fail_at(at, "'" + name + "' is of an " + (one.subject == Subject::mr ? "MR" : "RPC") +
                          "; expected '" + (one.subject == Subject::mr ? "mr." : "rpc.") + name +
                          "'");
        }
      }
    }
    fail_at(at, "there is no '" + printable(name) + "'" +
                    (subject == Subject::mr    ? " of an MR; "
                     : subject == Subject::rpc ? " of an RPC; "
                                               : "; ") +
                    proposal(name, known));
  }

  void compared(const FieldWord& asked, Node& node) {
    constexpr std::array<std::string_view, 6> signs{"==", "!=", "<", "<=", ">", ">="};
    const auto sign = std::find(signs.begin(), signs.end(), now().text);
    const bool orders = sign != signs.end() && sign - signs.begin() > 1;
    if (asked.domain == Domain::flag) {
      node.comparison = Comparison::equal;
      node.value = 1;
      // "connected < ..." is the order of two conditions.
      if (sign == signs.end() || orders) return;
    } else if (sign == signs.end()) {
      fail("expected '==' or another comparison after '" + std::string(asked.name) + "', found " +
           found());
    } else if (orders && asked.domain != Domain::number) {
      fail("the values of '" + std::string(asked.name) + "' have no order; expected '==' or '!='");
    }
    node.comparison = static_cast<Comparison>(sign - signs.begin());
    skip();
    if (asked.domain == Domain::number) {
      node.value = number();
    } else if (asked.domain == Domain::flag) {
      node.value = value_named({"false", "true"}, asked.name);
    } else {
      node.value = value_named(words_of(asked.domain), asked.name);
    }
  }

  // --- Events ---

  std::size_t event(std::size_t begin) {
    Node node{.op = Op::event};
    const std::vector<std::string> kinds(event_kind_names.begin(), event_kind_names.end());
    node.kind = static_cast<EventKind>(value_named(kinds, "event"));
    if (node.kind == EventKind::violation || node.kind == EventKind::observed ||
        node.kind == EventKind::budget) {
      fail_at(last().at,
              "what the model itself reports cannot be part of a condition; expected what happens "
              "in the kernel or the RNIC");
    }
    const EventDomains has = domains_of(node.kind);
    if (has.has_wr) work_request(node);
    if (take("of")) subject_of_event(node, has);
    if (take("from")) node.from = end_of_change(has.from, "from");
    if (take("to")) node.to = end_of_change(has.to, "to");
    if (take("by")) {
      std::vector<std::string> actors;
      for (unsigned i = 0; i < actor_count; ++i) {
        actors.emplace_back(short_name(static_cast<sim::ActorId>(i)));
      }
      node.actor = value_named(actors, "by");
    }
    return add(node, begin);
  }

  void work_request(Node& node) {
    std::vector<std::string> kinds;
    for (const std::string_view name : wr_kind_names) kinds.push_back(as_word(name));
    const auto it = std::find(kinds.begin() + 1, kinds.end(), now().text);
    if (it != kinds.end()) {
      node.wr = static_cast<WrKind>(it - kinds.begin());
      skip();
    } else if (is_word(now()) && !is_next_part()) {
      kinds.erase(kinds.begin());
      fail("there is no work request '" + printable(now().text) + "'; " +
           proposal(now().text, kinds));
    }
  }
  /// What may follow the kind of an event, besides a work request.
  [[nodiscard]] bool is_next_part() const {
    for (const char* other : {"of", "from", "to", "by", "and", "or"}) {
      if (is(other)) return true;
    }
    return false;
  }

  void subject_of_event(Node& node, const EventDomains& has) {
    const std::size_t at = here();
    if (take("mr")) {
      if (!has.has_mr) fail_at(at, "this event is of no MR");
      use_mr(at);
      node.about = Node::About::mr;
    } else if (take("rpc")) {
      if (!has.has_rpc) fail_at(at, "this event is of no RPC");
      node.rpc = which_rpc();
      node.about = Node::About::rpc;
    } else {
      fail("expected 'mr' or 'rpc' after 'of', found " + found());
    }
  }

  std::uint8_t end_of_change(Domain domain, std::string_view which) {
    if (domain == Domain::none) {
      fail_at(last().at, "this event has no '" + std::string(which) + "'");
    }
    return value_named(words_of(domain), which);
  }

  struct MemoryScope {
    std::size_t bound_before;
    bool is_of_mr;
  };

  std::string_view text_;
  const std::vector<std::string>& rpcs_;
  unsigned memories_;
  unsigned depth_ = 0;
  std::vector<Node> nodes_;
  std::vector<bool> bound_;  // by quantifier around here: whether it is one of MRs
  std::vector<MemoryScope> memory_scopes_;
  bool is_mr_free_ = false;
  bool is_rpc_free_ = false;
};

}  // namespace

Expression read_condition(std::string_view text, const std::vector<std::string>& rpcs,
                          unsigned memories) {
  return Parser(text, rpcs, memories).condition();
}

Expression read_order(std::string_view text, const std::vector<std::string>& rpcs,
                      unsigned memories) {
  return Parser(text, rpcs, memories).order();
}

}  // namespace model
