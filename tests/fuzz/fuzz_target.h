// SPDX-License-Identifier: MIT
//
// What fuzz targets share: invariants, and inputs that are edits of something genuine.
//
// A trace or certificate made of random bytes is refused at its first line, and one kept
// as a file is out of date when the model changes. So such a target makes a genuine one
// when it starts, and its input says what to change in it, a line each:
//
//     /steps/3/actor "t2"
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>

#include "model/scenario/input.h"

namespace fuzz {

/// Ends the process, which is how libFuzzer is told, where an invariant does not hold.
inline void require(bool holds, std::string_view invariant, std::string_view detail = "") {
  if (holds) return;
  std::cerr << "fuzz: does not hold: " << invariant << "\n" << detail << std::endl;
  std::abort();
}

/// What `read` returns; nothing, once `check` has seen the complaint, if it complains.
template <class Read, class Check>
auto accepted(Read read, Check check) -> std::optional<decltype(read())> {
  try {
    return read();
  } catch (const model::InputError& error) {
    check(std::string(error.what()));
    return std::nullopt;
  }
}

/// A message is UTF-8 without control characters, be they of one byte or two (C1), but
/// for indented lines below the first.
inline void require_for_people(const std::string& message) {
  require(!message.empty(), "a complaint says something");
  for (std::size_t i = 0; i < message.size(); ++i) {
    const auto c = static_cast<unsigned char>(message[i]);
    const bool indented = c == '\n' && message.substr(i + 1, 2) == "  ";
    const bool is_c1 =
        c == 0xc2 && i + 1 < message.size() && static_cast<unsigned char>(message[i + 1]) < 0xa0;
    require((c >= 0x20 && c != 0x7f && !is_c1) || indented, "a complaint can be printed", message);
  }
  // Strict dumping is nlohmann's way to check UTF-8; what it throws is not caught.
  (void)nlohmann::json(message).dump();
}

/// A complaint about JSON called `source`: a line and column of `text`, or a JSON pointer.
/// Without a place is only what concerns the document as a whole, or quotes what to look for.
inline void require_place(const std::string& message, const std::string& source,
                          std::string_view text) {
  require_for_people(message);
  require(message.starts_with(source + ": "), "a complaint begins with the source", message);
  const std::string_view rest = std::string_view(message).substr(source.size() + 2);
  unsigned long line = 0;
  unsigned long column = 0;
  if (std::sscanf(std::string(rest.substr(0, 80)).c_str(), "line %lu, column %lu: ", &line,
                  &column) == 2) {
    const auto lines = static_cast<unsigned long>(std::count(text.begin(), text.end(), '\n')) + 1;
    require(line >= 1 && line <= lines, "the line is one of the text", message);
    require(column >= 1 && column <= text.size() + 1, "the column is one of the text", message);
    return;
  }
  bool is_known = rest.starts_with("/");
  for (const std::string_view whole :
       {"expected an object", "expected a trace or schedule", "the key '",
        "an object has the key '", "is nested deeper", "number overflow", "holds "}) {
    is_known = is_known || rest.starts_with(whole);
  }
  require(is_known, "a complaint names a place", message);
}

/// Makes one edit of a JSON document: "POINTER VALUE". What is none, or of a place that is
/// not there, does nothing.
template <class Json>
void edit(Json& document, const std::string& line) {
  const std::size_t space = line.find(' ');
  if (space == std::string::npos) return;
  try {
    (void)nlohmann::json(line).dump();  // throws if it is no UTF-8, which JSON cannot hold
    const typename Json::json_pointer place(line.substr(0, space));
    const Json value = Json::parse(line.substr(space + 1));
    if (document.contains(place) || document.contains(place.parent_pointer())) {
      document[place] = value;
    }
  } catch (const nlohmann::json::exception&) {
    return;
  }
}

/// Calls `each` for every line of `text`.
inline void for_each_line(const std::string& text,
                          const std::function<void(const std::string&)>& each) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) each(line);
}

}  // namespace fuzz

/// What libFuzzer calls, and replay_corpus.cpp where there is no libFuzzer.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
