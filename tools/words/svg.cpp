// SPDX-License-Identifier: MIT
//
// Writing SVG, and guessing how long a text will be.
#include "tools/words/svg.h"

#include <cstdint>
#include <cstdlib>
#include <sstream>

#include "model/scenario/input.h"

namespace tools {
namespace {

struct Face {
  int size;  ///< pixels
  bool bold;
};

Face face_of(Font font) {
  switch (font) {
    case Font::title:
      return {17, true};
    case Font::subtitle:
      return {13, false};
    case Font::label:
      return {12, false};
    case Font::small:
      break;
  }
  return {11, false};
}

/// Of ' ' to '~', in hundredths of the size of the font, as DejaVu Sans has it, the widest
/// of the usual fonts.
constexpr std::array<std::uint8_t, 95> widths{
    32,  41, 46, 84, 64, 96, 78, 28, 40, 40, 50, 84, 32, 37, 32, 34,  // up to '/'
    64,  64, 64, 64, 64, 64, 64, 64, 64, 64, 34, 34, 84, 84, 84, 54,  // up to '?'
    100, 69, 69, 70, 78, 64, 58, 78, 76, 30, 30, 66, 56, 87, 75, 79,  // up to 'O'
    61,  79, 70, 64, 62, 74, 69, 99, 69, 62, 69, 40, 34, 40, 84, 50,  // up to '_'
    50,  62, 64, 55, 64, 62, 36, 64, 64, 28, 28, 58, 28, 98, 64, 62,  // up to 'o'
    64,  64, 42, 53, 40, 64, 60, 82, 60, 60, 53, 64, 34, 64, 84};

/// Of a character of several bytes the first counts.
int width_of(char c) {
  const auto byte = static_cast<unsigned char>(c);
  if (byte >= 0xe0) return 100;
  if (byte >= 0xc0) return 70;
  if (byte >= 0x80) return 0;
  return byte < ' ' ? 64 : widths.at(byte == 0x7f ? 0 : byte - ' ');
}

std::string attribute(std::string_view name, Tenths length) {
  return " " + std::string(name) + "=\"" + in_pixels(length) + "\"";
}

std::string painted(const Ink& ink, std::string_view property) {
  return " " + std::string(property) + "=\"" + std::string(ink.light) + "\"";
}

std::string css_class(const Ink& ink, std::string_view property) {
  return std::string(ink.name) + "-" + std::string(property);
}

/// Of an ink, as far as `body` has it.
std::string dark_rules(const Ink& ink, const std::string& body) {
  std::string rules;
  for (const char* property : {"fill", "stroke"}) {
    const std::string name = css_class(ink, property);
    // A class ends with a blank or a quotation mark.
    const bool is_used = body.find("\"" + name + "\"") != body.npos ||
                         body.find("\"" + name + " ") != body.npos ||
                         body.find(" " + name + "\"") != body.npos;
    if (is_used) rules += "." + name + "{" + property + ":" + std::string(ink.dark) + "}\n";
  }
  return rules;
}

std::string style_sheet(const std::string& body) {
  std::string rules;
  for (const Ink& ink : ink::others) rules += dark_rules(ink, body);
  for (const Ink& ink : ink::curves) rules += dark_rules(ink, body);
  return "<style>@media (prefers-color-scheme: dark) {\n" + rules + "}</style>\n";
}

std::string element(std::string_view name, std::string_view text) {
  return "<" + std::string(name) + ">" + xml_escaped(text) + "</" + std::string(name) + ">";
}

}  // namespace

std::string filled(const Ink& ink) {
  return " class=\"" + css_class(ink, "fill") + "\"" + painted(ink, "fill");
}

std::string stroked(const Ink& ink, Tenths width) {
  return " class=\"" + css_class(ink, "stroke") + "\" fill=\"none\"" + painted(ink, "stroke") +
         attribute("stroke-width", width);
}

std::string filled_with_edge(const Ink& ink) {
  return " class=\"" + css_class(ink, "fill") + " " + css_class(ink::page, "stroke") + "\"" +
         painted(ink, "fill") + painted(ink::page, "stroke");
}

std::string xml_escaped(std::string_view text) {
  std::string result;
  for (const char c : model::printable(text)) {
    switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      default:
        result += c;
    }
  }
  return result;
}

