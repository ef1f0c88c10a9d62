// SPDX-License-Identifier: MIT
//
// Certificates: whatever was done to one, what is verified is true.
//
// The input is edits of a genuine certificate, whose checksum is made good afterwards.
// Beside those of the header ("POINTER VALUE") there are edits of the records, at an
// offset, in hex: "@OFFSET BYTES" overwrites, "+OFFSET BYTES" inserts, "-OFFSET BYTES"
// removes as many. A scenario and policy that are verified are searched anew.
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "model/policy.h"
#include "model/scenario.h"
#include "sim/explorer.h"
#include "sim/topological_order.h"
#include "tests/fuzz/fuzz_target.h"
#include "tools/certificate.h"
#include "tools/certificate_check.h"
#include "tools/certificate_format.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace {

using nlohmann::json;

/// One segment, a pool of one, a mapping that may fail: small, with violations.
const json small = json::parse(R"({
  "format": "frwrsim-scenario/1", "title": "small", "about": ["For fuzzing."],
  "rpcs": [{"name": "write", "read_list": 1}], "mr_pool": 1, "provider": "reject",
  "faults": {"dma_map": 1}, "guards": ["enobufs-delay"],
  "budgets": {"retransmissions": 1, "enobufs_retries": 1, "reconnects": 1}})");

struct Certificate {
  json header;
  std::string records;
};

Certificate genuine() {
  const model::Scenario scenario = model::read_scenario(small, "small", "small");
  const model::PolicyEntry& policy = model::policies().front();
  const model::RaceModel race(scenario.with_policy(policy.policy));
  const auto found = sim::explore(race);
  const auto order = std::get<sim::TopologicalOrder>(sim::topological_order(found.graph));
  std::string path = (std::filesystem::temp_directory_path() / "frwrsim-fuzz-XXXXXX").string();
  fuzz::require(mkdtemp(path.data()) != nullptr, "there is a directory for temporary files");
  const std::string name = path + "/certificate";
  tools::write_certificate(scenario, std::string(policy.name), found, order, name);
  std::ifstream file(name, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  std::filesystem::remove_all(path);
  const std::size_t line = bytes.find('\n');
  return {json::parse(bytes.substr(0, line)),
          bytes.substr(line + 1, bytes.size() - line - 1 - tools::checksum_bytes)};
}

std::string unhexed(const std::string& digits) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
    unsigned value = 0;
    if (std::sscanf(digits.substr(i, 2).c_str(), "%2x", &value) == 1) {
      bytes += static_cast<char>(value);
    }
  }
  return bytes;
}

void edit_records(std::string& records, const std::string& line) {
  unsigned long at = 0;
  int end = 0;
  if (std::sscanf(line.c_str() + 1, "%lu %n", &at, &end) < 1 || at > records.size()) return;
  const std::string bytes = unhexed(line.substr(static_cast<std::size_t>(end) + 1));
  if (line[0] == '+') records.insert(at, bytes);
  if (line[0] == '-') records.erase(at, bytes.size());
  if (line[0] == '@') records.replace(at, std::min(bytes.size(), records.size() - at), bytes);
}

/// The file, with a checksum that is right.
std::string file_of(const Certificate& certificate) {
  json rest = certificate.header;
  std::string bytes = R"({"format":)";
  if (rest.is_object() && rest.contains("format")) {
    bytes += rest["format"].dump();
    rest.erase("format");
    bytes += "," + rest.dump().substr(1);
  }
  bytes += "\n" + certificate.records;
  XXH128_canonical_t sum;
  XXH128_canonicalFromHash(&sum, XXH3_128bits(bytes.data(), bytes.size()));
  return bytes.append(reinterpret_cast<const char*>(sum.digest), sizeof sum.digest);
}

/// What is verified is what a search finds.
void require_true(const json& header) {
  const model::Scenario scenario = model::read_scenario(header.at("scenario"), "fuzz", "fuzz");
  const model::PolicyEntry* policy = model::find_policy(header.at("policy").get<std::string>());
  const auto found = sim::explore(model::RaceModel(scenario.with_policy(policy->policy)));
  bool violated = false;
  bool cut = false;
  for (const auto& end : found.graph.ends()) {
    violated = violated || end.end == sim::End::violation;
    cut = cut || end.end == sim::End::cut;
  }
  fuzz::require(header.at("states") == found.state_count(), "the states are those of a search");
  fuzz::require(header.at("verdict") == (violated ? "violated"
                                         : cut    ? "bound_reached"
                                                  : "exhausted"),
                "the verdict is that of a search");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Certificate original = genuine();
  Certificate certificate = original;
  fuzz::for_each_line({reinterpret_cast<const char*>(data), size}, [&](const std::string& line) {
    if (line.starts_with("/")) {
      fuzz::edit(certificate.header, line);
    } else if (line.size() > 1) {
      edit_records(certificate.records, line);
    }
  });
  const std::string file = file_of(certificate);
  const auto* bytes = reinterpret_cast<const unsigned char*>(file.data());
  try {
    const auto report = fuzz::accepted(
        [&] {
          return tools::check_certificate({bytes, file.size()});
        },
        fuzz::require_for_people);
    if (report) require_true(certificate.header);
  } catch (const tools::Refuted& refuted) {
    fuzz::require_for_people(refuted.what);
  }
  return 0;
}
