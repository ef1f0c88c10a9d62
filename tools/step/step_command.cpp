// SPDX-License-Identifier: MIT
//
// frwrsim step: the reader is the scheduler, at a terminal or by a script.
#include <unistd.h>

#include "tools/files/output.h"
#include "tools/step/console.h"
#include "tools/step/line_reader.h"

namespace tools {

sim::ExitCode step_command(const StepOptions& options) {
  const bool is_terminal = isatty(STDIN_FILENO) == 1;
  StepConsole console(options, style_for(""));
  LineReader reader(is_terminal);
  LineReader* const person = is_terminal && is_for_terminal("") ? &reader : nullptr;
  write_output(console.greeting(), "");
  for (std::size_t number = 1; !console.has_quit(); ++number) {
    const std::optional<std::string> text = reader.next(console.prompt());
    if (!text) break;
    try {
      write_in_pages(console.obey(*text), person);
    } catch (const model::InputError& error) {
      if (!is_terminal) {
        throw model::InputError("line " + std::to_string(number) + ": " + error.what());
      }
      write_output("frwrsim: " + std::string(error.what()) + "\n", "");
    }
  }
  return console.exit_code();
}

}  // namespace tools
