// SPDX-License-Identifier: MIT
//
// The commands that show a run to a reader who wants to understand it: their arguments.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>

#include "tools/app/commands.h"

namespace tools {

/// explain, diff, render, step and teach. Must outlive the parsing.
class SeeingCommands {
 public:
  /// Declares them.
  explicit SeeingCommands(CLI::App& app);
  /// Runs the command that was named, if it is one of these.
  [[nodiscard]] std::optional<sim::ExitCode> run() const;

 private:
  DiffOptions diff_;
  CLI::App* diff_app_;
  ExplainOptions explain_;
  CLI::App* explain_app_;
  RenderOptions render_;
  CLI::App* render_app_;
  StepOptions step_;
  CLI::App* step_app_;
  TeachOptions teach_;
  CLI::App* teach_app_;
};

}  // namespace tools
