// SPDX-License-Identifier: MIT
//
// Keeping the books.
#include "tools/audit/ledger.h"

#include <algorithm>

namespace tools::audit {
namespace {

using model::DmaState;
using model::Invariant;

std::uint32_t upper(std::uint32_t handle) { return handle >> 8; }

std::uint64_t key_of(const Owner& owner) { return std::uint64_t{owner.task} << 32 | owner.client; }

/// The MR that the client maps for itself from connect to disconnect (frwr_wp_create).
bool is_write_pad(const Registration& registration) {
  return registration.length == 4 && registration.offset >> 32 == 0;
}

}  // namespace

void Ledger::take(const MrEvent& event, const Seen& seen) {
  ++kinds_[static_cast<std::size_t>(event.kind)];
  const bool is_completion =
      event.kind >= EventKind::wc_fastreg && event.kind <= EventKind::wc_li_done;
  counts_.maps += event.kind == EventKind::map ? 1 : 0;
  counts_.unmaps += event.kind == EventKind::unmap ? 1 : 0;
  counts_.completions += is_completion ? 1 : 0;
  counts_.failed_completions += is_completion && event.status != 0 ? 1 : 0;
  std::uint64_t name = event.registration.mr;
  if (event.spelling.anonymous) {
    ++counts_.unnamed;
    if (is_completion) return;
    name = std::uint64_t{upper(event.registration.handle)} | std::uint64_t{1} << 63;
  }
  Rows& rows = rows_[name];
  switch (event.kind) {
    case EventKind::map:
      take_map(rows, event, seen);
      break;
    case EventKind::unmap:
      take_unmap(rows, event, seen);
      break;
    case EventKind::fastreg:
    case EventKind::localinv:
    case EventKind::reminv:
      take_use(rows, event, seen);
      break;
    default:
      take_completion(rows, event, seen);
  }
  if (row_count_ > most_rows) forget_unmapped();
}

void Ledger::take_step(std::uint32_t who, std::uint64_t line) { last_of_[who] = line; }

void Ledger::take_marshal(const Owner& owner, std::uint32_t xid, std::uint64_t line) {
  constexpr std::size_t most = std::size_t{1} << 16;
  if (sent_.size() > most) sent_.clear();
  sent_[key_of(owner)] = {xid, line};
}

// --- Map ---

void Ledger::take_map(Rows& rows, const MrEvent& event, const Seen& seen) {
  for (Row& row : rows) {
    Mapping* mapping = row.find(event.registration);
    if (mapping == nullptr) continue;
    if (!mapping->is_live() && mapping->last(EventKind::map) != nullptr) continue;
    return map_again(rows, row, *mapping, event, seen);
  }
  Row* row = row_before(rows, event.registration);
  if (row == nullptr) {
    for (Row& other : rows) {
      if (other.mappings.back().registration.handle == event.registration.handle) row = &other;
    }
  }
  if (row == nullptr) return map_beside(rows, event, seen);
  map_over(*row, seen);
  begin(*row, event, seen).state = DmaState::mapped;
}

/// The same registration is mapped a second time, or what is known of it came before its map.
void Ledger::map_again(Rows& rows, Row& row, Mapping& mapping, const MrEvent& event,
                       const Seen& seen) {
  const Seen* map = mapping.last(EventKind::map);
  if (map == nullptr) {
    mapping.owner = event.owner;
    if (mapping.is_live()) mapping.state = DmaState::mapped;
    if (mapping.finding != none) {
      Open& finding = findings_[mapping.finding];
      finding.doubt = Doubt::none;
      finding.needs_beginning = false;
      finding.unseen_from = finding.unseen_to = 0;
      finding.after = seen;
      finding.owner = event.owner;
      finding.history.push_back(seen);
    }
    mapping.events.push_back(seen);
    return;
  }
  if (is_suspect(row, mapping)) {  // what was odd is what happens here
    mapping.events.push_back(seen);
    return;
  }
  if (mapping.owner.client != event.owner.client) {  // two devices may have MRs alike
    mapping.has_twin = true;
    Mapping& twin = begin(new_row(rows, event, seen), event, seen);
    twin.state = DmaState::mapped;
    twin.has_twin = true;
    return;
  }
  report(row, mapping, Invariant::map_over_live_mapping, seen, map);
}

/// The next registration of this MR begins: the one before must be unmapped.
void Ledger::map_over(Row& row, const Seen& seen) {
  Mapping& last = row.mappings.back();
  if (!last.is_live()) return;
  if (is_suspect(row, last)) {
    last.state = DmaState::unmapped;
    return;
  }
  const Seen first = last.first();
  Open* finding = report(row, last, Invariant::map_over_live_mapping, seen, &first);
  if (finding != nullptr) {
    finding->unseen_from = first.line;
    finding->unseen_to = seen.line;
  }
}

/// A registration that follows none of this name: of a new MR, of another device's, or
/// behind some that are missing.
void Ledger::map_beside(Rows& rows, const MrEvent& event, const Seen& seen) {
  Row* live = nullptr;
  for (Row& row : rows) {
    if (row.last_line() < created_) continue;  // MRs were made since
    if (row.mappings.back().is_live()) {
      live = &row;
    } else if (row.has_handle && row.upper == upper(event.registration.handle)) {
      ++skipped_;
      skips_.add(row.last_line(), seen.line);
    }
  }
  std::size_t pair = none;
  if (live != nullptr && live->mappings.back().pairs.empty()) {
    Mapping& mapping = live->mappings.back();
    const std::size_t finding_before = mapping.finding;
    const Seen first = mapping.first();
    if (Open* finding = report(*live, mapping, Invariant::map_over_live_mapping, seen, &first)) {
      finding->doubt = Doubt::two_devices;
      finding->unseen_from = first.line;
      finding->unseen_to = seen.line;
      finding->open_halves = 2;
      pair = findings_.size() - 1;
      mapping.finding = finding_before;
      mapping.pairs.push_back(pair);
    }
  }
  Mapping& mapping = begin(new_row(rows, event, seen), event, seen);
  mapping.state = DmaState::mapped;
  if (pair != none) mapping.pairs.push_back(pair);
}

// --- Unmap ---

void Ledger::end(Mapping& mapping, const Seen& seen) {
  mapping.state = DmaState::unmapped;
  mapping.began_before = false;
  mapping.events.push_back(seen);
  for (const std::size_t pair : mapping.pairs) --findings_[pair].open_halves;
  if (mapping.finding != none) {
    Open& finding = findings_[mapping.finding];
    if (finding.invariant == Invariant::map_over_live_mapping) finding.after = seen;
  }
}

void Ledger::take_unmap(Rows& rows, const MrEvent& event, const Seen& seen) {
  Row* unmapped = nullptr;
  for (Row& row : rows) {
    Mapping* mapping = row.find(event.registration);
    if (mapping == nullptr) continue;
    if (mapping->is_live()) return end(*mapping, seen);
    unmapped = &row;
  }
  if (unmapped != nullptr) {
    Mapping& mapping = *unmapped->find(event.registration);
    const Seen* before = mapping.last(EventKind::unmap);
    report(*unmapped, mapping, Invariant::double_unmap, seen, before);
    return;
  }
  if (Row* row = older_row(rows, event.registration)) {
    // A registration of its own, so that the odd line is not the last one's.
    Mapping odd;
    odd.registration = event.registration;
    if (Open* finding = report(*row, odd, Invariant::double_unmap, seen, nullptr)) {
      finding->unseen_from = row->first_line;
      finding->unseen_to = seen.line;
    }
    return;
  }
  Mapping& mapping = unknown(rows, event, seen, Invariant::unmap_never_mapped);
  if (mapping.events.back().line != seen.line) mapping.events.push_back(seen);
  mapping.state = DmaState::unmapped;
  mapping.began_before = false;
}

/// A registration of which this is the first event, and no map.
Ledger::Mapping& Ledger::unknown(Rows& rows, const MrEvent& event, const Seen& seen,
                                 Invariant invariant) {
  for (Row& row : rows) {  // known by a completion only
    if (row.has_handle) continue;
    row.has_handle = true;
    row.upper = upper(event.registration.handle);
    Mapping& mapping = row.mappings.back();
    mapping.registration = event.registration;
    if (mapping.finding != none) findings_[mapping.finding].registration = event.registration;
    mapping.events.push_back(seen);
    return mapping;
  }
  Row* before = row_before(rows, event.registration);
  const std::uint64_t from = before == nullptr ? 0 : before->last_line();
  Row& row = before == nullptr ? new_row(rows, event, seen) : *before;
  Mapping& mapping = begin(row, event, seen);
  mapping.began_before = true;
  Open* finding = report(row, mapping, invariant, seen, nullptr);
  if (finding != nullptr) {
    finding->unseen_from = from;
    finding->unseen_to = seen.line;
    finding->needs_beginning = before == nullptr;
    if (before == nullptr && is_write_pad(event.registration)) finding->doubt = Doubt::beginning;
  }
  return mapping;
}

// --- Between ---

void Ledger::take_use(Rows& rows, const MrEvent& event, const Seen& seen) {
  const Invariant invariant =
      event.kind == EventKind::fastreg ? Invariant::fastreg_on_live_mr : Invariant::use_after_free;
  Row* unmapped = nullptr;
  for (Row& row : rows) {
    Mapping* mapping = row.find(event.registration);
    if (mapping == nullptr) continue;
    if (!mapping->is_live()) {
      unmapped = &row;
      continue;
    }
    const Seen* given_up = mapping->last(EventKind::localinv);
    if (given_up == nullptr) given_up = mapping->last(EventKind::reminv);
    if (event.kind == EventKind::fastreg && given_up != nullptr) {
      report(row, *mapping, invariant, seen, given_up);
    }
    mapping->events.push_back(seen);
    if (mapping->finding != none && findings_[mapping->finding].after.line == 0 &&
        findings_[mapping->finding].invariant == Invariant::stale_completion) {
      findings_[mapping->finding].after = seen;  // a post behind its completion
    }
    return;
  }
  if (unmapped != nullptr) {
    Mapping& mapping = *unmapped->find(event.registration);
    report(*unmapped, mapping, invariant, seen, mapping.last(EventKind::unmap));
    return;
  }
  (void)unknown(rows, event, seen, invariant);
}

void Ledger::take_completion(Rows& rows, const MrEvent& event, const Seen& seen) {
  const EventKind post =
      event.kind == EventKind::wc_fastreg ? EventKind::fastreg : EventKind::localinv;
  // So many completions and no post: posts are not traced. Before that it is not known.
  constexpr std::uint64_t enough = 100;
  const auto is_done = [](const Mapping& mapping) {
    return std::any_of(mapping.events.begin(), mapping.events.end(), [](const Seen& it) {
      return it.kind >= EventKind::wc_li && it.kind <= EventKind::wc_li_done && it.status == 0;
    });
  };
  // What the latest registration has not posted, an earlier one may have.
  Row* row = nullptr;
  Mapping* latest = nullptr;
  Mapping* earlier = nullptr;
  for (Row& it : rows) {
    for (Mapping& mapping : it.mappings) {
      const bool is_later = latest == nullptr || mapping.first().line > latest->first().line;
      Mapping* other = is_later ? latest : &mapping;
      if (other != nullptr && other->is_live() && other->last(post) != nullptr &&
          !is_done(*other)) {
        earlier = other;
      }
      if (!is_later) continue;
      row = &it;
      latest = &mapping;
    }
  }
  const bool is_posted =
      latest != nullptr && latest->is_live() && !is_done(*latest) &&
      (latest->last(EventKind::map) == nullptr || latest->last(post) != nullptr ||
       (kinds_[static_cast<std::size_t>(post)] == 0 && counts_.completions > enough));
  if (is_posted) {
    latest->events.push_back(seen);
    return;
  }
  if (earlier != nullptr) {  // if that is really the one: it should be unmapped by now
    earlier->events.push_back(seen);
    Open* finding = report(*row, *earlier, Invariant::stale_completion, seen, &latest->first());
    if (finding == nullptr) return;
    finding->doubt = Doubt::two_fit;
    finding->open_halves = 1;
    earlier->pairs.push_back(findings_.size() - 1);
    return;
  }
  if (latest == nullptr) {
    Mapping& mapping = unknown(rows, event, seen, Invariant::stale_completion);
    mapping.began_before = true;
    return;
  }
  Mapping& mapping = *latest;
  const Seen* unmap = mapping.last(EventKind::unmap);
  const Seen before = unmap != nullptr ? *unmap : mapping.events.back();
  Open* finding = report(*row, mapping, Invariant::stale_completion, seen, &before);
  if (finding != nullptr) {
    if (unmap == nullptr && !is_done(mapping)) finding->needs = post;
    finding->unseen_from = before.line;
    finding->unseen_to = seen.line;
  }
}

}  // namespace tools::audit
