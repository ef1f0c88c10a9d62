// SPDX-License-Identifier: MIT
//
// A certificate as its checker reads it: bytes, packed states, records.
//
// A certificate may come from anywhere. Nothing is read past the end of the file, and
// the reader asks for no memory that the size of the file does not justify. Packing,
// which the engine has too, is written a second time and differently: one bit after the
// other, as docs/certificate.md defines it.
#pragma once

#include <boost/multiprecision/cpp_int.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/scenario/input.h"
#include "model/world.h"
#include "tools/files/mapped_file.h"

namespace tools {

using boost::multiprecision::cpp_int;

/// Thrown if a claim does not hold.
struct Refuted {
  std::string what;
};

/// Throws Refuted: "claim: expected ..., found ...".
[[noreturn]] void refute(const std::string& claim, const std::string& expected,
                         const std::string& found);

/// The file without its checksum. Throws model::InputError if the checksum is wrong, or
/// if the file is no certificate.
Bytes summed_part(Bytes file);

/// How states are packed: the bits that vary, byte by byte, the low ones first.
class Packing {
 public:
  /// Takes the header's "packing". Throws model::InputError, and Refuted if the initial
  /// state is not `initial`.
  Packing(const model::JsonValue& claims, const model::World& initial);

  /// Size of a packed state; unpack() REQUIRES so many bytes.
  [[nodiscard]] std::size_t bytes() const { return packed_.size(); }
  [[nodiscard]] model::World unpack(Bytes packed) const;
  /// Valid until the next call; nothing if the state varies in a bit that should not
  /// vary.
  [[nodiscard]] std::optional<Bytes> pack(const model::World& world);
  /// Whether the bits that are left over are zero, as they must be.
  [[nodiscard]] bool is_tidy(Bytes packed) const;

 private:
  struct Bit {
    unsigned byte;
    unsigned bit;
  };

  model::World initial_;
  std::vector<Bit> bits_;
  std::vector<unsigned char> mask_;
  std::vector<unsigned char> packed_;
};

/// Numbers of interleavings that begin in a state.
struct Interleavings {
  cpp_int all;
  cpp_int failing;
};

/// The records, and which of them a packed state is.
class Records {
 public:
  static constexpr std::uint32_t none = 0xffff'ffff;

  /// Throws model::InputError, and Refuted if a state is there twice.
  Records(Bytes body, const Packing& packing);

  /// "state 7"
  static std::string name(std::uint64_t number) { return "state " + std::to_string(number); }
  [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(all_.size()); }
  [[nodiscard]] Bytes packed(std::uint32_t i) const {
    return body_.subspan(all_[i].at, packed_bytes_);
  }
  [[nodiscard]] std::uint32_t depth(std::uint32_t i) const { return all_[i].depth; }
  [[nodiscard]] std::uint32_t height(std::uint32_t i) const { return all_[i].height; }
  [[nodiscard]] Interleavings interleavings(std::uint32_t i) const;
  /// The record of a packed state, or none.
  [[nodiscard]] std::uint32_t find(Bytes packed) const { return slots_[slot_of(packed)]; }

 private:
  struct Record {
    std::size_t at;  // in the body
    std::uint32_t depth;
    std::uint32_t height;
  };

  [[nodiscard]] std::size_t slot_of(Bytes packed) const;

  Bytes body_;
  std::size_t packed_bytes_;
  std::vector<Record> all_;
  std::vector<std::uint32_t> slots_;  // by hash, at most half of them taken
};

}  // namespace tools
