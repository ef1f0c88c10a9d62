// SPDX-License-Identifier: MIT
//
// study: a cell is what hunt says of the same latencies; whoever is killed goes on,
// and nobody sees that he was; what is no study is refused, and left alone.
#include <random>

#include "tests/program/program_fixture.h"

using namespace fixture;
using namespace std::chrono_literals;
using Catch::Matchers::Contains;
using nlohmann::json;

namespace {

const Arguments grid{"--vary",   "timing.softirq.mean=10us,1ms",
                     "--vary",   "timing.recovery_worker.mean=0,20us,1ms",
                     "--policy", "pre-fix",
                     "--policy", "fix"};

Arguments study(const std::string& directory, const Arguments& more,
                const std::string& scenario = "upstream-report") {
  Arguments arguments{"study", scenario, "--output", directory};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

Arguments with(Arguments arguments, const Arguments& more) {
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

/// Runs a study to its end.
Result studied(const std::string& directory, const Arguments& more,
               const std::string& scenario = "upstream-report") {
  const Result result = run(study(directory, more, scenario));
  INFO(result.err);
  REQUIRE(result.exit_code == 0);
  return result;
}

/// Everything below a directory, with its content.
std::map<std::string, std::string> files_of(const fs::path& directory) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(directory)) {
    const std::string name = fs::relative(entry.path(), directory).string();
    files[name] = entry.is_regular_file() ? content_of(entry.path()) : "not a file";
  }
  return files;
}

json results_of(const fs::path& directory) {
  return json::parse(content_of(directory / "results.json"));
}

/// The CSV: a map from column to field for each row.
std::vector<std::map<std::string, std::string>> rows_of(const fs::path& directory) {
  const auto fields = [](const std::string& line) {
    std::vector<std::string> parts{""};
    for (const char c : line) {
      if (c == ',') {
        parts.emplace_back();
      } else {
        parts.back() += c;
      }
    }
    return parts;
  };
  const auto lines = lines_of(content_of(directory / "results.csv"));
  const auto names = fields(lines.at(0));
  std::vector<std::map<std::string, std::string>> rows;
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const auto values = fields(lines[i]);
    REQUIRE(values.size() == names.size());
    rows.emplace_back();
    for (std::size_t j = 0; j < names.size(); ++j) rows.back()[names[j]] = values[j];
  }
  return rows;
}

/// When the finished cells were written, by name.
std::map<std::string, fs::file_time_type> finished_cells(const fs::path& directory) {
  std::map<std::string, fs::file_time_type> cells;
  if (!fs::exists(directory / "cells")) return cells;
  for (const auto& entry : fs::directory_iterator(directory / "cells")) {
    if (entry.path().extension() == ".json") {
      cells[entry.path().filename().string()] = entry.last_write_time();
    }
  }
  return cells;
}

/// A study of two cells that is finished, and one of its cells' files.
struct Finished {
  Scratch scratch;
  Arguments options{"--vary", "timing.softirq.mean=10us,1ms", "--seeds", "1000"};
  std::string directory = scratch.path("study");
  fs::path cell = fs::path(directory) / "cells" / "000001.json";
  Finished() { studied(directory, options); }

  /// The complaint once `text` stands in the cell's file.
  std::string complaint_about(const std::string& text) const {
    std::ofstream(cell, std::ios::binary) << text;
    const std::string message = complaint(study(directory, options));
    CHECK_THAT(message, Contains(cell.string()));
    CHECK(content_of(cell) == text);
    return message;
  }
};

}  // namespace

