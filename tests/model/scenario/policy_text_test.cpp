// SPDX-License-Identifier: MIT
//
// Policies from text and JSON, and back: what is accepted, how it is kept, what is refused.
#include "model/scenario/policy_text.h"

#include <catch2/catch.hpp>

#include "model/decisions.h"
#include "model/scenario/rule_text.h"
#include "model/scenario/scenario.h"

using namespace model;

namespace {

/// What is said of a text that is refused; empty if it is not.
std::string refusal(std::string_view text) {
  try {
    read_policy(text);
  } catch (const InputError& error) {
    return error.what();
  }
  return {};
}

std::string refusal_of(const nlohmann::json& json) {
  try {
    read_policy(JsonValue(json, "file.json"));
  } catch (const InputError& error) {
    return error.what();
  }
  return {};
}

bool says(const std::string& message, const std::string& what) {
  INFO(message);
  return message.find(what) != std::string::npos;
}

}  // namespace

TEST_CASE("every policy of the program is read by its name, its alias and its version") {
  for (const PolicyEntry& entry : policies()) {
    CHECK(read_policy(entry.name).policy == entry.policy);
    CHECK(read_policy(entry.alias).name == entry.name);
    if (!version_of(entry).empty()) CHECK(read_policy(version_of(entry)).name == entry.name);
  }
  CHECK(read_policy("v4.8").name == "unmap-on-marshal-error");
  CHECK(read_policy("v4.9").name == "leave-registered");
}

TEST_CASE("a row of decisions over a base is that base with these decisions") {
  const PolicyEntry entry = read_policy("v4.14,flush=marks_if_valid,give_up=unmap_sync");
  Policy expected = find_policy("v4.14")->policy;
  expected.flush = Flush::marks_if_valid;
  expected.give_up = GiveUp::unmap_sync;
  CHECK(entry.policy == expected);
  CHECK(entry.alias.empty());
  // Kept in the order of the table, over the base by its own name.
  CHECK(entry.name == "no-recovery-if-unmapped,give_up=unmap_sync,flush=marks_if_valid");
  CHECK(read_policy(entry.name).name == entry.name);
}

TEST_CASE(
    "without a base the row is over the kernel of the fix, and what it says again is not kept") {
  CHECK(read_policy("flush=marks_if_valid").name == "leave-registered,flush=marks_if_valid");
  CHECK(read_policy("mine:v4.9,flush=marks").name == "mine:leave-registered");
}

TEST_CASE("a row without a name that is a policy of the program is that policy") {
  CHECK(read_policy("v4.9,failed_marshal=unmap_safe").name == "unmap-on-marshal-error");
  CHECK(read_policy("pre-fix,failed_marshal=leaves_registered").name == "leave-registered");
  CHECK(read_policy("failed_marshal=put_back").name == "put-back-unchained");
  CHECK(read_policy("mine:failed_marshal=put_back").alias == "mine");
}

TEST_CASE("every decision and value is read and written by its name") {
  for (const Decision& decision : decisions()) {
    for (std::uint8_t value = 0; value < decision.values.size(); ++value) {
      const std::string text =
          "mine:" + std::string(decision.name) + "=" + std::string(decision.values[value].name);
      const PolicyEntry entry = read_policy(text);
      CHECK(decision.get(entry.policy) == value);
      CHECK(read_policy(entry.name).policy == entry.policy);
      for (const Decision& other : decisions()) {
        if (other.name != decision.name) CHECK(other.get(entry.policy) == 0);
      }
    }
  }
}

TEST_CASE("which kernels decide so is read off their policies") {
  const Decision& failed_marshal = decisions()[0];
  CHECK(kernels_with(failed_marshal, 1) == "v4.8");
  CHECK(kernels_with(failed_marshal, 0) == "v4.9 v4.14 v4.15 v4.17 v4.20 v5.0");
  CHECK(kernels_with(failed_marshal, 2) == "none");
}

