// SPDX-License-Identifier: MIT
//
// What writer and checker of certificates must agree on (docs/certificate.md).
//
// A certificate holds worlds byte by byte, so it means nothing to a model that lays
// them out, or steps them, in another way. Both sides therefore compute a number for
// the model they were built with: a digest of the worlds along a fixed walk. Equal
// numbers prove nothing, different numbers are the reason to refuse. The rest of the
// format is on purpose written twice: a checker that shared the code would share its
// mistakes.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "model/policy.h"
#include "model/race_model.h"
#include "sim/fingerprint.h"

namespace tools {

inline constexpr std::string_view certificate_format = "frwrsim-certificate/1";
/// How every certificate begins.
inline constexpr std::string_view certificate_begin = R"({"format":"frwrsim-certificate/)";
/// Bytes of the checksum at the end.
inline constexpr std::size_t checksum_bytes = 16;

namespace detail {

/// Adds the worlds of a walk that takes any enabled step, and begins again at ends.
inline void add_walk(sim::Fingerprint& print, const model::RaceModel& model, unsigned steps) {
  std::uint64_t random = 1;
  const auto any_of = [&random](sim::SmallSet set) {
    random = random * 6364136223846793005u + 1442695040888963407u;
    auto left = static_cast<unsigned>((random >> 33) % set.size());
    for (const unsigned member : set) {
      if (left-- == 0) return member;
    }
    return 0u;
  };
  model::World world = model.initial();
  sim::NullSink nobody;
  for (; steps > 0; --steps) {
    print.add_bytes({reinterpret_cast<const unsigned char*>(&world), sizeof world});
    const sim::ActorSet enabled = model.stopped(world) ? sim::ActorSet{} : model.enabled(world);
    if (enabled.empty()) {
      print.add(model.end_detail(world));
      world = model.initial();
      continue;
    }
    const auto actor = static_cast<sim::ActorId>(any_of(enabled));
    const auto outcome = static_cast<sim::Outcome>(any_of(model.outcomes(world, actor)));
    model.step(world, {actor, outcome}, nobody);
  }
}

}  // namespace detail

/// Sixteen hex digits that change, almost certainly, whenever a world is laid out or
/// stepped differently.
inline std::string model_version() {
  model::Setup setup;
  setup.rpc_count = 2;
  setup.rpcs[0] = {.read_list = 2, .write_list = 1};
  setup.rpcs[1] = {.reply_chunk = 1, .async = true};
  setup.pool = 3;
  setup.refresh_batch = 1;
  setup.losses = 2;
  setup.faults = {.dma_map = 1,
                  .map_mr_sg = 1,
                  .prepare_send = 1,
                  .reset = 1,
                  .drain_marker = 1,
                  .signal = 1,
                  .timeout = 1};
  setup.severities[static_cast<std::size_t>(model::Invariant::rdma_on_live_mr)] =
      model::Severity::fatal;
  setup.severities[static_cast<std::size_t>(model::Invariant::fastreg_on_invalid_mr)] =
      model::Severity::observed;
  setup.budgets = {.retransmissions = 2, .enobufs_retries = 2, .reconnects = 3, .refreshes = 2};
  sim::Fingerprint print;
  print.add(sizeof(model::World));
  for (const auto provider : {model::Provider::reject, model::Provider::flush}) {
    for (const model::PolicyEntry& entry : model::policies()) {
      for (const auto iova : {model::IovaChoice::fresh, model::IovaChoice::reuse}) {
        setup.provider = provider;
        setup.iova = iova;
        setup.policy = entry.policy;
        detail::add_walk(print, model::RaceModel(setup), 4096);
      }
    }
  }
  return sim::hex(print.value());
}

}  // namespace tools
