// SPDX-License-Identifier: MIT
//
// The race once more, for real threads: the contexts of scenarios/upstream-report.json.
//
// The statements are those of model/ in their order, under the locks the kernel has
// there; the machine decides which thread continues. A thread that waits polls and
// yields: being woken takes longer than the race does, and on few cores a yield lets
// another thread run.
//
// What comes after the Send has been accepted is left out, and what one request cannot
// show: transport lock, connect cookie, LOCAL_INV. conn_upcall and the rep_connect
// worker are one thread with the link whose events they pass on.
#pragma once

#include <array>
#include <thread>

#include "tools/bench/peers/stress_world.h"

namespace stress {

/// One state, restored for each iteration. Every public member function that takes an
/// Rng is a kernel context and belongs on a thread of its own; it returns when the
/// iteration is over. Call restore() and the questions only when all have returned.
class Race {
 public:
  explicit Race(const Options& options) : options_(options), rng_(options.seed, 0) { restore(); }

  void task(Rng& rng);
  void recovery_worker(Rng& rng);
  void rnic(Rng& rng);
  void softirq(Rng& rng);
  void connect_worker(Rng& rng);
  void link(Rng& rng);

  void restore();
  [[nodiscard]] bool failed() const { return failed_; }  ///< an MR was unmapped twice
  [[nodiscard]] bool lost() const { return lost_; }      ///< the link did fail
  [[nodiscard]] bool cut() const { return cut_; }        ///< a budget was exceeded

 private:
  static constexpr unsigned segments = 2;
  static constexpr unsigned statements_per_segment = 6;

  bool pays(unsigned& budget);
  Status marshal(Rng& rng);
  Status op_map(Rng& rng, Mr*& mr);
  void unmap_safe(Rng& rng);
  void defer_recovery(Mr& mr);
  void recover(Rng& rng, Mr& mr);
  bool post(Wr wr);
  std::optional<Wr> take_posted();
  void execute(Wr wr);
  void lose_connection();
  void fail_link();
  void set_qp(Qp qp);

  void between_statements(Rng& rng) const;
  void after_marshal_statement(Rng& rng);
  void sleep_in_reset(Rng& rng) const;
  [[nodiscard]] bool machinery_idle() const { return wrs_in_flight_ == 0 && mrs_deferred_ == 0; }

  /// Polls until the condition holds; false if the iteration is over before.
  template <class Condition>
  bool await(Condition holds) const {
    while (!holds()) {
      if (over_) return false;
      std::this_thread::yield();
    }
    return true;
  }

  const Options options_;
  Rng rng_;

  std::array<Mr, 3> mrs_;
  Locked<Mr*> free_list_;
  Locked<Mr*> stale_list_;
  std::vector<Mr*> registered_;  ///< rl_registered, the task's alone; the head is at the end
  std::mutex qp_lock_;           ///< of the next three
  Qp qp_;
  std::vector<Wr> send_queue_;
  bool send_was_posted_;
  Locked<Wr> completions_;
  std::atomic<Ep> ep_;
  std::atomic<bool> connected_;
  std::atomic<bool> connecting_;
  std::atomic<bool> lost_upcall_;
  std::atomic<bool> drained_;

