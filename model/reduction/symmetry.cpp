// SPDX-License-Identifier: MIT
//
// Canonical names by first encounter.
//
// A search does this to every successor it makes, so it must be fast: the names are
// nibbles of one word; the walk ends when all MRs are named, usually after the lists
// and hands; and the many steps that move no MR end there, because the names are what
// they were.
#include "model/reduction/symmetry.h"

#include <tuple>

#include "model/kernel/dma.h"
#include "model/kernel/mr_lists.h"

namespace model {
namespace {

/// New names by old name: a permutation under construction. Nibble n is the new
/// name of MR n, 0 if it has none yet; nibble 0 maps "no MR" to itself.
class Names {
 public:
  explicit Names(unsigned mr_count) : mr_count_(mr_count) {}

  [[nodiscard]] bool complete() const { return named_ == mr_count_; }
  /// Whether no MR has been given a name other than its own.
  [[nodiscard]] bool identity() const { return !changed_; }
  [[nodiscard]] MrId of(MrId mr) const { return static_cast<MrId>(names_ >> 4 * mr & 0xfu); }

  /// The next name is this MR's, unless it is none or has one; false then.
  bool meet(MrId mr) {
    if (mr == 0 || of(mr) != 0) return false;
    ++named_;
    names_ |= std::uint64_t{named_} << 4 * mr;
    changed_ |= named_ != mr;
    return true;
  }

 private:
  std::uint64_t names_ = 0;
  unsigned named_ = 0;
  unsigned mr_count_;
  bool changed_ = false;
};
static_assert(max_mrs < 16, "a name is a nibble");

void meet_list(Names& names, const World& w, MrId head) {
  while (names.meet(head)) head = w.mr(head).next;
}

/// The MR whose lock is held; 0 if it is another lock, or none.
MrId mr_of_lock(std::uint8_t held) { return (held & lock_names_mr) != 0 ? held & 0xfu : 0; }

void meet_walk(Names& names, const World& w, const ReplyHandler& h) {
  names.meet(h.mr);
  names.meet(h.next);
  for (MrId mr = h.chain; names.meet(mr);) mr = w.mr(mr).linv_next;
}

/// The lists, and the hands of the contexts that move MRs between them.
void meet_lists_and_hands(Names& names, const World& w) {
  meet_list(names, w, w.free_head);
  meet_list(names, w, w.stale_head);
  names.meet(w.recovery.mr);
  for (const Rpc& rpc : w.rpcs) {
    meet_list(names, w, rpc.registered);
    names.meet(rpc.mr);
    names.meet(rpc.recovery.mr);
  }
}

/// All other references, and at last the MRs without a reference.
void meet_the_rest(Names& names, const World& w) {
  for (const ReplyHandler& h : w.handlers) meet_walk(names, w, h);
  for (const ReplyHandler& sync : w.rare.sync) meet_walk(names, w, sync);
  names.meet(w.rare.connect_mr);
  names.meet(w.softirq.mr);
  for (const WrQueue* queue : {&w.send_queue, &w.completions}) {
    for (unsigned i = 0; i < queue->size; ++i) {
      if (names_mr(queue->items[i])) names.meet(queue->items[i].subject());
    }
  }
  for (const auto& lock : w.rare.locks.held) {
    for (const std::uint8_t held : lock) names.meet(mr_of_lock(held));
  }
  names.meet(w.violated_mr);
  const auto contents = [&w](MrId id) {
    const Mr& mr = w.mr(id);
    const Rare& rare = w.rare;
    return std::tuple(mr.fr_state, mr.dma, mr.place, mr.done, mr.linv_done, rare.iova[id - 1u],
                      owner_of(rare.iovas, rare.iova[id - 1u]) == id, rare.advertised[id - 1u],
                      rare.watched[id - 1u]);
  };
  while (!names.complete()) {
    MrId least = 0;
    for (unsigned i = 1; i <= w.mr_count; ++i) {
      const auto id = static_cast<MrId>(i);
      if (names.of(id) != 0) continue;
      if (least == 0 || contents(id) < contents(least)) least = id;
    }
    names.meet(least);
  }
}

/// Every MrId in the world. A new field of World that names an MR belongs here.
void apply(const Names& names, World& w) {
  const auto rename = [&names](MrId& mr) { mr = names.of(mr); };
  const auto rename_walk = [&rename](ReplyHandler& h) {
    rename(h.mr);
    rename(h.next);
    rename(h.chain);
  };
  const std::array<Mr, max_mrs> before = w.mrs;
  const Rare rare = w.rare;
  for (unsigned i = 1; i <= w.mr_count; ++i) {
    Mr& mr = w.mr(names.of(static_cast<MrId>(i)));
    mr = before[i - 1];
    w.rare.iova[names.of(static_cast<MrId>(i)) - 1u] = rare.iova[i - 1];
    w.rare.advertised[names.of(static_cast<MrId>(i)) - 1u] = rare.advertised[i - 1];
    w.rare.watched[names.of(static_cast<MrId>(i)) - 1u] = rare.watched[i - 1];
    rename(mr.next);
    rename(mr.linv_next);
  }
  for (Rpc& rpc : w.rpcs) {
    rename(rpc.mr);
    rename(rpc.registered);
    rename(rpc.recovery.mr);
  }
  for (ReplyHandler& h : w.handlers) rename_walk(h);
  for (ReplyHandler& sync : w.rare.sync) rename_walk(sync);
  rename(w.rare.connect_mr);
  for (MrId& owner : w.rare.iovas.owner) rename(owner);
  for (WrQueue* queue : {&w.send_queue, &w.completions}) {
    for (unsigned i = 0; i < queue->size; ++i) {
      Wr& wr = queue->items[i];
      if (names_mr(wr)) wr = Wr(wr.kind(), names.of(wr.subject()), wr.flag());
    }
  }
  for (auto& lock : w.rare.locks.held) {
    for (std::uint8_t& held : lock) {
      if (const MrId mr = mr_of_lock(held); mr != 0) held = (held & 0xf0u) | names.of(mr);
    }
  }
  rename(w.softirq.mr);
  rename(w.free_head);
  rename(w.stale_head);
  rename(w.recovery.mr);
  rename(w.violated_mr);
}

}  // namespace

void rename_mrs(World& w) {
  Names names(w.mr_count);
  meet_lists_and_hands(names, w);
  if (!names.complete()) meet_the_rest(names, w);
  if (!names.identity()) apply(names, w);
}

}  // namespace model
