// SPDX-License-Identifier: MIT
//
// triage as a user runs it: which lines are of this bug, which are not and why, and that
// what it tells a user to paste does what it says.
#include "tests/program/program_fixture.h"

using namespace fixture;
using Catch::Matchers::Contains;

namespace {

const std::string address = "[device address=0x00000000fffe0000] [size=4096 bytes]\n";
const std::string dma_api =
    "[   12.5] DMA-API: mlx5_core 0000:08:00.1: device driver tries to free DMA memory it has not "
    "allocated " +
    address;

std::string version(const std::string& number) {
  return "[    0.0] Linux version " + number + "-1-amd64 (gcc)\n";
}

std::string call_trace(const std::string& functions) {
  std::string text = "[   12.5] Call Trace:\n";
  for (const std::string& function : lines_of(functions)) {
    text += "[   12.5]  " + function + "+0x6a/0x1d0 [rpcrdma]\n";
  }
  return text;
}

/// The only symptom of a log.
nlohmann::json only(const Scratch& scratch, const std::string& log, int exit_code) {
  const Result result = run({"triage", scratch.write("log", log), "--format", "json"});
  INFO(log);
  CHECK(result.exit_code == exit_code);
  REQUIRE(result.json().at("symptoms").size() == 1);
  return result.json().at("symptoms").at(0);
}

}  // namespace

TEST_CASE("triage: a second unmap by the recovery worker of 4.8 is the reported bug") {
  const Scratch scratch;
  const nlohmann::json it = only(
      scratch, version("4.8.0") + dma_api + call_trace("check_unmap\nfrwr_op_recover_mr\n"), 1);
  CHECK(it.at("verdict") == "fits");
  CHECK(it.at("part") != "victim");
  bool is_named = false;
  for (const auto& candidate : it.at("candidates")) {
    is_named = is_named || candidate.at("scenario") == "upstream-report";
    CHECK(candidate.at("policies") == nlohmann::json{"unmap-on-marshal-error"});
  }
  CHECK(is_named);
}

TEST_CASE("triage: an unmap that the model has only where addresses are reused is the victim's") {
  const Scratch scratch;
  const nlohmann::json it =
      only(scratch, version("4.8.0") + dma_api + call_trace("frwr_op_unmap_sync\n"), 1);
  CHECK(it.at("part") == "victim");
  CHECK(it.at("candidates").at(0).at("scenario") == "victim");
}

TEST_CASE("triage: what speaks against this bug") {
  const Scratch scratch;
  const std::string zero = "[device address=0x0000000000000000] [size=4096 bytes]\n";
  const std::vector<std::pair<std::string, std::string>> others{
      {"[ 1.0] DMA-API: mlx5_core 0:1: device driver tries to free DMA memory it has not "
       "allocated " +
           zero,
       "the address is 0"},
      {"[ 1.0] DMA-API: mlx5_core 0:1: device driver tries to free DMA memory it has not allocated "
       "[device address=0x1000] [size=0 bytes]\n",
       "the size is 0"},
      {"[ 1.0] iwlwifi 0000:03:00.0: DMA-API: device driver tries to free DMA memory it has not "
       "allocated " +
           address,
       "driver iwlwifi"},
      {dma_api + call_trace("nvme_rdma_unmap_data\n"), "call trace has no function of the client"},
      {version("6.1.0") + dma_api + call_trace("frwr_mr_unmap\n"), "no scenario ends so"},
      {"[ 1.0] DMA-API: mlx5_core 0:1: device driver failed to check map error " + address,
       "no end of the model"}};
  for (const auto& [log, reason] : others) {
    const nlohmann::json it = only(scratch, log, 0);
    CHECK(it.at("verdict") == "not-this-bug");
    CHECK_THAT(it.at("because").get<std::string>(), Contains(reason));
  }
}

TEST_CASE("triage: a line alone may be of this bug") {
  const Scratch scratch;
  const nlohmann::json it = only(scratch, dma_api, 3);
  CHECK(it.at("verdict") == "may-fit");
  CHECK(it.at("part") == "unknown");
  // Also the line that the model itself writes of its run.
  const Result run_ = run(failing_run());
  REQUIRE(run_.says("DMA-API:"));
  CHECK(run({"triage", scratch.write("run", run_.out)}).exit_code == 3);
}

