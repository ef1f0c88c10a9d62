// SPDX-License-Identifier: MIT
//
// What audit and triage take.
#include "tools/app/real_kernel_options.h"

#include "tools/app/arguments.h"

namespace tools {

void add_audit(CLI::App& command, AuditOptions& options) {
  command
      .add_option("FILE", options.files,
                  "traces: text of trace, trace_pipe, trace-cmd report or a console dump, or a "
                  "trace.dat; - is standard input")
      ->required();
  add_format(command, options.format, {"text", "json", "junit"});
  add_output(command, options.output);
  command.footer(
      "Exit codes: 0 nothing violated; 1 violated; 2 bad usage, or not readable as a trace;\n"
      "3 undecided: events are missing that could tell. With several files the first of 2, 1, 3, "
      "0\n"
      "that occurred.");
}

void add_triage(CLI::App& command, TriageOptions& options) {
  command.add_option("FILE", options.files, "logs of a kernel; - is standard input")->required();
  command
      .add_option("--kernel", options.kernel,
                  "the kernel's version, where the log does not say it, or says another's")
      ->check(something())
      ->type_name("VERSION");
  add_format(command, options.format, {"text", "json"});
  add_output(command, options.output);
  command.footer(
      "Exit codes: 0 no line is of this bug; 1 one is; 2 bad usage, or no log of a kernel;\n"
      "3 one may be: nothing says whose it is. With several files the first of 2, 1, 3, 0.");
}

}  // namespace tools
