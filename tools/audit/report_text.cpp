// SPDX-License-Identifier: MIT
//
// The text report.
#include <algorithm>
#include <map>

#include "model/invariants.h"
#include "model/scenario/input.h"
#include "tools/audit/report.h"
#include "tools/words/numbers.h"
#include "tools/words/text_layout.h"
#include "tools/words/told.h"

namespace tools::audit {
namespace {

constexpr std::size_t most_violations = 20;  // told with their histories
constexpr std::size_t most_lines = 10;       // of what is undecided for one reason

std::string clock_of(const Source& source) {
  switch (source.clock()) {
    case Clock::none:
      return "none: the order is that of the lines";
    case Clock::counter:
      return "a counter, " + std::to_string(source.first_time()) + " to " +
             std::to_string(source.last_time());
    case Clock::seconds:
      break;
  }
  return "seconds, " + time_text(source.first_time(), Clock::seconds) + " to " +
         time_text(source.last_time(), Clock::seconds);
}

std::string cpus_of(const Source& source) {
  if (source.cpus_seen() == 0) return "not said";
  std::string text = number(source.cpus_seen());
  if (source.cpus_named() != 0) text += " of " + number(source.cpus_named());
  return text + (source.cpus_seen() == 1 ? " has" : " have") + " events here";
}

std::string missing_of(const Part& part) {
  const Source& source = part.source;
  std::vector<std::string> all;
  if (const auto n = source.overwritten()) {
    all.push_back(plural(n, "event") + " overwritten before the text begins");
  }
  if (source.lost() > 0 || source.lost_unknown_number()) {
    all.push_back((source.lost_unknown_number() ? "an unknown number of events"
                                                : plural(source.lost(), "event")) +
                  " lost");
  }
  if (const auto n = source.left_out()) all.push_back("lines left out in " + plural(n, "place"));
  if (const auto n = source.cut_off()) {
    all.push_back(plural(n, "event") + " that the header counts and the text does not have");
  }
  if (const auto n = source.unreadable()) {
    all.push_back(plural(n, "event") + " whose fields cannot be read");
  }
  if (const auto n = part.skipped_registrations) {
    all.push_back("registrations, by " + plural(n, "gap") + " in the handles");
  }
  return all.empty() ? "nothing that the text says" : joined(all);
}

std::string events_of(const Source& source) {
  std::vector<std::string> here;
  for (unsigned kind = 0; kind < mr_event_kinds; ++kind) {
    const auto it = static_cast<EventKind>(kind);
    if (const auto n = source.count_of(it))
      here.push_back(std::string(name_of(it)) + " " + number(n));
  }
  const std::vector<std::string> missing = missing_events(source);
  std::string text = here.empty() ? "none of an MR" : joined(here);
  if (!missing.empty() && !here.empty()) text += "; not here: " + joined(missing);
  return text + "; " +
         plural(
             source.events() -
                 [&source] {
                   std::uint64_t n = 0;
                   for (unsigned kind = 0; kind < mr_event_kinds; ++kind) {
                     n += source.count_of(static_cast<EventKind>(kind));
                   }
                   return n;
                 }(),
             "other event");
}

std::string verdict_of(const Part& part) {
  const std::size_t undecided = part.findings.size() - part.violations();
  switch (part.verdict()) {
    case Verdict::no_trace:
      return "no trace: no line is an event of ftrace";
    case Verdict::nothing_violated:
      return "every mapping was unmapped once, and nothing was used or completed after that";
    case Verdict::violated:
      return plural(part.violations(), "violation") +
             (undecided > 0 ? ", and " + plural(undecided, "line") + " undecided" : "");
    case Verdict::undecided:
      break;
  }
  if (undecided > 0) return "no violation, " + plural(undecided, "line") + " undecided";
  if (part.counts.maps == 0 || part.counts.unmaps == 0) {
    return "no violation, but nothing to judge by: there are " +
           std::string(part.counts.maps == 0 ? "no maps" : "no unmaps") + " in the text";
  }
  return "no violation in what is here, but events are missing";
}

class TextReport {
 public:
  TextReport(const Audit& audit, const Style& style) : audit_(audit), style_(style) {}

  [[nodiscard]] std::string text(const Part& part) const {
    const Source& source = part.source;
    const KernelAge age = source.age();
    std::string text = entry("file", title(part));
    text +=
        entry("kernel", std::string(age.range) + ", by its formats: " + std::string(age.told_by));
    text += entry("clock", clock_of(source)) + entry("CPUs", cpus_of(source));
    text += entry("missing", missing_of(part));
    text += entry("events", events_of(source));
    text += entry("connections", connections_of(source));
    text +=
        entry("MRs", plural(part.counts.mrs, "MR") + ", " + plural(part.counts.maps, "mapping") +
                         ", " + plural(part.counts.completions, "completion") + " (" +
                         number(part.counts.failed_completions) + " failed)");
    const Verdict verdict = part.verdict();
    const std::string word(name_of(verdict));
    text += entry("verdict", word + ": " + verdict_of(part));
    if (verdict == Verdict::violated) {
      text.replace(text.rfind(word), word.size(), style_.bad(word));
    }
    return text + violations(part) + undecided(part);
  }