std::string in_pixels(Tenths length) {
  const std::string whole = (length < 0 ? "-" : "") + std::to_string(std::abs(length) / 10);
  const int tenth = std::abs(length) % 10;
  return tenth == 0 ? whole : whole + "." + std::to_string(tenth);
}

Tenths text_width(std::string_view text, Font font) {
  const Face face = face_of(font);
  int hundredths = 0;
  for (const char c : text) hundredths += width_of(c);
  // Bold: wider by some seventh.
  return hundredths * face.size * (face.bold ? 115 : 100) / 1000;
}

std::string shortened(std::string_view text, Font font, Tenths width) {
  if (text_width(text, font) <= width) return std::string(text);
  while (!text.empty() && text_width(std::string(text) + "…", font) > width) {
    while ((static_cast<unsigned char>(text.back()) & 0xc0) == 0x80 && text.size() > 1) {
      text.remove_suffix(1);
    }
    text.remove_suffix(1);
  }
  return std::string(text) + "…";
}

std::vector<std::string> lines_within(const std::string& text, Font font, Tenths width) {
  std::vector<std::string> lines;
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    if (lines.empty() || text_width(lines.back() + " " + word, font) > width) {
      lines.push_back(shortened(word, font, width));
    } else {
      lines.back() += " " + word;
    }
  }
  return lines;
}

void Drawing::box(const Box& box, const std::string& paint) {
  body_ += "<rect" + attribute("x", box.left) + attribute("y", box.top) +
           attribute("width", box.right - box.left) + attribute("height", box.bottom - box.top) +
           paint + "/>\n";
}

void Drawing::line(Place from, Place to, const std::string& paint) {
  body_ += "<line" + attribute("x1", from.x) + attribute("y1", from.y) + attribute("x2", to.x) +
           attribute("y2", to.y) + paint + "/>\n";
}

void Drawing::polyline(const std::vector<Place>& places, const std::string& paint) {
  points("polyline", places, paint);
}

void Drawing::polygon(const std::vector<Place>& places, const std::string& paint) {
  points("polygon", places, paint);
}

void Drawing::points(std::string_view element, const std::vector<Place>& places,
                     const std::string& paint) {
  body_ += "<" + std::string(element) + " points=\"";
  for (const Place& place : places) {
    if (&place != places.data()) body_ += " ";
    body_ += in_pixels(place.x) + "," + in_pixels(place.y);
  }
  body_ += "\"" + paint + "/>\n";
}

void Drawing::circle(Place middle, Tenths radius, const std::string& paint) {
  body_ += "<circle" + attribute("cx", middle.x) + attribute("cy", middle.y) +
           attribute("r", radius) + paint + "/>\n";
}

void Drawing::text(Place place, Anchor anchor, Font font, const std::string& paint,
                   std::string_view text) {
  constexpr std::array<const char*, 3> anchors{"", " text-anchor=\"middle\"",
                                               " text-anchor=\"end\""};
  const Face face = face_of(font);
  body_ += "<text" + attribute("x", place.x) + attribute("y", place.y) +
           attribute("font-size", face.size * 10) + (face.bold ? " font-weight=\"bold\"" : "") +
           anchors[static_cast<std::size_t>(anchor)] + paint + ">" + xml_escaped(text) +
           "</text>\n";
}

void Drawing::open(const std::string& tip) { body_ += "<g>" + element("title", tip) + "\n"; }

void Drawing::close() { body_ += "</g>\n"; }

std::string Drawing::finished(Tenths width, Tenths height, std::string_view title,
                              std::string_view description) const {
  Drawing page;
  page.box({0, 0, width, height}, filled(ink::page));
  return "<svg xmlns=\"http://www.w3.org/2000/svg\" version=\"1.1\" role=\"img\"" +
         attribute("width", width) + attribute("height", height) + " viewBox=\"0 0 " +
         in_pixels(width) + " " + in_pixels(height) +
         "\" font-family=\"'Helvetica Neue', Arial, 'DejaVu Sans', sans-serif\">\n" +
         element("title", title) + "\n" + element("desc", description) + "\n" +
         style_sheet(page.body_ + body_) + page.body_ + body_ + "</svg>\n";
}

}  // namespace tools
