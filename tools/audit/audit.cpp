// SPDX-License-Identifier: MIT
//
// From lines to a verdict.
#include "tools/audit/audit.h"

#include <algorithm>
#include <array>
#include <unordered_map>

namespace tools::audit {
namespace {

constexpr std::array<std::string_view, 4> verdict_names{"nothing_violated", "violated", "undecided",
                                                        "no_trace"};

/// Names of tasks as numbers, bounded.
class Names {
 public:
  std::uint32_t number_of(std::string_view name) {
    if (name == last_) return last_number_;
    constexpr std::size_t most = std::size_t{1} << 16;
    constexpr std::size_t longest = 64;
    std::string key(name.substr(0, longest));
    const auto known = numbers_.find(key);
    std::uint32_t number = 0;
    if (known != numbers_.end()) {
      number = known->second;
    } else if (all_.size() < most) {
      number = static_cast<std::uint32_t>(all_.size());
      all_.push_back(key);
      numbers_.emplace(std::move(key), number);
    }
    last_ = all_[number];
    last_number_ = number;
    return number;
  }
  std::vector<std::string> take() { return std::move(all_); }

 private:
  std::vector<std::string> all_{""};
  std::unordered_map<std::string, std::uint32_t> numbers_{{"", 0}};
  std::string last_{};
  std::uint32_t last_number_ = 0;
};

/// A part while it is read.
class Reading {
 public:
  explicit Reading(std::uint64_t first_line) { part_.first_line = first_line; }

  [[nodiscard]] bool has_events() const { return part_.source.events() > 0; }

  void take(const TraceLine& line, std::uint64_t number, Names& names) {
    part_.source.take(line, number);
    last_line_ = number;
    if (line.kind != LineKind::event) return;
    const EventKind kind = kind_of(line.name);
    if (!line.name.starts_with("xprtrdma_")) {
      if (kind == EventKind::other) return;
    } else {
      ledger_.take_step(names.number_of(line.who), number);
      if (kind == EventKind::other) return;
    }
    const auto event = parse_mr_event(kind, line.fields);
    if (!event) return part_.source.take_unreadable(number);
    part_.source.take(*event);
    if (kind == EventKind::marshal) return ledger_.take_marshal(event->owner, event->xid, number);
    if (kind == EventKind::createmrs) return ledger_.take_createmrs(number);
    if (static_cast<unsigned>(kind) >= mr_event_kinds) return;
    ledger_.take(*event, {number, line.time, names.number_of(line.who), line.cpu, kind,
                          event->status, event->owner});
  }

  Part finish() {
    const Source& source = part_.source;
    Circumstances c;
    c.gaps = &source.gaps();
    c.beginning_is_known = source.begins_before_connect() && source.overwritten() == 0;
    c.several_devices = source.has_several_devices();
    c.one_transport = source.peers().size() == 1 && !source.has_several_transports() &&
                      source.begins_before_connect();
    c.dies_with_connection = source.mrs_die_with_connection();
    c.one_cpu = source.cpus_seen() == 1 && source.cpus_named() > 1;
    c.has_times = source.clock() != Clock::none;
    c.is_sorted = source.is_sorted();
    c.last_teardown = source.last_teardown();
    c.last_line = last_line_ + 1;
    part_.findings = ledger_.finish(c);
    part_.counts = ledger_.counts();
    part_.findings_left_off = ledger_.findings_left_off();
    part_.skipped_registrations = c.several_devices ? 0 : ledger_.skipped_registrations();
    return std::move(part_);
  }

 private:
  Part part_{};
  Ledger ledger_{};
  std::uint64_t last_line_ = 0;
};

}  // namespace

std::string_view name_of(Verdict verdict) {
  return verdict_names[static_cast<std::size_t>(verdict)];
}

std::size_t Part::violations() const {
  return static_cast<std::size_t>(
      std::count_if(findings.begin(), findings.end(),
                    [](const Finding& finding) { return finding.doubt == Doubt::none; }));
}

Verdict Part::verdict() const {
  if (violations() > 0) return Verdict::violated;
  if (source.events() == 0) return Verdict::no_trace;
  const bool is_sure = findings.empty() && source.is_complete() && skipped_registrations == 0 &&
                       counts.maps > 0 && counts.unmaps > 0 && counts.unnamed == 0;
  return is_sure ? Verdict::nothing_violated : Verdict::undecided;
}

Verdict Audit::verdict() const {
  bool has_trace = false;
  Verdict all = Verdict::nothing_violated;
  for (const Part& part : parts) {
    const Verdict verdict = part.verdict();
    if (verdict == Verdict::violated) return verdict;
    if (verdict == Verdict::undecided) all = verdict;
    has_trace = has_trace || verdict != Verdict::no_trace;
  }
  return has_trace ? all : Verdict::no_trace;
}

Audit audit_lines(LineReader& reader, const std::string& name, const Progress& progress) {
  Audit audit;
  audit.name = name;
  Names names;
  Reading reading(1);
  constexpr std::uint64_t step = std::uint64_t{1} << 24;
  std::uint64_t next = step;
  std::string_view text;
  while (reader.next(text)) {
    const TraceLine line = parse_trace_line(text);
    if (line.kind == LineKind::begins && reading.has_events()) {
      audit.parts.push_back(reading.finish());
      reading = Reading(reader.line_number());
    }
    reading.take(line, reader.line_number(), names);
    if (progress && reader.bytes_read() >= next) {
      progress(reader.bytes_read());
      next = reader.bytes_read() + step;
    }
  }
  audit.parts.push_back(reading.finish());
  audit.tasks = names.take();
  audit.bytes = reader.bytes_read();
  audit.cut_lines = reader.cut_lines();
  return audit;
}

}  // namespace tools::audit
