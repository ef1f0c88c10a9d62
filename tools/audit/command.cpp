// SPDX-License-Identifier: MIT
//
// frwrsim audit: the DMA ledger over the trace of a real kernel.
#include "model/scenario/input.h"
#include "tools/app/commands.h"
#include "tools/app/progress_bar.h"
#include "tools/audit/audit.h"
#include "tools/audit/opened_text.h"
#include "tools/audit/report.h"

namespace tools {
namespace {

audit::Audit audited(const std::string& path) {
  audit::OpenedText text(path);
  const std::string name = path == "-" ? "standard input" : path;
  constexpr std::uint64_t mebibyte = std::uint64_t{1} << 20;
  ProgressBar bar(text.size().value_or(0) / mebibyte, "MiB");
  audit::LineReader reader(text.descriptor(), model::printable(name), text.size());
  audit::Audit result = audit::audit_lines(reader, name, [&](std::uint64_t bytes) {
    bar.show(bytes / mebibyte, model::printable(name));
  });
  text.close();
  result.converted_by = text.converted_by();
  if (result.verdict() == audit::Verdict::no_trace) {
    throw model::InputError(model::printable(name) +
                            ": is no trace: none of its lines is an event of ftrace, as 'trace', "
                            "'trace_pipe', 'trace-cmd report' or a console dump have it");
  }
  return result;
}

sim::ExitCode exit_code_of(audit::Verdict verdict) {
  switch (verdict) {
    case audit::Verdict::nothing_violated:
      return sim::exit_clean;
    case audit::Verdict::violated:
      return sim::exit_violated;
    case audit::Verdict::undecided:
      return sim::exit_bound;
    case audit::Verdict::no_trace:
      break;
  }
  return sim::exit_usage;
}

}  // namespace

sim::ExitCode audit_command(const AuditOptions& options) {
  std::vector<audit::Audit> audits;
  require_writable(options.output);
  for (const std::string& file : options.files) {
    expect_different_files({{"FILE", file}, {"--output", options.output}});
    audits.push_back(audited(file));
  }
  std::string text;
  sim::ExitCode code = sim::exit_clean;
  nlohmann::ordered_json documents = nlohmann::ordered_json::array();
  const Style style = style_for(options.output);
  for (const audit::Audit& audit : audits) {
    code = sim::worse(code, exit_code_of(audit.verdict()));
    if (options.format == "text") text += (text.empty() ? "" : "\n") + audit_text(audit, style);
    if (options.format == "json") documents.push_back(audit_json(audit));
  }
  if (options.format == "json") text = documents_text(documents);
  if (options.format == "junit") text = audit_junit(audits);
  write_output(text, options.output);
  return code;
}

}  // namespace tools
