// SPDX-License-Identifier: MIT
//
// Arguments that several commands have.
#include "tools/app/arguments.h"

#include <charconv>

#include "model/scenario/input.h"
#include "sim/search/state_graph.h"

namespace tools {

namespace {

/// A number with a unit, as a number of the smallest one; a number without a unit is in
/// units of the first. Of the same kind as `example`.
CLI::Validator quantity(const std::vector<std::pair<std::string, std::uint64_t>>& units,
                        const std::string& type, const std::string& example) {
  return {[units, example](std::string& text) {
            std::uint64_t value = 0;
            const char* end_of_text = text.data() + text.size();
            const auto [end, error] = std::from_chars(text.data(), end_of_text, value);
            const std::string unit(end, end_of_text);
            std::uint64_t factor = unit.empty() ? units.front().second : 0;
            for (const auto& [name, size] : units) {
              if (unit == name) factor = size;
            }
            constexpr std::uint64_t most = std::uint64_t{1} << 60;
            if (error == std::errc{} && factor != 0 && value >= 1 && value <= most / factor) {
              text = std::to_string(value * factor);
              return std::string();
            }
            return "expected a quantity such as " + example + ", found '" + model::printable(text) +
                   "'";
          },
          type};
}

/// Milliseconds.
CLI::Validator duration() {
  return quantity({{"s", 1000}, {"ms", 1}, {"m", 60'000}, {"h", 3'600'000}}, "T", "90s");
}

}  // namespace

CLI::Validator size() {
  constexpr std::uint64_t kilo = 1000;
  constexpr std::uint64_t kibi = 1024;
  return quantity({{"B", 1},
                   {"K", kibi},
                   {"M", kibi * kibi},
                   {"G", kibi * kibi * kibi},
                   {"KiB", kibi},
                   {"MiB", kibi * kibi},
                   {"GiB", kibi * kibi * kibi},
                   {"kB", kilo},
                   {"KB", kilo},
                   {"MB", kilo * kilo},
                   {"GB", kilo * kilo * kilo}},
                  "SIZE", "2G, 2GiB or 2GB");
}

CLI::Validator whole_number(std::uint64_t lowest, std::uint64_t highest) {
  const std::string range = std::to_string(lowest) + " to " + std::to_string(highest);
  return {
      [lowest, highest, range](std::string& text) {
        std::uint64_t value = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        const bool is_number = error == std::errc{} && end == text.data() + text.size();
        if (is_number && value >= lowest && value <= highest) {
          text = std::to_string(value);  // CLI11 would read "010" as eight
          return std::string();
        }
        return "expected a whole number from " + range + ", found '" + model::printable(text) + "'";
      },
      "N"};
}

void add_format(CLI::App& command, std::string& format, const std::set<std::string>& formats) {
  command.add_option("--format", format, "what to write")
      ->check(CLI::IsMember(formats))
      ->capture_default_str();
}

void add_output(CLI::App& command, std::string& output) {
  command.add_option("-o,--output", output, "write to this file instead of standard output")
      ->type_name("FILE");
}

void add_policies(CLI::App& command, std::vector<std::string>& policies,
                  const std::string& unless_given) {
  command
      .add_option("-p,--policy", policies,
                  "policy: name or alias, decisions (pre-fix,flush=marks_nothing), FILE.json or "
                  "'all'; may be repeated [" +
                      unless_given + "]")
      ->allow_extra_args(false)
      ->type_name("POLICY");
}

void add_policy(CLI::App& command, std::string& policy) {
  command.add_option("-p,--policy", policy, "policy, as for run [the file's, else pre-fix]")
      ->type_name("POLICY");
}

void add_seeds(CLI::App& command, std::string& seeds, const std::string& about) {
  command.add_option("--seeds", seeds, about + ": 1 to N, or A to B, both included")
      ->type_name("N or A..B")
      ->capture_default_str();
}

void add_scenario(CLI::App& command, std::string& scenario, std::vector<std::string>& policies) {
  command.add_option("SCENARIO", scenario, "scenario, by name or path")->required();
  add_policies(command, policies, "pre-fix");
}

void add_jobs(CLI::App& command, unsigned& jobs) {
  command.add_option("-j,--jobs", jobs, "worker threads; the result does not depend on it")
      ->transform(whole_number(1, 1024));
}

CLI::Validator something() {
  return {[](std::string& text) {
            return text.empty() ? std::string("expected a name, found nothing") : std::string();
          },
          ""};
}

void add_limits(CLI::App& command, LimitOptions& options) {
  command
      .add_option("--max-states", options.max_states,
                  "stop after so many states, always the same ones [the scenario's]")
      ->transform(whole_number(1, sim::most_states));
  command
      .add_option("--max-memory", options.max_memory,
                  "stop before taking more: bytes, or with K, M, G (KiB, MiB, GiB) or kB, MB, GB "
                  "[the scenario's, else 3/4 of what is available]")
      ->transform(size());
  add_time_limit(command, options.time_limit_ms,
                 "stop each search after so long: with ms, s, m or h [the scenario's, else none]");
}

void add_time_limit(CLI::App& command, std::uint64_t& milliseconds, const std::string& about) {
  command.add_option("--time-limit", milliseconds, about)->transform(duration());
}

void add_checkpoint(CLI::App& command, CheckpointOptions& options) {
  CLI::Option* file =
      command
          .add_option("--checkpoint", options.file,
                      "keep what was done in this file, and continue from it if it is there; a run "
                      "that finishes removes it")
          ->check(something())
          ->type_name("FILE");
  command
      .add_option("--checkpoint-every", options.every_ms,
                  "how often: with ms, s, m or h [30s, or so that it takes no more than some 5 % "
                  "of the time]")
      ->transform(duration())
      ->needs(file);
}

void add_replayable(CLI::App& command, ReplayOptions& options) {
  command
      .add_option("WHAT", options.what,
                  "a trace or schedule file; with --schedule, the scenario it belongs to")
      ->required();
  add_schedule(command, options.schedule);
  add_policy(command, options.policy);
  add_output(command, options.output);
}

void add_never(CLI::App& command, std::vector<std::string>& never) {
  command
      .add_option("--never", never,
                  "a condition that must never hold, besides the scenario's properties: "
                  "docs/manual/properties.md; NAME=CONDITION gives it a name; may be repeated")
      ->allow_extra_args(false)
      ->type_name("CONDITION");
}

void add_schedule(CLI::App& command, std::string& schedule) {
  command.add_option("--schedule", schedule, "schedule token")->type_name("TOKEN");
}

void add_full_search(CLI::App& command, FullSearchOptions& options) {
  add_jobs(command, options.jobs);
  add_output(command, options.output);
  add_limits(command, options);
  command.add_flag("--reproducible", options.reproducible,
                   "leave out times and memory: the same bytes every time");
}

}  // namespace tools
