// SPDX-License-Identifier: MIT
//
// Reads the SVG that charts write, and is strict: what it takes is well-formed XML.
#pragma once

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace svg_fixture {

struct Element {
  std::string name;
  std::map<std::string, std::string> attributes;
  std::string text;    ///< without its children's
  std::size_t parent;  ///< its index; that of the root is its own

  [[nodiscard]] bool has(const std::string& key, const std::string& value) const {
    const auto found = attributes.find(key);
    return found != attributes.end() && found->second == value;
  }
  /// In pixels. REQUIRES that it is there.
  [[nodiscard]] double number(const std::string& key) const {
    return std::stod(attributes.at(key));
  }
};

inline std::string unescaped(std::string_view text) {
  const std::map<std::string, char> entities{
      {"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}};
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    REQUIRE(text[i] != '<');
    if (text[i] != '&') {
      result += text[i];
      continue;
    }
    const std::size_t end = text.find(';', i);
    REQUIRE(end != std::string_view::npos);
    const auto entity = entities.find(std::string(text.substr(i, end + 1 - i)));
    REQUIRE(entity != entities.end());
    result += entity->second;
    i = end;
  }
  return result;
}

/// Attributes of a tag, from behind its name: ' a="b" c="d"'.
inline std::map<std::string, std::string> attributes_of(std::string_view text) {
  std::map<std::string, std::string> attributes;
  while (!text.empty()) {
    REQUIRE(text[0] == ' ');
    const std::size_t equals = text.find("=\"");
    REQUIRE(equals != std::string_view::npos);
    const std::size_t end = text.find('"', equals + 2);
    REQUIRE(end != std::string_view::npos);
    const std::string name(text.substr(1, equals - 1));
    REQUIRE(name.find_first_of(" <>\"&") == std::string::npos);
    const bool is_first =
        attributes.emplace(name, unescaped(text.substr(equals + 2, end - equals - 2))).second;
    REQUIRE(is_first);
    text.remove_prefix(end + 1);
  }
  return attributes;
}

/// In the order of the file, the root first.
inline std::vector<Element> elements_of(std::string_view svg) {
  std::vector<Element> elements;
  std::vector<std::size_t> open;
  for (std::size_t at = 0; at < svg.size();) {
    if (svg[at] != '<') {
      const std::size_t end = std::min(svg.find('<', at), svg.size());
      const std::string text = unescaped(svg.substr(at, end - at));
      if (open.empty()) REQUIRE(text == "\n");
      if (!open.empty()) elements[open.back()].text += text;
      at = end;
      continue;
    }
    const std::size_t end = svg.find('>', at);
    REQUIRE(end != std::string_view::npos);
    std::string_view tag = svg.substr(at + 1, end - at - 1);
    at = end + 1;
    if (tag[0] == '/') {
      REQUIRE(!open.empty());
      REQUIRE(elements[open.back()].name == tag.substr(1));
      open.pop_back();
      continue;
    }
    const bool is_empty = tag.back() == '/';
    if (is_empty) tag.remove_suffix(1);
    REQUIRE((elements.empty() || !open.empty()));  // one root
    const std::size_t name_end = std::min(tag.find(' '), tag.size());
    elements.push_back({std::string(tag.substr(0, name_end)), attributes_of(tag.substr(name_end)),
                        "", open.empty() ? 0 : open.back()});
    if (!is_empty) open.push_back(elements.size() - 1);
  }
  REQUIRE(!elements.empty());
  REQUIRE(open.empty());
  return elements;
}

struct Point {
  double x;
  double y;
};

/// Of a polyline or polygon.
inline std::vector<Point> points_of(const Element& element) {
  std::vector<Point> points;
  std::string_view text = element.attributes.at("points");
  while (!text.empty()) {
    const std::size_t comma = text.find(',');
    const std::size_t end = std::min(text.find(' '), text.size());
    points.push_back({std::stod(std::string(text.substr(0, comma))),
                      std::stod(std::string(text.substr(comma + 1, end - comma - 1)))});
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return points;
}

}  // namespace svg_fixture
