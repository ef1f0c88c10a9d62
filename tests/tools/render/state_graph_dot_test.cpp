// SPDX-License-Identifier: MIT
//
// The drawn state graph, walked edge by edge beside the full one: no reduction, no
// symmetry, nothing merged.
#include "tools/render/state_graph_dot.h"

#include <catch2/catch.hpp>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <map>
#include <regex>
#include <sstream>

#include "sim/questions/outlook.h"
#include "tests/tools/render/render_fixture.h"
#include "tools/app/commands.h"

using model::Trace;
using sim::Outlook;
using sim::StateId;
using tools::state_graph_dot;

namespace {

struct Node {
  std::string label;
  std::string shape;
};

struct Edge {
  std::string label;
  std::string token;
  std::string target;
  bool is_bold = false;
};

struct Drawn {
  std::string title;
  std::map<std::string, Node> nodes;
  std::map<std::string, std::vector<Edge>> edges;
};

/// Strict: a line that is neither a node nor an edge is one of the five around them.
Drawn read_drawn(const std::string& dot) {
  const std::string text = "\"((?:[^\"\\\\]|\\\\.)*)\"";
  const std::regex node("  (s[0-9]+) \\[label=" + text +
                        ", shape=([a-z]+), fillcolor=\"#[0-9a-f]{6}\"" +
                        "(?:, peripheries=2|, style=\"filled,dashed\")?\\]");
  const std::regex edge("  (s[0-9]+) -> (s[0-9]+) \\[label=" + text + ", tooltip=" + text +
                        "(, style=bold, penwidth=3)?\\]");
  const std::regex graph("  graph \\[labelloc=t, fontname=\"sans-serif\", label=" + text + "\\]");
  Drawn drawn;
  std::istringstream stream(dot);
  unsigned others = 0;
  for (std::string line; std::getline(stream, line);) {
    std::smatch match;
    if (std::regex_match(line, match, node)) {
      CHECK(drawn.nodes.emplace(match[1], Node{match[2], match[3]}).second);
    } else if (std::regex_match(line, match, edge)) {
      drawn.edges[match[1]].push_back({match[3], match[4], match[2], match[5].length() != 0});
    } else if (std::regex_match(line, match, graph)) {
      drawn.title = match[1];
    } else {
      ++others;
    }
  }
  CHECK(others == 4);  // digraph, node, edge, }
  for (const auto& [from, edges] : drawn.edges) {
    CHECK(drawn.nodes.count(from) == 1);
    for (const Edge& one : edges) CHECK(drawn.nodes.count(one.target) == 1);
  }
  return drawn;
}

Outlook outlook_of(const Node& node) {
  const std::map<std::string, Outlook> by_shape{
      {"ellipse", Outlook::safe}, {"box", Outlook::avoidable}, {"octagon", Outlook::inevitable}};
  const std::map<std::string, Outlook> by_word{{"safe", Outlook::safe},
                                               {"avoidable", Outlook::avoidable},
                                               {"inevitable", Outlook::inevitable}};
  std::string word = node.label;
  if (word.rfind("start\\n", 0) == 0) word.erase(0, 7);
  word = word.substr(0, word.find('\\'));
  CHECK(by_shape.at(node.shape) == by_word.at(word));
  return by_word.at(word);
}

struct Full {
  explicit Full(const Trace& trace)
      : model(render_fixture::model_of(trace.scenario, trace.policy)),
        found(sim::explore(model)),
        outlooks(sim::outlooks(
            found.graph, std::get<sim::TopologicalOrder>(sim::topological_order(found.graph)),
            [](const sim::EndState& end) { return end.end == sim::End::violation; })) {
    for (const sim::EndState& end : found.graph.ends()) ends[end.state] = end;
  }

  /// Where choices lead from a state.
  [[nodiscard]] StateId after(StateId state, const sim::Schedule& choices) const {
    for (const sim::Choice choice : choices) {
      const auto possible = found.graph.choices(state);
      const auto it = std::find(possible.begin(), possible.end(), choice);
      REQUIRE(it != possible.end());
      state = found.graph.targets(state)[static_cast<std::size_t>(it - possible.begin())];
    }
    return state;
  }

