// SPDX-License-Identifier: MIT
//
// Moves, states and edges, written down.
#include "tools/page/graph.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <numeric>
#include <string>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

#include "model/invariants.h"
#include "model/labels.h"
#include "model/property/properties.h"
#include "model/scenario/names.h"
#include "model/trace/world_view.h"
#include "tools/words/words.h"

namespace tools {
namespace {

using Json = nlohmann::ordered_json;
using Index = std::uint32_t;

/// Strings by number, in the order in which they were first met.
class Words {
 public:
  Index add(std::string text) {
    const auto [at, is_new] = numbers_.try_emplace(text, static_cast<Index>(all_.size()));
    if (is_new) all_.push_back(std::move(text));
    return at->second;
  }
  [[nodiscard]] const std::vector<std::string>& all() const { return all_; }

 private:
  std::unordered_map<std::string, Index> numbers_;
  std::vector<std::string> all_;
};

/// What every state looks like, field by field, values by number.
class Worlds {
 public:
  explicit Worlds(const ShownGraph& shown)
      : view_(shown.model), values_(view_.fields().size()), width_(view_.fields().size()) {
    shown_.reserve(std::size_t{shown.graph.state_count()} * width_);
    for (sim::StateId id = 0; id < shown.graph.state_count(); ++id) {
      std::vector<std::string> texts = view_.values(shown.world(id));
      for (std::size_t f = 0; f < width_; ++f)
        shown_.push_back(values_[f].add(std::move(texts[f])));
    }
    number_fields();
  }

  /// Calls `change(field, value)` for what differs between two states.
  template <class Change>
  void differences(sim::StateId from, sim::StateId to, Change change) const {
    for (std::size_t f = 0; f < width_; ++f) {
      const Index value = shown_[to * width_ + f];
      if (value != shown_[from * width_ + f]) change(number_[f], value);
    }
  }

  [[nodiscard]] Json fields() const {
    static constexpr std::array<const char*, 3> kinds{"word", "list", "flag"};
    Json json = Json::array();
    for (std::size_t f = 0; f < width_; ++f) {
      if (!is_shown(f)) continue;
      const model::ViewField& field = view_.fields()[f];
      json.push_back({{"section", field.section},
                      {"subject", field.subject},
                      {"name", field.name},
                      {"kind", kinds.at(static_cast<std::size_t>(field.kind))},
                      {"values", values_[f].all()}});
    }
    return json;
  }
  [[nodiscard]] Json initial() const {
    Json json = Json::array();
    for (std::size_t f = 0; f < width_; ++f) {
      if (is_shown(f)) json.push_back(shown_[f]);
    }
    return json;
  }

 private:
  /// A field that is empty in every state belongs to an MR that never exists.
  [[nodiscard]] bool is_shown(std::size_t f) const {
    return values_[f].all().size() > 1 || !values_[f].all().front().empty();
  }
  void number_fields() {
    Index next = 0;
    for (std::size_t f = 0; f < width_; ++f) {
      number_.push_back(next);
      if (is_shown(f)) ++next;
    }
  }

  model::WorldView view_;
  std::vector<Words> values_;
  std::size_t width_;
  std::vector<Index> shown_;
  std::vector<Index> number_;
};

struct Listener {
  std::vector<model::Event> events;
  void operator()(const model::Event& event) { events.push_back(event); }
};

/// A step and all it does. Two edges with equal ones differ only in their states.
struct Move {
  sim::Choice choice;
  std::uint8_t step_id = 0;
  std::vector<Index> patch;  ///< field, value, field, value, ...
  std::vector<Index> says;
  std::vector<Index> notes;
  std::uint64_t edges = 0;

  [[nodiscard]] auto key() const {
    return std::tie(choice.actor, choice.outcome, step_id, patch, says);
  }
  friend bool operator<(const Move& a, const Move& b) { return a.key() < b.key(); }
};

class Writer {
 public:
  explicit Writer(const ShownGraph& shown) : shown_(shown), worlds_(shown) {}

  Json json() {
    find_moves();
    sort_moves();
    Json json;
    json["states"] = shown_.graph.state_count();
    json["transitions"] = shown_.graph.edge_count();
    json["actors"] = actors();
    json["fields"] = worlds_.fields();
    json["initial"] = worlds_.initial();
    const std::string graph = edges(json["ends_said"]);
    json["moves"] = moves();
    json["code"] = code();
    json["words"] = words_.all();
    json["graph"] = graph;
    return json;
  }

 private:
  void find_moves() {
    std::map<Move, Index> numbers;
    for (sim::StateId id = 0; id < shown_.graph.state_count(); ++id) {
      const auto targets = shown_.graph.targets(id);
      const auto choices = shown_.graph.choices(id);
      const model::World world = targets.empty() ? model::World{} : shown_.world(id);
      for (std::size_t e = 0; e < targets.size(); ++e) {
        Move move = move_of(world, choices[e]);
        if (targets[e] != sim::no_state) {
          worlds_.differences(id, targets[e], [&move](Index field, Index value) {
            move.patch.push_back(field);
            move.patch.push_back(value);
          });
        }
        const auto [at, is_new] = numbers.try_emplace(move, static_cast<Index>(moves_.size()));
        if (is_new) moves_.push_back(std::move(move));
        ++moves_[at->second].edges;
        move_of_edge_.push_back(at->second);
      }
    }
  }

  Move move_of(const model::World& world, sim::Choice choice) {
    Move move{choice, model::RaceModel::step_id(world, choice.actor), {}, {}, {}, 0};
    model::World after = world;
    Listener listener;
    shown_.model.step(after, choice, listener);
    for (const model::Event& event : listener.events) {
      move.says.push_back(words_.add(in_words(event, shown_.model.setup())));
      move.notes.push_back(is_noteworthy(event) ? 1 : 0);
    }
    return move;
  }

