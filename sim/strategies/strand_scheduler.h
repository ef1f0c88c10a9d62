// SPDX-License-Identifier: MIT
//
// A run on Boost.Asio strands: one strand per actor.
//
// Every actor that can take a step has exactly one handler waiting on its
// strand. (Exactly one, because a strand's invoker runs *all* handlers that are
// ready on it: two would be two steps without a choice between them.) The
// handler takes the step and posts its own successor. An actor that is not enabled is
// parked; when another actor's step enables it again, its handler is posted again. A
// handler posted earlier whose actor has been disabled since (two tasks, one lock)
// stays posted and is simply not offered.
//
// The strategy is asked after every step and offered exactly the actors enabled now. A
// test checks that this means the same as run_directly.
#pragma once

#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <cassert>
#include <cstdint>
#include <vector>

#include "sim/run.h"
#include "sim/strategies/strand_context.h"

namespace sim {

/// Drives runs of one model on strands. The strands are made once and reused
/// from run to run. Not thread-safe: one scheduler per thread.
class StrandScheduler {
 public:
  explicit StrandScheduler(unsigned actors) {
    strands_.reserve(actors);
    for (unsigned actor = 0; actor < actors; ++actor) {
      strands_.emplace_back(context_.executor(static_cast<ActorId>(actor)));
    }
  }

  /// Runs `model` from its initial state to an end.
  /// REQUIRES: the model has no more actors than the scheduler was made for.
  /// Throws what the strategy throws; the scheduler can be used again.
  template <Model M, Chooser Strategy, class Observer>
  RunResult<M> run(const M& model, Strategy& strategy, std::uint64_t max_steps,
                   Observer& observer) {
    assert(model.actor_count() <= strands_.size());
    discard_leftovers();
    Run run(model, strategy, max_steps, observer);
    Choice choice;
    while (!run.over()) {
      for (const unsigned actor : run.enabled() - context_.ready()) {
        post(run, choice, static_cast<ActorId>(actor));
      }
      choice = run.choose(run.enabled() & context_.ready());
      context_.run_one(choice.actor);
    }
    discard_leftovers();
    return run.result();
  }

 private:
  using Strand = boost::asio::strand<StrandContext::Executor>;

  template <class R>
  void post(R& run, Choice& choice, ActorId actor) {
    boost::asio::post(strands_[actor], [this, &run, &choice, actor] {
      if (discarding_) return;
      assert(choice.actor == actor);
      run.take(choice);
      if (run.enabled().contains(actor)) post(run, choice, actor);
    });
  }

  // Handlers of a run that ended, or was abandoned by an exception, refer to
  // objects that are gone; they are run without effect.
  void discard_leftovers() {
    discarding_ = true;
    for (const unsigned actor : context_.ready()) context_.run_one(static_cast<ActorId>(actor));
    discarding_ = false;
  }

  StrandContext context_;
  std::vector<Strand> strands_;
  bool discarding_ = false;
};

}  // namespace sim
