// SPDX-License-Identifier: MIT
//
// The report for programs.
#include "model/invariants.h"
#include "tools/audit/report.h"

namespace tools::audit {
namespace {

using nlohmann::ordered_json;

ordered_json seen_json(const Seen& seen, const Audit& audit, Clock clock) {
  ordered_json json;
  json["line"] = seen.line;
  if (clock != Clock::none) json["time"] = time_text(seen.time, clock);
  json["event"] = name_of(seen.kind);
  if (seen.status != 0) json["status"] = seen.status;
  if (seen.who != 0) json["context"] = audit.tasks[seen.who];
  if (seen.cpu >= 0) json["cpu"] = seen.cpu;
  return json;
}

ordered_json finding_json(const Finding& finding, const Audit& audit, Clock clock) {
  ordered_json json;
  json["verdict"] = finding.doubt == Doubt::none ? "violated" : "undecided";
  json["invariant"] = model::entry_of(finding.invariant).name;
  json["line"] = finding.shows.line;
  if (finding.doubt != Doubt::none) json["because"] = name_of(finding.doubt);
  json["in_words"] = sentence_of(finding);
  // A pointer's hash is beyond 2^53.
  json["mr"] = std::to_string(finding.registration.mr);
  json["handle"] = finding.registration.handle;
  if (finding.owner.is_known) {
    json["task"] = finding.owner.task;
    json["client"] = finding.owner.client;
  }
  if (finding.before.line != 0) json["earlier"] = seen_json(finding.before, audit, clock);
  if (finding.after.line != 0) json["later"] = seen_json(finding.after, audit, clock);
  json["history"] = ordered_json::array();
  for (const Seen& seen : finding.history) json["history"].push_back(seen_json(seen, audit, clock));
  json["consequences"] = finding.follow_ups;
  return json;
}

ordered_json source_json(const Part& part) {
  const Source& source = part.source;
  ordered_json json;
  json["layout"] = source.layout();
  json["kernel"] = source.age().range;
  json["told_by"] = source.age().told_by;
  json["lines"] = source.lines();
  json["events"] = source.events();
  constexpr std::string_view clocks[] = {"none", "seconds", "counter"};
  json["clock"] = clocks[static_cast<std::size_t>(source.clock())];
  json["cpus_with_events"] = source.cpus_seen();
  if (source.cpus_named() != 0) json["cpus"] = source.cpus_named();
  json["overwritten"] = source.overwritten();
  json["lost"] = source.lost();
  json["lost_unknown_number"] = source.lost_unknown_number();
  json["left_out_places"] = source.left_out();
  json["cut_off"] = source.cut_off();
  json["unreadable"] = source.unreadable();
  json["skipped_registrations"] = part.skipped_registrations;
  json["peers"] = source.peers();
  json["connects"] = source.connects();
  json["event_counts"] = source.event_counts();
  json["missing_events"] = missing_events(source);
  return json;
}

}  // namespace

ordered_json audit_json(const Audit& audit) {
  ordered_json json;
  json["format"] = "frwrsim-audit/1";
  json["file"] = audit.name;
  json["bytes"] = audit.bytes;
  json["cut_lines"] = audit.cut_lines;
  if (!audit.converted_by.empty()) json["converted_by"] = audit.converted_by;
  json["verdict"] = name_of(audit.verdict());
  json["traces"] = ordered_json::array();
  for (const Part& part : audit.parts) {
    ordered_json it;
    it["first_line"] = part.first_line;
    it["verdict"] = name_of(part.verdict());
    it["source"] = source_json(part);
    it["mrs"] = part.counts.mrs;
    it["mappings"] = part.counts.maps;
    it["unmaps"] = part.counts.unmaps;
    it["completions"] = part.counts.completions;
    it["failed_completions"] = part.counts.failed_completions;
    it["violations"] = part.violations();
    it["undecided"] = part.findings.size() - part.violations();
    it["findings_left_off"] = part.findings_left_off;
    it["findings"] = ordered_json::array();
    for (const Finding& finding : part.findings) {
      it["findings"].push_back(finding_json(finding, audit, part.source.clock()));
    }
    json["traces"].push_back(it);
  }
  return json;
}

}  // namespace tools::audit
