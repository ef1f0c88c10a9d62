#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""frwrsim explore and SPIN on the same transition systems, side by side.

frwr_race.pml is a second model of the race, fib_bench.pml one of a benchmark;
their prologues say why the states must be the same, one by one. This program sets
their macros from scenario files, builds and runs pan, runs `frwrsim explore`, and
prints a Markdown table. What is compared is the whole space: states, transitions,
verdict. SPIN's partial order reduction may leave states out, so what it counts is
shown and not compared.

Both are timed from outside, from the start of the process to its end, one after
the other on one core; medians of --repeat runs. CPU seconds tell whether the
machine had other things to do. Building pan is not timed, although it is
done for every scenario and takes longer than a small search. Memory is what each
says it took, and the process's peak as the system saw it, which is never below the
peak of this program.

Exit code: 0 all equal, 1 something differs, 2 bad usage or something failed.
"""

import argparse
import dataclasses
import json
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
SCENARIOS = ROOT / "scenarios"

POLICIES = {"pre-fix": "unmap-on-marshal-error", "fix": "leave-registered"}

# Shipped scenarios with other members: a guard off, a fault on.
CHANGED = {
    "upstream-report-unguarded": ("upstream-report", {"guards": []}),
    "short-pool-unguarded": ("flushing-provider-short-pool", {"guards": []}),
    "loss-any-time-unpinned": ("loss-any-time", {"guards": ["enobufs-delay"]}),
    "upstream-report-other-delay": ("upstream-report", {"guards": ["reconnect-delay"]}),
    "upstream-report-drain-marker": ("upstream-report", {"faults": {"drain_marker": 1}}),
    "upstream-report-signal": ("upstream-report", {"faults": {"signal": 1}}),
    "single-segment-timeout": ("single-segment", {"faults": {"timeout": 1},
                                                  "losses": {"count": 0, "when": "any-time"}}),
}

# By size: scenarios, and the policies under which their space fits into memory.
SIZES = {
    "small": {"upstream-report": ["pre-fix", "fix"]},
    "medium": {"upstream-three-segments": ["pre-fix", "fix"]},
    "large": {"two-rpcs": ["pre-fix", "fix"]},
    "unguarded": {"upstream-report-unguarded": ["pre-fix", "fix"],
                  "short-pool-unguarded": ["pre-fix", "fix"],
                  "upstream-report-other-delay": ["pre-fix", "fix"]},
    "unpinned": {"loss-any-time-unpinned": ["pre-fix", "fix"]},
    "faults": {"upstream-report-drain-marker": ["pre-fix", "fix"],
               "upstream-report-signal": ["pre-fix", "fix"],
               "single-segment-timeout": ["pre-fix", "fix"]},
    "fib": {},
}
TIMED = ["small", "medium", "large", "fib"]  # what is run by default

# What the peer has of a scenario's faults, and does not have at all.
FAULTS = ("dma_map", "map_mr_sg", "prepare_send", "drain_marker", "signal", "timeout")
NOT_IN_THE_PEER = ("iova", "detect", "invariants")

# What we want to know of `frwrsim explore`, and the names it gives it.
EXPLORE = ["explore", "{scenario}", "--policy", "{policy}", "--jobs", "{jobs}", "--verdict-only",
           "--reduction", "{reduction}", "--format", "json", "--max-states", "2000000000", "--max-memory", "{memory}M",
           "--time-limit", "24h"]
STATES, TRANSITIONS, VERDICT, MEMORY = "states", "transitions", "verdict", "memory_bytes"
BOUND, NO_BOUND = "bound", "none"  # why the search stopped early

# Our other ways to the same verdict, timed beside it; the reduced ones count less.
VARIANTS = {
    "frwrsim, 2 threads": {"jobs": "2"},
    "frwrsim, reductions": {"reduction": "all"},
    "frwrsim, reductions, 2 threads": {"jobs": "2", "reduction": "all"},
}
FULL = "SPIN, no reduction"
PAN_FLAGS = {
    FULL: ["-DNOREDUCE"],
    "SPIN, partial order": [],
    "SPIN, no reduction, collapsed": ["-DNOREDUCE", "-DCOLLAPSE"],
}
COMPARED = [name for name, flags in PAN_FLAGS.items() if "-DNOREDUCE" in flags]
CHECK_FLAGS = ["-DNOREDUCE", "-DPRINTF"]
QUEUES = [8, 16, 32]  # places in frwr_race.pml's queues; fewer are tried first
SEARCH_DEPTH = 10000


class Failed(Exception):
    """Something could not be run; the message is for the user."""


@dataclasses.dataclass
class Run:
    """What one search found and what it cost."""

    engine: str
    states: int
    transitions: int
    verdict: str = ""
    wall_s: float = 0.0
    cpu_s: float = 0.0
    memory: int = 0  # bytes, as the engine says
    peak: int = 0  # bytes, as the system says
    vector: int = 0  # bytes of a state, pan only


@dataclasses.dataclass
class Process:
    output: str
    status: int
    wall_s: float
    cpu_s: float
    peak: int


def execute(command, cwd=None):
    """Runs a command to its end, measured."""
    with tempfile.TemporaryFile() as log:
        start = time.perf_counter()
        try:
            child = subprocess.Popen(command, cwd=cwd, stdin=subprocess.DEVNULL, stdout=log,
                                     stderr=subprocess.STDOUT)
        except OSError as error:
            raise Failed(f"cannot run {command[0]}: {error.strerror}") from error
        _, status, usage = os.wait4(child.pid, 0)
        wall_s = time.perf_counter() - start
        child.returncode = os.waitstatus_to_exitcode(status)
        log.seek(0)
        output = log.read().decode(errors="replace")
    return Process(output, child.returncode, wall_s, usage.ru_utime + usage.ru_stime,
                   usage.ru_maxrss * 1024)


def execute_or_fail(command, cwd=None):
    process = execute(command, cwd)
    if process.status != 0:
        raise Failed(f"{' '.join(map(str, command))}: exit code {process.status}\n{process.output}")
    return process


# -- frwrsim ------------------------------------------------------------------------


def member(document, name):
    """The member of that name, wherever in the document it is."""
    if isinstance(document, dict) and name in document:
        return document[name]
    children = document.values() if isinstance(document, dict) else document
    for child in children if isinstance(document, (dict, list)) else ():
        found = member(child, name)
        if found is not None:
            return found
    return None


def run_ours(command):
    process = execute(command)
    try:
        document = json.loads(process.output)
        bound = member(document, BOUND)
        if bound not in (None, NO_BOUND):
            raise Failed(f"{' '.join(map(str, command))}: stopped by its bound on {bound}")
        return Run("frwrsim", int(member(document, STATES)), int(member(document, TRANSITIONS)),
                   str(member(document, VERDICT) or ""), process.wall_s, process.cpu_s,
                   int(member(document, MEMORY) or 0), process.peak)
    except (ValueError, TypeError) as error:
        raise Failed(f"{' '.join(map(str, command))}: exit code {process.status}, and not the "
                     f"JSON that was expected ({error})\n{process.output[:2000]}") from error


# -- SPIN ---------------------------------------------------------------------------


class QueueTooShort(Exception):
    """QUEUE is smaller than the scenario needs."""


def macros_of(scenario, policy):
    """The macros of frwr_race.pml for a scenario document (scenario.schema.json)."""
    rpcs = scenario["rpcs"]
    ids = {rpc["name"]: number for number, rpc in enumerate(rpcs, 1)}
    refresh = scenario.get("refresh", {"batch": 0, "times": 0})
    losses = scenario.get("losses", {"count": 0, "when": "any-time"})
    faults = scenario.get("faults", {})
    budgets = scenario["budgets"]
    macros = {
        "RPCS": len(rpcs),
        "POOL": scenario["mr_pool"],
        "MRS": scenario["mr_pool"] + refresh["batch"] * refresh["times"],
        "REFRESH_BATCH": refresh["batch"],
        "REFRESHES": refresh["times"],
        "LOSSES": losses["count"],
        "LOSS_BEFORE_SEND_OF": ids[losses["rpc"]] if losses["when"] == "before-send" else 0,
        "PROVIDER_FLUSHES": int(scenario["provider"] == "flush"),
        "RETRANSMISSIONS": budgets["retransmissions"],
        "ENOBUFS_RETRIES": budgets["enobufs_retries"],
        "RECONNECTS": budgets["reconnects"],
        "UNMAP_ON_MARSHAL_ERROR": int(POLICIES[policy] == "unmap-on-marshal-error"),
    }
    unknown = [name for name in sorted(scenario) if name in NOT_IN_THE_PEER]
    unknown += [f"fault {name}" for name in sorted(faults) if faults[name] and name not in FAULTS]
    if unknown:
        raise Failed(f"frwr_race.pml does not have {', '.join(unknown)}")
    for fault in FAULTS:
        macros["FAULTS_" + fault.upper()] = faults.get(fault, 0)
    for guard in scenario.get("guards", []):
        macros[guard.upper().replace("-", "_")] = 1
    for number, rpc in enumerate(rpcs, 1):
        lists = ("read_list", "write_list", "reply_chunk")
        macros[f"SEGMENTS_{number}"] = sum(rpc.get(name, 0) for name in lists)
        macros[f"AFTER_{number}"] = ids[rpc["after"]] if "after" in rpc else 0
        macros[f"ASYNC_{number}"] = int(rpc.get("async", False))
    return macros


def build_pan(model, macros, flags, folder, memory_mb):
    """spin -a and the C compiler; the program's path."""
    folder.mkdir()
    defines = [f"-D{name}={value}" for name, value in macros.items()]
    execute_or_fail(["spin", *defines, "-a", "-o2", "-o3", str(model)], folder)
    # Eight digits are what pan shows of a number; all of them are wanted.
    source = folder / "pan.c"
    source.write_text(source.read_text().replace("%9.8g", "%.0f"))
    execute_or_fail(["gcc", "-w", "-O3", "-DSAFETY", f"-DMEMLIM={memory_mb}", *flags, "-o", "pan",
                     "pan.c"], folder)
    return folder / "pan"


