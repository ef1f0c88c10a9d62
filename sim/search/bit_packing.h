// SPDX-License-Identifier: MIT
//
// States without the bits that never change.
//
// A state is a plain struct sized for the largest scenario; in a given one most of its
// bits are the same in every reachable state. Which ones is not declared but learned: a
// packing starts from the initial state and is widened whenever a state is found that
// differs in a bit not seen to vary before. What is kept is how a state differs from
// the initial one, in the varying bits only, side by side: a state of some 300 bytes
// takes 24 to 40, exactly and reversibly. Bits learned later go behind the others,
// where states packed before have zeros, so those need not be packed anew. It costs a
// few instructions per 64 bits where the processor has PEXT and PDEP (BMI2), and a loop
// where it does not. A step changes only a small part of a state, so a successor is
// packed by what differs from its source.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <type_traits>
#include <vector>

#include "sim/byte_stream.h"

namespace sim {

/// Most words of eight bytes that a state may have.
inline constexpr std::size_t most_state_words = 65'535;

/// A state followed by zeros, so that it can be read in words of eight bytes.
template <class State>
struct Padded {
  static_assert(std::is_trivially_copyable_v<State>);
  static_assert(std::has_unique_object_representations_v<State>,
                "equal states must have equal bytes");
  /// Words that the alignment of the state asks for at a time.
  static constexpr std::size_t alignment = alignof(State) < 8 ? 1 : alignof(State) / 8;
  static constexpr std::size_t words = (sizeof(State) / 8 / alignment + 1) * alignment;
  static_assert(words <= most_state_words, "a state has at most 512 KiB");

  State state{};
  unsigned char tail[words * 8 - sizeof(State)] = {};

  [[nodiscard]] const unsigned char* bytes() const {
    static_assert(sizeof(Padded) == words * 8, "no byte without a value");
    return reinterpret_cast<const unsigned char*>(this);
  }
  [[nodiscard]] unsigned char* bytes() { return reinterpret_cast<unsigned char*>(this); }

  /// Becomes a copy, piece by piece: for a struct of more than 256 bytes gcc itself
  /// uses a string instruction, which takes several times as long.
  void copy(const Padded& other) {
    constexpr std::size_t piece = 128;
    constexpr std::size_t rest = words * 8 % piece;
    for (std::size_t at = 0; at + rest < words * 8; at += piece) {
      std::memcpy(bytes() + at, other.bytes() + at, piece);
    }
    std::memcpy(bytes() + words * 8 - rest, other.bytes() + words * 8 - rest, rest);
  }
};

/// Which bits of a state vary, and how they are packed. Const members are
/// thread-safe.
class BitPacking {
 public:
  /// Nothing varies yet: every state equals `initial`, whose size is a multiple of 8. Throws
  /// std::length_error if that is more than most_state_words.
  explicit BitPacking(std::span<const unsigned char> initial);

  /// Words of eight bytes a packed state takes, at least one.
  [[nodiscard]] unsigned packed_words() const { return packed_words_; }
  /// Bits that vary.
  [[nodiscard]] unsigned bits() const { return bits_; }

  /// Packs a state. False, with `packed` unspecified, if the state differs from
  /// the initial one in a bit that is not known to vary.
  [[nodiscard]] bool pack(const unsigned char* state, std::uint64_t* packed) const {
    return pack_(*this, state, packed);
  }
  /// The same for a state that resembles another one whose packed form is known.
  [[nodiscard]] bool repack(const unsigned char* other, const std::uint64_t* other_packed,
                            const unsigned char* state, std::uint64_t* packed) const {
    return repack_(*this, other, other_packed, state, packed);
  }
  /// The state that was packed. REQUIRES: pack() made `packed` with this packing.
  void unpack(const std::uint64_t* packed, unsigned char* state) const {
    unpack_(*this, packed, state);
  }

  /// Records the bits in which `state` differs; they count from extend() on.
  void observe(const unsigned char* state);
  /// Widens the packing by what was observed. What was packed before stays valid if
  /// zero words are appended to make up packed_words().
  void extend();

  /// Which bits vary, eight bytes at a time, and their values where they do not:
  /// what another program needs to unpack.
  [[nodiscard]] const std::vector<std::uint64_t>& mask() const { return mask_; }
  [[nodiscard]] const std::vector<std::uint64_t>& initial() const { return initial_; }

  /// Writes which bits vary, in the order in which they were learned.
  void save(const ByteSink& sink) const;
  /// A packing that save() wrote, of states that vary from `initial`. Throws BadBytes.
  static BitPacking restored(std::span<const unsigned char> initial, ByteReader& reader);

 private:
  // Where some varying bits of one word of the state go.
  struct Field {
    std::uint64_t mask = 0;
    std::uint64_t keep = 0;       // the bits of the packed word that belong to others
    std::uint64_t keep_next = 0;  // ... and of the next one, where it spills
    std::uint32_t word = 0;       // of the state
    std::uint16_t at = 0;         // of the packed state: word
    std::uint8_t shift = 0;       // ... and bit
    bool spills = false;          // continues in the next word
  };

  void add_field(std::uint32_t word, std::uint64_t mask);
  void arrange_fields();

  static bool pack_portably(const BitPacking& packing, const unsigned char* state,
                            std::uint64_t* packed);
  static bool repack_portably(const BitPacking& packing, const unsigned char* other,
                              const std::uint64_t* other_packed, const unsigned char* state,
                              std::uint64_t* packed);
  static void unpack_portably(const BitPacking& packing, const std::uint64_t* packed,
                              unsigned char* state);
  static bool pack_fast(const BitPacking& packing, const unsigned char* state,
                        std::uint64_t* packed);
  static bool repack_fast(const BitPacking& packing, const unsigned char* other,
                          const std::uint64_t* other_packed, const unsigned char* state,
                          std::uint64_t* packed);
  static void unpack_fast(const BitPacking& packing, const std::uint64_t* packed,
                          unsigned char* state);
  static bool fast_is_possible();

  std::vector<std::uint64_t> initial_;
  std::vector<std::uint64_t> mask_;
  std::vector<std::uint64_t> observed_;
  std::vector<Field> fields_;                 // in the order of their places
  std::vector<Field> by_word_;                // in the order of words of the state
  std::vector<std::uint32_t> first_of_word_;  // ... where those of a word begin
  unsigned packed_words_ = 1;
  unsigned bits_ = 0;
  decltype(&pack_portably) pack_ = fast_is_possible() ? &pack_fast : &pack_portably;
  decltype(&repack_portably) repack_ = fast_is_possible() ? &repack_fast : &repack_portably;
  decltype(&unpack_portably) unpack_ = fast_is_possible() ? &unpack_fast : &unpack_portably;
};

}  // namespace sim
