// SPDX-License-Identifier: MIT
//
// Choosing what a picture shows: what is about the MR is there, what is not is counted, and
// nothing is lost between.
#include "tools/render/only.h"

#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>

#include "model/scenario/input.h"
#include "tests/lines.h"
#include "tests/tools/render/render_fixture.h"
#include "tests/tools/svg_fixture.h"
#include "tools/render/lanes.h"
#include "tools/render/render.h"
#include "tools/run/told_run.h"

using model::EventKind;
using model::Trace;
using svg_fixture::Element;
using svg_fixture::elements_of;
using tools::Only;

namespace {

const Trace& reported() {
  static const Trace trace =
      *tools::counterexample_to_tell(render_fixture::scenario("upstream-report"),
                                     "unmap-on-marshal-error", {})
           .trace;
  return trace;
}

Only only_of(const Trace& trace, const std::vector<std::string>& words) {
  return tools::only_of(words, trace);
}

std::string refusal(const std::vector<std::string>& words) {
  try {
    only_of(reported(), words);
  } catch (const model::InputError& error) {
    return error.what();
  }
  return "";
}

std::vector<Element> texts_of(const std::string& svg) {
  std::vector<Element> texts;
  for (const Element& element : elements_of(svg)) {
    if (element.name == "text") texts.push_back(element);
  }
  return texts;
}

/// The steps with a row in the picture.
std::set<std::size_t> steps_of_svg(const std::string& svg) {
  std::set<std::size_t> steps;
  const std::regex step("step ([0-9]+), .*");
  for (const Element& element : elements_of(svg)) {
    std::smatch match;
    if (element.name == "title" && std::regex_match(element.text, match, step)) {
      steps.insert(std::stoul(match[1]));
    }
  }
  return steps;
}

/// What the marks of gaps say, together: numbers that stand alone, but for the legend's.
std::size_t left_out_in_svg(const std::string& svg) {
  const auto elements = elements_of(svg);
  std::size_t sum = 0;
  std::size_t last = 0;
  for (const Element& element : elements) {
    const bool is_number = element.name == "text" && element.has("text-anchor", "end") &&
                           elements[element.parent].name == "svg" &&
                           element.text.find_first_not_of("0123456789") == std::string::npos;
    if (!is_number) continue;
    last = std::stoul(element.text);
    sum += last;
  }
  return sum - last;  // the legend's is the last
}

std::size_t left_out_in(const std::string& text) {
  const std::regex gap("([0-9]+) steps? left out");
  std::size_t sum = 0;
  for (std::sregex_iterator it(text.begin(), text.end(), gap), end; it != end; ++it) {
    sum += std::stoul((*it)[1]);
  }
  return sum;
}

std::set<std::size_t> steps_of_text(const std::string& text) {
  std::set<std::size_t> steps;
  const std::size_t begin = text.find("\n-----");
  const std::size_t end = text.find("\n\n", begin);
  for (const std::string& line : fixture::lines_of(text.substr(begin, end - begin))) {
    std::smatch match;
    if (std::regex_search(line, match, std::regex("^ *([0-9]+)!? "))) {
      steps.insert(std::stoul(match[1]));
    }
  }
  return steps;
}

std::set<std::size_t> steps_of_mermaid(const std::string& text) {
  std::set<std::size_t> steps;
  const std::regex step(": step ([0-9]+)");
  for (std::sregex_iterator it(text.begin(), text.end(), step), end; it != end; ++it) {
    steps.insert(std::stoul((*it)[1]));
  }
  return steps;
}

/// By the trace alone: it changes the MR, its place or its mapping, or a work request of it.
bool changes(const model::TraceStep& step, model::MrId mr) {
  return std::any_of(step.events.begin(), step.events.end(), [&](const model::Event& event) {
    const bool is_kind = event.kind == EventKind::fr_state || event.kind == EventKind::dma_map ||
                         event.kind == EventKind::dma_unmap || event.kind == EventKind::dereg ||
                         event.kind == EventKind::alloc || event.kind == EventKind::violation;
    const bool is_wr = event.kind == EventKind::posted || event.kind == EventKind::flushed ||
                       event.kind == EventKind::executed;
    const bool names = event.wr.kind() == model::WrKind::fastreg ||
                       event.wr.kind() == model::WrKind::local_inv ||
                       event.wr.kind() == model::WrKind::local_inv_signaled;
    return (is_kind && event.mr == mr) || (is_wr && names && event.wr.subject() == mr);
  });
}

std::vector<Trace> some_runs() {
  std::vector<Trace> runs{reported()};
  for (Trace& trace : render_fixture::many_runs(1)) {
    if (trace.steps.size() % 13 == 0) runs.push_back(std::move(trace));
  }
  REQUIRE(runs.size() > 10);
  return runs;
}

}  // namespace

