// SPDX-License-Identifier: MIT
//
// Which contexts took part in a run, and what one sent to another.
#include "tools/render/lanes.h"

#include <algorithm>
#include <array>
#include <utility>

#include "model/labels.h"
#include "tools/words/words.h"

namespace tools {

using namespace model;

namespace {

/// Neighbours in a picture: contexts that hand over work, then those that do it, then
/// the connection.
constexpr std::array<Role, 13> order_of_roles{
    Role::task,        Role::recovery_worker,    Role::refresh_worker, Role::rnic,   Role::softirq,
    Role::server,      Role::reply_handler,      Role::link,           Role::signal, Role::timer,
    Role::conn_upcall, Role::rep_connect_worker, Role::connect_worker};

std::size_t place_of(sim::ActorId actor) {
  const auto role = std::find(order_of_roles.begin(), order_of_roles.end(), role_of(actor));
  return static_cast<std::size_t>(role - order_of_roles.begin()) * model::actor_count + actor;
}

/// Found from the events alone. They tell of every change except one: op_map makes an
/// unmapped MR one that was never mapped. A picture draws both in the same way.
std::vector<MrLife> lives_of(const Trace& trace) {
  std::array<std::vector<MrSpan>, max_mrs + 1> spans;
  for (std::size_t i = 0; i < trace.steps.size(); ++i) {
    for (const Event& event : trace.steps[i].events) {
      const bool is_state = event.kind == EventKind::fr_state;
      const bool is_mapping =
          event.kind == EventKind::dma_map || event.kind == EventKind::dma_unmap;
      if (!is_state && !is_mapping) continue;
      std::vector<MrSpan>& own = spans.at(event.mr);
      if (own.empty()) own.push_back({});
      MrSpan next = own.back();
      if (is_state) next.fr_state = static_cast<FrState>(event.to);
      if (is_mapping) next.is_mapped = event.kind == EventKind::dma_map;
      if (next.fr_state == own.back().fr_state && next.is_mapped == own.back().is_mapped) continue;
      if (own.back().from == i + 1) own.pop_back();
      next.from = i + 1;
      own.push_back(next);
    }
  }
  std::vector<MrLife> lives;
  for (std::size_t mr = 1; mr < spans.size(); ++mr) {
    if (!spans[mr].empty()) lives.push_back({static_cast<MrId>(mr), std::move(spans[mr])});
  }
  return lives;
}

std::vector<sim::ActorId> who_pass_on(const Trace& trace, const std::vector<Message>& messages) {
  sim::ActorSet silent;
  sim::ActorSet telling;
  for (const Message& message : messages) {
    for (const sim::ActorId actor : {message.from, message.to}) {
      (message.kind == MessageKind::connection ? silent : telling).insert(actor);
    }
  }
  for (std::size_t i = 0; i < trace.steps.size(); ++i) {
    if (!words_of(trace, i + 1, false).empty()) telling.insert(trace.steps[i].choice.actor);
  }
  std::vector<sim::ActorId> found;
  for (const unsigned actor : silent - telling) found.push_back(static_cast<sim::ActorId>(actor));
  return found;
}

/// What `silent` passed on is drawn from its sender to its receivers.
std::vector<Message> without(sim::ActorId silent, const std::vector<Message>& messages) {
  std::vector<Message> result;
  for (const Message& message : messages) {
    if (message.from == silent) continue;
    if (message.to != silent) {
      result.push_back(message);
      continue;
    }
    for (const Message& passed : messages) {
      if (message.taken == 0 || passed.from != silent || passed.sent != message.taken) continue;
      result.push_back(message);
      result.back().to = passed.to;
      result.back().taken = passed.taken;
    }
  }
  std::erase_if(result, [](const Message& m) { return m.from == m.to; });
  return result;
}

void keep_only(const Only& only, Lanes& lanes) {
  std::erase_if(lanes.mrs, [&](const MrLife& life) { return !only.has_mr(life.mr); });
  std::erase_if(lanes.messages, [&](const Message& message) {
    const bool is_about = only.mrs.empty() || (message.mr != 0 && only.has_mr(message.mr));
    return !is_about || !only.has_lane(message.from) || !only.has_lane(message.to);
  });
}

/// Those named, else those that do what is shown.
sim::ActorSet actors_of(const Trace& trace, const Lanes& lanes, bool every_step, const Only& only) {
  sim::ActorSet there;
  for (const sim::ActorId actor : only.lanes) there.insert(actor);
  if (!only.lanes.empty()) return there;
  for (const Moment& moment : moments_of(trace, lanes, every_step, only)) {
    if (!moment.is_for_all) there.insert(moment.actor);
  }
  for (const Message& message : lanes.messages) there.insert(message.to);
  return there;
}

/// The unmap of the same step says so.
bool is_said_by_unmap(const Event& event) {
  if (event.kind != EventKind::violation && event.kind != EventKind::observed) return false;
  const auto invariant = static_cast<Invariant>(event.to);
  return invariant == Invariant::double_unmap || invariant == Invariant::unmap_never_mapped;
}

std::vector<std::string> words_of(const TraceStep& taken, const std::vector<Event>& events,
                                  bool every_step, bool is_short, const Setup& setup) {
  std::vector<std::string> words;
  const sim::ActorId actor = taken.choice.actor;
  // A link's step without words would be missing: a loss is where a story begins.
  if (every_step || role_of(actor) == Role::link) {
    words.emplace_back(label_of(actor, taken.step_id).statement);
  }
  for (const Event& event : events) {
    if (!every_step && !is_noteworthy(event)) continue;
    if (is_short && (event.kind == EventKind::qp || is_said_by_unmap(event))) continue;
    words.push_back(is_short ? in_short(event, actor, taken.step_id, setup)
                             : in_words(event, setup));
  }
  return words;
}

}  // namespace

Lanes lanes_of(const Trace& trace, bool every_step, const Only& only) {
  Lanes lanes;
  lanes.messages = messages_of(trace);
  lanes.mrs = lives_of(trace);
  sim::ActorSet there;
  for (const TraceStep& step : trace.steps) there.insert(step.choice.actor);
  for (const Message& message : lanes.messages) there.insert(message.to);
  if (!every_step) {
    for (const sim::ActorId silent : who_pass_on(trace, lanes.messages)) {
      if (!only.lanes.empty() && only.has_lane(silent)) continue;  // asked for
      there.erase(silent);
      lanes.messages = without(silent, lanes.messages);
    }
  }
  if (only.any()) {
    keep_only(only, lanes);
    there = actors_of(trace, lanes, every_step, only);
  }
  for (const unsigned actor : there) lanes.actors.push_back(static_cast<sim::ActorId>(actor));
  std::sort(lanes.actors.begin(), lanes.actors.end(),
            [](sim::ActorId a, sim::ActorId b) { return place_of(a) < place_of(b); });
  return lanes;
}

std::vector<std::string> words_of(const Trace& trace, std::size_t step, bool every_step) {
  const TraceStep& taken = trace.steps[step - 1];
  return words_of(taken, taken.events, every_step, false, trace.scenario.setup);
}

std::vector<Moment> moments_of(const Trace& trace, const Lanes& lanes, bool every_step,
                               const Only& only) {
  const std::vector<std::vector<Event>> events = events_about(trace, only);
  const std::vector<bool> is_about = steps_about(trace, only);
  // If a picture has one MR, no word needs to name it.
  const bool is_short = only.mrs.size() == 1;
  std::vector<Moment> all(trace.steps.size());
  for (std::size_t i = 0; i < lanes.messages.size(); ++i) {
    const Message& message = lanes.messages[i];
    all[message.sent - 1].sends.push_back(i);
    if (message.taken != 0) all[message.taken - 1].takes.push_back(i);
  }
  for (std::size_t i = 0; i < all.size(); ++i) {
    Moment& moment = all[i];
    moment.step = i + 1;
    moment.actor = trace.steps[i].choice.actor;
    moment.is_for_all = only.any() && role_of(moment.actor) == Role::link &&
                        (only.lanes.empty() || !only.has_lane(moment.actor));
    if (!is_about[i] || !(moment.is_for_all || only.has_lane(moment.actor))) continue;
    moment.words = words_of(trace.steps[i], events[i], every_step, is_short, trace.scenario.setup);
    if (only.any() && moment.words.empty() && moment.sends.empty()) {
      for (const std::size_t index : moment.takes) {
        const Message& message = lanes.messages[index];
        const bool is_its = is_short && message.kind == MessageKind::completion;
        moment.words.push_back(is_its ? "take completion" : taken_in_words(message));
      }
    }
    moment.is_violation = std::any_of(events[i].begin(), events[i].end(), [](const Event& event) {
      return event.kind == EventKind::violation;
    });
  }
  std::erase_if(all, [](const Moment& moment) {
    return moment.words.empty() && moment.sends.empty() && moment.takes.empty();
  });
  return all;
}

std::vector<std::size_t> steps_between(const Trace& trace, const std::vector<Moment>& moments) {
  std::vector<std::size_t> between;
  std::size_t last = 0;
  for (const Moment& moment : moments) {
    between.push_back(moment.step - last - 1);
    last = moment.step;
  }
  between.push_back(trace.steps.size() - last);
  return between;
}

std::string steps_in_words(std::size_t steps) {
  return std::to_string(steps) + (steps == 1 ? " step" : " steps");
}

std::string taken_in_words(const Message& message) {
  const bool is_news = message.kind == MessageKind::connection || message.kind == MessageKind::wake;
  return (is_news ? "" : "take ") + message.text;
}

std::string last_word(const Trace& trace) {
  return (trace.end == sim::End::violation ? "VIOLATION: " : "") + end_in_words(trace);
}

std::string run_in_words(const Trace& trace) {
  return trace.scenario.name + " under " + policy_in_words(trace.policy);
}

std::string run_in_words(const Trace& trace, const Only& only, std::size_t shown) {
  if (!only.any()) return run_in_words(trace);
  return run_in_words(trace) + "; only " + in_words(only) + ": " + std::to_string(shown) + " of " +
         steps_in_words(trace.steps.size());
}

}  // namespace tools
