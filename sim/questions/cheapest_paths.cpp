// SPDX-License-Identifier: MIT
//
// Buckets in order of cost, and paths compared by going back.
#include "sim/questions/cheapest_paths.h"

#include <algorithm>
#include <utility>

namespace sim {

CheapestPaths::CheapestPaths(std::span<const unsigned char> first, Cost most,
                             std::uint64_t max_memory)
    : packing_(first),
      store_(packing_.packed_words()),
      packed_(packing_.packed_words()),
      most_(most),
      max_memory_(max_memory) {
  (void)packing_.pack(first.data(), packed_.data());
  store_.add(packed_.data());
  arrivals_.push_back({});
  put_in_bucket(0, {});
}

bool CheapestPaths::next() {
  for (;;) {
    Buckets& level = buckets_[0];
    if (steps_ >= level.size() || !(cost() < most_)) {
      if (buckets_[1].empty() || level_ == most_.preemptions) return false;
      level = std::exchange(buckets_[1], {});
      ++level_;
      steps_ = 0;
      next_in_bucket_ = 0;
      continue;
    }
    std::vector<StateId>& bucket = level[steps_];
    if (next_in_bucket_ == bucket.size()) {
      in_buckets_ -= bucket.capacity();
      bucket = {};
      ++steps_;
      next_in_bucket_ = 0;
      continue;
    }
    current_ = bucket[next_in_bucket_++];
    // A node may have got a cheaper path since it was put here.
    if (arrivals_[current_].cost != cost()) continue;
    ++expanded_;
    return true;
  }
}

void CheapestPaths::arrive(const unsigned char* from, const unsigned char* to, Choice choice,
                           Cost cost) {
  if (!(cost < most_)) return;  // what comes after it costs more
  if (!packing_.repack(from, store_.packed(current_), to, packed_.data())) {
    learn(to);
    (void)packing_.pack(to, packed_.data());
  }
  const StateId known = store_.size();
  const StateId node = store_.find_or_add(packed_.data());
  const Arrival arrival{{current_, choice}, cost};
  if (node == known) {
    arrivals_.push_back(arrival);
    put_in_bucket(node, cost);
  } else if (cost < arrivals_[node].cost) {
    arrivals_[node] = arrival;
    put_in_bucket(node, cost);
  } else if (cost == arrivals_[node].cost && is_less(arrival.last, arrivals_[node].last)) {
    arrivals_[node] = arrival;
  }
}

void CheapestPaths::arrive_at_goal(Choice choice, Cost cost) {
  const Step step{current_, choice};
  if (most_ < cost || (has_goal_ && cost == most_ && !is_less(step, goal_))) return;
  goal_ = step;
  most_ = cost;  // of what costs no less only other goals matter
  has_goal_ = true;
}

Schedule CheapestPaths::goal() const {
  Schedule schedule;
  for (Step step = goal_; step.from != no_state; step = arrivals_[step.from].last) {
    schedule.push_back(step.choice);
  }
  std::reverse(schedule.begin(), schedule.end());
  return schedule;
}

std::uint64_t CheapestPaths::memory() const {
  return store_.memory() + arrivals_.memory() + in_buckets_ * sizeof(StateId);
}

bool CheapestPaths::is_less(Step a, Step b) const {
  while (a.from != b.from) {
    a = arrivals_[a.from].last;
    b = arrivals_[b.from].last;
  }
  return std::pair(a.choice.actor, a.choice.outcome) < std::pair(b.choice.actor, b.choice.outcome);
}

void CheapestPaths::put_in_bucket(StateId node, Cost cost) {
  Buckets& level = buckets_[cost.preemptions - level_];
  if (level.size() <= cost.steps) level.resize(cost.steps + 1);
  std::vector<StateId>& bucket = level[cost.steps];
  in_buckets_ -= bucket.capacity();
  bucket.push_back(node);
  in_buckets_ += bucket.capacity();
}

void CheapestPaths::learn(const unsigned char* node) {
  packing_.observe(node);
  packing_.extend();
  const unsigned words = packing_.packed_words();
  if (words == store_.words()) return;
  // For a while there are two stores.
  if (memory() + 2 * store_.memory() > max_memory_) throw Stopped{Bound::memory};
  StateStore wider(words);
  packed_.assign(words, 0);
  for (StateId id = 0; id < store_.size(); ++id) {
    std::copy_n(store_.packed(id), store_.words(), packed_.begin());
    wider.add(packed_.data());
  }
  store_ = std::move(wider);
}

}  // namespace sim
