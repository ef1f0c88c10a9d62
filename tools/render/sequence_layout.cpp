// SPDX-License-Identifier: MIT
//
// Laying out a sequence diagram.
#include "tools/render/sequence_layout.h"

#include <algorithm>

namespace tools::sequence {
namespace {

constexpr Tenths track_distance = 60;  ///< between messages that wait for the same context
constexpr Tenths thin_row = 120;       ///< of a step without words
constexpr Tenths mr_distance = 110;
constexpr std::size_t most_tracks = 6;  ///< of a lane; further messages share the last one
constexpr Tenths least_width = 6000;

/// Evenly spread over half of a row.
Tenths height_in(const Row& row, const std::vector<std::size_t>& all, std::size_t message,
                 bool is_lower_half) {
  const auto place = std::find(all.begin(), all.end(), message) - all.begin() + 1;
  const Tenths half = (row.bottom - row.top) / 2;
  return row.top + (is_lower_half ? half : 0) +
         half * static_cast<Tenths>(place) / static_cast<Tenths>(all.size() + 1);
}

}  // namespace

Layout::Layout(const model::Trace& trace, bool every_step)
    : trace_(trace), lanes_(lanes_of(trace, every_step)) {
  for (Moment& moment : moments_of(trace, lanes_, every_step)) {
    rows_.push_back(row_with_words(std::move(moment)));
  }
  assign_tracks();
  place_lanes();
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
  row.lines = lines_within(words, Font::small, lane_width - 2 * padding);
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
  Tenths x = margin + std::max(text_width(last, Font::small), text_width("step", Font::small));
  for (Lane& lane : columns_) {
    lane.tracks = x + 80;
    lane.left = lane.tracks + track_distance * static_cast<Tenths>(lane.busy_until.size()) + 60;
    lane.right = x = lane.left + lane_width;
  }
  mrs_left_ = x + mr_distance;
  width_ = std::max(band_left(lanes_.mrs.size()) - mr_distance + margin, least_width);
}

void Layout::place_rows(Tenths top) {
  top_ = bottom_ = top;
  if (!lanes_.mrs.empty()) bottom_ += text_height + padding;  // room for how the MRs begin
  for (Row& row : rows_) {
    const auto lines = static_cast<Tenths>(row.lines.size());
    row.top = bottom_ + row_gap;
    row.bottom = row.top + (lines == 0 ? thin_row : lines * text_height + padding);
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
    if (row.moment.step >= step) return row.middle();
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
