// SPDX-License-Identifier: MIT
//
// What the contexts of a run leave for each other.
//
// The events of a trace say what a step did, not which context will notice it. That is
// found by making the choices again: a work request waits in a queue until the RNIC
// takes it, a worker until it runs. So a message has two ends, and a race is about the
// steps between them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "model/trace/trace.h"

namespace tools {

enum class MessageKind : std::uint8_t {
  post,        ///< a work request, to the RNIC
  completion,  ///< of one, to the softirq
  hand_over,   ///< an MR, to the recovery worker; or a request for more, to the refresh worker
  request,     ///< to the server
  reply,       ///< from the server to the handler, or from the handler to the task
  wake,        ///< of a context that waits
  connection,  ///< news of the connection, or work on it
};

/// Something that one context leaves for another. Steps are counted from 1.
struct Message {
  MessageKind kind{};
  std::size_t sent = 0;
  std::size_t taken = 0;  ///< by `to`; 0: never
  std::size_t lost = 0;   ///< when it went away with its connection; 0: never
  sim::ActorId from = 0;
  sim::ActorId to = 0;
  model::MrId mr = 0;  ///< 0 where it is about none
  std::string text;    ///< "FASTREG of MR 1"
};

/// By ascending `sent`; those of one step in the order in which it sends them.
/// REQUIRES: the trace's choices are possible, as in any that `replayed` returns.
std::vector<Message> messages_of(const model::Trace& trace);

}  // namespace tools
