// SPDX-License-Identifier: MIT
//
// Lanes in plain text.
//
// A dozen contexts do not fit side by side. Contexts that are about the same thing
// share a column, in which every entry names its context; what they leave for each
// other is then not drawn. Every line of the picture belongs to one step, so arrows
// cross nothing.
#include <algorithm>
#include <cstddef>

#include "tools/render/lanes.h"
#include "tools/render/render.h"
#include "tools/words/text_layout.h"

namespace tools {
namespace {

using model::Role;

constexpr std::size_t page_columns = 80;
constexpr std::size_t step_columns = 7;   ///< "   95  "
constexpr std::size_t gap = 3;            ///< between columns: room for "->"
constexpr std::size_t least_column = 14;  ///< of a column

struct Column {
  std::vector<sim::ActorId> actors;
  std::size_t left = 0;
};

/// UTF-8 reduced to ASCII.
std::string in_ascii(const std::string& text) {
  std::string result;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0xc0) result += '?';
    if (byte < 0x80) result += byte < 0x20 || byte == 0x7f ? '?' : c;
  }
  return result;
}

bool share_a_column(sim::ActorId a, sim::ActorId b) {
  const auto kind = [](sim::ActorId actor) {
    switch (model::role_of(actor)) {
      case Role::task:
        return 0;
      case Role::recovery_worker:
      case Role::refresh_worker:
        return 1;
      case Role::rnic:
      case Role::softirq:
        return 2;
      case Role::server:
      case Role::reply_handler:
        return 3;
      default:
        return 4;
    }
  };
  return kind(a) == kind(b) && kind(a) != 0;
}

