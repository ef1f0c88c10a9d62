// SPDX-License-Identifier: MIT
//
// Events as verbs, and runs of steps as sentences.
#include "tools/words/told.h"

#include "model/kernel/mr_lists.h"
#include "model/labels.h"
#include "model/property/properties.h"
#include "model/scenario/names.h"
#include "tools/words/words.h"

namespace tools {

using namespace model;

std::string in_sentence(sim::ActorId actor) {
  const std::string name(long_name(actor));
  return rpc_of(actor) != 0 ? name : "the " + name;
}

std::string capitalised(std::string text) {
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 32);
  return text;
}

std::string joined(const std::vector<std::string>& items) {
  std::string text;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i > 0) text += i + 1 == items.size() ? " and " : ", ";
    text += items[i];
  }
  return text;
}

namespace {

std::string wr_of(const Event& event) {
  std::string text = "the " + std::string(name_of(wr_kind_names, event.wr.kind()));
  if (event.wr.subject() == 0) return text;
  return text + (names_mr(event.wr) ? " of MR " : " of RPC ") + std::to_string(event.wr.subject());
}

/// What the actor does: "sets fr_state of MR 1 from INVALID to VALID".
std::string as_verb(const Event& event, const Setup& setup) {
  const std::string mr = "MR " + std::to_string(event.mr);
  const std::string rpc = "RPC " + std::to_string(event.rpc);
  switch (event.kind) {
    case EventKind::fr_state:
      return "sets fr_state of " + mr + " from " + std::string(fr_state_names.at(event.from)) +
             " to " + std::string(fr_state_names.at(event.to));
    case EventKind::dma_map:
      return "DMA-maps " + mr;
    case EventKind::dma_unmap:
      return "DMA-unmaps " + mr +
             (static_cast<DmaState>(event.from) == DmaState::unmapped ? " a second time" : "") +
             (event.to != 0 ? ", which takes away the mapping of MR " + std::to_string(event.to)
                            : "");
    case EventKind::moved:
      if (static_cast<model::Place>(event.to) == model::Place::released) return "frees " + mr;
      return "puts " + mr + " on the " + std::string(place_names.at(event.to));
    case EventKind::dereg:
      return "calls dereg_mr for " + mr;
    case EventKind::alloc:
      return "calls alloc_mr for " + mr + ", which gives it a fresh rkey";
    case EventKind::posted:
      return "posts " + wr_of(event);
    case EventKind::post_failed:
      return "posts " + wr_of(event) + ", which is rejected";
    case EventKind::executed:
      return "executes " + wr_of(event);
    case EventKind::flushed:
      return "flushes " + wr_of(event);
    case EventKind::failed:
      return "fails " + wr_of(event) + ", whose rkey is dead";
    case EventKind::dropped:
      return "throws away " + wr_of(event) + " with the QP";
    case EventKind::qp:
      return "takes the QP from " + std::string(qp_state_names.at(event.from)) + " to " +
             std::string(qp_state_names.at(event.to));
    case EventKind::connected:
      return event.to != 0 ? "sets CONNECTED" : "clears CONNECTED";
    case EventKind::woken:
      return "wakes " + rpc + " with " + std::string(status_names.at(event.to));
    case EventKind::lock_taken:
      return "takes " + lock_in_words(event);
    case EventKind::lock_released:
      return "releases " + lock_in_words(event);
    case EventKind::reply:
      return "replies to " + rpc;
    case EventKind::completed:
      return "completes " + rpc;
    case EventKind::marshal_failed:
      return "gives up marshaling " + rpc + ": " + std::string(status_names.at(event.to));
    case EventKind::violation:
      return "thereby violates " +
             std::string(entry_of(static_cast<Invariant>(event.to), setup).name) +
             (event.mr != 0 ? " of " + mr : "");
    case EventKind::observed:
      return "breaks " + std::string(entry_of(static_cast<Invariant>(event.to), setup).name) +
             ", which is only observed here";
    case EventKind::budget:
    case EventKind::rkey_bump:
    case EventKind::polled:
    case EventKind::locked:
    case EventKind::unlocked:
      break;  // not noteworthy, or the end of a run that shows nothing
  }
  return in_words(event, setup);
}

}  // namespace

std::vector<ToldSteps> told(const Trace& trace) {
  std::vector<ToldSteps> result;
  std::vector<std::string> verbs;
  const auto finish = [&] {
    if (!verbs.empty()) result.back().text += " " + joined(verbs) + ".";
    verbs.clear();
  };
  sim::ActorId actor = 0;
  std::string_view function;
  for (std::size_t i = 0; i < trace.steps.size(); ++i) {
    const TraceStep& step = trace.steps[i];
    const Label label = label_of(step.choice.actor, step.step_id);
    if (step.choice.actor != actor || label.function != function) finish();
    actor = step.choice.actor;
    function = label.function;
    for (const Event& event : step.events) {
      if (!is_noteworthy(event)) continue;
      if (verbs.empty()) {
        const bool is_place = long_name(actor) != function;  // RNIC, link, server
        result.push_back({i + 1, i + 1,
                          capitalised(in_sentence(actor)) +
                              (is_place ? ", in " + std::string(function) + "," : "")});
      }
      result.back().last = i + 1;
      verbs.push_back(as_verb(event, trace.scenario.setup));
    }
  }
  finish();
  return result;
}

}  // namespace tools
