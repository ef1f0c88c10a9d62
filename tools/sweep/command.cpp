// SPDX-License-Identifier: MIT
//
// frwrsim sweep and frwrsim merge: a share of a sweep, and all of them together.
#include <filesystem>

#include "tools/app/commands.h"
#include "tools/files/output.h"
#include "tools/sweep/sweep.h"
#include "tools/words/numbers.h"

namespace tools {

sim::ExitCode sweep_command(const SweepOptions& options) {
  const SweepSpec spec = load_sweep(options.spec);
  const Shard shard = shard_of(options.shard);
  SweepShare share;
  try {
    share = do_share(spec, shard, options.output, options.jobs);
  } catch (const std::filesystem::filesystem_error& error) {
    throw model::InputError(options.output + ": " + error.code().message());
  }
  std::string text = line("share", options.shard + ": " + plural(share.cells, "cell") + " of " +
                                       std::to_string(share.of) + ", " +
                                       std::to_string(share.found) + " of them done before");
  text += line("failing", plural(share.failing, "cell"));
  text += line("written", options.output + "; 'frwrsim merge' makes one result of all shares");
  write_output(text, "");
  return sim::exit_clean;
}

sim::ExitCode merge_command(const MergeOptions& options) {
  require_writable(options.output);
  write_output(merged(options.directories), options.output);
  return sim::exit_clean;
}

}  // namespace tools
