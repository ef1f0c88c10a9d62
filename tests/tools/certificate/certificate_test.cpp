// SPDX-License-Identifier: MIT
//
// A genuine certificate is verified, a damaged one is unusable, a lie is refuted.
//
// Lies are told with a right checksum: a certificate is taken apart here, changed,
// and put together again, by code that shares nothing with the checker's. The
// cleverest one, Book::mend, makes everything else consistent with the lie, so
// that only the claim that was really broken can give it away.
#include "tools/certificate/certificate.h"

#include <algorithm>
#include <boost/multiprecision/cpp_int.hpp>
#include <functional>
#include <map>

#include "model/policy.h"
#include "model/race_model.h"
#include "model/scenario/scenario.h"
#include "sim/questions/interleavings.h"
#include "sim/questions/topological_order.h"
#include "sim/search/explorer.h"
#include "tests/program/program_fixture.h"
#include "tools/certificate/certificate_format.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

using namespace fixture;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;
using model::RaceModel;
using model::World;
using nlohmann::json;
using sim::BigInt;

namespace {

const std::string checker = FRWRSIM_CHECKER;
/// A few states and nothing violated; violations, cuts, and every kind of label.
const std::string harmless = "no-loss";
const std::string buggy = "pool-exhaustion";

/// What the search of a scenario found, with what its certificate is made of.
struct Searched {
  model::Scenario scenario;
  std::string policy;
  RaceModel race;
  sim::Exploration<RaceModel> found;
  sim::TopologicalOrder order;

  Searched(const model::Scenario& what, const std::string& policy_name)
      : scenario(what),
        policy(model::find_policy(policy_name)->name),
        race(scenario.with_policy(model::find_policy(policy_name)->policy)),
        found(sim::explore(race)),
        order(std::get<sim::TopologicalOrder>(sim::topological_order(found.graph))) {}
  Searched(const std::string& name, const std::string& policy_name)
      : Searched(model::load_scenario((scenario_dir / (name + ".json")).string()), policy_name) {}

  [[nodiscard]] std::string certificate() const {
    const Scratch scratch;
    const std::string path = scratch.path("certificate");
    tools::write_certificate(scenario, policy, found, order, path);
    CHECK(scratch.names() == std::vector<std::string>{"certificate"});
    return content_of(path);
  }
};

Result check(const std::string& certificate) {
  static const Scratch scratch;
  return run({scratch.write("certificate", certificate)}, {.program = checker});
}

void check_unusable(const std::string& certificate, const std::string& reason = "") {
  const Result result = check(certificate);
  check_refusal(result);
  CHECK_THAT(result.err, StartsWith("check_certificate: ") && Contains(reason));
  CHECK(lines_of(result.err).size() == 1);
}

void check_verified(const std::string& certificate) {
  const Result result = check(certificate);
  INFO(result.out << result.err);
  CHECK(result.exit_code == 0);
  CHECK(result.err.empty());
  CHECK_THAT(result.out, StartsWith("verified"));
}

/// The lie must be called by its name.
void check_refuted(const std::string& certificate, const std::string& claim) {
  const Result result = check(certificate);
  INFO(result.out << result.err);
  CHECK(result.exit_code == 1);
  CHECK(result.err.empty());
  CHECK_THAT(result.out, StartsWith("refuted: ") && Contains(claim));
  CHECK(lines_of(result.out).size() == 1);
}

std::string with_checksum(std::string content) {
  XXH128_canonical_t sum;
  XXH128_canonicalFromHash(&sum, XXH3_128bits(content.data(), content.size()));
  return content.append(reinterpret_cast<const char*>(sum.digest), sizeof sum.digest);
}

std::string little_endian(std::uint64_t value, unsigned bytes) {
  std::string text;
  for (; bytes > 0; --bytes, value >>= 8) text += static_cast<char>(value & 0xff);
  return text;
}

struct Entry {
  std::string packed;
  std::uint32_t depth = 0;
  std::uint32_t height = 0;
  BigInt all;
  BigInt failing;
};

/// A certificate taken apart.
struct Book {
  json header;
  std::vector<Entry> entries;

  explicit Book(const std::string& file) {
    const std::size_t line = file.find('\n');
    header = json::parse(file.substr(0, line));
    std::size_t at = line + 1;
    const auto number = [&](std::size_t bytes) {
      BigInt value = 0;
      for (std::size_t i = bytes; i-- > 0;) {
        value = value * 256 + static_cast<unsigned char>(file.at(at + i));
      }
      at += bytes;
      return value;
    };
    const auto small = [&](std::size_t bytes) { return static_cast<std::uint32_t>(number(bytes)); };
    while (at < file.size() - 16) {
      Entry entry;
      entry.packed = file.substr(at, packed_bytes());
      at += entry.packed.size();
      entry.depth = small(4);
      entry.height = small(4);
      entry.all = number(small(2));
      entry.failing = number(small(2));
      entries.push_back(entry);
    }
    REQUIRE(at == file.size() - 16);
  }

