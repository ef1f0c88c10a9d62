// SPDX-License-Identifier: MIT
//
// Collecting what the lines say about themselves.
#include "tools/audit/source.h"

#include <algorithm>

namespace tools::audit {
namespace {

void remember(std::vector<std::string>& all, std::string_view name) {
  constexpr std::size_t most = 64;
  constexpr std::size_t longest = 128;
  name = name.substr(0, longest);
  if (name.empty() || all.size() == most) return;
  if (std::find(all.begin(), all.end(), name) == all.end()) all.emplace_back(name);
}

bool is_of_client(std::string_view name) {
  return name.starts_with("xprtrdma_") || name.starts_with("rpcrdma_client_");
}

void count(std::map<std::string, std::uint64_t, std::less<>>& names, std::string_view name) {
  constexpr std::size_t most = 500;
  constexpr std::size_t longest = 64;
  name = name.substr(0, longest);
  const auto known = names.find(name);
  if (known != names.end()) {
    ++known->second;
  } else if (names.size() < most) {
    names.emplace(name, 1);
  }
}

}  // namespace

void Source::take(const TraceLine& line, std::uint64_t number) {
  ++lines_;
  number_ = number;
  printk_lines_ += line.is_printk && line.kind != LineKind::event ? 1 : 0;
  switch (line.kind) {
    case LineKind::event:
      return take_event(line, number);
    case LineKind::begins:
      begins_as_ = line.layout;
      cpus_named_ = std::max(cpus_named_, line.cpus);
      return;
    case LineKind::counts:
      in_buffer_ = line.first;
      written_ = line.second;
      cpus_named_ = std::max(cpus_named_, line.cpus);
      return;
    case LineKind::lost:
      lost_ += line.first;
      ++lost_lines_;
      lost_unknown_ = lost_unknown_ || line.first == 0;
      // The mark does not say where: the kernel may print it behind the next gap.
      if (lost_lines_ == 1) gaps_.add(0, UINT64_MAX);
      return;
    case LineKind::gap:
      ++left_out_;
      gaps_.add(last_event_, number);
      return;
    case LineKind::cpu_begins:
    case LineKind::text:
      return;
  }
}

void Source::take_event(const TraceLine& line, std::uint64_t number) {
  ++events_;
  ++layouts_[static_cast<std::size_t>(line.layout)];
  if (line.clock != Clock::none) {
    if (clock_ == Clock::none) first_time_ = line.time;
    clock_ = line.clock;
    last_time_ = line.time;
  }
  if (line.cpu >= 0) {
    constexpr std::size_t most_cpus = 8192;
    const auto known = cpus_.find(line.cpu);
    if (known != cpus_.end()) {
      known->second = number;
    } else if (cpus_.size() < most_cpus) {
      // What the buffer of this CPU had before was overwritten.
      if (written_ > in_buffer_) gaps_.add(0, number);
      cpus_.emplace(line.cpu, number);
    }
  }
  if (is_of_client(line.name)) {
    ++client_events_;
    if (client_events_ == 1) {
      const EventKind kind = kind_of(line.name);
      begins_before_connect_ = kind == EventKind::op_connect || kind == EventKind::device;
    }
  }
  const bool is_mark = line.name == "tracing_mark_write";
  if (first_event_ == 0 && !is_mark) first_event_ = number;
  last_event_ = number;
  count(names_, line.name);
  if (line.name == "xprtrdma_dma_unmap" || line.name == "xprtrdma_localinv" ||
      line.name == "xprtrdma_remoteinv") {
    has_names_of_4_16_ = true;
  }
}

void Source::take(const MrEvent& event) {
  ++kinds_[static_cast<std::size_t>(event.kind)];
  const Spelling& its = event.spelling;
  spelling_.raw = spelling_.raw || its.raw;
  spelling_.pointer = spelling_.pointer || its.pointer;
  spelling_.state = spelling_.state || its.state;
  spelling_.cq = spelling_.cq || its.cq;
  spelling_.wide_task = spelling_.wide_task || its.wide_task;
  spelling_.anonymous = spelling_.anonymous || its.anonymous;
  if (static_cast<unsigned>(event.kind) < mr_event_kinds) {
    spelling_.cid = spelling_.cid || its.cid;
    has_number_ = has_number_ || !its.pointer;
  }
  has_task_ = has_task_ || event.owner.is_known;
  if (event.kind == EventKind::device) {
    names_devices_ = true;
    remember(devices_, event.device);
  }
  remember(peers_, event.peer);
  if (event.kind == EventKind::connect && event.is_up) {
    ++connects_;
    several_transports_ = several_transports_ || is_up_;
    is_up_ = true;
  }
  if (event.kind == EventKind::disconnect) {
    is_up_ = false;
    disconnected_ = number_;
  }
  const bool begins_anew = event.kind == EventKind::connect || event.kind == EventKind::op_connect;
  if (begins_anew) last_teardown_ = disconnected_;
}

void Source::take_unreadable(std::uint64_t number) {
  ++unreadable_;
  gaps_.add(number - 1, number + 1);
}

std::uint64_t Source::overwritten() const {
  return written_ > in_buffer_ ? written_ - in_buffer_ : 0;
}

std::uint64_t Source::cut_off() const { return in_buffer_ > events_ ? in_buffer_ - events_ : 0; }

bool Source::is_complete() const {
  return overwritten() == 0 && lost_lines_ == 0 && left_out_ == 0 && cut_off() == 0 &&
         unreadable_ == 0;
}

bool Source::is_sorted() const {
  return begins_as_ != Layout::none || layouts_[static_cast<std::size_t>(Layout::console)] > 0;
}

std::string Source::layout() const {
  if (events_ == 0) return "no trace";
  const auto most = std::max_element(layouts_.begin(), layouts_.end()) - layouts_.begin();
  std::string text;
  switch (static_cast<Layout>(most)) {
    case Layout::console:
      text = "ftrace_dump of a console";
      break;
    case Layout::pasted:
      text = "pasted lines";
      break;
    case Layout::trace_cmd:
      text = "trace-cmd report";
      break;
    default:
      text = "tracefs trace_pipe, or lines of trace without its header";
      if (begins_as_ == Layout::trace_cmd) text = "trace-cmd report";
      if (begins_as_ == Layout::tracefs) text = "tracefs trace";
  }
  if (spelling_.raw) text += " -R";
  if (printk_lines_ > 0) text += ", mixed with a kernel's log";
  return text;
}

KernelAge Source::age() const {
  if (spelling_.raw) return {"5.11 or later", "task_id and mr_id"};
  if (spelling_.pointer) {
    if (has_names_of_4_16_) return {"4.16 to 4.20", "mr=, xprtrdma_dma_unmap"};
    if (spelling_.state) return {"5.0 to 5.2", "mr=, state="};
    return {"5.0 to 5.5", "mr="};
  }
  if (!has_number_) return {"not known", "no event of an MR"};
  if (!has_task_ && !spelling_.cq) return {"5.6 to 5.10", "mr.id= without task or cq.id="};
  if (spelling_.cid) return {"5.11 or 5.12", "task:, cid= of an MR's completion"};
  if (names_devices_) return {"6.11 or later", "rpcrdma_client_register"};
  if (spelling_.wide_task) return {"5.16 or later", "task: in eight digits"};
  if (count_of(EventKind::fastreg) > 0) return {"5.13 to 5.15", "mr_fastreg"};
  return {"5.11 or later", "task:"};
}

}  // namespace tools::audit
