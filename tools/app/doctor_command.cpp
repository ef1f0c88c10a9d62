// SPDX-License-Identifier: MIT
//
// frwrsim doctor: what to put into a bug report about the program itself.
#include <unistd.h>
#include <xxhash.h>

#include <CLI/Version.hpp>
#include <boost/version.hpp>
#include <clocale>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <thread>

#include "model/scenario/scenario.h"
#include "tools/app/commands.h"
#include "tools/app/scenario_search.h"
#include "tools/app/watch.h"
#include "tools/files/output.h"
#include "tools/words/numbers.h"
#include "tools/words/text_layout.h"

namespace tools {
namespace {

std::string dotted(unsigned major, unsigned minor, unsigned patch) {
  return std::to_string(major) + "." + std::to_string(minor) + "." + std::to_string(patch);
}

std::string compiler() {
#if defined(__clang__)
  return "clang++ " + dotted(__clang_major__, __clang_minor__, __clang_patchlevel__);
#elif defined(__GNUC__)
  return "g++ " + dotted(__GNUC__, __GNUC_MINOR__, __GNUC_PATCHLEVEL__);
#else
  return "unknown";
#endif
}

std::string assertions() {
#ifdef NDEBUG
  return "off";
#else
  return "on";
#endif
}

/// Of `step`; the program works without it.
std::string line_editing() {
#ifdef FRWRSIM_LIBEDIT
  return ", libedit";
#else
  return "";
#endif
}

std::string libraries() {
  return "Boost " +
         dotted(BOOST_VERSION / 100000, BOOST_VERSION / 100 % 1000, BOOST_VERSION % 100) +
         ", nlohmann/json " +
         dotted(NLOHMANN_JSON_VERSION_MAJOR, NLOHMANN_JSON_VERSION_MINOR,
                NLOHMANN_JSON_VERSION_PATCH) +
         ", CLI11 " + CLI11_VERSION + line_editing() + ", xxHash " +
         dotted(XXH_VERSION_MAJOR, XXH_VERSION_MINOR, XXH_VERSION_RELEASE);
}

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr || *value == '\0' ? "not set" : "'" + model::printable(value) + "'";
}

std::string terminals() {
  const auto say = [](int descriptor) { return isatty(descriptor) != 0 ? "yes" : "no"; };
  return std::string("standard output ") + say(STDOUT_FILENO) + ", standard error " +
         say(STDERR_FILENO) + "; NO_COLOR " + variable("NO_COLOR");
}

/// Where scenarios are, and those that cannot be read.
std::string scenarios(bool& well) {
  std::string text;
  try {
    const std::vector<std::string> names = scenario_names();
    text = line("scenarios", std::to_string(names.size()) + " in " +
                                 model::printable(scenario_directory()) + "; FRWRSIM_SCENARIOS " +
                                 variable("FRWRSIM_SCENARIOS"));
    for (const std::string& name : names) {
      try {
        (void)model::load_scenario(find_scenario(name));
      } catch (const model::InputError& error) {
        well = false;
        text += line("  broken", lines_below_indented(error.what(), 4));
      }
    }
    if (names.empty()) well = false;
  } catch (const model::InputError& error) {
    well = false;
    text += line("scenarios", error.what());
  }
  return text;
}

}  // namespace

sim::ExitCode doctor_command() {
  bool well = true;
  std::string text = line("program", "frwrsim " FRWRSIM_VERSION);
  text += line("built", compiler() + ", " FRWRSIM_BUILD_TYPE ", assertions " + assertions());
  text += line("libraries", libraries());
  text += scenarios(well);
  text += line("cores", std::to_string(std::thread::hardware_concurrency()));
  text += line("memory", std::to_string(default_memory_limit() >> 20) +
                             " MiB for a search unless told otherwise");
  text += line("terminal", terminals());
  text += line("locale", "LC_ALL " + variable("LC_ALL") + ", LANG " + variable("LANG") +
                             "; nothing that is printed depends on it");
  text += line("well", well ? "yes" : "no");
  write_output(text, "");
  return well ? sim::exit_clean : sim::exit_usage;
}

}  // namespace tools
