// SPDX-License-Identifier: MIT
//
// Every layout of lines and every age of events is read as what it is.
//
// The lines are in the forms of include/trace/events/rpcrdma.h of each age, by the table
// "Line formats by age" that was made from those headers.
#include <sstream>
#include <vector>

#include "tests/tools/audit/audited.h"

using namespace fixture;
using namespace tools::audit;

namespace {

/// A line as tracefs has it.
std::string in_tracefs(const std::string& time, const std::string& event) {
  return "    kworker/1:1H-132     [001] d..1.   " + time + ": " + event + "\n";
}

/// One registration of one MR in the words of an age: map, post, invalidation, unmap.
struct Age {
  std::string range;
  std::vector<std::string> events;
  std::size_t maps;
};

const std::vector<Age>& ages() {
  static const std::vector<Age> all{
      {"4.16 to 4.20",
       {"xprtrdma_localinv: mr=00000000d1c6a4b2 131072@0x00000000ffa00000:0x00001a03",
        "xprtrdma_wc_li: mr=00000000d1c6a4b2 state=VALID: SUCCESS (0/0x0)",
        "xprtrdma_dma_unmap: mr=00000000d1c6a4b2 131072@0x00000000ffa00000:0x00001a03"},
       0},
      {"5.0 to 5.2",
       {"xprtrdma_mr_map: mr=00000000d1c6a4b2 131072@0x00000000ffa00000:0x00001a03 (TO_DEVICE)",
        "xprtrdma_mr_localinv: mr=00000000d1c6a4b2 131072@0x00000000ffa00000:0x00001a03 "
        "(TO_DEVICE)",
        "xprtrdma_wc_li_wake: mr=00000000d1c6a4b2 state=VALID: SUCCESS (0/0x0)",
        "xprtrdma_mr_unmap: mr=00000000d1c6a4b2 131072@0x00000000ffa00000:0x00001a03 (TO_DEVICE)"},
       1},
      {"5.0 to 5.5",
       {"xprtrdma_mr_map: mr=00000000d1c6a4b2 131072@0x00000000ffa00000:0x00001a03 (TO_DEVICE)",
        "xprtrdma_wc_fastreg: mr=00000000d1c6a4b2: WR flushed (5/0x0)",
        "xprtrdma_mr_unmap: mr=00000000d1c6a4b2 131072@0x00000000ffa00000:0x00001a03 (TO_DEVICE)"},
       1},
      {"5.6 to 5.10",
       {"xprtrdma_mr_map: mr.id=7 nents=32 131072@0x00000000ffa00000:0x00001a03 (TO_DEVICE)",
        "xprtrdma_mr_localinv: mr.id=7 nents=32 131072@0x00000000ffa00000:0x00001a03 (TO_DEVICE)",
        "xprtrdma_wc_li: mr.id=7: SUCCESS (0/0x0)",
        "xprtrdma_mr_unmap: mr.id=7 nents=32 131072@0x00000000ffa00000:0x00001a03 (TO_DEVICE)"},
       1},
      {"5.11 or 5.12",
       {"xprtrdma_mr_map: task:39@2 mr.id=7 nents=32 131072@0x00000000ffa00000:0x00001a03 "
        "(TO_DEVICE)",
        "xprtrdma_mr_localinv: task:39@2 mr.id=7 nents=32 131072@0x00000000ffa00000:0x00001a03 "
        "(TO_DEVICE)",
        "xprtrdma_wc_li_done: cq.id=4 cid=7 status=SUCCESS (0/0x0)",
        "xprtrdma_mr_unmap: mr.id=7 nents=32 131072@0x00000000ffa00000:0x00001a03 (TO_DEVICE)"},
       1},
      {"5.13 to 5.15",
       {"xprtrdma_mr_map: task:39@2 mr.id=7 nents=32 131072@0x00000000ffa00000:0x00001a03 "
        "(TO_DEVICE)",
        "xprtrdma_mr_fastreg: task:39@2 mr.id=7 nents=32 131072@0x00000000ffa00000:0x00001a03 "
        "(TO_DEVICE)",
        "xprtrdma_wc_fastreg: cq.id=4 mr.id=7 status=WR_FLUSH_ERR (5/0xf9)",
        "xprtrdma_mr_unmap: mr.id=7 nents=32 131072@0x00000000ffa00000:0x00001a03 (TO_DEVICE)"},
       1},
      {"5.16 or later",
       {"xprtrdma_mr_map: task:00000027@00000002 mr.id=7 nents=32 "
        "131072@0x00000000ffa00000:0x00001a03 (TO_DEVICE)",
        "xprtrdma_mr_fastreg: task:00000027@00000002 mr.id=7 nents=32 "
        "131072@0x00000000ffa00000:0x00001a03 (TO_DEVICE)",
        "xprtrdma_mr_unmap: mr.id=7 nents=32 131072@0x00000000ffa00000:0x00001a03 (TO_DEVICE)"},
       1},
      {"5.11 or later",
       {"xprtrdma_mr_map:       task_id=00000027 client_id=00000002 mr_id=7 nents=32 "
        "handle=0x00001a03 length=131072 offset=0xffa00000 dir=1",
        "xprtrdma_mr_unmap:     mr_id=7 nents=32 handle=0x00001a03 length=131072 "
        "offset=0xffa00000 dir=1"},
       1}};
  return all;
}

std::string text_of(const Age& age, const std::string& repeated = {}) {
  std::string text;
  unsigned time = 0;
  for (const std::string& event : age.events) {
    text += in_tracefs("12.00000" + std::to_string(time++), event);
  }
  if (!repeated.empty()) text += in_tracefs("12.000009", repeated);
  return text;
}

}  // namespace