  [[nodiscard]] std::string file() const {
    // The keys in another order than the writer's, but for the first.
    json rest = header;
    rest.erase("format");
    std::string text = R"({"format":)" + header.at("format").dump() + "," + rest.dump().substr(1);
    text += "\n";
    const auto number = [&text](const BigInt& value) {
      std::string bytes;
      for (BigInt left = value; left > 0; left >>= 8) {
        bytes += static_cast<char>(static_cast<unsigned>(left & 0xff));
      }
      text += little_endian(bytes.size(), 2) + bytes;
    };
    for (const Entry& entry : entries) {
      text += entry.packed + little_endian(entry.depth, 4) + little_endian(entry.height, 4);
      number(entry.all);
      number(entry.failing);
    }
    return with_checksum(text);
  }

  [[nodiscard]] std::vector<unsigned> bytes(const std::string& key) const {
    const auto text = header.at("packing").at(key).get<std::string>();
    std::vector<unsigned> result;
    for (std::size_t i = 0; i < text.size(); i += 2) {
      result.push_back(static_cast<unsigned>(std::stoul(text.substr(i, 2), nullptr, 16)));
    }
    return result;
  }
  [[nodiscard]] std::size_t varying_bits() const {
    std::size_t bits = 0;
    for (unsigned mask : bytes("mask")) {
      for (; mask != 0; mask &= mask - 1) ++bits;
    }
    return bits;
  }
  [[nodiscard]] std::size_t packed_bytes() const {
    return std::max<std::size_t>(8, (varying_bits() + 63) / 64 * 8);
  }
  /// A world packed; empty if it cannot be.
  [[nodiscard]] std::string packed(const World& world) const {
    static_assert(sizeof(World) < 1000);
    unsigned char raw[sizeof(World)];
    std::memcpy(raw, &world, sizeof world);
    const auto mask = bytes_cached("mask");
    const auto initial = bytes_cached("initial");
    std::string result(packed_bytes_cached(), '\0');
    std::size_t at = 0;
    for (std::size_t i = 0; i < sizeof raw; ++i) {
      if (((raw[i] ^ initial[i]) & ~mask[i]) != 0) return "";
      for (unsigned bit = 1; bit < 256; bit <<= 1) {
        if ((mask[i] & bit) == 0) continue;
        if ((raw[i] & bit) != 0) {
          result[at / 8] = static_cast<char>(result[at / 8] | 1 << (at % 8));
        }
        ++at;
      }
    }
    return result;
  }
  [[nodiscard]] World world(const std::string& packed) const {
    const auto mask = bytes_cached("mask");
    const auto initial = bytes_cached("initial");
    unsigned char raw[sizeof(World)];
    std::size_t at = 0;
    for (std::size_t i = 0; i < sizeof raw; ++i) {
      unsigned value = initial[i];
      for (unsigned bit = 1; bit < 256; bit <<= 1) {
        if ((mask[i] & bit) == 0) continue;
        value &= ~bit;
        if ((static_cast<unsigned char>(packed[at / 8]) >> (at % 8) & 1) != 0) value |= bit;
        ++at;
      }
      raw[i] = static_cast<unsigned char>(value);
    }
    World world;
    std::memcpy(&world, raw, sizeof world);
    return world;
  }

  /// The model the header speaks of.
  [[nodiscard]] RaceModel race() const {
    const auto scenario = model::read_scenario(header.at("scenario"), "lie", "lie");
    const auto policy = header.at("policy").get<std::string>();
    return RaceModel(scenario.with_policy(model::find_policy(policy)->policy));
  }

