// SPDX-License-Identifier: MIT
//
// The marks of a sequence diagram, and the legend that says what each means.
//
// The code that draws a mark adds it to the legend, so the legend has the marks that
// occur and no other. No two marks differ by colour alone.
#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <vector>

#include "tools/render/messages.h"
#include "tools/words/svg.h"

namespace tools::sequence {

/// In the order of the legend.
enum class Mark {
  hand_over,
  post,
  completion,
  news,
  lost,
  for_all,
  mapped,
  not_mapped,
  change,
  unmap,
  wrong_unmap,
  gap,
};

/// The line for what it stands for.
struct Look {
  Mark mark;
  const Ink* ink;
  Tenths width;
  const char* dashes;
};

/// How a message is drawn.
const Look& look_of(MessageKind kind);

/// A filling and an edge, each with its dark colour.
std::string edged(const Ink& inside, const Ink& edge, Tenths width);

/// The marks of one diagram, drawn into `drawing`, which must outlive it.
class Marks {
 public:
  explicit Marks(Drawing& drawing) : drawing_(drawing) {}

  /// The line of a message; if `is_taken`, with the head of an arrow at its end.
  void message(const std::vector<Place>& line, MessageKind kind, bool is_taken);
  /// Marks where a message was lost.
  void lost(Place middle, const Ink& ink);
  /// The band of an MR: what fr_state it has, by name, colour and hatching.
  void state(const Box& box, model::FrState state);
  void mapping(const Box& box, bool is_mapped);
  /// From a step to the MR that it changes.
  void change(Place from, Place to);
  /// A DMA unmap; `is_wrong`: of memory that was not mapped.
  void unmap(Place middle, bool is_wrong);
  /// So many steps are not shown; `place` is the right end, half-way up the text.
  void gap(Place place, std::size_t steps);
  /// Behind a step of the link, from lane to lane.
  void for_all(Place from, Place to);

  /// Draws what occurred between `left` and `right`, below `top`. Returns its lower edge.
  [[nodiscard]] Tenths legend(Tenths left, Tenths right, Tenths top);

 private:
  void sample(Mark mark, Place middle);

  Drawing& drawing_;
  std::set<Mark> used_;
};

/// How wide the mark for so many steps is.
Tenths gap_width(std::size_t steps);

}  // namespace tools::sequence
