// SPDX-License-Identifier: MIT
//
// Packing and unpacking, with and without BMI2.
#include "sim/search/bit_packing.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <stdexcept>
#include <string>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace sim {
namespace {

std::uint64_t load(const unsigned char* bytes, std::size_t word) {
  std::uint64_t value = 0;
  std::memcpy(&value, bytes + 8 * word, 8);
  return value;
}

/// The bits of `value` where `mask` has ones, moved together at the low end.
std::uint64_t gathered(std::uint64_t value, std::uint64_t mask) {
  std::uint64_t result = 0;
  for (unsigned i = 0; mask != 0; ++i, mask &= mask - 1) {
    result |= (value >> std::countr_zero(mask) & 1u) << i;
  }
  return result;
}

/// The low bits of `value`, moved to where `mask` has ones.
std::uint64_t scattered(std::uint64_t value, std::uint64_t mask) {
  std::uint64_t result = 0;
  for (unsigned i = 0; mask != 0; ++i, mask &= mask - 1) {
    result |= (value >> i & 1u) << std::countr_zero(mask);
  }
  return result;
}

}  // namespace

BitPacking::BitPacking(std::span<const unsigned char> initial)
    : initial_(initial.size() / 8),
      mask_(initial.size() / 8),
      observed_(initial.size() / 8),
      first_of_word_(initial.size() / 8 + 1) {
  assert(initial.size() % 8 == 0);
  if (initial_.size() > most_state_words) {
    throw std::length_error("a state has " + std::to_string(initial.size()) + " bytes; at most " +
                            std::to_string(8 * most_state_words) + " can be packed");
  }
  std::memcpy(initial_.data(), initial.data(), initial.size());
}

void BitPacking::observe(const unsigned char* state) {
  for (std::size_t i = 0; i < mask_.size(); ++i) observed_[i] |= load(state, i) ^ initial_[i];
}

void BitPacking::extend() {
  for (std::size_t i = 0; i < mask_.size(); ++i) {
    const std::uint64_t fresh = observed_[i] & ~mask_[i];
    if (fresh != 0) add_field(static_cast<std::uint32_t>(i), fresh);
  }
  arrange_fields();
}

void BitPacking::add_field(std::uint32_t word, std::uint64_t mask) {
  const auto width = static_cast<unsigned>(std::popcount(mask));
  const unsigned shift = bits_ % 64;
  const std::uint64_t ones = width == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << width) - 1;
  fields_.push_back({mask, ~(ones << shift), ~((ones >> 1) >> (63 - shift)), word,
                     static_cast<std::uint16_t>(bits_ / 64), static_cast<std::uint8_t>(shift),
                     shift + width > 64});
  mask_[word] |= mask;
  bits_ += width;
}

void BitPacking::arrange_fields() {
  packed_words_ = bits_ == 0 ? 1 : (bits_ + 63) / 64;
  by_word_ = fields_;
  std::stable_sort(by_word_.begin(), by_word_.end(),
                   [](const Field& a, const Field& b) { return a.word < b.word; });
  std::size_t at = 0;
  for (std::size_t i = 0; i <= mask_.size(); ++i) {
    while (at < by_word_.size() && by_word_[at].word < i) ++at;
    first_of_word_[i] = static_cast<std::uint32_t>(at);
  }
}

void BitPacking::save(const ByteSink& sink) const {
  put(sink, static_cast<std::uint32_t>(fields_.size()));
  for (const Field& field : fields_) {
    put(sink, field.word);
    put(sink, field.mask);
  }
}

BitPacking BitPacking::restored(std::span<const unsigned char> initial, ByteReader& reader) {
  BitPacking packing(initial);
  const auto words = static_cast<std::uint32_t>(packing.mask_.size());
  const auto count = reader.number<std::uint32_t>("fields of the packing", 64 * words);
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto word = reader.number<std::uint32_t>("word of a state", words - 1);
    const auto mask = reader.number<std::uint64_t>("bits of a word");
    if (mask == 0 || (mask & packing.mask_[word]) != 0) {
      throw BadBytes("a bit of the packing is there twice");
    }
    packing.add_field(word, mask);
  }
  packing.observed_ = packing.mask_;
  packing.arrange_fields();
  return packing;
}

// A field that does not fit in what is left of a packed word continues in the next.
// (x >> 1) >> (63 - shift) is x >> (64 - shift), and needs no care about a shift by 64.

bool BitPacking::pack_portably(const BitPacking& packing, const unsigned char* state,
                               std::uint64_t* packed) {
  for (std::size_t i = 0; i < packing.mask_.size(); ++i) {
    if (((load(state, i) ^ packing.initial_[i]) & ~packing.mask_[i]) != 0) return false;
  }
  for (unsigned i = 0; i < packing.packed_words_; ++i) packed[i] = 0;
  for (const Field& field : packing.fields_) {
    const std::uint64_t bits =
        gathered(load(state, field.word) ^ packing.initial_[field.word], field.mask);
    packed[field.at] |= bits << field.shift;
    if (field.spills) packed[field.at + 1] = (bits >> 1) >> (63 - field.shift);
  }
  return true;
}

bool BitPacking::repack_portably(const BitPacking& packing, const unsigned char* /*other*/,
                                 const std::uint64_t* /*other_packed*/, const unsigned char* state,
                                 std::uint64_t* packed) {
  return pack_portably(packing, state, packed);
}