  /// Makes heights, counts and totals what they would be if the entries were all
  /// there is and no step led elsewhere. Depths are left alone.
  void mend() {
    remember_packing();
    const RaceModel race = this->race();
    std::map<std::string, std::size_t> number;
    for (std::size_t i = 0; i < entries.size(); ++i) number.emplace(entries[i].packed, i);
    std::vector<std::vector<std::size_t>> targets(entries.size());
    std::map<std::string, std::uint64_t> violations;
    std::map<std::string, std::uint64_t> cuts;
    std::uint64_t rest = 0;
    std::uint64_t edges = 0;
    std::uint32_t depth = 0;
    json shortest;
    for (std::size_t i = 0; i < entries.size(); ++i) {
      const World here = world(entries[i].packed);
      Entry& entry = entries[i];
      depth = std::max(depth, entry.depth);
      entry.all = entry.failing = 0;
      entry.height = 0;
      const auto stopped = race.stopped(here);
      const auto enabled = stopped ? sim::ActorSet{} : race.enabled(here);
      for (const unsigned actor : enabled) {
        for (const unsigned outcome : race.outcomes(here, static_cast<sim::ActorId>(actor))) {
          World next = here;
          sim::NullSink nobody;
          race.step(next, {static_cast<sim::ActorId>(actor), static_cast<sim::Outcome>(outcome)},
                    nobody);
          const auto target = number.find(packed(next));
          if (target == number.end()) continue;
          targets[i].push_back(target->second);
          ++edges;
        }
      }
      if (!enabled.empty()) continue;
      const sim::End end = stopped ? *stopped : race.end_when_blocked(here);
      entry.all = 1;
      entry.failing = end == sim::End::violation ? 1 : 0;
      const std::uint8_t detail = race.end_detail(here);
      if (end == sim::End::rest) ++rest;
      if (end == sim::End::cut) ++cuts[std::string(cut_names.at(detail))];
      if (end != sim::End::violation) continue;
      ++violations[std::string(invariant_names.at(detail))];
      if (shortest.is_null() || entry.depth < shortest) shortest = entry.depth;
    }
    // No path is longer than there are entries: sorted by visiting depth first.
    std::vector<bool> done(entries.size());
    const std::function<void(std::size_t)> visit = [&](std::size_t i) {
      if (done[i]) return;
      done[i] = true;
      for (const std::size_t target : targets[i]) {
        visit(target);
        entries[i].all += entries[target].all;
        entries[i].failing += entries[target].failing;
        entries[i].height = std::max(entries[i].height, entries[target].height + 1);
      }
    };
    std::map<std::string, std::uint64_t> labels{{"safe", 0}, {"avoidable", 0}, {"inevitable", 0}};
    for (std::size_t i = 0; i < entries.size(); ++i) {
      visit(i);
      ++labels[entries[i].failing == 0                ? "safe"
               : entries[i].failing == entries[i].all ? "inevitable"
                                                      : "avoidable"];
    }
    header["states"] = entries.size();
    header["transitions"] = edges;
    header["depth"] = depth;
    header["ends"] = {{"rest", rest}, {"violation", violations}, {"cut", cuts}};
    if (violations.empty()) header["ends"]["violation"] = json::object();
    if (cuts.empty()) header["ends"]["cut"] = json::object();
    header["interleavings"] = {{"all", entries[0].all.str()},
                               {"failing", entries[0].failing.str()}};
    header["labels"] = labels;
    header["shortest_counterexample"] = shortest;
    header["verdict"] = !violations.empty() ? "violated"
                        : !cuts.empty()     ? "bound_reached"
                                            : "exhausted";
  }

  /// Removes entries, without mending anything.
  void drop(const std::function<bool(const Entry&)>& unwanted) {
    entries.erase(std::remove_if(entries.begin(), entries.end(), unwanted), entries.end());
  }

  /// Has to be called before the packing is used.
  void remember_packing() {
    mask_ = bytes("mask");
    initial_ = bytes("initial");
    packed_bytes_ = packed_bytes();
  }

 private:
  static constexpr std::array<std::string_view, 6> cut_names{
      "", "retransmissions", "enobufs_retries", "reconnects", "refreshes", "queue_depth"};
  static constexpr std::array<std::string_view, 7> invariant_names{"",
                                                                   "double-unmap",
                                                                   "unmap-never-mapped",
                                                                   "map-over-live-mapping",
                                                                   "mr-on-one-list",
                                                                   "leaked-mapping",
                                                                   "rpc-finishes"};

  [[nodiscard]] const std::vector<unsigned>& bytes_cached(std::string_view key) const {
    return key == "mask" ? mask_ : initial_;
  }
  [[nodiscard]] std::size_t packed_bytes_cached() const { return packed_bytes_; }

  std::vector<unsigned> mask_;
  std::vector<unsigned> initial_;
  std::size_t packed_bytes_ = 0;
};

/// Genuine certificates, written once.
const std::string& genuine(const std::string& scenario, const std::string& policy = "pre-fix") {
  static std::map<std::string, std::string> all;
  std::string& one = all[scenario + policy];
  if (one.empty()) one = Searched(scenario, policy).certificate();
  return one;
}

Book book_of(const std::string& scenario, const std::string& policy = "pre-fix") {
  Book book(genuine(scenario, policy));
  book.remember_packing();
  return book;
}

/// The same after a change.
std::string changed(const std::string& scenario, const std::function<void(Book&)>& change) {
  Book book = book_of(scenario);
  change(book);
  return book.file();
}

std::string bumped(const json& decimal) {
  return BigInt(BigInt(decimal.get<std::string>()) + 1).str();
}

}  // namespace

