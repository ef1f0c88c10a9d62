// SPDX-License-Identifier: MIT
//
// The audit of one text: what it is, what the ledger found in it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "tools/audit/finding.h"
#include "tools/audit/ledger.h"
#include "tools/audit/line_reader.h"
#include "tools/audit/source.h"

namespace tools::audit {

/// What an audit says in a word.
enum class Verdict : std::uint8_t { nothing_violated, violated, undecided, no_trace };
std::string_view name_of(Verdict verdict);

/// One trace: several may stand in one text, one behind the other.
struct Part {
  std::uint64_t first_line = 1;
  Source source{};
  LedgerCounts counts{};
  std::vector<Finding> findings{};
  std::uint64_t findings_left_off = 0;
  std::uint64_t skipped_registrations = 0;
  [[nodiscard]] std::size_t violations() const;
  [[nodiscard]] Verdict verdict() const;
};

/// A text that was audited.
struct Audit {
  std::string name;                  ///< of the file, as the user gave it
  std::string converted_by{};        ///< the program that made text of it; empty: it was text
  std::vector<Part> parts{};         ///< at least one
  std::vector<std::string> tasks{};  ///< names for Seen::who
  std::uint64_t bytes = 0;
  std::uint64_t cut_lines = 0;
  [[nodiscard]] Verdict verdict() const;
};

/// Called now and then with the number of bytes read.
using Progress = std::function<void(std::uint64_t)>;

/// Reads everything and judges it. Throws model::InputError if reading fails.
Audit audit_lines(LineReader& reader, const std::string& name, const Progress& progress = {});

}  // namespace tools::audit
