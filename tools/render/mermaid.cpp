// SPDX-License-Identifier: MIT
//
// A sequenceDiagram of Mermaid.
//
// Its grammar has no quotes: a semicolon ends a statement, '#' begins a character code,
// and what looks like markup is taken for it. So everything but letters, digits and a
// few harmless signs is written as a code.
#include <algorithm>

#include "tools/render/lanes.h"
#include "tools/render/render.h"

namespace tools {
namespace {

std::string escaped(const std::string& text) {
  constexpr std::string_view harmless = " _-.,:>()/'";
  std::string result;
  for (const char c : model::printable(text)) {
    const auto byte = static_cast<unsigned char>(c);
    const bool is_plain = byte >= 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                          (c >= 'A' && c <= 'Z') || harmless.find(c) != harmless.npos;
    result += is_plain ? std::string(1, c) : "#" + std::to_string(byte) + ";";
  }
  return result;
}

/// Some short names ("link") are keywords.
std::string id_of(sim::ActorId actor) { return "x_" + std::string(model::short_name(actor)); }

std::string over_all(const Lanes& lanes) {
  if (lanes.actors.empty()) return {};
  const std::string first = id_of(lanes.actors.front());
  return lanes.actors.size() == 1 ? first : first + "," + id_of(lanes.actors.back());
}

/// A post is said by its arrow.
bool is_said_by_arrow(const std::string& word, const Moment& moment, const Lanes& lanes) {
  return std::any_of(moment.sends.begin(), moment.sends.end(), [&](std::size_t index) {
    return word == "post " + lanes.messages[index].text;
  });
}

std::string lines_of(const Moment& moment, const Lanes& lanes) {
  const std::string step = "step " + std::to_string(moment.step);
  std::string note;
  for (const std::string& word : moment.words) {
    if (!is_said_by_arrow(word, moment, lanes)) note += "<br/>" + escaped(word);
  }
  std::string text;
  if (!note.empty()) {
    text += "  Note over " + id_of(moment.actor) + ": " + escaped(step) + note + "\n";
  }
  for (const std::size_t index : moment.sends) {
    const Message& message = lanes.messages[index];
    text += "  " + id_of(message.from) + "-)" + id_of(message.to) + ": " +
            escaped(step + ": " + message.text) + "\n";
  }
  return text;
}

}  // namespace

std::string mermaid_sequence(const model::Trace& trace, bool every_step) {
  const Lanes lanes = lanes_of(trace, every_step);
  std::string text = "sequenceDiagram\n  title " + escaped(trace.scenario.title) +
                     "\n  accTitle: " + escaped(run_in_words(trace)) +
                     "\n  accDescr: " + escaped(last_word(trace)) + "\n";
  for (const sim::ActorId actor : lanes.actors) {
    text += "  participant " + id_of(actor) + " as " +
            escaped(std::string(model::long_name(actor))) + "\n";
  }
  const std::string everybody = over_all(lanes);
  if (everybody.empty()) return text;
  text += "  Note over " + everybody + ": " + escaped(run_in_words(trace)) + "\n";
  const std::string end = "  Note over " + everybody + ": " + escaped(last_word(trace)) + "\n";
  bool is_marked = false;
  // Half transparent: readable on a light page and on a dark one.
  const std::string mark = "  rect rgba(220, 60, 40, 0.25)\n";
  for (const Moment& moment : moments_of(trace, lanes, every_step)) {
    if (moment.is_violation && !is_marked) {
      text += mark;
      is_marked = true;
    }
    text += lines_of(moment, lanes);
  }
  if (!is_marked && trace.end == sim::End::violation) {
    text += mark;
    is_marked = true;
  }
  return text + end + (is_marked ? "  end\n" : "");
}

}  // namespace tools
