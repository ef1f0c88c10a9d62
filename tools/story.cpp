// SPDX-License-Identifier: MIT
//
// Events become milestones, milestones are thinned to a story.
//
// The teller follows each MR from event to event, as far as sentences need it: what is
// outstanding, where it is, when it was unmapped.
#include "tools/story.h"

#include <algorithm>
#include <array>
#include <optional>

#include "model/invariants.h"
#include "model/labels.h"
#include "model/ledger.h"
#include "model/mr_lists.h"
#include "model/names.h"
#include "model/policy.h"
#include "tools/search_setup.h"
#include "tools/told.h"
#include "tools/words.h"

namespace tools {
namespace {

using namespace model;

/// How much a milestone changes; the least are left out first.
enum class Weight : std::uint8_t { filler, minor, major, always };

struct Milestone {
  StoryStop stop;
  Weight weight;
};

/// What sentences need to know of an MR.
struct Known {
  Place place = Place::free_list;
  DmaState dma = DmaState::none;
  FrState fr_state = FrState::is_invalid;
  bool fastreg_queued = false;  ///< on the send queue
  bool fastreg_open = false;    ///< posted, and its completion, if there is one, not handled
  std::size_t registered = 0;   ///< how often op_map has posted for it
  std::size_t taken_at = 0;     ///< steps, 0: never
  std::size_t invalid_at = 0;
  std::size_t unmapped_at = 0;
  std::size_t flushed_at = 0;  ///< by the RNIC
  bool was_flushed = true;     ///< then; else it failed
  std::size_t released_at = 0;
};

/// The MR a story is about; 0 if it is about RPCs.
MrId subject_of(const Trace& trace) {
  const std::vector<LedgerEntry> ledger = ledger_of(trace);
  if (trace.violation.invariant == Invariant::double_unmap) {
    if (const LedgerEntry* culprit = culprit_of(ledger)) return culprit->mr;
  }
  return trace.violation.mr;
}

std::string named(MrId mr) { return "MR " + std::to_string(mr); }
std::string at_step(std::size_t step) { return " (step " + std::to_string(step) + ")"; }
std::string state_name(FrState state) { return std::string(name_of(fr_state_names, state)); }

class Teller {
 public:
  explicit Teller(const Trace& trace) : trace_(trace), subject_(subject_of(trace)) {}

  std::vector<StoryStop> tell() {
    add(0, Weight::always, beginning());
    for (step_ = 1; step_ <= trace_.steps.size(); ++step_) {
      const TraceStep& step = trace_.steps[step_ - 1];
      actor_ = step.choice.actor;
      label_ = label_of(actor_, step.step_id);
      note_fault(step.choice);
      for (const Event& event : step.events) {
        look_at(event);
        remember(event);
      }
      if (label_.name == "wc_fastreg") handled();
      if (label_.name == "send_request") failed_from_ = 0;
    }
    add(trace_.steps.size(), Weight::always, ending());
    return chosen();
  }

 private:
  // --- Milestones ---

  void add(std::size_t step, Weight weight, const std::string& text) {
    milestones_.push_back({{step, text}, weight});
  }
  void add(Weight weight, const std::string& text) { add(step_, weight, text); }

  /// In order, and one per step: what weighs most, or all of it if it matters.
  void merge() {
    std::stable_sort(
        milestones_.begin(), milestones_.end(),
        [](const Milestone& a, const Milestone& b) { return a.stop.step < b.stop.step; });
    std::vector<Milestone> merged;
    for (const Milestone& next : milestones_) {
      if (merged.empty() || merged.back().stop.step != next.stop.step) {
        merged.push_back(next);
      } else if (next.weight > merged.back().weight) {
        merged.back() = next;
      } else if (next.weight == merged.back().weight && next.weight >= Weight::major) {
        merged.back().stop.text += " " + next.stop.text;
      }
    }
    milestones_ = std::move(merged);
  }