TEST_CASE("genuine certificates are verified", "[sanitized]") {
  const std::vector<std::pair<const char*, const char*>> all{
      {"no-loss", "pre-fix"},         {"no-loss", "fix"},         {"single-segment", "pre-fix"},
      {"single-segment", "fix"},      {"upstream-report", "fix"}, {"upstream-report", "pre-fix"},
      {"pool-exhaustion", "pre-fix"},
  };
  for (const auto& [scenario, policy] : all) {
    INFO(scenario << " under " << policy);
    check_verified(genuine(scenario, policy));
  }
  // Which of them have what the lies below need.
  CHECK(!book_of(buggy).header.at("ends").at("cut").empty());
  CHECK(book_of(buggy).header.at("verdict") == "violated");
  CHECK(book_of(harmless).header.at("verdict") == "exhausted");
}

TEST_CASE("a search that was cut is no exhausted one", "[sanitized]") {
  json document = scenario("single-segment");
  document["budgets"]["reconnects"] = 0u;
  document.erase("expect");
  const Searched search(model::read_scenario(document, "no-reconnect", "test"), "fix");
  Book book(search.certificate());
  REQUIRE(book.header.at("verdict") == "bound_reached");
  check_verified(book.file());
  book.header["verdict"] = "exhausted";
  check_refuted(book.file(), "verdict: expected \"bound_reached\", found \"exhausted\"");
}

TEST_CASE("what the writer claims is what other parts of the engine find", "[sanitized]") {
  for (const char* policy : {"pre-fix", "fix"}) {
    const Searched search("upstream-report", policy);
    const Book book(search.certificate());
    const auto fails = [](const sim::EndState& end) { return end.end == sim::End::violation; };
    BigInt all = 0;
    BigInt failing = 0;
    sim::count_interleavings(search.found.graph, search.order, false,
                             [&](const sim::EndState& end, std::span<const BigInt> counts) {
                               all += counts[0];
                               if (fails(end)) failing += counts[0];
                             });
    CHECK(book.header.at("interleavings").at("all") == all.str());
    CHECK(book.header.at("interleavings").at("failing") == failing.str());
    std::map<sim::Outlook, std::uint64_t> fates;
    for (const auto o : sim::outlooks(search.found.graph, search.order, fails)) ++fates[o];
    CHECK(book.header.at("labels").at("safe") == fates[sim::Outlook::safe]);
    CHECK(book.header.at("labels").at("avoidable") == fates[sim::Outlook::avoidable]);
    CHECK(book.header.at("labels").at("inevitable") == fates[sim::Outlook::inevitable]);
    CHECK(book.header.at("states") == search.found.state_count());
    CHECK(book.header.at("transitions") == search.found.transitions);
  }
}

TEST_CASE("mending what is not broken changes nothing", "[sanitized]") {
  for (const char* scenario : {"no-loss", "pool-exhaustion"}) {
    const std::string before = book_of(scenario).file();
    CHECK(changed(scenario, [](Book& book) { book.mend(); }) == before);
    check_verified(before);
  }
}

TEST_CASE("no byte can be changed and none be missing", "[sanitized]") {
  const std::string& good = genuine(harmless);
  for (std::size_t i = 0; i < 200; ++i) {
    // Ends included: the first bytes and the checksum.
    const std::size_t at = i * (good.size() - 1) / 199;
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ static_cast<char>(1u << (i % 8)));
    CAPTURE(at);
    check_unusable(bad);
  }
  for (std::size_t length = 0; length < 80; ++length) check_unusable(good.substr(0, length));
  for (std::size_t i = 1; i < 100; ++i) check_unusable(good.substr(0, i * good.size() / 100));
  for (std::size_t i = 1; i <= 40; ++i) check_unusable(good.substr(0, good.size() - i));
  check_unusable(good + '\0', "checksum");
  check_unusable(good + good, "checksum");
}

TEST_CASE("what is not a certificate says so", "[sanitized]") {
  check_unusable("", "empty");
  check_unusable("{}", "not a certificate");
  check_unusable(small_scenario().dump(), "not a certificate");
  const Scratch scratch;
  for (const auto& [path, reason] :
       std::vector<std::pair<std::string, std::string>>{{scratch.path("none"), "No such file"},
                                                        {scratch.path("."), "not a regular file"},
                                                        {"/dev/zero", "not a regular file"}}) {
    const Result result = run({path}, {.program = checker});
    check_refusal(result);
    CHECK_THAT(result.err, Contains(path) && Contains(reason));
  }
  for (const Arguments& arguments :
       {Arguments{}, Arguments{"a", "b"}, Arguments{"--verify"}, Arguments{"-"}}) {
    const Result result = run(arguments, {.program = checker});
    check_refusal(result);
    CHECK_THAT(result.err, StartsWith("usage: "));
  }
  for (const char* flag : {"--help", "-h"}) {
    const Result help = run({flag}, {.program = checker});
    CHECK(help.exit_code == 0);
    CHECK_THAT(help.out, StartsWith("usage: ") && Contains("Exit codes"));
  }
}

