// SPDX-License-Identifier: MIT
//
// frwrsim step: the reader is the scheduler, at a terminal or by a script.
#include <unistd.h>

#include <cstdio>
#include <iostream>

#include "tools/files/output.h"
#include "tools/step/console.h"

namespace tools {

sim::ExitCode step_command(const StepOptions& options) {
  const bool is_terminal = isatty(STDIN_FILENO) == 1;
  StepConsole console(options, style_for(""));
  write_output(console.greeting(), "");
  std::string text;
  for (std::size_t number = 1; !console.has_quit(); ++number) {
    if (is_terminal) write_output(console.prompt(), "");
    if (!std::getline(std::cin, text)) break;
    try {
      write_output(console.obey(text), "");
    } catch (const model::InputError& error) {
      if (!is_terminal) {
        throw model::InputError("line " + std::to_string(number) + ": " + error.what());
      }
      write_output(std::string(error.what()) + "\n", "");
    }
  }
  return console.exit_code();
}

}  // namespace tools