TEST_CASE("a cell is what hunt says of a scenario with these latencies") {
  const Scratch scratch;
  std::map<std::string, std::uint64_t> seen;
  // In one runs fail, in the other they are cut, or too long.
  for (const std::string name : {"server-uses-dead-rkey", "r5-send-during-reconnect"}) {
    json file = scenario(name);
    file["timing"] = {{"loss", {{"distribution", "uniform"}, {"min", 1000}, {"max", 20'000}}}};
    const std::string directory = scratch.path(name);
    const Arguments both{"--policy", "pre-fix", "--policy", "fix", "--max-steps", "80"};
    studied(directory,
            with(both, {"--vary", "timing.loss.max=5us,200us", "--vary",
                        "timing.server_reply.sigma_percent=0,300", "--seeds", "1500"}),
            scratch.write(name + ".json", file.dump()));
    const json cells = results_of(directory).at("cells");
    REQUIRE(cells.size() == 8);
    for (std::size_t i = 0; i < cells.size(); ++i) {
      CAPTURE(name, i);
      const json& cell = cells.at(i);
      const std::uint64_t max = i % 2 == 0 ? 5000 : 200'000;
      const std::uint64_t sigma = i / 2 % 2 == 0 ? 0 : 300;
      CHECK(cell.at("values") == json{max, sigma});
      CHECK(cell.at("policy") == (i < 4 ? "unmap-on-marshal-error" : "leave-registered"));
      file["timing"]["loss"]["max"] = max;
      // The default mean, which nothing changes, is 200 us.
      file["timing"]["server_reply"] = {
          {"distribution", "lognormal"}, {"mean", 200'000}, {"sigma_percent", sigma}};
      const json hunted = run({"hunt", scratch.write("same.json", file.dump()), "--strategy",
                               "timed", "--seeds", "1..1500", "--all", "--policy",
                               cell.at("policy"), "--format", "json", "--max-steps", "80"})
                              .json();
      for (const char* key : {"runs", "failing", "cut", "step_limit", "steps"}) {
        CAPTURE(key);
        CHECK(cell.at(key) == hunted.at(key));
        seen[key] += cell.at(key).get<std::uint64_t>();
      }
      const json& failures = hunted.at("failures");
      CHECK(cell.contains("first_failing_seed") == !failures.empty());
      if (!failures.empty()) {
        CHECK(cell.at("first_failing_seed") == failures.at(0).at("seed"));
      }
    }
    // Both parameters make a difference, or confusing them would not be noticed.
    const bool fails = name == "server-uses-dead-rkey";
    CHECK(cells.at(0).at("steps") != cells.at(fails ? 2 : 1).at("steps"));
  }
  for (const auto& [key, sum] : seen) {
    CAPTURE(key);
    CHECK(sum > 0);
  }
}

TEST_CASE("nothing varied: one cell, the scenario as it is") {
  const Scratch scratch;
  studied(scratch.path("study"), {"--seeds", "3000"});
  const json results = results_of(scratch.path("study"));
  REQUIRE(results.at("cells").size() == 1);
  const json hunted = run({"hunt", "upstream-report", "--strategy", "timed", "--seeds", "1..3000",
                           "--all", "--format", "json"})
                          .json();
  CHECK(results.at("cells").at(0).at("failing") == hunted.at("failing"));
  CHECK(results.at("cells").at(0).at("steps") == hunted.at("steps"));
  CHECK(rows_of(scratch.path("study")).size() == 1);
}

TEST_CASE("study: a range of seeds is that of hunt") {
  const Scratch scratch;
  studied(scratch.path("study"), {"--seeds", "2001..3000"});
  const json results = results_of(scratch.path("study"));
  CHECK(results.at("first_seed") == 2001);
  CHECK(results.at("seeds") == 1000);
  const json hunted = run({"hunt", "upstream-report", "--strategy", "timed", "--seeds",
                           "2001..3000", "--all", "--format", "json"})
                          .json();
  const json& cell = results.at("cells").at(0);
  CHECK(cell.at("failing") == hunted.at("failing"));
  CHECK(cell.at("steps") == hunted.at("steps"));
  if (hunted.at("failing") != 0) {
    CHECK(cell.at("first_failing_seed") == hunted.at("failures").at(0).at("seed"));
  }
  // Its cells are read again.
  studied(scratch.path("study"), {"--seeds", "2001..3000"});
  CHECK(results_of(scratch.path("study")) == results);
}

TEST_CASE("the longer the softirq waits, the more runs fail - none under the fix") {
  const Scratch scratch;
  const std::string directory = scratch.path("study");
  const Result result = studied(directory, {"--vary", "timing.softirq.mean=1ns,100ms", "--policy",
                                            "pre-fix", "--policy", "fix", "--seeds", "3000"});
  const json cells = results_of(directory).at("cells");
  // Flushes take about 5 us, the recovery worker 20 us to begin and 50 us to deregister.
  CHECK(cells.at(0).at("failing") == 0);
  CHECK(cells.at(1).at("failing") > 30);
  CHECK(cells.at(2).at("failing") == 0);
  CHECK(cells.at(3).at("failing") == 0);
  CHECK(result.says("at softirq.mean = 100 ms"));
  CHECK(result.says("cells        4 of 3000 seeds"));
}

TEST_CASE("the table says what results.json says") {
  const Scratch scratch;
  const std::string directory = scratch.path("study");
  studied(directory, with(grid, {"--seeds", "1000"}));
  const json results = results_of(directory);
  CHECK(results.at("format") == "frwrsim-study/1");
  CHECK(results.at("seeds") == 1000);
  CHECK(results.at("vary").at(1).at("parameter") == "timing.recovery_worker.mean");
  CHECK(results.at("vary").at(1).at("values") == json{0, 20'000, 1'000'000});
  CHECK(results.at("scenario") == scenario("upstream-report"));
  CHECK(lines_of(content_of(fs::path(directory) / "results.csv")).at(0) ==
        "policy,timing.softirq.mean_ns,timing.recovery_worker.mean_ns,runs,failing,share,low_95,"
        "high_95,cut,step_limit,first_failing_seed,mean_steps");
  const auto rows = rows_of(directory);
  REQUIRE(rows.size() == 12);
  REQUIRE(results.at("cells").size() == 12);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    CAPTURE(i);
    auto row = rows[i];
    const json& cell = results.at("cells").at(i);
    const auto integer = [&row](const std::string& name) { return std::stoull(row.at(name)); };
    CHECK(row.at("policy") == cell.at("policy"));
    CHECK(integer("timing.softirq.mean_ns") == cell.at("values").at(0));
    CHECK(integer("timing.recovery_worker.mean_ns") == cell.at("values").at(1));
    for (const char* key : {"runs", "failing", "cut", "step_limit"}) {
      CHECK(integer(key) == cell.at(key));
    }
    const double share = static_cast<double>(integer("failing")) / 1000;
    CHECK(std::stod(row.at("share")) == Approx(share).epsilon(1e-5));
    CHECK(std::stod(row.at("low_95")) <= share);
    CHECK(std::stod(row.at("high_95")) > share);
    CHECK(std::stod(row.at("high_95")) < share + 0.05);
    CHECK(std::stod(row.at("mean_steps")) ==
          Approx(cell.at("steps").get<double>() / 1000).epsilon(1e-5));
    CHECK(row.at("first_failing_seed").empty() == (integer("failing") == 0));
    if (integer("failing") > 0) {
      CHECK(integer("first_failing_seed") == cell.at("first_failing_seed"));
    }
  }
}

TEST_CASE("a curve of one parameter, heat maps of two, nothing of three") {
  const Scratch scratch;
  const Arguments one{"--vary", "timing.softirq.mean=10us..1ms:log:3", "--seeds", "50"};
  const Arguments two = with(one, {"--vary", "timing.loss.max=1us,10us"});
  const Arguments three = with(two, {"--vary", "timing.flush.sigma_percent=10,50"});
  const Arguments both{"--policy", "pre-fix", "--policy", "fix"};
  const auto charts = [&scratch](const Arguments& options) {
    const std::string directory = scratch.path(std::to_string(scratch.names().size()));
    const Result result = studied(directory, options);
    std::map<std::string, std::string> found;
    for (auto& [name, content] : files_of(directory)) {
      if (!name.ends_with(".svg")) continue;
      CHECK(content.find("<svg") != std::string::npos);
      CHECK(content.ends_with("</svg>\n"));
      CHECK(result.says(", " + name));
      found[name] = content;
    }
    return found;
  };
  CHECK(charts({"--seeds", "50"}).empty());
  const auto curve = charts(with(one, both));
  REQUIRE(curve.size() == 1);
  for (const char* words : {"unmap-on-marshal-error", "leave-registered", "softirq.mean"}) {
    CHECK_THAT(curve.at("failing.svg"), Contains(words));
  }
  const auto map = charts(two);
  REQUIRE(map.size() == 1);
  CHECK_THAT(map.at("failing.svg"), Contains("softirq.mean") && Contains("loss.max"));
  const auto maps = charts(with(two, both));
  REQUIRE(maps.size() == 2);
  CHECK_THAT(maps.at("failing-unmap-on-marshal-error.svg"), Contains("pre-fix"));
  CHECK_THAT(maps.at("failing-leave-registered.svg"), Contains("leave-registered"));
  CHECK(charts(with(three, both)).empty());
}

TEST_CASE("killed at any moment and started again: the same bytes, no cell twice") {
  const Scratch scratch;
  const Arguments options = with(grid, {"--seeds", "4000", "--jobs", "2"});
  const std::string whole = scratch.path("whole");
  const auto start = std::chrono::steady_clock::now();
  studied(whole, options);
  const auto duration = std::chrono::duration_cast<std::chrono::microseconds>(
      std::chrono::steady_clock::now() - start);
  const auto expected = files_of(whole);

  std::mt19937 random(1);  // the moments differ anyhow
  unsigned killed_between = 0;
  for (unsigned round = 0; round < 4; ++round) {
    const std::string torn = scratch.path("torn-" + std::to_string(round));
    std::map<std::string, fs::file_time_type> before;
    for (unsigned kill = 0; kill < 5; ++kill) {
      Start killed;
      killed.kill_after = 1000us + duration * (random() % 1000) / 2500;
      const Result result = run(study(torn, options), killed);
      INFO(result.err);
      REQUIRE((result.signal == SIGKILL || result.exit_code == 0));
      const auto after = finished_cells(torn);
      for (const auto& [name, time] : before) {
        CAPTURE(name);
        REQUIRE(after.count(name) == 1);
        CHECK(after.at(name) == time);
      }
      if (result.signal == SIGKILL && !after.empty() && after.size() < 12) ++killed_between;
      before = after;
    }
    studied(torn, options);
    CHECK(files_of(torn) == expected);
    const auto after = finished_cells(torn);
    for (const auto& [name, time] : before) CHECK(after.at(name) == time);
  }
  CHECK(killed_between > 0);
}

TEST_CASE("what a killed writer left is removed - a finished study is left as it is") {
  const Finished study_;
  const auto expected = files_of(study_.directory);
  const auto times = finished_cells(study_.directory);
  const fs::path directory = study_.directory;
  for (const char* name : {"study.json.tmp-1", "results.csv.tmp-12", "failing.svg.tmp-123",
                           "cells/000001.json.tmp-4567890"}) {
    std::ofstream(directory / name) << "{\"form";
  }
  studied(study_.directory, study_.options);
  CHECK(files_of(directory) == expected);
  CHECK(finished_cells(directory) == times);
  // A cell that is missing is run again, no other one.
  fs::remove(study_.cell);
  studied(study_.directory, study_.options);
  CHECK(files_of(directory) == expected);
  CHECK(finished_cells(directory).at("000000.json") == times.at("000000.json"));
  // Killed while the study itself was written: nothing else is there yet.
  fs::remove_all(directory);
  fs::create_directory(directory);
  std::ofstream(directory / "study.json.tmp-99") << "{\"form";
  studied(study_.directory, study_.options);
  CHECK(files_of(directory) == expected);
}

TEST_CASE("any number of jobs, and the default: the same bytes") {
  const Scratch scratch;
  const auto files_with = [&scratch](const Arguments& jobs) {
    const std::string directory = scratch.path(std::to_string(scratch.names().size()));
    studied(directory, with(with(grid, {"--seeds", "1100"}), jobs));
    return files_of(directory);
  };
  const auto one = files_with({"--jobs", "1"});
  CHECK(one.size() == 12 + 7);  // 12 cells, their directory; study, build, 2 results, 2 charts
  CHECK(files_with({"--jobs", "2"}) == one);
  CHECK(files_with({"--jobs", "3"}) == one);
  CHECK(files_with({}) == one);
}

TEST_CASE("a damaged cell is named and left for its owner to look at") {
  const Finished finished;
  const std::string whole = content_of(finished.cell);
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, whole.size() / 2}) {
    finished.complaint_about(whole.substr(0, size));
  }
  for (const char* text : {"null", "[]", "{}", "{\"format\": \"frwrsim-study-cell/2\"}"}) {
    finished.complaint_about(text);
  }
  const json cell = json::parse(whole);
  REQUIRE(cell.at("cell").at("failing") > 1);
  const auto changed = [&cell, &finished](const std::string& pointer, const json& value) {
    CAPTURE(pointer, value);
    json document = cell;
    document[json::json_pointer(pointer)] = value;
    return finished.complaint_about(document.dump());
  };
  for (const char* key : {"failing", "steps", "cut", "step_limit", "first_failing_seed"}) {
    const std::string pointer = "/cell/" + std::string(key);
    const auto value = cell.at(json::json_pointer(pointer)).get<std::uint64_t>();
    CHECK_THAT(changed(pointer, value + 1), Contains("remove the file"));
  }
  changed("/cell/failing", 0);
  changed("/cell/failing", 1001);
  changed("/cell/failing", -1);
  changed("/cell/failing", "many");
  changed("/cell/runs", 999);
  changed("/cell/values", {10'000});
  changed("/cell/policy", "leave-registered");
  changed("/cell/more", 1);
  changed("/more", 1);
  changed("/hash", "0000000000000000");
  CHECK_THAT(changed("/study", "0123456789abcdef"), Contains("belongs to another study"));
  // The cell of the neighbour, which is sound.
  finished.complaint_about(content_of(fs::path(finished.directory) / "cells" / "000000.json"));
  // The way out that is offered.
  fs::remove(finished.cell);
  studied(finished.directory, finished.options);
  CHECK(content_of(finished.cell) == whole);
}

TEST_CASE("a cell cut off anywhere, or with any bit another, is refused") {
  const Finished finished;
  const std::string whole = content_of(finished.cell);
  // The line's end is not needed.
  for (std::size_t size = 0; size + 1 < whole.size(); ++size) {
    finished.complaint_about(whole.substr(0, size));
  }
  for (std::size_t at = 0; at + 1 < whole.size(); ++at) {
    std::string changed = whole;
    changed[at] = static_cast<char>(changed[at] ^ 1 << at % 8);
    finished.complaint_about(changed);
  }
}

TEST_CASE("study: cells of another build of the program are refused") {
  const Finished finished;
  const auto files = files_of(finished.directory);
  CHECK_THAT(
      complaint(study(finished.directory, finished.options), another_build(finished.scratch)),
      Contains("build.txt: the cells are of another build of frwrsim"));
  CHECK(files_of(finished.directory) == files);
  // Written before there was such a file.
  fs::remove(fs::path(finished.directory) / "build.txt");
  CHECK_THAT(complaint(study(finished.directory, finished.options)), Contains("another build"));
  // Killed before there was a cell: nothing is known to be of another build.
  fs::remove_all(fs::path(finished.directory) / "cells");
  studied(finished.directory, finished.options);
  CHECK(files_of(finished.directory) == files);
}

TEST_CASE("a directory that holds another study, or something else, is left alone") {
  const Finished finished;
  const auto files = files_of(finished.directory);
  for (const Arguments& other :
       {Arguments{"--vary", "timing.softirq.mean=10us,2ms", "--seeds", "1000"},
        Arguments{"--vary", "timing.softirq.mean=10us,1ms", "--seeds", "1001"},
        Arguments{"--vary", "timing.recovery_worker.mean=10us,1ms", "--seeds", "1000"},
        with(finished.options, {"--policy", "fix"}), with(finished.options, {"--max-steps", "99"}),
        Arguments{}}) {
    CHECK_THAT(complaint(study(finished.directory, other)),
               Contains("study.json: another study") && Contains("--output"));
  }
  CHECK_THAT(complaint(study(finished.directory, finished.options, "single-segment")),
             Contains("another study"));
  CHECK(files_of(finished.directory) == files);
  // Latencies are no part of a scenario's hash, but of what a study is about.
  json slower = scenario("upstream-report");
  slower["timing"] = {{"loss", {{"distribution", "constant"}, {"mean", 1000}}}};
  CHECK_THAT(complaint(study(finished.directory, finished.options,
                             finished.scratch.write("upstream-report.json", slower.dump()))),
             Contains("another study"));
  CHECK(files_of(finished.directory) == files);

  // Not even what looks like a torn file is touched in a directory that is not ours.
  const Scratch home;
  (void)home.write("letter.txt", "dear");
  (void)home.write("letter.txt.tmp-12", "dea");
  (void)home.write("study.json.tmp-12", "{");
  const auto at_home = files_of(home.path(""));
  CHECK_THAT(complaint(study(home.path(""), finished.options)),
             Contains("holds other files and no study"));
  CHECK(files_of(home.path("")) == at_home);
}

TEST_CASE("cells without their study are not adopted") {
  const Finished finished;
  fs::remove(fs::path(finished.directory) / "study.json");
  CHECK_THAT(complaint(study(finished.directory, finished.options)), Contains("no study"));
}

TEST_CASE("a directory that cannot be") {
  const Scratch scratch;
  const std::string file = scratch.write("file", "content");
  CHECK_THAT(complaint(study(file, {})), Contains(file + ": Not a directory"));
  CHECK_THAT(complaint(study(file + "/below", {})), Contains(file + "/below: Not a directory"));
  CHECK_THAT(complaint(study("/proc/frwrsim-study", {})), Contains("/proc/frwrsim-study: "));
  CHECK(content_of(file) == "content");
  CHECK_THAT(usage_complaint(study("", {})), Contains("--output"));
  CHECK_THAT(usage_complaint({"study", "upstream-report"}), Contains("--output"));
  // A directory is made with those above it.
  studied(scratch.path("a/b/c"), {"--seeds", "1"});
  CHECK(fs::exists(scratch.path("a/b/c/results.csv")));
}

TEST_CASE("parameters that are not there are refused before anything is done") {
  const Scratch scratch;
  const std::string directory = scratch.path("study");
  const auto refused = [&directory](const Arguments& variations) {
    Arguments options;
    for (const std::string& variation : variations) {
      options.insert(options.end(), {"--vary", variation});
    }
    const std::string message = complaint(study(directory, options));
    CHECK_FALSE(fs::exists(directory));
    return message;
  };
  CHECK_THAT(refused({"softirq.mean=1us,2us"}), Contains("--vary") && Contains("list latencies"));
  CHECK_THAT(refused({"timing.softirq.mean=1us..1ms"}), Contains("LOW..HIGH:log:COUNT"));
  CHECK_THAT(refused({"timing.softriq.mean=1us,2us"}), Contains("did you mean 'softirq'?"));
  CHECK_THAT(refused({"timing.qqqqqqqqqqqqqqq.mean=1us"}), Contains("there are statement, "));
  for (const char* parameter : {"softirq", "softirq.", "softirq.max", "softirq.mean.mean"}) {
    CHECK_THAT(refused({"timing." + std::string(parameter) + "=1us,2us"}),
               Contains("the distribution is exponential, mean 10 us and has the parameters mean"));
  }
  CHECK_THAT(refused({"timing.loss.mean=1us,2us"}), Contains("has the parameters min, max"));
  CHECK_THAT(refused({"timing.flush.sigma_percent=50,301"}), Contains("301 is not from 0 to 300"));
  CHECK_THAT(refused({"timing.softirq.mean=1us,2us", "timing.softirq.mean=5us"}),
             Contains("timing.softirq.mean is varied twice"));
  CHECK_THAT(refused({"timing.softirq.mean=1us..1s:lin:1000", "timing.flush.mean=1us..1s:lin:101"}),
             Contains("more than 100000 cells"));
  // The default of marshal is 50 to 350 ns.
  CHECK_THAT(refused({"timing.marshal.min=0,351ns"}), Contains("min would be larger than max"));
  // Each on its own would do; only the last cell does not.
  CHECK_THAT(refused({"timing.marshal.min=0,300ns", "timing.marshal.max=400ns,1us",
                      "timing.loss.max=1us,2us", "timing.loss.min=0,2001ns"}),
             Contains("'timing.loss.min': min would be larger than max"));
  CHECK_THAT(refused({"timing.marshal.min=0,300ns", "timing.marshal.max=200ns,350ns"}),
             Contains("'timing.marshal.max': min would be larger than max"));
}

TEST_CASE("numbers and names on the command line") {
  const Scratch scratch;
  const std::string directory = scratch.path("study");
  for (const char* seeds : {"0", "-1", "5..1", "1000000001", "x", ""}) {
    CHECK_THAT(usage_complaint(study(directory, {"--seeds", seeds})), Contains("--seeds"));
  }
  CHECK_THAT(usage_complaint(study(directory, {"--max-steps", "0"})), Contains("--max-steps"));
  CHECK_THAT(usage_complaint(study(directory, {"--jobs", "0"})), Contains("--jobs"));
  CHECK_THAT(complaint(study(directory, {"--policy", "prefix"})),
             Contains("did you mean 'pre-fix'?"));
  CHECK_THAT(complaint(study(directory, {}, "upstream-repotr")),
             Contains("did you mean 'upstream-report'?"));
  usage_complaint(study(directory, {"unexpected"}));
  usage_complaint({"study", "--output", directory});
  CHECK_FALSE(fs::exists(directory));
  // A policy that is named twice, once by its alias, is one.
  studied(directory, {"--policy", "pre-fix", "--policy", "unmap-on-marshal-error", "--seeds", "5"});
  CHECK(results_of(directory).at("cells").size() == 1);
}
