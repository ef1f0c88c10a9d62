// SPDX-License-Identifier: MIT
//
// From what is odd to what was found: one finding for one fault, and no violation where the
// text allows for another story.
#include <algorithm>
#include <array>

#include "tools/audit/ledger.h"

namespace tools::audit {
namespace {

using model::DmaState;
using model::Invariant;

constexpr std::array<std::string_view, doubts> doubt_names{
    "none",       "lost-events", "beginning-unknown", "cut-in-mid-flight",
    "not-traced", "two-fit",     "two-devices",       "clock",
    "one-cpu"};

constexpr std::array<std::string_view, doubts> doubt_words{
    "",
    "events are missing in between",
    "the text begins after it did",
    "the text ends before it is over",
    "the events that would tell are not in the text",
    "two mappings fit, and the text does not say which",
    "one MR, or two MRs of the same number on two devices",
    "two CPUs print times that do not say which came first",
    "the text has the events of one CPU only"};

/// Whether two events, of which `a` stands first, may have happened the other way round.
bool may_be_exchanged(const Seen& a, const Seen& b, bool is_sorted) {
  if (a.line == 0 || b.line == 0 || a.cpu < 0 || b.cpu < 0 || a.cpu == b.cpu) return false;
  return a.time == b.time || (b.time < a.time && !is_sorted);
}

}  // namespace

std::string_view name_of(Doubt doubt) { return doubt_names[static_cast<std::size_t>(doubt)]; }
std::string_view in_words(Doubt doubt) { return doubt_words[static_cast<std::size_t>(doubt)]; }

/// A finding about a registration; nullptr if there are too many.
Ledger::Open* Ledger::report(const Row& row, Mapping& mapping, Invariant invariant,
                             const Seen& seen, const Seen* before) {
  if (findings_.size() == most_findings) {
    ++left_off_;
    return nullptr;
  }
  Open& finding = findings_.emplace_back();
  finding.first = mapping.finding;
  if (mapping.finding == none) mapping.finding = findings_.size() - 1;
  finding.invariant = invariant;
  finding.shows = seen;
  if (before != nullptr) finding.before = *before;
  finding.registration = mapping.registration;
  finding.owner = mapping.owner;
  if (histories_ < most_histories) {
    ++histories_;
    const Mapping* earlier = nullptr;
    for (const Mapping& other : row.mappings) {
      if (&other == &mapping) break;
      earlier = &other;
    }
    if (earlier != nullptr) finding.history = earlier->events;
    finding.history.insert(finding.history.end(), mapping.events.begin(), mapping.events.end());
    if (finding.history.empty() || finding.history.back().line != seen.line) {
      finding.history.push_back(seen);
    }
  }
  return &finding;
}

/// Whether this mapping is what another finding is about: mapped over one that was live.
bool Ledger::is_suspect(const Row& row, const Mapping& mapping) const {
  return std::any_of(row.mappings.begin(), row.mappings.end(), [&](const Mapping& other) {
    return other.finding != none && &other != &mapping &&
           findings_[other.finding].invariant == Invariant::map_over_live_mapping &&
           findings_[other.finding].shows.line == mapping.first().line &&
           findings_[other.finding].after.line != 0;
  });
}

/// Whether what was mapped for must have ended, so that its mapping should have too.
bool Ledger::is_over(const Mapping& mapping, const Circumstances& c) const {
  const std::uint64_t line = mapping.first().line;
  if (c.dies_with_connection) {
    if (c.one_transport && line < c.last_teardown) return true;
    // Whoever handles the invalidation of an MR unmaps it before all else (frwr_mr_done,
    // frwr_reminv).
    for (const Seen& seen : mapping.events) {
      const bool is_invalid =
          seen.kind == EventKind::reminv ||
          (seen.kind >= EventKind::wc_li && seen.kind <= EventKind::wc_li_done && seen.status == 0);
      const auto last = last_of_.find(seen.who);
      if (is_invalid && seen.who != 0 && last != last_of_.end() && last->second > seen.line) {
        return true;
      }
    }
  }
  if (!mapping.owner.is_known) return false;
  const auto sent = sent_.find(std::uint64_t{mapping.owner.task} << 32 | mapping.owner.client);
  return sent != sent_.end() && sent->second.line > line &&
         sent->second.xid != mapping.registration.offset >> 32;
}

void Ledger::find_leaks(const Circumstances& circumstances) {
  for (auto& [name, rows] : rows_) {
    for (Row& row : rows) {
      for (Mapping& mapping : row.mappings) {
        if (mapping.state != DmaState::mapped || mapping.finding != none) continue;
        if (is_suspect(row, mapping)) continue;
        const Seen first = mapping.first();
        Open* finding = report(row, mapping, Invariant::leaked_mapping, first, nullptr);
        if (finding == nullptr) continue;
        finding->unseen_from = first.line;
        finding->unseen_to = circumstances.last_line;
        if (!is_over(mapping, circumstances)) finding->doubt = Doubt::ending;
        if (mapping.has_twin) finding->doubt = Doubt::two_fit;
      }
    }
  }
}

Doubt Ledger::doubt_of(const Open& finding, const Circumstances& c) const {
  if (finding.doubt != Doubt::none) return finding.doubt;
  const bool needs_unmap = finding.invariant == Invariant::map_over_live_mapping ||
                           finding.invariant == Invariant::leaked_mapping;
  const bool has_range = finding.unseen_to > finding.unseen_from;
  if (needs_unmap && !is_traced(EventKind::unmap)) return Doubt::not_traced;
  if (has_range && !needs_unmap && !is_traced(EventKind::map)) return Doubt::not_traced;
  if (finding.needs_beginning && !c.beginning_is_known) return Doubt::beginning;
  if (finding.invariant == Invariant::map_over_live_mapping && c.several_devices &&
      finding.before.owner.client != finding.shows.owner.client) {
    return Doubt::two_devices;
  }
  if (has_range &&
      (c.gaps->between(finding.unseen_from, finding.unseen_to) ||
       (!c.several_devices && skips_.between(finding.unseen_from, finding.unseen_to)))) {
    return Doubt::lost;
  }
  if (has_range && c.one_cpu) return Doubt::one_cpu;
  if (finding.invariant != Invariant::double_unmap && c.has_times &&
      (may_be_exchanged(finding.before, finding.shows, c.is_sorted) ||
       may_be_exchanged(finding.shows, finding.after, c.is_sorted))) {
    return Doubt::clock;
  }
  return Doubt::none;
}

/// What is odd about a registration that violated an invariant before is a consequence.
bool Ledger::is_consequence(const Open& finding) {
  if (finding.first == none) return false;
  Open& first = findings_[finding.first];
  if (first.is_dropped || first.doubt != Doubt::none) return false;
  constexpr std::size_t most = 8;
  if (first.follow_ups.size() < most && first.shows.line != finding.shows.line) {
    first.follow_ups.push_back(finding.shows.line);
  }
  return true;
}

std::vector<Finding> Ledger::finish(const Circumstances& circumstances) {
  find_leaks(circumstances);
  std::vector<Finding> found;
  // In the order in which they were found, so that the first one of a mapping comes first.
  for (Open& finding : findings_) {
    // Two mappings that were both unmapped were two MRs', and so were their completions.
    const bool were_two = finding.open_halves == 0 ||
                          (finding.doubt == Doubt::two_devices && circumstances.several_devices);
    finding.doubt = doubt_of(finding, circumstances);
    const bool is_nothing = finding.needs != EventKind::other && !is_traced(finding.needs);
    finding.is_dropped = were_two || is_nothing || is_consequence(finding);
  }
  for (Open& finding : findings_) {
    if (!finding.is_dropped) found.push_back(std::move(finding));
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const Finding& a, const Finding& b) { return a.shows.line < b.shows.line; });
  return found;
}

}  // namespace tools::audit
