// SPDX-License-Identifier: MIT
//
// Conditions of properties: what is read can be evaluated on any world, and reads the same
// in its canonical text; what is refused names its column.
#include <array>

#include "model/property/parser.h"
#include "model/race_model.h"
#include "tests/fuzz/fuzz_target.h"

namespace {

using namespace model;

const std::vector<std::string> rpcs{"first", "next one"};

/// Worlds along a run that always takes the last enabled actor, and what its steps tell.
struct Seen {
  World before;
  World after;
  std::vector<Event> events;
  sim::ActorId actor;
};

std::vector<Seen> worlds() {
  Setup setup;
  setup.rpc_count = 2;
  setup.rpcs[0].read_list = 2;
  setup.rpcs[1].read_list = 1;
  setup.pool = 3;
  setup.losses = 1;
  setup.notes_requests = true;
  setup.budgets = {.retransmissions = 1, .enobufs_retries = 1, .reconnects = 1, .refreshes = 0};
  const RaceModel model(setup);
  std::vector<Seen> all;
  World w = model.initial();
  while (!model.stopped(w) && !model.enabled(w).empty()) {
    sim::ActorId actor = 0;
    for (const unsigned enabled : model.enabled(w)) actor = static_cast<sim::ActorId>(enabled);
    Seen seen{w, w, {}, actor};
    const auto record = [&seen](const Event& event) { seen.events.push_back(event); };
    const auto outcome = static_cast<sim::Outcome>(model.outcomes(w, actor).first());
    model.step(seen.after, {actor, outcome}, record);
    w = seen.after;
    all.push_back(std::move(seen));
  }
  return all;
}

Instant moment_of(const Seen& seen) {
  return {.world = seen.after,
          .rpc_count = 2,
          .events = seen.events,
          .actor = seen.actor,
          .before = &seen.before};
}

void use(const Expression& condition, const Expression& again) {
  static const std::vector<Seen> all = worlds();
  const std::vector<Expression> parts = condition.parts();
  fuzz::require(!parts.empty(), "there is at least one part", condition.text());
  for (const Seen& seen : all) {
    const Instant moment = moment_of(seen);
    const bool holds = condition.holds(moment);
    fuzz::require(again.holds(moment) == holds, "the canonical text means the same",
                  condition.text());
    const MrId mr = condition.witness(moment);
    fuzz::require(mr == 0 || holds, "who has a witness holds", condition.text());
    for (const Expression& part : parts) (void)part.holds(moment);
    std::array<Watched, max_mrs> memory{};
    condition.remember(moment, memory);
    if (condition.memories() == 0) {
      fuzz::require(memory == std::array<Watched, max_mrs>{}, "who has no memory remembers nothing",
                    condition.text());
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  for (const bool is_order : {false, true}) {
    const auto read = [is_order](const std::string& of) {
      return is_order ? read_order(of, rpcs) : read_condition(of, rpcs);
    };
    try {
      const Expression condition = read(text);
      const std::string canonical = canonical_text(text);
      fuzz::require(canonical_text(canonical) == canonical, "a canonical text stays", canonical);
      if (canonical.size() <= longest_condition) use(condition, read(canonical));
    } catch (const ConditionError& error) {
      const std::string message = error.what();
      fuzz::require_for_people(message);
      fuzz::require(message.starts_with("column " + std::to_string(error.column) + ": "),
                    "a complaint names the column", message);
      fuzz::require(error.column >= 1 && error.column <= size + 1, "the column is one of the text",
                    message);
    }
  }
  return 0;
}