  model::RaceModel model;
  sim::Exploration<model::RaceModel> found;
  std::vector<Outlook> outlooks;
  std::map<StateId, sim::EndState> ends;
};

/// Walks the drawing. Returns how many of its nodes would have another label if nothing
/// but the drawing were known.
unsigned check_against_full(const Trace& trace, const Drawn& drawn, const Full& full) {
  const sim::ScheduleNames names = sim::schedule_names(full.model);
  const std::string head = trace.token().substr(0, trace.token().rfind(':') + 1);
  std::map<std::string, StateId> met{{"s0", 0}};
  std::deque<std::string> open{"s0"};
  unsigned misleading = 0;
  while (!open.empty()) {
    const std::string name = open.front();
    open.pop_front();
    const StateId state = met.at(name);
    const Outlook outlook = outlook_of(drawn.nodes.at(name));
    INFO(name << ": " << drawn.nodes.at(name).label);
    CHECK(outlook == full.outlooks[state]);
    const auto end = full.ends.find(state);
    const std::string& label = drawn.nodes.at(name).label;
    const bool is_violation = end != full.ends.end() && end->second.end == sim::End::violation;
    const bool is_cut = end != full.ends.end() && end->second.end == sim::End::cut;
    const bool is_rest = end != full.ends.end() && end->second.end == sim::End::rest;
    CHECK((label.find("VIOLATION") != label.npos) == is_violation);
    CHECK((label.find("cut") != label.npos) == is_cut);
    CHECK((label.find("at rest") != label.npos) == is_rest);
    bool all_inevitable = drawn.edges.count(name) != 0;
    bool all_safe = drawn.edges.count(name) != 0;
    for (const Edge& edge :
         drawn.edges.count(name) != 0 ? drawn.edges.at(name) : std::vector<Edge>{}) {
      const StateId target = full.after(state, sim::from_token(head + edge.token, names).schedule);
      all_inevitable &= full.outlooks[target] == Outlook::inevitable;
      all_safe &= full.outlooks[target] == Outlook::safe;
      if (met.emplace(edge.target, target).second) open.push_back(edge.target);
      // Another name for an MR is all in which two ways to a node may differ.
      CHECK(full.outlooks[met.at(edge.target)] == full.outlooks[target]);
    }
    misleading += (all_inevitable && outlook != Outlook::inevitable) ||
                  (all_safe && outlook != Outlook::safe);
  }
  CHECK(met.size() == drawn.nodes.size());
  return misleading;
}

/// The bold edges from the start on.
void check_run(const Trace& trace, const Drawn& drawn, const Full& full) {
  const std::string head = trace.token().substr(0, trace.token().rfind(':') + 1);
  sim::Schedule run;
  std::size_t bold = 0;
  for (const auto& [from, edges] : drawn.edges) {
    for (const Edge& edge : edges) bold += edge.is_bold;
  }
  for (std::string at = "s0"; drawn.edges.count(at) != 0;) {
    const auto& edges = drawn.edges.at(at);
    const auto next =
        std::find_if(edges.begin(), edges.end(), [](const Edge& edge) { return edge.is_bold; });
    if (next == edges.end()) break;
    const auto part = sim::from_token(head + next->token, sim::schedule_names(full.model)).schedule;
    run.insert(run.end(), part.begin(), part.end());
    at = next->target;
    REQUIRE(bold > 0);
    --bold;
  }
  CHECK(bold == 0);
  CHECK(run == trace.schedule());
}

std::string complaint(const Trace& trace, const tools::StateGraphOptions& options) {
  try {
    (void)state_graph_dot(trace, options);
  } catch (const model::InputError& error) {
    return error.what();
  }
  FAIL("it was drawn");
  return {};
}

}  // namespace

