#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Hunting seeds in the simulator, beside a stress test of the same race.

stress_race plays scenarios/upstream-report.json with real threads, `frwrsim hunt` in
the simulator. Both get both cores. All ways are run one after the other, and that
--repeat times, each time with other seeds; the Markdown table has medians of the rates
and of the seconds to the first failure. How many failures there were is a sum.

Hunts are timed from the start of the process to its end; seconds to the first failure
are those of a second hunt that stops there. stress_race says itself how long it ran,
from the start of its threads. Under the fix nothing may fail.

Exit code: 0 as expected, 1 a failure under the fix or a stuck iteration, 2 bad usage or
something could not be run.
"""

import argparse
import dataclasses
import json
import statistics
import subprocess
import sys
import time

from run_peers import ROOT, Failed, circumstances, table

POLICIES = ["pre-fix", "fix"]

# Our names for the ways, and the options that make them.
STRESS = {
    "threads, link fails": [],
    "threads, loss injected": ["--loss", "injected"],
    "threads, loss injected, no jitter": ["--loss", "injected", "--jitter", "off"],
    "threads, loss injected, resets 2 x 10 us": ["--loss", "injected", "--reset-us", "10"],
    "threads, loss injected, resets 2 x 50 us": ["--loss", "injected", "--reset-us", "50"],
    "threads, loss injected, resets 2 x 50 us, jitter sleeps":
        ["--loss", "injected", "--reset-us", "50", "--jitter", "sleeps"],
}
HUNTS = {"hunt, pct": "pct", "hunt, uniform": "uniform"}

HEAD = ["policy", "way", "runs/s", "failing", "of runs", "share", "failures/s", "first after s",
        "found in"]


@dataclasses.dataclass
class Sample:
    """The result of one run of one way."""

    runs: int
    failing: int
    seconds: float
    first_s: float | None  # to the first failure
    stuck: bool = False


def execute(command):
    """(document printed, wall seconds)"""
    start = time.perf_counter()
    try:
        process = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError as error:
        raise Failed(f"cannot run {command[0]}: {error.strerror}") from error
    seconds = time.perf_counter() - start
    try:
        return json.loads(process.stdout), seconds
    except ValueError as error:
        raise Failed(f"{' '.join(command)}: exit code {process.returncode}, and not the JSON that "
                     f"was expected ({error})\n{process.stderr}") from error


def stress(options, policy, flags, round_):
    found, _ = execute([options.stress, "--seconds", str(options.seconds), "--seed", str(round_),
                        "--policy", policy, *flags])
    return Sample(found["iterations"], found["failures"], found["seconds"],
                  found["first_failure_s"], found["stuck"])


def hunt(options, policy, strategy, round_):
    runs = options.seeds[strategy]
    seeds = f"{(round_ - 1) * runs + 1}..{round_ * runs}"
    command = [options.program, "hunt", "upstream-report", "--policy", policy, "--strategy",
               strategy, "--seeds", seeds, "-j", "2", "--format", "json"]
    found, seconds = execute([*command, "--all"])
    first_s = execute(command)[1] if found["failing"] else None
    return Sample(found["runs"], found["failing"], seconds, first_s)


def row(policy, name, samples):
    """Medians; a first failure counts only where there was one, and the last column says
    in how many of the samples."""
    runs = sum(sample.runs for sample in samples)
    failing = sum(sample.failing for sample in samples)
    firsts = [sample.first_s for sample in samples if sample.first_s is not None]
    rates = [sample.failing / sample.seconds for sample in samples]
    return [policy, name, f"{statistics.median(s.runs / s.seconds for s in samples):,.0f}",
            f"{failing:,}", f"{runs:,}", f"{failing / runs:.2g}" if failing else "0",
            f"{statistics.median(rates):,.1f}" if failing else "0",
            f"{statistics.median(firsts):.4f}" if firsts else "",
            f"{len(firsts)} of {len(samples)}"]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0],
                                     epilog=__doc__.rsplit("\n\n", maxsplit=1)[-1])
    parser.add_argument("--repeat", type=int, default=5, metavar="N",
                        help="rounds over all ways (5)")
    parser.add_argument("--seconds", type=int, default=5, metavar="N",
                        help="how long stress_race runs each time (5)")
    parser.add_argument("--pct-seeds", type=int, default=4_000_000, metavar="N",
                        help="seeds per hunt with pct (4000000)")
    parser.add_argument("--uniform-seeds", type=int, default=8_000_000, metavar="N",
                        help="seeds per hunt with uniform (8000000)")
    parser.add_argument("--program", default=str(ROOT / "build/release/tools/frwrsim"),
                        help="the frwrsim to run (build/release's)")
    parser.add_argument("--stress", default=str(ROOT / "build/release/tools/stress_race"),
                        help="the stress_race to run (build/release's)")
    options = parser.parse_args()
    options.seeds = {"pct": options.pct_seeds, "uniform": options.uniform_seeds}
    if min(options.repeat, options.seconds, *options.seeds.values()) < 1:
        parser.error("numbers are at least 1")
    return options


def main():
    options = arguments()
    samples = {(policy, name): [] for policy in POLICIES for name in [*STRESS, *HUNTS]}
    for round_ in range(1, options.repeat + 1):
        for (policy, name), sampled in samples.items():
            print(f"run_stress: round {round_}, {policy}, {name}", file=sys.stderr)
            if name in STRESS:
                sampled.append(stress(options, policy, STRESS[name], round_))
            else:
                sampled.append(hunt(options, policy, HUNTS[name], round_))
    rows = [row(*key, sampled) for key, sampled in samples.items()]
    print(circumstances() + "\n\n" + table([HEAD, *rows]))
    unexpected = [f"{policy}, {name}" for (policy, name), sampled in samples.items()
                  for sample in sampled if sample.stuck or (policy == "fix" and sample.failing)]
    for case in unexpected:
        print(f"UNEXPECTED: {case}: stuck, or a failure under the fix")
    return 1 if unexpected else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failed as failure:
        print(f"run_stress: {failure}", file=sys.stderr)
        sys.exit(2)
