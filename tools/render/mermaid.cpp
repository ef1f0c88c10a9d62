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

/// The arrow of a post says that it is one, and also names the MR.
bool is_said_by_arrow(const std::string& word, const Moment& moment, const Lanes& lanes) {
  if (word.rfind("post ", 0) != 0) return false;
  return std::any_of(moment.sends.begin(), moment.sends.end(), [&](std::size_t index) {
    return ("post " + lanes.messages[index].text).rfind(word, 0) == 0;
  });
}

std::string left_out(std::size_t steps, const std::string& everybody) {
  if (steps == 0) return {};
  return "  Note over " + everybody + ": " + escaped(steps_in_words(steps) + " left out") + "\n";
}

std::string lines_of(const Moment& moment, const Lanes& lanes) {
  const std::string step = "step " + std::to_string(moment.step);
  std::string note;
  for (const std::string& word : moment.words) {
    if (!is_said_by_arrow(word, moment, lanes)) note += "<br/>" + escaped(word);
  }
  std::string text;
  if (!note.empty()) {
    const std::string over = moment.is_for_all ? over_all(lanes) : id_of(moment.actor);
    text += "  Note over " + over + ": " + escaped(step) + note + "\n";
  }
  for (const std::size_t index : moment.sends) {
    const Message& message = lanes.messages[index];
    text += "  " + id_of(message.from) + "-)" + id_of(message.to) + ": " +
            escaped(step + ": " + message.text) + "\n";
  }
  return text;
}

}  // namespace

std::string mermaid_sequence(const model::Trace& trace, bool every_step, const Only& only) {
  const Lanes lanes = lanes_of(trace, every_step, only);
  const std::vector<Moment> moments = moments_of(trace, lanes, every_step, only);
  const std::vector<std::size_t> between = steps_between(trace, moments);
  const std::string run = escaped(run_in_words(trace, only, moments.size()));
  std::string text = "sequenceDiagram\n  title " + escaped(trace.scenario.title) +
                     "\n  accTitle: " + run + "\n  accDescr: " + escaped(last_word(trace)) + "\n";
  for (const sim::ActorId actor : lanes.actors) {
    text += "  participant " + id_of(actor) + " as " +
            escaped(std::string(model::long_name(actor))) + "\n";
  }
  const std::string everybody = over_all(lanes);
  if (everybody.empty()) return text;
  text += "  Note over " + everybody + ": " + run + "\n";
  const std::string end = "  Note over " + everybody + ": " + escaped(last_word(trace)) + "\n";
  bool is_marked = false;
  // Half transparent: readable on a light page and on a dark one.
  const std::string mark = "  rect rgba(220, 60, 40, 0.25)\n";
  for (std::size_t i = 0; i < moments.size(); ++i) {
    const Moment& moment = moments[i];
    if (only.any()) text += left_out(between[i], everybody);
    if (moment.is_violation && !is_marked) {
      text += mark;
      is_marked = true;
    }
    text += lines_of(moment, lanes);
  }
  if (only.any()) text += left_out(between.back(), everybody);
  if (!is_marked && trace.end == sim::End::violation) {
    text += mark;
    is_marked = true;
  }
  return text + end + (is_marked ? "  end\n" : "");
}

}  // namespace tools
