// SPDX-License-Identifier: MIT
//
// Reading JSON that people wrote: every error message names the place.
//
// A JsonValue is a JSON value together with its JSON pointer. Its readers check
// type and range and throw InputError with the pointer, what was found and what
// was expected; an object is read with the list of keys it may have, so that a
// misspelt key is an error that proposes the nearest one, not a default.
//
// People mend a file faster if all that is wrong with it is said at once. A reader that
// gives its values a Complaints therefore gets no exception: what is wrong is noted, a
// reader of a value returns its lowest, and whoever reads the whole raises at its end
// what was noted. A rule that ties values together asks first whether they are sound, so
// one mistake makes one complaint.
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

/// What is wrong with a document, in the order in which it was noticed. Not thread-safe.
class Complaints {
 public:
  /// `source` names the document.
  explicit Complaints(std::string source) : source_(std::move(source)) {}

  /// A place as a JSON pointer, empty for the whole, and what is wrong there.
  void add(const std::string& pointer, const std::string& message);
  /// What was thrown about this document.
  void add(const InputError& error);
  /// The place that a misspelt key may have meant: that it is missing is not said as well.
  void propose(const std::string& pointer) { proposed_.push_back(pointer); }
  [[nodiscard]] bool proposes(const std::string& pointer) const;
  /// Whether nothing is wrong so far.
  [[nodiscard]] bool empty() const { return all_.empty(); }
  /// Whether there is one about the value at this place, or about something within it.
  [[nodiscard]] bool about(const std::string& pointer) const;
  [[nodiscard]] const std::string& source() const { return source_; }
  /// Throws InputError: one complaint is a line; several are a line with their number and
  /// one indented line each, of which the first twenty are shown. REQUIRES: !empty().
  [[noreturn]] void raise() const;

 private:
  std::string source_;
  std::vector<std::pair<std::string, std::string>> all_{};  // pointer, message
  std::vector<std::string> proposed_{};
};

/// A JSON value and its place. Cheap to copy; the document must outlive it. Each reader
/// throws InputError if the value is not as it must be; or, where complaints are
/// gathered, notes that and returns what is said below.
class JsonValue {
 public:
  JsonValue(const nlohmann::json& value, std::string source)
      : value_(&value), source_(std::move(source)) {}
  /// Gathers complaints; they must outlive it.
  JsonValue(const nlohmann::json& value, Complaints& complaints)
      : value_(&value), source_(complaints.source()), complaints_(&complaints) {}

  /// Requires an object that has no keys but these. False if it is no object.
  bool expect_object(std::span<const std::string_view> keys) const;
  /// The member `key` of an object, if it is there.
  [[nodiscard]] std::optional<JsonValue> find(std::string_view key) const;
  /// The member `key` of an object, which must be there; else a value about which
  /// nothing more is noted.
  [[nodiscard]] JsonValue at(std::string_view key) const;
  /// The members of an object, by key; none if it is no object.
  [[nodiscard]] std::vector<JsonValue> members() const;
  /// The elements of an array, of which there must be that many; else the first of
  /// those there are.
  [[nodiscard]] std::vector<JsonValue> elements(std::size_t at_least, std::size_t at_most) const;
  /// The key under which this value was found.
  [[nodiscard]] std::string key() const;

  /// A whole number in that range, both ends included; else the lowest.
  [[nodiscard]] std::uint64_t integer(std::uint64_t lowest, std::uint64_t highest) const;
  /// True or false; else false.
  [[nodiscard]] bool boolean() const;
  /// A string of at most `longest` bytes, valid UTF-8 by construction; else empty.
  [[nodiscard]] std::string string(std::size_t longest) const;
  /// One of `names`; its index, else 0.
  [[nodiscard]] std::size_t one_of(std::span<const std::string_view> names) const;

  /// As it was read.
  [[nodiscard]] const nlohmann::json& json() const { return *value_; }
  /// "source: /pointer", for messages of one's own.
  [[nodiscard]] std::string place() const;
  /// Whether nothing was noted about it or what is in it. True if none are gathered.
  [[nodiscard]] bool is_sound() const;
  /// What `read` makes of this value. Where complaints are gathered: of what it throws an
  /// InputError for, only that is noted, and there is no result.
  template <class Read>
  auto read_whole(Read read) const -> std::optional<decltype(read(*this))> {
    JsonValue strict = *this;
    strict.complaints_ = nullptr;
    try {
      return read(strict);
    } catch (const InputError& error) {
      if (complaints_ == nullptr) throw;
      complaints_->add(error);
      return std::nullopt;
    }
  }
  /// Notes "source: /pointer: message", or throws it.
  void complain(const std::string& message) const;
  /// Throws InputError: "source: /pointer: message", and what was noted before.
  [[noreturn]] void fail(const std::string& message) const;

 private:
  /// Something within this value.
  [[nodiscard]] JsonValue within(const nlohmann::json& value, std::string_view key) const;

  const nlohmann::json* value_;
  std::string source_;
  std::string pointer_{};
  Complaints* complaints_ = nullptr;
  bool is_missing_ = false;  // it stands for a value that is not there; that was noted
};

}  // namespace model
