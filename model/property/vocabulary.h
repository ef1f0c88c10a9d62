// SPDX-License-Identifier: MIT
//
// The words of conditions: what can be asked, and the values it can have.
//
// They are the words in which a world and a trace are shown to people (scenario/names.h,
// labels.h), with '_' where those have a space.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/property/expression.h"

namespace model {

/// What kind of values something has.
enum class Domain : std::uint8_t {
  none,
  flag,    ///< true or false
  number,  ///< 0 to 255
  fr_state,
  dma_state,
  place,
  callback,
  qp,
  status,
  on_off,
  budget,
  invariant,
  direction,
  lock,
  task_step,  ///< the statement that comes next, as traces name it
  handler_step,
  softirq_step,
  recovery_step,
  connect_step,
};

/// The names of its values, by value, as traces have them. Empty for flags, numbers and
/// invariants: those of a scenario have names of their own.
std::vector<std::string_view> names_of(Domain domain);

/// The same as words of the language.
std::vector<std::string> words_of(Domain domain);

/// What a field belongs to.
enum class Subject : std::uint8_t { transport, mr, rpc };

/// A field as users write it.
struct FieldWord {
  Field field{};
  std::string_view name;  ///< without "mr." or "rpc."
  Subject subject{};
  Domain domain{};
};

/// All fields.
std::span<const FieldWord> field_words();

/// What an event has besides its MR or RPC.
struct EventDomains {
  Domain from = Domain::none;
  Domain to = Domain::none;
  bool has_wr = false;
  bool has_mr = false;
  bool has_rpc = false;
};

/// What an event of that kind has.
EventDomains domains_of(EventKind kind);

/// A name of the model as one word of the language: "free list" is free_list.
std::string as_word(std::string_view name);

}  // namespace model
