// SPDX-License-Identifier: MIT
//
// The ledger's rules, each with a trace that violates it and one that only just does not;
// and what cannot be decided is said to be so.
#include <array>
#include <map>

#include "tests/tools/audit/audited.h"

using namespace fixture;
using namespace tools::audit;
using model::Invariant;

namespace {

/// Lines of a trace, one registration of an MR after the other.
class Text {
 public:
  explicit Text(bool with_connect = true) {
    if (with_connect) connect("[192.0.2.1]:20049");
  }
  Text& connect(const std::string& peer) {
    return line("xprtrdma_op_connect: peer=" + peer + " delay=0")
        .line("xprtrdma_connect: peer=" + peer + " rc=0 connection status=1");
  }
  Text& disconnect(const std::string& peer = "[192.0.2.1]:20049") {
    return line("xprtrdma_disconnect: peer=" + peer + " rc=0 connection status=-103");
  }
  /// An event of a registration: "mr_map", "wc_li". The low byte of the handle is `count`.
  Text& mr(const std::string& event, unsigned count, unsigned id = 7, unsigned client = 1,
           bool failed = false) {
    char text[160];
    if (event.starts_with("wc")) {
      std::snprintf(text, sizeof text, "cq.id=1 mr.id=%u status=%s (%u/0x0)", id,
                    failed ? "WR_FLUSH_ERR" : "SUCCESS", failed ? 5 : 0);
    } else {
      std::snprintf(text, sizeof text, "%smr.id=%u nents=1 4096@0x%08x%08x:0x%06x%02x (TO_DEVICE)",
                    event == "mr_unmap"
                        ? ""
                        : ("task:00000005@0000000" + std::to_string(client) + " ").c_str(),
                    id, count + 0x10 * client, 0x1000 * id, id, count & 0xff);
    }
    return line("xprtrdma_" + event + ": " + text);
  }
  Text& line(const std::string& event) {
    char head[80];
    std::snprintf(head, sizeof head, "  kworker/%d:1-%d [%03d] ..... %8.6f: ", cpu_, 10 + cpu_,
                  cpu_, time_);
    text_ += head + event + "\n";
    ++lines_;
    time_ += step_;
    return *this;
  }
  Text& raw(const std::string& text) {
    text_ += text + "\n";
    ++lines_;
    return *this;
  }
  Text& cpu(int number) {
    cpu_ = number;
    return *this;
  }
  Text& step(double seconds) {
    step_ = seconds;
    return *this;
  }
  Text& whole(unsigned count, unsigned id = 7, unsigned client = 1) {
    for (const char* event : {"mr_map", "mr_fastreg", "mr_localinv", "wc_li", "mr_unmap"}) {
      mr(event, count, id, client);
    }
    return *this;
  }
  [[nodiscard]] std::uint64_t lines() const { return lines_; }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string text_{};
  std::uint64_t lines_ = 0;
  double time_ = 1;
  double step_ = 0.001;
  int cpu_ = 0;
};

/// The only finding.
Finding only(const Text& text) {
  const Part part = audited_part(text.text());
  INFO(text.text());
  REQUIRE(part.findings.size() == 1);
  return part.findings[0];
}

void check_clean(const Text& text) {
  const Part part = audited_part(text.text());
  INFO(text.text());
  CHECK(part.findings.empty());
  CHECK(part.verdict() == Verdict::nothing_violated);
}

}  // namespace

TEST_CASE("the ways of a mapping that happen are no violation") {
  check_clean(Text().whole(1).whole(2).whole(3));
  check_clean(Text().mr("mr_map", 1).mr("mr_unmap", 1));                      // marshaling failed
  check_clean(Text().mr("mr_map", 1).mr("mr_fastreg", 1).mr("mr_unmap", 1));  // lost
  check_clean(Text().mr("mr_map", 1).mr("mr_fastreg", 1).mr("mr_reminv", 1).mr("mr_unmap", 1));
  check_clean(
      Text().mr("mr_map", 1).mr("mr_fastreg", 1).mr("wc_fastreg", 1, 7, 1, true).mr("mr_unmap", 1));
  // FASTREG and LOCAL_INV share a completion entry: two failed ones, alike.
  check_clean(Text()
                  .mr("mr_map", 1)
                  .mr("mr_fastreg", 1)
                  .mr("mr_localinv", 1)
                  .mr("wc_li", 1, 7, 1, true)
                  .mr("wc_li", 1, 7, 1, true)
                  .mr("mr_unmap", 1));
}

TEST_CASE("the low byte of a handle counts around") {
  Text text;
  for (unsigned count = 250; count < 262; ++count) text.whole(count & 0xff);
  check_clean(text);
}

TEST_CASE("double unmap") {
  Text text;
  text.whole(1).mr("mr_unmap", 1);
  const Finding finding = only(text);
  CHECK(finding.invariant == Invariant::double_unmap);
  CHECK(finding.doubt == Doubt::none);
  CHECK(finding.shows.line == text.lines());
  CHECK(finding.before.line == text.lines() - 1);
  CHECK(finding.history.size() == 6);
}

