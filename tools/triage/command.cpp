// SPDX-License-Identifier: MIT
//
// frwrsim triage: what the lines of a log have to do with this bug.
#include "model/scenario/input.h"
#include "tools/app/commands.h"
#include "tools/audit/line_reader.h"
#include "tools/audit/opened_text.h"
#include "tools/triage/report.h"

namespace tools {
namespace {

triage::Triage triaged(const std::string& path, const std::string& kernel) {
  const audit::OpenedText text(path);
  const std::string name = path == "-" ? "standard input" : path;
  audit::LineReader lines(text.descriptor(), model::printable(name), text.size());
  triage::LogReader reader;
  std::string_view line;
  while (lines.next(line)) reader.take(line, lines.line_number());
  triage::Log log = reader.finish();
  if (log.log_lines == 0 && log.kernel.empty()) {
    throw model::InputError(model::printable(name) +
                            ": is no kernel's log: no line has its time stamp, and none is known; "
                            "a trace is for 'frwrsim audit'");
  }
  return triage_log(std::move(log), name, kernel);
}

sim::ExitCode exit_code_of(const triage::Triage& triage) {
  if (triage.has(triage::Fit::fits)) return sim::exit_violated;
  return triage.has(triage::Fit::may_fit) ? sim::exit_bound : sim::exit_clean;
}

}  // namespace

sim::ExitCode triage_command(const TriageOptions& options) {
  require_writable(options.output);
  const Style style = style_for(options.output);
  std::string text;
  sim::ExitCode code = sim::exit_clean;
  nlohmann::ordered_json documents = nlohmann::ordered_json::array();
  for (const std::string& file : options.files) {
    expect_different_files({{"FILE", file}, {"--output", options.output}});
    const triage::Triage triage = triaged(file, options.kernel);
    code = sim::worse(code, exit_code_of(triage));
    if (options.format == "json") {
      documents.push_back(triage_json(triage));
    } else {
      text += (text.empty() ? "" : "\n") + triage_text(triage, style);
    }
  }
  if (options.format == "json") text = documents_text(documents);
  write_output(text, options.output);
  return code;
}

}  // namespace tools
