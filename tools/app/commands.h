// SPDX-License-Identifier: MIT
//
// The commands of the program, one function each, free of argument parsing.
//
// Each returns its exit code and throws model::InputError for bad input. Results
// go through write_output, so they are whole or absent.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/verdict.h"
#include "tools/files/checkpoint_options.h"

namespace tools {

/// The options that `run` and `hunt` have in common. `policies` holds policy names in
/// the order in which they run.
struct SearchOptions {
  std::string scenario;
  std::vector<std::string> policies;
  std::string strategy = "pct";
  unsigned depth = 3;
  unsigned preemptions = 2;
  std::uint64_t max_steps = 100'000;
  std::string format = "text";
  std::string output;
  unsigned jobs = 0;               ///< 0: one per core
  std::vector<std::string> never;  ///< more properties, as model::with_never takes them
};

/// Options of `run`.
struct RunOptions : SearchOptions {
  std::uint64_t seed = 1;
  bool every_step = false;
};

/// Options of `replay`, and of other commands that begin with an existing run.
struct ReplayOptions {
  std::string what;      ///< a trace or schedule file; a scenario if there is a token
  std::string schedule;  ///< token; may be empty
  std::string policy;    ///< empty: the file's
  std::string format = "text";
  std::string output;
  bool every_step = false;
  bool by_name = false;              ///< for a trace: as far as it fits this model
  std::vector<std::string> never{};  ///< more properties, as model::with_never takes them
};

/// Options of `hunt`.
struct HuntOptions : SearchOptions {
  std::vector<std::string> strategies;  ///< names, or "all"; several are compared
  std::string seeds = "1..10000";       ///< seed_range() reads them
  bool all = false;
  bool reproducible = false;        ///< no speed
  std::uint64_t time_limit_ms = 0;  ///< of each hunt; 0: none
  CheckpointOptions checkpoint;
};

/// Limits that stop a search before it is complete.
struct LimitOptions {
  std::uint64_t max_states = 0;     ///< 0: the scenario's, else none
  std::uint64_t max_memory = 0;     ///< bytes; 0: the scenario's, else what is available
  std::uint64_t time_limit_ms = 0;  ///< 0: the scenario's, else none
};

/// Options of `minimize`: limits of the search.
struct MinimizeOptions : ReplayOptions, LimitOptions {};

/// The options that `explore` and `compare` have in common. Limits are those of one
/// scenario under one policy.
struct FullSearchOptions : LimitOptions {
  std::vector<std::string> policies;
  std::string format = "text";
  std::string output;
  unsigned jobs = 0;  ///< 0: one per core
  bool reproducible = false;
  std::vector<std::string> never;  ///< more properties, as model::with_never takes them
};

/// Options of `explore`.
struct ExploreOptions : FullSearchOptions {
  std::string scenario;
  std::string invariant;  ///< empty: all
  std::string reduction = "none";
  std::string count_preemptions = "auto";
  bool verdict_only = false;
  std::string certificate;  ///< a file to write; may be empty
  std::string against;      ///< an earlier report; may be empty
  CheckpointOptions checkpoint;
};

/// Options of `compare`.
struct CompareOptions : FullSearchOptions {
  std::vector<std::string> scenarios;  ///< names or paths; empty: all that have a name
};

/// Options of `find`.
struct FindOptions : FullSearchOptions {
  std::string scenario;
  std::string where;                    ///< a condition; may be empty if there is an order
  std::vector<std::string> before;      ///< orders, "A < B"
  std::vector<std::string> other_than;  ///< tokens of failing runs: another cause than theirs
  bool fewest_preemptions = false;      ///< else the fewest steps
  bool every_step = false;
};

/// Options of `synthesize`.
struct SynthesizeOptions : FullSearchOptions {
  std::string scenario;
  std::string pairs = "auto";
};

/// Options of `stats`.
struct StatsOptions {
  std::string file;  ///< a result of `hunt --format jsonl`
  std::string format = "text";
  std::string output;
};

/// Options of `study`.
struct StudyOptions {
  std::string scenario;
  std::vector<std::string> policies;
  std::vector<std::string> vary;   ///< "timing.softirq.mean=1us..10ms:log:13"
  std::string seeds = "1..10000";  ///< of each cell; seed_range() reads them
  std::uint64_t max_steps = SearchOptions{}.max_steps;
  unsigned jobs = 0;   ///< 0: one per core
  std::string output;  ///< a directory
};

/// Options of `diff`.
struct DiffOptions : LimitOptions {
  std::string what;                   ///< a scenario, or a trace or schedule file
  std::vector<std::string> policies;  ///< as the user named them; two
  std::string schedule;               ///< token of the decisions; may be empty
  std::string format = "text";
  std::string output;
  bool every_step = false;
};

/// `what` is a trace or schedule file, with a token the scenario it belongs to, or a
/// scenario alone, whose counterexample is shown (told_run.h).
struct RenderOptions : ReplayOptions, LimitOptions {
  std::string as = "text";        ///< sequence-svg, mermaid, dot, perfetto or text
  std::vector<std::string> only;  ///< "mr=1", "lanes=t1,rec": not for dot and perfetto
  unsigned most_nodes = 2000;     ///< for dot
  unsigned around = 0;            ///< for dot: only so many steps from the run; 0: all
};

/// Options of `step`.
struct StepOptions : LimitOptions {
  std::string what;      ///< a scenario, or a trace or schedule file
  std::string policy;    ///< empty: the file's, else the first
  std::string schedule;  ///< token of the choices to begin after; may be empty
  std::string format = "text";
  std::vector<std::string> never;  ///< more properties, as model::with_never takes them
};

/// Options of `explain`. The same as for a replay, but a scenario alone is enough: then
/// its counterexample is explained. Formats are text and json.
struct ExplainOptions : ReplayOptions, LimitOptions {
  unsigned jobs = 0;  ///< 0: one per core
};

/// Options of `teach`.
struct TeachOptions : LimitOptions {
  std::vector<std::string> scenarios;
  std::vector<std::string> policies;
  std::string part = "whole";         ///< page_part() reads it
  std::uint64_t max_size = 8u << 20;  ///< bytes of the page, about
  unsigned jobs = 0;                  ///< 0: one per core
  std::string output;
  std::vector<std::string> never;  ///< more properties, as model::with_never takes them
};

/// Options of `sweep`, which runs one share of a sweep.
struct SweepOptions {
  std::string spec;
  std::string shard = "1/1";
  unsigned jobs = 0;   ///< 0: one per core
  std::string output;  ///< a directory
};

/// Options of `merge`, which puts shares together.
struct MergeOptions {
  std::vector<std::string> directories;
  std::string output;
};

/// Options of `check`.
struct CheckOptions : LimitOptions {
  std::vector<std::string> what;  ///< folders, files, names; empty: all that have a name
  unsigned jobs = 0;              ///< 0: one per core
  std::string junit;              ///< files to write; may be empty
  std::string markdown;
  std::string json;
  bool update = false;
  std::string format = "text";  ///< of `output`: text, json, junit or markdown
  std::string output;
  std::vector<std::string> never;  ///< more properties, as model::with_never takes them
};

/// Options of `audit`.
struct AuditOptions {
  std::vector<std::string> files;  ///< "-" is standard input
  std::string format = "text";
  std::string output;
};

/// Options of `triage`.
struct TriageOptions {
  std::vector<std::string> files;  ///< "-" is standard input
  std::string kernel;              ///< its version, if the log does not say it; may be empty
  std::string format = "text";
  std::string output;
};

/// Options of `list`.
struct ListOptions {
  std::string what;  ///< empty: everything
  bool names_only = false;
  bool about = false;  ///< scenarios with their paragraphs
};

/// Options of `new`.
struct NewOptions {
  std::string name;  ///< the file, less its ".json"; empty: standard output
  std::string from;  ///< a scenario to copy; empty: the template
  bool force = false;
};

/// Options of `explain-bounds`. Limits are those of each of its searches.
struct BoundsOptions : FullSearchOptions {
  std::string scenario;
};

/// Exit codes and errors are as the prologue says.
sim::ExitCode run_command(const RunOptions& options);
sim::ExitCode replay_command(const ReplayOptions& options);
sim::ExitCode minimize_command(const MinimizeOptions& options);
sim::ExitCode hunt_command(const HuntOptions& options);
sim::ExitCode explore_command(const ExploreOptions& options);
sim::ExitCode compare_command(const CompareOptions& options);
sim::ExitCode find_command(const FindOptions& options);
sim::ExitCode stats_command(const StatsOptions& options);
sim::ExitCode study_command(const StudyOptions& options);
sim::ExitCode synthesize_command(const SynthesizeOptions& options);
sim::ExitCode diff_command(const DiffOptions& options);
sim::ExitCode explain_command(const ExplainOptions& options);
sim::ExitCode render_command(const RenderOptions& options);
sim::ExitCode step_command(const StepOptions& options);
sim::ExitCode teach_command(const TeachOptions& options);
sim::ExitCode sweep_command(const SweepOptions& options);
sim::ExitCode merge_command(const MergeOptions& options);
sim::ExitCode check_command(const CheckOptions& options);
sim::ExitCode audit_command(const AuditOptions& options);
sim::ExitCode triage_command(const TriageOptions& options);
sim::ExitCode list_command(const ListOptions& options);
sim::ExitCode doctor_command();
sim::ExitCode validate_command(const std::vector<std::string>& files);
sim::ExitCode new_command(const NewOptions& options);
sim::ExitCode explain_bounds_command(const BoundsOptions& options);

}  // namespace tools
