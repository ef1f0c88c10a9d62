// SPDX-License-Identifier: MIT
//
// From words to scenarios.
#include "tools/check/files.h"

#include <algorithm>
#include <filesystem>
#include <set>

#include "model/policy.h"
#include "tools/app/scenario_search.h"
#include "tools/words/text_layout.h"

namespace tools {
namespace {

namespace fs = std::filesystem;

/// A scenario that lost its "format" by mistake must not be skipped because of that.
bool looks_like_scenario(const nlohmann::json& document) {
  if (!document.is_object()) return false;
  const auto format = document.find("format");
  const bool says_so = format != document.end() && format->is_string() &&
                       format->get<std::string>().starts_with("frwrsim-scenario");
  return says_so || document.contains("rpcs") || document.contains("expect");
}

/// The files *.json of a folder, sorted, without schemas.
std::vector<std::string> files_of(const std::string& folder) {
  std::vector<std::string> files;
  std::error_code error;
  for (fs::directory_iterator file(folder, error), end; !error && file != end;
       file.increment(error)) {
    const std::string name = file->path().filename().string();
    if (name.ends_with(".json") && !name.ends_with(".schema.json")) {
      files.push_back(file->path().string());
    }
  }
  if (error) throw model::InputError(folder + ": cannot be read: " + error.message());
  std::sort(files.begin(), files.end());
  return files;
}

/// Gathers scenarios, and the errors in others.
class Reader {
 public:
  void read(const std::string& word) {
    std::error_code error;
    if (!fs::is_directory(word, error)) return attempt([&] { add(find_scenario(word)); });
    attempt([&] {
      for (const std::string& file : files_of(word)) attempt([&] { add_if_scenario(file); });
    });
  }

  Check finish() {
    if (!complaints_.empty()) throw model::InputError(complaints_);
    if (check_.count() == 0) {
      throw model::InputError(check_.scenarios.empty()
                                  ? "nothing to check: no scenarios there"
                                  : "nothing to check: no scenario says what to \"expect\"");
    }
    return std::move(check_);
  }

 private:
  template <class Work>
  void attempt(Work work) {
    try {
      work();
    } catch (const model::InputError& error) {
      complaints_ += (complaints_.empty() ? "" : "\n  ") + lines_below_indented(error.what(), 2);
    }
  }

  void add_if_scenario(const std::string& file) {
    const std::string text = model::read_file(file, model::largest_scenario_file);
    if (looks_like_scenario(model::parse_json(text, file))) return add(file);
    check_.skipped.push_back(file);
  }

  void add(const std::string& file) {
    std::error_code error;
    if (!seen_.insert(fs::weakly_canonical(file, error)).second) return;
    ScenarioCheck found{file, model::load_scenario(file)};
    // Those of the program in their order, then the others.
    std::map<std::string, model::Expectation> others = found.scenario.expect;
    for (const model::PolicyEntry& policy : model::policies()) {
      const auto expected = others.find(policy.name);
      if (expected == others.end()) continue;
      found.policies.push_back({expected->first, expected->second});
      others.erase(expected);
    }
    for (const auto& [policy, expected] : others) found.policies.push_back({policy, expected});
    check_.scenarios.push_back(std::move(found));
  }

  Check check_;
  std::set<fs::path> seen_;
  std::string complaints_;
};

}  // namespace

Check read_check(const std::vector<std::string>& words) {
  Reader reader;
  for (const std::string& word : words) reader.read(word);
  if (words.empty()) reader.read(scenario_directory());
  return reader.finish();
}

}  // namespace tools
