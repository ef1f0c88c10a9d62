// SPDX-License-Identifier: MIT
//
// Each edge's step is taken once more, with a listener.
#include "tools/explain/mr_step_kinds.h"

#include <algorithm>
#include <map>

#include "model/kernel/mr_lists.h"
#include "model/labels.h"
#include "model/scenario/input.h"
#include "model/scenario/names.h"

namespace tools {
namespace {

using namespace model;

struct Listener {
  std::vector<Event> events;
  void operator()(const Event& event) { events.push_back(event); }
};

/// If a step has several effects on an MR, the one that names the step.
unsigned rank(EventKind kind) {
  switch (kind) {
    case EventKind::fr_state:
      return 1;
    case EventKind::dma_map:
    case EventKind::dma_unmap:
      return 2;
    case EventKind::posted:
    case EventKind::post_failed:
    case EventKind::executed:
    case EventKind::flushed:
    case EventKind::failed:
    case EventKind::polled:
    case EventKind::dropped:
      return 3;
    case EventKind::moved:
      return 4;
    case EventKind::dereg:
    case EventKind::alloc:
    case EventKind::rkey_bump:
      return 5;
    default:
      return 0;  // no effect on an MR
  }
}

MrId mr_of(const Event& event) {
  if (event.mr != 0) return event.mr;
  return names_mr(event.wr) ? event.wr.subject() : MrId{0};
}

StepOfMr kind_of(StepKind step, const std::vector<Event>& events, MrId mr) {
  const Event* effect = nullptr;
  for (const Event& event : events) {
    const unsigned weight = rank(event.kind);
    if (weight == 0 || mr_of(event) != mr) continue;
    if (effect == nullptr || weight < rank(effect->kind)) effect = &event;
  }
  StepOfMr kind{.step = step};
  if (effect == nullptr) return kind;
  kind.has_effect = true;
  kind.effect = effect->kind;
  kind.wr = effect->wr.kind();
  if (effect->kind == EventKind::fr_state) kind.to = effect->to;
  if (effect->kind == EventKind::moved) {
    kind.to = effect->to;
    kind.from = effect->from;
  }
  return kind;
}

/// The step of a run: what it did with a work request is told, for any subject.
StepOfMr kind_of_run(StepKind step, const std::vector<Event>& events) {
  StepOfMr kind{.step = step};
  for (const Event& event : events) {
    if (event.wr.kind() == WrKind::none || kind.has_effect) continue;
    kind = {step, true, event.kind, event.wr.kind(), 0, 0};
  }
  return kind;
}

std::string effect_in_words(const StepOfMr& kind, const Label& label) {
  const std::string wr(name_of(wr_kind_names, kind.wr));
  const std::string list(name_of(place_names, static_cast<Place>(kind.to)));
  switch (kind.effect) {
    case EventKind::fr_state:
      return "sets fr_state = " + std::string(fr_state_names.at(kind.to));
    case EventKind::dma_map:
      return "DMA-maps the MR";
    case EventKind::dma_unmap:
      return "DMA-unmaps the MR";
    case EventKind::posted:
      return "posts its " + wr;
    case EventKind::post_failed:
      return "posts its " + wr + ", which is rejected";
    case EventKind::executed:
      return "executes its " + wr;
    case EventKind::flushed:
      return "flushes its " + wr;
    case EventKind::failed:
      return "fails its " + wr + ", whose rkey is dead";
    case EventKind::polled:
      return "takes the completion of its " + wr;
    case EventKind::dropped:
      return "throws away its " + wr + " with the QP";
    case EventKind::moved:
      if (static_cast<Place>(kind.to) == Place::in_hand) {
        return "takes the MR off the " + std::string(place_names.at(kind.from));
      }
      if (static_cast<Place>(kind.to) == Place::released) return "frees the MR";
      if (label.name == "op_map_defer") {
        return "finds the MR not INVALID and puts it on the stale list";
      }
      return "puts the MR on the " + list;
    case EventKind::dereg:
      return "calls dereg_mr";
    case EventKind::alloc:
      return "calls alloc_mr: a fresh rkey";
    default:
      return "bumps the rkey";
  }
}

/// Numbers kinds in the order in which they are met.
class Numbering {
 public:
  explicit Numbering(std::vector<StepOfMr>& kinds) : kinds_(kinds) {}

  std::uint8_t number_of(const StepOfMr& kind) {
    const auto [at, is_new] = known_.try_emplace(kind, kinds_.size());
    if (is_new) kinds_.push_back(kind);
    if (kinds_.size() > sim::most_kinds) {
      throw InputError("there are more kinds of steps than " + std::to_string(sim::most_kinds));
    }
    return static_cast<std::uint8_t>(at->second);
  }

 private:
  std::vector<StepOfMr>& kinds_;
  std::map<StepOfMr, std::size_t> known_;
};

/// MRs a step is about, or has an effect on.
MrSet mrs_of(const World& w, sim::ActorId actor, const std::vector<Event>& events) {
  MrSet mrs = mrs_of_step(w, actor);
  for (const Event& event : events) {
    if (rank(event.kind) != 0 && mr_of(event) != 0) mrs.insert(mr_of(event));
  }
  return mrs;
}

}  // namespace

std::string in_words(const StepOfMr& kind) {
  const Label label = label_of(some_actor(kind.step.role), kind.step.step_id);
  const std::string who(role_name(kind.step.role));
  const std::string where = who == label.function ? "" : ", " + std::string(label.function);
  return who + where + ": " +
         (kind.has_effect ? effect_in_words(kind, label) : std::string(label.statement));
}

unsigned distance_from_state(const StepOfMr& kind) {
  if (!kind.has_effect) return 4;
  switch (kind.effect) {
    case EventKind::fr_state:
      return 0;
    case EventKind::dma_map:
    case EventKind::dma_unmap:
    case EventKind::moved:
      return 1;
    default:
      return 3;
  }
}

KindsOfSteps kinds_of_steps(const RaceModel& model, const sim::Exploration<RaceModel>& search,
                            bool of_the_run, const sim::Limits& limits) {
  KindsOfSteps result;
  Numbering numbering(result.kinds);
  for (sim::StateId s = 0; s < search.state_count(); ++s) {
    if (s % 16384 == 0) limits.check(result.marks.memory());
    if (search.graph.choices(s).empty()) continue;
    const World w = search.state(s);
    for (const sim::Choice choice : search.graph.choices(s)) {
      World next = w;
      Listener listener;
      model.step(next, choice, listener);
      const StepKind step = step_kind(w, choice.actor);
      std::vector<sim::Mark> marks;
      if (of_the_run) {
        marks.push_back({0, numbering.number_of(kind_of_run(step, listener.events))});
      } else {
        for (const unsigned mr : mrs_of(w, choice.actor, listener.events)) {
          const auto id = static_cast<MrId>(mr);
          marks.push_back({static_cast<std::uint8_t>(mr - 1),
                           numbering.number_of(kind_of(step, listener.events, id))});
        }
      }
      result.marks.add(std::move(marks));
    }
  }
  return result;
}

}  // namespace tools
