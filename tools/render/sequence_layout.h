// SPDX-License-Identifier: MIT
//
// Where things are in a sequence diagram.
//
// Every row belongs to one step, so texts do not overlap. A message goes sideways in
// the row in which it is sent, to a track left of its receiver's lane. There it goes
// down for as long as it waits, and into the lane where it is taken.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "tools/render/lanes.h"
#include "tools/words/svg.h"

namespace tools::sequence {

inline constexpr Tenths margin = 160;
inline constexpr Tenths text_height = 140;  ///< of a line
inline constexpr Tenths text_base = 112;    ///< from the top of a line to its base line
inline constexpr Tenths padding = 50;       ///< between a step's edge and its text
inline constexpr Tenths row_padding = 10;   ///< the same above and below it
inline constexpr Tenths row_gap = 50;       ///< between steps of two contexts
inline constexpr Tenths state_width = 880;  ///< of a band: wider than "FLUSHED_FR"
inline constexpr Tenths mapping_gap = 50;   ///< between it and the thinner one beside it
inline constexpr Tenths mapping_width = 100;
inline constexpr Tenths note_gap = 60;  ///< between that and what is said of it

/// The length of a text in bold: longer by about a seventh.
inline Tenths bold_width(std::string_view text) {
  return text_width(text, Font::label) * 115 / 100;
}

/// The text beside an MR if it is the only one.
struct Note {
  std::vector<std::string> lines;
  bool is_bold = false;
  bool is_alarm = false;
};

/// A row of the diagram: what happens at one moment.
struct Row {
  Moment moment;
  std::vector<std::string> lines;
  bool is_faint = false;     ///< of messages only
  bool is_joined = false;    ///< with the row above, of the same context
  std::size_t left_out = 0;  ///< steps that are not shown, between it and the row above
  Note note;
  Tenths top = 0;
  Tenths bottom = 0;
  [[nodiscard]] Tenths middle() const { return (top + bottom) / 2; }
};

/// The column of a context: its steps, and tracks for messages that pass it.
struct Lane {
  sim::ActorId actor = 0;
  Tenths tracks = 0;  ///< left edge of the first
  Tenths left = 0;
  Tenths right = 0;
  std::vector<std::size_t> busy_until;  ///< by track: the step in which a message leaves it
};

/// A run laid out: first across, then, once it is known what is above, down. The trace
/// must outlive it.
class Layout {
 public:
  Layout(const model::Trace& trace, bool every_step, const Only& only);

  /// Places the rows below `top`. The functions below that return heights REQUIRE this.
  void place_rows(Tenths top);

  [[nodiscard]] const Lanes& lanes() const { return lanes_; }
  [[nodiscard]] const std::vector<Row>& rows() const { return rows_; }
  [[nodiscard]] const std::vector<Lane>& columns() const { return columns_; }
  [[nodiscard]] Tenths width() const { return width_; }
  [[nodiscard]] Tenths top() const { return top_; }        ///< of the first row
  [[nodiscard]] Tenths bottom() const { return bottom_; }  ///< below the last one

  /// REQUIRES: the actor has a lane, the step a row.
  [[nodiscard]] const Lane& lane_of(sim::ActorId actor) const;
  [[nodiscard]] const Row& row_of(std::size_t step) const;
  /// The middle of the step's row, and where it begins; for a step that is not shown,
  /// the place between rows where it would be.
  [[nodiscard]] Tenths at_or_after(std::size_t step) const;
  [[nodiscard]] Tenths top_of(std::size_t step) const;
  /// Whether there is one MR, and room beside it to say what happens to it.
  [[nodiscard]] bool has_notes() const { return lanes_.mrs.size() == 1; }
  /// How many steps are not shown after the last row.
  [[nodiscard]] std::size_t left_out_at_end() const { return left_out_at_end_; }
  /// Right ends of what stands before the lanes: marks of gaps, and steps.
  [[nodiscard]] Tenths gaps_right() const { return gaps_right_; }
  [[nodiscard]] Tenths steps_right() const { return steps_right_; }

  /// Where a message, by index, waits; and where it meets the rows of its two ends:
  /// what is taken in the upper half, what is sent in the lower half.
  [[nodiscard]] Tenths track_of(std::size_t message) const;
  [[nodiscard]] Tenths start_of(std::size_t message) const;
  [[nodiscard]] Tenths end_of(std::size_t message) const;

  /// Position of the band of an MR, by index.
  [[nodiscard]] Tenths band_left(std::size_t mr) const;

  /// "12.345 µs" if the trace has a clock, else the step's number.
  [[nodiscard]] std::string when(std::size_t step) const;

 private:
  void make_rows(bool every_step, const Only& only);
  [[nodiscard]] Row row_with_words(Moment moment) const;
  [[nodiscard]] bool something_between(const Row& above, const Row& below) const;
  void add_notes();
  void wrap_for_all();
  void assign_tracks();
  void place_lanes();

  const model::Trace& trace_;
  Lanes lanes_;
  std::vector<Row> rows_;
  std::vector<Lane> columns_;
  std::vector<std::size_t> tracks_;  // by message
  std::size_t left_out_at_end_ = 0;
  Tenths longest_;  // of a line in a lane
  Tenths gaps_right_ = 0;
  Tenths steps_right_ = 0;
  Tenths mrs_left_ = 0;
  Tenths width_ = 0;
  Tenths top_ = 0;
  Tenths bottom_ = 0;
};

}  // namespace tools::sequence
