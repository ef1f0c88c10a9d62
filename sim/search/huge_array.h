// SPDX-License-Identifier: MIT
//
// An array that grows to gigabytes without moving.
//
// A vector of that size has three problems: growing copies it, needs old and new at
// once, and touches every page. Here address space is reserved once and the kernel
// fills it in as it is written. An array that has become large asks for 2 MiB pages,
// because random access to a big table otherwise waits for the TLB more than for
// memory.
#pragma once

#include <sys/mman.h>

#include <cstdint>
#include <cstring>
#include <new>
#include <span>
#include <type_traits>
#include <utility>

namespace sim {

/// Array of plain values, of at most 2^reserved_bits bytes. Elements never move. Not thread-safe
/// where it grows; elements that are there may be read and written like those of any array. Throws
/// std::bad_alloc where address space cannot be had.
template <class T, unsigned reserved_bits = 37>
class HugeArray {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  HugeArray() = default;
  explicit HugeArray(T first) { push_back(first); }
  HugeArray(HugeArray&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
  HugeArray& operator=(HugeArray&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    return *this;
  }
  HugeArray(const HugeArray&) = delete;
  HugeArray& operator=(const HugeArray&) = delete;
  ~HugeArray() {
    if (data_ != nullptr) munmap(data_, reserved_bytes);
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
  void append(std::span<const T> values) {
    if (values.empty()) return;
    const std::uint64_t at = size_;
    resize(size_ + values.size());
    std::memcpy(static_cast<void*>(data_ + at), values.data(), values.size_bytes());
  }
  /// New elements are zero bytes unless the array was larger before.
  void resize(std::uint64_t size) {
    if (data_ == nullptr) reserve();
    if (size > reserved_bytes / sizeof(T)) throw std::bad_alloc();
    if (size_ < large && size >= large) madvise(data_, reserved_bytes, MADV_HUGEPAGE);
    size_ = size;
  }
  /// Empties the array and gives its memory back.
  void clear() {
    HugeArray nothing;
    *this = std::move(nothing);
  }

 private:
  static constexpr std::uint64_t reserved_bytes = std::uint64_t{1} << reserved_bits;
  static constexpr std::uint64_t large = (std::uint64_t{1} << 21) / sizeof(T);

  void reserve() {
    void* memory = mmap(nullptr, reserved_bytes, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) throw std::bad_alloc();
    data_ = static_cast<T*>(memory);
  }

  T* data_ = nullptr;
  std::uint64_t size_ = 0;
};

}  // namespace sim
