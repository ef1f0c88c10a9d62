// SPDX-License-Identifier: MIT
//
// Fields word by word; what a word means is the same in every age.
#include "tools/audit/mr_event.h"

#include <algorithm>
#include <array>
#include <utility>

#include "tools/audit/trace_line.h"

namespace tools::audit {
namespace {

constexpr std::array<std::string_view, 16> names{
    "mr_map",     "mr_fastreg", "mr_localinv", "mr_reminv", "wc_fastreg", "wc_li",
    "wc_li_wake", "wc_li_done", "mr_unmap",    "marshal",   "op_connect", "connect",
    "disconnect", "createmrs",  "device",      "other"};

/// Names of other ages.
constexpr std::array<std::pair<std::string_view, EventKind>, 5> earlier_names{{
    {"dma_unmap", EventKind::unmap},
    {"localinv", EventKind::localinv},
    {"remoteinv", EventKind::reminv},
    {"mr_remoteinv", EventKind::reminv},
    {"mr_dma_unmap", EventKind::unmap},
}};

constexpr std::array<std::string_view, 4> directions{"BIDIR", "TO_DEVICE", "FROM_DEVICE", "NONE"};

/// What of an event was found.
struct Found {
  bool mr = false;
  bool range = false;  // length, offset and handle
  bool direction = false;
  bool open_direction = false;
  bool status = false;
};

std::uint32_t low(std::uint64_t n) {
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(n, UINT32_MAX));
}

std::uint32_t take_low(std::string_view& text, unsigned base = 10) {
  return low(take_number(text, base));
}

/// "131072@0x79a56225cc5e2000:0x00006a3a"
bool take_range(std::string_view word, Registration& registration) {
  registration.length = take_low(word);
  if (!take(word, "@0x")) return false;
  registration.offset = take_number(word, 16);
  if (!take(word, ":0x") || word.size() < 8) return false;
  registration.handle = take_low(word, 16);
  return word.empty();
}

/// "0000000a@00000001", in older kernels in decimal.
void take_owner(std::string_view word, MrEvent& event) {
  const std::size_t at = word.find('@');
  if (at == word.npos) return;
  event.spelling.wide_task = at == 8 && word.size() == 17;
  const unsigned base = event.spelling.wide_task ? 16 : 10;
  std::string_view task = word.substr(0, at);
  std::string_view client = word.substr(at + 1);
  const bool none = take(client, "-");
  event.owner = {take_low(task, base), none ? UINT32_MAX : take_low(client, base), true};
}

/// "0000000012345678", "(____ptrval____)"
void take_pointer(std::string_view word, MrEvent& event, Found& found) {
  event.spelling.pointer = true;
  found.mr = true;
  (void)take(word, "0x");
  if (word.starts_with("(")) {
    event.spelling.anonymous = true;
    return;
  }
  const std::size_t before = word.size();
  event.registration.mr = take_number(word, 16);
  found.mr = word.size() < before;
}

void take_direction(std::string_view word, MrEvent& event, Found& found) {
  found.open_direction = true;
  if (!word.ends_with(')') && !word.ends_with("):")) return;
  word = word.substr(0, word.find(')'));
  const auto known = std::find(directions.begin(), directions.end(), word);
  if (known == directions.end()) return;
  event.registration.direction = static_cast<std::uint8_t>(known - directions.begin());
  found.direction = true;
}

/// "(5/0x0)" behind the name of a status, whatever that is.
bool take_status(std::string_view word, MrEvent& event) {
  if (!take(word, "(")) return false;
  const std::size_t size = word.size();
  const std::uint32_t status = take_low(word);
  if (word.size() == size || !take(word, "/0x") || !word.ends_with(')')) return false;
  event.status = status;
  return true;
}

/// The fields of trace-cmd report -R. Which of them are hexadecimal differs by event.
bool take_raw(std::string_view word, MrEvent& event, Found& found) {
  const std::size_t equals = word.find('=');
  if (equals == word.npos) return false;
  const std::string_view key = word.substr(0, equals);
  std::string_view value = word.substr(equals + 1);
  const auto number = [&value] {
    return take(value, "0x") ? take_number(value, 16) : take_number(value);
  };
  Registration& registration = event.registration;
  if (key == "mr_id" || key == "completion_id") {
    registration.mr = number();
    found.mr = true;
  } else if (key == "handle") {
    registration.handle = low(number());
    found.range = true;
  } else if (key == "length") {
    registration.length = low(number());
  } else if (key == "offset") {
    registration.offset = number();
  } else if (key == "dir") {
    registration.direction = static_cast<std::uint8_t>(std::min<std::uint64_t>(number(), 254));
    found.direction = true;
  } else if (key == "task_id" || key == "client_id") {
    event.owner.is_known = true;
    (key == "task_id" ? event.owner.task : event.owner.client) = low(take_number(value, 16));
    return true;
  } else if (key == "status" && !value.empty() && value[0] >= '0' && value[0] <= '9') {
    event.status = low(number());
    found.status = true;
    return true;
  } else {
    return false;
  }
  event.spelling.raw = true;
  return true;
}

void take_word(std::string_view word, MrEvent& event, Found& found) {
  if (take(word, "task:")) return take_owner(word, event);
  if (take(word, "mr.id=") ||
      (word.starts_with("cid=") && (event.spelling.cid = take(word, "cid=")))) {
    found.mr = !word.empty() && word[0] >= '0' && word[0] <= '9';
    event.registration.mr = take_number(word);
  } else if (take(word, "nents=")) {
    event.registration.nents = take_low(word);
  } else if (take(word, "mr=")) {
    take_pointer(word, event, found);
  } else if (word.starts_with("cq.id=")) {
    event.spelling.cq = true;
  } else if (word.starts_with("state=")) {
    event.spelling.state = true;
  } else if (take(word, "xid=0x")) {
    event.xid = take_low(word, 16);
  } else if (take(word, "peer=")) {
    event.peer = word;
  } else if (take(word, "addr=")) {
    event.peer = word;
  } else if (take(word, "device=")) {
    event.device = word;
  } else if (word.starts_with("(")) {
    if (take_status(word, event)) {
      found.status = true;
    } else {
      take_direction(word.substr(1), event, found);
    }
  } else if (!word.empty() && word[0] >= '0' && word[0] <= '9' && word.find('@') != word.npos) {
    found.range = take_range(word, event.registration);
  } else {
    (void)take_raw(word, event, found);
  }
}

}  // namespace