TEST_CASE("certificates of other versions are refused with that reason", "[sanitized]") {
  check_unusable(changed(harmless, [](Book& b) { b.header["format"] = "frwrsim-certificate/2"; }),
                 "frwrsim-certificate/1");
  check_unusable(changed(harmless, [](Book& b) { b.header["model"] = "0123456789abcdef"; }),
                 "another version of the model");
  check_unusable(
      changed(harmless, [](Book& b) { b.header["packing"]["world_bytes"] = sizeof(World) + 1; }),
      "another version of the model");
}

TEST_CASE("malformed content under a right checksum is unusable", "[sanitized]") {
  const auto bad = [](const std::string& reason, const std::function<void(Book&)>& change) {
    check_unusable(changed(harmless, change), reason);
  };
  bad("no-such-policy", [](Book& b) { b.header["policy"] = "no-such-policy"; });
  bad("/more", [](Book& b) { b.header["more"] = 1; });
  const json header = book_of(harmless).header;
  for (const auto& [key, value] : header.items()) {
    if (key == "format") continue;
    bad(key, [&key = key](Book& b) { b.header.erase(key); });
  }
  bad("scenario", [](Book& b) { b.header["scenario"]["mr_pool"] = 200; });
  bad("/packing/mask", [](Book& b) { b.header["packing"]["mask"] = "00"; });
  bad("/packing/mask",
      [](Book& b) { b.header["packing"]["mask"] = std::string(2 * sizeof(World), 'g'); });
  bad("/packing/initial", [](Book& b) { b.header["packing"]["initial"] = 7; });
  // A bit behind those that vary: the same world, spelt differently.
  REQUIRE(book_of(harmless).varying_bits() % 64 != 0);
  bad("mean nothing", [](Book& b) { b.entries[3].packed.back() = '\x80'; });

  std::string content = book_of(harmless).file();
  content.resize(content.size() - 16);
  check_unusable(with_checksum(content + "\x01"), "cut off");
  check_unusable(with_checksum(content.substr(0, content.size() - 1)), "cut off");
  // A number of 65535 bytes where only two are left; a number that begins with zeros.
  const std::string packed = book_of(harmless).entries[0].packed;
  check_unusable(with_checksum(content + packed + std::string(8, '\0') + "\xff\xff\x01\x01"),
                 "cut off");
  check_unusable(with_checksum(content + packed + std::string(8, '\0') +
                               std::string("\x02\x00\x01\x00\x00\x00", 6)),
                 "begins with zeros");
  check_unusable(with_checksum(std::string(tools::certificate_begin) + std::string(100, '[')));
  check_unusable(with_checksum(std::string(tools::certificate_begin) + "1\"}\n"));
  check_unusable(with_checksum(std::string(tools::certificate_begin) + std::string(5 << 20, ' ')),
                 "too long");
}

TEST_CASE("nonsense under a right checksum is refused, whatever it is", "[sanitized]") {
  std::uint64_t random = 7;
  const auto below = [&random](std::size_t limit) {
    random = random * 6364136223846793005u + 1442695040888963407u;
    return static_cast<std::size_t>(random >> 33) % limit;
  };
  std::string content = book_of(harmless).file();
  content.resize(content.size() - 16);
  const std::size_t header = content.find('\n') + 1;
  for (int i = 0; i < 300; ++i) {
    std::string bad = content;
    const bool in_header = i % 2 == 0;
    const std::size_t at = in_header ? below(header) : header + below(content.size() - header);
    bad[at] = static_cast<char>(bad[at] ^ static_cast<char>(1 + below(255)));
    if (i % 3 == 0) bad.erase(header + below(content.size() - header), 1 + below(40));
    const Result result = check(with_checksum(bad));
    CAPTURE(i, at, result.out, result.err);
    CHECK(result.signal == 0);
    // A letter of the prose may have become another one.
    CHECK((result.exit_code == 1 || result.exit_code == 2 || (in_header && result.exit_code == 0)));
    CHECK_THAT(result.err, !Contains("[json"));
    CHECK(is_printable_utf8(result.out + result.err));
  }
}

