// SPDX-License-Identifier: MIT
//
// Scenario files that are broken in every way we could think of.
//
// Each must be refused as a whole, with the place and what was expected there;
// none may crash the program or make it hang. Ranges in the expectations are
// those of the world (model/world.h) and of the scenario format.
#include <random>
#include <regex>

#include "model/world.h"
#include "tests/program/program_fixture.h"

using namespace fixture;
using Catch::Matchers::Contains;
using nlohmann::json;

namespace {

/// The complaint about a scenario file with that content. Every command that
/// reads scenarios must say the same.
std::string refused(const std::string& content) {
  const Scratch scratch;
  const std::string file = scratch.write("bad.json", content);
  std::string message = complaint({"validate", file});
  CHECK_THAT(message, Contains(file));
  CHECK(complaint({"run", file}) == message);
  CHECK(complaint({"hunt", file, "--seeds", "1..2"}) == message);
  CHECK(complaint({"replay", file, "--schedule", "1:00000000:"}) == message);
  return message;
}

/// The complaint about the small scenario with one value replaced or added.
std::string refused_with(const json::json_pointer& place, const json& value) {
  json document = small_scenario();
  document[place] = value;
  INFO(place.to_string() << " = " << value.dump(-1, ' ', true).substr(0, 100));
  return refused(document.dump());
}

std::string range(unsigned lowest, unsigned highest) {
  return "integer from " + std::to_string(lowest) + " to " + std::to_string(highest);
}

std::string nested(const std::string& open, const std::string& close, unsigned levels) {
  std::string text;
  for (unsigned i = 0; i < levels; ++i) text += open;
  text += "1";
  for (unsigned i = 0; i < levels; ++i) text += close;
  return text;
}

}  // namespace

TEST_CASE("the small scenario itself is accepted", "[sanitized]") {
  const Scratch scratch;
  CHECK(run({"validate", scratch.write("small.json", small_scenario().dump())}).exit_code == 0);
}

TEST_CASE("malformed JSON is refused with line and column", "[sanitized]") {
  struct Case {
    std::string text;
    int line;
    int first_column;  // of what cannot be right there ...
    int last_column;   // ... and the column after it
  };
  const std::vector<Case> cases{
      {"{\n \"a\": 1,\n \"b\" 2\n}", 3, 6, 7},
      {"{\n \"a\": 1,\n \"b\" 2 }\n", 3, 6, 7},
      {"{\n\"a\": tru\n}", 2, 6, 9},
      {"[1,\n2,\n]", 3, 1, 2},
      {"{} x", 1, 4, 5},
      {"{}\n{}", 2, 1, 2},
      {"{\"a\": 01}", 1, 8, 9},
      {"{\"a\": 1,}", 1, 9, 10},
      {"{'a': 1}", 1, 2, 3},
      {"// no comments\n{}", 1, 1, 3},
      {"{\"a\": NaN}", 1, 7, 10},
      {"{\"a\": -}", 1, 7, 9},
      {"{\"a\": \"\\x\"}", 1, 8, 10},
      {"{\"a\": \"\\ud800\"}", 1, 8, 16},
      {"{\n\n\n  {}: 1}", 4, 3, 4},
      {"}", 1, 1, 2},
  };
  const std::regex place("line ([0-9]+), column ([0-9]+)");
  for (const Case& c : cases) {
    CAPTURE(c.text);
    const std::string message = refused(c.text);
    std::smatch found;
    INFO(message);
    REQUIRE(std::regex_search(message, found, place));
    CHECK(std::stoi(found[1]) == c.line);
    CHECK(std::stoi(found[2]) >= c.first_column);
    CHECK(std::stoi(found[2]) <= c.last_column);
  }
  CHECK_THAT(refused("   \n \n"), Contains("line ") && Contains("column "));
}

TEST_CASE("every truncation of a scenario is refused", "[sanitized]") {
  const std::string whole = content_of(scenario_dir / "upstream-report.json");
  const auto last = whole.rfind('}');
  const Scratch scratch;
  for (std::size_t length = 1; length <= last; length += length < 40 ? 1 : 17) {
    CAPTURE(length);
    const std::string message =
        complaint({"validate", scratch.write("cut.json", whole.substr(0, length))});
    CHECK_THAT(message, Contains("line ") && Contains("column "));
  }
}

