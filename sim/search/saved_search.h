// SPDX-License-Identifier: MIT
//
// A search between two rounds: written down, read back, continued.
//
// What is written decides everything that is still to come: numbers of states, edges,
// even which bits the packing knows. So the continued search ends with the same bytes
// as one that was never interrupted, with the same options and any number of threads.
// What is read is checked for everything that could lead out of an array. The code that
// keeps the bytes must know whether the states are those of the model.
#pragma once

#include <algorithm>

#include "sim/byte_stream.h"
#include "sim/search/explorer.h"

namespace sim {

/// Writes a search. REQUIRES: `max_states` has kept nothing out.
template <Model M>
void save(const Exploration<M>& found, const ByteSink& sink) {
  found.packing.save(sink);
  found.store.save(sink);
  found.graph.save(sink);
  put(sink, found.expanded);
  put(sink, found.level_end);
  put(sink, static_cast<StateId>(found.levels.size()));
  put_all(sink, found.levels.data(), found.levels.size());
  put(sink, found.transitions);
  put(sink, found.memory);
}

namespace detail {

/// Throws BadBytes unless the first state is the initial one, which differs from itself
/// in nothing, and every other state has zeros where it has no bits: equal states have
/// equal bytes.
template <Model M>
void check_packed(const Exploration<M>& found) {
  const unsigned bits = found.packing.bits();
  const unsigned last = found.packing.packed_words() - 1;
  const std::uint64_t stray = bits == 64 * (last + 1) ? 0 : ~std::uint64_t{0} << bits % 64;
  for (StateId id = 0; id < found.store.size(); ++id) {
    const std::uint64_t* packed = found.store.packed(id);
    if ((packed[last] & stray) != 0) throw BadBytes("a state has bits that no state has");
    if (id == 0 && std::any_of(packed, packed + last + 1, [](auto word) { return word != 0; })) {
      throw BadBytes("the first state is not the initial one");
    }
  }
}

}  // namespace detail

/// Reads a search that save() wrote, of the same model with the same options. Throws
/// BadBytes.
template <Model M>
Exploration<M> restored(const M& model, const ExploreOptions& options, ByteReader& reader) {
  Padded<typename M::State> start;
  start.state = Expansion<M>(model, options.reductions).initial();
  Exploration<M> found{BitPacking::restored({start.bytes(), sizeof start}, reader), StateStore(1),
                       StateGraph(model.environment())};
  found.store = StateStore::restored(found.packing.packed_words(), reader);
  const StateId states = found.store.size();
  found.graph = StateGraph::restored(model.environment(), states,
                                     static_cast<unsigned>(model.actor_count()), reader);
  found.expanded = reader.number<StateId>("states expanded", states);
  found.level_end = reader.number<StateId>("end of a depth", states);
  const auto depths = reader.number<StateId>("depths", states);
  reader.append_to(found.levels, depths);
  found.transitions = reader.number<std::uint64_t>("transitions");
  found.memory = reader.number<std::uint64_t>("memory");

  if (states == 0 || states > options.max_states) throw BadBytes("has another number of states");
  detail::check_packed(found);
  if (found.graph.expanded() != (options.keep_graph ? found.expanded : 0)) {
    throw BadBytes("the graph is of other states");
  }
  if (options.keep_graph && found.graph.edge_count() != found.transitions) {
    throw BadBytes("the graph has other edges than transitions");
  }
  for (const EndState& end : found.graph.ends()) {
    if (end.state >= found.expanded) throw BadBytes("an end is a state not looked at");
  }
  // If something is left to expand, the depth continues.
  const bool goes_on = found.expanded < found.level_end;
  const bool is_over = found.expanded == states && found.level_end == states;
  bool in_order = depths > 0 && found.levels.front() == 0 &&
                  found.levels.back() <= found.expanded && (goes_on || is_over);
  for (StateId i = 1; i < depths; ++i) in_order &= found.levels[i - 1] < found.levels[i];
  if (!in_order) throw BadBytes("depths are out of order");
  return found;
}

}  // namespace sim
