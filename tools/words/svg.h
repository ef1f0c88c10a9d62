// SPDX-License-Identifier: MIT
//
// A drawing of boxes, lines and texts that becomes an SVG 1.1 file.
//
// Every colour is given twice: as an attribute, for renderers that know no style sheet,
// and as a class, which the drawing's own style sheet changes where the reader prefers
// dark. Positions are whole tenths of a pixel: no rounding, and short to write.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace tools {

using Tenths = int;  ///< of a pixel

/// A point, from the upper left corner.
struct Place {
  Tenths x = 0;
  Tenths y = 0;  ///< downwards
};

/// A rectangle; right and bottom are its far edges.
struct Box {
  Tenths left = 0;
  Tenths top = 0;
  Tenths right = 0;
  Tenths bottom = 0;
};

/// A colour by its purpose, on a light page and on a dark one.
struct Ink {
  std::string_view name;
  std::string_view light;
  std::string_view dark;
};

/// A colour of a text or a curve has a contrast of at least 4.5 to the page, that of an
/// outline (axis and what is named edge) at least 3; a text may also lie on a tint.
/// `grid` is decoration.
namespace ink {
inline constexpr Ink page{"page", "#ffffff", "#0d1117"};
inline constexpr Ink text{"text", "#1f2328", "#e6edf3"};
inline constexpr Ink faint{"faint", "#59636e", "#9da7b1"};
inline constexpr Ink axis{"axis", "#8c959f", "#6e7781"};
inline constexpr Ink grid{"grid", "#e4e7eb", "#242a33"};
inline constexpr std::array<Ink, 5> curves{{{"curve-0", "#0067a8", "#58b4f0"},
                                            {"curve-1", "#bd4a00", "#f0883e"},
                                            {"curve-2", "#007a55", "#3fc493"},
                                            {"curve-3", "#a03c80", "#e58cc4"},
                                            {"curve-4", "#75620a", "#d8c04a"}}};
// Of MRs: fillings, each with its edge.
inline constexpr Ink invalid_edge{"invalid-edge", "#5a6470", "#a2acb7"};
inline constexpr Ink valid{"valid", "#c3e7ee", "#0f4652"};
inline constexpr Ink valid_edge{"valid-edge", "#0b6476", "#5fc9dc"};
inline constexpr Ink flushed{"flushed", "#f7d9ea", "#4b1c3b"};
inline constexpr Ink flushed_edge{"flushed-edge", "#98216f", "#ee92c8"};
inline constexpr Ink alarm{"alarm", "#b3211a", "#ff9186"};  ///< what must not be, nothing else
inline constexpr Ink alarm_tint{"alarm-tint", "#fbddd9", "#4a1f1c"};
/// All but the curves.
inline constexpr std::array<Ink, 12> others{page,    text,         faint, axis,
                                            grid,    invalid_edge, valid, valid_edge,
                                            flushed, flushed_edge, alarm, alarm_tint};
}  // namespace ink

/// Attributes of a shape.
std::string filled(const Ink& ink);
std::string stroked(const Ink& ink, Tenths width);
/// Filled with `ink`, with an edge of the page's colour around it.
std::string filled_with_edge(const Ink& ink);

enum class Font { title, subtitle, label, small };
enum class Anchor { start, middle, end };

/// `text` with escapes for what XML would take for markup, and with control characters,
/// which XML forbids, made visible.
std::string xml_escaped(std::string_view text);

/// "12.5"
std::string in_pixels(Tenths length);

/// How long `text` is in almost any sans-serif font: rather too long than too short.
Tenths text_width(std::string_view text, Font font);

/// `text`, or as much of it as there is room for, followed by "…".
std::string shortened(std::string_view text, Font font, Tenths width);

/// `text` in lines that are not longer than `width`, broken at blanks.
std::vector<std::string> lines_within(const std::string& text, Font font, Tenths width);

/// From the background to the front. `paint` is attributes, from the functions above
/// or any others. Not for several threads at once.
class Drawing {
 public:
  void box(const Box& box, const std::string& paint);
  void line(Place from, Place to, const std::string& paint);
  void polyline(const std::vector<Place>& places, const std::string& paint);
  void polygon(const std::vector<Place>& places, const std::string& paint);
  void circle(Place middle, Tenths radius, const std::string& paint);
  /// `place` is on the base line of the text.
  void text(Place place, Anchor anchor, Font font, const std::string& paint, std::string_view text);
  /// What is drawn until close() is one group; `tip` is shown when the pointer is on
  /// it.
  void open(const std::string& tip);
  void close();

  /// The file. `title` and `description` are for readers who do not see it.
  [[nodiscard]] std::string finished(Tenths width, Tenths height, std::string_view title,
                                     std::string_view description) const;

 private:
  void points(std::string_view element, const std::vector<Place>& places, const std::string& paint);

  std::string body_;
};

}  // namespace tools
