// SPDX-License-Identifier: MIT
//
// Sentences on the world at rest and on every invariant.
#include "tools/explain/ends.h"

#include <algorithm>
#include <vector>

#include "model/labels.h"
#include "model/policy.h"
#include "model/property/properties.h"
#include "tools/app/search_setup.h"
#include "tools/explain/story_words.h"
#include "tools/words/told.h"
#include "tools/words/words.h"

namespace tools::story {

using namespace model;

namespace {

/// Every actor that is not done, and its next step.
std::string who_waits(const Trace& trace) {
  const RaceModel model = model_of(trace.scenario, trace.policy);
  const World w = world_after(model, trace.schedule(), trace.steps.size());
  std::vector<std::string> waiting;
  const auto note = [&](sim::ActorId actor) {
    const Label label = label_of(actor, RaceModel::step_id(w, actor));
    waiting.push_back(in_sentence(actor) + " in " + std::string(label.function) + ", before \"" +
                      std::string(label.statement) + "\"");
  };
  for (unsigned i = 1; i <= model.setup().rpc_count; ++i) {
    const auto id = static_cast<RpcId>(i);
    if (w.rpc(id).pc != TaskPc::done) note(task_of(id));
    if (w.handler(id).pc != ReplyPc::idle) note(reply_handler_of(id));
  }
  if (w.connect != ConnectPc::idle) note(connect_actor);
  return "Waiting for ever: " + joined(waiting) + ".";
}

}  // namespace

std::string beginning(const Trace& trace) {
  const Setup& setup = trace.scenario.setup;
  std::string text = "The transport is connected, the QP is RTS. ";
  std::vector<std::string> mrs;
  for (unsigned i = 1; i <= setup.pool; ++i) mrs.push_back(named(static_cast<MrId>(i)));
  text += joined(mrs) + (mrs.size() == 1 ? " is" : " are") +
          " on the free list, with fr_state INVALID.";
  for (unsigned i = 1; i <= setup.rpc_count; ++i) {
    const unsigned segments = setup.rpc(static_cast<RpcId>(i)).segments();
    text += " RPC " + std::to_string(i) + " has a request to send, ";
    text += segments == 0   ? "which needs no MR."
            : segments == 1 ? "with one segment, which needs an MR."
                            : "with " + std::to_string(segments) + " segments, an MR each.";
  }
  return text;
}

std::string ending(const Trace& trace, MrId subject, const Memory& memory) {
  const Violation& violation = trace.violation;
  const InvariantEntry entry = entry_of(violation.invariant, trace.scenario.setup);
  const std::string rule = " The rule it breaks: " + std::string(entry.meaning) + ".";
  if (violation.invariant == Invariant::rpc_finishes) {
    return "No context can take a step any more, and RPC " + std::to_string(violation.rpc) +
           " is not done. " + who_waits(trace) + rule;
  }
  if (trace.steps.empty()) {
    return "It is so from the start: " + in_words(violation, trace.scenario.setup) + "." + rule;
  }
  const TraceStep& step = trace.steps.back();
  const auto is_it = [](const Event& event) { return event.kind == EventKind::violation; };
  if (std::none_of(step.events.begin(), step.events.end(), is_it)) {
    return "Everything is at rest, and something is wrong: " +
           in_words(violation, trace.scenario.setup) + "." + rule;
  }
  const Label label = label_of(step.choice.actor, step.step_id);
  const std::string who = capitalised(in_sentence(step.choice.actor)) +
                          (long_name(step.choice.actor) == label.function
                               ? ""
                               : ", in " + std::string(label.function) + ",");
  const std::string name = named(violation.mr);
  switch (violation.invariant) {
    case Invariant::double_unmap:
      if (violation.mr != subject) {
        return who + " DMA-unmaps " + name + ", whose mapping the second unmap of " +
               named(subject) + " took away: it is the victim that raises the alarm." + rule;
      }
      return who + " DMA-unmaps " + name + " a second time: it was unmapped at step " +
             std::to_string(memory.of(violation.mr).unmapped_at) +
             " and has not been mapped since." + rule;
    case Invariant::unmap_never_mapped:
      return who + " DMA-unmaps " + name + ", which was never mapped." + rule;
    case Invariant::map_over_live_mapping:
      return who + " DMA-maps " + name + ", whose earlier mapping is still there." + rule;
    case Invariant::recovery_of_in_flight_mr:
      return who + " begins to recover " + name + " while its FASTREG is in flight." + rule;
    case Invariant::stale_completion:
      return who + " runs for a completion of " + name + ", which has been given up since." + rule;
    case Invariant::use_after_free:
      if (memory.of(violation.mr).released_at != 0) {
        return who + " comes to a completion of " + name + ", which was freed at step " +
               std::to_string(memory.of(violation.mr).released_at) + "." + rule;
      }
      break;
    default:
      break;
  }
  return who + " (" + std::string(label.statement) +
         "): " + in_words(violation, trace.scenario.setup) + "." + rule;
}

}  // namespace tools::story
