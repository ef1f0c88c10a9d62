// SPDX-License-Identifier: MIT
//
// frwrsim new: a scenario to begin with.
#include <filesystem>

#include "tools/app/commands.h"
#include "tools/app/scenario_search.h"
#include "tools/check/expect_rewrite.h"
#include "tools/files/output.h"
#include "tools/new/template.h"
#include "tools/words/shell.h"

namespace tools {
namespace {

namespace fs = std::filesystem;

/// The text of a sound scenario, as it is laid out there, without what it expects.
std::string copy_of(const std::string& scenario) {
  const std::string path = find_scenario(scenario);
  const std::string text = model::read_file(path, model::largest_scenario_file);
  (void)model::read_scenario(model::parse_json(text, path), fs::path(path).stem().string(), path);
  return without_expectations(text);
}

/// The file that is meant by "mine", "mine.json" or "folder/mine".
std::string file_called(const std::string& name) {
  const std::string path = name.ends_with(".json") ? name : name + ".json";
  if (fs::path(path).stem().empty() || fs::path(path).filename() == ".json") {
    throw model::InputError("'" + model::printable(name) + "': expected the name of a file");
  }
  return path;
}

}  // namespace

sim::ExitCode new_command(const NewOptions& options) {
  const std::string text =
      options.from.empty() ? std::string(scenario_template) : copy_of(options.from);
  if (options.name.empty()) {
    write_output(text, "");
    return sim::exit_clean;
  }
  const std::string path = file_called(options.name);
  std::error_code error;
  if (!options.force && fs::symlink_status(path, error).type() != fs::file_type::not_found) {
    throw model::InputError(model::printable(path) +
                            ": is there already; give another name, or --force to replace it");
  }
  write_output(text, path);
  // A word without '/' and ".json" would be looked up as a name: this one has it.
  const std::string word = shell_quoted(path);
  write_output(model::printable(path) + ": written; next\n  frwrsim validate " + word +
                   "\n  frwrsim explore " + word + "\n",
               "");
  return sim::exit_clean;
}

}  // namespace tools
