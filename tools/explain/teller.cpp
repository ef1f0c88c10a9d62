// SPDX-License-Identifier: MIT
//
// Which events are told, and faults.
#include "tools/explain/teller.h"

#include "tools/explain/ends.h"
#include "tools/explain/story_words.h"
#include "tools/words/words.h"

namespace tools::story {

using namespace model;

std::vector<StoryStop> Teller::tell() {
  go_through();
  milestones_.add(trace_.steps.size(), Weight::always,
                  capitalised(in_words(trace_.violation, trace_.scenario.setup)),
                  ending(trace_, subject_, memory_));
  return milestones_.chosen();
}

std::vector<StoryStop> Teller::tell_of_rest(const std::string& why) {
  go_through();
  milestones_.add(trace_.steps.size(), Weight::always, "Nothing can fail", why);
  return milestones_.chosen();
}

void Teller::go_through() {
  milestones_.add(0, Weight::always, "The start", beginning(trace_));
  for (step_ = 1; step_ <= trace_.steps.size(); ++step_) {
    const TraceStep& step = trace_.steps[step_ - 1];
    actor_ = step.choice.actor;
    label_ = label_of(actor_, step.step_id);
    note_fault(step.choice);
    for (const Event& event : step.events) {
      look_at(event);
      memory_.remember(step_, actor_, event);
    }
    if (label_.name == "wc_fastreg") memory_.fastreg_handled();
    if (label_.name == "send_request") failed_from_ = 0;
  }
}

void Teller::note_fault(sim::Choice choice) {
  if (role_of(choice.actor) == Role::signal) {
    add(Weight::major, "A signal",
        "A signal, or a soft timeout, ends RPC " + std::to_string(choice.outcome) +
            " where it sleeps.");
  } else if (role_of(choice.actor) == Role::timer) {
    add(Weight::major, "A minor timeout",
        "A minor timeout wakes RPC " + std::to_string(choice.outcome) +
            ", which will retransmit on the same connection.");
  } else if (choice.outcome == 0 || role_of(choice.actor) == Role::server) {
    return;
  } else if (label_.name == "dereg" || label_.name == "alloc") {
    add(Weight::major, "The reset fails",
        who() + ", in frwr_op_recover_mr, cannot reset the MR: " + std::string(label_.name) +
            "_mr fails. The MR is given up: it is "
            "to be unmapped and freed.");
  } else if (label_.name == "op_map_dma_map") {
    const MrId mr = memory_.in_hand(actor_);
    const bool unmapped = static_cast<Fault>(choice.outcome) == Fault::dma_map;
    add(is_about(mr) ? Weight::major : Weight::minor, "The mapping fails",
        "frwr_op_map has set " + named(mr) + " VALID, but " +
            (unmapped ? "mapping it for DMA fails: nothing is mapped."
                      : "ib_map_mr_sg fails once it is DMA-mapped."));
  } else if (label_.name == "prepare_send_sges") {
    add(Weight::major, "The Send cannot be prepared",
        "Preparing the Send fails, after all FASTREGs were posted.");
  }
}

void Teller::look_at(const Event& event) {
  switch (event.kind) {
    case EventKind::posted:
      return posted(event.wr);
    case EventKind::post_failed:
      if (event.wr.kind() == WrKind::drain_marker) {
        add(Weight::major, "The drain does not wait",
            "The post of the drain marker is rejected: ib_drain_qp waits for "
            "nothing.");
      } else if (event.wr.kind() == WrKind::fastreg) {
        rejected_ = event.wr.subject();
      }
      return;
    case EventKind::qp:
      return qp_changes(static_cast<QpState>(event.to));
    case EventKind::marshal_failed:
      return marshal_fails(event);
    case EventKind::moved:
      if (is_about(event.mr)) moves(event);
      return;
    case EventKind::fr_state:
      if (is_about(event.mr)) writes_state(event);
      return;
    case EventKind::dma_unmap:
      if (event.to != 0) {
        add(Weight::major, "Another's mapping is taken away",
            "The unmap of " + named(event.mr) + " takes away the mapping of " + named(event.to) +
                ", which has its address by now.");
      }
      return;
    case EventKind::executed:
    case EventKind::failed:
    case EventKind::dropped:
      return leaves_queue(event);
    case EventKind::connected:
      if (event.to != 0) return reconnected();
      return add(Weight::filler, "CONNECTED is cleared",
                 who() + ", in " + where() + ", clears CONNECTED.");
    case EventKind::alloc:
      if (!is_about(event.mr)) return;
      return add(Weight::filler, "A fresh rkey",
                 who() + ", in " + where() + ", has replaced " + named(event.mr) +
                     " (dereg_mr, alloc_mr): a fresh rkey.");
    case EventKind::reply:
      return add(Weight::minor, "A reply arrives",
                 "The server's reply to RPC " + std::to_string(event.rpc) + " arrives.");
    case EventKind::completed:
      return add(
          Weight::minor, "The request is answered",
          "The reply handler completes RPC " + std::to_string(event.rpc) + " and wakes its task.");
    default:
      return;
  }
}

}  // namespace tools::story