TEST_CASE("rules: orderings and locks by statement, the context in front where several have it") {
  const PolicyEntry waits = read_policy("pre-fix,wait=rec.set_invalid until fastreg-handled");
  REQUIRE(waits.policy.rules.ordering_count == 1);
  CHECK(waits.policy.rules.orderings[0] ==
        Ordering{Pending::fastreg,
                 {Role::recovery_worker, static_cast<std::uint8_t>(RecoverPc::set_invalid)}});
  CHECK(waits.name == "unmap-on-marshal-error,wait=rec.set_invalid until fastreg-handled");
  const PolicyEntry locked = read_policy(
      "v5.13,exclude=unmap_safe_pop..unmap_safe_defer with con.reset_pop..reset_put per request");
  REQUIRE(locked.policy.rules.lock_count == 1);
  const Exclusion& lock = locked.policy.rules.locks[0];
  CHECK(lock.scope == LockScope::request);
  CHECK(lock.a.last == StepKind{Role::task, static_cast<std::uint8_t>(TaskPc::unmap_safe_defer)});
  CHECK(lock.b.first ==
        StepKind{Role::connect_worker, static_cast<std::uint8_t>(ConnectPc::reset_pop)});
  CHECK(read_policy(locked.name).policy == locked.policy);
}

TEST_CASE("every statement can be named, and its name means it") {
  // Where one ordering is spelled for each kind of step that synthesis could find.
  for (unsigned role = 0; role <= static_cast<unsigned>(Role::timer); ++role) {
    for (unsigned id = 0; id < 80; ++id) {
      const Ordering ordering{Pending::recovery,
                              {static_cast<Role>(role), static_cast<std::uint8_t>(id)}};
      const std::string text = in_text(ordering);
      const std::string word = text.substr(0, text.find(' '));
      if (word.empty() || word.ends_with('.')) continue;  // no such statement
      // What a task calls there has statements of its own.
      if (word == "t.unmap_safe_recover" || word == "t.unmap_sync_here") continue;
      const PolicyEntry entry = read_policy("wait=" + text);
      const StepKind read = entry.policy.rules.orderings[0].waits;
      CHECK(in_text(Ordering{Pending::recovery, read}) == text);
      CHECK(read.role == ordering.waits.role);
    }
  }
}

TEST_CASE("what is refused says the column and the nearest known name") {
  CHECK(says(refusal("nofix"), "there is no policy 'nofix'; did you mean 'fix'?"));
  CHECK(says(refusal("fix,failed_marshl=put_back"),
             "column 5: there is no decision 'failed_marshl'; did you mean 'failed_marshal'?"));
  CHECK(says(refusal("fix,failed_marshal=putback"),
             "column 20: there is no value of failed_marshal 'putback'; did you mean 'put_back'?"));
  CHECK(says(refusal("fix,flush=marks,flush=marks"), "column 17: 'flush' is decided twice"));
  CHECK(says(refusal("fix,pre-fix"), "column 5: expected DECISION=VALUE, found 'pre-fix'"));
  CHECK(says(refusal("fix,"), "column 5: expected DECISION=VALUE"));
  CHECK(says(refusal("fix:v4.8"), "is a policy of the program"));
  CHECK(says(refusal("My Fix:v4.8"), "column 1: expected a name"));
  CHECK(says(refusal("a:b:fix"), "there is no policy 'b:fix'"));
  CHECK(says(refusal("fix,wait=set_invalid until fastreg-handled"),
             "column 10: 'set_invalid' is a statement of several contexts"));
  CHECK(says(refusal("fix,wait=rec.set_invalid"), "column 10: expected 'STATEMENT until"));
  CHECK(says(refusal("fix,wait=rec.set_invalid until flush"), "there is no event to wait for"));
  CHECK(says(refusal("fix,exclude=op_map_post..op_map_get with op_map_get..op_map_get per mr"),
             "the first comes after the last"));
  CHECK(says(refusal("fix,exclude=op_map_get..rec.put with op_map_get..op_map_get per mr"),
             "statements of different contexts"));
  CHECK(says(refusal("fix,exclude=execute..execute with op_map_get..op_map_get per mr"),
             "takes no lock"));
  CHECK(says(refusal("fix,exclude=h.linv_post..h.linv_wait with op_map_get..op_map_get per mr"),
             "about several MRs"));
  CHECK(says(refusal("fix" + std::string(longest_policy, 'x')), "at most 1000"));
  std::string many = "fix";
  for (int i = 0; i < 5; ++i) many += ",wait=op_map_get until recovery-done";
  CHECK(says(refusal(many), "at most 4 orderings"));
  CHECK(says(refusal("fix,\x1b[31m=1"), "\\x1b"));  // nothing that commands a terminal
}

