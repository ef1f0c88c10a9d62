// SPDX-License-Identifier: MIT
//
// A sequence diagram as SVG.
//
// A race is about messages that wait long, so they are drawn from where a message is
// sent to where it is taken. MRs are bands beside the lanes: with colours, and with
// names for readers who cannot tell colours apart.
#include <algorithm>

#include "model/scenario/input.h"
#include "tools/render/render.h"
#include "tools/render/sequence_layout.h"
#include "tools/render/sequence_marks.h"
#include "tools/words/words.h"

namespace tools {
namespace {

using namespace sequence;

constexpr const char* bold = " font-weight=\"bold\"";
/// A diagram that is higher has the lanes' names at the bottom, too.
constexpr Tenths high = 8000;

class SequenceDiagram {
 public:
  SequenceDiagram(const model::Trace& trace, bool every_step, const Only& only)
      : trace_(trace), only_(only), layout_(trace, every_step, only) {}

  std::string drawn() {
    draw_head();
    const Tenths lanes_top = bottom_;
    draw_lane_names();
    layout_.place_rows(bottom_);
    bottom_ = layout_.bottom();
    draw_behind_rows();
    for (std::size_t i = 0; i < layout_.lanes().messages.size(); ++i) draw_message(i);
    for (const Row& row : layout_.rows()) draw(row);
    if (layout_.left_out_at_end() != 0) {
      const Tenths last = layout_.rows().empty() ? layout_.top() : layout_.rows().back().bottom;
      marks_.gap({layout_.gaps_right(), last + row_gap}, layout_.left_out_at_end());
    }
    draw_frames();
    for (std::size_t i = 0; i < layout_.lanes().mrs.size(); ++i) draw_mr(i);
    draw_notes();
    if (bottom_ - lanes_top > high) draw_lane_names();
    draw_last_word();
    bottom_ = marks_.legend(margin, layout_.width() - margin, bottom_);
    return drawing_.finished(layout_.width(), bottom_ + margin / 2, trace_.scenario.title,
                             in_one_line() + ", a sequence diagram of " +
                                 std::to_string(trace_.steps.size()) +
                                 " steps: " + last_word(trace_));
  }

 private:
  [[nodiscard]] std::string in_one_line() const {
    return run_in_words(trace_, only_, layout_.rows().size());
  }

  void draw_lines(const std::string& text, Font font, Tenths height, const std::string& paint) {
    for (const std::string& line : lines_within(text, font, layout_.width() - 2 * margin)) {
      bottom_ += height;
      drawing_.text({margin, bottom_}, Anchor::start, font, paint, line);
    }
  }

  void draw_head() {
    bottom_ = margin / 2;
    draw_lines(model::printable(trace_.scenario.title), Font::title, 230, filled(ink::text));
    draw_lines(in_one_line(), Font::subtitle, 180, filled(ink::faint));
    bottom_ += 80;
  }

  void draw_lane_names() {
    constexpr Tenths line_height = 150;
    Tenths lowest = bottom_ + line_height;
    for (const Lane& lane : layout_.columns()) {
      Tenths y = bottom_;
      // Bold: wider by about a seventh.
      for (const std::string& line : lines_within(std::string(model::long_name(lane.actor)),
                                                  Font::label, (lane.right - lane.left) * 7 / 8)) {
        y += line_height;
        drawing_.text({(lane.left + lane.right) / 2, y}, Anchor::middle, Font::label,
                      filled(ink::text) + bold, line);
      }
      lowest = std::max(lowest, y);
    }
    for (std::size_t i = 0; i < layout_.lanes().mrs.size(); ++i) {
      drawing_.text({layout_.band_left(i), bottom_ + line_height}, Anchor::start, Font::label,
                    filled(ink::text) + bold, "MR " + std::to_string(layout_.lanes().mrs[i].mr));
    }
    if (layout_.has_notes()) {
      const Tenths mapping = layout_.band_left(0) + state_width + mapping_gap + mapping_width / 2;
      lowest = std::max(lowest, bottom_ + 2 * line_height);
      drawing_.text({layout_.band_left(0), lowest}, Anchor::start, Font::label, filled(ink::faint),
                    "fr_state");
      drawing_.text({mapping + mapping_width / 2, lowest}, Anchor::end, Font::label,
                    filled(ink::faint), "DMA");
    }
    drawing_.text({layout_.steps_right(), bottom_ + line_height}, Anchor::end, Font::label,
                  filled(ink::faint), "step");
    bottom_ = lowest + 70;
  }

