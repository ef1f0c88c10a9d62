// SPDX-License-Identifier: MIT
//
// Reading JSON that people wrote: every error message names the place.
//
// A JsonValue is a JSON value together with its JSON pointer. Its readers check
// type and range and throw InputError with the pointer, what was found and what
// was expected; an object is read with the list of keys it may have, so that a
// misspelt key is an error that proposes the nearest one, not a default.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace model {

/// Input that cannot be used. what() is one line for people: where, what was
/// found, what was expected.
struct InputError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// `text` with control characters written as \\x1b and the like, so that a quotation in
/// a message can neither forge lines nor command a terminal.
std::string printable(std::string_view text);

/// The whole content of a file. Throws InputError if it cannot be read, is not a
/// regular file, is empty, or has more than `limit` bytes.
std::string read_file(const std::string& path, std::size_t limit);

/// Parses JSON text; `source` names it in errors. Throws InputError with line
/// and column if it is malformed, and for an object that has a key twice.
nlohmann::json parse_json(const std::string& text, const std::string& source);

/// The one of `known` that is nearest to `word`, if one is near enough.
std::optional<std::string_view> nearest(std::string_view word,
                                        std::span<const std::string_view> known);

/// "a, b, c"
std::string listed(std::span<const std::string_view> names);

/// A JSON value and its place. Cheap to copy; the document must outlive it.
class JsonValue {
 public:
  JsonValue(const nlohmann::json& value, std::string source, std::string pointer = "")
      : value_(&value), source_(std::move(source)), pointer_(std::move(pointer)) {}

  /// Requires an object that has no keys but these.
  void expect_object(std::span<const std::string_view> keys) const;
  /// The member `key` of an object, if it is there.
  [[nodiscard]] std::optional<JsonValue> find(std::string_view key) const;
  /// The member `key` of an object. Throws InputError if it is missing.
  [[nodiscard]] JsonValue at(std::string_view key) const;
  /// The members of an object, by key.
  [[nodiscard]] std::vector<JsonValue> members() const;
  /// The elements of an array, of which there must be that many.
  [[nodiscard]] std::vector<JsonValue> elements(std::size_t at_least, std::size_t at_most) const;
  /// The key under which this value was found.
  [[nodiscard]] std::string key() const;

  /// A whole number in that range, both ends included; true or false.
  [[nodiscard]] std::uint64_t integer(std::uint64_t lowest, std::uint64_t highest) const;
  [[nodiscard]] bool boolean() const;
  /// A string of at most `longest` bytes, valid UTF-8 by construction.
  [[nodiscard]] std::string string(std::size_t longest) const;
  /// One of `names`; its index.
  [[nodiscard]] std::size_t one_of(std::span<const std::string_view> names) const;

  /// As it was read.
  [[nodiscard]] const nlohmann::json& json() const { return *value_; }
  /// "source: /pointer", for messages of one's own.
  [[nodiscard]] std::string place() const;
  /// Throws InputError: "source: /pointer: message".
  [[noreturn]] void fail(const std::string& message) const;

 private:
  const nlohmann::json* value_;
  std::string source_;
  std::string pointer_;
};

}  // namespace model
