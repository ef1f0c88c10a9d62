// SPDX-License-Identifier: MIT
//
// Which MR a registration is of.
#include <algorithm>
#include <vector>

#include "tools/audit/ledger.h"

namespace tools::audit {
namespace {

constexpr std::size_t rows_of_one_name = 8;

std::uint32_t upper_bits(std::uint32_t handle) { return handle >> 8; }

/// Whether an MR whose handle was `a` has `b` at its next registration.
bool follows(std::uint32_t a, std::uint32_t b) {
  return upper_bits(a) == upper_bits(b) && ((a + 1) & 0xff) == (b & 0xff);
}

}  // namespace

const Seen* Ledger::Mapping::last(EventKind kind) const {
  for (auto it = events.rbegin(); it != events.rend(); ++it) {
    if (it->kind == kind) return &*it;
  }
  return nullptr;
}

Ledger::Mapping* Ledger::Row::find(const Registration& registration) {
  for (auto it = mappings.rbegin(); it != mappings.rend(); ++it) {
    if (it->registration == registration) return &*it;
  }
  return nullptr;
}

/// The MR whose next registration this is; of two the one used last.
Ledger::Row* Ledger::row_before(Rows& rows, const Registration& registration) {
  Row* best = nullptr;
  for (Row& row : rows) {
    if (!row.has_handle || !follows(row.mappings.back().registration.handle, registration.handle)) {
      continue;
    }
    if (best == nullptr || row.last_line() > best->last_line()) best = &row;
  }
  return best;
}

/// The MR of which this is an earlier registration, no longer remembered.
Ledger::Row* Ledger::older_row(Rows& rows, const Registration& registration) {
  for (Row& row : rows) {
    const std::uint32_t last = row.mappings.back().registration.handle;
    const std::uint32_t back = (last - registration.handle) & 0xff;
    if (row.has_handle && upper_bits(last) == upper_bits(registration.handle) && back > 0 &&
        back < row.registrations) {
      return &row;
    }
  }
  return nullptr;
}

Ledger::Mapping& Ledger::begin(Row& row, const MrEvent& event, const Seen& seen) {
  if (row.mappings.size() == remembered) row.mappings.erase(row.mappings.begin());
  Mapping& mapping = row.mappings.emplace_back();
  mapping.registration = event.registration;
  mapping.owner = event.owner;
  mapping.events.push_back(seen);
  ++row.registrations;
  return mapping;
}

Ledger::Row& Ledger::new_row(Rows& rows, const MrEvent& event, const Seen& seen) {
  if (rows.size() == rows_of_one_name) {
    const auto is_old = [](const Row& row) {
      return std::none_of(row.mappings.begin(), row.mappings.end(),
                          [](const Mapping& mapping) { return mapping.is_live(); });
    };
    const auto old = std::find_if(rows.begin(), rows.end(), is_old);
    rows.erase(old == rows.end() ? rows.begin() : old);
    --row_count_;
  }
  Row& row = rows.emplace_back();
  ++row_count_;
  ++counts_.mrs;
  row.upper = upper_bits(event.registration.handle);
  row.has_handle = event.registration.handle != 0 || event.registration.length != 0;
  row.first_line = seen.line;
  return row;
}

/// Forgets the longer unused half of what is not mapped.
void Ledger::forget_unmapped() {
  std::vector<std::uint64_t> lines;
  const auto is_live = [](const Row& row) {
    return std::any_of(row.mappings.begin(), row.mappings.end(),
                       [](const Mapping& mapping) { return mapping.is_live(); });
  };
  for (const auto& [name, rows] : rows_) {
    for (const Row& row : rows) {
      if (!is_live(row)) lines.push_back(row.last_line());
    }
  }
  std::uint64_t limit = UINT64_MAX;  // all are mapped: all go, or memory would grow
  if (!lines.empty()) {
    const auto middle = lines.begin() + static_cast<std::ptrdiff_t>(lines.size() / 2);
    std::nth_element(lines.begin(), middle, lines.end());
    limit = *middle;
  }
  for (auto it = rows_.begin(); it != rows_.end();) {
    std::erase_if(it->second, [&](const Row& row) {
      return (lines.empty() || !is_live(row)) && row.last_line() <= limit;
    });
    it = it->second.empty() ? rows_.erase(it) : std::next(it);
  }
  row_count_ = 0;
  for (const auto& [name, rows] : rows_) row_count_ += rows.size();
}

}  // namespace tools::audit
