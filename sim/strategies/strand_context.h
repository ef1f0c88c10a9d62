// SPDX-License-Identifier: MIT
//
// A Boost.Asio execution context in which the caller decides which handler runs next.
//
// Asio's own contexts run handlers first come, first served. This one has a slot per
// actor; a handler given to an actor's executor waits in that slot until run_one()
// names it. The structure is that of Asio's priority_scheduler example, with the
// queue's order replaced by the caller's choice.
//
// Used only through boost::asio::strand, one strand per actor: the strand
// guarantees that an actor's handlers never overlap and run in order. A strand
// hands its executor one invoker at a time, hence one slot per actor suffices.
#pragma once

#include <array>
#include <boost/asio/execution.hpp>
#include <boost/asio/execution_context.hpp>
#include <cassert>
#include <cstddef>
#include <new>
#include <type_traits>
#include <utility>

#include "sim/model_concept.h"

namespace sim {

/// Holds at most one ready handler per actor and runs the one that the caller names.
/// Single-threaded: post and run from one thread.
class StrandContext : public boost::asio::execution_context {
 public:
  /// Executor of one actor; what a strand is built on.
  class Executor {
   public:
    Executor(StrandContext& context, ActorId actor) : context_(&context), actor_(actor) {}

    /// The names below are Asio's customisation points (Boost.Asio, executor
    /// requirements): where the work runs, and that execute() never runs it at once.
    [[nodiscard]] StrandContext& query(boost::asio::execution::context_t) const noexcept {
      return *context_;
    }
    static constexpr boost::asio::execution::blocking_t::never_t query(
        boost::asio::execution::blocking_t) noexcept {
      return boost::asio::execution::blocking.never;
    }
    template <class Function>
    void execute(Function function) const {
      context_->slots_[actor_].hold(std::move(function));
      context_->ready_.insert(actor_);
    }
    friend bool operator==(const Executor& a, const Executor& b) noexcept {
      return a.context_ == b.context_ && a.actor_ == b.actor_;
    }
    friend bool operator!=(const Executor& a, const Executor& b) noexcept { return !(a == b); }

   private:
    StrandContext* context_;
    ActorId actor_;
  };

  StrandContext() = default;
  StrandContext(const StrandContext&) = delete;
  StrandContext& operator=(const StrandContext&) = delete;
  /// Handlers that were not run are dropped.
  ~StrandContext() {
    for (Slot& slot : slots_) slot.drop();
    shutdown();
    destroy();
  }

  /// REQUIRES: the context outlives it.
  [[nodiscard]] Executor executor(ActorId actor) { return {*this, actor}; }

  /// The actors whose strands have something to run.
  [[nodiscard]] ActorSet ready() const { return ready_; }

  /// Runs what is ready on `actor`'s strand. REQUIRES: ready().contains(actor).
  void run_one(ActorId actor) {
    assert(ready_.contains(actor));
    ready_.erase(actor);
    slots_[actor].run();
  }

 private:
  /// Room for one function object, without an allocation per handler.
  class Slot {
   public:
    template <class Function>
    void hold(Function&& function) {
      using Held = std::decay_t<Function>;
      static_assert(sizeof(Held) <= sizeof room_ && alignof(Held) <= alignof(std::max_align_t),
                    "Asio's strand invoker has grown: enlarge the slot");
      assert(act_ == nullptr);
      new (room_) Held(std::forward<Function>(function));
      act_ = [](Slot& slot, bool call) {
        auto* held = std::launder(reinterpret_cast<Held*>(slot.room_));
        // Moved out first: a running strand may refill its own slot.
        Held function_out(std::move(*held));
        held->~Held();
        slot.act_ = nullptr;
        if (call) function_out();
      };
    }
    void run() { act_(*this, true); }
    void drop() {
      if (act_ != nullptr) act_(*this, false);
    }

   private:
    alignas(std::max_align_t) std::byte room_[96];
    void (*act_)(Slot&, bool call) = nullptr;
  };

  ActorSet ready_;
  std::array<Slot, ActorSet::capacity> slots_;
};

}  // namespace sim
