// SPDX-License-Identifier: MIT
//
// Drawing the state graph.
//
// The outlook of a state (sim/questions/outlook.h) depends on all its futures, and
// partial order reduction leaves some out: if only the paths of the reduced graph fail
// from a state, it would be drawn as inevitable although another step avoids failure.
// So the search uses symmetry alone, which renames and leaves nothing out, and labels
// are computed on its graph. The reduced graph is then walked as a part of it: the same
// states, but only the steps of sufficient_actors are followed.
#include "tools/render/state_graph_dot.h"

#include <array>
#include <map>
#include <variant>

#include "model/labels.h"
#include "model/property/properties.h"
#include "model/scenario/names.h"
#include "sim/questions/outlook.h"
#include "sim/search/explorer.h"
#include "sim/search/partial_order.h"
#include "tools/app/search_setup.h"
#include "tools/app/watch.h"
#include "tools/app/why_stopped.h"
#include "tools/engine/race_search.h"
#include "tools/render/lanes.h"
#include "tools/words/numbers.h"

namespace tools {
namespace {

using sim::Outlook;
using sim::StateId;
using Search = sim::Exploration<model::RaceModel>;

struct Edge {
  std::vector<StateId> through;  ///< the source, and states that are not nodes of their own
  sim::Schedule choices;
  StateId target = 0;
  bool is_of_run = false;
};

/// In a quoted string of the dot language.
std::string dot_string(const std::string& text) {
  std::string result;
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    if (c == '\n') {
      result += "\\n";
    } else {
      result += c;
    }
  }
  return "\"" + result + "\"";
}

class DrawnGraph {
 public:
  DrawnGraph(const model::Trace& trace, const StateGraphOptions& options)
      : trace_(trace), options_(options), model_(model_of(trace.scenario, trace.policy)) {}

  std::string document() {
    search();
    follow_run();
    if (options_.around == 0) {
      add_reduced_graph();
    } else {
      add_surroundings();
    }
    merge_what_decides_nothing();
    check_size();
    return text();
  }

 private:
  [[noreturn]] void refuse(const std::string& why) const {
    throw model::InputError("--format dot: " + model::printable(trace_.scenario.name) + " under " +
                            trace_.policy + ": " + why);
  }

  void search() {
    const SearchLimits limits = limits_of(options_.limits, trace_.scenario);
    Watch watch(limits.time, "state graph");
    sim::ExploreOptions search{.reductions = {.symmetry = true}};
    search.jobs = workers_of(0);
    search.max_states = limits.max_states;
    search.max_memory = limits.max_memory;
    found_.emplace(search_states(
        model_, search, [&watch](const sim::Progress& progress) { return watch.look(progress); }));
    const auto give_up = [this](sim::Bound bound) {
      refuse("its states must all be known to say which are safe, and " + why_stopped(bound) +
             "; " + std::to_string(found_->state_count()) +
             " were seen; expected a smaller scenario or higher limits");
    };
    if (found_->bound != sim::Bound::none) give_up(found_->bound);
    const sim::Limits rest{.ask = [&watch] { return watch.look({}); }};
    try {
      const auto order = sim::topological_order(found_->graph, rest);
      if (std::holds_alternative<sim::Cycle>(order)) refuse("its state graph has a cycle");
      outlooks_ = sim::outlooks(found_->graph, std::get<sim::TopologicalOrder>(order),
                                sim::is_violation, rest);
    } catch (const sim::Stopped& stopped) {
      give_up(stopped.bound);
    }
    for (const sim::EndState& end : found_->graph.ends()) ends_[end.state] = end;
  }

  /// States that differ in names have the same choices (SymmetricModel).
  void follow_run() {
    StateId at = 0;
    for (const sim::Choice choice : trace_.schedule()) {
      const std::size_t i = found_->graph.edge_by(at, choice).value();
      add_edge(at, i, true);
      at = found_->graph.targets(at)[i];
    }
    nodes_.try_emplace(at);
  }

  void add_edge(StateId from, std::size_t number, bool is_of_run) {
    const StateId target = found_->graph.targets(from)[number];
    const sim::Choice choice = found_->graph.choices(from)[number];
    std::vector<Edge>& edges = nodes_[from];
    for (Edge& edge : edges) {
      if (edge.choices.front() == choice) return;
    }
    edges.push_back({{from}, {choice}, target, is_of_run});
    nodes_.try_emplace(target);
  }