  void draw_behind_rows() {
    for (const Lane& lane : layout_.columns()) {
      const Tenths x = (lane.left + lane.right) / 2;
      drawing_.line({x, layout_.top()}, {x, layout_.bottom()}, stroked(ink::grid, 20));
    }
    for (const Row& row : layout_.rows()) {
      if (!row.moment.is_violation) continue;
      drawing_.box({margin / 2, row.top, layout_.width() - margin / 2, row.bottom},
                   filled(ink::alarm_tint));
    }
  }

  void draw(const Row& row) {
    if (row.left_out != 0) {
      const Tenths between = row.top - (row.is_joined ? 0 : row_gap / 2);
      marks_.gap({layout_.gaps_right(), between}, row.left_out);
    }
    std::string tip = "step " + std::to_string(row.moment.step) + ", " +
                      std::string(model::long_name(row.moment.actor));
    for (const std::string& word : row.moment.words) tip += "; " + word;
    drawing_.open(tip);
    drawing_.text({layout_.steps_right(), row.top + row_padding + text_base}, Anchor::end,
                  Font::label, filled(ink::faint), layout_.when(row.moment.step));
    if (row.moment.is_for_all) {
      draw_for_all(row);
    } else {
      draw_box(row);
    }
    drawing_.close();
    if (layout_.has_notes() && !row.moment.is_for_all && changes_mr(row)) {
      const Tenths y = row.middle();
      marks_.change({layout_.lane_of(row.moment.actor).right, y}, {layout_.band_left(0), y});
    }
  }

  [[nodiscard]] bool changes_mr(const Row& row) const {
    const std::vector<model::Event>& events = trace_.steps[row.moment.step - 1].events;
    return std::any_of(events.begin(), events.end(), [&](const model::Event& event) {
      return event.mr == layout_.lanes().mrs.front().mr &&
             (event.kind == model::EventKind::fr_state || event.kind == model::EventKind::dma_map ||
              event.kind == model::EventKind::dma_unmap);
    });
  }

  void draw_box(const Row& row) {
    const Lane& lane = layout_.lane_of(row.moment.actor);
    drawing_.box({lane.left, row.top, lane.right, row.bottom},
                 filled(row.moment.is_violation ? ink::alarm_tint : ink::page));
    Tenths base = row.top + row_padding + text_base;
    for (const std::string& line : row.lines) {
      drawing_.text(
          {lane.left + padding, base}, Anchor::start, Font::label,
          filled(row.is_faint ? ink::faint : ink::text) + (row.moment.is_violation ? bold : ""),
          line);
      base += text_height;
    }
  }

  /// What the link does, from lane to lane.
  void draw_for_all(const Row& row) {
    const Tenths left = layout_.columns().empty() ? margin : layout_.columns().front().left;
    const Tenths right = layout_.columns().empty() ? margin : layout_.columns().back().right;
    Tenths longest = 0;
    for (const std::string& line : row.lines) {
      longest = std::max(longest, text_width(line, Font::label));
    }
    marks_.for_all({left, row.middle()}, {right, row.middle()});
    const Tenths middle = (left + right) / 2;
    drawing_.box(
        {middle - longest / 2 - padding, row.top, middle + longest / 2 + padding, row.bottom},
        filled(ink::page));
    Tenths base = row.top + row_padding + text_base;
    for (const std::string& line : row.lines) {
      drawing_.text({middle - longest / 2, base}, Anchor::start, Font::label, filled(ink::text),
                    line);
      base += text_height;
    }
  }

  /// A frame around steps of one context, if no step of another lies between them.
  void draw_frames() {
    const std::vector<Row>& rows = layout_.rows();
    for (std::size_t begin = 0, end = 0; begin < rows.size(); begin = end) {
      for (end = begin + 1; end < rows.size() && rows[end].is_joined;) ++end;
      if (rows[begin].moment.is_for_all) continue;
      const Lane& lane = layout_.lane_of(rows[begin].moment.actor);
      drawing_.box({lane.left, rows[begin].top, lane.right, rows[end - 1].bottom},
                   " fill-opacity=\"0\"" + edged(ink::page, ink::axis, 10));
    }
    for (const Row& row : rows) {
      if (!row.moment.is_violation || row.moment.is_for_all) continue;
      const Lane& lane = layout_.lane_of(row.moment.actor);
      drawing_.box({lane.left, row.top, lane.right, row.bottom},
                   " fill-opacity=\"0\"" + edged(ink::page, ink::alarm, 30));
    }
  }

