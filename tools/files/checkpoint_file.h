// SPDX-License-Identifier: MIT
//
// A file from which work goes on that was killed.
//
// It says what it is of (command, scenario, options, build of the program) and holds
// whatever its command needs, under a checksum. It is replaced as a whole, so whoever
// is killed leaves the old one or the new one. One that is damaged, or of something
// else, is refused with the reason and left alone; docs/checkpoint.md has the format.
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

/// What a checkpoint is of: names, which messages use, and values.
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

/// Takes a file apart. Throws model::InputError, which does not name the file, for all
/// that is not whole; takes no more memory than the file does.
CheckpointContent parse_checkpoint(Bytes file);

/// Throws model::InputError, which names the first difference, if a checkpoint is not
/// of what it is expected to be.
void expect_facts(const CheckpointFacts& expected, const CheckpointFacts& found);

/// Removes what killed writers left beside a file; its name may be empty.
void remove_torn(const std::string& path);

/// The checkpoint of one run of the program. Not thread-safe.
class CheckpointFile {
 public:
  /// Reads the file if there is one. Throws model::InputError if it cannot be used, could
  /// not be written, or is another run's.
  CheckpointFile(const CheckpointOptions& options, CheckpointFacts facts);

  /// What the file held when the program began, until that is forgotten; empty if there
  /// was none.
  [[nodiscard]] Bytes payload() const { return payload_; }
  void forget_payload();
  /// Throws model::InputError: the payload is not what its checksum made believe.
  [[noreturn]] void fail(const std::string& what) const;
  /// Says on standard error that work goes on, and where.
  void tell_of(const std::string& where) const;

  /// Whether it is time to save again: after what the user said, and so seldom that
  /// saving takes no more than half of the time; else every 30 s, and no more than 5 %.
  [[nodiscard]] bool is_due() const { return Clock::now() >= due_; }
  std::string complaint_;  // why it could not be written the last time: said once
  /// Replaces the file. Where that fails there is a warning, and the old one stays:
  /// work is not lost because its copy cannot be written.
  void save(const std::function<void(const sim::ByteSink&)>& write_payload);
  /// The work is done and what came of it is written.
  void remove();

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
};

}  // namespace tools