TEST_CASE("a policy file says the same as a text") {
  const nlohmann::json file{{"format", "frwrsim-policy/1"},
                            {"name", "my-fix"},
                            {"base", "v4.8"},
                            {"decisions", {{"failed_marshal", "drain_unmap_safe"}}},
                            {"wait", {"rec.set_invalid until fastreg-handled"}},
                            {"exclude", {{"op_map_get..op_map_post", "rec.idle..rec.put", "mr"}}},
                            {"about", "drain, then wait"}};
  const PolicyEntry entry = read_policy(JsonValue(file, "file.json"));
  CHECK(entry.alias == "my-fix");
  CHECK(entry.idea == "drain, then wait");
  CHECK(entry.name ==
        "my-fix:unmap-on-marshal-error,failed_marshal=drain_unmap_safe,wait=rec.set_invalid "
        "until fastreg-handled,exclude=op_map_get..op_map_post with rec.idle..rec.put per mr");
  CHECK(read_policy(entry.name).policy == entry.policy);
}

TEST_CASE("a policy file that is refused says the place") {
  nlohmann::json file{{"name", "my-fix"}, {"base", "v4.8"}};
  const auto with = [&file](const char* key, const nlohmann::json& value) {
    nlohmann::json changed = file;
    changed[key] = value;
    return refusal_of(changed);
  };
  CHECK(refusal_of(file).empty());
  CHECK(says(with("base", "v4.7"), "file.json: /base: there is no policy 'v4.7'"));
  CHECK(says(with("decisions", {{"flush", "marked"}}), "file.json: /decisions/flush: there is no"));
  CHECK(says(with("decisions", {{"flsh", "marks"}}), "/decisions/flsh: there is no decision"));
  CHECK(says(with("wait", {"x"}), "file.json: /wait/0: expected 'STATEMENT until"));
  CHECK(says(with("exclude", nlohmann::json::array({nlohmann::json::array({"a", "b"})})),
             "file.json: /exclude/0: expected 3 to 3 elements"));
  CHECK(says(with("nme", 1), "/nme: unknown key; did you mean 'name'?"));
  CHECK(says(with("format", "frwrsim-policy/2"), "/format: expected one of frwrsim-policy/1"));
  CHECK(says(with("name", "fix"), "/name: 'fix' is a policy of the program"));
  CHECK(says(refusal_of(nlohmann::json{{"base", "fix"}}), "the key 'name' is missing"));
}

TEST_CASE("a scenario's own policies: by name in the scenario, two of a name are refused") {
  nlohmann::json document = parse_json(
      read_file(std::string(FRWRSIM_SCENARIO_DIR) + "/one-slide.json", 1 << 20), "one-slide");
  document["policies"] = {{{"name", "mine"}, {"base", "v4.9"}}};
  document["expect"] = {{"mine", {{"verdict", "exhausted"}}}};
  const Scenario scenario = read_scenario(document, "one-slide", "one-slide.json");
  REQUIRE(scenario.policies.size() == 1);
  CHECK(find_own(scenario.policies, "mine")->name == "mine:leave-registered");
  CHECK(scenario.expect.count("mine:leave-registered") == 1);
  document["policies"].push_back(document["policies"][0]);
  CHECK_THROWS_WITH(read_scenario(document, "one-slide", "one-slide.json"),
                    "one-slide.json: /policies/1/name: two policies are called 'mine'");
}