class TextLanes {
 public:
  TextLanes(const model::Trace& trace, bool every_step, const Only& only)
      : trace_(trace),
        only_(only),
        lanes_(lanes_of(trace, every_step, only)),
        moments_(moments_of(trace, lanes_, every_step, only)) {
    const bool has_room = only.any() && lanes_.actors.size() <= 4;
    for (const sim::ActorId actor : lanes_.actors) {
      if (columns_.empty() || has_room || !share_a_column(columns_.back().actors.front(), actor)) {
        columns_.emplace_back();
      }
      columns_.back().actors.push_back(actor);
    }
    const std::size_t count = std::max<std::size_t>(columns_.size(), 1);
    const std::size_t room = page_columns - step_columns + gap;
    width_ = std::max(least_column, room / count > gap ? room / count - gap : 0);
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      columns_[i].left = step_columns + i * (width_ + gap);
    }
  }

  std::string drawn() {
    add_head();
    const std::vector<std::size_t> between = steps_between(trace_, moments_);
    for (std::size_t i = 0; i < moments_.size(); ++i) {
      add_left_out(between[i]);
      if (moments_[i].is_for_all) {
        add_for_all(moments_[i]);
      } else {
        add(moments_[i]);
      }
    }
    add_left_out(between.back());
    text_ += "\n";
    for (const std::string& line : wrapped_lines(last_word(trace_), page_columns)) {
      text_ += line + "\n";
    }
    return text_;
  }

 private:
  /// Characters at a place, over blanks.
  static void put(std::string& line, std::size_t left, std::string_view what) {
    if (line.size() < left + what.size()) line.resize(left + what.size(), ' ');
    line.replace(left, what.size(), what);
  }

  void add_lines(const std::vector<std::string>& lines) {
    for (const std::string& line : lines) {
      text_ += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
    }
  }

  void add_head() {
    const std::string title = in_ascii(model::printable(trace_.scenario.title));
    for (const std::string& line :
         wrapped_lines(run_in_words(trace_, only_, moments_.size()) + ": " + title, page_columns)) {
      text_ += in_ascii(line) + "\n";
    }
    text_ += "\n";
    std::vector<std::string> lines;
    std::vector<std::string> rules(1);
    put(rules[0], 0, " step");
    put(rules[0], 0, std::string(step_columns - 2, '-'));
    for (const Column& column : columns_) {
      std::string names;
      for (const sim::ActorId actor : column.actors) {
        names += (names.empty() ? "" : ", ") + std::string(model::long_name(actor));
      }
      const std::vector<std::string> wrapped = cell_lines(names);
      if (lines.size() < wrapped.size()) lines.resize(wrapped.size());
      for (std::size_t i = 0; i < wrapped.size(); ++i) put(lines[i], column.left, wrapped[i]);
      put(rules[0], column.left, std::string(width_, '-'));
    }
    if (!lines.empty()) put(lines[0], 1, "step");
    add_lines(lines);
    add_lines(rules);
  }

  /// Lines of at most the width of a column; a word that is longer continues below.
  [[nodiscard]] std::vector<std::string> cell_lines(const std::string& words) const {
    std::vector<std::string> lines;
    for (std::string line : wrapped_lines(words, width_)) {
      for (; line.size() > width_; line.erase(0, width_)) lines.push_back(line.substr(0, width_));
      lines.push_back(line);
    }
    return lines;
  }

  [[nodiscard]] const Column& column_of(sim::ActorId actor) const {
    return *std::find_if(columns_.begin(), columns_.end(), [actor](const Column& column) {
      return std::count(column.actors.begin(), column.actors.end(), actor) != 0;
    });
  }

  void add_left_out(std::size_t steps) {
    if (!only_.any() || steps == 0) return;
    std::string line;
    put(line, step_columns - 2 - 3, "...");
    put(line, step_columns, steps_in_words(steps) + " left out");
    add_lines({line});
  }

  /// What concerns every column.
  void add_for_all(const Moment& moment) {
    std::string words;
    for (const std::string& word : moment.words) words += (words.empty() ? "" : "; ") + word;
    bool is_first = true;
    for (const std::string& text : wrapped_lines(words, page_columns - step_columns - 8)) {
      std::string line;
      if (is_first) put_step(line, moment);
      put(line, step_columns, "=== " + text + " ===");
      add_lines({line});
      is_first = false;
    }
  }

  static void put_step(std::string& line, const Moment& moment) {
    const std::string number = std::to_string(moment.step);
    const std::size_t digits = std::min<std::size_t>(number.size(), step_columns - 2);
    put(line, step_columns - 2 - digits, number);
    if (moment.is_violation) put(line, step_columns - 2, "!");
  }

  void add(const Moment& moment) {
    const Column& own = column_of(moment.actor);
    std::vector<const Column*> targets;  // each once, however many messages
    std::string words;
    for (const std::string& word : moment.words) words += (words.empty() ? "" : "; ") + word;
    for (const std::size_t index : moment.sends) {
      const Message& message = lanes_.messages[index];
      const Column* target = &column_of(message.to);
      if (target == &own) continue;
      if (moment.words.empty()) words += (words.empty() ? "" : "; ") + message.text;
      if (std::count(targets.begin(), targets.end(), target) == 0) targets.push_back(target);
    }
    if (words.empty() && only_.any() && !moment.sends.empty()) {
      words = lanes_.messages[moment.sends.front()].text;
    }
    if (words.empty()) return;
    if (own.actors.size() > 1) words = std::string(model::long_name(moment.actor)) + ": " + words;

    const std::vector<std::string> cell = cell_lines(words);
    std::vector<std::string> lines(std::max(cell.size(), targets.size()));
    for (std::size_t i = 0; i < cell.size(); ++i) put(lines[i], own.left, cell[i]);
    const auto line_of = [&](std::size_t i) { return lines.size() - targets.size() + i; };
    for (std::size_t i = 0; i < targets.size(); ++i) {
      // An arrow that has no room beside the words goes below them, and so do the
      // others.
      const bool fits =
          targets[i]->left < own.left || lines[line_of(i)].size() + 5 <= targets[i]->left;
      if (!fits) lines.resize(cell.size() + targets.size());
    }
    for (std::size_t i = 0; i < targets.size(); ++i) {
      draw_arrow(lines[line_of(i)], own, *targets[i]);
    }
    put_step(lines[0], moment);
    add_lines(lines);
  }

  static void draw_arrow(std::string& line, const Column& from, const Column& to) {
    if (to.left > from.left) {
      const std::size_t begin = std::max(line.size() + 1, from.left);
      put(line, begin, std::string(to.left - 2 - begin, '-') + ">");
    } else {
      put(line, to.left, "<" + std::string(from.left - 2 - to.left, '-'));
    }
  }

  const model::Trace& trace_;
  const Only& only_;
  Lanes lanes_;
  std::vector<Moment> moments_;
  std::vector<Column> columns_;
  std::size_t width_ = least_column;
  std::string text_;
};

}  // namespace

std::string text_lanes(const model::Trace& trace, bool every_step, const Only& only) {
  return TextLanes(trace, every_step, only).drawn();
}

}  // namespace tools