TEST_CASE("every age is told by its formats, and an unmap finds its map") {
  for (const Age& age : ages()) {
    CAPTURE(age.range);
    const Part part = audited_part(text_of(age));
    CHECK(part.source.age().range == age.range);
    CHECK(part.source.events() == age.events.size());
    CHECK(part.source.unreadable() == 0);
    CHECK(part.counts.mrs == 1);
    CHECK(part.counts.maps == age.maps);
    CHECK(part.counts.unmaps == 1);
    CHECK(part.violations() == 0);
    // Without maps nothing can be said of the unmaps.
    CHECK(part.verdict() == (age.maps == 0 ? Verdict::undecided : Verdict::nothing_violated));
  }
}

TEST_CASE("a second unmap is found in every age, also where maps are not traced") {
  for (const Age& age : ages()) {
    CAPTURE(age.range);
    const Part part = audited_part(text_of(age, age.events.back()));
    REQUIRE(part.violations() == 1);
    for (const Finding& finding : part.findings) {
      if (finding.doubt != Doubt::none) continue;
      CHECK(finding.invariant == model::Invariant::double_unmap);
      CHECK(finding.shows.line == age.events.size() + 1);
      CHECK(finding.before.line == age.events.size());
    }
  }
}

TEST_CASE("an MR whose pointer the kernel does not print is known by its handle") {
  const std::string map =
      in_tracefs("1.0", "xprtrdma_mr_map: mr=(____ptrval____) 4096@0x1000:0x00001a03 (TO_DEVICE)");
  const std::string unmap = in_tracefs(
      "1.1", "xprtrdma_mr_unmap: mr=(____ptrval____) 4096@0x1000:0x00001a03 (TO_DEVICE)");
  CHECK(audited_part(map + unmap).violations() == 0);
  CHECK(audited_part(map + unmap + unmap).violations() == 1);
}

