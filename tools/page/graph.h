// SPDX-License-Identifier: MIT
//
// A state graph as the page embeds it: every state, every step, in few bytes.
//
// The page contains nothing of the model, so all that it can show is here: what each
// state looks like (model/trace/world_view.h) and what each step is and did. Both
// repeat themselves. A state is what a step made of the state before, so only what
// steps change is written; and the steps of a graph of 86,619 states are a few thousand
// different ones ("moves"), each written once. What is left is per edge the number of
// its move and the state it leads to, in one to three bytes each.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>

#include "model/race_model.h"
#include "sim/search/state_graph.h"

namespace tools {

/// A state graph and the worlds its numbers stand for, in the order in which a plain
/// queue meets them. Everything must outlive the call that receives it.
struct ShownGraph {
  const model::RaceModel& model;
  const sim::StateGraph& graph;
  const std::function<model::World(sim::StateId)>& world;
};

/// The keys "states", "transitions", "actors", "fields", "initial", "ends_said", "moves", "code",
/// "words" and "graph" of a policy's object in "frwrsim-page/1"; docs/page-format.md has
/// the format.
nlohmann::ordered_json graph_json(const ShownGraph& shown);

}  // namespace tools