TEST_CASE("triage: lines of every age are known") {
  const Scratch scratch;
  const std::vector<std::pair<std::string, std::string>> lines{
      {"rpcrdma: FRMR registration ib_post_send returned -22", "post-failed"},
      {"rpcrdma: ib_dereg_mr status -16, frwr ffff88001234 orphaned", "reset-failed"},
      {"rpcrdma: recovered FRMR ffff88001234", "recovered"},
      {"rpcrdma: failed to dma map sg 00000 sg_nents 8", "map-failed"},
      {"rpcrdma: fastreg: WR flushed (5/0xf9)", "flushed"},
      {"rpcrdma: connection to 192.0.2.1:20049 closed (-103)", "disconnected"},
      {"list_del corruption. prev->next should be ffff8800, but was dead0000", "list-corruption"},
      {"BUG: KASAN: use-after-free in frwr_wc_fastreg+0x2d/0x60 [rpcrdma]", "use-after-free"},
      {"INFO: task dd:918 blocked for more than 120 seconds.", "hung-task"},
      {"DMAR: [DMA Write] Request device [08:00.0] fault addr fffe0000 [fault reason 05]",
       "iommu-fault"}};
  for (const auto& [line, kind] : lines) {
    for (const std::string stamp : {"[ 4711.218102] ", "<4>[ 4711.218102] ",
                                    "Nov 30 10:00:00 host kernel: [ 4711.218102] ", ""}) {
      CAPTURE(stamp + line);
      const Result result =
          run({"triage", scratch.write("log", stamp + line + "\n"), "--format", "json"});
      REQUIRE(result.json().at("symptoms").size() == 1);
      CHECK(result.json().at("symptoms").at(0).at("kind") == kind);
    }
  }
}

TEST_CASE("triage: what it refuses") {
  const Scratch scratch;
  CHECK_THAT(complaint({"triage", scratch.write("text", "no log\n")}), Contains("no kernel's log"));
  CHECK_THAT(complaint({"triage", scratch.path("missing")}), Contains("cannot be read"));
  CHECK_THAT(complaint({"triage", scratch.write("log", dma_api), "--kernel", "newest"}),
             Contains("--kernel: expected a version"));
  const Result evil =
      run({"triage", scratch.write("evil", "\x1b[2J" + dma_api + "\x1b]0;\xff DMA-API: x\n")});
  for (const char c : evil.out) CHECK((c == '\n' || static_cast<unsigned char>(c) >= 0x20));
}

TEST_CASE("triage: the commands to paste set up what they say, and take it down") {
  const Scratch scratch;
  for (const std::string kernel : {"4.8", "4.16", "6.1", "6.12", ""}) {
    CAPTURE(kernel);
    Arguments words{"triage", scratch.write("log", dma_api), "--format", "json"};
    if (!kernel.empty()) words.insert(words.end(), {"--kernel", kernel});
    const nlohmann::json document = run(words).json();
    const bool has_events = kernel != "4.8";
    // A folder in the place of tracefs.
    const fs::path tracefs = scratch.path("tracefs" + kernel);
    fs::create_directories(tracefs / "events/frwr");
    if (has_events) fs::create_directories(tracefs / "events/rpcrdma");
    fs::create_directories(tracefs / "events/dma");
    for (const char* file : {"trace", "tracing_on", "kprobe_events"}) std::ofstream(tracefs / file);
    const std::string script = scratch.write(
        "paste.sh",
        "set -eu\ncd '" + scratch.path("") + "'\nrpcdebug() { echo \"$*\" >> debug; }\n" +
            document.at("enable").get<std::string>() + "cp -r \"$T\" on\n" + "stop_frwr_trace\n");
    fs::remove_all(scratch.path("on"));
    const Result pasted = run({"-c", ". " + script},
                              {.set = {{"TRACEFS", tracefs.string()}}, .program = "/bin/bash"});
    INFO(pasted.err);
    CHECK(pasted.exit_code == 0);
    const std::string event = has_events ? "events/rpcrdma/enable" : "events/frwr/enable";
    CHECK(content_of(fs::path(scratch.path("on")) / event) == "1\n");
    CHECK(content_of(tracefs / event) == "0\n");
    CHECK(content_of(fs::path(scratch.path("on")) / "tracing_on") == "1\n");
    CHECK(content_of(tracefs / "tracing_on") == "0\n");
    CHECK(fs::exists(scratch.path("frwr-trace.txt")));
    if (!has_events) {
      const std::string probes = content_of(tracefs / "kprobe_events");
      CHECK(count_of(probes, "p:frwr/") == count_of(probes, "-:frwr/"));
      CHECK(count_of(probes, "p:frwr/") > 5);
    }
  }
}
