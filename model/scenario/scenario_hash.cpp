// SPDX-License-Identifier: MIT
//
// What of a scenario decides what can happen, in a number.
#include <algorithm>

#include "model/invariants.h"
#include "model/property/properties.h"
#include "model/scenario/guards.h"
#include "model/scenario/scenario.h"
#include "sim/fingerprint.h"

namespace model {

std::uint32_t Scenario::hash() const {
  sim::Fingerprint print;
  const auto add = [&print](auto... values) {
    (print.add(static_cast<std::uint64_t>(values)), ...);
  };
  add(setup.rpc_count, setup.pool, setup.refresh_batch, setup.losses, setup.loss_before_send_of,
      setup.provider);
  for (const RpcSetup& rpc : setup.rpcs) {
    add(rpc.read_list, rpc.write_list, rpc.reply_chunk, rpc.after, rpc.async);
  }
  add(setup.faults.dma_map, setup.faults.map_mr_sg, setup.faults.prepare_send);
  constexpr std::size_t first_guards = 5;
  for (std::size_t i = 0; i < first_guards; ++i) add(setup.guards.*guards[i].is_on);
  add(setup.budgets.retransmissions, setup.budgets.enobufs_retries, setup.budgets.reconnects,
      setup.budgets.refreshes);
  // Later additions count only if they are in use, so the hash of a scenario without
  // them stays what it was.
  const auto add_used = [&add](unsigned tag, unsigned value, unsigned usual) {
    if (value != usual) add(tag, value);
  };
  for (std::size_t i = first_guards; i < guards.size(); ++i) {
    add_used(100u + static_cast<unsigned>(i), setup.guards.*guards[i].is_on, 0);
  }
  add_used(200, setup.faults.reset, 0);
  add_used(201, setup.faults.drain_marker, 0);
  add_used(202, setup.faults.signal, 0);
  add_used(203, setup.faults.timeout, 0);
  add_used(204, static_cast<unsigned>(setup.iova), 0);
  add_used(205, static_cast<unsigned>(setup.detect), 0);
  for (std::size_t i = 0; i < rule_count; ++i) {
    add_used(300u + static_cast<unsigned>(i), static_cast<unsigned>(setup.severities[i]),
             static_cast<unsigned>(usual_severities[i]));
  }
  if (setup.properties != nullptr) {
    for (const Property& property : setup.properties->all()) {
      const std::string text = canonical_text(property.never.text());
      print.add_bytes({reinterpret_cast<const unsigned char*>(text.data()), text.size()});
    }
  }
  return static_cast<std::uint32_t>(print.value() >> 32);
}

const PolicyEntry* find_own(std::span<const PolicyEntry> own, std::string_view name) {
  const auto found = std::find_if(own.begin(), own.end(),
                                  [name](const PolicyEntry& entry) { return entry.alias == name; });
  return found == own.end() ? nullptr : &*found;
}

std::string hash_text(std::uint32_t hash) { return sim::hex(hash).substr(8); }

}  // namespace model
