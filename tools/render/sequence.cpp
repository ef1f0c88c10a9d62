// SPDX-License-Identifier: MIT
//
// A sequence diagram as SVG.
//
// Long tracks of messages are what a race is made of, so they are drawn from where a
// message is sent to where it is taken. MRs are bands beside the lanes: by colour, and by
// name for who cannot tell colours apart.
#include <algorithm>
#include <array>

#include "model/scenario/names.h"
#include "tools/render/render.h"
#include "tools/render/sequence_layout.h"

namespace tools {
namespace {

using namespace sequence;

constexpr const Ink& alarm_ink = ink::curves[1];
constexpr const char* tinted = " fill-opacity=\"0.15\"";
constexpr const char* bold = " font-weight=\"bold\"";
/// A diagram that is higher says the lanes' names below, too.
constexpr Tenths high = 8000;

struct Look {
  const Ink* ink;
  Tenths width;
  const char* dashes;
  const char* meaning;
};

constexpr std::array<Look, 4> looks{
    {{&ink::text, 18, "", "an MR is handed over to a worker"},
     {&ink::curves[0], 14, "", "a work request is posted"},
     {&ink::curves[0], 14, " stroke-dasharray=\"6 3\"", "its completion"},
     {&ink::faint, 12, " stroke-dasharray=\"2 3\"", "wake-ups, requests, news of the connection"}}};

const Look& look_of(MessageKind kind) {
  switch (kind) {
    case MessageKind::hand_over:
      return looks[0];
    case MessageKind::post:
      return looks[1];
    case MessageKind::completion:
      return looks[2];
    default:
      return looks[3];
  }
}

const Ink& ink_of(model::FrState state) {
  switch (state) {
    case model::FrState::is_invalid:
      return ink::page;
    case model::FrState::is_valid:
      return ink::curves[2];
    case model::FrState::flushed_fr:
      return ink::curves[3];
    case model::FrState::flushed_li:
      break;
  }
  return ink::curves[4];
}

/// A filling and an edge, each with its dark colour.
std::string edged(const Ink& inside, const Ink& edge, Tenths width) {
  return " class=\"" + std::string(inside.name) + "-fill " + std::string(edge.name) +
         "-stroke\" fill=\"" + std::string(inside.light) + "\" stroke=\"" +
         std::string(edge.light) + "\" stroke-width=\"" + in_pixels(width) + "\"";
}

class SequenceDiagram {
 public:
  SequenceDiagram(const model::Trace& trace, bool every_step)
      : trace_(trace), layout_(trace, every_step) {}

  std::string drawn() {
    draw_head();
    const Tenths lanes_top = bottom_;
    draw_lane_names();
    layout_.place_rows(bottom_);
    bottom_ = layout_.bottom();
    draw_behind_rows();
    for (std::size_t i = 0; i < layout_.lanes().messages.size(); ++i) draw_message(i);
    for (const Row& row : layout_.rows()) draw(row);
    for (std::size_t i = 0; i < layout_.lanes().mrs.size(); ++i) draw_mr(i);
    if (bottom_ - lanes_top > high) draw_lane_names();
    draw_last_word();
    draw_legend();
    return drawing_.finished(layout_.width(), bottom_ + margin, trace_.scenario.title,
                             run_in_words(trace_) + ", a sequence diagram of " +
                                 std::to_string(trace_.steps.size()) +
                                 " steps: " + last_word(trace_));
  }

 private:
  void draw_lines(const std::string& text, Font font, Tenths height, const std::string& paint) {
    for (const std::string& line : lines_within(text, font, layout_.width() - 2 * margin)) {
      bottom_ += height;
      drawing_.text({margin, bottom_}, Anchor::start, font, paint, line);
    }
  }

  void draw_head() {
    bottom_ = margin / 2;
    draw_lines(model::printable(trace_.scenario.title), Font::title, 230, filled(ink::text));
    draw_lines(run_in_words(trace_), Font::subtitle, 200, filled(ink::faint));
    bottom_ += 150;
  }

