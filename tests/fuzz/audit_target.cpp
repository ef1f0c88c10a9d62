// SPDX-License-Identifier: MIT
//
// Traces: any text is audited, to the same report every time; lines named are lines of the
// text; and that events were lost proves nothing against a kernel.
#include <unistd.h>

#include <cstdio>

#include "tests/fuzz/fuzz_target.h"
#include "tools/audit/audit.h"
#include "tools/audit/report.h"

namespace {

using namespace tools::audit;

Audit audited(const std::string& text) {
  std::FILE* file = std::tmpfile();
  fuzz::require(file != nullptr, "there is a temporary file");
  std::fwrite(text.data(), 1, text.size(), file);
  std::rewind(file);
  LineReader reader(fileno(file), "input");
  Audit audit = audit_lines(reader, "input");
  std::fclose(file);
  return audit;
}

void require_lines(const Part& part, std::uint64_t last) {
  std::uint64_t before = 0;
  for (const Finding& finding : part.findings) {
    fuzz::require(finding.shows.line >= part.first_line && finding.shows.line <= last,
                  "a finding is in a line of its trace");
    fuzz::require(finding.shows.line >= before, "findings are in the order of lines");
    before = finding.shows.line;
    for (const Seen& seen : finding.history) {
      fuzz::require(seen.line >= part.first_line && seen.line <= last,
                    "a history is of lines of its trace");
    }
  }
}

void require_text(const std::string& text) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    fuzz::require(c == '\n' || (byte >= 0x20 && byte != 0x7f), "a report can be printed", text);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const Audit audit = audited(text);
  std::uint64_t lines = 0;
  for (const Part& part : audit.parts) lines += part.source.lines();
  const auto newlines = static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n'));
  fuzz::require(lines == newlines + (text.empty() || text.back() == '\n' ? 0 : 1),
                "every line is counted once");
  for (const Part& part : audit.parts) require_lines(part, lines);
  require_text(audit_text(audit, tools::Style(false)));
  const std::string json = tools::documents_text({audit_json(audit)});
  fuzz::require(nlohmann::json::parse(json).at("traces").size() == audit.parts.size(),
                "the report for programs is JSON");
  fuzz::require(tools::documents_text({audit_json(audited(text))}) == json,
                "the same text has the same report");
  (void)audit_junit({audit});
  const Audit lossy = audited("CPU:0 [LOST 1 EVENTS]\n" + text);
  fuzz::require(lossy.verdict() != Verdict::violated || audit.verdict() == Verdict::violated,
                "nothing is violated only if events were lost");
  fuzz::require(lossy.verdict() != Verdict::nothing_violated || audit.parts.size() > 1,
                "where events were lost something is undecided");
  return 0;
}
