// SPDX-License-Identifier: MIT
//
// Reading files and JSON with errors for people.
#include "model/scenario/input.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <set>

namespace model {
namespace {

using nlohmann::json;

constexpr int deepest_nesting = 64;

/// Levenshtein distance.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t substitute = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, substitute});
    }
  }
  return row[b.size()];
}

/// A value as it may be quoted in a message: short, on one line, valid UTF-8.
std::string excerpt(const json& value) {
  std::string text = value.dump(-1, ' ', true, json::error_handler_t::replace);
  if (text.size() > 40) text = text.substr(0, 37) + "...";
  return text;
}

/// Bytes of the control character that `text` begins with; 0 if it begins with none.
/// Those of two bytes (C1) command a terminal as well: U+009B is the same as ESC [.
std::size_t control_at(std::string_view text) {
  const auto byte = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  if (byte(0) < 0x20 || byte(0) == 0x7f) return 1;
  return text.size() > 1 && byte(0) == 0xc2 && byte(1) < 0xa0 ? 2 : 0;
}

bool has_control(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (control_at(text.substr(i)) > 0) return true;
  }
  return false;
}

/// A key as part of a JSON pointer (RFC 6901), control characters made visible.
std::string escaped(std::string_view key) {
  std::string text;
  for (const char c : key) {
    if (c == '~') {
      text += "~0";
    } else if (c == '/') {
      text += "~1";
    } else {
      text += c;
    }
  }
  return printable(text);
}

/// "line 3, column 7" of the last character of `text` that is worth naming at or
/// before `byte`, counted from 1: a parser notices an unfinished word only at the
/// white space behind it. Columns count bytes.
std::string place_of(std::string_view text, std::size_t byte) {
  std::size_t at = std::min(byte, text.size() + 1);
  while (at > 1 && at <= text.size() &&
         std::string_view(" \t\r\n").find(text[at - 1]) != std::string_view::npos)
    --at;
  const std::string_view before = text.substr(0, at > 0 ? at - 1 : 0);
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  const auto line_start = before.rfind('\n');
  const std::size_t column =
      before.size() - (line_start == std::string_view::npos ? 0 : line_start + 1) + 1;
  return "line " + std::to_string(line) + ", column " + std::to_string(column);
}

/// nlohmann's reason, without its own statement of the place and without the bytes it
/// read last, which may be anything.
std::string reason_of(const nlohmann::json::parse_error& error) {
  std::string text = error.what();
  if (const auto column = text.find("column "); column != std::string::npos) {
    text = text.substr(text.find(": ", column) + 2);
  }
  const auto read = text.find("; last read: '");
  if (read == std::string::npos) return text;
  // The text that was read may contain any words, also these.
  std::string expected;
  for (const char* what :
       {"end of input", "string literal", "':'", "']'", "'}'", "'[', '{', or a literal"}) {
    if (text.ends_with(std::string("'; expected ") + what)) {
      expected = std::string("; expected ") + what;
    }
  }
  return text.substr(0, read) + expected;
}

}  // namespace

std::string printable(std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string result;
  while (!text.empty()) {
    const std::size_t control = control_at(text);
    for (const char c : text.substr(0, control)) {
      const auto code = static_cast<unsigned char>(c);
      result += "\\x";
      result += digits[code >> 4];
      result += digits[code & 15];
    }
    if (control == 0) result += text.front();
    text.remove_prefix(std::max<std::size_t>(control, 1));
  }
  return result;
}

std::string read_file(const std::string& path, std::size_t limit) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  // If this cannot be known, opening it says why.
  if (status.type() == std::filesystem::file_type::not_found) {
    throw InputError(path + ": there is no such file");
  }
  if (std::filesystem::is_directory(status)) {
    throw InputError(path + ": is a directory, expected a file");
  }
  std::ifstream file(path, std::ios::binary);
  if (!file) throw InputError(path + ": cannot be opened: " + std::strerror(errno));
  const auto too_large = [&] {
    return InputError(path + ": is larger than " + std::to_string(limit) + " bytes");
  };
  // Known at once for a regular file, else only when there is no end to it.
  const std::uintmax_t size = std::filesystem::file_size(path, error);
  if (!error && size > limit) throw too_large();
  std::string text;
  std::vector<char> block(1 << 16);
  while (file.read(block.data(), static_cast<std::streamsize>(block.size())), file.gcount() > 0) {
    text.append(block.data(), static_cast<std::size_t>(file.gcount()));
    if (text.size() > limit) throw too_large();
  }
  if (file.bad()) throw InputError(path + ": cannot be read: " + std::strerror(errno));
  if (text.empty()) throw InputError(path + ": is empty");
  return text;
}

