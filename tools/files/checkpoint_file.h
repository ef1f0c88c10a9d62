// SPDX-License-Identifier: MIT
//
// A file from which a killed program continues its work.
//
// It says what it belongs to (command, scenario, options, build of the program) and
// holds what its command needs, under a checksum. It is replaced as a whole, so a
// killed program leaves the old file or the new one. A file that is damaged, or belongs
// to something else, is refused with the reason and not changed; docs/checkpoint.md has
// the format.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "model/scenario/scenario.h"
#include "sim/byte_stream.h"
#include "tools/files/checkpoint_options.h"
#include "tools/files/mapped_file.h"
#include "tools/files/single_use.h"

namespace tools {

/// What a checkpoint belongs to: names, which messages use, and values.
using CheckpointFacts = std::vector<std::pair<std::string, std::string>>;

/// A checkpoint as read. The bytes are those of the file.
struct CheckpointContent {
  CheckpointFacts facts;
  Bytes payload;
};

/// XXH3-128 in hex.
std::string digest_of(Bytes bytes);

/// "a, b, c", as a value.
std::string comma_list(const std::vector<std::string>& words);

/// What every checkpoint of a command's work on a scenario says of itself: the command,
/// the build, the scenario's whole document.
CheckpointFacts basic_facts(const std::string& command, const model::Scenario& scenario);

/// Parses a file. Throws model::InputError, which does not name the file, for every
/// file that is not whole; takes no more memory than the file does.
CheckpointContent parse_checkpoint(Bytes file);

/// Throws model::InputError, which names the first difference, if a checkpoint does not
/// belong to what is expected.
void expect_facts(const CheckpointFacts& expected, const CheckpointFacts& found);

/// Removes what killed writers left beside a file; its name may be empty.
void remove_torn(const std::string& path);

/// The checkpoint of one run of the program. Not thread-safe.
class CheckpointFile {
 public:
  /// Reads the file if there is one. Throws model::InputError if it cannot be used,
  /// could not be written, or belongs to another run.
  CheckpointFile(const CheckpointOptions& options, const CheckpointFacts& facts);

  /// What the file held when the program began, until forget_payload(); empty if there
  /// was no file.
  [[nodiscard]] Bytes payload() const { return payload_; }
  void forget_payload();
  /// Throws model::InputError: the checksum is right, but the payload is not.
  [[noreturn]] void fail(const std::string& what) const;
  /// Says on standard error that the work continues, and from where.
  void tell_of(const std::string& where) const;

  /// Whether it is time to save again. After the interval that the user gave, but so
  /// seldom that saving takes no more than half of the time; else every 30 s, and no
  /// more than 5 %.
  [[nodiscard]] bool is_due() const { return Clock::now() >= due_; }
  /// Replaces the file. If that fails there is a warning, and the old file stays: work
  /// is not lost because its copy cannot be written.
  void save(const std::function<void(const sim::ByteSink&)>& write_payload);
  /// The work is done and its result is written: removes the file.
  void remove() const;

 private:
  using Clock = std::chrono::steady_clock;

  [[nodiscard]] std::chrono::milliseconds interval() const;
  void write(const std::function<void(const sim::ByteSink&)>& write_payload) const;
  void read();

  CheckpointOptions options_;
  CheckpointFacts facts_;
  std::optional<SingleUse> lock_;
  std::unique_ptr<MappedFile> file_;
  Bytes payload_;
  Clock::time_point due_;
  std::string complaint_;  // why the last write failed: reported once
};

}  // namespace tools
