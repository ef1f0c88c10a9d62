// SPDX-License-Identifier: MIT
//
// Plain values as bytes, and back.
//
// What a search holds is gigabytes of plain arrays. They are written as they lie in
// memory, piece by piece, and read from wherever a file was mapped to. A reader asks
// only for bytes that are there, so a wrong length costs an exception, not memory.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <functional>
#include <span>
#include <stdexcept>
#include <string>
#include <type_traits>

namespace sim {

static_assert(std::endian::native == std::endian::little, "values are written as they lie");

using Bytes = std::span<const unsigned char>;
/// Takes bytes, piece after piece.
using ByteSink = std::function<void(Bytes)>;

/// Thrown where bytes are not what they should be; what() says what is wrong with them.
struct BadBytes : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Writes values one after the other. REQUIRES: a type without padding.
template <class T>
void put_all(const ByteSink& sink, const T* values, std::uint64_t count) {
  static_assert(std::has_unique_object_representations_v<T> && std::is_trivially_copyable_v<T>);
  if (count > 0) sink({reinterpret_cast<const unsigned char*>(values), count * sizeof(T)});
}
template <class T>
void put(const ByteSink& sink, T value) {
  put_all(sink, &value, 1);
}

/// Reads from the front. Copies share nothing but the bytes.
class ByteReader {
 public:
  explicit ByteReader(Bytes bytes) : rest_(bytes) {}

  /// Bytes not read yet.
  [[nodiscard]] std::uint64_t left() const { return rest_.size(); }

  /// The next `count` pieces of `size` bytes each. Throws BadBytes.
  Bytes take(std::uint64_t count, std::uint64_t size = 1) {
    if (size != 0 && count > rest_.size() / size) throw BadBytes("ends too early");
    const Bytes taken = rest_.first(count * size);
    rest_ = rest_.subspan(count * size);
    return taken;
  }
  /// The next value. Throws BadBytes, also for one that is larger than `highest`;
  /// `what` names it.
  template <class T>
  T number(const char* what, T highest = static_cast<T>(~T{0})) {
    static_assert(std::is_unsigned_v<T>);
    T value{};
    std::memcpy(&value, take(1, sizeof value).data(), sizeof value);
    if (value > highest) {
      throw BadBytes(std::string(what) + ": " + std::to_string(value) + ", expected at most " +
                     std::to_string(highest));
    }
    return value;
  }
  /// The next `count` values, appended to a vector or a HugeArray. Throws BadBytes.
  template <class Array>
  void append_to(Array& array, std::uint64_t count) {
    using T = std::remove_cvref_t<decltype(array[0])>;
    const Bytes bytes = take(count, sizeof(T));
    if (bytes.empty()) return;
    const std::uint64_t at = array.size();
    array.resize(at + count);
    std::memcpy(static_cast<void*>(array.data() + at), bytes.data(), bytes.size());
  }
  /// Throws BadBytes if something is left.
  void expect_end() const {
    if (!rest_.empty()) throw BadBytes("continues behind its end");
  }

 private:
  Bytes rest_;
};

}  // namespace sim
