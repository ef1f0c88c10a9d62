// SPDX-License-Identifier: MIT
//
// new: what it writes can be used at once, and it destroys nothing.
#include "tests/program/commands/explore_fixture.h"

using namespace fixture;
using Catch::Matchers::Contains;

namespace {

/// Runs `new` where relative names mean files of the scratch directory.
Result written(const Scratch& scratch, Arguments arguments) {
  arguments.insert(arguments.begin(), "new");
  const fs::path before = fs::current_path();
  fs::current_path(scratch.path(""));
  const Result result = run(arguments);
  fs::current_path(before);
  CAPTURE(arguments);
  if (result.exit_code != 0) check_refusal(result);
  return result;
}

}  // namespace

TEST_CASE("new: the template is valid, keeps its word, and is the reported bug") {
  const Scratch scratch;
  const Result result = written(scratch, {"mine"});
  CHECK(result.exit_code == 0);
  CHECK(result.out ==
        "mine.json: written; next\n  frwrsim validate mine.json\n  frwrsim explore mine.json\n");
  const std::string file = scratch.path("mine.json");
  // It states all, so that there is something to change.
  CHECK(run({"validate", file}).out == file + ": ok: A scenario of my own\n");
  CHECK(run({"check", file}).exit_code == 0);
  const auto hash = [](const std::string& what) {
    return run({"run", what, "--format", "schedule"}).json().at("scenario_hash");
  };
  CHECK(hash(file) == hash("upstream-report"));
  // The lines of its "about" explain every key that it has.
  const json document = json::parse(content_of(file));
  const std::string about = document.at("about").dump();
  for (const auto& [key, value] : document.items()) {
    if (key == "format" || key == "title" || key == "about") continue;
    INFO(key);
    CHECK(about.find("\"" + key + ": ") != std::string::npos);
  }
}

TEST_CASE("new: without a name the same goes to standard output") {
  const Scratch scratch;
  written(scratch, {"mine"});
  const Result result = written(scratch, {});
  CHECK(result.exit_code == 0);
  CHECK(result.out == content_of(scratch.path("mine.json")));
  CHECK(scratch.names() == std::vector<std::string>{"mine.json"});
}

TEST_CASE("new --from: every scenario is copied byte for byte, but for its expect") {
  const Scratch scratch;
  std::size_t copied = 0;
  for (const auto& entry : fs::directory_iterator(scenario_dir)) {
    const std::string name = entry.path().stem().string();
    if (entry.path().extension() != ".json" || name == "scenario.schema") continue;
    CAPTURE(name);
    ++copied;
    REQUIRE(written(scratch, {name, "--from", name}).exit_code == 0);
    const std::string copy = content_of(scratch.path(name + ".json"));
    const std::string text = content_of(entry.path());
    json without = json::parse(text);
    REQUIRE(without.erase("expect") == 1);
    CHECK(json::parse(copy) == without);
    // The files have it last.
    const auto at = text.find(",\n  \"expect\": {");
    REQUIRE(at != std::string::npos);
    CHECK(copy == text.substr(0, at) + "\n}\n");
  }
  CHECK(copied > 20);
}

TEST_CASE("new --from: wherever the expect stands, and if there is none") {
  const Scratch scratch;
  const std::string rest = R"("rpcs": [{"name": "a, \"expect\": {"}],  "mr_pool" : 1)";
  const std::string expect = R"("expect" : {"fix": {"verdict": "exhausted"}, "v5.13":"exhausted"})";
  const auto copy_of = [&scratch](const std::string& text) {
    (void)scratch.write("from.json", text);
    const Result result = written(scratch, {"--from", "from.json"});
    INFO(result.err);
    CHECK(result.exit_code == 0);
    return result.out;
  };
  CHECK(copy_of("{" + rest + "}") == "{" + rest + "}");
  CHECK(copy_of("{ " + expect + ", " + rest + "}") == "{ " + rest + "}");
  CHECK(copy_of("{" + rest + " ,\n " + expect + "\n}") == "{" + rest + "\n}");
  CHECK(copy_of("{" + rest + ", " + expect + " , \"title\": \"t\"}") ==
        "{" + rest + " , \"title\": \"t\"}");
}

TEST_CASE("new: a file that is there is replaced only on demand") {
  const Scratch scratch;
  (void)scratch.write("mine.json", "precious");
  for (const char* name : {"mine", "mine.json", "./mine"}) {
    const Result refused = written(scratch, {name});
    CHECK(refused.exit_code == 2);
    CHECK_THAT(refused.err, Contains("mine.json: is there already") && Contains("--force"));
    CHECK(content_of(scratch.path("mine.json")) == "precious");
  }
  // A link to nowhere is there, too.
  fs::create_symlink("nowhere", scratch.path("link.json"));
  CHECK(written(scratch, {"link"}).exit_code == 2);
  CHECK(written(scratch, {"mine", "--force"}).exit_code == 0);
  CHECK(run({"validate", scratch.path("mine.json")}).exit_code == 0);
}

TEST_CASE("new: what cannot be written or copied is said, and nothing is left") {
  const Scratch scratch;
  CHECK_THAT(written(scratch, {"no/such/folder"}).err, Contains("no/such/folder.json"));
  CHECK_THAT(written(scratch, {".json"}).err, Contains("expected the name of a file"));
  CHECK_THAT(written(scratch, {"folder/"}).err, Contains("expected the name of a file"));
  CHECK(written(scratch, {""}).exit_code == 2);
  CHECK_THAT(written(scratch, {"mine", "--from", "upstream-reprot"}).err,
             Contains("did you mean 'upstream-report'?"));
  json bad = small_scenario();
  bad["mr_pool"] = 0;
  const std::string file = scratch.write("bad.json", bad.dump());
  CHECK_THAT(written(scratch, {"mine", "--from", "bad.json"}).err, Contains("/mr_pool: "));
  CHECK(scratch.names() == std::vector<std::string>{"bad.json"});
}