std::string_view name_of(EventKind kind) { return names[static_cast<std::size_t>(kind)]; }

EventKind kind_of(std::string_view event) {
  if (!take(event, "xprtrdma_")) {
    return event.starts_with("rpcrdma_client_") && event.ends_with("register") ? EventKind::device
                                                                               : EventKind::other;
  }
  for (std::size_t i = 0; i + 2 < names.size(); ++i) {
    if (names[i] == event) return static_cast<EventKind>(i);
  }
  for (const auto& [name, kind] : earlier_names) {
    if (name == event) return kind;
  }
  return EventKind::other;
}

std::optional<MrEvent> parse_mr_event(EventKind kind, std::string_view fields) {
  MrEvent event;
  event.kind = kind;
  event.registration.direction = 255;
  Found found;
  const std::string_view all = fields;
  while (!fields.empty()) {
    const std::size_t end = std::min(fields.find(' '), fields.size());
    if (end > 0) take_word(fields.substr(0, end), event, found);
    fields.remove_prefix(std::min(end + 1, fields.size()));
  }
  event.is_up = all.find("rc=0 ") != all.npos && all.find("status=1") != all.npos;
  if (static_cast<unsigned>(kind) >= mr_event_kinds) return event;
  const bool is_completion = kind >= EventKind::wc_fastreg && kind <= EventKind::wc_li_done;
  if (!found.mr) return std::nullopt;
  if (is_completion) return found.status ? std::optional(event) : std::nullopt;
  event.spelling.no_direction = !found.direction;
  if (!found.range || (found.open_direction && !found.direction)) return std::nullopt;
  return event;
}

}  // namespace tools::audit
