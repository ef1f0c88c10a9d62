// SPDX-License-Identifier: MIT
//
// What an event of the client says of an MR or a connection, in the words of every age.
//
// The kernel's tracepoints were renamed and reworded from 4.16 on
// (include/trace/events/rpcrdma.h); here they are one vocabulary. What an age does not
// print stays zero.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace tools::audit {

/// Events that the ledger knows.
enum class EventKind : std::uint8_t {
  map,
  fastreg,
  localinv,
  reminv,
  wc_fastreg,
  wc_li,
  wc_li_wake,
  wc_li_done,
  unmap,
  marshal,
  op_connect,
  connect,
  disconnect,
  createmrs,
  device,  ///< rpcrdma_client_register, _unregister: names a device
  other,
};
inline constexpr unsigned mr_event_kinds = 9;  ///< the first ones, which are about one MR

/// "mr_map": the event as a reader knows it, without the prefix.
std::string_view name_of(EventKind kind);

/// The kind of an event by its name in a trace, of any age.
EventKind kind_of(std::string_view event);

/// A registration of an MR: what its map, its posts and its unmap print alike. Two with
/// equal values are the same one, as the low byte of a handle counts registrations.
struct Registration {
  std::uint64_t mr = 0;  ///< mr.id, or the hashed pointer before 5.6
  std::uint64_t offset = 0;
  std::uint32_t length = 0;
  std::uint32_t handle = 0;
  std::uint32_t nents = 0;
  std::uint8_t direction = 0;  ///< 0 BIDIR, 1 TO_DEVICE, 2 FROM_DEVICE, 3 NONE; 255: not said
  bool operator==(const Registration&) const = default;
};

/// A task of the RPC client.
struct Owner {
  std::uint32_t task = 0;
  std::uint32_t client = 0;
  bool is_known = false;
  bool operator==(const Owner&) const = default;
};

/// How fields were written: by these an age is told.
struct Spelling {
  bool raw = false;           ///< trace-cmd report -R: "mr_id=174 handle=0x..."
  bool pointer = false;       ///< "mr=PTR", to 5.5
  bool no_direction = false;  ///< an MR without "(FROM_DEVICE)", to 4.20
  bool state = false;         ///< "state=VALID", to 5.2
  bool cq = false;            ///< "cq.id=", from 5.11
  bool cid = false;           ///< a completion's MR as "cid=", 5.11 and 5.12
  bool wide_task = false;     ///< "task:0000000a@00000001", from about 5.16
  bool anonymous = false;     ///< "(____ptrval____)": the MR is not named
};

/// An event's fields.
struct MrEvent {
  EventKind kind = EventKind::other;
  Registration registration{};  ///< for a completion only `mr`
  Owner owner{};
  Spelling spelling{};
  std::uint32_t status = 0;  ///< of a completion; 0: success
  std::uint32_t xid = 0;     ///< marshal
  bool is_up = false;        ///< connect: it succeeded
  std::string_view peer{};   ///< connect, disconnect, op_connect, createmrs: "[10.7.0.1]:20049"
  std::string_view device{};
};

/// Reads the fields of an event whose kind is not `other`. Nothing if what the ledger needs
/// is not there: the line was cut, or was written by no kernel known.
std::optional<MrEvent> parse_mr_event(EventKind kind, std::string_view fields);

}  // namespace tools::audit
