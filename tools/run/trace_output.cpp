// SPDX-License-Identifier: MIT
//
// Finished runs, written in the format asked for.
#include "tools/run/trace_output.h"

#include "model/trace/trace_json.h"
#include "tools/files/output.h"
#include "tools/run/report_ftrace.h"
#include "tools/run/report_text.h"

namespace tools {

sim::ExitCode write_traces(const std::vector<model::Trace>& traces, const RunSource& source,
                           const std::string& format, bool every_step, const std::string& output) {
  const Style style = style_for(output);
  sim::ExitCode code = sim::exit_clean;
  std::string text;
  nlohmann::ordered_json documents = nlohmann::ordered_json::array();
  for (const model::Trace& trace : traces) {
    code = sim::worse(code, sim::exit_code_of(sim::verdict_of(trace.end)));
    if (format == "json") {
      documents.push_back(trace_to_json(trace));
    } else if (format == "schedule") {
      documents.push_back(schedule_to_json(trace));
    } else {
      if (!text.empty()) text += "\n";
      text +=
          format == "ftrace" ? ftrace_report(trace) : text_report(trace, source, every_step, style);
    }
  }
  if (!documents.empty()) text = documents_text(documents);
  write_output(text, output);
  return code;
}

}  // namespace tools