TEST_CASE("the opening picture fits the page it opens, and its text can be read") {
  const std::string svg = tools::sequence_svg(reported(), false, only_of(reported(), {"mr=1"}));
  const auto elements = elements_of(svg);
  CHECK(elements[0].number("width") <= 838);
  CHECK(elements[0].number("height") <= 700);
  std::set<std::string> names;
  for (const Element& text : texts_of(svg)) {
    CHECK(text.number("font-size") >= 12);
    if (text.has("text-anchor", "middle")) names.insert(text.text);
  }
  CHECK(names ==
        std::set<std::string>{"RPC task 1", "MR recovery", "worker", "RNIC", "send-CQ softirq"});
}

TEST_CASE("docs/race.svg is what the program draws") {
  std::ifstream file(std::string(FRWRSIM_SCENARIO_DIR) + "/../docs/race.svg");
  const std::string kept{std::istreambuf_iterator<char>(file), {}};
  const bool is_same =
      kept == tools::sequence_svg(reported(), false, only_of(reported(), {"mr=1"}));
  CHECK(is_same);
}

TEST_CASE("the opening picture tells the race in its order") {
  const std::string text = tools::text_lanes(reported(), false, only_of(reported(), {"mr=1"}));
  std::size_t at = 0;
  for (const char* part :
       {"post FASTREG", "the connection is lost", "marshal fails:", "hand to recovery",
        "FASTREG flushed", "FASTREG in", "INVALID", "DMA unmap", "to the free list", "FLUSHED_FR",
        "not INVALID:", "hand to recovery", "DMA unmap again", "VIOLATION"}) {
    INFO(part);
    const std::size_t found = text.find(part, at);
    REQUIRE(found != std::string::npos);
    at = found + 1;
  }
}

TEST_CASE("shown and left out are all steps of the run, in every form") {
  std::size_t gaps = 0;
  for (const Trace& trace : some_runs()) {
    std::vector<std::vector<std::string>> choices;
    const auto lanes = tools::lanes_of(trace, false);
    for (const auto& life : lanes.mrs) choices.push_back({"mr=" + std::to_string(life.mr)});
    choices.push_back({"lanes=t1"});
    if (!choices[0].empty()) choices.push_back({choices[0][0], "lanes=t1"});
    for (const auto& words : choices) {
      for (const bool every_step : {false, true}) {
        INFO(trace.scenario.name << " " << trace.token() << " " << words[0]);
        const Only only = only_of(trace, words);
        const std::string svg = tools::sequence_svg(trace, every_step, only);
        const std::string text = tools::text_lanes(trace, every_step, only);
        const std::string mermaid = tools::mermaid_sequence(trace, every_step, only);
        const std::size_t all = trace.steps.size();
        const auto shown = steps_of_svg(svg);
        const bool has_gap = shown.size() != all;
        CHECK(shown.size() + (has_gap ? left_out_in_svg(svg) : 0) == all);
        CHECK(steps_of_text(text) == shown);
        CHECK(shown.size() + left_out_in(text) == all);
        CHECK(steps_of_mermaid(mermaid) == shown);
        CHECK(shown.size() + left_out_in(mermaid) == all);
        gaps += has_gap ? 1 : 0;
      }
    }
  }
  CHECK(gaps > 50);
}

TEST_CASE("what is about the MR is shown, and of the rest only what concerns every MR") {
  for (const Trace& trace : some_runs()) {
    for (const auto& life : tools::lanes_of(trace, false).mrs) {
      INFO(trace.scenario.name << " " << trace.token() << " MR " << unsigned{life.mr});
      const Only only = only_of(trace, {"mr=" + std::to_string(life.mr)});
      const auto shown = steps_of_svg(tools::sequence_svg(trace, false, only));
      for (std::size_t i = 0; i < trace.steps.size(); ++i) {
        const model::TraceStep& step = trace.steps[i];
        if (changes(step, life.mr)) CHECK(shown.count(i + 1) == 1);
        bool is_of_another = false;
        for (const auto& other : tools::lanes_of(trace, false).mrs) {
          is_of_another = is_of_another || (other.mr != life.mr && changes(step, other.mr));
        }
        const bool is_plain = step.events.size() == 1;
        if (is_of_another && is_plain && !changes(step, life.mr)) CHECK(shown.count(i + 1) == 0);
        if (model::role_of(step.choice.actor) == model::Role::link) {
          CHECK(shown.count(i + 1) == 1);
        }
      }
    }
  }
}

