// SPDX-License-Identifier: MIT
//
// Laying out a sequence diagram.
#include "tools/render/sequence_layout.h"

#include <algorithm>
#include <utility>

#include "tools/render/sequence_marks.h"

namespace tools::sequence {
namespace {

constexpr Tenths track_distance = 60;        ///< between messages that wait for the same context
constexpr Tenths longest_line = 1250;        ///< in a lane
constexpr Tenths longest_short_line = 1130;  ///< where no word names the MR
constexpr Tenths longest_note = 860;
constexpr Tenths least_lane = 700;
constexpr Tenths mr_distance = 110;
constexpr std::size_t most_tracks = 6;  ///< of a lane; further messages share the last one
constexpr Tenths least_width = 6000;

/// What an event is to an MR that is in that place.
void note(const model::Event& event, model::Place place, Note& note) {
  std::string text;
  if (event.kind == model::EventKind::dma_map) text = "DMA map";
  if (event.kind == model::EventKind::dma_unmap) {
    const auto found = static_cast<model::DmaState>(event.from);
    note.is_alarm = found != model::DmaState::mapped;
    note.is_bold = true;
    text = !note.is_alarm                       ? "DMA unmap"
           : found == model::DmaState::unmapped ? "DMA unmap again"
                                                : "DMA unmap: never mapped";
  }
  if (event.kind == model::EventKind::fr_state && place == model::Place::free_list) {
    text = "while on the free list";
  }
  if (text.empty()) return;
  note.lines =
      lines_within(text, Font::label, note.is_bold ? longest_note * 100 / 115 : longest_note);
}

/// In the gap before a row.
Tenths above(const Row& row) { return row.top - (row.is_joined ? 0 : row_gap / 2); }

/// Evenly spread over half of a row.
Tenths height_in(const Row& row, const std::vector<std::size_t>& all, std::size_t message,
                 bool is_lower_half) {
  const auto place = std::find(all.begin(), all.end(), message) - all.begin() + 1;
  const Tenths half = (row.bottom - row.top) / 2;
  return row.top + (is_lower_half ? half : 0) +
         half * static_cast<Tenths>(place) / static_cast<Tenths>(all.size() + 1);
}

}  // namespace

Layout::Layout(const model::Trace& trace, bool every_step, const Only& only)
    : trace_(trace),
      lanes_(lanes_of(trace, every_step, only)),
      longest_(only.mrs.size() == 1 ? longest_short_line : longest_line) {
  make_rows(every_step, only);
  if (has_notes()) add_notes();
  assign_tracks();
  place_lanes();
}

void Layout::make_rows(bool every_step, const Only& only) {
  std::vector<Moment> moments = moments_of(trace_, lanes_, every_step, only);
  const std::vector<std::size_t> between = steps_between(trace_, moments);
  for (std::size_t i = 0; i < moments.size(); ++i) {
    Row row = row_with_words(std::move(moments[i]));
    row.left_out = between[i];
    row.is_joined =
        !rows_.empty() && rows_.back().moment.actor == row.moment.actor && !row.moment.is_for_all;
    rows_.push_back(std::move(row));
  }
  left_out_at_end_ = between.back();
}

/// Whether a band changes in a step that is not shown: then there must be room between
/// the rows.
bool Layout::something_between(const Row& above, const Row& below) const {
  for (const MrLife& life : lanes_.mrs) {
    for (const MrSpan& span : life.spans) {
      if (span.from > above.moment.step && span.from < below.moment.step) return true;
    }
  }
  return false;
}

void Layout::add_notes() {
  const model::MrId mr = lanes_.mrs.front().mr;
  auto place = model::Place::free_list;
  std::vector<Row>::iterator row = rows_.begin();
  for (std::size_t i = 0; i < trace_.steps.size(); ++i) {
    while (row != rows_.end() && row->moment.step < i + 1) ++row;
    const bool is_shown = row != rows_.end() && row->moment.step == i + 1;
    for (const model::Event& event : trace_.steps[i].events) {
      if (event.mr != mr) continue;
      if (event.kind == model::EventKind::moved) place = static_cast<model::Place>(event.to);
      if (is_shown) note(event, place, row->note);
    }
  }
}

Row Layout::row_with_words(Moment moment) const {
  Row row;
  std::string words;
  const auto add = [&words](const std::string& word) {
    words += (words.empty() ? "" : "; ") + word;
  };
  for (const std::string& word : moment.words) add(word);
  row.is_faint = words.empty();
  if (words.empty()) {
    for (const std::size_t message : moment.sends) add(lanes_.messages[message].text);
  }
  if (words.empty()) {
    for (const std::size_t message : moment.takes) add(taken_in_words(lanes_.messages[message]));
  }
  row.lines =
      lines_within(words, Font::label, moment.is_violation ? longest_ * 100 / 115 : longest_);
  row.moment = std::move(moment);
  return row;
}

void Layout::assign_tracks() {
  for (const sim::ActorId actor : lanes_.actors) columns_.push_back({actor, 0, 0, 0, {}});
  for (const Message& message : lanes_.messages) {
    const auto lane = std::find_if(columns_.begin(), columns_.end(),
                                   [&](const Lane& one) { return one.actor == message.to; });
    std::vector<std::size_t>& busy = lane->busy_until;
    std::size_t track = 0;
    while (track < busy.size() && busy[track] > message.sent) ++track;
    track = std::min(track, most_tracks - 1);
    if (track >= busy.size()) busy.resize(track + 1);
    const std::size_t end = std::max(message.taken, message.lost);  // one of them is 0
    busy[track] = std::max(busy[track], end != 0 ? end : trace_.steps.size() + 1);
    tracks_.push_back(track);
  }
}

void Layout::place_lanes() {
  const std::string last = trace_.steps.empty() ? "" : when(trace_.steps.size());
  Tenths gaps = gap_width(left_out_at_end_);
  for (const Row& row : rows_) gaps = std::max(gaps, gap_width(row.left_out));
  gaps_right_ = margin + gaps;
  steps_right_ = gaps_right_ + (gaps == 0 ? 0 : 60) +
                 std::max(text_width(last, Font::label), text_width("step", Font::label));
  Tenths x = steps_right_;
  for (Lane& lane : columns_) {
    Tenths widest = least_lane;
    for (const Row& row : rows_) {
      if (row.moment.actor != lane.actor || row.moment.is_for_all) continue;
      for (const std::string& line : row.lines) {
        widest = std::max(
            widest, row.moment.is_violation ? bold_width(line) : text_width(line, Font::label));
      }
    }
    lane.tracks = x + 70;
    lane.left = lane.tracks + track_distance * static_cast<Tenths>(lane.busy_until.size()) + 50;
    lane.right = x = lane.left + widest + 2 * padding;
  }
  mrs_left_ = x + mr_distance;
  width_ = band_left(lanes_.mrs.size()) - mr_distance + margin;
  if (has_notes()) width_ += note_gap + longest_note;
  width_ = std::max(width_, least_width);
  wrap_for_all();
}

/// A text that concerns all lanes may use the room of all of them.
void Layout::wrap_for_all() {
  if (columns_.empty()) return;
  const Tenths room = columns_.back().right - columns_.front().left - 2 * padding;
  for (Row& row : rows_) {
    if (!row.moment.is_for_all) continue;
    std::string words;
    for (const std::string& word : row.moment.words) words += (words.empty() ? "" : "; ") + word;
    row.lines = lines_within(words, Font::label, room);
  }
}

void Layout::place_rows(Tenths top) {
  top_ = bottom_ = top;
  if (!lanes_.mrs.empty()) bottom_ += text_height + padding;  // room for how the MRs begin
  for (Row& row : rows_) {
    const auto lines = static_cast<Tenths>(std::max(row.lines.size(), row.note.lines.size()));
    row.top = bottom_ + (row.is_joined ? 0 : row_gap);
    row.bottom = row.top + lines * text_height + 2 * row_padding;
    bottom_ = row.bottom;
  }
  bottom_ += row_gap + 60;
}

const Lane& Layout::lane_of(sim::ActorId actor) const {
  return *std::find_if(columns_.begin(), columns_.end(),
                       [actor](const Lane& lane) { return lane.actor == actor; });
}

const Row& Layout::row_of(std::size_t step) const {
  return *std::lower_bound(rows_.begin(), rows_.end(), step,
                           [](const Row& row, std::size_t s) { return row.moment.step < s; });
}

Tenths Layout::at_or_after(std::size_t step) const {
  for (const Row& row : rows_) {
    if (row.moment.step >= step) return row.moment.step == step ? row.middle() : above(row);
  }
  return bottom_;
}

Tenths Layout::top_of(std::size_t step) const {
  for (const Row& row : rows_) {
    if (row.moment.step >= step) return row.moment.step == step ? row.top : above(row);
  }
  return bottom_;
}

Tenths Layout::track_of(std::size_t message) const {
  return lane_of(lanes_.messages[message].to).tracks +
         track_distance * static_cast<Tenths>(tracks_[message]);
}

Tenths Layout::start_of(std::size_t message) const {
  const Row& row = row_of(lanes_.messages[message].sent);
  return height_in(row, row.moment.sends, message, true);
}

Tenths Layout::end_of(std::size_t message) const {
  const Message& it = lanes_.messages[message];
  if (it.taken == 0) return it.lost != 0 ? at_or_after(it.lost) : bottom_;
  const Row& row = row_of(it.taken);
  return height_in(row, row.moment.takes, message, false);
}

Tenths Layout::band_left(std::size_t mr) const {
  return mrs_left_ +
         static_cast<Tenths>(mr) * (state_width + mapping_gap + mapping_width + mr_distance);
}

std::string Layout::when(std::size_t step) const {
  if (!trace_.is_timed()) return std::to_string(step);
  const std::uint64_t ns = trace_.steps[step - 1].time_ns;
  return std::to_string(ns / 1000) + "." + std::to_string(ns % 1000 + 1000).substr(1) + " µs";
}

}  // namespace tools::sequence