  void add_reduced_graph() {
    std::vector<bool> seen(found_->state_count());
    std::vector<StateId> open{0};
    seen[0] = true;
    while (!open.empty()) {
      const StateId at = open.back();
      open.pop_back();
      const auto choices = found_->graph.choices(at);
      if (choices.empty()) continue;
      sim::ActorSet enabled;
      for (const sim::Choice choice : choices) enabled.insert(choice.actor);
      const sim::ActorSet enough = sim::sufficient_actors(model_, found_->state(at), enabled);
      for (std::size_t i = 0; i < choices.size(); ++i) {
        if (!enough.contains(choices[i].actor)) continue;
        add_edge(at, i, false);
        const StateId target = found_->graph.targets(at)[i];
        if (!seen[target]) open.push_back(target);
        seen[target] = true;
      }
    }
  }

  void add_surroundings() {
    std::vector<StateId> border;
    for (const auto& [state, edges] : nodes_) border.push_back(state);
    std::map<StateId, bool> near;
    for (const StateId state : border) near[state] = true;
    for (unsigned step = 0; step < options_.around; ++step) {
      std::vector<StateId> next;
      for (const StateId state : border) {
        for (const StateId target : found_->graph.targets(state)) {
          if (near.try_emplace(target, true).second) next.push_back(target);
        }
      }
      border = std::move(next);
    }
    for (const auto& [state, is_near] : near) {
      nodes_.try_emplace(state);
      const auto targets = found_->graph.targets(state);
      for (std::size_t i = 0; i < targets.size(); ++i) {
        if (near.count(targets[i]) != 0) add_edge(state, i, false);
      }
    }
  }

  /// A state with one step to take, which changes nothing of what can still happen, is
  /// part of that step. With `around`, a state whose other steps are out of sight is
  /// not.
  [[nodiscard]] bool decides_nothing(StateId state) const {
    const std::vector<Edge>& edges = nodes_.at(state);
    if (state == 0 || edges.size() != 1) return false;
    if (options_.around != 0 && found_->graph.targets(state).size() != 1) return false;
    return outlooks_[state] == outlooks_[edges.front().target];
  }

  void merge_what_decides_nothing() {
    std::map<StateId, std::vector<Edge>> merged;
    for (const auto& [state, edges] : nodes_) {
      if (decides_nothing(state)) continue;
      std::vector<Edge>& longer = merged[state];
      for (Edge edge : edges) {
        while (decides_nothing(edge.target)) {
          edge.through.push_back(edge.target);
          const Edge& next = nodes_.at(edge.target).front();
          edge.choices.push_back(next.choices.front());
          edge.target = next.target;
        }
        longer.push_back(std::move(edge));
      }
    }
    nodes_ = std::move(merged);
  }

  void check_size() const {
    if (nodes_.size() <= options_.most_nodes) return;
    const std::string count = std::to_string(nodes_.size());
    refuse("its graph has " + std::to_string(found_->state_count()) + " states, of which " + count +
           " are to be drawn, more than " + std::to_string(options_.most_nodes) +
           (options_.around == 0
                ? "; expected --around N for those at most N steps from the run, a smaller "
                  "scenario, or --max-nodes "
                : "; expected a smaller --around or --max-nodes ") +
           count);
  }

  [[nodiscard]] std::string who_does_what(StateId state, sim::Choice choice) const {
    const auto step = model::RaceModel::step_id(found_->state(state), choice.actor);
    const std::string_view outcome = model::outcome_name(choice.actor, choice.outcome);
    return std::string(model::long_name(choice.actor)) + ": " +
           std::string(model::label_of(choice.actor, step).statement) +
           (outcome.empty() ? "" : " [" + std::string(outcome) + "]");
  }

  /// A line for each context in turn: its first step, and how many follow.
  [[nodiscard]] std::string words_of_edge(const Edge& edge) const {
    constexpr std::size_t most_lines = 4;
    std::vector<std::string> lines;
    for (std::size_t i = 0; i < edge.choices.size();) {
      std::size_t next = i + 1;
      while (next < edge.choices.size() && edge.choices[next].actor == edge.choices[i].actor)
        ++next;
      if (lines.size() == most_lines) {
        lines.push_back("... " + std::to_string(edge.choices.size() - i) + " steps more");
        break;
      }
      lines.push_back(who_does_what(edge.through[i], edge.choices[i]) +
                      (next - i > 1 ? " (+" + std::to_string(next - i - 1) + ")" : ""));
      i = next;
    }
    std::string text;
    for (const std::string& line : lines) text += (text.empty() ? "" : "\n") + line;
    return text;
  }