TEST_CASE("the set of states is the right one", "[sanitized]") {
  const std::size_t middle = book_of(harmless).entries.size() / 2;
  // A state too few, whether the totals know of it or not.
  check_refuted(
      changed(harmless,
              [&](Book& b) { b.entries.erase(b.entries.begin() + std::ptrdiff_t(middle)); }),
      "closure");
  check_refuted(changed(harmless,
                        [&](Book& b) {
                          b.entries.erase(b.entries.begin() + std::ptrdiff_t(middle));
                          b.mend();
                        }),
                "closure");
  // One too many: the same again, in either place.
  check_refuted(changed(harmless,
                        [&](Book& b) {
                          b.entries.insert(b.entries.begin() + std::ptrdiff_t(middle),
                                           b.entries[middle]);
                          b.header["states"] = b.entries.size();
                        }),
                "state " + std::to_string(middle + 1) + ": expected a state that no other");
  check_refuted(changed(harmless,
                        [](Book& b) {
                          b.entries.push_back(b.entries.back());
                          b.header["states"] = b.entries.size();
                        }),
                "a state that no other record has");
  check_refuted(changed(harmless, [](Book& b) { b.entries.clear(); }), "initial state");
}

TEST_CASE("a step that varies where the packing has no bit leads nowhere", "[sanitized]") {
  // Packed without one of the bits that vary, states often can still be told apart,
  // and a checker that only compared what is packed would find every successor.
  const Book book = book_of(harmless);
  const std::vector<unsigned> mask = book.bytes("mask");
  unsigned told_apart = 0;
  for (std::size_t bit = 0; bit < 8 * mask.size(); ++bit) {
    if ((mask[bit / 8] >> (bit % 8) & 1u) == 0) continue;
    std::vector<unsigned> narrower = mask;
    narrower[bit / 8] &= ~(1u << (bit % 8));
    std::string text;
    for (const unsigned byte : narrower) {
      text += {"0123456789abcdef"[byte >> 4], "0123456789abcdef"[byte & 15]};
    }
    Book narrow = book;
    narrow.header["packing"]["mask"] = text;
    narrow.remember_packing();
    std::map<std::string, int> seen;
    for (Entry& entry : narrow.entries) {
      World world = book.world(entry.packed);
      auto* bytes = reinterpret_cast<unsigned char*>(&world);
      const unsigned initial = book.bytes("initial")[bit / 8] & 1u << (bit % 8);
      bytes[bit / 8] = static_cast<unsigned char>((bytes[bit / 8] & narrower[bit / 8]) | initial |
                                                  (bytes[bit / 8] & ~mask[bit / 8]));
      entry.packed = narrow.packed(world);
      ++seen[entry.packed];
    }
    if (seen.size() < narrow.entries.size()) continue;
    ++told_apart;
    CAPTURE(bit);
    check_refuted(narrow.file(), ": closure");
  }
  CHECK(told_apart > 0);
}

TEST_CASE("a state that cannot be reached is refused before the model sees it", "[sanitized]") {
  const std::size_t count = book_of(harmless).entries.size();
  const auto with_another = [](Book& b, const std::string& packed) {
    Entry entry = b.entries.back();
    entry.packed = packed;
    b.entries.push_back(entry);
    b.header["states"] = b.entries.size();
  };
  const std::string reason = "state " + std::to_string(count) + ": depth";
  // A world like any other, but with one retransmission less.
  check_refuted(changed(harmless,
                        [&](Book& b) {
                          World world = b.race().initial();
                          world.rpc(1).pc = model::TaskPc::op_map_get;
                          with_another(b, b.packed(world));
                          b.mend();
                        }),
                reason);
  // All bits set: ids of MRs that are not there, program counters that do not exist.
  check_refuted(changed(harmless,
                        [&](Book& b) {
                          const std::size_t bits = b.varying_bits();
                          std::string packed(b.packed_bytes(), '\0');
                          for (std::size_t i = 0; i < bits; ++i) {
                            packed[i / 8] = static_cast<char>(packed[i / 8] | 1 << (i % 8));
                          }
                          with_another(b, packed);
                        }),
                reason);
}

TEST_CASE("the initial world is the scenario's", "[sanitized]") {
  // Nothing but the second state on, which is a sound search from there.
  check_refuted(changed(harmless,
                        [](Book& b) {
                          b.entries.erase(b.entries.begin());
                          for (Entry& entry : b.entries) --entry.depth;
                          b.mend();
                        }),
                "state 0: expected the scenario's initial state");
  const auto flipped = [](unsigned byte_of_mask) {
    return changed(harmless, [byte_of_mask](Book& b) {
      auto text = b.header["packing"]["initial"].get<std::string>();
      const std::vector<unsigned> mask = b.bytes("mask");
      for (std::size_t i = 0; i < mask.size(); ++i) {
        if (mask[i] != byte_of_mask) continue;
        text[2 * i + 1] = text[2 * i + 1] == '0' ? '1' : '0';
        b.header["packing"]["initial"] = text;
        return;
      }
      FAIL("there is no such byte");
    });
  };
  check_refuted(flipped(0), "packing: initial");
  check_refuted(flipped(1), "packing: initial");
  check_refuted(changed(harmless, [](Book& b) { b.entries[0].depth = 1; }), "state 0: depth");
}

