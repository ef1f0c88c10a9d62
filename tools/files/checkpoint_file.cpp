// SPDX-License-Identifier: MIT
//
// Reading and replacing checkpoints.
#include "tools/files/checkpoint_file.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "tools/files/output.h"
#include "tools/files/program_hash.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace tools {
namespace {

namespace fs = std::filesystem;
using model::InputError;
using nlohmann::ordered_json;

constexpr std::string_view any_version = "frwrsim-checkpoint/";
constexpr std::string_view begin = "frwrsim-checkpoint/1\n";
constexpr std::size_t length_bytes = 8;
constexpr std::size_t sum_bytes = 16;
constexpr std::size_t longest_header = 1 << 16;

XXH128_canonical_t canonical(XXH128_hash_t hash) {
  XXH128_canonical_t sum;
  XXH128_canonicalFromHash(&sum, hash);
  return sum;
}

Bytes bytes_of(std::string_view text) {
  return {reinterpret_cast<const unsigned char*>(text.data()), text.size()};
}
std::string_view text_of(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::uint64_t number_of(Bytes bytes) {
  std::uint64_t value = 0;
  std::memcpy(&value, bytes.data(), sizeof value);
  return value;
}

CheckpointFacts facts_from(std::string_view line) {
  // A file with the right checksum was made by this program or by another build of it.
  const ordered_json json = ordered_json::parse(line, nullptr, false);
  if (!json.is_object()) throw InputError("the header is no JSON object");
  CheckpointFacts facts;
  for (const auto& [key, value] : json.items()) {
    if (!value.is_string()) throw InputError("the header has a value that is no string");
    facts.emplace_back(key, value.get<std::string>());
  }
  return facts;
}

std::string header_of(const CheckpointFacts& facts) {
  ordered_json json = ordered_json::object();
  for (const auto& [name, value] : facts) json[name] = value;
  return json.dump(-1, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace

std::string digest_of(Bytes bytes) {
  const XXH128_canonical_t sum = canonical(XXH3_128bits(bytes.data(), bytes.size()));
  std::string text;
  for (const unsigned char byte : sum.digest) {
    constexpr std::string_view digits = "0123456789abcdef";
    text += digits[byte >> 4];
    text += digits[byte & 15];
  }
  return text;
}

std::string comma_list(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

CheckpointFacts basic_facts(const std::string& command, const model::Scenario& scenario) {
  return {{"command", command},
          {"build of frwrsim", program_hash()},
          {"scenario", scenario.name},
          {"scenario hash", model::hash_text(scenario.hash())},
          {"scenario file", digest_of(bytes_of(scenario.document.dump()))}};
}

CheckpointContent parse_checkpoint(Bytes file) {
  const std::string_view text = text_of(file);
  if (!text.starts_with(any_version)) throw InputError("is not a checkpoint");
  if (text.size() < begin.size() || !text.starts_with(begin)) {
    throw InputError("is a checkpoint of another version of the format, or cut off");
  }
  if (file.size() < begin.size() + length_bytes + sum_bytes) throw InputError("is cut off");
  const Bytes summed = file.first(file.size() - sum_bytes);
  const std::uint64_t length = number_of(summed.last(length_bytes));
  const XXH128_canonical_t sum = canonical(XXH3_128bits(summed.data(), summed.size()));
  if (std::memcmp(sum.digest, file.last(sum_bytes).data(), sum_bytes) != 0) {
    throw InputError(length == file.size() ? "the checksum is wrong: the file is damaged"
                                           : "the file is damaged or cut off");
  }
  if (length != file.size()) {
    throw InputError("is " + std::to_string(file.size()) + " bytes long, expected " +
                     std::to_string(length));
  }
  const Bytes content = summed.subspan(begin.size(), summed.size() - begin.size() - length_bytes);
  const std::size_t end =
      text_of(content.first(std::min(content.size(), longest_header))).find('\n');
  if (end == std::string_view::npos) throw InputError("the header does not end");
  return {facts_from(text_of(content.first(end))), content.subspan(end + 1)};
}

void expect_facts(const CheckpointFacts& expected, const CheckpointFacts& found) {
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const auto& [name, value] = expected[i];
    if (i < found.size() && found[i] == expected[i]) continue;
    const bool is_known = i < found.size() && found[i].first == name;
    throw InputError("is of another " + name + ": expected '" + model::printable(value) +
                     "', found " +
                     (is_known ? "'" + model::printable(found[i].second) + "'" : "none") +
                     "; repeat that command line, give another --checkpoint, or remove the file "
                     "to start again");
  }
  if (found.size() != expected.size()) {
    throw InputError("is of another " + model::printable(found[expected.size()].first) +
                     ": expected none");
  }
}

void remove_torn(const std::string& path) {
  if (path.empty()) return;
  std::error_code ignored;
  const fs::path file = fs::weakly_canonical(fs::absolute(path), ignored);
  std::vector<fs::path> torn;
  for (const auto& entry : fs::directory_iterator(file.parent_path(), ignored)) {
    if (is_torn(entry.path()) && entry.path().stem() == file.filename()) {
      torn.push_back(entry.path());
    }
  }
  for (const fs::path& each : torn) fs::remove(each, ignored);
}

CheckpointFile::CheckpointFile(const CheckpointOptions& options, const CheckpointFacts& facts)
    : options_(options), facts_(facts_from(header_of(facts))) {
  const std::string& path = options_.file;
  require_writable(path);
  // As a writer would have it that lies in the way: what a link leads to is replaced.
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (path == "-" || (fs::exists(status) && !fs::is_regular_file(status))) {
    throw InputError("--checkpoint: expected a file of its own, found '" + model::printable(path) +
                     "'");
  }
  lock_.emplace(path);
  due_ = Clock::now() + interval();
  if (fs::exists(path, error)) read();
  remove_torn(path);
}

void CheckpointFile::read() {
  try {
    file_ = std::make_unique<MappedFile>(options_.file);
    const CheckpointContent content = parse_checkpoint(file_->bytes());
    expect_facts(facts_, content.facts);
    if (content.payload.empty()) throw InputError("there is nothing in it");
    payload_ = content.payload;
  } catch (const InputError& refused) {
    fail(refused.what());
  }
}

std::chrono::milliseconds CheckpointFile::interval() const {
  constexpr std::uint64_t usual_ms = 30'000;
  return std::chrono::milliseconds(options_.every_ms != 0 ? options_.every_ms : usual_ms);
}

void CheckpointFile::forget_payload() {
  payload_ = {};
  file_.reset();
}

void CheckpointFile::fail(const std::string& what) const {
  throw InputError(options_.file + ": " + what);
}

void CheckpointFile::tell_of(const std::string& where) const {
  std::fprintf(stderr, "frwrsim: continues from %s: %s\n", options_.file.c_str(), where.c_str());
}

void CheckpointFile::save(const std::function<void(const sim::ByteSink&)>& write_payload) {
  const auto start = Clock::now();
  try {
    write(write_payload);
    complaint_.clear();
  } catch (const InputError& error) {
    if (complaint_ != error.what()) {
      complaint_ = error.what();
      std::fprintf(stderr, "frwrsim: %s; continuing without a new checkpoint\n", error.what());
    }
  }
  const auto end = Clock::now();
  // At most 1 part of saving to 19 of work; if the user gave the interval, 1 to 1:
  // otherwise a slow disk would leave no time for work.
  const int parts = options_.every_ms == 0 ? 19 : 1;
  due_ = end + std::max<Clock::duration>(interval(), parts * (end - start));
}

void CheckpointFile::write(const std::function<void(const sim::ByteSink&)>& write_payload) const {
  OutputFile file(options_.file);
  XXH3_state_t state;
  XXH3_128bits_reset(&state);
  std::uint64_t length = 0;
  const sim::ByteSink sink = [&](Bytes bytes) {
    XXH3_128bits_update(&state, bytes.data(), bytes.size());
    length += bytes.size();
    file.write(text_of(bytes));
  };
  sink(bytes_of(begin));
  sink(bytes_of(header_of(facts_)));
  write_payload(sink);
  sim::put(sink, length + length_bytes + sum_bytes);
  const XXH128_canonical_t sum = canonical(XXH3_128bits_digest(&state));
  file.write(text_of(sum.digest));
  file.commit_to_disk();
}

void CheckpointFile::remove() const {
  std::error_code ignored;
  fs::remove(fs::weakly_canonical(options_.file, ignored), ignored);
}

}  // namespace tools
