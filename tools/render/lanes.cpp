// SPDX-License-Identifier: MIT
//
// Who took part in a run, and what went from one to another.
#include "tools/render/lanes.h"

#include <algorithm>
#include <array>

#include "model/trace/labels.h"
#include "tools/words/words.h"

namespace tools {

using namespace model;

namespace {

/// Neighbours in a picture: who hands over work, then who does it, then the connection.
constexpr std::array<Role, 13> order_of_roles{
    Role::task,        Role::recovery_worker,    Role::refresh_worker, Role::rnic,   Role::softirq,
    Role::server,      Role::reply_handler,      Role::link,           Role::signal, Role::timer,
    Role::conn_upcall, Role::rep_connect_worker, Role::connect_worker};

std::size_t place_of(sim::ActorId actor) {
  const auto role = std::find(order_of_roles.begin(), order_of_roles.end(), role_of(actor));
  return static_cast<std::size_t>(role - order_of_roles.begin()) * model::actor_count + actor;
}

/// From the events alone, which tell of every change but that op_map takes an unmapped
/// MR for one that was never mapped: to a picture the same.
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

/// What `silent` passed on goes straight from its sender to its receivers.
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

}  // namespace

Lanes lanes_of(const Trace& trace, bool every_step) {
  Lanes lanes;
  lanes.messages = messages_of(trace);
  lanes.mrs = lives_of(trace);
  sim::ActorSet there;
  for (const TraceStep& step : trace.steps) there.insert(step.choice.actor);
  for (const Message& message : lanes.messages) there.insert(message.to);
  if (!every_step) {
    for (const sim::ActorId silent : who_pass_on(trace, lanes.messages)) {
      there.erase(silent);
      lanes.messages = without(silent, lanes.messages);
    }
  }
  for (const unsigned actor : there) lanes.actors.push_back(static_cast<sim::ActorId>(actor));
  std::sort(lanes.actors.begin(), lanes.actors.end(),
            [](sim::ActorId a, sim::ActorId b) { return place_of(a) < place_of(b); });
  return lanes;
}

std::vector<std::string> words_of(const Trace& trace, std::size_t step, bool every_step) {
  const TraceStep& taken = trace.steps[step - 1];
  std::vector<std::string> words;
  // A link's step without a word would be missed: a loss is where a story begins.
  if (every_step || role_of(taken.choice.actor) == Role::link) {
    words.emplace_back(label_of(taken.choice.actor, taken.step_id).statement);
  }
  for (const Event& event : taken.events) {
    if (every_step || is_noteworthy(event)) words.push_back(in_words(event));
  }
  return words;
}

std::vector<Moment> moments_of(const Trace& trace, const Lanes& lanes, bool every_step) {
  std::vector<Moment> all(trace.steps.size());
  for (std::size_t i = 0; i < lanes.messages.size(); ++i) {
    const Message& message = lanes.messages[i];
    all[message.sent - 1].sends.push_back(i);
    if (message.taken != 0) all[message.taken - 1].takes.push_back(i);
  }
  for (std::size_t i = 0; i < all.size(); ++i) {
    const std::vector<Event>& events = trace.steps[i].events;
    all[i].step = i + 1;
    all[i].actor = trace.steps[i].choice.actor;
    all[i].words = words_of(trace, i + 1, every_step);
    all[i].is_violation = std::any_of(events.begin(), events.end(), [](const Event& event) {
      return event.kind == EventKind::violation;
    });
  }
  std::erase_if(all, [](const Moment& moment) {
    return moment.words.empty() && moment.sends.empty() && moment.takes.empty();
  });
  return all;
}

std::string last_word(const Trace& trace) {
  return (trace.end == sim::End::violation ? "VIOLATION: " : "") + end_in_words(trace);
}

std::string run_in_words(const Trace& trace) {
  return trace.scenario.name + " under " + policy_in_words(trace.policy);
}

}  // namespace tools