json parse_json(const std::string& text, const std::string& source) {
  // nlohmann keeps the last of several equal keys, so half a scenario would be silently
  // ignored: the keys are collected per open object. And what it parses without
  // recursion it copies and prints with recursion.
  std::vector<std::set<std::string>> open;
  const auto watch = [&](int depth, json::parse_event_t event, json& parsed) {
    if (depth > deepest_nesting) {
      throw InputError(source + ": is nested deeper than " + std::to_string(deepest_nesting) +
                       " levels");
    }
    if (event == json::parse_event_t::object_start) open.emplace_back();
    if (event == json::parse_event_t::object_end) open.pop_back();
    if (event == json::parse_event_t::key &&
        !open.back().insert(parsed.get<std::string>()).second) {
      throw InputError(source + ": an object has the key '" + printable(parsed.get<std::string>()) +
                       "' twice");
    }
    return true;
  };
  try {
    return json::parse(text, watch);
  } catch (const json::parse_error& error) {
    throw InputError(source + ": is no JSON: " + place_of(text, error.byte) + ": " +
                     reason_of(error));
  } catch (const json::out_of_range& error) {
    // "[json.exception.out_of_range.406] number overflow parsing '1e999'"
    const std::string_view what(error.what());
    throw InputError(source + ": " + printable(what.substr(what.find("] ") + 2).substr(0, 100)));
  }
}

std::optional<std::string_view> nearest(std::string_view word,
                                        std::span<const std::string_view> known) {
  std::optional<std::string_view> best;
  std::size_t best_distance = std::max<std::size_t>(2, word.size() / 2);
  if (word.size() > 100) return best;
  for (const std::string_view candidate : known) {
    if (const std::size_t d = distance(word, candidate);
        d < best_distance || (d == best_distance && !best)) {
      best = candidate;
      best_distance = d;
    }
  }
  return best;
}

std::string listed(std::span<const std::string_view> names) {
  std::string text;
  for (const std::string_view name : names) text.append(text.empty() ? "" : ", ").append(name);
  return text;
}

std::string JsonValue::place() const {
  return pointer_.empty() ? source_ : source_ + ": " + pointer_;
}

void Complaints::add(const std::string& pointer, const std::string& message) {
  all_.emplace_back(pointer, message);
}

void Complaints::add(const InputError& error) {
  std::string message = error.what();
  if (message.starts_with(source_ + ": ")) message.erase(0, source_.size() + 2);
  std::string pointer;
  if (const auto end = message.find(": "); message.starts_with("/") && end != std::string::npos) {
    pointer = message.substr(0, end);
    message.erase(0, end + 2);
  }
  add(pointer, message);
}

bool Complaints::proposes(const std::string& pointer) const {
  return std::find(proposed_.begin(), proposed_.end(), pointer) != proposed_.end();
}

bool Complaints::about(const std::string& pointer) const {
  return std::any_of(all_.begin(), all_.end(), [&pointer](const auto& complaint) {
    const std::string_view place = complaint.first;
    return place.starts_with(pointer) &&
           (place.size() == pointer.size() || place[pointer.size()] == '/');
  });
}

void Complaints::raise() const {
  constexpr std::size_t most_shown = 20;
  const auto line = [](const auto& complaint) {
    return (complaint.first.empty() ? "" : complaint.first + ": ") + complaint.second;
  };
  if (all_.size() == 1) throw InputError(source_ + ": " + line(all_.front()));
  std::string text = source_ + ": " + std::to_string(all_.size()) + " errors";
  for (std::size_t i = 0; i < std::min(all_.size(), most_shown); ++i) {
    text += "\n  " + line(all_[i]);
  }
  if (all_.size() > most_shown) {
    text += "\n  and " + std::to_string(all_.size() - most_shown) + " more";
  }
  throw InputError(text);
}

bool JsonValue::is_sound() const {
  return !is_missing_ && (complaints_ == nullptr || !complaints_->about(pointer_));
}

void JsonValue::complain(const std::string& message) const {
  if (is_missing_) return;
  if (complaints_ == nullptr) {
    throw InputError(place() + ": " + message);
  }
  complaints_->add(pointer_, message);
}

void JsonValue::fail(const std::string& message) const {
  complain(message);
  complaints_->raise();
}