TEST_CASE("depths are those of shortest paths", "[sanitized]") {
  const std::size_t count = book_of(harmless).entries.size();
  for (const std::size_t i : {std::size_t{1}, count / 3, count / 2, count - 1}) {
    for (const int by : {-1, 1, 100'000}) {
      CAPTURE(i, by);
      check_refuted(
          changed(harmless, [&](Book& b) { b.entries[i].depth += static_cast<std::uint32_t>(by); }),
          "depth");
    }
  }
  check_refuted(changed(harmless, [](Book& b) { b.entries.back().depth = UINT32_MAX; }), "depth");
  // A counterexample made shorter than any is, where nothing follows to give it away.
  check_refuted(changed(buggy,
                        [](Book& b) {
                          const auto first = std::find_if(
                              b.entries.begin(), b.entries.end(),
                              [](const Entry& e) { return e.height == 0 && e.failing == 1; });
                          const std::uint32_t depth = --first->depth;
                          b.mend();
                          REQUIRE(b.header["shortest_counterexample"] == depth);
                        }),
                "of depth one less");
  // All of them one more from somewhere on: as if there were a detour only.
  check_refuted(changed(harmless,
                        [&](Book& b) {
                          for (std::size_t i = count / 2; i < count; ++i) ++b.entries[i].depth;
                          b.mend();
                        }),
                "at most");
}

TEST_CASE("a state comes after one that leads to it, and order says no more", "[sanitized]") {
  Book book = book_of(harmless);
  const auto same =
      std::adjacent_find(book.entries.begin() + 1, book.entries.end(),
                         [](const Entry& a, const Entry& b) { return a.depth == b.depth; });
  REQUIRE(same != book.entries.end());
  std::iter_swap(same, same + 1);
  check_verified(book.file());
  // The first three are a chain: a loss cannot happen, nobody else has begun.
  REQUIRE(book.entries[2].depth == 2);
  std::swap(book.entries[1], book.entries[2]);
  check_refuted(book.file(), "state 1: depth 2: expected a record before it");
}

TEST_CASE("heights and counts add up at every state", "[sanitized]") {
  const std::size_t count = book_of(buggy).entries.size();
  for (const std::size_t i : {std::size_t{0}, count / 3, count - 1}) {
    for (const std::uint32_t by : {1u, UINT32_MAX}) {
      CAPTURE(i, by);
      check_refuted(changed(buggy, [&](Book& b) { b.entries[i].height += by; }), ": height");
    }
    CAPTURE(i);
    check_refuted(changed(buggy, [&](Book& b) { b.entries[i].all += 1; }), ": interleavings");
    check_refuted(changed(buggy, [&](Book& b) { b.entries[i].all -= 1; }), ": interleavings");
    check_refuted(changed(buggy, [&](Book& b) { b.entries[i].failing += 1; }),
                  ": failing interleavings");
  }
  // All counts doubled satisfy every sum but those at the ends.
  check_refuted(changed(buggy,
                        [](Book& b) {
                          for (Entry& entry : b.entries) entry.all *= 2;
                          b.header["interleavings"]["all"] = b.entries[0].all.str();
                        }),
                ": interleavings: expected 1, found 2");
  check_refuted(changed(buggy,
                        [](Book& b) {
                          for (Entry& entry : b.entries) entry.height += 1;
                        }),
                ": height: expected 0, found 1");
}

TEST_CASE("a violation cannot be hidden", "[sanitized]") {
  check_refuted(changed(buggy, [](Book& b) { b.header["verdict"] = "exhausted"; }), "verdict");
  check_refuted(changed(buggy, [](Book& b) { b.header["verdict"] = "bound_reached"; }), "verdict");
  check_refuted(changed(harmless, [](Book& b) { b.header["verdict"] = "violated"; }), "verdict");
  // The violating worlds left out, everything else as if they had never been.
  const auto violates = [](const Entry& entry) { return entry.height == 0 && entry.failing == 1; };
  check_refuted(changed(buggy,
                        [&](Book& b) {
                          b.drop(violates);
                          b.mend();
                          REQUIRE(b.header["verdict"] != "violated");
                        }),
                "closure");
  // All from which a violation can be reached, but for the first.
  check_refuted(
      changed(buggy,
              [](Book& b) {
                const std::string first = b.entries[0].packed;
                b.drop([&](const Entry& e) { return e.failing > 0 && e.packed != first; });
                b.mend();
                REQUIRE(b.header["interleavings"]["failing"] == "0");
              }),
      "closure");
  // Declared to be ends like others.
  check_refuted(
      changed(
          buggy,
          [](Book& b) {
            for (Entry& entry : b.entries) entry.failing = 0;
            b.header["interleavings"]["failing"] = "0";
            b.header["labels"] = {{"safe", b.entries.size()}, {"avoidable", 0}, {"inevitable", 0}};
          }),
      ": failing interleavings: expected 1, found 0");
}

TEST_CASE("every total is recomputed", "[sanitized]") {
  const auto lie = [](const std::string& key, const std::function<void(json&)>& change) {
    CAPTURE(key);
    check_refuted(changed(buggy, [&](Book& b) { change(b.header.at(key)); }),
                  ": " + key + ": expected ");
  };
  const auto more = [](json& number) { number = number.get<std::uint64_t>() + 1; };
  const auto less = [](json& number) { number = number.get<std::uint64_t>() - 1; };
  for (const char* key : {"states", "transitions", "depth"}) {
    lie(key, more);
    lie(key, less);
    lie(key, [](json& number) { number = nullptr; });
    lie(key, [](json& number) { number = std::to_string(number.get<std::uint64_t>()); });
  }
  lie("ends", [&](json& ends) { more(ends["rest"]); });
  lie("ends", [&](json& ends) { ends["violation"]["rpc-finishes"] = 1; });
  lie("ends", [&](json& ends) { ends["cut"]["reconnects"] = 77; });
  const json ends = book_of(buggy).header.at("ends");
  for (const char* kind : {"violation", "cut"}) {
    for (const auto& [reason, count] : ends.at(kind).items()) {
      lie("ends", [&, reason = reason](json& e) { more(e[kind][reason]); });
      lie("ends", [&, reason = reason](json& e) { e[kind].erase(reason); });
    }
  }
  for (const char* label : {"safe", "avoidable", "inevitable"}) {
    lie("labels", [&](json& labels) { more(labels[label]); });
  }
  for (const char* which : {"all", "failing"}) {
    lie("interleavings", [&](json& counts) { counts[which] = bumped(counts[which]); });
  }
  check_refuted(changed(buggy, [](Book& b) { b.header["shortest_counterexample"] = nullptr; }),
                "shortest_counterexample");
  check_refuted(changed(buggy,
                        [](Book& b) {
                          json& steps = b.header["shortest_counterexample"];
                          steps = steps.get<unsigned>() - 1;
                        }),
                "shortest_counterexample");
  check_refuted(changed(harmless, [](Book& b) { b.header["shortest_counterexample"] = 3; }),
                "shortest_counterexample");
}

TEST_CASE("a certificate of one scenario or policy is none of another", "[sanitized]") {
  const auto raise = [](Book& b) { b.header["scenario"]["budgets"]["retransmissions"] = 9u; };
  check_refuted(changed(buggy, raise), "scenario_hash");
  const auto mend_hash = [](Book& b) {
    const auto scenario = model::read_scenario(b.header["scenario"], "lie", "lie");
    b.header["scenario_hash"] = model::hash_text(scenario.hash());
  };
  check_refuted(changed(buggy,
                        [&](Book& b) {
                          raise(b);
                          mend_hash(b);
                        }),
                "initial");
  // A change that the initial world does not show: only the steps do.
  check_refuted(changed(buggy,
                        [&](Book& b) {
                          b.header["scenario"]["guards"] = json::array();
                          mend_hash(b);
                        }),
                "state ");
  check_refuted(changed(buggy, [](Book& b) { b.header["policy"] = "leave-registered"; }), "state ");
  // Prose, names and expectations are no claims.
  check_verified(changed(harmless, [](Book& b) {
    b.header["scenario_name"] = "another";
    b.header["scenario"]["title"] = "Another";
    b.header["scenario"].erase("expect");
  }));
}

TEST_CASE("a certificate appears complete or not at all", "[sanitized]") {
  const Searched search(harmless, "fix");
  const Scratch scratch;
  const auto write = [&](const std::string& path, const sim::Limits& limits = {}) {
    tools::write_certificate(search.scenario, search.policy, search.found, search.order, path,
                             limits);
  };
  CHECK_THROWS_AS(write(scratch.path("no/such/directory/out")), model::InputError);
  CHECK_THROWS_AS(write("/dev/full"), model::InputError);
  const std::string target = scratch.write("out", "what was there before");
  CHECK_THROWS_AS(write(target, {.ask = [] { return sim::Bound::interrupted; }}), sim::Stopped);
  CHECK(content_of(target) == "what was there before");
  CHECK(scratch.names() == std::vector<std::string>{"out"});
  write(target);
  CHECK(content_of(target) == search.certificate());
  CHECK(scratch.names() == std::vector<std::string>{"out"});
}