TEST_CASE("every layout is read as what it is") {
  const std::string map = "task:00000027@00000002 mr.id=7 nents=1 4@0x1000:0x00001a03 (TO_DEVICE)";
  const std::string unmap = "mr.id=7 nents=1 4@0x1000:0x00001a03 (TO_DEVICE)";
  const auto lines = [&](const std::string& before, const std::string& between,
                         const std::string& after = {}) {
    return before + "12.000001" + between + "xprtrdma_mr_map: " + map + after + "\n" + before +
           "12.000002" + between + "xprtrdma_mr_unmap: " + unmap + after + "\n";
  };
  const std::vector<std::pair<std::string, std::string>> all{
      {"tracefs trace", "# tracer: nop\n" + lines("  dd-918     [001] .....    ", ": ")},
      {"tracefs trace_pipe, or lines of trace without its header",
       lines("  dd-918     [001] .....    ", ": ")},
      {"tracefs trace_pipe, or lines of trace without its header",
       lines("  a - b [0] c-918   (    917)  [001] d.h1.    ", ": ")},
      {"trace-cmd report", "cpus=2\n" + lines("  dd-918   [001]   ", ": ")},
      {"trace-cmd report", lines("  dd 918 [001]   ", ": rpcrdma:")},  // perf script
      {"pasted lines", lines("", ": ")},
      {"pasted lines", lines("> ", ": ")},
      {"pasted lines", lines("  dd-918     1d....   ", ": ")},  // trace-cmd report -l
      {"tracefs trace_pipe, or lines of trace without its header",
       lines("  dd-918     [001] .....    ", ": ", "\r")},
      {"ftrace_dump of a console, mixed with a kernel's log",
       "[  10.1] Dumping ftrace buffer:\n[  10.2] dd-918       1d..1. 12000001us : "
       "xprtrdma_mr_map: " +
           map +
           "\n[  10.2] dd-918       1d..1. 12000002us!: "
           "xprtrdma_mr_unmap: " +
           unmap + "\n"},
      {"ftrace_dump of a console",
       "dd-918       1d..1. 12000001us : xprtrdma_mr_map: " + map +
           "\ndd-918       1d..1. 12000002us : xprtrdma_mr_unmap: " + unmap + "\n"},
  };
  for (const auto& [layout, text] : all) {
    CAPTURE(text);
    const Part part = audited_part(text);
    CHECK(part.source.layout() == layout);
    CHECK(part.counts.maps == 1);
    CHECK(part.counts.unmaps == 1);
    CHECK(part.verdict() == Verdict::nothing_violated);
    CHECK(part.source.first_time() == 12'000'001'000);
    CHECK(part.source.last_time() == 12'000'002'000);
  }
}

TEST_CASE("what a user writes into the trace is no event") {
  const Part part = audited_part(in_tracefs(
      "1.0", "tracing_mark_write: xprtrdma_mr_unmap: mr.id=7 nents=1 4@0x1000:0x00001a03 (NONE)"));
  CHECK(part.source.events() == 1);
  CHECK(part.counts.unmaps == 0);
}

TEST_CASE("what is missing is known by its sign") {
  const std::string map = in_tracefs(
      "1.0", "xprtrdma_mr_map: task:00000027@00000002 mr.id=7 nents=1 4@0x1000:0x00001a03 (NONE)");
  const std::string unmap =
      in_tracefs("1.1", "xprtrdma_mr_unmap: mr.id=7 nents=1 4@0x1000:0x00001a03 (NONE)");
  CHECK(audited_part(map + unmap).verdict() == Verdict::nothing_violated);
  for (const std::string sign :
       {"CPU:1 [LOST 795 EVENTS]\n", "CPU:1 [LOST EVENTS]\n", "CPU:1 [12 EVENTS DROPPED]\n",
        "[...]\n", "...\n", "--\n", "[  12.1] ** 33 printk messages dropped **\n",
        "# entries-in-buffer/entries-written: 2/3122   #P:2\n",
        "# entries-in-buffer/entries-written: 3/3   #P:2\n",
        "  dd-918 [001] .....  1.05: xprtrdma_mr_map: task:00000027@00000002 mr.id=9 nents=1 "
        "4@0x1\n"}) {
    CAPTURE(sign);
    const Part part = audited_part(map + sign + unmap);
    CHECK(part.verdict() == Verdict::undecided);
    CHECK(part.violations() == 0);
    CHECK_FALSE(part.source.is_complete());
  }
}

TEST_CASE("several traces in one text are audited one by one") {
  const std::string once =
      "# tracer: nop\n" +
      in_tracefs("1.0", "xprtrdma_mr_map: mr.id=7 nents=1 4@0x1000:0x00001a03 (TO_DEVICE)") +
      in_tracefs("1.1", "xprtrdma_mr_unmap: mr.id=7 nents=1 4@0x1000:0x00001a03 (TO_DEVICE)");
  const Audit audit = audited(once + once);
  REQUIRE(audit.parts.size() == 2);
  CHECK(audit.verdict() == Verdict::nothing_violated);
  CHECK(audit.parts[1].first_line == 4);
}

TEST_CASE("numbers too large, bytes that are none, and lines without an end are read") {
  const std::string huge(200'000, '9');
  const std::string map = "xprtrdma_mr_map: task:" + huge + "@" + huge + " mr.id=" + huge +
                          " nents=" + huge + " " + huge + "@0x" + huge + ":0x" + huge + " (NONE)";
  CHECK(audited_part("  dd-1 [" + huge + "] ..... " + huge + "." + huge + ": " + map + "\n")
            .violations() == 0);
  CHECK(audited(std::string(1'000'000, 'x')).cut_lines == 1);
  std::string zeros = "  dd-1 [001] ..... 1.0: xprtrdma_mr_map: mr.id=7 ";
  zeros += std::string(50, '\0') + "\n";
  CHECK(audited_part(zeros).source.unreadable() == 1);
  CHECK(audited_part("").verdict() == Verdict::no_trace);
  CHECK(audited_part("\n\n[    1.0] DMA-API: device driver tries\n").verdict() ==
        Verdict::no_trace);
  // 65536 bytes are given whole; the next line is the next one.
  const std::string full(tools::audit::LineReader::longest_line, 'x');
  const Audit whole = audited(full + "\n" + full + "y\n" + "z\n");
  CHECK(whole.cut_lines == 1);
  CHECK(whole.parts[0].source.lines() == 3);
}
