// SPDX-License-Identifier: MIT
//
// frwrsim check: whether scenarios have the results that their files state.
#include <chrono>

#include "tools/app/commands.h"
#include "tools/app/watch.h"
#include "tools/check/files.h"
#include "tools/check/report.h"
#include "tools/compare/comparison.h"

namespace tools {
namespace {

/// Errors in a file are reported before the first search.
void require_files(const CheckOptions& options, const Check& check) {
  const NamedFiles reports{{"--output", options.output},
                           {"--junit", options.junit},
                           {"--markdown", options.markdown},
                           {"--json", options.json}};
  for (const auto& [option, path] : reports) {
    if (path == "-" && option != "--output") {
      throw model::InputError(std::string(option) +
                              ": expected a file, standard output is for the lines");
    }
    require_writable(path);
  }
  for (const ScenarioCheck& scenario : check.scenarios) {
    NamedFiles files{{"a scenario", scenario.path}};
    files.insert(files.end(), reports.begin(), reports.end());
    expect_different_files(files);
    if (options.update) require_writable(scenario.path);
  }
}

/// The lines of the check: to standard output as soon as they are known, unless that is
/// for a document, or lines are what a file is to hold.
class Lines {
 public:
  explicit Lines(const CheckOptions& options) {
    const bool is_file = !options.output.empty() && options.output != "-";
    is_kept_ = options.format == "text" && is_file;
    is_shown_ = !is_kept_ && (options.format == "text" || is_file);
  }
  void print(const std::string& text) {
    if (is_shown_) write_output(text, "");
    if (is_kept_) kept_ += text;
  }
  [[nodiscard]] const std::string& kept() const { return kept_; }

 private:
  bool is_kept_ = false;
  bool is_shown_ = false;
  std::string kept_;
};

std::string document_of(const Check& check, const std::string& format) {
  if (format == "junit") return check_junit(check);
  return format == "markdown" ? check_markdown(check) : documents_text({check_json(check)});
}

/// Runs one after the other, up to an interruption.
void run_all(Check& check, const CheckOptions& options, Lines& lines, const Style& style) {
  std::size_t done = 0;
  for (ScenarioCheck& scenario : check.scenarios) {
    bool goes_on = true;
    for (PolicyCheck& policy : scenario.policies) {
      const std::string title = std::to_string(++done) + " of " + std::to_string(check.count()) +
                                ": " + model::printable(scenario.scenario.name) + ", " +
                                column_name(policy.policy);
      run_check(policy, scenario.scenario, options, title);
      goes_on = policy.outcome != Outcome::not_run;
      if (!goes_on) break;
      if (!options.update) lines.print(check_line(scenario, policy, style));
    }
    if (options.update) {
      update_expectations(scenario);
      for (const PolicyCheck& policy : scenario.policies) {
        if (policy.found) lines.print(check_line(scenario, policy, style));
      }
    }
    if (!goes_on) return;
  }
}

}  // namespace

sim::ExitCode check_command(const CheckOptions& options) {
  Check check = read_check(options.what);
  for (ScenarioCheck& one : check.scenarios) one.scenario = with_never(one.scenario, options.never);
  require_files(options, check);
  const Style style = style_for(options.output);
  Lines lines(options);
  const auto begin = std::chrono::steady_clock::now();
  {
    // Between two searches Ctrl-C must not end the program at once.
    const Watch watch(std::nullopt);
    run_all(check, options, lines, style);
    check.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    for (const auto& [format, path] : NamedFiles{
             {"junit", options.junit}, {"markdown", options.markdown}, {"json", options.json}}) {
      if (!path.empty()) write_output(document_of(check, std::string(format)), path);
    }
    if (options.format != "text") {
      write_output(document_of(check, options.format), options.output);
    }
  }
  lines.print(check_summary(check, style));
  if (!lines.kept().empty()) write_output(lines.kept(), options.output);
  return exit_code_of(check);
}

}  // namespace tools
