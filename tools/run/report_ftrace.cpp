// SPDX-License-Identifier: MIT
//
// The ftrace form.
#include "tools/run/report_ftrace.h"

#include <array>
#include <cstdarg>
#include <cstdio>

#include "model/labels.h"
#include "model/scenario/names.h"
#include "model/trace/ledger.h"
#include "sim/fingerprint.h"
#include "tools/words/words.h"

namespace tools {
namespace {

using namespace model;

__attribute__((format(printf, 1, 2))) std::string format(const char* form, ...) {
  char text[512];
  va_list values;
  va_start(values, form);
  std::vsnprintf(text, sizeof text, form, values);
  va_end(values);
  return text;
}

/// The task name and PID that an actor would have.
std::string task_name(sim::ActorId actor) {
  switch (role_of(actor)) {
    case Role::task:
      return format("kworker/u4:%u-%u", unsigned{rpc_of(actor)}, 100u + rpc_of(actor));
    case Role::reply_handler:
      return format("kworker/1:%uH-%u", unsigned{rpc_of(actor)}, 110u + rpc_of(actor));
    case Role::softirq:
      return "ksoftirqd/0-9";
    case Role::recovery_worker:
      return "kworker/0:1-121";
    case Role::refresh_worker:
      return "kworker/0:2-122";
    case Role::connect_worker:
      return "kworker/0:3-123";
    case Role::rep_connect_worker:
      return "kworker/0:4-124";
    case Role::conn_upcall:
      return "kworker/u5:0-130";
    case Role::rnic:
    case Role::link:
    case Role::server:
    case Role::signal:
    case Role::timer:
      break;
  }
  return "<" + std::string(long_name(actor)) + ">-0";
}

/// An address-like name for an MR, as %p would print it.
unsigned long long mr_pointer(MrId mr) { return 0xffff880400000000ull + 0x200ull * mr; }

/// rkeys as a device would give them: an index that a fresh MR changes, and a
/// low byte that op_map bumps.
class Rkeys {
 public:
  Rkeys() {
    for (std::uint32_t& key : key_) key = next_ += 0x100;
  }
  void note(const Event& event) {
    if (event.kind == EventKind::alloc) key_.at(event.mr) = next_ += 0x100;
    if (event.kind == EventKind::rkey_bump) {
      std::uint32_t& key = key_.at(event.mr);
      key = (key & ~0xffu) | ((key + 1) & 0xffu);
    }
  }
  [[nodiscard]] std::uint32_t of(MrId mr) const { return key_.at(mr); }

 private:
  std::uint32_t next_ = 0x8000;
  std::array<std::uint32_t, max_mrs + 1> key_{};
};

std::string completion(const Event& event, std::string_view point) {
  return format("%s: mr=0x%016llx state=%s: WR_FLUSH_ERR (5/0x0)", std::string(point).c_str(),
                mr_pointer(event.mr), std::string(fr_state_names.at(event.to)).c_str());
}

/// The tracepoint an event would fire, or the function and what it did.
std::string line_of(const TraceStep& step, const Event& event, const LedgerEntry* entry,
                    const Rkeys& rkeys, const Setup& setup) {
  const Label label = label_of(step.choice.actor, step.step_id);
  switch (event.kind) {
    case EventKind::dma_map:
    case EventKind::dma_unmap:
      return format("xprtrdma_mr_%s: mr=0x%016llx %u@0x%016llx:0x%08x (%s)",
                    event.kind == EventKind::dma_map ? "map" : "unmap", mr_pointer(event.mr),
                    entry->pages * page_size, static_cast<unsigned long long>(entry->iova),
                    rkeys.of(event.mr),
                    std::string(name_of(direction_names, entry->direction)).c_str());
    case EventKind::fr_state:
      if (label.function == "frwr_wc_fastreg") {
        return completion(event, "xprtrdma_wc_fastreg");
      }
      if (role_of(step.choice.actor) == Role::softirq) {
        return completion(event, "xprtrdma_wc_li");
      }
      break;
    case EventKind::posted:
      if (event.wr.kind() == WrKind::send) {
        return format("xprtrdma_post_send: task:%u@1 (SQ) status=0", unsigned{event.wr.subject()});
      }
      break;
    case EventKind::marshal_failed:
      return format("xprtrdma_marshal: task:%u@1: failed %s", unsigned{event.rpc},
                    std::string(status_names.at(event.to)).c_str());
    case EventKind::connected:
      if (event.to == 0) return "xprtrdma_disconnect: peer=[192.0.2.1]:20049: disconnected";
      break;
    default:
      break;
  }
  return std::string(label.function) + ": " + in_words(event, setup);
}

}  // namespace

std::string ftrace_report(const Trace& trace) {
  std::string text = "# tracer: nop\n#\n# frwrsim scenario=" + trace.scenario.name +
                     " policy=" + trace.policy + " " + in_words(trace.origin) +
                     "\n# guards: " + trace.scenario.guards_in_force() +
                     "\n# fingerprint: " + sim::hex(trace.fingerprint) +
                     "\n#\n#           TASK-PID     CPU#  ||||   TIMESTAMP  FUNCTION\n"
                     "#              | |         |   ||||      |         |\n";
  const auto ledger = ledger_of(trace);
  std::size_t next_entry = 0;
  Rkeys rkeys;
  for (const TraceStep& step : trace.steps) {
    const std::uint64_t microseconds = step.time_ns / 1000;
    const std::string prefix =
        format("%20s [%03u] %s %5llu.%06llu: ", task_name(step.choice.actor).c_str(),
               role_of(step.choice.actor) == Role::task ? 1u : 0u,
               role_of(step.choice.actor) == Role::softirq ? "..s." : "....",
               static_cast<unsigned long long>(microseconds / 1000000),
               static_cast<unsigned long long>(microseconds % 1000000));
    for (const Event& event : step.events) {
      rkeys.note(event);
      const bool in_ledger = event.kind == EventKind::dma_map || event.kind == EventKind::dma_unmap;
      const LedgerEntry* entry = in_ledger ? &ledger[next_entry++] : nullptr;
      if (!is_noteworthy(event)) continue;
      text += prefix + line_of(step, event, entry, rkeys, trace.scenario.setup) + "\n";
      if (event.kind == EventKind::dma_unmap && entry->found != DmaState::mapped) {
        text += prefix + dma_api_line(*entry) + "\n";
      }
    }
  }
  return text;
}

}  // namespace tools
