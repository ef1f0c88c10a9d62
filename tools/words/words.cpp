// SPDX-License-Identifier: MIT
//
// Events and ends of runs in words.
#include "tools/words/words.h"

#include <algorithm>
#include <cctype>
#include <sstream>
#include <vector>

#include "model/kernel/mr_lists.h"
#include "model/labels.h"
#include "model/policy.h"
#include "model/property/properties.h"
#include "model/scenario/names.h"
#include "model/scenario/policy_text.h"

namespace tools {

using namespace model;

namespace {

std::string wr_in_words(Wr wr) {
  std::string text(name_of(wr_kind_names, wr.kind()));
  if (wr.subject() != 0) {
    text += (names_mr(wr) ? " of MR " : " of RPC ") + std::to_string(wr.subject());
  }
  return text;
}

}  // namespace

std::string rule_of(const Event& event, const Setup& setup) {
  return in_words(Violation{static_cast<Invariant>(event.to), event.mr, 0}, setup);
}

std::string lock_in_words(const Event& event) {
  const std::string lock = "lock " + std::to_string(event.to) + " of ";
  if (event.mr != 0) return lock + "MR " + std::to_string(event.mr);
  return lock + (event.rpc != 0 ? "RPC " + std::to_string(event.rpc) : "the transport");
}

std::string in_words(const Event& event, const Setup& setup) {
  const std::string mr = "MR " + std::to_string(event.mr);
  const std::string rpc = "RPC " + std::to_string(event.rpc);
  const auto change = [&event](const auto& names) {
    return std::string(names.at(event.from)) + " -> " + std::string(names.at(event.to));
  };
  switch (event.kind) {
    case EventKind::fr_state:
      return "fr_state of " + mr + ": " + change(fr_state_names);
    case EventKind::dma_map:
      return "DMA-map " + mr + " " + std::string(direction_names.at(event.to));
    case EventKind::dma_unmap:
      return "DMA-unmap " + mr +
             (static_cast<DmaState>(event.from) == DmaState::unmapped ? " A SECOND TIME" : "") +
             (event.to != 0 ? ", taking away the mapping of MR " + std::to_string(event.to) : "");
    case EventKind::moved:
      if (static_cast<model::Place>(event.to) == model::Place::released) return mr + " is freed";
      return mr + (static_cast<model::Place>(event.to) == model::Place::in_hand
                       ? " taken off the " + std::string(place_names.at(event.from))
                       : " goes on the " + std::string(place_names.at(event.to)));
    case EventKind::dereg:
      return "dereg_mr of " + mr;
    case EventKind::alloc:
      return "alloc_mr of " + mr + ": a fresh rkey";
    case EventKind::rkey_bump:
      return "bump the rkey of " + mr;
    case EventKind::posted:
      return "post " + wr_in_words(event.wr);
    case EventKind::post_failed:
      return "post " + wr_in_words(event.wr) + ": rejected";
    case EventKind::executed:
      return wr_in_words(event.wr) + " executed";
    case EventKind::flushed:
      return wr_in_words(event.wr) + " flushed";
    case EventKind::failed:
      return wr_in_words(event.wr) + " failed: the MR was replaced";
    case EventKind::polled:
      return "completion of " + wr_in_words(event.wr) + (event.wr.flag() ? " (flushed)" : "");
    case EventKind::dropped:
      return wr_in_words(event.wr) + " goes away with its QP";
    case EventKind::qp:
      return "QP: " + change(qp_state_names);
    case EventKind::connected:
      return event.to != 0 ? "CONNECTED set" : "CONNECTED cleared";
    case EventKind::woken:
      return rpc + " woken with " + std::string(status_names.at(event.to));
    case EventKind::locked:
      return rpc + " gets the transport lock";
    case EventKind::unlocked:
      return rpc + " releases the transport lock";
    case EventKind::lock_taken:
      return "take " + lock_in_words(event);
    case EventKind::lock_released:
      return "release " + lock_in_words(event);
    case EventKind::reply:
      return "reply to " + rpc;
    case EventKind::completed:
      return rpc + " is answered";
    case EventKind::marshal_failed:
      return "marshal of " + rpc + " fails: " + std::string(status_names.at(event.to));
    case EventKind::budget:
      return "budget exceeded: " + std::string(budget_names.at(event.to));
    case EventKind::violation:
      return "VIOLATION: " + rule_of(event, setup);
    case EventKind::observed:
      return "observed: " + rule_of(event, setup);
  }
  return {};
}

bool is_noteworthy(const Event& event) {
  switch (event.kind) {
    case EventKind::moved:
      return static_cast<model::Place>(event.to) != model::Place::in_hand;
    case EventKind::rkey_bump:
    case EventKind::locked:
    case EventKind::unlocked:
    case EventKind::polled:
      return false;
    default:
      return true;
  }
}

namespace {

/// The words of a text, without articles, signs and what stands around them.
std::vector<std::string> plain_words(const std::string& text) {
  std::vector<std::string> words;
  std::istringstream stream(text);
  for (std::string word; stream >> word;) {
    while (!word.empty() && std::ispunct(static_cast<unsigned char>(word.back())) != 0) {
      word.pop_back();
    }
    if (!word.empty() && word != "the" && word != "a" && word != "an") words.push_back(word);
  }
  return words;
}

/// The same word, or another form of it: "take" and "taken".
bool are_alike(const std::string& a, const std::string& b) {
  constexpr std::size_t stem = 4;
  return a == b || (std::min(a.size(), b.size()) >= stem && a.compare(0, stem, b, 0, stem) == 0);
}

/// Whether a step's events say what its statement says: they have half of its words. "post
/// FASTREG of MR 1" says "post the FASTREG".
bool is_said_by(const std::string& events, const std::string& statement) {
  const std::vector<std::string> said = plain_words(events);
  const std::vector<std::string> words = plain_words(statement);
  const auto count = std::count_if(words.begin(), words.end(), [&said](const std::string& word) {
    return std::any_of(said.begin(), said.end(),
                       [&word](const std::string& other) { return are_alike(word, other); });
  });
  return 2 * static_cast<std::size_t>(count) >= words.size();
}

}  // namespace

std::string in_words(const TraceStep& step, bool every_detail, const Setup& setup) {
  std::string events;
  for (const Event& event : step.events) {
    if (!every_detail && !is_noteworthy(event)) continue;
    events.append(events.empty() ? "" : "; ").append(in_words(event, setup));
  }
  const bool is_stated = every_detail || role_of(step.choice.actor) == Role::link;
  const std::string statement(label_of(step.choice.actor, step.step_id).statement);
  if (!is_stated || (!events.empty() && is_said_by(events, statement))) return events;
  return events.empty() ? statement : statement + "; " + events;
}

std::string in_words(const Violation& violation, const Setup& setup) {
  const InvariantEntry entry = entry_of(violation.invariant, setup);
  std::string text(entry.title);
  if (violation.invariant == Invariant::recovery_of_in_flight_mr) {
    return "recovery of MR " + std::to_string(violation.mr) + " with its FASTREG in flight";
  }
  if (violation.invariant == Invariant::stale_completion) {
    return "frwr_wc_fastreg runs for a stale completion of MR " + std::to_string(violation.mr);
  }
  if (violation.invariant == Invariant::mr_on_one_list && violation.mr != 0) {
    return "MR " + std::to_string(violation.mr) + " on two lists or on none";
  }
  if (violation.mr != 0) text += " of MR " + std::to_string(violation.mr);
  if (violation.rpc != 0) text += ": RPC " + std::to_string(violation.rpc);
  return text;
}

std::string end_in_words(const Trace& trace) {
  const std::string at = " at step " + std::to_string(trace.steps.size());
  switch (trace.end) {
    case sim::End::rest:
      return "all RPCs done, nothing outstanding, after " + std::to_string(trace.steps.size()) +
             " steps";
    case sim::End::violation:
      return in_words(trace.violation, trace.scenario.setup) + at;
    case sim::End::cut:
      return "cut" + at + ": the budget '" + std::string(name_of(budget_names, trace.cut)) +
             "' is exceeded";
    case sim::End::step_limit:
      break;
  }
  return (trace.origin.seed ? "stopped by the step limit" : "the schedule ends") + at +
         ", the run could continue";
}

std::string in_words(const Origin& origin) {
  std::string text = origin.strategy;
  if (origin.depth != 0) text += ", depth " + std::to_string(origin.depth);
  if (origin.preemptions) text += ", preemptions " + std::to_string(*origin.preemptions);
  if (origin.step_bound != 0) text += ", step bound " + std::to_string(origin.step_bound);
  if (origin.seed) text += "; seed " + std::to_string(*origin.seed);
  return text;
}

std::string policy_in_words(const std::string& name) {
  const PolicyEntry entry = read_policy(name);
  if (entry.alias.empty()) return name;
  // One of the user's own has its short name in front.
  return find_policy(name) != nullptr
             ? name + " (" + entry.alias + ")"
             : entry.alias + " (" + name.substr(entry.alias.size() + 1) + ")";
}

}  // namespace tools
