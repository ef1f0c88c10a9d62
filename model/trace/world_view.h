// SPDX-License-Identifier: MIT
//
// The world as a reader is shown it: named fields with values in words.
//
// A world is packed for a search; this is the same world for a reader. The fields are
// the same for every world of a scenario, in a fixed order, so two worlds can be
// compared side by side, and the values that differ are what a step changed. Nothing is
// invented: a field says what the world holds, or what follows from that alone.
#pragma once

#include <string>
#include <vector>

#include "model/race_model.h"

namespace model {

/// One field of the view. `subject` is what it belongs to ("MR 1"), empty if the
/// section has but one subject.
struct ViewField {
  enum class Kind : std::uint8_t {
    word,  ///< a word or sentence
    list,  ///< "a, b, c", the first first; empty where nothing is on it
    flag,  ///< "yes" or "no"
  };
  std::string section;
  std::string subject;
  std::string name;
  Kind kind = Kind::word;
  friend bool operator==(const ViewField&, const ViewField&) = default;
};

/// Immutable; may be used by several threads.
class WorldView {
 public:
  explicit WorldView(const RaceModel& model);

  [[nodiscard]] const std::vector<ViewField>& fields() const { return fields_; }
  /// By field. Empty: there is nothing to show, the MR does not exist, the worker is
  /// idle.
  [[nodiscard]] std::vector<std::string> values(const World& w) const;

 private:
  unsigned rpc_count_;
  unsigned actor_count_;
  unsigned lock_count_;  ///< of the policy
  std::vector<ViewField> fields_;
};

}  // namespace model
