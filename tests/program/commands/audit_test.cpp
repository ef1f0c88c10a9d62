// SPDX-License-Identifier: MIT
//
// audit as a user runs it: exit codes, formats, what it refuses, untrusted text.
// tests/program/audit_traces_test.py has the traces of real clients.
#include "tests/program/program_fixture.h"

using namespace fixture;
using Catch::Matchers::Contains;

namespace {

const std::string header = "# tracer: nop\n";
const std::string begin =
    "     kworker/0:1-17 [000] .....    47.651217: xprtrdma_op_connect: peer=[192.0.2.1]:20049 "
    "delay=0\n";
const std::string map =
    "              dd-918 [001] .....    48.124928: xprtrdma_mr_map: task:0000000b@00000001 "
    "mr.id=174 "
    "nents=1 7184@0x68d36ed08cd02000:0x0000b621 (FROM_DEVICE)\n";
const std::string unmap =
    "   kworker/1:1H-132 [001] .....    48.145795: xprtrdma_mr_unmap: mr.id=174 nents=1 "
    "7184@0x68d36ed08cd02000:0x0000b621 (FROM_DEVICE)\n";

}  // namespace

TEST_CASE("audit: the exit code says what was found") {
  const Scratch scratch;
  const std::string clean = scratch.write("clean", header + begin + map + unmap);
  const std::string violated = scratch.write("violated", header + begin + map + unmap + unmap);
  const std::string undecided = scratch.write("undecided", header + begin + map);
  const std::string none = scratch.write("dmesg", "[   12.5] rdma_rxe: loaded\n");
  CHECK(run({"audit", clean}).exit_code == 0);
  CHECK(run({"audit", violated}).exit_code == 1);
  CHECK(run({"audit", undecided}).exit_code == 3);
  CHECK(run({"audit", clean, undecided, violated}).exit_code == 1);
  CHECK(run({"audit", clean, undecided}).exit_code == 3);
  CHECK_THAT(complaint({"audit", clean, none}), Contains("dmesg: is no trace"));
  CHECK_THAT(complaint({"audit", scratch.path("missing")}), Contains("cannot be read"));
  CHECK_THAT(complaint({"audit", scratch.path("")}), Contains("is a directory"));
  CHECK_THAT(complaint({"audit", clean, "-o", clean}), Contains("expected a file of its own"));
  CHECK_THAT(usage_complaint({"audit"}), Contains("FILE"));
}

TEST_CASE("audit: a violation is told with its history, both lines and the rule") {
  const Scratch scratch;
  const Result result = run({"audit", scratch.write("t", header + begin + map + unmap + unmap)});
  CHECK_THAT(result.out,
             Contains("Violated: double DMA unmap, line 5") &&
                 Contains("MR 174 (handle 0x0000b621) is unmapped in line 5, and was") &&
                 Contains("Rule double-unmap:") &&
                 Contains("task:0000000b@00000001, xid 0x68d36ed0"));
  CHECK_THAT(result.out, Contains("line 3       48.124928       mr_map      dd-918 [1]"));
}

TEST_CASE("audit: standard input, and several files as JSON") {
  const Scratch scratch;
  const std::string violated = scratch.write("violated", header + begin + map + unmap + unmap);
  const Result piped = run({"audit", "-", "--format", "json"}, {.stdin_from = violated});
  CHECK(piped.exit_code == 1);
  const nlohmann::json document = piped.json();
  CHECK(document.at("format") == "frwrsim-audit/1");
  CHECK(document.at("file") == "standard input");
  const nlohmann::json& finding = document.at("traces").at(0).at("findings").at(0);
  CHECK(finding.at("verdict") == "violated");
  CHECK(finding.at("invariant") == "double-unmap");
  CHECK(finding.at("line") == 5);
  CHECK(finding.at("earlier").at("line") == 4);
  CHECK(finding.at("mr") == "174");
  CHECK(finding.at("task") == 11);
  CHECK(finding.at("history").size() == 3);
  CHECK(run({"audit", violated, violated, "--format", "json"}).json().size() == 2);
}

TEST_CASE("audit: what a trace says is text, whatever bytes it has") {
  const Scratch scratch;
  std::string evil = map;
  evil.replace(evil.find("dd-918"), 2, "\x1b[2Jd\xff");
  std::string peer = begin;
  peer.replace(peer.find("192.0.2.1"), 9, "\x1b]0;x\x07\xc2\x9b<&>");
  const std::string file = scratch.write("t\x1b[1m", header + peer + evil + unmap + unmap);
  const Result text = run({"audit", file});
  CHECK(text.exit_code == 1);
  for (const char c : text.out) CHECK((c == '\n' || static_cast<unsigned char>(c) >= 0x20));
  CHECK_THAT(text.out, Contains("\\x1b"));
  const Result json = run({"audit", file, "--format", "json"});
  CHECK(json.exit_code == 1);
  CHECK(is_printable_utf8(json.out));
  const Result junit = run({"audit", file, "--format", "junit"});
  CHECK(junit.exit_code == 1);
  CHECK_THAT(junit.out, Contains("<failure type=\"violated\"") && Contains("errors=\"0\""));
  CHECK(is_printable_utf8(junit.out));
}

TEST_CASE("audit: junit has what is undecided as an error") {
  const Scratch scratch;
  const Result junit =
      run({"audit", scratch.write("t", header + begin + map), "--format", "junit"});
  CHECK(junit.exit_code == 3);
  CHECK_THAT(junit.out, Contains("failures=\"0\"") && Contains("errors=\"2\"") &&
                            Contains("<error type=\"undecided\""));
}

TEST_CASE("audit: a file that grows is read as far as it went") {
  const Scratch scratch;
  std::string text = header + begin;
  for (int i = 0; i < 20'000; ++i) text += map + unmap;  // the same registration again is odd
  const std::string file = scratch.write("growing", text);
  std::thread writer([&file] {
    std::ofstream more(file, std::ios::binary | std::ios::app);
    for (int i = 0; i < 2000; ++i) more << map << unmap << std::flush;
  });
  const Result result = run({"audit", file, "--format", "json"});
  writer.join();
  CHECK(result.exit_code >= 0);
  CHECK(result.json().at("bytes").get<std::uint64_t>() <= fs::file_size(file));
}

TEST_CASE("audit: a trace.dat is read by trace-cmd, or it is said what is missing") {
  const Scratch scratch;
  const std::string file = scratch.write("trace.dat", std::string("\x17\x08\x44tracing6\0", 12));
  const std::string no_tool = complaint({"audit", file}, {.set = {{"PATH", scratch.path("")}}});
  CHECK_THAT(no_tool, Contains("trace-cmd") && Contains("not installed"));
  // One that cannot read it, and one that can.
  (void)scratch.write("trace-cmd", "#!/bin/sh\nexit 1\n");
  fs::permissions(scratch.path("trace-cmd"), fs::perms::owner_all);
  CHECK_THAT(complaint({"audit", file}, {.set = {{"PATH", scratch.path("")}}}),
             Contains("cannot read this trace.dat"));
  (void)scratch.write(
      "trace-cmd", "#!/bin/sh\n[ \"$1 $2\" = 'report -i' ] && printf '%s' '" + map + unmap + "'\n");
  fs::permissions(scratch.path("trace-cmd"), fs::perms::owner_all);
  const Result read = run({"audit", file}, {.set = {{"PATH", scratch.path("")}}});
  CHECK(read.exit_code == 0);
  CHECK_THAT(read.out, Contains("read by trace-cmd report"));
}
