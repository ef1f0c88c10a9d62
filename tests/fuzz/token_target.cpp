// SPDX-License-Identifier: MIT
//
// Schedule tokens: what is read is written as its canonical token, which reads as the same.
#include "model/race_model.h"
#include "sim/schedule.h"
#include "tests/fuzz/fuzz_target.h"

namespace {

void require_position(const std::string& complaint, std::size_t size) {
  fuzz::require_for_people(complaint);
  std::size_t position = 0;
  fuzz::require(std::sscanf(complaint.c_str(), "schedule token, character %zu: ", &position) == 1,
                "a complaint names the character", complaint);
  fuzz::require(position >= 1 && position <= size + 1, "the character is one of the token",
                complaint);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const model::RaceModel model{model::Setup{}};
  static const sim::ScheduleNames names = sim::schedule_names(model);
  const std::string token(reinterpret_cast<const char*>(data), size);
  try {
    const sim::ParsedToken parsed = sim::from_token(token, names);
    fuzz::require(parsed.schedule.size() <= sim::max_schedule_length, "no longer than allowed");
    const std::string canonical = sim::to_token(parsed.schedule, parsed.scenario_hash, names);
    const sim::ParsedToken again = sim::from_token(canonical, names);
    fuzz::require(again.schedule == parsed.schedule, "the same choices when read again", canonical);
    fuzz::require(again.scenario_hash == parsed.scenario_hash, "the same hash when read again");
    fuzz::require(sim::scenario_hash_of_token(token) == parsed.scenario_hash,
                  "the hash alone is the hash");
    fuzz::require(sim::to_token(again.schedule, again.scenario_hash, names) == canonical,
                  "a canonical token is written as it was read", canonical);
  } catch (const sim::ScheduleSyntaxError& error) {
    require_position(error.what(), size);
  }
  return 0;
}
