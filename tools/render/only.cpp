// SPDX-License-Identifier: MIT
//
// Choosing what a picture shows.
#include "tools/render/only.h"

#include <algorithm>
#include <array>
#include <optional>

#include "model/kernel/mr_lists.h"
#include "model/policy.h"
#include "model/property/properties.h"
#include "model/rules/ordering.h"
#include "model/scenario/input.h"
#include "model/scenario/names.h"
#include "model/scenario/policy_text.h"
#include "tools/words/words.h"

namespace tools {

using namespace model;

namespace {

template <class Value>
bool contains(const std::vector<Value>& values, Value value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

template <class Value>
void add(std::vector<Value>& values, Value value) {
  if (!contains(values, value)) values.push_back(value);
}

/// The MRs and contexts that may be named: those that have a part in the run.
struct Known {
  std::vector<MrId> mrs;
  std::vector<sim::ActorId> lanes;
};

MrId mr_of(const Event& event) { return names_mr(event.wr) ? event.wr.subject() : event.mr; }

Known known_of(const Trace& trace) {
  Known known;
  for (const TraceStep& step : trace.steps) {
    add(known.lanes, step.choice.actor);
    for (const Event& event : step.events) {
      if (mr_of(event) != 0) add(known.mrs, mr_of(event));
    }
  }
  std::sort(known.mrs.begin(), known.mrs.end());
  std::sort(known.lanes.begin(), known.lanes.end());
  return known;
}

[[noreturn]] void refuse(const std::string& word, const std::string& why) {
  throw InputError("--only " + printable(word) + ": " + why);
}

std::string proposal(std::string_view word, std::span<const std::string_view> names) {
  const auto near = nearest(word, names);
  return near ? ", did you mean '" + std::string(*near) + "'?" : "";
}

MrId read_mr(const std::string& word, const std::string& name, const Known& known) {
  std::string there;
  for (const MrId mr : known.mrs) {
    if (name == std::to_string(mr)) return mr;
    there += (there.empty() ? "" : ", ") + std::string("mr=") + std::to_string(mr);
  }
  refuse(word, "no MR '" + printable(name) + "' has a part in this run; there are " +
                   (there.empty() ? "none" : there));
}

sim::ActorId read_lane(const std::string& word, const std::string& name, const Known& known) {
  std::vector<std::string_view> names;
  std::string there;
  for (const sim::ActorId actor : known.lanes) {
    if (name == short_name(actor)) return actor;
    names.push_back(short_name(actor));
    there += (there.empty() ? "" : ", ") + std::string(short_name(actor)) + " (" +
             std::string(long_name(actor)) + ")";
  }
  refuse(word, "no lane '" + printable(name) + "' has a part in this run" + proposal(name, names) +
                   (nearest(name, names) ? " There are " : "; there are ") + there);
}

std::vector<std::string> split(const std::string& list) {
  std::vector<std::string> parts(1);
  for (const char c : list) {
    if (c == ',') {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

std::string moved_in_short(const Event& event, sim::ActorId actor, std::uint8_t step_id) {
  switch (static_cast<Place>(event.to)) {
    case Place::released:
      return "freed";
    case Place::in_hand:
      return "take it off the " + std::string(place_names.at(event.from));
    case Place::stale_list:
      return (role_of(actor) == Role::task &&
                      step_id == static_cast<std::uint8_t>(TaskPc::op_map_defer)
                  ? "not INVALID: "
                  : std::string()) +
             "hand to recovery";
    case Place::registered:
      return "to registered list";
    default:
      return "to the " + std::string(place_names.at(event.to));
  }
}

std::string unmap_in_short(const Event& event) {
  std::string text = "DMA unmap";
  switch (static_cast<DmaState>(event.from)) {
    case DmaState::mapped:
      break;
    case DmaState::unmapped:
      text += " again";
      break;
    case DmaState::none:
      text += ": never mapped";
      break;
  }
  return text + (event.to != 0 ? ", of the mapping of MR " + std::to_string(event.to) : "");
}

std::string observed_in_short(const Event& event, const Setup& setup) {
  const auto invariant = static_cast<Invariant>(event.to);
  switch (invariant) {
    case Invariant::recovery_of_in_flight_mr:
      return "FASTREG in flight";
    case Invariant::stale_completion:
      return "stale completion";
    default:
      return std::string(entry_of(invariant, setup).title);
  }
}

}  // namespace

bool Only::has_lane(sim::ActorId actor) const { return lanes.empty() || contains(lanes, actor); }

bool Only::has_mr(MrId mr) const { return mrs.empty() || contains(mrs, mr); }

Only only_of(std::span<const std::string> words, const Trace& trace) {
  constexpr std::array<std::string_view, 2> keys{"mr", "lanes"};
  const Known known = known_of(trace);
  Only only;
  for (const std::string& word : words) {
    const std::size_t equals = word.find('=');
    const std::string key = word.substr(0, equals);
    const std::string list = equals == word.npos ? "" : word.substr(equals + 1);
    if (std::find(keys.begin(), keys.end(), key) == keys.end() || list.empty()) {
      refuse(word, "expected mr=NUMBER or lanes=NAME,NAME");
    }
    for (const std::string& name : split(list)) {
      if (key == "mr") {
        add(only.mrs, read_mr(word, name, known));
      } else {
        add(only.lanes, read_lane(word, name, known));
      }
    }
  }
  std::sort(only.mrs.begin(), only.mrs.end());
  std::sort(only.lanes.begin(), only.lanes.end());
  return only;
}

std::string in_words(const Only& only) {
  std::string text;
  for (const MrId mr : only.mrs) text += (text.empty() ? "MR " : ", MR ") + std::to_string(mr);
  std::string_view between = text.empty() ? "" : "; ";
  for (const sim::ActorId actor : only.lanes) {
    text += std::string(between) + std::string(long_name(actor));
    between = ", ";
  }
  return text;
}

std::vector<std::vector<Event>> events_about(const Trace& trace, const Only& only) {
  std::vector<std::vector<Event>> about;
  std::array<RpcId, max_mrs + 1> holder{};  // by MR: the RPC on whose registered list it is; or 0
  const auto is_of = [&](const Event& event, bool is_link) {
    if (only.mrs.empty() || is_link) return true;
    if (event.kind == EventKind::marshal_failed) {
      return std::any_of(only.mrs.begin(), only.mrs.end(),
                         [&](MrId mr) { return holder.at(mr) == event.rpc; });
    }
    return mr_of(event) != 0 && only.has_mr(mr_of(event));
  };
  for (const TraceStep& step : trace.steps) {
    about.emplace_back();
    const bool is_link = role_of(step.choice.actor) == Role::link;
    for (const Event& event : step.events) {
      if (is_of(event, is_link)) about.back().push_back(event);
      if (event.kind != EventKind::moved) continue;
      const bool is_held = static_cast<Place>(event.to) == Place::registered;
      holder.at(event.mr) = is_held ? event.rpc : RpcId{0};
    }
  }
  return about;
}

std::vector<bool> steps_about(const Trace& trace, const Only& only) {
  std::vector<bool> about(trace.steps.size(), true);
  if (only.mrs.empty()) return about;
  const RaceModel model(trace.scenario.with_policy(read_policy(trace.policy).policy));
  const std::vector<std::vector<Event>> events = events_about(trace, only);
  World w = model.initial();
  sim::NullSink sink;
  for (std::size_t i = 0; i < trace.steps.size(); ++i) {
    const sim::ActorId actor = trace.steps[i].choice.actor;
    const MrSet mrs = mrs_of_step(w, actor);
    about[i] =
        role_of(actor) == Role::link || !events[i].empty() ||
        std::any_of(only.mrs.begin(), only.mrs.end(), [&](MrId mr) { return mrs.contains(mr); });
    model.step(w, trace.steps[i].choice, sink);
  }
  return about;
}

std::string in_short(const Event& event, sim::ActorId actor, std::uint8_t step_id,
                     const Setup& setup) {
  const std::string wr(name_of(wr_kind_names, event.wr.kind()));
  switch (event.kind) {
    case EventKind::fr_state:
      return "fr_state = " + std::string(fr_state_names.at(event.to));
    case EventKind::dma_map:
      return "DMA map";
    case EventKind::dma_unmap:
      return unmap_in_short(event);
    case EventKind::moved:
      return moved_in_short(event, actor, step_id);
    case EventKind::dereg:
      return "dereg_mr";
    case EventKind::alloc:
      return "alloc_mr";
    case EventKind::rkey_bump:
      return "bump the rkey";
    case EventKind::posted:
      return "post " + wr;
    case EventKind::post_failed:
      return "post " + wr + ": rejected";
    case EventKind::executed:
      return wr + " executed";
    case EventKind::flushed:
      return wr + " flushed";
    case EventKind::failed:
      return wr + " failed";
    case EventKind::polled:
      return "take completion";
    case EventKind::marshal_failed:
      return "marshal fails: " + std::string(status_names.at(event.to));
    case EventKind::violation:
      return "VIOLATION: " + std::string(entry_of(static_cast<Invariant>(event.to), setup).title);
    case EventKind::observed:
      return observed_in_short(event, setup);
    default:
      return in_words(event, setup);
  }
}

}  // namespace tools
