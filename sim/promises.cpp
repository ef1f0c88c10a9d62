// SPDX-License-Identifier: MIT
//
// Saying what a model did.
#include "sim/promises.h"

#include <string>

namespace sim::detail {
namespace {

constexpr const char* how_to_find_it = "; sim::audit(model) says after which steps";

}  // namespace

void too_many_actors(unsigned count) {
  throw BrokenPromise("the model has " + std::to_string(count) + " actors; there can be " +
                      std::to_string(ActorSet::capacity));
}

void enabled_stranger(ActorSet strangers, unsigned count) {
  throw BrokenPromise("actor number " + std::to_string(strangers.first()) +
                      " is enabled, and the model has " + std::to_string(count) +
                      " actors, numbered from 0" + how_to_find_it);
}

void no_outcomes(std::string_view actor) {
  throw BrokenPromise("actor '" + std::string(actor) +
                      "' is enabled, and its step has no outcomes" + how_to_find_it);
}

}  // namespace sim::detail
