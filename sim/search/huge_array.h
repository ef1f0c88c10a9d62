// SPDX-License-Identifier: MIT
//
// An array that grows to gigabytes without copying.
//
// A vector of that size has three problems: growing copies it, needs old and new at
// once, and touches every page. Here address space is reserved, for about twice of what
// is needed, and the kernel fills it in as it is written. When the reservation is used
// up, the kernel moves the pages to a larger one, not their bytes. An array that has
// become large asks for 2 MiB pages, because random access to a big table otherwise
// waits for the TLB more than for memory.
//
// To reserve once, as much as an array may ever need, would spare the moves. But address
// space is limited too: by the processor, and by `ulimit -v`.
#pragma once

#include <sys/mman.h>

#include <cstdint>
#include <cstring>
#include <limits>
#include <new>
#include <span>
#include <type_traits>
#include <utility>

namespace sim {

/// Address space of an array, in bytes from its begin.
struct Reservation {
  void* begin = nullptr;
  std::uint64_t bytes = 0;
};

/// A reservation of at least `needed` bytes that has the pages of `old`, which is gone,
/// and zeros behind them; twice the size of `old`, if that much can be had. Throws
/// std::bad_alloc if there is not enough address space; then `old` is as it was.
Reservation enlarged(Reservation old, std::uint64_t needed);

/// Array of plain values. Elements move when it grows: a pointer to one is good until
/// then. Not thread-safe where it grows; elements that are there may be read and written
/// like those of any array. Throws std::bad_alloc where address space cannot be had.
template <class T>
class HugeArray {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  HugeArray() = default;
  explicit HugeArray(T first) { push_back(first); }
  HugeArray(HugeArray&& other) noexcept
      : reserved_(std::exchange(other.reserved_, {})),
        capacity_(std::exchange(other.capacity_, 0)),
        data_(std::exchange(other.data_, nullptr)),
        size_(std::exchange(other.size_, 0)) {}
  HugeArray& operator=(HugeArray&& other) noexcept {
    std::swap(reserved_, other.reserved_);
    std::swap(capacity_, other.capacity_);
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    return *this;
  }
  HugeArray(const HugeArray&) = delete;
  HugeArray& operator=(const HugeArray&) = delete;
  ~HugeArray() {
    if (data_ != nullptr) munmap(reserved_.begin, reserved_.bytes);
  }

  [[nodiscard]] std::uint64_t size() const { return size_; }
  [[nodiscard]] T* data() { return data_; }
  [[nodiscard]] const T* data() const { return data_; }
  [[nodiscard]] T& operator[](std::uint64_t i) { return data_[i]; }
  [[nodiscard]] const T& operator[](std::uint64_t i) const { return data_[i]; }
  /// Bytes in use; of a large array in whole pages of 2 MiB, which is how it grows.
  [[nodiscard]] std::uint64_t memory() const {
    constexpr std::uint64_t page = std::uint64_t{1} << 21;
    const std::uint64_t bytes = size_ * sizeof(T);
    return size_ < large ? bytes : (bytes + page - 1) / page * page;
  }

  void push_back(T value) {
    resize(size_ + 1);
    data_[size_ - 1] = value;
  }
  /// REQUIRES: `values` are not the array's own.
  void append(std::span<const T> values) {
    if (values.empty()) return;
    const std::uint64_t at = size_;
    resize(size_ + values.size());
    std::memcpy(static_cast<void*>(data_ + at), values.data(), values.size_bytes());
  }
  /// New elements are zero bytes unless the array was larger before.
  void resize(std::uint64_t size) {
    if (size > capacity_) grow(size);
    if (size_ < large && size >= large) madvise(reserved_.begin, reserved_.bytes, MADV_HUGEPAGE);
    size_ = size;
  }
  /// Empties the array and gives its memory back.
  void clear() {
    HugeArray nothing;
    *this = std::move(nothing);
  }

 private:
  static constexpr std::uint64_t large = (std::uint64_t{1} << 21) / sizeof(T);

  void grow(std::uint64_t size) {
    if (size > std::numeric_limits<std::uint64_t>::max() / sizeof(T)) throw std::bad_alloc();
    reserved_ = enlarged(reserved_, size * sizeof(T));
    capacity_ = reserved_.bytes / sizeof(T);
    data_ = static_cast<T*>(reserved_.begin);
  }

  Reservation reserved_;
  std::uint64_t capacity_ = 0;  // elements that the reservation has room for
  T* data_ = nullptr;
  std::uint64_t size_ = 0;
};

}  // namespace sim