def run_pan(engine, program, states_expected):
    """Runs pan; its verdict is "violated" if an assertion failed."""
    # One place of the hash table per state, rounded up to a power of two.
    table = min(max(states_expected.bit_length(), 16), 30)
    process = execute([str(program), f"-m{SEARCH_DEPTH}", f"-w{table}", "-n"], program.parent)
    text = process.output
    if re.search(r"assertion violated \(\(?(completions|send_queue)_size<", text):
        raise QueueTooShort

    def number(pattern):
        found = re.search(pattern, text, re.M)
        if not found:
            raise Failed(f"{engine}: pan's output has no {pattern!r}\n{text[:2000]}")
        return float(found[1])

    violated = "pan:1: assertion violated" in text
    if not violated and ("Search not completed" in text or "search depth too small" in text
                         or number(r"errors: (\d+)") > 0):
        raise Failed(f"{engine}: the search was not completed\n{text[:2000]}")
    verdict = "violated" if violated else "bound_reached" if "a run is cut" in text else "exhausted"
    return Run(engine, int(number(r"^\s*(\d+) states, stored")),
               # pan counts the initial state as reached by a transition.
               int(number(r"^\s*(\d+) transitions")) - 1, verdict, process.wall_s, process.cpu_s,
               int(number(r"([\d.]+)\s+total actual memory usage") * 2**20), process.peak,
               int(number(r"State-vector (\d+) byte")))


