// SPDX-License-Identifier: MIT
//
// The table of commands.
#include "tools/usage/command_help.h"

#include <algorithm>
#include <string>

namespace tools {
namespace {

constexpr std::string_view reproduce = "Reproduce a failure";
constexpr std::string_view explore = "Explore every interleaving";
constexpr std::string_view understand = "Understand a failure";
constexpr std::string_view teach = "Teach";
constexpr std::string_view kernels = "Judge a real kernel";
constexpr std::string_view machines = "Use many machines";
constexpr std::string_view files = "Files, and what there is";

constexpr CommandHelp commands[] = {
    {"run",
     reproduce,
     {"run upstream-report --seed 209 --policy fix",
      "run upstream-report --seed 209 --format schedule -o bug.json"}},
    {"replay", reproduce, {"replay bug.json", "replay bug.json --verbose"}},
    {"minimize", reproduce, {"minimize bug.json", "minimize bug.json --format json -o least.json"}},
    {"hunt",
     reproduce,
     {"hunt upstream-report",
      "hunt upstream-report --all --seeds 1000 --format jsonl -o runs.jsonl"}},
    {"stats", reproduce, {"stats runs.jsonl", "stats runs.jsonl --format json"}},
    {"study",
     reproduce,
     {"study upstream-report --vary timing.softirq.mean=1us..10ms:log:3 --seeds 200 -o study",
      "study upstream-report --vary timing.softirq.mean=1us,1ms -p pre-fix -p fix --seeds 200 -o "
      "two"}},
    {"explore",
     explore,
     {"explore upstream-report --policy fix", "explore no-loss --reduction all"}},
    {"find",
     explore,
     {"find upstream-report --where 'any mr: mr.fr_state == FLUSHED_FR'",
      "find upstream-report -p fix --where 'event dma_unmap of mr'"}},
    {"compare", explore, {"compare upstream-report", "compare no-loss --format markdown"}},
    {"synthesize",
     explore,
     {"synthesize upstream-report", "synthesize upstream-report --pairs never"}},
    {"explain-bounds",
     explore,
     {"explain-bounds upstream-report", "explain-bounds upstream-report --policy fix"}},
    {"check",
     explore,
     {"check no-loss", "check upstream-report no-loss --format junit -o junit.xml"}},
    {"explain", understand, {"explain upstream-report", "explain bug.json"}},
    {"diff",
     understand,
     {"diff upstream-report -p pre-fix -p fix", "diff bug.json -p pre-fix -p fix --verbose"}},
    {"render",
     understand,
     {"render bug.json --only mr=1", "render upstream-report --format sequence-svg -o race.svg"}},
    {"step", understand, {"step upstream-report", "step bug.json --format json"}},
    {"teach",
     teach,
     {"teach upstream-report -o race.html", "teach upstream-report --part near:4 -o part.html"}},
    {"audit", kernels, {"audit trace.txt", "audit --format junit -o audit.xml trace.txt"}},
    {"triage", kernels, {"triage dmesg.txt", "triage --kernel 4.9 dmesg.txt"}},
    {"sweep",
     machines,
     {"sweep sweep.json --shard 1/2 -o share1", "sweep sweep.json --shard 2/2 -o share2"}},
    {"merge", machines, {"merge share1 share2", "merge share1 share2 -o sweep-results.json"}},
    {"list", files, {"list scenarios", "list policies --names"}},
    {"new", files, {"new mine", "new copy --from upstream-report"}},
    {"validate", files, {"validate upstream-report", "validate upstream-report no-loss"}},
    {"doctor", files, {"doctor", "doctor --color never"}},
    {"help", files, {"help run", "help hunt"}},
};

}  // namespace

std::span<const CommandHelp> command_helps() { return commands; }

void add_groups_and_examples(CLI::App& program) {
  for (CLI::App* command : program.get_subcommands({})) {
    const auto help = std::ranges::find(command_helps(), command->get_name(), &CommandHelp::name);
    if (help == command_helps().end()) continue;
    command->group(std::string(help->group));
    std::string text = "Examples:\n";
    for (const std::string_view example : help->examples) {
      text += "  frwrsim " + std::string(example) + "\n";
    }
    command->footer(text + "\n" + command->get_footer());
  }
}

}  // namespace tools
