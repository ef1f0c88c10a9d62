// SPDX-License-Identifier: MIT
//
// The text report.
#include "tools/run/report_text.h"

#include <algorithm>
#include <cstdio>
#include <optional>

#include "model/kernel/mr_lists.h"
#include "model/labels.h"
#include "model/property/properties.h"
#include "model/scenario/names.h"
#include "model/trace/ledger.h"
#include "sim/fingerprint.h"
#include "tools/app/search_setup.h"
#include "tools/words/numbers.h"
#include "tools/words/shell.h"
#include "tools/words/text_layout.h"
#include "tools/words/words.h"

namespace tools {
namespace {

using namespace model;

/// "    17  RPC task 1          frwr_op_map: what", with the time in microseconds behind the
/// number if the trace is timed.
std::string row(const Trace& trace, bool is_timed, std::size_t step, const std::string& what,
                const Style& style) {
  const TraceStep& taken = trace.steps[step - 1];
  char number[64];
  if (is_timed) {
    std::snprintf(number, sizeof number, "%6zu  %10llu.%03llu  ", step,
                  static_cast<unsigned long long>(taken.time_ns / 1000),
                  static_cast<unsigned long long>(taken.time_ns % 1000));
  } else {
    std::snprintf(number, sizeof number, "%6zu  ", step);
  }
  return step_row(number, taken.choice.actor, taken.step_id, what, style);
}

/// Every map, unmap and fr_state write of an MR, and what happened to its WRs.
std::string mr_history(const Trace& trace, MrId mr, const Style& style) {
  const bool is_timed = trace.is_timed();
  const auto ledger = ledger_of(trace);
  std::string text;
  for (std::size_t i = 0; i < trace.steps.size(); ++i) {
    const TraceStep& step = trace.steps[i];
    for (const Event& event : step.events) {
      const bool about_its_wr =
          names_mr(event.wr) && event.wr.subject() == mr && event.kind != EventKind::polled;
      if (event.mr != mr && !about_its_wr) continue;
      if (event.kind == EventKind::moved || event.kind == EventKind::rkey_bump) continue;
      std::string what = in_words(event, trace.scenario.setup);
      if (event.kind == EventKind::dma_map || event.kind == EventKind::dma_unmap) {
        const auto entry = std::find_if(ledger.begin(), ledger.end(), [&](const LedgerEntry& e) {
          return e.step == i + 1 && e.mr == mr;
        });
        char address[64];
        std::snprintf(address, sizeof address, ", mapping %u, iova 0x%llx, %u pages",
                      entry->generation, static_cast<unsigned long long>(entry->iova),
                      entry->pages);
        what += address;
      }
      const std::string rows = row(trace, is_timed, i + 1, what, style);
      text += event.kind == EventKind::violation ? style.bad_lines(rows) : rows;
    }
  }
  return text;
}

/// What DMA-API debugging would print, if it would notice the violation; and, if the
/// message names a mapping that did nothing wrong, which unmap did.
std::optional<std::string> kernel_lines(const Trace& trace, const Style& style) {
  if (trace.violation.invariant != Invariant::double_unmap &&
      trace.violation.invariant != Invariant::unmap_never_mapped) {
    return std::nullopt;
  }
  const std::vector<LedgerEntry> ledger = ledger_of(trace);
  std::string text = "  " + dma_api_line(ledger.back()) + "\n";
  if (const LedgerEntry* culprit = culprit_of(ledger)) {
    text += hanging("  ",
                    "MR " + std::to_string(ledger.back().mr) + " is the victim: at step " +
                        std::to_string(culprit->step) + " the second unmap of MR " +
                        std::to_string(culprit->mr) + " took its mapping away (" +
                        std::string(long_name(culprit->actor)) + ", " +
                        std::string(label_of(culprit->actor, culprit->step_id).function) + ")",
                    style.width());
  }
  return text;
}

/// For a deadlock: every RPC and worker that has not finished, and its next step.
std::string who_waits(const Trace& trace, const Style& style) {
  const RaceModel model = model_of(trace.scenario, trace.policy);
  const World w = world_after(model, trace.schedule(), trace.steps.size());
  std::string text;
  const auto add = [&](std::string_view who, std::string_view function, const std::string& what) {
    text += hanging("        " + padded(std::string(who), actor_columns),
                    std::string(function) + ": " + what, style.width());
  };
  for (unsigned i = 1; i <= model.setup().rpc_count; ++i) {
    const auto id = static_cast<RpcId>(i);
    const Rpc& rpc = w.rpc(id);
    if (rpc.pc != TaskPc::done) {
      const Label label = label_of(task_of(id), RaceModel::step_id(w, task_of(id)));
      std::string what = "waits before: " + std::string(label.statement);
      if (rpc.on_pending)
        what = "asleep on the pending queue, and nothing is left that would wake it";
      if (w.locked_by != 0 && w.locked_by != id) {
        what += (w.locked_by == connect_owner ? std::string("; the connect worker")
                                              : "; RPC " + std::to_string(w.locked_by)) +
                " holds the transport lock";
      }
      add(long_name(task_of(id)), label.function, what);
    }
    if (w.handler(id).pc != ReplyPc::idle) {
      const sim::ActorId actor = reply_handler_of(id);
      const Label label = label_of(actor, RaceModel::step_id(w, actor));
      add(long_name(actor), label.function,
          "waits for: " + std::string(label.statement) +
              (w.handler(id).mr != 0 ? ", MR " + std::to_string(w.handler(id).mr) : ""));
    }
  }
  if (w.connect != ConnectPc::idle) {
    const Label label = label_of(connect_actor, RaceModel::step_id(w, connect_actor));
    add(long_name(connect_actor), label.function, "waits for: " + std::string(label.statement));
  }
  return text;
}

std::string failure(const Trace& trace, const Style& style) {
  const InvariantEntry entry = entry_of(trace.violation.invariant, trace.scenario.setup);
  std::string text =
      "\n" + style.bad(end_in_words(trace)) + "\n" +
      hanging("  violated: ", std::string(entry.meaning) + " (" + std::string(entry.name) + ")",
              style.width());
  if (trace.violation.invariant == Invariant::rpc_finishes) {
    text += "\n" + style.strong("Who waits for what") + "\n" + who_waits(trace, style);
  }
  if (trace.violation.mr != 0) {
    const std::string title = "History of MR " + std::to_string(trace.violation.mr);
    text += "\n" + style.strong(title) + "\n" + mr_history(trace, trace.violation.mr, style);
  }
  if (const auto lines = kernel_lines(trace, style)) {
    text += "\n" + style.strong("What a kernel with DMA-API debugging would print") + "\n" + *lines;
  }
  return text;
}

}  // namespace

std::string step_row(const std::string& front, sim::ActorId actor, std::uint8_t step_id,
                     const std::string& what, const Style& style) {
  const std::string who(long_name(actor));
  const std::string function(label_of(actor, step_id).function);
  return hanging(padded(front + who, columns_of(front) + actor_columns),
                 (function == who ? "" : function + ": ") + what, style.width());
}

bool violates(const TraceStep& step) {
  return std::any_of(step.events.begin(), step.events.end(),
                     [](const Event& event) { return event.kind == EventKind::violation; });
}

std::string header_lines(const Scenario& scenario, const std::string& policy, const Style& style) {
  return line("scenario", style.strong(scenario.name) + ": " + scenario.title, style.width()) +
         line("guards", scenario.guards_in_force(), style.width()) +
         line("policy", policy_in_words(policy), style.width());
}

std::string timeline_text(const Trace& trace, bool every_step, const Style& style) {
  const bool is_timed = trace.is_timed();
  std::string text = std::string("  step  ") + (is_timed ? "            us  " : "") +
                     padded("who", actor_columns) + "where: what\n";
  for (std::size_t i = 0; i < trace.steps.size(); ++i) {
    const std::string what = in_words(trace.steps[i], every_step, trace.scenario.setup);
    if (what.empty()) continue;
    const std::string rows = row(trace, is_timed, i + 1, what, style);
    text += violates(trace.steps[i]) ? style.bad_lines(rows) : rows;
  }
  return text;
}

std::string text_report(const Trace& trace, const RunSource& source, bool every_step,
                        const Style& style) {
  const sim::Verdict verdict = sim::verdict_of(trace.end);
  const std::string name(sim::name_of(verdict));
  std::string text = header_lines(trace.scenario, trace.policy, style);
  text += line("strategy", in_words(trace.origin), style.width());
  text += line("verdict",
               (verdict == sim::Verdict::violated     ? style.bad(name)
                : verdict == sim::Verdict::none_found ? style.good(name)
                                                      : style.strong(name)) +
                   ": " + end_in_words(trace),
               style.width());
  text += line("fingerprint", sim::hex(trace.fingerprint));
  const bool failed = verdict == sim::Verdict::violated;
  if (every_step || failed) {
    text += "\n" + style.strong("Timeline") + "\n" + timeline_text(trace, every_step, style);
  }
  if (failed) text += failure(trace, style);
  if (failed || verdict == sim::Verdict::bound_reached) {
    text += "\n" + style.strong("Replay with") + "\n  frwrsim replay " +
            scenario_arguments(source.argument, trace.scenario.never) + " --policy " +
            shell_quoted(trace.policy) +
            (source.is_trace_file ? "" : " --schedule " + trace.token()) + "\n";
  }
  return text;
}

}  // namespace tools