TEST_CASE("files that hold no text at all", "[sanitized]") {
  CHECK_THAT(refused(""), Contains("is empty"));
  CHECK_THAT(refused(std::string(100, '\0')), Contains("line 1, column 1"));
  std::string binary;
  std::mt19937 random(1);
  for (int i = 0; i < 5000; ++i) binary += static_cast<char>(random() & 0xff);
  CHECK_THAT(refused("\x7f"
                     "ELF" +
                     binary),
             Contains("line 1, column 1"));
  CHECK_THAT(refused(std::string((1 << 20) + 1, ' ')), Contains("larger than"));
}

TEST_CASE("invalid UTF-8 is refused wherever it stands", "[sanitized]") {
  for (const std::string bytes : {"\xff", "\xc3", "\xc0\xaf", "\xed\xa0\x80", "\xf5\x80\x80\x80"}) {
    CHECK_THAT(refused("{\"title\": \"" + bytes + "\"}"), Contains("line 1"));
    CHECK_THAT(refused("{\"" + bytes + "\": 1}"), Contains("line 1"));
    CHECK_THAT(refused(bytes + "{}"), Contains("line 1"));
    // Not even where it looks like the end of the parser's own message.
    CHECK_THAT(refused("{\"'; expected " + bytes + "\": 1}"), Contains("line 1"));
  }
}

TEST_CASE("things that are not readable files", "[sanitized]") {
  const Scratch scratch;
  for (const char* command : {"validate", "run", "hunt", "replay"}) {
    CHECK_THAT(complaint({command, scratch.path("missing.json")}), Contains("no such file"));
    CHECK_THAT(complaint({command, scratch.path("no/such/dir.json")}), Contains("no such file"));
    CHECK_THAT(complaint({command, scratch.path(".")}), Contains("directory"));
    CHECK_THAT(complaint({command, "/dev/null"}), Contains("is empty"));
    const std::string empty = scratch.write("empty.json", "");
    CHECK_THAT(complaint({command, empty}), Contains(empty) && Contains("is empty"));
  }
  CHECK_THAT(complaint({"validate", "/dev/zero"}), Contains("larger than"));
}

TEST_CASE("a key that stands twice is refused, in whatever object", "[sanitized]") {
  const std::string text = small_scenario().dump();
  CHECK_THAT(refused("{\"mr_pool\": 4," + text.substr(1)), Contains("'mr_pool' twice"));
  std::string inner = text;
  inner.replace(inner.find("\"count\":1"), 9, "\"count\":1,\"count\":2");
  CHECK_THAT(refused(inner), Contains("'count' twice"));
}