JsonValue JsonValue::within(const nlohmann::json& value, std::string_view key) const {
  JsonValue result = *this;
  result.value_ = &value;
  result.pointer_ += "/" + escaped(key);
  return result;
}

bool JsonValue::expect_object(std::span<const std::string_view> keys) const {
  if (!value_->is_object()) {
    complain("expected an object with the keys " + listed(keys) + "; found " + excerpt(*value_));
    return false;
  }
  for (const auto& [key, member] : value_->items()) {
    if (std::find(keys.begin(), keys.end(), key) != keys.end()) continue;
    const auto near = nearest(key, keys);
    if (near && complaints_ != nullptr) {
      complaints_->propose(within(member, *near).pointer_);
    }
    within(member, key)
        .complain("unknown key; " + (near ? "did you mean '" + std::string(*near) + "'?"
                                          : "known here: " + listed(keys)));
  }
  return true;
}

std::optional<JsonValue> JsonValue::find(std::string_view key) const {
  const auto member = value_->find(key);
  if (member == value_->end()) return std::nullopt;
  return within(*member, key);
}

JsonValue JsonValue::at(std::string_view key) const {
  if (const auto member = find(key)) return *member;
  static const nlohmann::json nothing;
  JsonValue missing = within(nothing, key);
  missing.is_missing_ = true;
  if (!value_->is_object()) {
    complain("expected an object, found " + excerpt(*value_));
  } else if (complaints_ == nullptr || !complaints_->proposes(missing.pointer_)) {
    complain("the key '" + std::string(key) + "' is missing");
  }
  return missing;
}

std::vector<JsonValue> JsonValue::members() const {
  std::vector<JsonValue> result;
  if (!value_->is_object()) {
    complain("expected an object, found " + excerpt(*value_));
    return result;
  }
  for (const auto& [key, member] : value_->items()) result.push_back(within(member, key));
  return result;
}

std::vector<JsonValue> JsonValue::elements(std::size_t at_least, std::size_t at_most) const {
  std::vector<JsonValue> result;
  if (!value_->is_array()) {
    complain("expected an array, found " + excerpt(*value_));
    return result;
  }
  if (value_->size() < at_least || value_->size() > at_most) {
    complain("expected " + std::to_string(at_least) + " to " + std::to_string(at_most) +
             " elements, found " + std::to_string(value_->size()));
  }
  for (std::size_t i = 0; i < std::min(value_->size(), at_most); ++i) {
    result.push_back(within((*value_)[i], std::to_string(i)));
  }
  return result;
}

std::string JsonValue::key() const {
  std::string key = pointer_.substr(pointer_.rfind('/') + 1);
  for (std::size_t at = 0; (at = key.find('~', at)) != std::string::npos; ++at) {
    key.replace(at, 2, key.substr(at, 2) == "~1" ? "/" : "~");
  }
  return key;
}

std::uint64_t JsonValue::integer(std::uint64_t lowest, std::uint64_t highest) const {
  if (value_->is_number_unsigned()) {
    const auto number = value_->get<std::uint64_t>();
    if (number >= lowest && number <= highest) return number;
  }
  complain("expected an integer from " + std::to_string(lowest) + " to " + std::to_string(highest) +
           ", found " + excerpt(*value_));
  return lowest;
}

bool JsonValue::boolean() const {
  if (value_->is_boolean()) return value_->get<bool>();
  complain("expected true or false, found " + excerpt(*value_));
  return false;
}

std::string JsonValue::string(std::size_t longest) const {
  if (!value_->is_string()) {
    complain("expected a string, found " + excerpt(*value_));
    return {};
  }
  auto text = value_->get<std::string>();
  if (text.empty() || text.size() > longest) {
    complain("expected a string of 1 to " + std::to_string(longest) + " bytes, found " +
             std::to_string(text.size()));
    return {};
  }
  if (has_control(text)) {
    complain("expected a string without control characters, found " + excerpt(*value_));
    return {};
  }
  return text;
}

std::size_t JsonValue::one_of(std::span<const std::string_view> names) const {
  if (!value_->is_string()) {
    complain("expected one of " + listed(names) + ", found " + excerpt(*value_));
    return 0;
  }
  const auto text = value_->get<std::string>();
  const auto found = std::find(names.begin(), names.end(), text);
  if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
  const auto near = nearest(text, names);
  complain("expected one of " + listed(names) + ", found " + excerpt(*value_) +
           (near ? "; did you mean '" + std::string(*near) + "'?" : ""));
  return 0;
}

}  // namespace model
