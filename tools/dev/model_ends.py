#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Which violations the model ends in, and in which function: what `frwrsim triage` looks up.

Hunts every scenario under every policy by PCT, the same seeds each time, and counts the
failing runs by invariant, context and kernel function. The result is a source file,
tools/triage/model_ends.cpp, so that it is at hand wherever the program is.

usage: model_ends.py PROGRAM FILE [--update]
Exits with 0: FILE is what the model says, or was updated; 1: it is not; 2: bad usage.
"""

import collections
import json
import pathlib
import re
import subprocess
import sys

SEEDS = "1..2000"
SCENARIOS = pathlib.Path(__file__).resolve().parents[2] / "scenarios"
HEAD = """// SPDX-License-Identifier: MIT
//
// Which violations the model ends in. Made by tools/dev/model_ends.py, not by hand: PCT with
// seeds %s of every scenario under every policy, run by run to its first violation.
#include "tools/triage/model_ends.h"

namespace tools::triage {
namespace {

// clang-format off
constexpr ModelEnd table[] = {
"""
TAIL = """};
// clang-format on

}  // namespace

std::span<const ModelEnd> model_ends() { return table; }

}  // namespace tools::triage
"""


def lines_of(program, *words):
    return subprocess.run([program, *words], check=True, stdout=subprocess.PIPE,
                          encoding="utf-8").stdout.split()


def ends_of(program, scenario, policy):
    """{(invariant, context, function): failing runs}"""
    hunt = subprocess.run([program, "hunt", scenario, "--policy", policy, "--seeds", SEEDS, "--all",
                           "--jobs", "1", "--format", "jsonl"], check=False,
                          stdout=subprocess.PIPE)
    if hunt.returncode not in (0, 1, 3):
        sys.exit(f"hunt {scenario} {policy}: exit code {hunt.returncode}")
    stats = subprocess.run([program, "stats", "-"], check=True, input=hunt.stdout,
                           stdout=subprocess.PIPE).stdout.decode()
    ends = collections.Counter()
    for m in re.finditer(r"^ +(\d+)  ([^,\n]+), (\w+): [^\n]*\(([a-z-]+)\)$", stats, re.M):
        ends[m[4], m[2], m[3]] += int(m[1])
    return ends


def needs_of(scenario):
    """What must have happened that a kernel's log shows."""
    faults = scenario.get("faults", {})
    needs = {"loss": "losses" in scenario, "map-failed": "map_mr_sg" in faults or "dma_map" in faults,
             "reset-failed": "reset" in faults}
    return " ".join(need for need, is_there in needs.items() if is_there)


def text_of(program):
    rows = collections.OrderedDict()
    for scenario in lines_of(program, "list", "scenarios", "--names"):
        its = json.loads((SCENARIOS / f"{scenario}.json").read_text("utf-8"))
        for policy in lines_of(program, "list", "policies", "--names"):
            for (invariant, context, function), failing in sorted(ends_of(program, scenario, policy).items()):
                rows[scenario, policy, invariant, context, function] = failing, "iova" in its, needs_of(its)
    text = HEAD % SEEDS
    for key, (failing, reuses, needs) in rows.items():
        words = [f'"{word}"' for word in key]
        words += [str(failing), str(reuses).lower(), f'"{needs}"']
        text += f"    {{{', '.join(words)}}},\n"
    return text + TAIL


def main():
    if len(sys.argv) not in (3, 4) or sys.argv[3:] not in ([], ["--update"]):
        print(__doc__, file=sys.stderr)
        return 2
    program, path = sys.argv[1:3]
    text = text_of(program)
    if sys.argv[3:]:
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return 0
    with open(path, encoding="utf-8") as file:
        if file.read() == text:
            return 0
    print(f"{path} is not what the model says: {' '.join(sys.argv)} --update")
    return 1


if __name__ == "__main__":
    sys.exit(main())