TEST_CASE("an unknown key is refused with its JSON pointer and the nearest known one",
          "[sanitized]") {
  const auto unknown = [](const json::json_pointer& place, const std::string& pointer) {
    std::string message = refused_with(place, 1);
    CHECK_THAT(message, Contains(" " + pointer + ": unknown key"));
    return message;
  };
  CHECK_THAT(unknown("/mr_poool"_json_pointer, "/mr_poool"), Contains("'mr_pool'"));
  CHECK_THAT(unknown("/budget"_json_pointer, "/budget"), Contains("'budgets'"));
  CHECK_THAT(unknown("/rpcs/0/read_lst"_json_pointer, "/rpcs/0/read_lst"), Contains("'read_list'"));
  CHECK_THAT(unknown("/losses/wen"_json_pointer, "/losses/wen"), Contains("'when'"));
  CHECK_THAT(unknown("/budgets/reconnect"_json_pointer, "/budgets/reconnect"),
             Contains("'reconnects'"));
  CHECK_THAT(unknown("/faults/dma-map"_json_pointer, "/faults/dma-map"), Contains("'dma_map'"));
  CHECK_THAT(unknown("/faults/drain-marker"_json_pointer, "/faults/drain-marker"),
             Contains("'drain_marker'"));
  CHECK_THAT(unknown("/invariants/double_unmap"_json_pointer, "/invariants/double_unmap"),
             Contains("'double-unmap'"));
  CHECK_THAT(unknown("/refresh/time"_json_pointer, "/refresh/time"), Contains("'times'"));
  // A policy, which is no key of the format.
  CHECK_THAT(refused_with("/expect/leave-register"_json_pointer, "exhausted"),
             Contains(": /expect/leave-register: there is no policy 'leave-register'; did you mean "
                      "'leave-registered'?"));
  // Nothing near: what there is.
  CHECK_THAT(unknown("/losses/qqqqqqqqqqqqq"_json_pointer, "/losses/qqqqqqqqqqqqq"),
             Contains("count, when, rpc"));
  // RFC 6901: '/' is ~1 and '~' is ~0.
  unknown(json::json_pointer("/a~1b~0c"), "/a~1b~0c");
  unknown(json::json_pointer("/"), "/");
  // A key may be hostile: the complaint stays a line that a terminal can show.
  refused_with(json::json_pointer("/a\nfrwrsim: all is well\x1b[2J"), 1);
  // U+009B is ESC [ in one character; U+00E9 is a letter.
  CHECK_THAT(refused_with(json::json_pointer("/\xc2\x9bJ\xc3\xa9"), 1),
             Contains("/\\xc2\\x9bJ\xc3\xa9: "));
  refused_with(json::json_pointer("/" + std::string(100'000, 'k')), 1);
}

TEST_CASE("a key that is missing is named", "[sanitized]") {
  for (const char* key : {"rpcs", "mr_pool"}) {
    json document = small_scenario();
    document.erase(key);
    CHECK_THAT(refused(document.dump()), Contains("'" + std::string(key) + "' is missing"));
  }
  for (const char* place : {"/rpcs/0/name", "/losses/count", "/losses/when", "/losses/rpc"}) {
    const json::json_pointer pointer(place);
    json document = small_scenario();
    document.at(pointer.parent_pointer()).erase(pointer.back());
    CHECK_THAT(refused(document.dump()),
               Contains(": " + pointer.parent_pointer().to_string() + ": ") &&
                   Contains("'" + pointer.back() + "' is missing"));
  }
  CHECK_THAT(refused_with("/refresh"_json_pointer, {{"batch", 1}}), Contains("'times' is missing"));
  CHECK_THAT(refused_with("/refresh"_json_pointer, {{"times", 1}}), Contains("'batch' is missing"));
}

TEST_CASE("numbers out of range and of the wrong kind: the range is named", "[sanitized]") {
  struct Bound {
    const char* place;
    unsigned lowest;
    unsigned highest;
  };
  const std::vector<Bound> bounds{
      {"/mr_pool", 1, model::max_mrs},
      {"/rpcs/0/read_list", 0, model::max_segments},
      {"/rpcs/0/write_list", 0, model::max_segments},
      {"/rpcs/0/reply_chunk", 0, model::max_segments},
      {"/losses/count", 0, 4},
      {"/faults/dma_map", 0, 4},
      {"/faults/map_mr_sg", 0, 4},
      {"/faults/prepare_send", 0, 4},
      {"/faults/reset", 0, 4},
      {"/faults/drain_marker", 0, 4},
      {"/faults/signal", 0, 4},
      {"/faults/timeout", 0, 4},
      {"/budgets/retransmissions", 0, 20},
      {"/budgets/enobufs_retries", 0, 20},
      {"/budgets/reconnects", 0, 20},
      {"/segment_pages", 1, 256},
  };
  for (const Bound& bound : bounds) {
    const json::json_pointer place(bound.place);
    std::vector<json> values{-1,
                             1.5,
                             "1",
                             nullptr,
                             true,
                             json::array(),
                             1e30,
                             1e-300,
                             INT64_MIN,
                             bound.highest + 1u,
                             UINT64_MAX,
                             json::object(),
                             256u + bound.lowest,
                             (std::uint64_t{1} << 32) + 1};
    if (bound.lowest > 0) values.emplace_back(bound.lowest - 1);
    for (const json& value : values) {
      if (value.is_number_unsigned() && value <= bound.highest && value >= bound.lowest) continue;
      CHECK_THAT(refused_with(place, value), Contains(": " + std::string(bound.place) + ": ") &&
                                                 Contains(range(bound.lowest, bound.highest)));
    }
  }
  // As text, because a JSON library would not write these.
  const auto pool_of = [](const std::string& number) {
    std::string text = small_scenario().dump();
    text.replace(text.find("\"mr_pool\":3"), 11, "\"mr_pool\":" + number);
    CAPTURE(number);
    return refused(text);
  };
  for (const char* number : {"99999999999999999999999", "3.0", "-0", "3e0", "1e-999"}) {
    CHECK_THAT(pool_of(number), Contains("/mr_pool: ") && Contains(range(1, model::max_mrs)));
  }
  // Not even a double: the reader of JSON gives up before we see a value.
  for (const char* number : {"1e999", "-1e999"}) {
    CHECK_THAT(pool_of(number), Contains("number"));
  }
}

TEST_CASE("values of the wrong type or outside their list", "[sanitized]") {
  const auto one_of = [](const char* place, const json& value, const std::string& known) {
    CHECK_THAT(refused_with(json::json_pointer(place), value),
               Contains(": " + std::string(place) + ": ") && Contains(known));
  };
  one_of("/provider", "rejct", "did you mean 'reject'?");
  one_of("/provider", 1, "reject, flush");
  one_of("/format", "frwrsim-scenario/2", "frwrsim-scenario/1");
  one_of("/losses/when", "before_send", "did you mean 'before-send'?");
  one_of("/guards/0", "enobufs-dealy", "did you mean 'enobufs-delay'?");
  one_of("/guards/0", nullptr, "enobufs-delay");
  one_of("/guards/0", "reconnect-dealy", "did you mean 'reconnect-delay'?");
  one_of("/iova", "reused", "did you mean 'reuse'?");
  one_of("/iova", 1, "fresh, reuse");
  one_of("/detect", "dma_api", "did you mean 'dma-api'?");
  one_of("/detect", nullptr, "ledger, dma-api");
  one_of("/invariants/double-unmap", "none", "off, observed, fatal");
  one_of("/invariants/use-after-free", true, "off, observed, fatal");
  one_of("/expect/leave-registered", "none_found", "violated, exhausted, bound_reached");
  one_of("/rpcs/0/async", 1, "true or false");
  one_of("/rpcs/0/async", "yes", "true or false");
  for (const char* array : {"/rpcs", "/about", "/guards"}) one_of(array, "x", "expected an array");
  for (const char* array : {"/rpcs", "/about"}) one_of(array, json::array(), "found 0");
  for (const char* object :
       {"/rpcs/0", "/losses", "/budgets", "/faults", "/refresh", "/expect", "/invariants"}) {
    one_of(object, 5, "expected an object");
    one_of(object, json::array(), "expected an object");
  }
  for (const char* text : {"/title", "/rpcs/0/name", "/about/0"}) {
    one_of(text, 5, "expected a string");
    one_of(text, "", "1 to ");
    one_of(text, std::string(1001, 'x'), "1 to ");
  }
  // Titles and names go to terminals.
  for (const char* text : {"/title", "/rpcs/0/name", "/about/0"}) {
    for (const char* control : {"\x1b[2J", "two\nlines", "\x7f", "\xc2\x9bJ"}) {
      one_of(text, control, "control character");
    }
  }
  one_of("/$schema", 5, "expected a string");
  for (const char* root : {"[]", "5", "null", "\"text\"", "true"}) {
    CHECK_THAT(refused(root), Contains("expected an object"));
  }
}

TEST_CASE("rules that tie several values together", "[sanitized]") {
  json rpc = small_scenario().at("rpcs").at(0);
  rpc["write_list"] = 4;
  rpc["reply_chunk"] = 3;
  CHECK_THAT(refused_with("/rpcs/0"_json_pointer, rpc),
             Contains("/rpcs/0: ") && Contains("9 segments") &&
                 Contains("at most " + std::to_string(model::max_segments)));
  const auto rpcs = [](std::initializer_list<json> list) {
    return refused_with("/rpcs"_json_pointer, json(json::array_t(list)));
  };
  const json a{{"name", "write"}, {"read_list", 1}};
  CHECK_THAT(rpcs({a, a}), Contains("/rpcs/1/name: ") && Contains("two RPCs are called 'write'"));
  CHECK_THAT(rpcs({a, {{"name", "b"}}, {{"name", "c"}}, {{"name", "d"}}}),
             Contains("/rpcs: ") && Contains("1 to " + std::to_string(model::max_rpcs)));
  // "after" names an earlier RPC: not oneself, not a later one, not nobody.
  CHECK_THAT(rpcs({a, {{"name", "b"}, {"after", "b"}}}), Contains("/rpcs/1/after: "));
  CHECK_THAT(rpcs({{{"name", "write"}, {"after", "b"}}, {{"name", "b"}}}),
             Contains("/rpcs/0/after: "));
  CHECK_THAT(rpcs({a, {{"name", "b"}, {"after", "wriet"}}}),
             Contains("/rpcs/1/after: ") && Contains("did you mean 'write'?"));
  CHECK_THAT(refused_with("/losses/rpc"_json_pointer, "raed"),
             Contains("/losses/rpc: ") && Contains("write"));
  CHECK_THAT(refused_with("/losses/when"_json_pointer, "any-time"),
             Contains("/losses/rpc: ") && Contains("before-send"));
  // DMA-API debugging knows addresses only: it tells nothing where none is used again.
  CHECK_THAT(refused_with("/detect"_json_pointer, "dma-api"),
             Contains("/detect: ") && Contains("\"iova\": \"reuse\""));
  // A walk that was led off its list has nowhere to go on; where nothing can move
  // there is no step in which to observe.
  for (const char* severity : {"off", "observed"}) {
    CHECK_THAT(
        refused_with("/invariants/mr-on-one-list"_json_pointer, severity),
        Contains("/invariants/mr-on-one-list: ") && Contains("'" + std::string(severity) + "'"));
  }
  for (const char* invariant : {"leaked-mapping", "rpc-finishes"}) {
    const json::json_pointer place("/invariants/" + std::string(invariant));
    CHECK_THAT(
        refused_with(place, "observed"),
        Contains(": /invariants/" + std::string(invariant) + ": ") && Contains("'observed'"));
  }
  // An idealisation holds or not; a second time is a slip of the pen.
  CHECK_THAT(refused_with("/guards"_json_pointer,
                          {"reply-pins-request", "enobufs-delay", "reply-pins-request"}),
             Contains("/guards/2: ") && Contains("'reply-pins-request' is given twice"));
  // Each segment takes an MR, and nothing adds the second one.
  CHECK_THAT(refused_with("/mr_pool"_json_pointer, 1),
             Contains("/mr_pool: ") && Contains("2 segments") && Contains("at least 2"));
  CHECK_THAT(rpcs({a, {{"name", "b"}, {"read_list", 1}, {"write_list", 1}, {"reply_chunk", 2}}}),
             Contains("/mr_pool: ") && Contains("4 segments") && Contains("never more than 3"));
  // Both names of one policy.
  CHECK_THAT(refused_with("/expect"_json_pointer,
                          {{"fix", "exhausted"}, {"leave-registered", "exhausted"}}),
             Contains("/expect/leave-registered: ") && Contains("'fix'"));
  CHECK_THAT(refused_with("/expect"_json_pointer, {{"fixx", "exhausted"}}),
             Contains("/expect/fixx: ") && Contains("did you mean 'fix'?"));
  // 3 + 5 * 2 = 13 MRs
  CHECK_THAT(refused_with("/refresh"_json_pointer, {{"batch", 5}, {"times", 2}}),
             Contains("/refresh: ") && Contains("13 MRs") &&
                 Contains("at most " + std::to_string(model::max_mrs)));
}

TEST_CASE("deep nesting does not exhaust the stack", "[sanitized]") {
  constexpr unsigned levels = 100'000;
  const std::string arrays = nested("[", "]", levels);
  const std::string objects = nested("{\"a\":", "}", levels);
  const std::string text = small_scenario().dump();
  for (const std::string& deep : {arrays, objects}) {
    for (const std::string& document :
         {deep, deep.substr(0, deep.find('1')), "{\"about\":" + deep + "," + text.substr(1),
          "{\"title\":" + deep + "}", "{\"unknown\":" + deep + "," + text.substr(1)}) {
      const Scratch scratch;
      const std::string file = scratch.write("deep.json", document);
      CAPTURE(document.substr(0, 30));
      complaint({"validate", file});
      complaint({"replay", file});
    }
  }
}

TEST_CASE("scenarios with random damage are accepted or refused, nothing else", "[sanitized]") {
  const std::string whole = content_of(scenario_dir / "two-rpcs.json");
  std::mt19937 random(20'160'601);
  const Scratch scratch;
  for (int i = 0; i < 400; ++i) {
    std::string text = whole;
    for (int changes = 1 + i % 3; changes > 0; --changes) {
      const auto at = random() % text.size();
      switch (random() % 4) {
        case 0:
          text[at] = static_cast<char>(random() & 0xff);
          break;
        case 1:
          text.erase(at, 1 + random() % 8);
          break;
        case 2:
          text.insert(at, 1, "{}[]\",:0129e-.x"[random() % 15]);
          break;
        default:
          text.insert(at, text.substr(random() % text.size(), random() % 20));
      }
    }
    const Result result = run({"validate", scratch.write("damaged.json", text)});
    CAPTURE(i);
    CHECK(result.signal == 0);
    if (result.exit_code != 0) check_refusal(result);
  }
}