TEST_CASE("labels are those of the full graph") {
  for (const char* name : {"no-loss", "r7-dma-map-failure", "r8-reset-failure", "single-segment"}) {
    for (const char* policy : {"unmap-on-marshal-error", "leave-registered"}) {
      CAPTURE(name, policy);
      const Trace trace =
          render_fixture::run(render_fixture::scenario(name), policy, sim::UniformStrategy(1));
      const Full full(trace);
      for (const unsigned around : {0u, 1u, 3u}) {
        const Drawn drawn = read_drawn(state_graph_dot(trace, {{}, 100'000, around}));
        check_against_full(trace, drawn, full);
        check_run(trace, drawn, full);
      }
    }
  }
}

// Of what partial order reduction leaves over alone, labels would be others.
TEST_CASE("labels of the reported bug's graph are not those of the reduced graph") {
  const Trace trace = render_fixture::double_unmap();
  const Full full(trace);
  const Drawn all = read_drawn(state_graph_dot(trace, {{}, 100'000, 0}));
  CHECK(check_against_full(trace, all, full) > 0);
  check_run(trace, all, full);
  CHECK(all.nodes.size() < full.found.state_count() / 5);
  CHECK(all.title.find("Only some of the interleavings") != std::string::npos);
  const Drawn near = read_drawn(state_graph_dot(trace, {{}, 2000, 1}));
  check_against_full(trace, near, full);
  check_run(trace, near, full);
  CHECK(near.nodes.size() > trace.steps.size());
  CHECK(near.title.find("at most 1 step from the run") != std::string::npos);
}

TEST_CASE("edges say who does what") {
  const Trace trace = render_fixture::double_unmap();
  const std::string dot = state_graph_dot(trace, {{}, 2000, 1});
  CHECK(dot.find("label=\"link: the connection is lost\"") != std::string::npos);
  CHECK(dot.find("label=\"RPC task 1: test CONNECTED\"") != std::string::npos);
}

TEST_CASE("what is too large is refused, with what to do") {
  const Trace trace = render_fixture::double_unmap();
  const std::string too_many = complaint(trace, {});
  CHECK(std::regex_search(too_many, std::regex("has [0-9]+ states, of which [0-9]+ are to be "
                                               "drawn, more than 2000")));
  CHECK(too_many.find("--around N") != std::string::npos);
  tools::StateGraphOptions few;
  few.limits.max_states = 100;
  CHECK(complaint(trace, few).find("--max-states") != std::string::npos);
  // The bound is on what is drawn: as many as it says are just not too many.
  std::smatch match;
  REQUIRE(std::regex_search(too_many, match, std::regex("of which ([0-9]+) are")));
  const auto count = static_cast<unsigned>(std::stoul(match[1]));
  CHECK(read_drawn(state_graph_dot(trace, {{}, count, 0})).nodes.size() == count);
  CHECK(!complaint(trace, {{}, count - 1, 0}).empty());
}

TEST_CASE("any title is a string of the dot language") {
  Trace trace = render_fixture::double_unmap();
  trace.scenario.title = render_fixture::hostile_title;
  const std::string dot = state_graph_dot(trace, {{}, 2000, 1});
  std::string title = read_drawn(dot).title;
  CHECK(title.find("\\\"quotes\\\"") != std::string::npos);
  CHECK(title.find("\\\\N") != std::string::npos);
  if (std::system("command -v dot >/dev/null 2>&1") != 0) {
    WARN("Graphviz is not there: its own reader was not asked");
    return;
  }
  std::FILE* reader = popen("dot -Tdot >/dev/null", "w");
  REQUIRE(reader != nullptr);
  CHECK(std::fwrite(dot.data(), 1, dot.size(), reader) == dot.size());
  CHECK(pclose(reader) == 0);
}

TEST_CASE("dot: the same run is the same bytes in any locale") {
  const Trace trace = render_fixture::double_unmap();
  const std::string once = state_graph_dot(trace, {{}, 2000, 1});
  const render_fixture::GroupingLocale other;
  CHECK(state_graph_dot(trace, {{}, 2000, 1}) == once);
}