  void draw_message(std::size_t index) {
    const Message& message = layout_.lanes().messages[index];
    const Lane& from = layout_.lane_of(message.from);
    const Tenths to = layout_.lane_of(message.to).left;
    const Tenths track = layout_.track_of(index);
    const Tenths start = layout_.start_of(index);
    const Tenths end = layout_.end_of(index);
    const Tenths edge = to > from.left ? from.right : from.left;
    drawing_.open(std::string(model::long_name(message.from)) + " to " +
                  std::string(model::long_name(message.to)) + ": " + message.text);
    std::vector<Place> line{{edge, start}, {track, start}, {track, end}};
    if (message.taken != 0) line.push_back({to, end});
    marks_.message(line, message.kind, message.taken != 0);
    if (message.lost != 0) marks_.lost({track, end}, *look_of(message.kind).ink);
    drawing_.close();
  }

  void draw_mr(std::size_t index) {
    const std::vector<MrSpan>& spans = layout_.lanes().mrs[index].spans;
    const Tenths left = layout_.band_left(index);
    const auto top_of = [&](std::size_t i) {
      if (i == spans.size()) return layout_.bottom();
      return spans[i].from == 0 ? layout_.top() : layout_.top_of(spans[i].from);
    };
    for (std::size_t begin = 0, end = 0; begin < spans.size(); begin = end) {
      while (end < spans.size() && spans[end].fr_state == spans[begin].fr_state) ++end;
      const Box box{left, top_of(begin), left + state_width, top_of(end)};
      if (box.top != box.bottom) marks_.state(box, spans[begin].fr_state);
    }
    const Tenths beside = left + state_width + mapping_gap;
    for (std::size_t begin = 0, end = 0; begin < spans.size(); begin = end) {
      while (end < spans.size() && spans[end].is_mapped == spans[begin].is_mapped) ++end;
      const Box box{beside, top_of(begin), beside + mapping_width, top_of(end)};
      if (box.top != box.bottom) marks_.mapping(box, spans[begin].is_mapped);
    }
    mark_unmaps(layout_.lanes().mrs[index].mr, beside + mapping_width / 2);
  }

  /// A wrong unmap changes nothing in a band, and is what the picture is about.
  void mark_unmaps(model::MrId mr, Tenths x) {
    for (std::size_t i = 0; i < trace_.steps.size(); ++i) {
      for (const model::Event& event : trace_.steps[i].events) {
        if (event.kind != model::EventKind::dma_unmap || event.mr != mr) continue;
        const bool is_wrong = static_cast<model::DmaState>(event.from) != model::DmaState::mapped;
        drawing_.open("step " + std::to_string(i + 1) + ": " +
                      in_words(event, trace_.scenario.setup));
        marks_.unmap({x, layout_.at_or_after(i + 1)}, is_wrong);
        drawing_.close();
      }
    }
  }

  void draw_notes() {
    for (const Row& row : layout_.rows()) {
      if (row.note.lines.empty()) continue;
      const Tenths band = layout_.band_left(0);
      const Tenths x = band + state_width + mapping_gap + mapping_width + note_gap;
      const auto height = text_height * static_cast<Tenths>(row.note.lines.size());
      Tenths base = row.middle() - height / 2 + text_base;
      for (const std::string& line : row.note.lines) {
        drawing_.text(
            {x, base}, Anchor::start, Font::label,
            filled(row.note.is_alarm ? ink::alarm : ink::text) + (row.note.is_bold ? bold : ""),
            line);
        base += text_height;
      }
    }
  }

  void draw_last_word() {
    const bool is_bad = trace_.end == sim::End::violation;
    const std::vector<std::string> lines =
        lines_within(last_word(trace_), Font::subtitle, (layout_.width() - 2 * margin) * 7 / 8);
    const Tenths bottom = bottom_ + 180 * static_cast<Tenths>(lines.size()) + 80;
    if (is_bad) {
      drawing_.box({margin / 2, bottom_, layout_.width() - margin / 2, bottom},
                   filled(ink::alarm_tint));
    }
    for (const std::string& line : lines) {
      drawing_.text({margin, bottom_ + 170}, Anchor::start, Font::subtitle,
                    filled(ink::text) + (is_bad ? bold : ""), line);
      bottom_ += 180;
    }
    bottom_ = bottom + 60;
  }

  const model::Trace& trace_;
  const Only& only_;
  Layout layout_;
  Drawing drawing_;
  Marks marks_{drawing_};
  Tenths bottom_ = 0;  // of what is drawn so far
};

}  // namespace

std::string sequence_svg(const model::Trace& trace, bool every_step, const Only& only) {
  return SequenceDiagram(trace, every_step, only).drawn();
}

}  // namespace tools
