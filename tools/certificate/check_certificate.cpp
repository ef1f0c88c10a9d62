// SPDX-License-Identifier: MIT
//
// check_certificate: the program that checks what `frwrsim explore --certificate`
// wrote. certificate_check.h does it; here are the file and the exit codes.
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <exception>
#include <new>
#include <string>
#include <string_view>
#include <vector>

#include "model/scenario/input.h"
#include "tools/certificate/certificate_check.h"

namespace {

enum ExitCode : int { exit_verified = 0, exit_refuted = 1, exit_unusable = 2 };

constexpr const char* usage =
    "usage: check_certificate FILE\n"
    "\n"
    "Checks a certificate written by 'frwrsim explore --certificate FILE'.\n"
    "Exit codes: 0 every claim holds, 1 a claim is wrong, 2 the file cannot be used\n"
    "(no certificate, damaged, of another version) or bad usage.\n";

/// A mapped file that shrinks, or cannot be read, makes itself felt like this.
void on_bus_error(int) {
  constexpr std::string_view text = "check_certificate: the file could not be read to its end\n";
  (void)!write(STDERR_FILENO, text.data(), text.size());
  _exit(exit_unusable);
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments == std::vector<std::string>{"--help"} ||
      arguments == std::vector<std::string>{"-h"}) {
    std::fputs(usage, stdout);
    return exit_verified;
  }
  if (arguments.size() != 1 || arguments[0].starts_with("-")) {
    std::fputs(usage, stderr);
    return exit_unusable;
  }
  const std::string path = model::printable(arguments[0]);
  std::signal(SIGBUS, on_bus_error);
  try {
    const tools::MappedFile file(arguments[0]);
    std::fputs(tools::check_certificate(file.bytes()).c_str(), stdout);
    if (std::fflush(stdout) == 0) return exit_verified;
    std::fputs("check_certificate: standard output could not be written completely\n", stderr);
    return exit_unusable;
  } catch (const tools::Refuted& refuted) {
    std::printf("refuted: %s: %s\n", path.c_str(), refuted.what.c_str());
    return exit_refuted;
  } catch (const std::bad_alloc&) {
    std::fprintf(stderr, "check_certificate: %s: there is not enough memory\n", path.c_str());
  } catch (const std::exception& error) {
    std::fprintf(stderr, "check_certificate: %s: %s\n", path.c_str(), error.what());
  }
  return exit_unusable;
}
