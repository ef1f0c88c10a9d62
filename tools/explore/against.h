// SPDX-License-Identifier: MIT
//
// What has changed since an earlier report of the same exploration.
//
// A changed count says that the model or the scenario has changed; which steps were
// taken more or less often says where.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace tools {

/// A member of two reports that is not the same.
struct Difference {
  std::string what;
  std::string before;  ///< "-" if it was not there
  std::string now;
};

/// Reads the reports in a file written by `frwrsim explore --format json`.
/// Throws model::InputError.
nlohmann::json read_reports(const std::string& path);

/// The report of `policy` among those read from `path`, checked member by member.
/// Throws model::InputError if there is none or it is damaged.
const nlohmann::json& report_of(const nlohmann::json& reports, const std::string& policy,
                                const std::string& path);

/// What differs, in the order of the report. Transitions by actor and by its steps come
/// last, then what only `before`, read from `path`, has. Numbers that one of the two
/// reports does not have (a count that was not asked for) are not compared.
std::vector<Difference> differences(const nlohmann::json& before, const nlohmann::json& now,
                                    const std::string& path);

}  // namespace tools
