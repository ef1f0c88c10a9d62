// SPDX-License-Identifier: MIT
//
// What happens to MRs: from list to list, and what completion handlers write.
#include "tools/explain/story_words.h"
#include "tools/explain/teller.h"

namespace tools::story {

using namespace model;

void Teller::moves(const Event& event) {
  const Known& mr = memory_.of(event.mr);
  const std::string name = named(event.mr);
  switch (static_cast<Place>(event.to)) {
    case Place::stale_list:
      return deferred(event.mr);
    case Place::free_list:
      if (label_.name == "put") return recovered(event.mr);
      if (label_.name == "refresh") return;
      return add(Weight::minor, name + " is free again",
                 who() + " puts " + name + " back on the free list.");
    case Place::released:
      return add(Weight::major, name + " is freed",
                 who() + ", in " + where() + ", frees " + name +
                     (mr.fastreg_open ? ", although the completion of its FASTREG is still to "
                                        "be handled."
                                      : "."));
    case Place::registered:
      return add(Weight::filler, name + " belongs to the request",
                 name + " is put on the registered list of RPC " + std::to_string(event.rpc) + ".");
    case Place::in_hand:
      return add(Weight::filler, name + " is taken",
                 who() + ", in " + where() + ", takes " + name + " off the " +
                     std::string(place_names.at(event.from)) + ".");
    default:
      return;
  }
}

void Teller::deferred(MrId id) {
  const Known& mr = memory_.of(id);
  if (label_.name == "op_map_defer") {
    std::string text = who() + ", in frwr_op_map, takes " + named(id) + " off the free list" +
                       at_step(mr.taken_at) + ", finds fr_state " + state_name(mr.fr_state) +
                       " instead of INVALID, and defers it to recovery, as if it were in use.";
    if (mr.dma == DmaState::unmapped) {
      text += " But it was DMA-unmapped already, at step " + std::to_string(mr.unmapped_at) + ".";
    }
    return add(Weight::major, named(id) + " is not INVALID", text);
  }
  if (label_.name == "op_map_error_defer") {
    return add(Weight::minor, named(id) + " is given up",
               "frwr_op_map gives " + named(id) +
                   " up: rpcrdma_defer_mr_recovery puts it on the stale list.");
  }
  if (step_ <= handed_until_) return;
  // The walk continues: the stop comes after all of it.
  const bool on_error = failed_from_ != 0;
  const auto [last, handed] = handed_over(on_error ? failed_from_ : step_);
  std::string text = on_error ? "The error path of rpcrdma_marshal_req" : who();
  text += " calls frwr_op_unmap_safe, which hands the MRs of the request to the recovery worker: " +
          joined(handed) + (handed.size() == 1 ? " is" : " are") + " on the stale list";
  if (mr.fastreg_open) {
    text += ", although the FASTREG of " + named(id) + " is still in flight";
  }
  handed_until_ = last;
  milestones_.add(last, Weight::major, "Handed to recovery", text + ".");
}

std::pair<std::size_t, std::vector<std::string>> Teller::handed_over(std::size_t from) const {
  std::vector<std::string> handed;
  std::size_t last = step_;
  for (std::size_t i = from; i <= trace_.steps.size(); ++i) {
    const TraceStep& step = trace_.steps[i - 1];
    if (step.choice.actor != actor_) continue;
    const std::string_view name = label_of(actor_, step.step_id).name;
    if (i > step_ && !name.starts_with("unmap_safe")) break;
    for (const Event& event : step.events) {
      if (event.kind != EventKind::moved) continue;
      if (static_cast<Place>(event.to) != Place::stale_list) continue;
      handed.push_back(named(event.mr));
      last = i;
    }
  }
  return {last, handed};
}

void Teller::recovered(MrId id) {
  const Known& mr = memory_.of(id);
  std::vector<std::string> did;
  if (mr.invalid_at > mr.taken_at) {
    did.emplace_back("dereg_mr and alloc_mr give it a fresh rkey");
    did.push_back("fr_state = INVALID" + at_step(mr.invalid_at));
  }
  if (mr.unmapped_at > mr.taken_at)
    did.push_back("the scatterlist is DMA-unmapped" + at_step(mr.unmapped_at));
  const bool by_reset = role_of(actor_) == Role::recovery_worker || role_of(actor_) == Role::task;
  std::string text = who() + (by_reset ? " recovers " : " is done with ") + named(id) +
                     (by_reset ? " (frwr_op_recover_mr)" : " (frwr_op_unmap_sync)");
  if (!did.empty()) text += ": " + joined(did);
  text += "; rpcrdma_put_mw puts it on the free list.";
  if (mr.fr_state != FrState::is_invalid) {
    text += " There it is " + state_name(mr.fr_state) + ", not INVALID.";
  } else if (mr.fastreg_open) {
    text += " Nobody has waited for its FASTREG, whose completion is still to be handled.";
  }
  add(Weight::major, named(id) + (mr.fastreg_open ? " is free too early" : " is recovered"), text);
}

void Teller::writes_state(const Event& event) {
  const auto to = static_cast<FrState>(event.to);
  if (to == FrState::is_invalid || to == FrState::is_valid) return;
  const Known& mr = memory_.of(event.mr);
  const std::string name = named(event.mr);
  const bool of_fastreg = to == FrState::flushed_fr;
  std::string title = name + " is marked " + state_name(to);
  std::string text = "The " + std::string(of_fastreg ? "FASTREG" : "LOCAL_INV") + " of " + name +
                     (mr.was_flushed ? " was flushed" : " has failed") + at_step(mr.flushed_at) +
                     "; its completion handler " + where() + " sets fr_state = " + state_name(to) +
                     ", whatever was there.";
  const bool is_recovered = static_cast<FrState>(event.from) == FrState::is_invalid;
  if (is_recovered && mr.place == Place::free_list) {
    title += ", too late";
    text += " It comes too late: " + name +
            " has been recovered already and is on the free "
            "list, unmapped; and now it is not INVALID there.";
  } else if (is_recovered && of_fastreg) {
    text += " It comes too late: INVALID was written at step " + std::to_string(mr.invalid_at) +
            " already.";
  } else if (mr.place == Place::stale_list) {
    text += " Recovery is yet to come and will write INVALID.";
  } else if (of_fastreg && mr.place == Place::free_list) {
    text += " " + name + " is on the free list.";
  }
  add(Weight::major, title, text);
}

}  // namespace tools::story
