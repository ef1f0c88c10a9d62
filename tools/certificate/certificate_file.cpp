// SPDX-License-Identifier: MIT
//
// Reading certificates.
#include "tools/certificate/certificate_file.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

#include "tools/certificate/certificate_format.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace tools {
namespace {

using model::InputError;
using model::JsonValue;
using model::World;

const unsigned char* bytes_of(const World& world) {
  return reinterpret_cast<const unsigned char*>(&world);
}
unsigned char* bytes_of(World& world) { return reinterpret_cast<unsigned char*>(&world); }

bool bit_of(const unsigned char* bytes, std::size_t number) {
  return (bytes[number / 8] >> (number % 8) & 1u) != 0;
}

/// The bytes of a world, written as two hex digits each.
std::vector<unsigned char> world_bytes(const JsonValue& text) {
  constexpr std::string_view digits = "0123456789abcdef";
  const std::string all = text.string(2 * sizeof(World));
  if (all.size() != 2 * sizeof(World) || all.find_first_not_of(digits) != std::string::npos) {
    text.fail("expected two lower-case hex digits for each byte of a world");
  }
  std::vector<unsigned char> bytes;
  for (std::size_t i = 0; i < all.size(); i += 2) {
    bytes.push_back(static_cast<unsigned char>(digits.find(all[i]) << 4 | digits.find(all[i + 1])));
  }
  return bytes;
}

/// Reads bytes from the front; never past the end.
class Reader {
 public:
  explicit Reader(Bytes bytes) : rest_(bytes) {}
  [[nodiscard]] std::size_t left() const { return rest_.size(); }

  Bytes take(std::size_t count) {
    if (count > rest_.size()) throw InputError("the last record is cut off");
    const Bytes taken = rest_.first(count);
    rest_ = rest_.subspan(count);
    return taken;
  }
  std::uint32_t number(unsigned bytes) {
    std::uint32_t value = 0;
    unsigned shift = 0;
    for (const unsigned char byte : take(bytes)) value |= std::uint32_t{byte} << (8 * shift++);
    return value;
  }
  cpp_int big_number() {
    cpp_int value;
    const Bytes bytes = take(number(2));
    if (bytes.empty()) return value;
    if (bytes.back() == 0) throw InputError("a number begins with zeros");
    import_bits(value, bytes.begin(), bytes.end(), 8, false);
    return value;
  }

 private:
  Bytes rest_;
};

}  // namespace

void refute(const std::string& claim, const std::string& expected, const std::string& found) {
  throw Refuted{claim + ": expected " + expected + ", found " + found};
}

Bytes summed_part(Bytes file) {
  constexpr std::string_view begin = certificate_begin;
  if (file.size() < begin.size() || std::memcmp(file.data(), begin.data(), begin.size()) != 0) {
    throw InputError("is not a certificate");
  }
  static_assert(begin.size() > checksum_bytes);
  const Bytes content = file.first(file.size() - checksum_bytes);
  XXH128_canonical_t sum;
  XXH128_canonicalFromHash(&sum, XXH3_128bits(content.data(), content.size()));
  if (std::memcmp(sum.digest, file.last(checksum_bytes).data(), sizeof sum.digest) != 0) {
    throw InputError("the checksum is wrong: the file is damaged or truncated");
  }
  return content;
}

Packing::Packing(const JsonValue& claims, const World& initial)
    : initial_(initial), mask_(world_bytes(claims.at("mask"))) {
  for (unsigned byte = 0; byte < mask_.size(); ++byte) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      if ((mask_[byte] >> bit & 1u) != 0) bits_.push_back({byte, bit});
    }
  }
  packed_.resize(std::max<std::size_t>(1, (bits_.size() + 63) / 64) * 8);
  if (std::memcmp(world_bytes(claims.at("initial")).data(), &initial, sizeof initial) != 0) {
    refute("packing: initial", "the scenario's initial state", "another one");
  }
}

World Packing::unpack(Bytes packed) const {
  World world = initial_;
  unsigned char* bytes = bytes_of(world);
  for (std::size_t i = 0; i < bits_.size(); ++i) {
    const auto [byte, bit] = bits_[i];
    const unsigned value = bit_of(packed.data(), i);
    bytes[byte] = static_cast<unsigned char>((bytes[byte] & ~(1u << bit)) | value << bit);
  }
  return world;
}

std::optional<Bytes> Packing::pack(const World& world) {
  const unsigned char* bytes = bytes_of(world);
  for (std::size_t i = 0; i < mask_.size(); ++i) {
    if (((bytes[i] ^ bytes_of(initial_)[i]) & ~mask_[i]) != 0) return std::nullopt;
  }
  std::fill(packed_.begin(), packed_.end(), static_cast<unsigned char>(0));
  for (std::size_t i = 0; i < bits_.size(); ++i) {
    const unsigned value = bytes[bits_[i].byte] >> bits_[i].bit & 1u;
    packed_[i / 8] = static_cast<unsigned char>(packed_[i / 8] | value << (i % 8));
  }
  return packed_;
}

bool Packing::is_tidy(Bytes packed) const {
  for (std::size_t i = bits_.size(); i < packed.size() * 8; ++i) {
    if (bit_of(packed.data(), i)) return false;
  }
  return true;
}

Records::Records(Bytes body, const Packing& packing) : body_(body), packed_bytes_(packing.bytes()) {
  for (Reader reader(body); reader.left() > 0;) {
    Record record{};
    record.at = body.size() - reader.left();
    if (!packing.is_tidy(reader.take(packed_bytes_))) {
      throw InputError("a record has bits that mean nothing");
    }
    record.depth = reader.number(4);
    record.height = reader.number(4);
    (void)reader.big_number();
    (void)reader.big_number();
    if (all_.size() == none) throw InputError("has more states than can be checked");
    all_.push_back(record);
  }
  slots_.resize(std::bit_ceil(all_.size() * 2 + 1), none);
  for (std::uint32_t i = 0; i < all_.size(); ++i) {
    std::uint32_t& slot = slots_[slot_of(packed(i))];
    if (slot != none) refute(name(i), "a state that no other record has", "that of " + name(slot));
    slot = i;
  }
}

Interleavings Records::interleavings(std::uint32_t i) const {
  Reader reader(body_.subspan(all_[i].at + packed_bytes_ + 8));
  cpp_int all = reader.big_number();
  return {std::move(all), reader.big_number()};
}

/// Where a state is, or where it would be.
std::size_t Records::slot_of(Bytes packed) const {
  for (std::size_t at = XXH3_64bits(packed.data(), packed.size());; ++at) {
    at &= slots_.size() - 1;
    if (slots_[at] == none || std::ranges::equal(this->packed(slots_[at]), packed)) return at;
  }
}

}  // namespace tools
