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

/// A line of a complaint: it begins with a line and column of `text`, or a JSON pointer.
/// Without a place is only what concerns the document as a whole, or quotes what to look for.
inline void require_place_in_line(std::string line, std::string_view text) {
  constexpr std::string_view no_json = "is no JSON: ";
  if (line.starts_with(no_json)) line.erase(0, no_json.size());
  unsigned long row = 0;
  unsigned long column = 0;
  if (std::sscanf(line.substr(0, 80).c_str(), "line %lu, column %lu: ", &row, &column) == 2) {
    const auto rows = static_cast<unsigned long>(std::count(text.begin(), text.end(), '\n')) + 1;
    require(row >= 1 && row <= rows, "the line is one of the text", line);
    require(column >= 1 && column <= text.size() + 1, "the column is one of the text", line);
    return;
  }
  bool is_known = line.starts_with("/");
  for (const std::string_view whole :
       {"expected an object", "expected a trace or schedule", "the key '",
        "an object has the key '", "is nested deeper", "number overflow", "holds "}) {
    is_known = is_known || line.starts_with(whole);
  }
  require(is_known, "a complaint names a place", line);
}

/// A complaint about JSON called `source`, or several of them, a line each.
inline void require_place(const std::string& message, const std::string& source,
                          std::string_view text) {
  require_for_people(message);
  require(message.starts_with(source + ": "), "a complaint begins with the source", message);
  std::istringstream lines(message.substr(source.size() + 2));
  std::string line;
  std::getline(lines, line);
  unsigned long errors = 0;
  int end = 0;
  if (std::sscanf(line.c_str(), "%lu errors%n", &errors, &end) != 1 ||
      static_cast<std::size_t>(end) != line.size()) {
    return require_place_in_line(line, text);
  }
  unsigned long shown = 0;
  unsigned long more = 0;
  while (std::getline(lines, line)) {
    if (std::sscanf(line.c_str(), "  and %lu more", &more) == 1) break;
    require_place_in_line(line.substr(2), text);
    ++shown;
  }
  require(errors > 1 && errors == shown + more, "as many complaints as are promised", message);
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
