// SPDX-License-Identifier: MIT
//
// From the lines of a log to what the model knows of them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/policy.h"
#include "tools/triage/symptom.h"

namespace tools::triage {

/// A kernel's version as far as it matters here.
struct KernelVersion {
  unsigned major = 0;
  unsigned minor = 0;
  auto operator<=>(const KernelVersion&) const = default;
};

/// "4.9.0-8-amd64" as 4.9; nothing for what is no version.
std::optional<KernelVersion> parse_version(std::string_view text);

/// The policy of a kernel: the last one that it has. nullptr before the first.
const model::PolicyEntry* policy_of(const KernelVersion& version);

/// Whether a symptom is one of this client.
enum class Fit : std::uint8_t {
  fits,          ///< the model ends in such a line, and nothing speaks against it
  may_fit,       ///< nothing in the log says whose it is
  not_this_bug,  ///< why_not says why
  circumstance,  ///< of this client, no violation
};

/// Whose unmap a DMA-API line was printed at.
enum class Part : std::uint8_t {
  unknown,
  culprit,  ///< unmaps what is not its own any more
  victim,   ///< its mapping was taken away by another unmap, earlier
  either,
};

/// A scenario that ends so in the model, under the policies named.
struct Candidate {
  std::string scenario;
  std::string invariant;
  std::vector<std::string> policies{};  ///< by name
  std::vector<std::string> places{};    ///< "frwr_op_recover_mr in the MR recovery worker"
  std::uint64_t failing = 0;            ///< runs, of all policies named
  bool needs_met = false;    ///< what it takes is in the log: a loss, a failed mapping or reset
  bool needs_unmet = false;  ///< a failed mapping or reset that it takes is not, and would be
  bool is_in_trace = false;  ///< the call trace has one of the functions
};

/// What is said of one symptom.
struct Judgement {
  Symptom symptom{};
  Fit fit{};
  std::string why{};  ///< a sentence
  Part part = Part::unknown;
  std::string why_part{};
  std::vector<Candidate> candidates{};  ///< the likeliest first
};

/// What is said of a log.
struct Triage {
  std::string name;
  Log log{};
  std::string kernel{};  ///< as found or given
  std::optional<KernelVersion> version{};
  const model::PolicyEntry* policy = nullptr;
  std::vector<Judgement> judgements{};
  [[nodiscard]] bool has(Fit fit) const;
};

/// Judges a log. `kernel` is the version that the user gives, or empty. Throws
/// model::InputError if that is none.
Triage triage_log(Log log, const std::string& name, const std::string& kernel);

/// What to enable on that kernel to tell what remains apart: a block of tracefs commands to
/// paste, to be run as root. Without a version it asks the kernel what it has.
std::string instructions(const std::optional<KernelVersion>& version);

}  // namespace tools::triage