class Pans:
    """The pans of one model and one set of macros, built when needed."""

    def __init__(self, model, macros, folder, memory_mb):
        self.model, self.macros, self.memory_mb = model, macros, memory_mb
        self.folder = folder
        self.folder.mkdir()
        self.queues = list(QUEUES)
        self.programs = {}

    def run(self, engine, flags, states_expected, **more_macros):
        while True:
            queue = self.queues[0]
            key = (engine, queue)
            if key not in self.programs:
                self.programs[key] = build_pan(
                    self.model, {**self.macros, **more_macros, "QUEUE": queue}, flags,
                    self.folder / str(len(self.programs)), self.memory_mb)
            try:
                return run_pan(engine, self.programs[key], states_expected)
            except QueueTooShort:
                if len(self.queues) == 1:
                    raise
                self.queues.pop(0)

    def verdict(self, states_expected):
        return self.run("SPIN, verdict", CHECK_FLAGS, states_expected, CHECK=1).verdict


# -- fib_bench ----------------------------------------------------------------------


def enumerate_fib(n):
    """(states, transitions) of fib_bench(n), counted in the obvious way."""

    def successors(state):
        pc1, pc2, pc3, a1, b1, a2, b2, x, y = state
        if pc1 < 3 * n:
            a, b, new_x = [(x, 0, x), (a1, y, x), (0, 0, a1 + b1)][pc1 % 3]
            yield pc1 + 1, pc2, pc3, a, b, a2, b2, new_x, y
        if pc2 < 3 * n:
            a, b, new_y = [(x, 0, y), (a2, y, y), (0, 0, a2 + b2)][pc2 % 3]
            yield pc1, pc2 + 1, pc3, a1, b1, a, b, x, new_y
        if pc3 < 2:
            yield pc1, pc2, 1 if pc3 == 0 and x <= 144 else 2, a1, b1, a2, b2, x, y

    first = (0, 0, 0, 0, 0, 0, 0, 1, 1)
    seen, waiting, transitions = {first}, [first], 0
    while waiting:
        for state in successors(waiting.pop()):
            transitions += 1
            if state not in seen:
                seen.add(state)
                waiting.append(state)
    return len(seen), transitions


