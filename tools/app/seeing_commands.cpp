// SPDX-License-Identifier: MIT
//
// What explain, diff, render, step and teach take.
#include "tools/app/seeing_commands.h"

#include "tools/app/arguments.h"
#include "tools/app/policy_choice.h"

namespace tools {
namespace {

void add_what(CLI::App& command, std::string& what, std::string& schedule) {
  command
      .add_option("WHAT", what,
                  "a scenario, by name or path; or a trace or schedule file, for its choices")
      ->required();
  add_schedule(command, schedule);
}

void add_diff(CLI::App& command, DiffOptions& options) {
  add_what(command, options.what, options.schedule);
  add_policies(command, options.policies, "none: two are needed");
  command.add_flag("-v,--verbose", options.every_step, "text: show every step");
  add_format(command, options.format, {"text", "json"});
  add_output(command, options.output);
  add_limits(command, options);
  command.footer(
      "Without a schedule the decisions are those of the first policy's counterexample.\n" +
      std::string(usual_footer));
}

void add_explain(CLI::App& command, ExplainOptions& options) {
  add_what(command, options.what, options.schedule);
  add_policy(command, options.policy);
  add_format(command, options.format, {"text", "json"});
  add_output(command, options.output);
  add_jobs(command, options.jobs);
  add_limits(command, options);
  add_never(command, options.never);
  command.footer(
      "Without a schedule the failing run is the counterexample with the fewest preemptions.\n" +
      std::string(usual_footer));
}

void add_render(CLI::App& command, RenderOptions& options) {
  add_what(command, options.what, options.schedule);
  add_policy(command, options.policy);
  command.add_option("--format,--as", options.as, "what to draw; dot is the state graph")
      ->check(CLI::IsMember({"sequence-svg", "mermaid", "dot", "perfetto", "text"}))
      ->capture_default_str();
  command.add_flag("-v,--verbose", options.every_step, "every step, not only what is noteworthy");
  command
      .add_option("--only", options.only,
                  "sequence-svg, mermaid, text: only what is about some MRs (mr=1) or of some "
                  "contexts (lanes=t1,rec,nic,irq); says where steps are left out. Repeatable")
      ->allow_extra_args(false)
      ->type_name("WHAT");
  command.add_option("--around", options.around, "dot: only what is at most N steps off the run")
      ->transform(whole_number(1, 1000));
  command.add_option("--max-nodes", options.most_nodes, "dot: refuse to draw more")
      ->transform(whole_number(1, 1'000'000))
      ->capture_default_str();
  add_output(command, options.output);
  add_limits(command, options);
  add_never(command, options.never);
  command.footer(
      "Without a schedule the run is the counterexample with the fewest preemptions.\n"
      "Exit codes: 0 drawn, whatever it shows; 2 bad usage or input, or nothing to draw.");
}

void add_step(CLI::App& command, StepOptions& options) {
  add_what(command, options.what, options.schedule);
  add_policy(command, options.policy);
  add_format(command, options.format, {"text", "json"});
  add_limits(command, options);
  add_never(command, options.never);
  command.footer(
      "Reads commands from standard input, one a line; 'help' lists them. With a schedule it "
      "begins "
      "after those choices. Limits are those of the searches behind 'odds' and 'counterexample'.\n"
      "Exit codes: 0 nothing violated, 1 violated, 3 cut, as the run stands at the end; "
      "2 bad usage or input, or a command of a script that could not be carried out.");
}

void add_teach(CLI::App& command, TeachOptions& options) {
  command.add_option("SCENARIO", options.scenarios, "scenarios, by name or path")->required();
  add_policies(command, options.policies, "pre-fix, fix");
  command.add_option("-o,--output", options.output, "the page to write")
      ->required()
      ->check(something())
      ->type_name("FILE");
  command
      .add_option("--part", options.part,
                  "which states: whole; reduced (by partial order); near:R, those at most R steps "
                  "away from the counterexample")
      ->capture_default_str();
  command
      .add_option("--max-size", options.max_size,
                  "largest page that is written: bytes, or with K, M, G (KiB, MiB, GiB) or kB, "
                  "MB, GB [8M]")
      ->transform(size());
  add_jobs(command, options.jobs);
  add_limits(command, options);
  add_never(command, options.never);
  command.footer(
      "Exit codes: 0 the page was written, whatever fails on it; 2 bad usage or input, or the page "
      "would be too large.");
}

}  // namespace

SeeingCommands::SeeingCommands(CLI::App& app) {
  explain_app_ = app.add_subcommand("explain", "a failing run told in sentences, and why it fails");
  add_explain(*explain_app_, explain_);
  diff_app_ = app.add_subcommand("diff", "the same decisions under two policies, side by side");
  add_diff(*diff_app_, diff_);
  render_app_ = app.add_subcommand("render", "a run as a picture or diagram");
  add_render(*render_app_, render_);
  step_app_ = app.add_subcommand("step", "be the scheduler: make the choices one by one");
  add_step(*step_app_, step_);
  teach_app_ = app.add_subcommand("teach", "a page in which the reader is the scheduler");
  add_teach(*teach_app_, teach_);
}

std::optional<sim::ExitCode> SeeingCommands::run() const {
  if (*explain_app_) return explain_command(explain_);
  if (*diff_app_) return diff_command(diff_);
  if (*render_app_) return render_command(render_);
  if (*step_app_) return step_command(step_);
  if (*teach_app_) {
    TeachOptions teach = teach_;
    if (teach.policies.empty()) teach.policies = {"pre-fix", "fix"};
    teach.policies = chosen_policies(teach.policies, own_policies(teach.scenarios));
    return teach_command(teach);
  }
  return std::nullopt;
}

}  // namespace tools