TEST_CASE("an unmap of a registration long ago is a double unmap") {
  Text text;
  for (unsigned count = 1; count < 20; ++count) text.whole(count);
  text.mr("mr_unmap", 3);
  const Finding finding = only(text);
  CHECK(finding.invariant == Invariant::double_unmap);
  CHECK(finding.shows.line == text.lines());
}

TEST_CASE("unmap of what was never mapped") {
  Text text;
  text.whole(1).mr("mr_unmap", 2);
  const Finding finding = only(text);
  CHECK(finding.invariant == Invariant::unmap_never_mapped);
  CHECK(finding.doubt == Doubt::none);
  CHECK(finding.shows.line == text.lines());
  // At the beginning of a text that begins in mid-flight nobody knows.
  CHECK(only(Text(false).mr("mr_unmap", 2).whole(3)).doubt == Doubt::beginning);
  // Its map after it is proof, whenever the text begins.
  const Finding late = only(Text(false).mr("mr_unmap", 2).mr("mr_map", 2).whole(3));
  CHECK(late.doubt == Doubt::none);
  CHECK(late.shows.line == 1);
  CHECK(late.after.line == 2);
}

TEST_CASE("map over a live mapping") {
  Text text;
  text.whole(1).mr("mr_map", 2).whole(3);
  const Finding finding = only(text);
  CHECK(finding.invariant == Invariant::map_over_live_mapping);
  CHECK(finding.doubt == Doubt::none);
  CHECK(finding.shows.line == text.lines() - 4);
  CHECK(finding.before.line == text.lines() - 5);
  // The same registration again.
  const Finding again = only(Text().mr("mr_map", 1).mr("mr_map", 1).mr("mr_unmap", 1).whole(2));
  CHECK(again.invariant == Invariant::map_over_live_mapping);
  CHECK(again.shows.line == 4);
}

TEST_CASE("leaked at the end, if what it was mapped for is over") {
  // Mapped where the text ends is nothing but that.
  CHECK(only(Text().whole(1).mr("mr_map", 2)).doubt == Doubt::ending);
  // Its task sends another request.
  Text other;
  other.whole(1)
      .mr("mr_map", 2)
      .line(
          "xprtrdma_marshal: task:00000005@00000001 xid=0x00000099 hdr=28 xdr=80/0/0 "
          "pullup/inline");
  const Finding sent = only(other);
  CHECK(sent.invariant == Invariant::leaked_mapping);
  CHECK(sent.doubt == Doubt::none);
  CHECK(sent.shows.line == other.lines() - 1);
  // The same request is sent again: nothing is over.
  CHECK(
      only(Text()
               .whole(1)
               .mr("mr_map", 2)
               .line(
                   "xprtrdma_marshal: task:00000005@00000001 xid=0x00000012 hdr=28 xdr=80/0/0 x/y"))
          .doubt == Doubt::ending);
  // The connection is gone and another is there.
  const Finding gone =
      only(Text().whole(1).mr("mr_map", 2).disconnect().connect("[192.0.2.1]:20049"));
  CHECK(gone.invariant == Invariant::leaked_mapping);
  CHECK(gone.doubt == Doubt::none);
  // Of two connections one is gone: which is not said.
  CHECK(only(Text()
                 .connect("[192.0.2.1]:20049")
                 .whole(1)
                 .mr("mr_map", 2)
                 .disconnect()
                 .connect("[192.0.2.1]:20049"))
            .doubt == Doubt::ending);
}

TEST_CASE("completion after unmap, and of what was not posted") {
  Text text;
  text.whole(1).mr("wc_li", 1);
  const Finding finding = only(text);
  CHECK(finding.invariant == Invariant::stale_completion);
  CHECK(finding.doubt == Doubt::none);
  CHECK(finding.before.kind == EventKind::unmap);
  Text early;
  early.whole(1)
      .mr("mr_map", 2)
      .mr("mr_fastreg", 2)
      .mr("wc_li", 2)
      .mr("mr_localinv", 2)
      .mr("mr_unmap", 2);
  CHECK(only(early).invariant == Invariant::stale_completion);
  CHECK(only(early).shows.line == early.lines() - 2);
}

TEST_CASE("an MR used after it was given up") {
  CHECK(only(Text().whole(1).mr("mr_fastreg", 1)).invariant == Invariant::fastreg_on_live_mr);
  CHECK(only(Text().whole(1).mr("mr_localinv", 1)).invariant == Invariant::use_after_free);
  CHECK(only(Text()
                 .whole(1)
                 .mr("mr_map", 2)
                 .mr("mr_localinv", 2)
                 .mr("mr_fastreg", 2)
                 .mr("mr_unmap", 2))
            .invariant == Invariant::fastreg_on_live_mr);
}