  // What the kernel does not have.
  std::atomic<unsigned> wrs_in_flight_;  ///< posted, and neither executed nor handled
  std::atomic<unsigned> mrs_deferred_;   ///< handed over, and not on the free list again
  std::atomic<unsigned> statements_;     ///< of the marshals so far
  unsigned lost_after_;                  ///< so many of them
  std::atomic<bool> failed_;
  std::atomic<bool> over_;
  bool lost_;
  bool cut_;
};

/// Jitter, as stress tests have it: one time in 32 a yield; as often, if asked for, a
/// sleep of up to half a millisecond; and one time in four a spin of up to 256 rounds.
inline void Race::between_statements(Rng& rng) const {
  if (options_.jitter == Jitter::off) return;
  const unsigned dice = rng.below(32);
  if (dice == 0) {
    std::this_thread::yield();
  } else if (dice == 1 && options_.jitter == Jitter::sleeps) {
    std::this_thread::sleep_for(std::chrono::microseconds(rng.below(500)));
  } else if (dice >= 24) {
    for (unsigned n = rng.below(256); n > 0; --n) {
      std::atomic_signal_fence(std::memory_order_seq_cst);  // or the loop would vanish
    }
  }
}

// -- RPC task -------------------------------------------------------------------------

/// Counts a budget down, or notes that it is exceeded.
inline bool Race::pays(unsigned& budget) {
  cut_ = budget == 0;
  if (!cut_) --budget;
  return !cut_;
}

/// call_transmit to call_status: until the Send has been accepted or a budget is
/// exceeded; then until nothing is outstanding any more.
inline void Race::task(Rng& rng) {
  unsigned sends_left = 2;
  unsigned enobufs_left = 1;
  unsigned reconnects_left = 1;
  while (pays(sends_left)) {
    unmap_safe(rng);  // on retransmit
    const Status status = marshal(rng);
    if (status == Status::ok) break;
    if (options_.pre_fix) unmap_safe(rng);  // rpcrdma_marshal_req's error path
    if (status == Status::nobufs) {
      if (!pays(enobufs_left)) break;
      ++sends_left;                                // the next attempt is paid for
      await([this] { return machinery_idle(); });  // the guard enobufs-delay
      continue;
    }
    connected_.store(false, relaxed);  // xprt_disconnect_done
    between_statements(rng);
    if (!pays(reconnects_left)) break;
    connecting_ = true;  // xprt_connect
    await([this] { return connected_.load(relaxed); });
    between_statements(rng);
  }
  await([this] { return machinery_idle() && !connecting_ && !lost_upcall_; });
  over_ = true;
}

/// rpcrdma_marshal_req, then rpcrdma_ep_post. If it fails, what is registered stays so.
inline Status Race::marshal(Rng& rng) {
  for (unsigned segment = 0; segment < segments; ++segment) {
    Mr* mr = nullptr;
    const Status status = op_map(rng, mr);
    if (status != Status::ok) return status;
    registered_.push_back(mr);
    after_marshal_statement(rng);
  }
  return post({WrKind::send}) ? Status::ok : Status::notconn;
}

inline void Race::after_marshal_statement(Rng& rng) {
  if (statements_.fetch_add(1) == lost_after_ && options_.injects_loss) fail_link();
  between_statements(rng);
}

/// frwr_op_map.
inline Status Race::op_map(Rng& rng, Mr*& mr) {
  for (;;) {
    const std::optional<Mr*> taken = free_list_.take();
    if (!taken) return Status::nobufs;
    mr = *taken;
    after_marshal_statement(rng);
    if (mr->fr_state.load(relaxed) == FrState::is_invalid) break;
    defer_recovery(*mr);
    between_statements(rng);
  }
  after_marshal_statement(rng);
  mr->fr_state.store(FrState::is_valid, relaxed);
  mr->dma.exchange(Dma::none, relaxed);  // the scatterlist is this request's from here
  after_marshal_statement(rng);
  mr->dma.exchange(Dma::mapped, relaxed);
  after_marshal_statement(rng);
  const bool accepted = post({WrKind::fastreg, mr, mr->rkey.load(relaxed)});
  after_marshal_statement(rng);
  if (accepted) return Status::ok;
  defer_recovery(*mr);
  between_statements(rng);
  return Status::notconn;
}

/// frwr_op_unmap_safe.
inline void Race::unmap_safe(Rng& rng) {
  while (!registered_.empty()) {
    Mr* const mr = registered_.back();
    registered_.pop_back();
    between_statements(rng);
    defer_recovery(*mr);
    between_statements(rng);
  }
}

// -- recovery worker ------------------------------------------------------------------

/// rpcrdma_defer_mr_recovery.
inline void Race::defer_recovery(Mr& mr) {
  ++mrs_deferred_;
  stale_list_.add_head(&mr);
}

inline void Race::recovery_worker(Rng& rng) {
  std::optional<Mr*> mr;
  while (await([&] { return (mr = stale_list_.take()).has_value(); })) {
    between_statements(rng);
    recover(rng, **mr);
    --mrs_deferred_;
  }
}

/// frwr_op_recover_mr. Its snapshot of fr_state is about LOCAL_INV only.
inline void Race::recover(Rng& rng, Mr& mr) {
  mr.rkey.fetch_add(1, relaxed);  // dereg_mr
  sleep_in_reset(rng);
  sleep_in_reset(rng);  // alloc_mr
  mr.fr_state.store(FrState::is_invalid, relaxed);
  between_statements(rng);
  if (mr.dma.exchange(Dma::unmapped, relaxed) == Dma::unmapped) failed_ = true;
  between_statements(rng);
  free_list_.add_tail(&mr);
}

inline void Race::sleep_in_reset(Rng& rng) const {
  between_statements(rng);
  if (options_.reset.count() == 0) return;
  const auto until = Clock::now() + options_.reset;
  while (Clock::now() < until) std::this_thread::yield();
}

// -- RNIC and send-CQ softirq ---------------------------------------------------------

/// ib_post_send. A drain's marker is accepted whatever the state of the QP.
inline bool Race::post(Wr wr) {
  const std::lock_guard lock(qp_lock_);
  if (qp_ != Qp::rts && wr.kind != WrKind::drain_marker) return false;
  if (wr.kind == WrKind::send) send_was_posted_ = true;
  ++wrs_in_flight_;
  send_queue_.push_back(wr);
  return true;
}

/// The oldest WR, and whether it is flushed.
inline std::optional<Wr> Race::take_posted() {
  const std::lock_guard lock(qp_lock_);
  if (send_queue_.empty()) return std::nullopt;
  Wr wr = send_queue_.front();
  send_queue_.erase(send_queue_.begin());
  wr.failed = qp_ != Qp::rts;
  return wr;
}

inline void Race::rnic(Rng& rng) {
  std::optional<Wr> wr;
  while (await([&] { return (wr = take_posted()).has_value(); })) {
    execute(*wr);
    between_statements(rng);
  }
}

/// A success makes a completion only if one was asked for, a failure always does.
inline void Race::execute(Wr wr) {
  if (!wr.failed && wr.mr != nullptr && wr.rkey != wr.mr->rkey.load(relaxed)) {
    wr.failed = true;  // the MR was reset after this was posted: local error
    lose_connection();
  }
  if (wr.failed || wr.kind == WrKind::drain_marker) {
    completions_.add_tail(wr);
  } else {
    --wrs_in_flight_;
  }
}

/// __ib_process_cq; frwr_wc_fastreg, which does not look at what is there.
inline void Race::softirq(Rng& rng) {
  std::optional<Wr> wc;
  while (await([&] { return (wc = completions_.take()).has_value(); })) {
    between_statements(rng);
    if (wc->kind == WrKind::fastreg) wc->mr->fr_state.store(FrState::flushed_fr, relaxed);
    if (wc->kind == WrKind::drain_marker) drained_ = true;
    --wrs_in_flight_;
    between_statements(rng);
  }
}

// -- the connection -------------------------------------------------------------------

/// QP to error, an upcall on its way.
inline void Race::lose_connection() {
  const std::lock_guard lock(qp_lock_);
  if (qp_ != Qp::rts) return;
  qp_ = Qp::error;
  lost_upcall_ = true;
}

/// The scenario's loss: once, and before the Send is posted.
inline void Race::fail_link() {
  {
    const std::lock_guard lock(qp_lock_);
    if (send_was_posted_) return;
    lost_ = true;
  }
  lose_connection();
}

inline void Race::set_qp(Qp qp) {
  const std::lock_guard lock(qp_lock_);
  qp_ = qp;
}

/// xprt_rdma_connect_worker.
inline void Race::connect_worker(Rng& rng) {
  while (await([this] { return connecting_.load(); })) {
    connected_.store(false, relaxed);
    between_statements(rng);
    lose_connection();  // rdma_disconnect
    await([this] { return ep_ == Ep::lost; });
    post({WrKind::drain_marker});
    await([this] { return drained_.load(); });
    between_statements(rng);
    set_qp(Qp::idle);  // a new one; on the old one nothing is left
    between_statements(rng);
    ep_ = Ep::connecting;
    await([this] { return ep_ != Ep::connecting; });
    connecting_ = false;
  }
}

/// The link fails or is established; rpcrdma_conn_upcall, rpcrdma_connect_worker.
inline void Race::link(Rng& rng) {
  bool may_fail = !options_.injects_loss;
  const auto is_time = [&] { return may_fail && statements_ > lost_after_; };
  while (await([&] { return lost_upcall_ || ep_ == Ep::connecting || is_time(); })) {
    if (lost_upcall_) {
      ep_ = Ep::lost;
      between_statements(rng);
      connected_.store(false, relaxed);
      lost_upcall_ = false;
    } else if (ep_ == Ep::connecting) {
      set_qp(Qp::rts);
      between_statements(rng);
      ep_ = Ep::connected;
      between_statements(rng);
      connected_.store(true, relaxed);
    } else {
      may_fail = false;
      fail_link();
    }
  }
}

/// The initial state, and when the link will fail in it.
inline void Race::restore() {
  free_list_.clear();
  stale_list_.clear();
  completions_.clear();
  send_queue_.clear();
  registered_.clear();
  for (Mr& mr : mrs_) {
    mr.fr_state = FrState::is_invalid;
    mr.dma = Dma::none;
    mr.rkey = 0;
    free_list_.add_tail(&mr);
  }
  qp_ = Qp::rts;
  ep_ = Ep::connected;
  connected_ = true;
  connecting_ = lost_upcall_ = drained_ = send_was_posted_ = false;
  wrs_in_flight_ = mrs_deferred_ = statements_ = 0;
  lost_after_ = rng_.below(segments * statements_per_segment);
  failed_ = over_ = lost_ = cut_ = false;
}

}  // namespace stress