  /// The most frequent first: their numbers take one byte.
  void sort_moves() {
    std::vector<Index> order(moves_.size());
    std::iota(order.begin(), order.end(), Index{0});
    std::stable_sort(order.begin(), order.end(),
                     [this](Index a, Index b) { return moves_[a].edges > moves_[b].edges; });
    std::vector<Move> sorted;
    std::vector<Index> rank(order.size());
    for (const Index old : order) {
      rank[old] = static_cast<Index>(sorted.size());
      sorted.push_back(std::move(moves_[old]));
    }
    moves_ = std::move(sorted);
    for (Index& move : move_of_edge_) move = rank[move];
  }

  [[nodiscard]] Json actors() const {
    Json json = Json::array();
    const sim::ActorSet optional = shown_.model.optional_actors();
    for (unsigned a = 0; a < shown_.model.actor_count(); ++a) {
      const auto actor = static_cast<sim::ActorId>(a);
      json.push_back({{"id", model::short_name(actor)},
                      {"name", model::long_name(actor)},
                      {"environment", model::is_environment(actor)},
                      {"optional", optional.contains(actor)}});
    }
    return json;
  }

  Json moves() {
    Json json = Json::array();
    for (const Move& move : moves_) {
      const model::Label label = model::label_of(move.choice.actor, move.step_id);
      const auto word = [this](std::string_view text) { return words_.add(std::string(text)); };
      json.push_back({move.choice.actor,
                      word(model::outcome_name(move.choice.actor, move.choice.outcome)),
                      word(label.name), word(label.function), word(label.statement), move.patch,
                      move.says, move.notes});
    }
    return json;
  }

  /// The statements that are ever taken, in the order of each actor's program.
  Json code() {
    std::map<std::pair<sim::ActorId, std::uint8_t>, model::Label> lines;
    for (const Move& move : moves_) {
      const model::Label label = model::label_of(move.choice.actor, move.step_id);
      lines.try_emplace({move.choice.actor, move.step_id}, label);
    }
    Json json = Json::array();
    for (const auto& [place, label] : lines) {
      const auto word = [this](std::string_view text) { return words_.add(std::string(text)); };
      json.push_back({place.first, word(label.name), word(label.function), word(label.statement)});
    }
    return json;
  }

  /// The end of a run in words; of a violation also which invariant and whose.
  [[nodiscard]] Json said(const sim::EndState& end) const {
    const model::World world = shown_.world(end.state);
    switch (end.end) {
      case sim::End::violation: {
        const model::Violation violation = violation_in(world);
        return {{"end", "violation"},
                {"text", in_words(violation, shown_.model.setup())},
                {"invariant", model::entry_of(violation.invariant, shown_.model.setup()).name},
                {"mr", violation.mr},
                {"rpc", violation.rpc}};
      }
      case sim::End::cut:
        return {{"end", "cut"},
                {"text", "cut: the budget '" +
                             std::string(model::name_of(model::budget_names, world.cut)) +
                             "' is exceeded"}};
      case sim::End::rest:
      case sim::End::step_limit:
        break;
    }
    return {{"end", "rest"}, {"text", "all RPCs done, nothing outstanding"}};
  }
  [[nodiscard]] model::Violation violation_in(const model::World& world) const {
    return shown_.model.violation(world);
  }

  static void put(std::string& bytes, std::uint64_t number) {
    for (; number >= 0x80; number >>= 7) bytes.push_back(static_cast<char>(number | 0x80));
    bytes.push_back(static_cast<char>(number));
  }

  /// States and edges as bytes, in base64; `ends_said` gets the names of the ends.
  std::string edges(Json& ends_said) const {
    std::string bytes;
    ends_said = Json::array();
    auto end = shown_.graph.ends().begin();
    sim::StateId met = 1;
    std::uint64_t edge = 0;
    for (sim::StateId id = 0; id < shown_.graph.state_count(); ++id) {
      const auto targets = shown_.graph.targets(id);
      const bool is_end = end != shown_.graph.ends().end() && end->state == id;
      put(bytes, 2 * targets.size() + (is_end ? 1 : 0));
      if (is_end) {
        const Json text = said(*end++);
        const auto at = std::find(ends_said.begin(), ends_said.end(), text);
        put(bytes, static_cast<std::uint64_t>(at - ends_said.begin()));
        if (at == ends_said.end()) ends_said.push_back(text);
      }
      for (const sim::StateId target : targets) {
        put(bytes, move_of_edge_[edge++]);
        if (target == sim::no_state) {
          put(bytes, met + 1);
        } else {
          put(bytes, target == met ? 0 : met - target);
          if (target == met) ++met;
        }
      }
    }
    return base64(bytes);
  }

  static std::string base64(const std::string& bytes) {
    static constexpr char digits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
      unsigned group = 0;
      for (std::size_t k = 0; k < 3; ++k) {
        group = group << 8 | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0u);
      }
      for (unsigned k = 0; k < 4; ++k) {
        text.push_back(i + k > bytes.size() ? '=' : digits[group >> (18 - 6 * k) & 63]);
      }
    }
    return text;
  }

  const ShownGraph& shown_;
  Worlds worlds_;
  Words words_;
  std::vector<Move> moves_;
  std::vector<Index> move_of_edge_;
};

}  // namespace

Json graph_json(const ShownGraph& shown) { return Writer(shown).json(); }

}  // namespace tools