  /// All that matter if there is room, what matters less where there is.
  [[nodiscard]] std::vector<StoryStop> chosen() {
    merge();
    constexpr std::size_t enough = 8;
    std::vector<bool> taken(milestones_.size());
    std::size_t count = 0;
    const auto take = [&](Weight weight, std::size_t most) {
      // From the end: what is near the failure explains more of it.
      for (std::size_t i = milestones_.size(); i-- > 0 && count < most;) {
        if (milestones_[i].weight != weight) continue;
        taken[i] = true;
        ++count;
      }
    };
    take(Weight::always, most_stops);
    take(Weight::major, most_stops);
    take(Weight::minor, enough);
    take(Weight::filler, enough - 2);
    std::vector<StoryStop> stops;
    for (std::size_t i = 0; i < milestones_.size(); ++i) {
      if (taken[i]) stops.push_back(milestones_[i].stop);
    }
    return stops;
  }

  [[nodiscard]] bool is_about(MrId mr) const { return subject_ == 0 || mr == subject_; }
  [[nodiscard]] Known& known(MrId mr) { return known_.at(mr); }
  [[nodiscard]] std::string who() const { return capitalised(in_sentence(actor_)); }
  [[nodiscard]] std::string where() const { return std::string(label_.function); }

  [[nodiscard]] std::string beginning() const {
    const Setup& setup = trace_.scenario.setup;
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

  void note_fault(sim::Choice choice) {
    if (role_of(choice.actor) == Role::signal) {
      add(Weight::major, "A signal, or a soft timeout, ends RPC " + std::to_string(choice.outcome) +
                             " where it sleeps.");
    } else if (role_of(choice.actor) == Role::timer) {
      add(Weight::major, "A minor timeout wakes RPC " + std::to_string(choice.outcome) +
                             ", which will retransmit on the same connection.");
    } else if (choice.outcome == 0 || role_of(choice.actor) == Role::server) {
      return;
    } else if (label_.name == "dereg" || label_.name == "alloc") {
      add(Weight::major,
          who() + ", in frwr_op_recover_mr, cannot reset the MR: " + std::string(label_.name) +
              "_mr fails. The MR is given up: it is "
              "to be unmapped and freed.");
    } else if (label_.name == "op_map_dma_map") {
      const MrId mr = in_hand_[actor_];
      const bool unmapped = static_cast<Fault>(choice.outcome) == Fault::dma_map;
      add(is_about(mr) ? Weight::major : Weight::minor,
          "frwr_op_map has set " + named(mr) + " VALID, but " +
              (unmapped ? "mapping it for DMA fails: nothing is mapped."
                        : "ib_map_mr_sg fails once it is DMA-mapped."));
    } else if (label_.name == "prepare_send_sges") {
      add(Weight::major, "Preparing the Send fails, after all FASTREGs were posted.");
    }
  }

  void look_at(const Event& event) {
    switch (event.kind) {
      case EventKind::posted:
        return posted(event.wr);
      case EventKind::post_failed:
        if (event.wr.kind() == WrKind::drain_marker) {
          add(Weight::major,
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
          add(Weight::major, "The unmap of " + named(event.mr) + " takes away the mapping of " +
                                 named(event.to) + ", which has its address by now.");
        }
        return;
      case EventKind::executed:
      case EventKind::failed:
      case EventKind::dropped:
        return leaves_queue(event);
      case EventKind::connected:
        if (event.to != 0) return reconnected();
        return add(Weight::filler, who() + ", in " + where() + ", clears CONNECTED.");
      case EventKind::alloc:
        if (!is_about(event.mr)) return;
        return add(Weight::filler, who() + ", in " + where() + ", has replaced " + named(event.mr) +
                                       " (dereg_mr, alloc_mr): a fresh rkey.");
      case EventKind::reply:
        return add(Weight::minor,
                   "The server's reply to RPC " + std::to_string(event.rpc) + " arrives.");
      case EventKind::completed:
        return add(Weight::minor, "The reply handler completes RPC " + std::to_string(event.rpc) +
                                      " and wakes its task.");
      default:
        return;
    }
  }

  void remember(const Event& event) {
    Known& mr = known(event.mr != 0 ? event.mr : names_mr(event.wr) ? event.wr.subject() : MrId{0});
    switch (event.kind) {
      case EventKind::moved:
        mr.place = static_cast<Place>(event.to);
        if (mr.place == Place::in_hand) {
          in_hand_[actor_] = event.mr;
          mr.taken_at = step_;
        }
        if (mr.place == Place::released) mr = {.place = Place::released, .released_at = step_};
        break;
      case EventKind::fr_state:
        mr.fr_state = static_cast<FrState>(event.to);
        if (mr.fr_state == FrState::is_invalid) mr.invalid_at = step_;
        if (mr.fr_state == FrState::is_valid) mr.dma = DmaState::none;
        break;
      case EventKind::dma_map:
        mr.dma = DmaState::mapped;
        break;
      case EventKind::dma_unmap:
        // The first unmap is the one a second one repeats.
        if (mr.dma != DmaState::unmapped) mr.unmapped_at = step_;
        mr.dma = DmaState::unmapped;
        break;
      case EventKind::posted:
        if (event.wr.kind() == WrKind::fastreg) mr.fastreg_open = mr.fastreg_queued = true;
        break;
      case EventKind::flushed:
      case EventKind::failed:
        mr.flushed_at = step_;
        mr.was_flushed = event.kind == EventKind::flushed;
        if (event.wr.kind() == WrKind::fastreg) mr.fastreg_queued = false;
        break;
      case EventKind::executed:
      case EventKind::dropped:
        if (event.wr.kind() == WrKind::fastreg) mr.fastreg_open = mr.fastreg_queued = false;
        break;
      case EventKind::polled:
        handling_ = event.wr;
        break;
      default:
        break;
    }
  }

  /// frwr_wc_fastreg has run.
  void handled() {
    if (names_mr(handling_)) known(handling_.subject()).fastreg_open = false;
  }

  // --- Registering ---

  void posted(Wr wr) {
    if (wr.kind() == WrKind::send) {
      return add(Weight::minor,
                 "RPC task " + std::to_string(wr.subject()) + " posts its Send (rpcrdma_ep_post).");
    }
    if (wr.kind() == WrKind::drain_marker) {
      return add(subject_ == 0 ? Weight::major : Weight::filler,
                 who() +
                     " posts a drain marker behind whatever is on the send queue, and waits "
                     "for its completion (ib_drain_qp).");
    }
    const MrId mr = wr.subject();
    if (!is_about(mr)) return;
    if (wr.kind() != WrKind::fastreg) {
      return add(subject_ == 0 ? Weight::major : Weight::minor,
                 who() + ", in frwr_op_unmap_sync, posts the LOCAL_INV of " + named(mr) + ".");
    }
    const bool is_first = known(mr).registered++ == 0;
    std::string text = who() + " registers " + named(mr) + (is_first ? "" : " again") +
                       ": frwr_op_map takes it off the free list" + at_step(known(mr).taken_at) +
                       ", sets fr_state = VALID, DMA-maps its scatterlist and posts its FASTREG.";
    if (is_first) {
      text +=
          " The FASTREG is not signalled: success makes no completion, so VALID means no more "
          "than posted.";
    }
    add(subject_ != 0 && is_first ? Weight::always : Weight::minor, text);
  }

  void leaves_queue(const Event& event) {
    const std::string wr(name_of(wr_kind_names, event.wr.kind()));
    const bool is_mr = names_mr(event.wr);
    if (event.kind == EventKind::executed) {
      if (event.wr.kind() != WrKind::fastreg || !is_about(event.wr.subject())) return;
      return add(Weight::filler, "The RNIC executes the FASTREG of " + named(event.wr.subject()) +
                                     ": it is registered, and nobody is told.");
    }
    if (!is_mr || !is_about(event.wr.subject())) return;
    const std::string what = wr + " of " + named(event.wr.subject());
    if (event.kind == EventKind::failed) {
      add(Weight::major, "The RNIC comes to the " + what +
                             ", whose rkey is dead: it fails, and "
                             "takes the QP to ERROR.");
    } else {
      add(Weight::major, "The old QP is destroyed, and with it what was still queued: the " + what +
                             " will never complete.");
    }
  }

  void marshal_fails(const Event& event) {
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
      why =
          "frwr_op_map gives its MR up (rpcrdma_defer_mr_recovery puts it on the stale list), and ";
      return add(Weight::major, why + fails);
    }
    add(Weight::major, capitalised(why + fails));
  }

  // --- The connection ---

  void qp_changes(QpState to) {
    if (to == QpState::idle) {
      return add(Weight::filler, "The connect worker replaces the QP by a new one.");
    }
    if (to == QpState::rts) return;
    std::string text;
    if (role_of(actor_) == Role::link) text = "The connection is lost: the QP goes to ERROR. ";
    if (role_of(actor_) != Role::link && role_of(actor_) != Role::rnic) {
      text = who() + " takes the QP to ERROR. ";
    }
    text += "Every work request still on the send queue will be flushed, in the RNIC's own time";
    if (subject_ != 0 && known(subject_).fastreg_queued) {
      text += ", the FASTREG of " + named(subject_) + " among them";
    }
    add(Weight::major, text + ".");
  }

  void reconnected() {
    std::vector<std::string> woken;
    for (const Event& event : trace_.steps[step_ - 1].events) {
      if (event.kind == EventKind::woken) woken.push_back("RPC " + std::to_string(event.rpc));
    }
    std::string text =
        "The connect worker has replaced the QP and connected again: "
        "rpcrdma_connect_worker sets CONNECTED";
    text += woken.empty() ? "." : " and wakes " + joined(woken) + ", to transmit once more.";
    add(Weight::major, text);
  }

  // --- From list to list ---

  void moves(const Event& event) {
    const Known& mr = known(event.mr);
    const std::string name = named(event.mr);
    switch (static_cast<Place>(event.to)) {
      case Place::stale_list:
        return deferred(event.mr);
      case Place::free_list:
        if (label_.name == "put") return recovered(event.mr);
        if (label_.name == "refresh") return;
        return add(Weight::minor, who() + " puts " + name + " back on the free list.");
      case Place::released:
        return add(Weight::major,
                   who() + ", in " + where() + ", frees " + name +
                       (mr.fastreg_open ? ", although the completion of its FASTREG is still to "
                                          "be handled."
                                        : "."));
      case Place::registered:
        return add(Weight::filler,
                   name + " goes on the registered list of RPC " + std::to_string(event.rpc) + ".");
      case Place::in_hand:
        return add(Weight::filler, who() + ", in " + where() + ", takes " + name + " off the " +
                                       std::string(place_names.at(event.from)) + ".");
      default:
        return;
    }
  }

  void deferred(MrId id) {
    const Known& mr = known(id);
    if (label_.name == "op_map_defer") {
      std::string text = who() + ", in frwr_op_map, takes " + named(id) + " off the free list" +
                         at_step(mr.taken_at) + ", finds fr_state " + state_name(mr.fr_state) +
                         " instead of INVALID, and defers it to recovery, as if it were in use.";
      if (mr.dma == DmaState::unmapped) {
        text += " But it was DMA-unmapped already, at step " + std::to_string(mr.unmapped_at) + ".";
      }
      return add(Weight::major, text);
    }
    if (label_.name == "op_map_error_defer") {
      return add(Weight::minor, "frwr_op_map gives " + named(id) +
                                    " up: rpcrdma_defer_mr_recovery puts it on the stale list.");
    }
    if (step_ <= handed_until_) return;
    // The walk goes on: the stop is behind all of it.
    const bool on_error = failed_from_ != 0;
    const auto [last, handed] = handed_over(on_error ? failed_from_ : step_);
    std::string text = on_error ? "The error path of rpcrdma_marshal_req" : who();
    text +=
        " calls frwr_op_unmap_safe, which hands the MRs of the request to the recovery worker: " +
        joined(handed) + (handed.size() == 1 ? " is" : " are") + " on the stale list";
    if (mr.fastreg_open) {
      text += ", although the FASTREG of " + named(id) + " is still in flight";
    }
    handed_until_ = last;
    add(last, Weight::major, text + ".");
  }

  /// What the actor's error path puts on the stale list from a step on, and its last step.
  [[nodiscard]] std::pair<std::size_t, std::vector<std::string>> handed_over(
      std::size_t from) const {
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

  void recovered(MrId id) {
    const Known& mr = known(id);
    std::vector<std::string> did;
    if (mr.invalid_at > mr.taken_at) {
      did.push_back("dereg_mr and alloc_mr give it a fresh rkey");
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
    add(Weight::major, text);
  }

  // --- What handlers write ---

  void writes_state(const Event& event) {
    const auto to = static_cast<FrState>(event.to);
    if (to == FrState::is_invalid || to == FrState::is_valid) return;
    const Known& mr = known(event.mr);
    const std::string name = named(event.mr);
    const bool of_fastreg = to == FrState::flushed_fr;
    std::string text = "The " + std::string(of_fastreg ? "FASTREG" : "LOCAL_INV") + " of " + name +
                       (mr.was_flushed ? " was flushed" : " has failed") + at_step(mr.flushed_at) +
                       "; its completion handler " + where() +
                       " sets fr_state = " + state_name(to) + ", whatever was there.";
    const bool is_recovered = static_cast<FrState>(event.from) == FrState::is_invalid;
    if (is_recovered && mr.place == Place::free_list) {
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
    add(Weight::major, text);
  }

  // --- The end ---

  [[nodiscard]] std::string ending() {
    const Violation& violation = trace_.violation;
    const InvariantEntry& entry = entry_of(violation.invariant);
    const std::string rule = " The rule it breaks: " + std::string(entry.meaning) + ".";
    if (violation.invariant == Invariant::rpc_finishes) {
      return "Nothing can go on any more, and RPC " + std::to_string(violation.rpc) +
             " is not done. " + who_waits() + rule;
    }
    const TraceStep& step = trace_.steps.back();
    const auto is_it = [](const Event& event) { return event.kind == EventKind::violation; };
    if (std::none_of(step.events.begin(), step.events.end(), is_it)) {
      return "Everything is at rest, and something is wrong: " + in_words(violation) + "." + rule;
    }
    const Label label = label_of(step.choice.actor, step.step_id);
    const std::string who = capitalised(in_sentence(step.choice.actor)) +
                            (long_name(step.choice.actor) == label.function
                                 ? ""
                                 : ", in " + std::string(label.function) + ",");
    const std::string name = named(violation.mr);
    switch (violation.invariant) {
      case Invariant::double_unmap:
        if (violation.mr != subject_) {
          return who + " DMA-unmaps " + name + ", whose mapping the second unmap of " +
                 named(subject_) + " took away: it is the victim that raises the alarm." + rule;
        }
        return who + " DMA-unmaps " + name + " a second time: it was unmapped at step " +
               std::to_string(known(violation.mr).unmapped_at) + " and has not been mapped since." +
               rule;
      case Invariant::unmap_never_mapped:
        return who + " DMA-unmaps " + name + ", which was never mapped." + rule;
      case Invariant::map_over_live_mapping:
        return who + " DMA-maps " + name + ", whose earlier mapping is still there." + rule;
      case Invariant::recovery_of_in_flight_mr:
        return who + " begins to recover " + name + " while its FASTREG is in flight." + rule;
      case Invariant::stale_completion:
        return who + " runs for a completion of " + name + ", which has been given up since." +
               rule;
      case Invariant::use_after_free:
        if (known(violation.mr).released_at != 0) {
          return who + " comes to a completion of " + name + ", which was freed at step " +
                 std::to_string(known(violation.mr).released_at) + "." + rule;
        }
        break;
      default:
        break;
    }
    return who + " (" + std::string(label.statement) + "): " + in_words(violation) + "." + rule;
  }

  /// Everybody who is not done, and where it stands.
  [[nodiscard]] std::string who_waits() const {
    const RaceModel model = model_of(trace_.scenario, trace_.policy);
    const World w = world_after(model, trace_.schedule(), trace_.steps.size());
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

  const Trace& trace_;
  MrId subject_;
  std::vector<Milestone> milestones_;
  std::array<Known, max_mrs + 1> known_{};
  std::array<MrId, actor_count> in_hand_{};
  Wr handling_{};                // by the softirq
  MrId rejected_ = 0;            // whose FASTREG was rejected last
  std::size_t failed_from_ = 0;  // step at which the marshal of this transmission failed
  std::size_t handed_until_ = 0;
  // Of the step at hand.
  std::size_t step_ = 0;
  sim::ActorId actor_ = 0;
  Label label_;
};

}  // namespace

std::vector<StoryStop> story_of(const Trace& trace) { return Teller(trace).tell(); }

}  // namespace tools