# -- the comparison -----------------------------------------------------------------


def median_of(runs):
    """One run with the median of the times and of the memory."""
    if len({(run.states, run.transitions, run.verdict) for run in runs}) != 1:
        raise Failed(f"{runs[0].engine}: repetitions differ")
    middle = dataclasses.replace(runs[0])
    middle.wall_s = statistics.median(run.wall_s for run in runs)
    middle.cpu_s = statistics.median(run.cpu_s for run in runs)
    middle.memory = int(statistics.median(run.memory for run in runs))
    middle.peak = int(statistics.median(run.peak for run in runs))
    return middle


@dataclasses.dataclass
class Case:
    """One transition system and all ways to run it."""

    name: str
    policy: str
    ours: list  # command line; empty: counted by enumerate_fib
    pans: Pans
    variants: dict = dataclasses.field(default_factory=dict)
    has_verdict: bool = True

    def run_ours(self, options):
        if not self.ours:
            states, transitions = enumerate_fib(options.fib_n)
            return Run("enumeration in Python", states, transitions)
        return median_of([run_ours(self.ours) for _ in range(options.repeat)])

    def run(self, options):
        """All runs, ours first, and what differs."""
        ours = self.run_ours(options)
        runs = [ours]
        differences = []
        for name, command in ({} if options.check_only else self.variants).items():
            run = median_of([run_ours(command) for _ in range(options.repeat)])
            run.engine = name
            runs.append(run)
            if run.verdict != ours.verdict:
                differences.append(f"{self.name}, {self.policy}: verdict: "
                                   f"{ours.engine} {ours.verdict}, {name} {run.verdict}")
        names = [FULL] if options.check_only else list(PAN_FLAGS)
        verdict = self.pans.verdict(ours.states) if self.has_verdict else ours.verdict
        for name in names:
            run = median_of([self.pans.run(name, PAN_FLAGS[name], ours.states)
                             for _ in range(options.repeat)])
            run.verdict = verdict
            runs.append(run)
            if name in COMPARED:
                for what in ("states", "transitions", "verdict"):
                    mine, theirs = getattr(ours, what), getattr(run, what)
                    if mine != theirs:
                        differences.append(f"{self.name}, {self.policy}: {what}: "
                                           f"{ours.engine} {mine}, {name} {theirs}")
        return runs, differences


def file_of(name, folder):
    """The scenario file of that name; a changed one is written."""
    if name not in CHANGED:
        return SCENARIOS / f"{name}.json"
    base, members = CHANGED[name]
    scenario = json.loads((SCENARIOS / f"{base}.json").read_text()) | members
    scenario.pop("expect", None)
    path = folder / f"{name}.json"
    path.write_text(json.dumps(scenario))
    return path


def cases_of(options, folder):
    number = 0

    def pans(model, macros):
        nonlocal number
        number += 1
        return Pans(HERE / model, macros, folder / f"case{number}", options.memory)

    wanted = {pathlib.Path(path): list(POLICIES) for path in options.scenario}
    if not wanted:
        for size in options.only or TIMED:
            wanted |= {file_of(name, folder): which for name, which in SIZES[size].items()}
    for path, policies in wanted.items():
        try:
            scenario = json.loads(path.read_text())
        except (OSError, ValueError) as error:
            raise Failed(f"{path}: {error}") from error
        for policy in options.policy or policies:
            words = {"scenario": path, "policy": POLICIES[policy], "memory": options.memory,
                     "jobs": "1", "reduction": "none"}

            def command(changed, words=words):
                return [options.program, *(word.format(**words | changed) for word in EXPLORE)]

            yield Case(path.stem, policy, command({}),
                       pans("frwr_race.pml", macros_of(scenario, policy)),
                       {name: command(changed) for name, changed in VARIANTS.items()})
    if not options.scenario and "fib" in (options.only or TIMED):
        command = [options.fib_program, str(options.fib_n)] if options.fib_program else []
        yield Case(f"fib_bench({options.fib_n})", "", command,
                   pans("fib_bench.pml", {"N": options.fib_n}), has_verdict=False)


