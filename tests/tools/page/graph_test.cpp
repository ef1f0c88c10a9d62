// SPDX-License-Identifier: MIT
//
// The graph a page embeds, read back from its bytes by the description of the format,
// against the model: every world, every step, every end.
#include "tools/page/graph.h"

#include <catch2/catch.hpp>
#include <map>
#include <set>

#include "model/invariants.h"
#include "model/labels.h"
#include "model/scenario/scenario.h"
#include "model/trace/world_view.h"
#include "sim/questions/part_of_graph.h"
#include "sim/search/explorer.h"
#include "tools/app/search_setup.h"
#include "tools/page/data.h"
#include "tools/words/words.h"

using nlohmann::ordered_json;

namespace {

struct Edge {
  std::size_t move = 0;
  std::int64_t target = 0;  ///< -1: beyond the page
};

/// What docs/page-format.md says of "graph", in the fewest lines.
class Reader {
 public:
  explicit Reader(const ordered_json& page) : page_(page), bytes_(bytes(page.at("graph"))) {
    std::int64_t met = 1;
    for (std::uint64_t id = 0; id < page.at("states"); ++id) {
      const std::uint64_t head = varint();
      end.push_back(head % 2 == 1 ? static_cast<int>(varint()) : -1);
      edges.emplace_back();
      for (std::uint64_t e = 0; e < head / 2; ++e) {
        const std::uint64_t move = varint();
        const auto back = static_cast<std::int64_t>(varint());
        edges.back().push_back({move, back == 0 ? met : back > met ? -1 : met - back});
        if (back == 0) {
          ++met;
          parent.emplace_back(id, move);
        }
      }
    }
    REQUIRE(at_ == bytes_.size());
    REQUIRE(met == page.at("states"));
  }

  /// The values of all fields in a world: those of the world before, patched.
  [[nodiscard]] std::vector<std::string> world(std::uint64_t id) const {
    std::vector<std::size_t> values = numbers(id);
    std::vector<std::string> texts;
    for (std::size_t f = 0; f < values.size(); ++f) {
      texts.push_back(page_.at("fields").at(f).at("values").at(values[f]));
    }
    return texts;
  }

  std::vector<std::vector<Edge>> edges;
  std::vector<int> end;

 private:
  static std::vector<std::uint8_t> bytes(const std::string& base64) {
    static const std::string digits =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::vector<std::uint8_t> result;
    unsigned bits = 0;
    unsigned held = 0;
    for (const char c : base64) {
      if (c == '=') break;
      bits = bits << 6 | static_cast<unsigned>(digits.find(c));
      held += 6;
      if (held >= 8) {
        held -= 8;
        result.push_back(static_cast<std::uint8_t>(bits >> held));
      }
    }
    return result;
  }
  std::uint64_t varint() {
    std::uint64_t number = 0;
    for (unsigned shift = 0;; shift += 7) {
      const std::uint8_t byte = bytes_.at(at_++);
      number |= std::uint64_t{byte & 0x7fu} << shift;
      if (byte < 0x80) return number;
    }
  }
  [[nodiscard]] std::vector<std::size_t> numbers(std::uint64_t id) const {
    if (id == 0) return page_.at("initial");
    const auto& [from, move] = parent.at(id - 1);
    std::vector<std::size_t> values = numbers(from);
    const ordered_json& patch = page_.at("moves").at(move).at(5);
    for (std::size_t i = 0; i < patch.size(); i += 2) values.at(patch[i]) = patch[i + 1];
    return values;
  }