TEST_CASE("one fault is told once") {
  // The unmap stands before the map, and all between is odd for that reason.
  Text text;
  text.whole(1)
      .mr("mr_unmap", 2)
      .mr("mr_fastreg", 2)
      .mr("mr_localinv", 2)
      .mr("wc_li", 2)
      .mr("mr_map", 2);
  const Finding finding = only(text.whole(3));
  CHECK(finding.invariant == Invariant::unmap_never_mapped);
  CHECK(finding.follow_ups.size() == 3);
}

TEST_CASE("where events may be missing in between nothing is decided by their absence") {
  const std::string lost = "CPU:1 [LOST 3 EVENTS]";
  CHECK(only(Text().whole(1).mr("mr_map", 2).raw(lost).whole(3)).doubt == Doubt::lost);
  CHECK(only(Text().whole(1).raw("[...]").mr("mr_unmap", 2)).doubt == Doubt::lost);
  CHECK(only(Text().raw("[...]").whole(1).mr("mr_unmap", 2)).doubt == Doubt::none);
  CHECK(only(Text().whole(1).raw(lost).mr("wc_li", 1)).doubt == Doubt::lost);
  // What stands there twice stands there twice.
  CHECK(only(Text().whole(1).raw(lost).mr("mr_unmap", 1)).doubt == Doubt::none);
}

TEST_CASE("a handle that skips a number says that events are missing") {
  const Part part = audited_part(Text().whole(1).whole(3).text());
  CHECK(part.findings.empty());
  CHECK(part.skipped_registrations == 1);
  CHECK(part.verdict() == Verdict::undecided);
  // MRs that were made since are others.
  check_clean(
      Text().whole(1).line("xprtrdma_createmrs: peer=[192.0.2.1]:20049 created 3 MRs").whole(3));
}

TEST_CASE("what is not traced is not missed") {
  // No unmaps at all, or no maps at all.
  const Part maps = audited_part(Text().mr("mr_map", 1).mr("mr_map", 2).mr("mr_map", 3).text());
  CHECK(maps.violations() == 0);
  CHECK(maps.verdict() == Verdict::undecided);
  const Part unmaps = audited_part(Text().mr("mr_unmap", 1).mr("mr_unmap", 2).text());
  CHECK(unmaps.violations() == 0);
  CHECK(unmaps.verdict() == Verdict::undecided);
  // Completions without posts.
  Text text;
  for (unsigned count = 1; count < 5; ++count) {
    text.mr("mr_map", count).mr("wc_li", count).mr("mr_unmap", count);
  }
  check_clean(text);
}

TEST_CASE("two devices have MRs of the same number") {
  Text text;
  text.connect("[198.51.100.1]:20049");
  text.mr("mr_map", 1, 7, 1)
      .mr("mr_map", 100, 7, 2)
      .mr("mr_fastreg", 100, 7, 2)
      .mr("mr_fastreg", 1, 7, 1);
  text.mr("mr_localinv", 1, 7, 1).mr("mr_localinv", 100, 7, 2).mr("wc_li", 0).mr("wc_li", 0);
  text.mr("mr_unmap", 1, 7, 1).mr("mr_unmap", 100, 7, 2);
  text.whole(2, 7, 1).whole(101, 7, 2);
  check_clean(text);
  // A fault of one of them is found all the same.
  const Finding finding = only(text.mr("mr_unmap", 101, 7, 2));
  CHECK(finding.invariant == Invariant::double_unmap);
}

TEST_CASE("one MR or two, if only the number says so, is undecided") {
  Text text;
  text.mr("mr_map", 1).mr("mr_map", 100).mr("mr_unmap", 1);
  const Part part = audited_part(text.text());
  CHECK(part.violations() == 0);
  CHECK(part.verdict() == Verdict::undecided);
}

TEST_CASE("two CPUs whose times do not order two events decide nothing") {
  Text text;
  text.whole(1).step(0).cpu(0).mr("mr_map", 2).mr("mr_fastreg", 2).mr("mr_localinv", 2);
  text.mr("mr_unmap", 2).cpu(1).mr("wc_li", 2);
  CHECK(only(text).doubt == Doubt::clock);
  // On one CPU the order of lines is that of events.
  Text same;
  same.whole(1).step(0).mr("mr_map", 2).mr("mr_fastreg", 2).mr("mr_localinv", 2);
  same.mr("mr_unmap", 2).mr("wc_li", 2);
  CHECK(only(same).doubt == Doubt::none);
}

TEST_CASE("the events of one CPU of several decide nothing by what is not there") {
  Text text;
  text.raw("# entries-in-buffer/entries-written: 9/9   #P:4");
  text.whole(1).mr("mr_map", 2).mr("mr_map", 3);
  const Part part = audited_part(text.text());
  CHECK(part.violations() == 0);
  CHECK(part.findings.at(0).doubt == Doubt::one_cpu);
}

TEST_CASE("memory is bounded: MRs that are not mapped are forgotten") {
  Text text;
  for (unsigned id = 1; id < 40'000; ++id) text.mr("mr_map", 1, id).mr("mr_unmap", 1, id);
  check_clean(text);
}