def table(rows):
    """A Markdown table; the first row is the head. Numbers are right-aligned."""
    head, *body = rows
    numeric = [all(re.fullmatch(r"[\d.,]*", row[i]) for row in body) for i in range(len(head))]
    widths = [max(3, *(len(row[i]) for row in rows)) for i in range(len(head))]

    def line(cells):
        padded = (cell.rjust(width) if right else cell.ljust(width)
                  for cell, width, right in zip(cells, widths, numeric))
        return "| " + " | ".join(padded) + " |"

    rule = ("-" * (width - 1) + (":" if right else "-") for width, right in zip(widths, numeric))
    return "\n".join([line(head), "| " + " | ".join(rule) + " |", *map(line, body)])


def counts_row(case, run, ours):
    if run.engine not in COMPARED:
        equal = ""
    elif (run.states, run.transitions) == (ours.states, ours.transitions):
        equal = "EQUAL"
    else:
        equal = "DIFFERENT"
    return [case.name, case.policy, run.engine, str(run.states), str(run.transitions), equal,
            run.verdict]


def costs_row(run, ours):
    if not run.wall_s:
        return [""] * len(COSTS_HEAD)
    memory = run.memory or run.peak
    ratio = "" if run is ours or not ours.wall_s else f"{run.wall_s / ours.wall_s:.2f}"
    return [f"{run.wall_s:.2f}", f"{run.cpu_s:.2f}", ratio, f"{run.states / run.wall_s:.0f}",
            f"{memory / run.states:.0f}", f"{memory / 2**20:.0f}", f"{run.peak / 2**20:.0f}"]


COUNTS_HEAD = ["scenario", "policy", "engine", "states", "transitions", "counts", "verdict"]
COSTS_HEAD = ["wall s", "CPU s", "times ours", "states/s", "bytes/state", "MiB", "peak MiB"]


def circumstances():
    """When and on what this runs, for those who read the table later."""
    cpu = "unknown processor"
    try:
        text = pathlib.Path("/proc/cpuinfo").read_text()
        cpu = re.search(r"^model name\s*:\s*(.*)$", text, re.M).group(1)
    except (OSError, AttributeError):
        pass
    words = " ".join([f"tools/bench/peers/{pathlib.Path(sys.argv[0]).name}", *sys.argv[1:]])
    return f"{time.strftime('%Y-%m-%d')}, {cpu}, {os.cpu_count()} cores: `{words}`"


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0],
                                     epilog=__doc__.split("\n\n")[-1])
    parser.add_argument("--only", action="append", choices=list(SIZES), default=[],
                        help="this size; may be repeated (" + ", ".join(TIMED) + ")")
    parser.add_argument("--scenario", action="append", default=[], metavar="FILE",
                        help="this scenario file instead; may be repeated")
    parser.add_argument("--policy", action="append", choices=list(POLICIES), default=[],
                        help="this policy only")
    parser.add_argument("--check-only", action="store_true",
                        help="compare the counts, measure nothing")
    parser.add_argument("--repeat", type=int, default=1, metavar="N",
                        help="run everything N times and show medians")
    parser.add_argument("--program", default=str(ROOT / "build/release/tools/frwrsim"),
                        help="the frwrsim to run (build/release's)")
    parser.add_argument("--fib-program", metavar="PROGRAM",
                        help="explores fib_bench(N), called with N, and prints JSON as frwrsim "
                             "does; without it the states are enumerated here")
    parser.add_argument("--fib-n", type=int, default=5, metavar="N", choices=range(1, 11),
                        help="size of fib_bench, 1 to 10 (5)")
    parser.add_argument("--memory", type=int, default=16000, metavar="MIB",
                        help="what either engine may take at most (16000)")
    options = parser.parse_args()
    if options.repeat < 1:
        parser.error("--repeat: at least 1")
    if options.check_only:
        options.repeat = 1
    return options


def main():
    options = arguments()
    if not shutil.which("spin"):
        raise Failed("spin is not installed; tools/install-deps.sh bench does it")
    rows = [COUNTS_HEAD + ([] if options.check_only else COSTS_HEAD)]
    differences = []
    with tempfile.TemporaryDirectory(prefix="frwrsim-peers-") as folder:
        for case in cases_of(options, pathlib.Path(folder)):
            print(f"run_peers: {case.name} {case.policy}", file=sys.stderr)
            runs, different = case.run(options)
            differences += different
            for run in runs:
                row = counts_row(case, run, runs[0])
                rows.append(row if options.check_only else row + costs_row(run, runs[0]))
    print(circumstances() + "\n\n" + table(rows))
    for difference in differences:
        print(f"DIFFERENT: {difference}")
    return 1 if differences else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failed as failure:
        print(f"run_peers: {failure}", file=sys.stderr)
        sys.exit(2)