  [[nodiscard]] std::string token_of(const sim::Schedule& choices) const {
    const std::string token =
        sim::to_token(choices, trace_.scenario.hash(), sim::schedule_names(model_));
    return token.substr(token.rfind(':') + 1);
  }

  [[nodiscard]] std::string text_of_node(StateId state) const {
    constexpr std::array<std::string_view, 3> names{"safe", "avoidable", "inevitable"};
    constexpr std::array<std::string_view, 3> looks{"shape=ellipse, fillcolor=\"#cdebdc\"",
                                                    "shape=box, fillcolor=\"#fdf0b8\"",
                                                    "shape=octagon, fillcolor=\"#f6cabd\""};
    const auto outlook = static_cast<std::size_t>(outlooks_[state]);
    std::string label(names[outlook]);
    if (state == 0) label = "start\n" + label;
    std::string attributes(looks[outlook]);
    if (const auto end = ends_.find(state); end != ends_.end()) {
      label += "\n" + end_in_words(end->second);
      attributes += ", peripheries=2";
    } else if (const std::size_t unseen = steps_out_of_sight(state); unseen != 0) {
      label += "\n+" + std::to_string(unseen) + (unseen == 1 ? " step" : " steps");
      attributes += ", style=\"filled,dashed\"";
    }
    return "  s" + std::to_string(state) + " [label=" + dot_string(label) + ", " + attributes +
           "]\n";
  }

  [[nodiscard]] std::size_t steps_out_of_sight(StateId state) const {
    if (options_.around == 0) return 0;
    return found_->graph.targets(state).size() - nodes_.at(state).size();
  }

  [[nodiscard]] std::string end_in_words(const sim::EndState& end) const {
    switch (end.end) {
      case sim::End::violation:
        return "VIOLATION\n" +
               std::string(
                   model::entry_of(static_cast<model::Invariant>(end.detail), trace_.scenario.setup)
                       .name);
      case sim::End::cut:
        return "cut\n" + std::string(model::budget_names.at(end.detail));
      default:
        return "at rest";
    }
  }

  [[nodiscard]] std::string title() const {
    std::string text = run_in_words(trace_) + ": " + model::printable(trace_.scenario.title) +
                       "\nbold: " + last_word(trace_) + "\n" + std::to_string(nodes_.size()) +
                       " of " + std::to_string(found_->state_count()) +
                       " states, MRs' names apart; ellipse: safe, box: failure avoidable, octagon: "
                       "inevitable; double edge: an end";
    text += options_.around == 0
                ? "\nOnly some of the interleavings are drawn (partial order reduction, and the "
                  "run); labels are those of all."
                : "\nOnly what is at most " + plural(options_.around, "step") +
                      " from the run is drawn; labels are those of the whole graph; dashed: "
                      "steps lead on that are not drawn.";
    return text;
  }

  [[nodiscard]] std::string text() const {
    std::string text = "digraph states {\n  graph [labelloc=t, fontname=\"sans-serif\", label=" +
                       dot_string(title()) +
                       "]\n  node [style=filled, fontname=\"sans-serif\", fontsize=11]\n"
                       "  edge [fontname=\"sans-serif\", fontsize=9]\n";
    for (const auto& [state, edges] : nodes_) text += text_of_node(state);
    for (const auto& [state, edges] : nodes_) {
      for (const Edge& edge : edges) {
        text += "  s" + std::to_string(state) + " -> s" + std::to_string(edge.target) +
                " [label=" + dot_string(words_of_edge(edge)) +
                ", tooltip=" + dot_string(token_of(edge.choices)) +
                (edge.is_of_run ? ", style=bold, penwidth=3" : "") + "]\n";
      }
    }
    return text + "}\n";
  }

  const model::Trace& trace_;
  const StateGraphOptions& options_;
  model::RaceModel model_;
  std::optional<Search> found_;
  std::vector<Outlook> outlooks_;
  std::map<StateId, sim::EndState> ends_;
  std::map<StateId, std::vector<Edge>> nodes_;
};

}  // namespace

std::string state_graph_dot(const model::Trace& trace, const StateGraphOptions& options) {
  return DrawnGraph(trace, options).document();
}

}  // namespace tools
