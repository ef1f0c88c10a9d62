// SPDX-License-Identifier: MIT
//
// Finding scenarios by name.
#include "tools/app/scenario_search.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>

namespace tools {
namespace fs = std::filesystem;

std::string scenario_directory() {
  std::vector<std::string> tried;
  if (const char* chosen = std::getenv("FRWRSIM_SCENARIOS"); chosen != nullptr && *chosen != 0) {
    tried.emplace_back(chosen);
  } else {
    std::error_code error;
    const fs::path program = fs::read_symlink("/proc/self/exe", error);
    if (!error) {
      tried.push_back((program.parent_path().parent_path() / "share/frwrsim/scenarios").string());
    }
    tried.emplace_back(FRWRSIM_SOURCE_SCENARIOS);
  }
  std::error_code error;
  for (const std::string& directory : tried) {
    if (fs::is_directory(directory, error)) return directory;
  }
  std::string message = "no directory with scenarios: looked in";
  for (const std::string& directory : tried) message += " " + directory;
  throw model::InputError(message + "; set FRWRSIM_SCENARIOS or give a path");
}

std::vector<std::string> scenario_names() {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator file(scenario_directory(), error), end; !error && file != end;
       file.increment(error)) {
    const std::string name = file->path().filename().string();
    if (name.ends_with(".json") && !name.ends_with(".schema.json")) {
      names.push_back(name.substr(0, name.size() - 5));
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string find_scenario(const std::string& name_or_path) {
  if (name_or_path.find('/') != std::string::npos || name_or_path.ends_with(".json")) {
    return name_or_path;
  }
  const std::vector<std::string> names = scenario_names();
  if (std::find(names.begin(), names.end(), name_or_path) != names.end()) {
    return (fs::path(scenario_directory()) / (name_or_path + ".json")).string();
  }
  // A file that is there is meant, and reading it says what is wrong with it.
  std::error_code error;
  if (fs::is_regular_file(name_or_path, error)) return name_or_path;
  const std::vector<std::string_view> views(names.begin(), names.end());
  const auto near = model::nearest(name_or_path, views);
  throw model::InputError("no scenario is called '" + model::printable(name_or_path) + "'; " +
                          (near ? "did you mean '" + std::string(*near) + "'?"
                                : "there are " + model::listed(views) + ".") +
                          " A file is given by its path.");
}

}  // namespace tools
