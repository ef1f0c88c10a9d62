// SPDX-License-Identifier: MIT
//
// The trace-event format of chrome://tracing and ui.perfetto.dev.
// ("Trace Event Format", Google, 2016: complete, flow, instant and metadata events.)
//
// What an MR is, is shown as threads of a second process, one for fr_state and one for
// the mapping: a counter would show a number where the state has a name.
#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "model/labels.h"
#include "model/scenario/names.h"
#include "tools/render/lanes.h"
#include "tools/render/render.h"
#include "tools/words/words.h"

namespace tools {
namespace {

using Json = nlohmann::ordered_json;

constexpr int contexts_pid = 1;
constexpr int mrs_pid = 2;

class TraceEvents {
 public:
  explicit TraceEvents(const model::Trace& trace) : trace_(trace), lanes_(lanes_of(trace, true)) {}

  std::string document() {
    add_names();
    for (std::size_t step = 1; step <= trace_.steps.size(); ++step) add_step(step);
    for (std::size_t i = 0; i < lanes_.messages.size(); ++i) add_flow(i);
    for (const MrLife& life : lanes_.mrs) add_mr(life);
    add_end();
    // Some readers require it. At the same moment a slice comes before what begins in
    // it.
    std::stable_sort(timed_.begin(), timed_.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    for (auto& [time, event] : timed_) events_.push_back(std::move(event));
    const Json document{
        {"traceEvents", std::move(events_)},
        {"displayTimeUnit", "ns"},
        {"otherData",
         {{"scenario", trace_.scenario.name},
          {"title", model::printable(trace_.scenario.title)},
          {"policy", trace_.policy},
          {"end", last_word(trace_)},
          {"clock", trace_.is_timed() ? "virtual time" : "one microsecond per step, no claim"}}}};
    return document.dump(1) + "\n";
  }

 private:
  [[nodiscard]] std::uint64_t time_ns(std::size_t step) const {
    return step == 0 ? 0 : trace_.steps[step - 1].time_ns;
  }

  /// Microseconds. Whole numbers where possible: shorter, and exact.
  static Json microseconds(std::uint64_t ns) {
    if (ns % 1000 == 0) return ns / 1000;
    return static_cast<double>(ns) / 1000;
  }

  void add_name(const char* what, int pid, int tid, const Json& args) {
    events_.push_back({{"name", what}, {"ph", "M"}, {"pid", pid}, {"tid", tid}, {"args", args}});
  }

  static int tid_of(sim::ActorId actor) { return actor + 1; }
  static int tid_of_state(model::MrId mr) { return 2 * mr; }
  static int tid_of_mapping(model::MrId mr) { return 2 * mr + 1; }

  void add_names() {
    add_name("process_name", contexts_pid, 0, {{"name", run_in_words(trace_)}});
    add_name("process_sort_index", contexts_pid, 0, {{"sort_index", 0}});
    int place = 0;
    for (const sim::ActorId actor : lanes_.actors) {
      add_name("thread_name", contexts_pid, tid_of(actor), {{"name", model::long_name(actor)}});
      add_name("thread_sort_index", contexts_pid, tid_of(actor), {{"sort_index", place++}});
    }
    if (lanes_.mrs.empty()) return;
    add_name("process_name", mrs_pid, 0, {{"name", "memory regions"}});
    add_name("process_sort_index", mrs_pid, 0, {{"sort_index", 1}});
    for (const MrLife& life : lanes_.mrs) {
      const std::string mr = "MR " + std::to_string(life.mr);
      add_name("thread_name", mrs_pid, tid_of_state(life.mr), {{"name", mr + " fr_state"}});
      add_name("thread_name", mrs_pid, tid_of_mapping(life.mr), {{"name", mr + " DMA mapping"}});
    }
  }

  /// A step takes a microsecond, or less if its context takes the next one earlier: a
  /// picture needs an extent where the model has a moment.
  [[nodiscard]] std::uint64_t duration_ns(std::size_t step) const {
    const sim::ActorId actor = trace_.steps[step - 1].choice.actor;
    for (std::size_t next = step; next < trace_.steps.size(); ++next) {
      const std::uint64_t apart = trace_.steps[next].time_ns - time_ns(step);
      if (apart >= 1000) break;
      if (trace_.steps[next].choice.actor == actor) return apart;
    }
    return 1000;
  }

  void add(std::uint64_t time, Json event) { timed_.emplace_back(time, std::move(event)); }

  void add_slice(const std::string& name, const char* category, int pid, int tid,
                 std::uint64_t from, std::uint64_t duration, const Json& args) {
    add(from, {{"name", name},
               {"cat", category},
               {"ph", "X"},
               {"ts", microseconds(from)},
               {"dur", microseconds(duration)},
               {"pid", pid},
               {"tid", tid},
               {"args", args}});
  }

  void add_step(std::size_t step) {
    const model::TraceStep& taken = trace_.steps[step - 1];
    const model::Label label = model::label_of(taken.choice.actor, taken.step_id);
    Json did = Json::array();
    for (const model::Event& event : taken.events)
      did.push_back(in_words(event, trace_.scenario.setup));
    add_slice(std::string(label.function) + ": " + std::string(label.statement), "step",
              contexts_pid, tid_of(taken.choice.actor), time_ns(step), duration_ns(step),
              {{"step", step}, {"did", did}});
  }

  /// A message that no context took has no other end, and is no flow.
  void add_flow(std::size_t index) {
    const Message& message = lanes_.messages[index];
    if (message.taken == 0) return;
    const auto end = [&](const char* phase, std::size_t step, sim::ActorId actor) {
      Json event{{"name", message.text},
                 {"cat", "message"},
                 {"ph", phase},
                 {"id", index + 1},
                 {"ts", microseconds(time_ns(step))},
                 {"pid", contexts_pid},
                 {"tid", tid_of(actor)}};
      if (*phase == 'f') event["bp"] = "e";  // ends in the slice that is there, not the next one
      add(time_ns(step), std::move(event));
    };
    end("s", message.sent, message.from);
    end("f", message.taken, message.to);
  }

  void add_mr(const MrLife& life) {
    const std::uint64_t end = time_ns(trace_.steps.size()) + 1000;
    for (std::size_t i = 0; i < life.spans.size(); ++i) {
      const MrSpan& span = life.spans[i];
      const auto until = [&](auto differs) {
        std::size_t next = i + 1;
        while (next < life.spans.size() && !differs(life.spans[next])) ++next;
        return next < life.spans.size() ? time_ns(life.spans[next].from) : end;
      };
      const std::uint64_t from = time_ns(span.from);
      const bool is_first = i == 0;
      if (is_first || life.spans[i - 1].fr_state != span.fr_state) {
        const std::uint64_t to =
            until([&](const MrSpan& other) { return other.fr_state != span.fr_state; });
        add_slice(std::string(name_of(model::fr_state_names, span.fr_state)), "fr_state", mrs_pid,
                  tid_of_state(life.mr), from, to - from, {{"step", span.from}});
      }
      if (span.is_mapped && (is_first || !life.spans[i - 1].is_mapped)) {
        const std::uint64_t to = until([](const MrSpan& other) { return !other.is_mapped; });
        add_slice("mapped", "dma", mrs_pid, tid_of_mapping(life.mr), from, to - from,
                  {{"step", span.from}});
      }
    }
  }

  void add_end() {
    if (trace_.end != sim::End::violation || trace_.steps.empty()) return;
    add(time_ns(trace_.steps.size()), {{"name", last_word(trace_)},
                                       {"cat", "violation"},
                                       {"ph", "i"},
                                       {"s", "g"},
                                       {"ts", microseconds(time_ns(trace_.steps.size()))},
                                       {"pid", contexts_pid},
                                       {"tid", tid_of(trace_.steps.back().choice.actor)}});
  }

  const model::Trace& trace_;
  Lanes lanes_;
  Json events_ = Json::array();
  std::vector<std::pair<std::uint64_t, Json>> timed_;  // nanoseconds
};

}  // namespace

std::string perfetto_trace(const model::Trace& trace) { return TraceEvents(trace).document(); }

}  // namespace tools