void BitPacking::unpack_portably(const BitPacking& packing, const std::uint64_t* packed,
                                 unsigned char* state) {
  std::memcpy(state, packing.initial_.data(), packing.initial_.size() * 8);
  for (const Field& field : packing.fields_) {
    std::uint64_t bits = packed[field.at] >> field.shift;
    if (field.spills) bits |= (packed[field.at + 1] << 1) << (63 - field.shift);
    const std::uint64_t word = load(state, field.word) ^ scattered(bits, field.mask);
    std::memcpy(state + 8 * std::size_t{field.word}, &word, 8);
  }
}

#if defined(__x86_64__)

bool BitPacking::fast_is_possible() {
  return __builtin_cpu_supports("bmi2") != 0 && __builtin_cpu_supports("avx2") != 0;
}

__attribute__((target("bmi2,avx2"))) bool BitPacking::pack_fast(const BitPacking& packing,
                                                                const unsigned char* state,
                                                                std::uint64_t* packed) {
  const std::size_t words = packing.mask_.size();
  const std::uint64_t* mask = packing.mask_.data();
  const std::uint64_t* initial = packing.initial_.data();
  std::uint64_t strange = 0;
  for (std::size_t i = 0; i < words; ++i) strange |= (load(state, i) ^ initial[i]) & ~mask[i];
  if (strange != 0) return false;
  // The word being filled is kept in a register and stored when it is full.
  std::uint64_t word = 0;
  unsigned at = 0;
  for (const Field& field : packing.fields_) {
    const std::uint64_t bits = _pext_u64(load(state, field.word) ^ initial[field.word], field.mask);
    if (field.at != at) {
      packed[at] = word;
      at = field.at;
      word = 0;
    }
    word |= bits << field.shift;
    if (field.spills) {
      packed[at++] = word;
      word = (bits >> 1) >> (63 - field.shift);
    }
  }
  packed[at] = word;
  return true;
}

__attribute__((target("bmi2,avx2"))) bool BitPacking::repack_fast(const BitPacking& packing,
                                                                  const unsigned char* other,
                                                                  const std::uint64_t* other_packed,
                                                                  const unsigned char* state,
                                                                  std::uint64_t* packed) {
  for (unsigned i = 0; i < packing.packed_words_; ++i) packed[i] = other_packed[i];
  std::uint64_t strange = 0;
  const auto update = [&](std::size_t word) __attribute__((target("bmi2,avx2"))) {
    const std::uint64_t value = load(state, word) ^ packing.initial_[word];
    strange |= value & ~packing.mask_[word];
    for (std::uint32_t i = packing.first_of_word_[word]; i < packing.first_of_word_[word + 1];
         ++i) {
      const Field& field = packing.by_word_[i];
      const std::uint64_t bits = _pext_u64(value, field.mask);
      packed[field.at] = (packed[field.at] & field.keep) | bits << field.shift;
      if (field.spills) {
        packed[field.at + 1] =
            (packed[field.at + 1] & field.keep_next) | (bits >> 1) >> (63 - field.shift);
      }
    }
  };
  const std::size_t words = packing.mask_.size();
  std::size_t i = 0;
  for (; i + 4 <= words; i += 4) {
    const auto* a = reinterpret_cast<const __m256i*>(other + 8 * i);
    const auto* b = reinterpret_cast<const __m256i*>(state + 8 * i);
    const __m256i equal = _mm256_cmpeq_epi64(_mm256_loadu_si256(a), _mm256_loadu_si256(b));
    auto differ = static_cast<unsigned>(_mm256_movemask_pd(_mm256_castsi256_pd(equal))) ^ 0xfu;
    for (; differ != 0; differ &= differ - 1) {
      update(i + static_cast<unsigned>(std::countr_zero(differ)));
    }
  }
  for (; i < words; ++i) {
    if (load(other, i) != load(state, i)) update(i);
  }
  return strange == 0;
}

__attribute__((target("bmi2,avx2"))) void BitPacking::unpack_fast(const BitPacking& packing,
                                                                  const std::uint64_t* packed,
                                                                  unsigned char* state) {
  std::memcpy(state, packing.initial_.data(), packing.initial_.size() * 8);
  for (const Field& field : packing.fields_) {
    std::uint64_t bits = packed[field.at] >> field.shift;
    if (field.spills) bits |= (packed[field.at + 1] << 1) << (63 - field.shift);
    const std::uint64_t word = load(state, field.word) ^ _pdep_u64(bits, field.mask);
    std::memcpy(state + 8 * std::size_t{field.word}, &word, 8);
  }
}

#else

bool BitPacking::fast_is_possible() { return false; }
bool BitPacking::repack_fast(const BitPacking& packing, const unsigned char* other,
                             const std::uint64_t* other_packed, const unsigned char* state,
                             std::uint64_t* packed) {
  return repack_portably(packing, other, other_packed, state, packed);
}
bool BitPacking::pack_fast(const BitPacking& packing, const unsigned char* state,
                           std::uint64_t* packed) {
  return pack_portably(packing, state, packed);
}
void BitPacking::unpack_fast(const BitPacking& packing, const std::uint64_t* packed,
                             unsigned char* state) {
  unpack_portably(packing, packed, state);
}

#endif

}  // namespace sim
