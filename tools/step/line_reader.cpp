// SPDX-License-Identifier: MIT
//
// libedit's readline, or nothing but std::getline.
#include "tools/step/line_reader.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <sstream>

#include "tools/files/output.h"

#ifdef FRWRSIM_LIBEDIT
#include <editline/readline.h>
#endif

namespace tools {
namespace {

std::optional<std::string> plain_line() {
  std::string line;
  if (!std::getline(std::cin, line)) return std::nullopt;
  return line;
}

#ifdef FRWRSIM_LIBEDIT
std::optional<std::string> edited_line(const std::string& prompt) {
  char* typed = readline(prompt.c_str());
  if (typed == nullptr) return std::nullopt;
  std::string line(typed);
  std::free(typed);  // readline() allocates it so
  return line;
}
#endif

/// Lines of a page; 0 for a terminal that does not say how high it is.
std::size_t page_lines() {
  struct winsize size {};
  constexpr unsigned short least = 4;
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_row < least) return 0;
  return size.ws_row - 1u;
}

}  // namespace

std::optional<std::string> LineReader::next(const std::string& prompt) {
  if (!is_terminal_) return plain_line();
#ifdef FRWRSIM_LIBEDIT
  std::optional<std::string> line = edited_line(prompt);
  if (line && !line->empty()) add_history(line->c_str());
  return line;
#else
  return answer(prompt);
#endif
}

std::optional<std::string> LineReader::answer(const std::string& question) {
#ifdef FRWRSIM_LIBEDIT
  return edited_line(question);
#else
  write_output(question, "");
  return plain_line();
#endif
}

void write_in_pages(const std::string& text, LineReader* reader) {
  const std::size_t most = reader == nullptr ? 0 : page_lines();
  std::istringstream lines(text);
  std::string page;
  std::size_t count = 0;
  for (std::string line; std::getline(lines, line);) {
    if (most != 0 && count == most) {
      write_output(page, "");
      page.clear();
      count = 0;
      const auto said = reader->answer("-- more (Enter; q for no more) ");
      if (!said || !said->empty()) return;
    }
    page += line + "\n";
    ++count;
  }
  write_output(page, "");
}

}  // namespace tools