 private:
  [[nodiscard]] std::string title(const Part& part) const {
    std::string text = model::printable(audit_.name) + ": " + part.source.layout() + ", " +
                       plural(part.source.lines(), "line");
    if (part.first_line > 1) text += " from line " + number(part.first_line) + " on";
    if (!audit_.converted_by.empty()) text += ", read by " + audit_.converted_by;
    if (audit_.cut_lines > 0) {
      text += ", " + plural(audit_.cut_lines, "line") + " longer than " +
              number(LineReader::longest_line) + " bytes cut";
    }
    return text;
  }

  [[nodiscard]] std::string entry(std::string_view title, const std::string& text) const {
    return line(title, text, style_.width());
  }

  static std::string connections_of(const Source& source) {
    std::string text = plural(source.connects(), "time") + " connected";
    std::vector<std::string> peers;
    for (const std::string& peer : source.peers()) {
      if (peers.size() == 4) break;
      peers.push_back(model::printable(peer));
    }
    if (!peers.empty()) text += ", to " + joined(peers);
    if (source.peers().size() > peers.size()) text += " and others";
    return text;
  }

  [[nodiscard]] std::string history_line(const Seen& seen, const Finding& finding,
                                         Clock clock) const {
    std::string text = "  line " + padded(std::to_string(seen.line), 8);
    const std::string time = time_text(seen.time, clock);
    if (!time.empty()) text += padded(time, 16);
    text += padded(std::string(name_of(seen.kind)), 12);
    if (seen.status != 0) text += "failed (" + std::to_string(seen.status) + ")  ";
    if (seen.who != 0) text += model::printable(audit_.tasks[seen.who]);
    if (seen.cpu >= 0) text += " [" + std::to_string(seen.cpu) + "]";
    const bool is_culprit = seen.line == finding.shows.line || seen.line == finding.before.line ||
                            seen.line == finding.after.line;
    return (is_culprit ? style_.strong(text + "  <--") : text) + "\n";
  }

  [[nodiscard]] std::string violations(const Part& part) const {
    std::string text;
    std::size_t told = 0;
    for (const Finding& finding : part.findings) {
      if (finding.doubt != Doubt::none) continue;
      if (++told > most_violations) continue;
      const model::InvariantEntry& rule = model::entry_of(finding.invariant);
      text += "\n" + style_.bad("Violated: " + std::string(rule.title)) + ", line " +
              std::to_string(finding.shows.line) + "\n";
      text += hanging("  ", sentence_of(finding) + ".", style_.width());
      text += hanging("  Rule ", std::string(rule.name) + ": " + std::string(rule.meaning) + ".",
                      style_.width());
      if (finding.owner.is_known) text += "  Mapped for " + owner_of(finding) + ".\n";
      for (const Seen& seen : finding.history) {
        text += history_line(seen, finding, part.source.clock());
      }
      if (!finding.follow_ups.empty()) text += follow_ups(finding);
    }
    if (told > most_violations) {
      text += "\n" + plural(told - most_violations, "more violation") + ": --format json\n";
    }
    if (part.findings_left_off > 0) {
      text += "\nand " + number(part.findings_left_off) + " findings that were not kept\n";
    }
    return text;
  }

  static std::string owner_of(const Finding& finding) {
    if (finding.owner.client == UINT32_MAX) return "the client itself (its write pad)";
    char text[64];
    std::snprintf(text, sizeof text, "task:%08x@%08x, xid 0x%08llx", finding.owner.task,
                  finding.owner.client,
                  static_cast<unsigned long long>(finding.registration.offset >> 32));
    return text;
  }

  static std::string follow_ups(const Finding& finding) {
    std::vector<std::string> lines;
    for (const std::uint64_t it : finding.follow_ups) lines.push_back(std::to_string(it));
    return "  Odd for the same reason: " + std::string(lines.size() == 1 ? "line " : "lines ") +
           joined(lines) + ".\n";
  }

  [[nodiscard]] std::string undecided(const Part& part) const {
    std::map<Doubt, std::vector<const Finding*>> by_doubt;
    for (const Finding& finding : part.findings) {
      if (finding.doubt != Doubt::none) by_doubt[finding.doubt].push_back(&finding);
    }
    std::string text;
    for (const auto& [doubt, findings] : by_doubt) {
      text += "\n" + style_.strong("Undecided: " + std::string(in_words(doubt))) + "\n";
      for (std::size_t i = 0; i < std::min(findings.size(), most_lines); ++i) {
        text += hanging("  ", sentence_of(*findings[i]), style_.width());
      }
      if (findings.size() > most_lines) {
        text += "  and " + number(findings.size() - most_lines) + " more: --format json\n";
      }
    }
    return text;
  }

  const Audit& audit_;
  const Style& style_;
};

}  // namespace

std::string audit_text(const Audit& audit, const Style& style) {
  const TextReport report(audit, style);
  std::string text;
  for (const Part& part : audit.parts) text += (text.empty() ? "" : "\n") + report.text(part);
  return text;
}

}  // namespace tools::audit
