// SPDX-License-Identifier: MIT
//
// Certificates: whatever was done to one, what is verified is true.
//
// The input is edits of a genuine certificate, whose checksum is made good afterwards:
// of the header ("POINTER VALUE") and of the records (byte_edits.h). A scenario and
// policy that are verified are searched anew.
#include <filesystem>
#include <fstream>
#include <iterator>

#include "model/policy.h"
#include "model/scenario/scenario.h"
#include "sim/questions/topological_order.h"
#include "sim/search/explorer.h"
#include "tests/fuzz/byte_edits.h"
#include "tests/fuzz/fuzz_target.h"
#include "tools/certificate/certificate.h"
#include "tools/certificate/certificate_check.h"
#include "tools/certificate/certificate_format.h"

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

/// The file, with a checksum that is right.
std::string file_of(const Certificate& certificate) {
  json rest = certificate.header;
  std::string bytes = R"({"format":)";
  if (rest.is_object() && rest.contains("format")) {
    bytes += rest["format"].dump();
    rest.erase("format");
    bytes += "," + rest.dump().substr(1);
  }
  return fuzz::with_checksum(bytes + "\n" + certificate.records);
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
    } else {
      fuzz::edit_bytes(certificate.records, line);
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
