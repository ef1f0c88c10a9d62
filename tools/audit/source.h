// SPDX-License-Identifier: MIT
//
// What a text is: which layout, of which kernel, how complete.
//
// A verdict on a trace is worth as much as what it was read from, so an audit says first
// what it took the text for.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "tools/audit/gaps.h"
#include "tools/audit/mr_event.h"
#include "tools/audit/trace_line.h"

namespace tools::audit {

/// A range of kernels by what they print, as "5.13 to 5.15".
struct KernelAge {
  std::string_view range{};
  std::string_view told_by{};
};

/// What the lines say about themselves. Read in their order; not thread-safe.
class Source {
 public:
  /// Takes a line into account, its number from 1.
  void take(const TraceLine& line, std::uint64_t number);
  /// And what an event of the client says.
  void take(const MrEvent& event);
  /// An event whose fields cannot be read: as good as lost.
  void take_unreadable(std::uint64_t number);

  [[nodiscard]] std::uint64_t lines() const { return lines_; }
  [[nodiscard]] std::uint64_t events() const { return events_; }
  [[nodiscard]] std::uint64_t client_events() const { return client_events_; }
  [[nodiscard]] std::uint64_t unreadable() const { return unreadable_; }
  [[nodiscard]] std::uint64_t printk_lines() const { return printk_lines_; }
  /// "tracefs trace", "trace-cmd report -R"
  [[nodiscard]] std::string layout() const;
  [[nodiscard]] KernelAge age() const;
  [[nodiscard]] Clock clock() const { return clock_; }
  [[nodiscard]] std::uint64_t first_time() const { return first_time_; }
  [[nodiscard]] std::uint64_t last_time() const { return last_time_; }
  /// CPUs that have events here, and how many the text says there are (0: it does not).
  [[nodiscard]] std::size_t cpus_seen() const { return cpus_.size(); }
  [[nodiscard]] unsigned cpus_named() const { return cpus_named_; }
  /// How often each event of interest is there, and all others by name.
  [[nodiscard]] const std::map<std::string, std::uint64_t, std::less<>>& event_counts() const {
    return names_;
  }
  [[nodiscard]] std::uint64_t count_of(EventKind kind) const {
    return kinds_[static_cast<std::size_t>(kind)];
  }

  // --- What is not here ---

  [[nodiscard]] std::uint64_t overwritten() const;  ///< by newer events, before the text
  [[nodiscard]] std::uint64_t lost() const { return lost_; }
  [[nodiscard]] bool lost_unknown_number() const { return lost_unknown_; }
  [[nodiscard]] std::uint64_t left_out() const { return left_out_; }  ///< places, by a sign
  /// Events that the header counts and the text does not have.
  [[nodiscard]] std::uint64_t cut_off() const;
  [[nodiscard]] const Gaps& gaps() const { return gaps_; }
  /// Whether anything is missing that has a sign in the text.
  [[nodiscard]] bool is_complete() const;

  // --- Of whom it is ---

  [[nodiscard]] const std::vector<std::string>& peers() const { return peers_; }
  /// Peers of different addresses, or devices by name.
  [[nodiscard]] bool has_several_devices() const {
    return peers_.size() > 1 || devices_.size() > 1;
  }
  /// A connection was made while another was up.
  [[nodiscard]] bool has_several_transports() const { return several_transports_; }
  [[nodiscard]] std::uint64_t connects() const { return connects_; }
  [[nodiscard]] std::uint64_t last_teardown() const { return last_teardown_; }
  /// The first event of the client is that a connection is made.
  [[nodiscard]] bool begins_before_connect() const { return begins_before_connect_; }
  /// Lines of different CPUs are in the order of time.
  [[nodiscard]] bool is_sorted() const;
  /// MRs are destroyed when their connection ends: from 5.13 on.
  [[nodiscard]] bool mrs_die_with_connection() const { return count_of(EventKind::fastreg) > 0; }

 private:
  void take_event(const TraceLine& line, std::uint64_t number);

  std::uint64_t lines_ = 0;
  std::uint64_t events_ = 0;
  std::uint64_t client_events_ = 0;
  std::uint64_t unreadable_ = 0;
  std::uint64_t printk_lines_ = 0;
  std::array<std::uint64_t, 5> layouts_{};
  Layout begins_as_ = Layout::none;
  Clock clock_ = Clock::none;
  std::uint64_t first_time_ = 0;
  std::uint64_t last_time_ = 0;
  std::map<int, std::uint64_t> cpus_{};  // the line of its last event
  unsigned cpus_named_ = 0;
  std::map<std::string, std::uint64_t, std::less<>> names_{};
  std::array<std::uint64_t, 16> kinds_{};
  std::uint64_t in_buffer_ = 0;
  std::uint64_t written_ = 0;
  std::uint64_t first_event_ = 0;
  std::uint64_t last_event_ = 0;
  std::uint64_t lost_ = 0;
  std::uint64_t lost_lines_ = 0;
  bool lost_unknown_ = false;
  std::uint64_t left_out_ = 0;
  Gaps gaps_{};
  std::vector<std::string> peers_{};
  std::vector<std::string> devices_{};
  bool is_up_ = false;
  bool several_transports_ = false;
  bool begins_before_connect_ = false;
  std::uint64_t disconnected_ = 0;
  std::uint64_t last_teardown_ = 0;
  std::uint64_t connects_ = 0;
  std::uint64_t number_ = 0;
  Spelling spelling_{};
  bool has_task_ = false;
  bool has_number_ = false;
  bool has_names_of_4_16_ = false;
  bool names_devices_ = false;
};

}  // namespace tools::audit
