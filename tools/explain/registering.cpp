// SPDX-License-Identifier: MIT
//
// What is told about work requests, and about the connection on which they are posted.
#include "model/kernel/mr_lists.h"
#include "tools/explain/story_words.h"
#include "tools/explain/teller.h"

namespace tools::story {

using namespace model;

void Teller::posted(Wr wr) {
  if (wr.kind() == WrKind::send) {
    return add(Weight::minor, "The Send is posted",
               "RPC task " + std::to_string(wr.subject()) + " posts its Send (rpcrdma_ep_post).");
  }
  if (wr.kind() == WrKind::drain_marker) {
    return add(subject_ == 0 ? Weight::major : Weight::filler, "The drain marker",
               who() +
                   " posts a drain marker behind whatever is on the send queue, and waits "
                   "for its completion (ib_drain_qp).");
  }
  const MrId mr = wr.subject();
  if (!is_about(mr)) return;
  if (wr.kind() != WrKind::fastreg) {
    return add(subject_ == 0 ? Weight::major : Weight::minor, named(mr) + " is to be invalidated",
               who() + ", in frwr_op_unmap_sync, posts the LOCAL_INV of " + named(mr) + ".");
  }
  const bool is_first = memory_.registers(mr);
  std::string text = who() + " registers " + named(mr) + (is_first ? "" : " again") +
                     ": frwr_op_map takes it off the free list" + at_step(memory_.of(mr).taken_at) +
                     ", sets fr_state = VALID, DMA-maps its scatterlist and posts its FASTREG.";
  if (is_first) {
    text +=
        " The FASTREG is not signalled: success makes no completion, so VALID means no more "
        "than posted.";
  }
  add(subject_ != 0 && is_first ? Weight::always : Weight::minor,
      named(mr) + " is registered" + (is_first ? "" : " again"), text);
}

void Teller::leaves_queue(const Event& event) {
  const std::string wr(name_of(wr_kind_names, event.wr.kind()));
  const bool is_mr = names_mr(event.wr);
  if (event.kind == EventKind::executed) {
    if (event.wr.kind() != WrKind::fastreg || !is_about(event.wr.subject())) return;
    return add(Weight::filler, named(event.wr.subject()) + " is registered in the RNIC",
               "The RNIC executes the FASTREG of " + named(event.wr.subject()) +
                   ": it is registered, and no context is told.");
  }
  if (!is_mr || !is_about(event.wr.subject())) return;
  const std::string what = wr + " of " + named(event.wr.subject());
  if (event.kind == EventKind::failed) {
    add(Weight::major, "A dead rkey",
        "The RNIC comes to the " + what +
            ", whose rkey is dead: it fails, and "
            "takes the QP to ERROR.");
  } else {
    add(Weight::major, "Gone with its QP",
        "The old QP is destroyed, and with it what was still queued: the " + what +
            " will never complete.");
  }
}

void Teller::marshal_fails(const Event& event) {
  const auto status = static_cast<Status>(event.to);
  const std::string fails = "the marshal of RPC " + std::to_string(event.rpc) + " fails with " +
                            std::string(name_of(status_names, status)) + ".";
  failed_from_ = step_;
  std::string why;
  if (status == Status::notconn && rejected_ != 0) {
    why = "For the next segment frwr_op_map has taken " + named(rejected_) +
          ", set it VALID and DMA-mapped it, but the QP rejects its FASTREG. It goes to "
          "recovery at once, and ";
  } else if (status == Status::nobufs) {
    why = "There is no MR on the free list for frwr_op_map, so ";
  } else if (label_.name == "op_map_error_defer") {
    why = "frwr_op_map gives its MR up (rpcrdma_defer_mr_recovery puts it on the stale list), and ";
    return add(Weight::major, "The marshal fails", why + fails);
  }
  add(Weight::major, "The marshal fails", capitalised(why + fails));
}

void Teller::qp_changes(QpState to) {
  if (to == QpState::idle) {
    return add(Weight::filler, "A new QP", "The connect worker replaces the QP by a new one.");
  }
  if (to == QpState::rts) return;
  std::string text;
  if (role_of(actor_) == Role::link) text = "The connection is lost: the QP goes to ERROR. ";
  if (role_of(actor_) != Role::link && role_of(actor_) != Role::rnic) {
    text = who() + " takes the QP to ERROR. ";
  }
  text += "Every work request still on the send queue will be flushed, in the RNIC's own time";
  if (subject_ != 0 && memory_.of(subject_).fastreg_queued) {
    text += ", the FASTREG of " + named(subject_) + " among them";
  }
  add(Weight::major,
      role_of(actor_) == Role::link ? "The connection is lost" : "The QP goes to ERROR",
      text + ".");
}

void Teller::reconnected() {
  std::vector<std::string> woken;
  for (const Event& event : trace_.steps[step_ - 1].events) {
    if (event.kind == EventKind::woken) woken.push_back("RPC " + std::to_string(event.rpc));
  }
  std::string text =
      "The connect worker has replaced the QP and connected again: "
      "rpcrdma_connect_worker sets CONNECTED";
  text += woken.empty() ? "." : " and wakes " + joined(woken) + ", to transmit once more.";
  add(Weight::major, "Connected again", text);
}

}  // namespace tools::story
