// SPDX-License-Identifier: MIT
//
// Commands to a run that is made step by step: what each line does, and the answer to
// it.
//
// A line is carried out whole or not at all: if something in it is not possible, the
// run stays as it was, and an error says why. The caller decides whether that ends a
// script or is only a message; the caller also reads and writes.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/trace/trace_json.h"
#include "tools/app/commands.h"
#include "tools/step/report_step.h"

namespace tools {

/// Carries out commands. Not thread-safe.
class StepConsole {
 public:
  /// Throws model::InputError for what is no scenario, and for a schedule that does not fit.
  StepConsole(const StepOptions& options, const Style& style);

  /// The text before the first command.
  [[nodiscard]] std::string greeting() const;
  /// The answer to a line: whole lines, or nothing. Throws model::InputError.
  std::string obey(const std::string& line);
  /// "step 12> "
  [[nodiscard]] std::string prompt() const;
  [[nodiscard]] bool has_quit() const { return has_quit_; }
  /// How the run stands: violated, cut, or neither.
  [[nodiscard]] sim::ExitCode exit_code() const;

 private:
  struct Command {
    std::string_view name;
    std::string_view short_name;
    std::string_view argument;  ///< "", "[N]" or "FILE"
    std::string_view help;
    std::string (StepConsole::*carry_out)(const std::string& argument);
  };
  static const std::vector<Command>& commands();

  std::string undo(const std::string& argument);
  std::string redo(const std::string& argument);
  std::string reset(const std::string& argument);
  std::string go_to_counterexample(const std::string& argument);
  std::string go_along(const std::string& argument);
  std::string show_world(const std::string& argument);
  std::string show_choices(const std::string& argument);
  std::string show_odds(const std::string& argument);
  std::string show_history(const std::string& argument);
  std::string show_token(const std::string& argument);
  std::string show_json(const std::string& argument);
  std::string save(const std::string& argument);
  std::string help(const std::string& argument);
  std::string quit(const std::string& argument);

  std::string take_number(const std::string& word);
  std::string take_all(const sim::Schedule& choices);
  const sim::Schedule& counterexample();
  [[nodiscard]] std::string went_back() const;
  [[nodiscard]] std::string token() const;
  [[nodiscard]] std::string document(const char* key, nlohmann::ordered_json value) const;
  [[nodiscard]] std::string standing_document(const Stepping& run) const;
  [[nodiscard]] std::string where_it_stands() const;

  StepOptions options_;
  Style style_;
  model::Replayable what_;
  Stepping run_;
  model::WorldView view_;
  bool json_;
  bool has_quit_ = false;
  std::optional<sim::OddsTable> odds_{};
  sim::Schedule counterexample_{};  // empty: not looked for yet; it has a step at least
};

}  // namespace tools
