// SPDX-License-Identifier: MIT
//
// Drawing the marks of a sequence diagram.
#include "tools/render/sequence_marks.h"

#include <array>

#include "model/scenario/names.h"
#include "tools/render/sequence_layout.h"

namespace tools::sequence {
namespace {

constexpr std::array<Look, 4> looks{
    {{Mark::hand_over, &ink::text, 18, ""},
     {Mark::post, &ink::curves[0], 14, ""},
     {Mark::completion, &ink::curves[0], 14, " stroke-dasharray=\"6 3\""},
     {Mark::news, &ink::faint, 12, " stroke-dasharray=\"2 3\""}}};

constexpr Tenths sample_width = 300;
constexpr Tenths dot = 9;  ///< radius

struct Entry {
  Mark mark;
  const char* meaning;
};

constexpr std::array<Entry, 12> entries{{{Mark::hand_over, "MR handed to a worker"},
                                         {Mark::post, "work request posted"},
                                         {Mark::completion, "its completion"},
                                         {Mark::news, "wake-up, request, news of the connection"},
                                         {Mark::lost, "lost with its connection"},
                                         {Mark::for_all, "concerns every lane"},
                                         {Mark::mapped, "DMA-mapped"},
                                         {Mark::not_mapped, "not mapped"},
                                         {Mark::change, "changes the MR"},
                                         {Mark::unmap, "DMA unmap"},
                                         {Mark::wrong_unmap, "DMA unmap, not mapped"},
                                         {Mark::gap, "steps left out"}}};

const Ink& inside_of(model::FrState state) {
  switch (state) {
    case model::FrState::is_invalid:
      return ink::page;
    case model::FrState::is_valid:
      return ink::valid;
    default:
      return ink::flushed;
  }
}

const Ink& edge_of(model::FrState state) {
  switch (state) {
    case model::FrState::is_invalid:
      return ink::invalid_edge;
    case model::FrState::is_valid:
      return ink::valid_edge;
    default:
      return ink::flushed_edge;
  }
}

}  // namespace

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

std::string edged(const Ink& inside, const Ink& edge, Tenths width) {
  return " class=\"" + std::string(inside.name) + "-fill " + std::string(edge.name) +
         "-stroke\" fill=\"" + std::string(inside.light) + "\" stroke=\"" +
         std::string(edge.light) + "\" stroke-width=\"" + in_pixels(width) + "\"";
}

Tenths gap_width(std::size_t steps) {
  return steps == 0 ? 0 : 80 + text_width(std::to_string(steps), Font::label);
}

void Marks::message(const std::vector<Place>& line, MessageKind kind, bool is_taken) {
  const Look& look = look_of(kind);
  used_.insert(look.mark);
  std::vector<Place> shortened = line;
  if (is_taken) shortened.back().x -= 40;
  drawing_.polyline(shortened, stroked(*look.ink, look.width) + look.dashes);
  if (!is_taken) return;
  const auto [x, y] = line.back();
  drawing_.polygon({{x, y}, {x - 60, y - 30}, {x - 60, y + 30}}, filled(*look.ink));
}

void Marks::lost(Place middle, const Ink& ink) {
  used_.insert(Mark::lost);
  const auto [x, y] = middle;
  drawing_.line({x - 30, y - 30}, {x + 30, y + 30}, stroked(ink, 16));
  drawing_.line({x - 30, y + 30}, {x + 30, y - 30}, stroked(ink, 16));
}

void Marks::state(const Box& box, model::FrState state) {
  const Ink& edge = edge_of(state);
  drawing_.box(box, edged(inside_of(state), edge, 10));
  // Hatched below its name.
  const bool is_flushed =
      state == model::FrState::flushed_fr || state == model::FrState::flushed_li;
  for (Tenths y = box.top + 280; is_flushed && y + 10 < box.bottom; y += 120) {
    drawing_.line({box.left, y}, {box.right, y - 60}, stroked(edge, 10));
  }
  if (box.bottom - box.top < text_height) return;  // of steps that are not shown
  drawing_.text({box.left + padding, box.top + text_base + 15}, Anchor::start, Font::label,
                filled(ink::text), name_of(model::fr_state_names, state));
}

void Marks::mapping(const Box& box, bool is_mapped) {
  used_.insert(is_mapped ? Mark::mapped : Mark::not_mapped);
  drawing_.box(box, is_mapped ? edged(ink::text, ink::text, 10)
                              : edged(ink::page, ink::axis, 10) + " stroke-dasharray=\"3 2\"");
}

void Marks::change(Place from, Place to) {
  used_.insert(Mark::change);
  drawing_.line(from, {to.x - 40, to.y}, stroked(ink::faint, 10));
  drawing_.polygon({to, {to.x - 50, to.y - 25}, {to.x - 50, to.y + 25}}, filled(ink::faint));
}

void Marks::unmap(Place middle, bool is_wrong) {
  used_.insert(is_wrong ? Mark::wrong_unmap : Mark::unmap);
  const Tenths half = is_wrong ? 80 : 65;
  const auto [x, y] = middle;
  drawing_.polygon({{x, y - half}, {x + half, y}, {x, y + half}, {x - half, y}},
                   is_wrong ? edged(ink::alarm, ink::page, 10) : edged(ink::page, ink::text, 18));
}

void Marks::gap(Place place, std::size_t steps) {
  used_.insert(Mark::gap);
  drawing_.text({place.x, place.y + 40}, Anchor::end, Font::label, filled(ink::faint),
                std::to_string(steps));
  const Tenths x = place.x - gap_width(steps) + 20;
  for (const Tenths y : {-40, 0, 40}) drawing_.circle({x, place.y + y}, dot, filled(ink::faint));
}

void Marks::for_all(Place from, Place to) {
  used_.insert(Mark::for_all);
  for (const Tenths y : {-15, 15}) {
    drawing_.line({from.x, from.y + y}, {to.x, to.y + y}, stroked(ink::faint, 10));
  }
}

void Marks::sample(Mark mark, Place middle) {
  const Place left{middle.x - sample_width / 2, middle.y};
  const Place right{middle.x + sample_width / 2, middle.y};
  const Box bar{middle.x - 50, middle.y - 60, middle.x + 50, middle.y + 60};
  switch (mark) {
    case Mark::hand_over:
      return message({left, right}, MessageKind::hand_over, true);
    case Mark::post:
      return message({left, right}, MessageKind::post, true);
    case Mark::completion:
      return message({left, right}, MessageKind::completion, true);
    case Mark::news:
      return message({left, right}, MessageKind::wake, true);
    case Mark::lost:
      return lost(middle, ink::faint);
    case Mark::for_all:
      return for_all(left, right);
    case Mark::mapped:
      return mapping(bar, true);
    case Mark::not_mapped:
      return mapping(bar, false);
    case Mark::change:
      return change(left, right);
    case Mark::unmap:
      return unmap(middle, false);
    case Mark::wrong_unmap:
      return unmap(middle, true);
    case Mark::gap:
      return gap({middle.x + gap_width(5) / 2, middle.y}, 5);
  }
}

Tenths Marks::legend(Tenths left, Tenths right, Tenths top) {
  const std::set<Mark> used = used_;
  Tenths x = left;
  Tenths y = top;
  for (const Entry& entry : entries) {
    if (used.count(entry.mark) == 0) continue;
    const bool is_line =
        entry.mark <= Mark::news || entry.mark == Mark::for_all || entry.mark == Mark::change;
    const Tenths room = is_line ? sample_width : 180;
    const Tenths needed = room + 60 + text_width(entry.meaning, Font::label);
    if (x != left && x + needed > right) {
      x = left;
      y += 180;
    }
    sample(entry.mark, {x + room / 2, y + 90});
    drawing_.text({x + room + 60, y + 130}, Anchor::start, Font::label, filled(ink::faint),
                  entry.meaning);
    x += needed + 130;
  }
  return y + 180;
}

}  // namespace tools::sequence
