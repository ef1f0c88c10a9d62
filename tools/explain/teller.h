// SPDX-License-Identifier: MIT
//
// The teller of a story: goes through a run once, and says which steps change
// something.
//
// registering.cpp tells what happens to work requests and connections, moves.cpp what
// happens to MRs; teller.cpp decides what is told at all.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "model/labels.h"
#include "tools/explain/memory.h"
#include "tools/explain/milestones.h"
#include "tools/words/told.h"

namespace tools::story {

/// Tells one run. The trace must outlive it.
class Teller {
 public:
  /// `mr` is the subject of the story; 0: it is about RPCs.
  Teller(const model::Trace& trace, model::MrId subject) : trace_(trace), subject_(subject) {}

  /// The stops. REQUIRES: it is called once.
  std::vector<StoryStop> tell();
  /// The same of a run that does not fail: `why` is its last stop. REQUIRES: as tell().
  std::vector<StoryStop> tell_of_rest(const std::string& why);

 private:
  void go_through();
  void note_fault(sim::Choice choice);
  void look_at(const model::Event& event);

  void posted(model::Wr wr);
  void leaves_queue(const model::Event& event);
  void marshal_fails(const model::Event& event);
  void qp_changes(model::QpState to);
  void reconnected();

  void moves(const model::Event& event);
  void deferred(model::MrId id);
  /// What the actor's error path puts on the stale list from a step on, and its last step.
  [[nodiscard]] std::pair<std::size_t, std::vector<std::string>> handed_over(
      std::size_t from) const;
  void recovered(model::MrId id);
  void writes_state(const model::Event& event);

  void add(Weight weight, const std::string& title, const std::string& text) {
    milestones_.add(step_, weight, title, text);
  }
  [[nodiscard]] bool is_about(model::MrId mr) const { return subject_ == 0 || mr == subject_; }
  [[nodiscard]] std::string who() const { return capitalised(in_sentence(actor_)); }
  [[nodiscard]] std::string where() const { return std::string(label_.function); }

  const model::Trace& trace_;
  model::MrId subject_;
  Milestones milestones_;
  Memory memory_;
  model::MrId rejected_ = 0;     // whose FASTREG was rejected last
  std::size_t failed_from_ = 0;  // step at which the marshal of this transmission failed
  std::size_t handed_until_ = 0;
  // About the current step.
  std::size_t step_ = 0;
  sim::ActorId actor_ = 0;
  model::Label label_;
};

}  // namespace tools::story
