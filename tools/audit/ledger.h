// SPDX-License-Identifier: MIT
//
// The DMA ledger over a real kernel: every mapping of every MR, from what its trace prints.
//
// It keeps the books that model/trace/ledger.h keeps over a run, and the invariants are
// the model's. What differs is how an MR is known. mr.id is the provider's number: it is
// used for thousands of mappings, and two devices have the same. The upper bits of the
// handle tell the MR, the low byte counts its registrations
// (ib_update_fast_reg_key, include/rdma/ib_verbs.h), and a registration prints the same
// values from its map to its unmap. So a registration is what prints alike, and an MR is a
// row of registrations whose handles count up by one.
//
// One fault makes one finding: what is odd about a registration after that is a
// consequence, and is listed with it. Whether a finding is a violation is known at the end
// only, when all that the text lacks is known.
#pragma once

#include <array>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "tools/audit/finding.h"
#include "tools/audit/gaps.h"

namespace tools::audit {

/// What is known of the whole text at its end.
struct Circumstances {
  const Gaps* gaps = nullptr;       ///< lost events
  bool beginning_is_known = false;  ///< the text begins before the first MR
  bool several_devices = false;
  bool one_transport = false;         ///< a disconnect is the end of every MR mapped before
  bool dies_with_connection = false;  ///< MRs are destroyed at a disconnect: 5.13 and later
  bool one_cpu = false;               ///< of several, the events of one are here
  bool has_times = false;
  bool is_sorted = true;            ///< lines of different CPUs are in the order of time
  std::uint64_t last_teardown = 0;  ///< line of the last disconnect after which a connect follows
  std::uint64_t last_line = 0;
};

/// Numbers of what was seen.
struct LedgerCounts {
  std::uint64_t mrs = 0;
  std::uint64_t maps = 0;
  std::uint64_t unmaps = 0;
  std::uint64_t completions = 0;
  std::uint64_t failed_completions = 0;
  std::uint64_t unnamed = 0;  ///< events whose MR has no name in the text
  bool operator==(const LedgerCounts&) const = default;
};

/// Reads events in the order of lines. Memory is bounded: MRs that are not mapped are
/// forgotten, the longest unused first. Not thread-safe.
class Ledger {
 public:
  /// An event about one MR.
  void take(const MrEvent& event, const Seen& seen);
  /// What decides over leaks: an RPC's transmissions, MRs created.
  void take_marshal(const Owner& owner, std::uint32_t xid, std::uint64_t line);
  /// That a context took a step of the client, whatever it was.
  void take_step(std::uint32_t who, std::uint64_t line);
  void take_createmrs(std::uint64_t line) { created_ = line; }

  /// Ends the text; what was found, in the order of lines. To be called once.
  std::vector<Finding> finish(const Circumstances& circumstances);

  [[nodiscard]] const LedgerCounts& counts() const { return counts_; }
  /// Whether registrations are missing although nothing says that events were lost: a row
  /// skips a number.
  [[nodiscard]] std::uint64_t skipped_registrations() const { return skipped_; }
  /// Findings beyond those kept.
  [[nodiscard]] std::uint64_t findings_left_off() const { return left_off_; }

 private:
  static constexpr std::size_t none = SIZE_MAX;
  static constexpr std::size_t remembered = 4;  // registrations of a row
  static constexpr std::size_t most_rows = std::size_t{1}
                                           << 14;  // before unmapped ones are forgotten
  static constexpr std::size_t most_findings = 20'000;
  static constexpr std::size_t most_histories = 1'000;

  /// One registration, mapping and all.
  struct Mapping {
    Registration registration{};
    model::DmaState state = model::DmaState::none;
    bool began_before = false;  // its map was not seen: as if mapped
    Owner owner{};
    std::size_t finding = none;        // that it is part of
    std::vector<std::size_t> pairs{};  // findings that are nothing once it is unmapped
    bool has_twin = false;             // one of another client prints the same
    std::vector<Seen> events{};
    [[nodiscard]] bool is_live() const {
      return state == model::DmaState::mapped || (state == model::DmaState::none && began_before);
    }
    [[nodiscard]] const Seen* last(EventKind kind) const;
    [[nodiscard]] const Seen& first() const { return events.front(); }
  };
  /// The registrations of one MR, the latest last.
  struct Row {
    std::uint32_t upper = 0;  // bits of the handle
    bool has_handle = false;
    std::uint64_t registrations = 0;
    std::uint64_t first_line = 0;
    std::vector<Mapping> mappings{};
    [[nodiscard]] Mapping* find(const Registration& registration);
    [[nodiscard]] std::uint64_t last_line() const { return mappings.back().events.back().line; }
  };
  using Rows = std::vector<Row>;

  void take_map(Rows& rows, const MrEvent& event, const Seen& seen);
  void take_unmap(Rows& rows, const MrEvent& event, const Seen& seen);
  void take_use(Rows& rows, const MrEvent& event, const Seen& seen);
  void take_completion(Rows& rows, const MrEvent& event, const Seen& seen);

  /// A finding while the text is read.
  struct Open : Finding {
    bool needs_beginning = false;  // no violation if the MR is older than the text
    int open_halves = -1;          // mappings that, once unmapped, make it nothing; -1: none do
    EventKind needs = EventKind::other;  // if none of these is traced, it is nothing
    bool is_dropped = false;
    std::size_t first = none;  // the first finding about the same mapping, if not this one
  };

  void map_again(Rows& rows, Row& row, Mapping& mapping, const MrEvent& event, const Seen& seen);
  void map_over(Row& row, const Seen& seen);
  void map_beside(Rows& rows, const MrEvent& event, const Seen& seen);
  Row* older_row(Rows& rows, const Registration& registration);
  Row* row_before(Rows& rows, const Registration& registration);
  Row& new_row(Rows& rows, const MrEvent& event, const Seen& seen);
  Mapping& begin(Row& row, const MrEvent& event, const Seen& seen);
  Mapping& unknown(Rows& rows, const MrEvent& event, const Seen& seen, model::Invariant invariant);
  void end(Mapping& mapping, const Seen& seen);
  Open* report(const Row& row, Mapping& mapping, model::Invariant invariant, const Seen& seen,
               const Seen* before);
  [[nodiscard]] bool is_suspect(const Row& row, const Mapping& mapping) const;
  [[nodiscard]] bool is_traced(EventKind kind) const {
    return kinds_[static_cast<std::size_t>(kind)] != 0;
  }
  [[nodiscard]] bool is_consequence(const Open& finding);
  void forget_unmapped();
  void find_leaks(const Circumstances& circumstances);
  [[nodiscard]] bool is_over(const Mapping& mapping, const Circumstances& circumstances) const;
  [[nodiscard]] Doubt doubt_of(const Open& finding, const Circumstances& circumstances) const;

  std::unordered_map<std::uint64_t, Rows> rows_{};  // by mr
  std::size_t row_count_ = 0;
  std::vector<Open> findings_{};
  std::size_t histories_ = 0;
  struct Sent {
    std::uint32_t xid;
    std::uint64_t line;
  };
  std::unordered_map<std::uint64_t, Sent> sent_{};              // by owner: its last transmission
  std::unordered_map<std::uint32_t, std::uint64_t> last_of_{};  // by who: its last event
  std::uint64_t created_ = 0;                                   // line where MRs were created last
  Gaps skips_{};
  std::uint64_t skipped_ = 0;
  std::uint64_t left_off_ = 0;
  LedgerCounts counts_{};
  std::array<std::uint64_t, mr_event_kinds> kinds_{};
};

}  // namespace tools::audit
