// SPDX-License-Identifier: MIT
//
// What text, JSON and JUnit say alike.
#include <cstdio>

#include "tools/audit/report.h"

namespace tools::audit {
namespace {

using model::Invariant;

std::string line_number(const Seen& seen) { return "line " + std::to_string(seen.line); }

std::string hexadecimal(std::uint32_t handle) {
  char text[16];
  std::snprintf(text, sizeof text, "0x%08x", handle);
  return text;
}

std::string mr_of(const Finding& finding) {
  const bool has_handle = finding.registration.handle != 0 || finding.registration.length != 0;
  return "MR " + std::to_string(finding.registration.mr) +
         (has_handle ? " (handle " + hexadecimal(finding.registration.handle) + ")" : "");
}

}  // namespace

std::string sentence_of(const Finding& finding) {
  const std::string event(name_of(finding.shows.kind));
  const std::string where = line_number(finding.shows);
  const std::string earlier = line_number(finding.before);
  const std::string mr = mr_of(finding);
  switch (finding.invariant) {
    case Invariant::double_unmap:
      return mr + " is unmapped in " + where + ", and was unmapped before" +
             (finding.before.line != 0 ? ", in " + earlier : "");
    case Invariant::map_over_live_mapping:
      return mr + " is mapped in " + where + " while its mapping of " + earlier + " is live";
    case Invariant::leaked_mapping:
      return mr + " is mapped in " + where + " and never unmapped";
    case Invariant::unmap_never_mapped:
      return mr + " is unmapped in " + where + ", and no mapping of it is live" +
             (finding.after.line != 0 ? ": it is mapped in " + line_number(finding.after) : "");
    case Invariant::stale_completion:
      if (finding.before.kind == EventKind::unmap) {
        return event + " of " + mr + " in " + where + " comes after its unmap in " + earlier;
      }
      return event + " of " + mr + " in " + where + " completes nothing that was posted";
    default:
      break;
  }
  if (finding.before.line == 0) {
    return event + " of " + mr + " in " + where + ", of which no mapping is live" +
           (finding.after.line != 0 ? ": it is mapped in " + line_number(finding.after) : "");
  }
  return event + " of " + mr + " in " + where + " comes after it was given up by " +
         std::string(name_of(finding.before.kind)) + " in " + earlier;
}

std::string time_text(std::uint64_t time, Clock clock) {
  if (clock == Clock::none) return "";
  if (clock == Clock::counter) return std::to_string(time);
  char text[48];
  std::snprintf(text, sizeof text, "%llu.%06llu",
                static_cast<unsigned long long>(time / 1'000'000'000),
                static_cast<unsigned long long>(time / 1'000 % 1'000'000));
  return text;
}

std::vector<std::string> missing_events(const Source& source) {
  std::vector<std::string> missing;
  for (unsigned kind = 0; kind < mr_event_kinds; ++kind) {
    const auto it = static_cast<EventKind>(kind);
    if (source.count_of(it) == 0) missing.emplace_back(name_of(it));
  }
  return missing;
}

const std::vector<Invariant>& audited_invariants() {
  static const std::vector<Invariant> all{
      Invariant::double_unmap,   Invariant::unmap_never_mapped, Invariant::map_over_live_mapping,
      Invariant::leaked_mapping, Invariant::stale_completion,   Invariant::fastreg_on_live_mr,
      Invariant::use_after_free};
  return all;
}

}  // namespace tools::audit
