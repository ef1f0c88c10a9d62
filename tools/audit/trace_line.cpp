// SPDX-License-Identifier: MIT
//
// Layouts of lines, by hand: a regular expression would be the slowest part of an audit.
#include "tools/audit/trace_line.h"

#include <algorithm>
#include <array>

namespace tools::audit {
namespace {

constexpr std::string_view npos_text{};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_name(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

void skip_blanks(std::string_view& text) {
  std::size_t n = 0;
  while (n < text.size() && (text[n] == ' ' || text[n] == '\t')) ++n;
  text.remove_prefix(n);
}

std::string_view without_blanks_behind(std::string_view text) {
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r')) {
    text.remove_suffix(1);
  }
  return text;
}

/// The word that `text` begins with; the rest begins with the next one.
std::string_view take_word(std::string_view& text) {
  std::size_t n = 0;
  while (n < text.size() && text[n] != ' ' && text[n] != '\t') ++n;
  const std::string_view word = text.substr(0, n);
  text.remove_prefix(n);
  skip_blanks(text);
  return word;
}

/// "63.257215" in nanoseconds, "282546347257" as it is; the rest begins behind it.
bool take_time(std::string_view& text, TraceLine& line) {
  std::string_view rest = text;
  if (rest.empty() || !is_digit(rest[0])) return false;
  line.time = take_number(rest);
  line.clock = Clock::counter;
  if (rest.size() > 1 && rest[0] == '.' && is_digit(rest[1])) {
    rest.remove_prefix(1);
    std::uint64_t fraction = 0;
    unsigned digits = 0;
    for (; !rest.empty() && is_digit(rest[0]); rest.remove_prefix(1)) {
      if (digits == 9) continue;
      fraction = fraction * 10 + static_cast<unsigned>(rest[0] - '0');
      ++digits;
    }
    for (; digits < 9; ++digits) fraction *= 10;
    constexpr std::uint64_t second = 1'000'000'000;
    line.clock = Clock::seconds;
    line.time = line.time > UINT64_MAX / second - 1 ? UINT64_MAX : line.time * second + fraction;
  }
  text = rest;
  return true;
}

/// "rpcrdma:xprtrdma_mr_map: task:...", "vfs_read <-ksys_read"
bool take_event(std::string_view text, TraceLine& line) {
  std::size_t n = 0;
  while (n < text.size() && is_name(text[n])) ++n;
  if (n == 0) return false;
  if (n + 1 < text.size() && text[n] == ':' && is_name(text[n + 1])) {
    text.remove_prefix(n + 1);
    n = 0;
    while (n < text.size() && is_name(text[n])) ++n;
  }
  if (n < text.size() && text[n] != ':' && text[n] != ' ') return false;
  line.name = text.substr(0, n);
  text.remove_prefix(std::min(n + 1, text.size()));
  skip_blanks(text);
  line.fields = text;
  line.kind = LineKind::event;
  return true;
}

/// "comm-pid" or, by perf, "comm pid" at the end of what stands before the CPU.
std::string_view task_of(std::string_view text) {
  text = without_blanks_behind(text);
  if (text.ends_with(')')) {  // the option record-tgid: "dd-918 (  918)"
    const std::size_t open = text.rfind('(');
    if (open == text.npos) return npos_text;
    text = without_blanks_behind(text.substr(0, open));
  }
  std::size_t digits = 0;
  while (digits < text.size() && is_digit(text[text.size() - 1 - digits])) ++digits;
  if (digits == 0 || digits >= text.size()) return npos_text;
  const char before = text[text.size() - 1 - digits];
  return before == '-' || before == ' ' ? text : npos_text;
}

/// "[001] d..1.   63.257215: event: fields", as trace, trace_pipe, trace-cmd and perf have it.
bool parse_bracketed(std::string_view text, TraceLine& line) {
  constexpr std::size_t last_column = 64;
  for (std::size_t at = text.find('['); at < std::min(text.size(), last_column);
       at = text.find('[', at + 1)) {
    std::string_view rest = text.substr(at + 1);
    const std::uint64_t cpu = take_number(rest);
    const std::string_view who = task_of(text.substr(0, at));
    if (who.empty() || rest.data() == text.data() + at + 1 || !take(rest, "]")) continue;
    skip_blanks(rest);
    line.layout = Layout::trace_cmd;
    std::string_view word = rest;
    if (!take_time(word, line) || !word.starts_with(':')) {
      line.layout = Layout::tracefs;
      (void)take_word(rest);
      word = rest;
      if (!take_time(word, line) || !word.starts_with(':')) continue;
    }
    word.remove_prefix(1);
    skip_blanks(word);
    line.cpu = static_cast<int>(std::min<std::uint64_t>(cpu, 1'000'000));
    line.who = who;
    return take_event(word, line);
  }
  return false;
}

/// "dd-918     0d..1. 92921us : event: fields": ftrace_dump, and the option latency-format.
bool parse_dumped(std::string_view text, TraceLine& line) {
  std::size_t us = text.find("us");
  for (; us != text.npos && (us == 0 || !is_digit(text[us - 1])); us = text.find("us", us + 2)) {
  }
  if (us == text.npos) return false;
  std::size_t begin = us;
  while (begin > 0 && is_digit(text[begin - 1])) --begin;
  std::string_view time = text.substr(begin, us - begin);
  std::string_view front = without_blanks_behind(text.substr(0, begin));
  const std::size_t blank = front.rfind(' ');
  if (blank == front.npos) return false;
  std::string_view flags = front.substr(blank + 1);
  if (flags.empty() || !is_digit(flags[0])) return false;
  std::uint64_t cpu = take_number(flags);
  const std::string_view who = task_of(front.substr(0, blank));
  std::string_view rest = text.substr(us + 2);
  while (!rest.empty() && (rest[0] == '!' || rest[0] == '+' || rest[0] == '#')) {
    rest.remove_prefix(1);
  }
  skip_blanks(rest);
  if (who.empty() || !take(rest, ":")) return false;
  skip_blanks(rest);
  const std::uint64_t microseconds = take_number(time);
  line.clock = Clock::seconds;
  line.time = microseconds > UINT64_MAX / 1000 ? UINT64_MAX : microseconds * 1000;
  line.layout = Layout::console;
  line.cpu = static_cast<int>(std::min<std::uint64_t>(cpu, 1'000'000));
  line.who = who;
  return take_event(rest, line);
}

/// "xprtrdma_marshal: fields" of our client.
bool take_client_event(std::string_view text, TraceLine& line) {
  std::string_view name = text;
  (void)take(name, "rpcrdma:");
  return name.starts_with("xprtrdma_") && take_event(name, line) &&
         line.name.size() < name.size() && name[line.name.size()] == ':';
}

/// "120.093709: xprtrdma_marshal: fields", or without the time; or behind a task, a CPU and
/// flags as nobody prints them.
bool parse_pasted(std::string_view text, TraceLine& line) {
  line.layout = Layout::pasted;
  if (take_client_event(text, line)) return true;
  constexpr unsigned most_words = 4;
  for (unsigned words = 0; words < most_words && !text.empty(); ++words) {
    std::string_view word = take_word(text);
    line.clock = Clock::none;
    line.time = 0;
    if (take_time(word, line) && word == ":") return take_client_event(text, line);
    if (word.ends_with(':')) return false;
  }
  return false;
}

/// "CPU:1 [LOST 795 EVENTS]", "CPU:1 [795 EVENTS DROPPED]", without a number if unknown.
bool parse_lost(std::string_view text, TraceLine& line) {
  if (!take(text, "CPU:") || text.empty() || !is_digit(text[0])) return false;
  const std::uint64_t cpu = take_number(text);
  skip_blanks(text);
  if (!take(text, "[")) return false;
  (void)take(text, "LOST ");
  line.first = take_number(text);
  skip_blanks(text);
  if (!text.starts_with("EVENTS")) return false;
  line.cpu = static_cast<int>(std::min<std::uint64_t>(cpu, 1'000'000));
  line.kind = LineKind::lost;
  return true;
}

/// Lines that begin with '#'.
void parse_header(std::string_view text, TraceLine& line) {
  if (text.starts_with("# tracer:")) {
    line.kind = LineKind::begins;
    line.layout = Layout::tracefs;
  } else if (take(text, "# entries-in-buffer/entries-written:")) {
    skip_blanks(text);
    line.kind = LineKind::counts;
    line.first = take_number(text);
    if (take(text, "/")) line.second = take_number(text);
    skip_blanks(text);
    if (take(text, "#P:")) {
      line.cpus = static_cast<unsigned>(std::min<std::uint64_t>(take_number(text), 1'000'000));
    }
  } else if (take(text, "##### CPU ")) {
    line.cpu = static_cast<int>(std::min<std::uint64_t>(take_number(text), 1'000'000));
    if (take(text, " buffer started")) line.kind = LineKind::cpu_begins;
  }
}

/// "[ 2164.740481] ", with what a syslog or a mail puts before it.
void take_printk(std::string_view& text, TraceLine& line) {
  std::string_view rest = text;
  const std::size_t daemon = rest.substr(0, 120).find(" kernel: ");
  if (daemon != rest.npos) {
    rest.remove_prefix(daemon + 9);
    line.is_printk = true;
    text = rest;
  }
  if (rest.size() > 2 && rest[0] == '<' && is_digit(rest[1])) {
    const std::size_t end = rest.find('>');
    if (end < 5) rest.remove_prefix(end + 1);
  }
  if (!take(rest, "[")) return;
  skip_blanks(rest);
  TraceLine stamp;
  if (!take_time(rest, stamp) || stamp.clock != Clock::seconds || !take(rest, "]")) return;
  (void)take(rest, " ");
  line.is_printk = true;
  text = rest;
}

bool says_gap(std::string_view text) {
  constexpr std::array<std::string_view, 7> signs{"...",    "[...]",  "--", "[snip]",
                                                  "<snip>", "(snip)", "[…]"};
  if (std::find(signs.begin(), signs.end(), text) != signs.end()) return true;
  return text.starts_with("** ") && text.find(" printk messages dropped") != text.npos;
}

}  // namespace

bool take(std::string_view& text, std::string_view what) {
  if (!text.starts_with(what)) return false;
  text.remove_prefix(what.size());
  return true;
}

std::uint64_t take_number(std::string_view& text, unsigned base) {
  std::uint64_t value = 0;
  std::size_t n = 0;
  for (; n < text.size(); ++n) {
    const char c = text[n];
    unsigned digit = base;
    if (is_digit(c)) {
      digit = static_cast<unsigned>(c - '0');
    } else if (c >= 'a' && c <= 'f') {
      digit = static_cast<unsigned>(c - 'a') + 10;
    } else if (c >= 'A' && c <= 'F') {
      digit = static_cast<unsigned>(c - 'A') + 10;
    }
    if (digit >= base) break;
    value = value > (UINT64_MAX - digit) / base ? UINT64_MAX : value * base + digit;
  }
  text.remove_prefix(n);
  return value;
}

TraceLine parse_trace_line(std::string_view text) {
  TraceLine line;
  while (text.starts_with("> ")) text.remove_prefix(2);  // quoted in a mail
  text = without_blanks_behind(text);
  if (text.empty()) return line;
  if (text[0] == '#') {
    parse_header(text, line);
    return line;
  }
  take_printk(text, line);
  skip_blanks(text);
  if (parse_bracketed(text, line) || parse_lost(text, line)) return line;
  const bool is_printk = line.is_printk;
  line = {};
  line.is_printk = is_printk;
  if (take(text, "cpus=") && !text.empty() && is_digit(text[0])) {
    line.kind = LineKind::begins;
    line.layout = Layout::trace_cmd;
    line.cpus = static_cast<unsigned>(std::min<std::uint64_t>(take_number(text), 1'000'000));
    return line;
  }
  if (text == "Dumping ftrace buffer:") {
    line.kind = LineKind::begins;
    line.layout = Layout::console;
    return line;
  }
  if (says_gap(text)) {
    line.kind = LineKind::gap;
    return line;
  }
  if (parse_dumped(text, line) || parse_pasted(text, line)) return line;
  line = {};
  line.is_printk = is_printk;
  return line;
}

}  // namespace tools::audit
