// SPDX-License-Identifier: MIT
//
// Arguments that several commands have.
//
// Every option that several commands have is declared here, so that it is spelled,
// checked and explained in the same way everywhere.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "tools/app/commands.h"

namespace tools {

/// What --help says of exit codes and scenarios.
inline constexpr const char* usual_footer =
    "Exit codes: 0 nothing violated, 1 violated, 2 bad usage or input, 3 a bound was reached; "
    "with several scenarios or policies the first of 2, 1, 3, 0 that occurred.\n"
    "SCENARIO is a name ('frwrsim list scenarios') or the path of a file.";

/// A decimal number in that range. CLI11 itself accepts "-1" and "" for unsigned ones.
CLI::Validator whole_number(std::uint64_t lowest, std::uint64_t highest);

/// Bytes, as "2G" or "2GiB", which are 1024 times 1024 times 1024 each, or "2GB", of 1000.
CLI::Validator size();

/// An empty name is an error of a script, not the wish to have none.
CLI::Validator something();

/// Each function adds the argument of its name; the value is read into the given
/// variable.
void add_format(CLI::App& command, std::string& format, const std::set<std::string>& formats);
void add_output(CLI::App& command, std::string& output);
void add_policies(CLI::App& command, std::vector<std::string>& policies,
                  const std::string& unless_given);
void add_policy(CLI::App& command, std::string& policy);
/// Seeds, one meaning for all commands: seed_range() reads them.
void add_seeds(CLI::App& command, std::string& seeds, const std::string& about);
void add_scenario(CLI::App& command, std::string& scenario, std::vector<std::string>& policies);
void add_jobs(CLI::App& command, unsigned& jobs);
void add_limits(CLI::App& command, LimitOptions& options);
void add_time_limit(CLI::App& command, std::uint64_t& milliseconds, const std::string& about);
void add_checkpoint(CLI::App& command, CheckpointOptions& options);
void add_schedule(CLI::App& command, std::string& schedule);
void add_never(CLI::App& command, std::vector<std::string>& never);
/// The arguments that say what to replay, under which policy, and where to write it.
void add_replayable(CLI::App& command, ReplayOptions& options);

/// The options of a search of every interleaving.
void add_full_search(CLI::App& command, FullSearchOptions& options);

}  // namespace tools
