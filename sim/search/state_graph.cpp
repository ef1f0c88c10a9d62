// SPDX-License-Identifier: MIT
//
// A graph, written and read back.
#include "sim/search/state_graph.h"

namespace sim {

void StateGraph::save(const ByteSink& sink) const {
  put(sink, expanded());
  put(sink, edge_count());
  put_all(sink, first_edge_.data(), first_edge_.size());
  put_all(sink, targets_.data(), targets_.size());
  put_all(sink, choices_.data(), choices_.size());
  put(sink, static_cast<StateId>(ends_.size()));
  for (const EndState& end : ends_) {
    put(sink, end.state);
    put(sink, static_cast<std::uint8_t>(end.end));
    put(sink, end.detail);
  }
}

StateGraph StateGraph::restored(ActorSet environment, StateId states, unsigned actors,
                                ByteReader& reader) {
  StateGraph graph(environment);
  const auto expanded = reader.number<StateId>("states expanded", states);
  const auto edges = reader.number<std::uint64_t>("edges");
  graph.first_edge_.clear();
  reader.append_to(graph.first_edge_, std::uint64_t{expanded} + 1);
  for (StateId s = 0; s < expanded; ++s) {
    if (graph.first_edge_[s] > graph.first_edge_[s + 1]) throw BadBytes("edges are out of order");
  }
  if (graph.first_edge_[0] != 0 || graph.first_edge_[expanded] != edges) {
    throw BadBytes("there are other edges than the states have");
  }
  reader.append_to(graph.targets_, edges);
  reader.append_to(graph.choices_, edges);
  for (std::uint64_t e = 0; e < edges; ++e) {
    if (graph.targets_[e] >= states) throw BadBytes("an edge leads to no state");
    if (graph.choices_[e].actor >= actors || graph.choices_[e].outcome >= OutcomeSet::capacity) {
      throw BadBytes("an edge has a choice that no actor makes");
    }
  }
  const auto ends = reader.number<StateId>("ends", states);
  for (StateId i = 0; i < ends; ++i) {
    EndState end;
    end.state = reader.number<StateId>("state of an end", states - 1);
    end.end = static_cast<End>(reader.number<std::uint8_t>("kind of an end", 2));
    end.detail = reader.number<std::uint8_t>("detail of an end", 63);
    if (i > 0 && end.state <= graph.ends_.back().state) throw BadBytes("ends are out of order");
    if ((end.end == End::rest) != (end.detail == 0)) throw BadBytes("an end lacks its reason");
    graph.ends_.push_back(end);
  }
  return graph;
}

}  // namespace sim