  void draw_lane_names() {
    constexpr Tenths line_height = 160;
    Tenths lowest = bottom_ + line_height;
    for (const Lane& lane : layout_.columns()) {
      Tenths y = bottom_;
      // Bold: wider by a tenth.
      for (const std::string& line : lines_within(std::string(model::long_name(lane.actor)),
                                                  Font::label, lane_width * 10 / 11)) {
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
    bottom_ = lowest + 100;
  }

  void draw_behind_rows() {
    for (const Lane& lane : layout_.columns()) {
      const Tenths x = (lane.left + lane.right) / 2;
      drawing_.line({x, layout_.top()}, {x, layout_.bottom()}, stroked(ink::grid, 20));
    }
    for (const Row& row : layout_.rows()) {
      if (!row.moment.is_violation) continue;
      drawing_.box({margin / 2, row.top - row_gap / 2, layout_.width() - margin / 2,
                    row.bottom + row_gap / 2},
                   filled(alarm_ink) + tinted);
    }
  }

  void draw(const Row& row) {
    const Lane& lane = layout_.lane_of(row.moment.actor);
    std::string tip = "step " + std::to_string(row.moment.step) + ", " +
                      std::string(model::long_name(lane.actor));
    for (const std::string& word : row.moment.words) tip += "; " + word;
    drawing_.open(tip);
    if (row.lines.empty()) {
      drawing_.box({lane.left, row.top + 30, lane.right, row.bottom - 30}, filled(ink::axis));
      drawing_.close();
      return;
    }
    const bool is_bad = row.moment.is_violation;
    drawing_.box({lane.left, row.top, lane.right, row.bottom},
                 edged(ink::page, is_bad ? alarm_ink : ink::axis, is_bad ? 30 : 10));
    Tenths base = row.top + padding / 2 + text_base;
    drawing_.text({layout_.columns().front().tracks - 60, base}, Anchor::end, Font::small,
                  filled(ink::faint), layout_.when(row.moment.step));
    for (const std::string& line : row.lines) {
      drawing_.text({lane.left + padding, base}, Anchor::start, Font::small,
                    filled(row.is_faint ? ink::faint : ink::text), line);
      base += text_height;
    }
    drawing_.close();
  }

  void draw_message(std::size_t index) {
    const Message& message = layout_.lanes().messages[index];
    const Look& look = look_of(message.kind);
    const std::string paint = stroked(*look.ink, look.width) + look.dashes;
    const Lane& from = layout_.lane_of(message.from);
    const Tenths to = layout_.lane_of(message.to).left;
    const Tenths track = layout_.track_of(index);
    const Tenths start = layout_.start_of(index);
    const Tenths end = layout_.end_of(index);
    const Tenths edge = to > from.left ? from.right : from.left;
    drawing_.open(std::string(model::long_name(message.from)) + " to " +
                  std::string(model::long_name(message.to)) + ": " + message.text);
    std::vector<Place> line{{edge, start}, {track, start}, {track, end}};
    if (message.taken != 0) line.push_back({to - 40, end});
    drawing_.polyline(line, paint);
    if (message.taken != 0) {
      drawing_.polygon({{to, end}, {to - 60, end - 30}, {to - 60, end + 30}}, filled(*look.ink));
    }
    if (message.lost != 0) draw_cross({track, end}, *look.ink);
    drawing_.close();
  }

  void draw_cross(Place middle, const Ink& ink) {
    const auto [x, y] = middle;
    drawing_.line({x - 30, y - 30}, {x + 30, y + 30}, stroked(ink, 16));
    drawing_.line({x - 30, y + 30}, {x + 30, y - 30}, stroked(ink, 16));
  }

  void draw_mr(std::size_t index) {
    const std::vector<MrSpan>& spans = layout_.lanes().mrs[index].spans;
    const Tenths left = layout_.band_left(index);
    const auto top_of = [&](std::size_t i) {
      if (i == spans.size()) return layout_.bottom();
      return spans[i].from == 0 ? layout_.top() : layout_.row_of(spans[i].from).top;
    };
    for (std::size_t begin = 0, end = 0; begin < spans.size(); begin = end) {
      while (end < spans.size() && spans[end].fr_state == spans[begin].fr_state) ++end;
      draw_state(left, top_of(begin), top_of(end), spans[begin].fr_state);
    }
    const Tenths beside = left + state_width + mapping_gap;
    for (std::size_t begin = 0, end = 0; begin < spans.size(); begin = end) {
      while (end < spans.size() && spans[end].is_mapped == spans[begin].is_mapped) ++end;
      drawing_.box({beside, top_of(begin), beside + mapping_width, top_of(end)},
                   edged(spans[begin].is_mapped ? ink::text : ink::page, ink::axis, 10));
    }
    mark_wrong_unmaps(layout_.lanes().mrs[index].mr, beside + mapping_width / 2);
  }

  void draw_state(Tenths left, Tenths top, Tenths bottom, model::FrState state) {
    const bool is_flushed =
        state == model::FrState::flushed_fr || state == model::FrState::flushed_li;
    const Ink& ink = ink_of(state);
    drawing_.box({left, top, left + state_width, bottom},
                 edged(ink, ink::axis, 10) +
                     (state == model::FrState::is_invalid ? "" : " fill-opacity=\"0.3\""));
    // Hatched below its name.
    for (Tenths y = top + 260; is_flushed && y + 10 < bottom; y += 120) {
      drawing_.line({left, y}, {left + state_width, y - 60}, stroked(ink, 10));
    }
    drawing_.text({left + padding, top + padding / 2 + text_base}, Anchor::start, Font::small,
                  filled(ink::text), name_of(model::fr_state_names, state));
  }

  /// An unmap of what is not mapped changes nothing in a band, and is what it is about.
  void mark_wrong_unmaps(model::MrId mr, Tenths x) {
    for (const Row& row : layout_.rows()) {
      for (const model::Event& event : trace_.steps[row.moment.step - 1].events) {
        if (event.kind != model::EventKind::dma_unmap || event.mr != mr) continue;
        if (static_cast<model::DmaState>(event.from) == model::DmaState::mapped) continue;
        draw_cross({x, row.middle()}, alarm_ink);
      }
    }
  }

  void draw_last_word() {
    const bool is_bad = trace_.end == sim::End::violation;
    const std::vector<std::string> lines =
        lines_within(last_word(trace_), Font::subtitle, (layout_.width() - 2 * margin) * 10 / 11);
    const Tenths bottom = bottom_ + 200 * static_cast<Tenths>(lines.size()) + 100;
    if (is_bad) {
      drawing_.box({margin / 2, bottom_, layout_.width() - margin / 2, bottom},
                   filled(alarm_ink) + tinted);
    }
    for (const std::string& line : lines) {
      drawing_.text({margin, bottom_ + 190}, Anchor::start, Font::subtitle,
                    filled(ink::text) + (is_bad ? bold : ""), line);
      bottom_ += 200;
    }
    bottom_ = bottom + 100;
  }

  void draw_legend() {
    Tenths x = margin;
    const auto entry = [&](const std::string& text, auto draw_sample) {
      const Tenths needed = 420 + text_width(text, Font::small);
      if (x != margin && x + needed > layout_.width() - margin) {
        x = margin;
        bottom_ += 200;
      }
      draw_sample(Place{x, bottom_ + 100});
      drawing_.text({x + 360, bottom_ + 140}, Anchor::start, Font::small, filled(ink::faint), text);
      x += needed + 200;
    };
    for (const Look& look : looks) {
      entry(look.meaning, [&](Place at) {
        drawing_.line(at, {at.x + 300, at.y}, stroked(*look.ink, look.width) + look.dashes);
      });
    }
    entry("lost with its connection", [&](Place at) {
      draw_cross({at.x + 270, at.y}, ink::faint);
    });
    if (!layout_.lanes().mrs.empty()) {
      entry("solid: DMA-mapped", [&](Place at) {
        drawing_.box({at.x + 200, at.y - 60, at.x + 300, at.y + 60}, filled(ink::text));
      });
    }
    bottom_ += 200;
  }

  const model::Trace& trace_;
  Layout layout_;
  Drawing drawing_;
  Tenths bottom_ = 0;  // of what is drawn so far
};

}  // namespace

std::string sequence_svg(const model::Trace& trace, bool every_step) {
  return SequenceDiagram(trace, every_step).drawn();
}

}  // namespace tools