TEST_CASE("a marshal that fails is about the MRs of its request") {
  const auto about = tools::events_about(reported(), only_of(reported(), {"mr=1"}));
  const auto other = tools::events_about(reported(), only_of(reported(), {"mr=3"}));
  const auto fails = [](const std::vector<std::vector<model::Event>>& steps) {
    unsigned n = 0;
    for (const auto& events : steps) {
      for (const model::Event& event : events) n += event.kind == EventKind::marshal_failed;
    }
    return n;
  };
  CHECK(fails(about) == 1);
  CHECK(fails(other) == 0);
}

TEST_CASE("lanes are those that are named, and messages those between them") {
  const Only only = only_of(reported(), {"lanes=irq", "lanes=nic"});
  const tools::Lanes lanes = tools::lanes_of(reported(), false, only);
  CHECK(lanes.actors == std::vector<sim::ActorId>{model::rnic_actor, model::softirq_actor});
  CHECK(lanes.mrs.size() == 3);
  CHECK(!lanes.messages.empty());
  for (const tools::Message& message : lanes.messages) {
    CHECK(message.from == model::rnic_actor);
    CHECK(message.to == model::softirq_actor);
  }
  for (const auto& moment : tools::moments_of(reported(), lanes, true, only)) {
    CHECK((moment.is_for_all || only.has_lane(moment.actor)));
  }
}

TEST_CASE("a lane is shown when it is asked for, though it only passes on news") {
  const Only only = only_of(reported(), {"lanes=cm,link"});
  const tools::Lanes lanes = tools::lanes_of(reported(), false, only);
  CHECK(lanes.actors == std::vector<sim::ActorId>{model::link_actor, model::upcall_actor});
  REQUIRE(lanes.messages.size() == 2);  // lost, and made again
  for (const tools::Message& message : lanes.messages) CHECK(message.to == model::upcall_actor);
}

TEST_CASE("what changes in a step that is not shown changes between rows") {
  // All that makes an MR VALID is done by the task.
  const auto elements =
      elements_of(tools::sequence_svg(reported(), false, only_of(reported(), {"lanes=irq,rec"})));
  std::set<std::size_t> rows;
  for (const Element& element : elements) {
    if (element.name == "title" && element.text.rfind("step ", 0) == 0) rows.insert(element.parent);
  }
  unsigned bands = 0;
  for (const Element& band : elements) {
    if (band.name != "rect" || !band.has("class", "valid-fill valid-edge-stroke")) continue;
    ++bands;
    const double top = band.number("y");
    for (const Element& box : elements) {
      if (box.name != "rect" || rows.count(box.parent) == 0) continue;
      const double begin = box.number("y");
      CHECK((top < begin || top > begin + box.number("height")));
    }
  }
  CHECK(bands == 4);
}

TEST_CASE("choices add up, and MRs and lanes restrict each other") {
  const Only both = only_of(reported(), {"mr=2,1", "lanes=rec", "mr=1"});
  CHECK(both.mrs == std::vector<model::MrId>{1, 2});
  CHECK(both.lanes == std::vector<sim::ActorId>{model::recovery_actor});
  for (const auto& moment :
       tools::moments_of(reported(), tools::lanes_of(reported(), false, both), false, both)) {
    CHECK((moment.is_for_all || moment.actor == model::recovery_actor));
  }
}

TEST_CASE("what there is not is refused, with what there is") {
  CHECK(refusal({"mr=9"}) ==
        "--only mr=9: no MR '9' has a part in this run; there are mr=1, mr=2, mr=3");
  CHECK(refusal({"lanes=t1,nik"}).find("did you mean 'nic'?") != std::string::npos);
  for (const char* wrong : {"lanes=softirq", "lanes=t2", "lanes=t1,,rec", "lanes=T1"}) {
    INFO(wrong);
    CHECK(refusal({wrong}).find("irq (send-CQ softirq)") != std::string::npos);
  }
  for (const char* wrong : {"", "mr", "mr=", "lane=t1", "1", "=1", "MR=1"}) {
    INFO(wrong);
    CHECK(refusal({wrong}).find("expected mr=NUMBER or lanes=NAME,NAME") != std::string::npos);
  }
  for (const char* wrong : {"mr=01", "mr=-1", "mr=1 ", "mr=1,", "mr=257", "mr=0"}) {
    INFO(wrong);
    CHECK(refusal({wrong}).find("there are mr=1, mr=2, mr=3") != std::string::npos);
  }
}

TEST_CASE("a choice of nothing changes nothing") {
  CHECK(!only_of(reported(), {}).any());
  CHECK(tools::text_lanes(reported(), false, {}) == tools::text_lanes(reported(), false));
}