  const ordered_json& page_;
  std::vector<std::uint8_t> bytes_;
  std::size_t at_ = 0;
  std::vector<std::pair<std::uint64_t, std::size_t>> parent;
};

struct Events {
  std::vector<std::string> said;
  void operator()(const model::Event& event) { said.push_back(tools::in_words(event, {})); }
};

/// The fields of a world that the page has, in its order.
std::vector<std::string> shown(const model::WorldView& view, const model::World& world,
                               const ordered_json& page) {
  std::map<std::array<std::string, 3>, std::string> all;
  const std::vector<std::string> values = view.values(world);
  for (std::size_t f = 0; f < values.size(); ++f) {
    const model::ViewField& field = view.fields()[f];
    all[{field.section, field.subject, field.name}] = values[f];
  }
  std::vector<std::string> result;
  for (const ordered_json& field : page.at("fields")) {
    const auto at = all.find({field.at("section"), field.at("subject"), field.at("name")});
    REQUIRE(at != all.end());
    result.push_back(at->second);
    all.erase(at);
  }
  for (const auto& [name, value] : all) CHECK(value.empty());
  return result;
}

/// Walks the model and the page together from the beginning, every edge once.
void check_against_model(const model::RaceModel& model, const ordered_json& page) {
  const Reader reader(page);
  const model::WorldView view(model);
  std::vector<std::optional<model::World>> worlds(reader.edges.size());
  worlds[0] = model.initial();
  for (std::size_t id = 0; id < worlds.size(); ++id) {
    const model::World world = *worlds[id];
    REQUIRE(reader.world(id) == shown(view, world, page));
    const bool stopped = model.stopped(world).has_value();
    CHECK((reader.end[id] >= 0) == (stopped || model.enabled(world).empty()));
    if (reader.end[id] >= 0) {
      const ordered_json& end = page.at("ends_said").at(static_cast<std::size_t>(reader.end[id]));
      const model::Violation violation = model.violation(world);
      CHECK((end.at("end") == "violation") == (violation.invariant != model::Invariant::none));
      if (end.at("end") == "violation") {
        CHECK(end.at("invariant") == model::entry_of(violation.invariant).name);
        CHECK(end.at("mr") == violation.mr);
        CHECK(end.at("rpc") == violation.rpc);
      }
    }
    for (const Edge& edge : reader.edges[id]) {
      const ordered_json& move = page.at("moves").at(edge.move);
      const auto word = [&](std::size_t i) -> std::string {
        return page.at("words").at(move.at(i).get<std::size_t>());
      };
      const sim::ActorId actor = move.at(0);
      REQUIRE(model.enabled(world).contains(actor));
      std::optional<sim::Outcome> outcome;
      for (const unsigned o : model.outcomes(world, actor)) {
        if (model.outcome_name(actor, static_cast<sim::Outcome>(o)) == word(1)) {
          outcome = static_cast<sim::Outcome>(o);
        }
      }
      REQUIRE(outcome);
      const model::Label label = model::label_of(actor, model::RaceModel::step_id(world, actor));
      CHECK(word(2) == label.name);
      CHECK(word(3) == label.function);
      CHECK(word(4) == label.statement);
      model::World next = world;
      Events events;
      model.step(next, {actor, *outcome}, events);
      std::vector<std::string> said;
      for (const std::size_t w : move.at(6)) said.push_back(page.at("words").at(w));
      CHECK(said == events.said);
      if (edge.target < 0) continue;
      auto& target = worlds[static_cast<std::size_t>(edge.target)];
      if (!target) target = next;
      REQUIRE(std::memcmp(&*target, &next, sizeof next) == 0);
    }
  }
}

model::Scenario scenario_named(const std::string& name) {
  return model::load_scenario(std::string(FRWRSIM_SCENARIO_DIR) + "/" + name + ".json");
}

ordered_json page_of(const std::string& name, const std::string& policy, const std::string& text) {
  const model::Scenario scenario = scenario_named(name);
  const tools::TeachOptions options;
  const tools::PagePart part = tools::page_part(text);
  const auto page = tools::SearchedPolicy(scenario, policy, options, part).page(part);
  REQUIRE(page);
  return page->json;
}

}  // namespace

TEST_CASE("the bytes of a page are the worlds and steps of the model") {
  const auto [name, policy] = GENERATE(std::pair{"root-cause", "unmap-on-marshal-error"},
                                       std::pair{"r7-dma-map-failure", "leave-registered"},
                                       std::pair{"r8-reset-failure", "unmap-on-marshal-error"});
  const model::RaceModel model = tools::model_of(scenario_named(name), policy);
  const ordered_json page = page_of(name, policy, "whole");
  CHECK(page.at("states") == sim::explore(model).state_count());
  check_against_model(model, page);
}

TEST_CASE("the statements of a page are those of its moves, in the order of the program") {
  const ordered_json page = page_of("root-cause", "unmap-on-marshal-error", "whole");
  std::set<std::pair<std::size_t, std::size_t>> moves;  // actor, name
  for (const ordered_json& move : page.at("moves")) moves.emplace(move.at(0), move.at(2));
  std::set<std::pair<std::size_t, std::size_t>> lines;
  std::vector<std::string> recovery;
  for (const ordered_json& line : page.at("code")) {
    lines.emplace(line.at(0), line.at(1));
    if (page.at("actors").at(line.at(0).get<std::size_t>()).at("id") == "rec") {
      recovery.push_back(page.at("words").at(line.at(1).get<std::size_t>()));
    }
  }
  CHECK(lines == moves);
  CHECK(lines.size() == page.at("code").size());
  // frwr_op_recover_mr begins with the list and looks before it resets.
  REQUIRE(recovery.size() >= 3);
  CHECK(recovery[0] == "idle");
  CHECK(recovery[1] == "snapshot");
  CHECK(recovery[2] == "dereg");
}

TEST_CASE("a part of the graph is true as far as it goes") {
  const auto [name, part] =
      GENERATE(std::pair{"single-segment", "reduced"}, std::pair{"root-cause", "near:2"});
  const model::RaceModel model = tools::model_of(scenario_named(name), "unmap-on-marshal-error");
  const ordered_json page = page_of(name, "unmap-on-marshal-error", part);
  CHECK(page.at("states") < sim::explore(model).state_count());
  CHECK(page.at("whole") == false);
  check_against_model(model, page);
}

TEST_CASE("near a run there is the run, and what is as near as was asked for") {
  const ordered_json near = page_of("root-cause", "unmap-on-marshal-error", "near:0");
  // The states of the run and no others, each but the last with the step to the next.
  CHECK(near.at("states") == near.at("counterexample").size() + 1);
  const Reader reader(near);
  std::uint64_t inside = 0;
  for (const auto& edges : reader.edges) {
    for (const Edge& edge : edges) inside += edge.target >= 0 ? 1 : 0;
  }
  CHECK(inside == near.at("counterexample").size());
}

TEST_CASE("the counterexample of a page ends in the violation it tells of") {
  const ordered_json page = page_of("root-cause", "unmap-on-marshal-error", "whole");
  const Reader reader(page);
  std::int64_t at = 0;
  for (const std::size_t edge : page.at("counterexample")) {
    at = reader.edges.at(static_cast<std::size_t>(at)).at(edge).target;
  }
  const int end = reader.end.at(static_cast<std::size_t>(at));
  REQUIRE(end >= 0);
  CHECK(page.at("ends_said").at(static_cast<std::size_t>(end)).at("end") == "violation");
  at = 0;
  for (const std::size_t edge : page.at("passing")) {
    at = reader.edges.at(static_cast<std::size_t>(at)).at(edge).target;
  }
  CHECK(page.at("ends_said")
            .at(static_cast<std::size_t>(reader.end.at(static_cast<std::size_t>(at))))
            .at("end") == "rest");
}

TEST_CASE("a part that is no part is refused in words") {
  CHECK_THROWS_WITH(tools::page_part("near:"), Catch::Contains("expected 'whole', 'reduced'"));
  CHECK_THROWS_WITH(tools::page_part("near:-1"), Catch::Contains("found 'near:-1'"));
  CHECK_THROWS_WITH(tools::page_part("all"), Catch::Contains("found 'all'"));
}
