#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""frwrsim audit against real traces, and against faults planted in them.

What is expected of a trace comes from traces/README.md and from the count kept here by
regular expressions; nothing comes from the program. A planted fault must be found at its
line, or its line be said to be undecided, and nothing else may be reported.

usage: audit_traces_test.py PROGRAM [FAULTS] [SEED]     FAULTS: how many, default 1000
Exits with 77 (skipped) where Python has no lzma.
"""

import collections
import itertools
import json
import pathlib
import random
import re
import subprocess
import sys
import tempfile

try:
    import lzma
except ImportError:
    print("skipped: this Python has no lzma")
    sys.exit(77)

TRACES = pathlib.Path(__file__).resolve().parent / "traces"
# Everything else in traces/ is complete.
DAMAGED = {"6.1-overwritten-v3.trace", "6.1-lost-events-v3.trace_pipe", "6.1-excerpt-local.trace",
           "6.12-excerpt-link.trace"}
LAYOUTS = {"trace": "tracefs trace", "trace_pipe": "tracefs trace_pipe, or lines of trace without its header",
           "report": "trace-cmd report", "report-raw": "trace-cmd report -R",
           "console": "ftrace_dump of a console, mixed with a kernel's log"}
MR_EVENT = re.compile(r"(?:xprtrdma_)(mr_map|mr_fastreg|mr_localinv|mr_reminv|mr_unmap|wc_fastreg|"
                      r"wc_li_wake|wc_li_done|wc_li): +(.*)$")
CLIENT_EVENT = re.compile(r": +(xprtrdma_\w+): ")
CPU = re.compile(r"\[(\d{3})\] |-\d+ +(\d)[.a-zA-Z]{5} ")


class Line:
    """An event about one MR: its line from 0, kind, MR, and what its registration prints."""

    def __init__(self, number, kind, fields):
        self.number, self.kind = number, kind
        self.mr = int(re.search(r"(?:mr\.id|mr_id|completion_id)=(\d+)", fields)[1])
        text = re.search(r"(nents=.*)$", fields)
        self.registration = (self.mr, text[1].rstrip()) if text else None
        self.failed = kind.startswith("wc") and not re.search(r"\(0/|status=0 ", fields)


def mr_lines(lines):
    return [Line(n, m[1], m[2]) for n, m in ((n, MR_EVENT.search(line))
                                             for n, line in enumerate(lines)) if m]


def lives(events):
    """The events of each registration that is mapped and unmapped here, in their order."""
    open_lives, whole = {}, []
    for it in events:
        if it.kind == "mr_map":
            open_lives[it.mr] = [it]
        elif it.mr in open_lives:
            open_lives[it.mr].append(it)
            if it.kind == "mr_unmap":
                life = open_lives.pop(it.mr)
                if life[0].registration == it.registration:
                    whole.append(life)
    return whole


def audit(program, files):
    """(exit code, document per file)"""
    result = subprocess.run([program, "audit", "--format", "json", *map(str, files)],
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    if result.returncode not in (0, 1, 3):
        sys.exit(f"exit code {result.returncode}: {result.stderr.decode()}")
    documents = json.loads(result.stdout)
    return result.returncode, documents if isinstance(documents, list) else [documents]


def check_real(program, folder, texts):
    """Each trace as it is."""
    wrong = []
    for name, lines in texts.items():
        file = folder / name
        file.write_text("\n".join(lines) + "\n")
        code, (document,) = audit(program, [file])
        (trace,) = document["traces"]
        count = collections.Counter(it.kind for it in mr_lines(lines))
        expected = {
            "exit code": (code, 3 if name in DAMAGED else 0),
            "violations": (trace["violations"], 0),
            "layout": (trace["source"]["layout"], LAYOUTS[name.rsplit(".", 1)[1]]),
            "mappings": (trace["mappings"], count["mr_map"]),
            "unmaps": (trace["unmaps"], count["mr_unmap"]),
            "completions": (trace["completions"],
                            sum(n for kind, n in count.items() if kind.startswith("wc"))),
            "failed": (trace["failed_completions"],
                       sum(it.failed for it in mr_lines(lines))),
            "lines": (trace["source"]["lines"], len(lines)),
            "CPUs": (trace["source"]["cpus_with_events"],
                     len({m[1] or m[2] for m in map(CPU.search, lines) if m})),
            "events": (
                {k: v for k, v in trace["source"]["event_counts"].items() if "xprtrdma_" in k},
                dict(collections.Counter(m[1] for m in map(CLIENT_EVENT.search, lines) if m)))}
        if name not in DAMAGED:
            expected["undecided"] = trace["undecided"], 0
        else:
            expected["undecided lines, or a cut"] = bool(
                trace["undecided"] or trace["source"]["cut_off"]), True
        wrong += [f"{name}: {what}: found {found}, expected {right}"
                  for what, (found, right) in expected.items() if found != right]
    return wrong


# --- Planted faults: (lines, acceptable lines from 1, invariants) ---

def with_line(lines, at, line):
    return lines[:at] + [line] + lines[at:]


def unmap_twice(lines, life, _, rng):
    at = life[-1].number + 1 + rng.choice((0, 0, 1, 3, 17, 170))
    at = min(at, len(lines))
    return with_line(lines, at, lines[life[-1].number]), {at + 1}, {"double-unmap"}


def unmap_dropped(lines, life, following, _):
    at = life[-1].number
    expected = {life[0].number + 1}
    if following:  # the MR's next registration, one line earlier now
        expected.add(following.number)
    return lines[:at] + lines[at + 1:], expected, {"map-over-live-mapping", "leaked-mapping"}


def exchanged(lines, life, _, rng):
    """Two lines of a registration whose order matters."""
    def of(*kinds):
        return next((it for it in life if it.kind in kinds), None)
    first, post, inv, done, last = (of("mr_map"), of("mr_fastreg"), of("mr_localinv"),
                                    of("wc_li", "wc_li_done", "wc_li_wake"), life[-1])
    pairs = [(first, last, "unmap-never-mapped"), (inv, last, "use-after-free"),
             (done, last, "stale-completion"), (post, last, "fastreg-on-live-mr"),
             (first, post, "fastreg-on-live-mr"), (post, inv, "fastreg-on-live-mr"),
             (inv, done, "stale-completion"), (of("mr_reminv"), last, "use-after-free")]
    pairs = [(a, b, what) for a, b, what in pairs if a and b and a.number < b.number]
    a, b, what = rng.choice(pairs)
    changed = list(lines)
    changed[a.number], changed[b.number] = changed[b.number], changed[a.number]
    return (changed, {a.number + 1, b.number + 1},
            {what, "unmap-never-mapped", "use-after-free", "stale-completion", "fastreg-on-live-mr"})


def mapped_over(lines, life, _, rng):
    at = rng.randrange(life[0].number + 1, life[-1].number + 1)
    line = lines[life[0].number]
    if rng.random() < 0.5:  # as the MR's next registration
        def bump(match):
            handle = int(match[2], 16)
            return f"{match[1]}{(handle & ~0xff) | ((handle + 1) & 0xff):08x}"
        line = re.sub(r"((?::|handle=)0x)([0-9a-f]{8})", bump, line)
    return with_line(lines, at, line), {at + 1}, {"map-over-live-mapping"}


def completed_after(lines, life, following, rng):
    done = [it for it in life if it.kind.startswith("wc")]
    if not done:
        return None
    end = following.number if following else len(lines)
    at = rng.randrange(life[-1].number + 1, min(end, life[-1].number + 40) + 1)
    return with_line(lines, at, lines[done[-1].number]), {at + 1}, {"stale-completion"}


KINDS = (unmap_twice, unmap_dropped, exchanged, mapped_over, completed_after)


def plant(name, lines, events, whole, kind, rng):
    """(file's name, lines, acceptable lines, invariants), or nothing."""
    index = rng.randrange(len(whole))
    life = whole[index]
    following = next((it for it in events if it.kind == "mr_map" and it.mr == life[0].mr
                      and it.number > life[-1].number), None)
    planted = kind(lines, life, following, rng)
    return planted and (f"{name}: {kind.__name__} of line {life[0].number + 1}", *planted)


def judge(document, base, expected, invariants):
    """What is wrong with the report on a planted fault; the verdict on it."""
    (trace,) = document["traces"]
    def lines_of(it):
        return {it["line"], *(it[other]["line"] for other in ("earlier", "later") if other in it)}
    at = [it for it in trace["findings"] if lines_of(it) & expected]
    violations = [it for it in trace["findings"] if it["verdict"] == "violated"]
    others = [it for it in violations if it not in at]
    if others:
        return f"also reported: {[(it['line'], it['in_words']) for it in others]}", None
    if not at:
        return f"nothing at {sorted(expected)}, {trace['violations']} violations", None
    if len([it for it in at if it["verdict"] == "violated"]) > 1:
        return f"reported twice: {[it['in_words'] for it in at]}", None
    found = sorted(at, key=lambda it: it["verdict"] != "violated")[0]
    if found["verdict"] == "violated" and found["invariant"] not in invariants:
        return f"as {found['invariant']}: {found['in_words']}", None
    if trace["undecided"] > base + 3:
        return f"{trace['undecided']} undecided, {base} without the fault", None
    return None, found["verdict"] + (":" + found["because"] if "because" in found else "")


def check_planted(program, folder, texts, faults, seed):
    """All kinds of faults in all traces, small ones more often."""
    rng = random.Random(seed)
    cases = []
    events = {name: mr_lines(lines) for name, lines in texts.items()}
    parsed = {name: (events[name], lives(events[name])) for name in texts}
    weights = {name: 1 / (2000 + len(lines)) for name, lines in texts.items() if parsed[name][1]}
    names = list(weights)
    rota = itertools.cycle(KINDS)
    base = {}
    for name in names:
        file = folder / name
        file.write_text("\n".join(texts[name]) + "\n")
        base[name] = audit(program, [file])[1][0]["traces"][0]["undecided"]
    chosen = names + rng.choices(names, [weights[name] for name in names], k=faults - len(names))
    wrong, verdicts = [], collections.Counter()
    for batch in (chosen[i:i + 50] for i in range(0, len(chosen), 50)):
        cases = []
        for name in batch:
            case = None
            while case is None:
                kind = next(rota)
                case = plant(name, texts[name], *parsed[name], kind, rng)
            cases.append((name, kind, case))
        files = []
        for number, (_, _, case) in enumerate(cases):
            files.append(folder / f"planted-{number}")
            files[-1].write_text("\n".join(case[1]) + "\n")
        _, documents = audit(program, files)
        for (name, kind, case), document in zip(cases, documents):
            complaint, verdict = judge(document, base[name], case[2], case[3])
            if complaint:
                wrong.append(f"{case[0]}: {complaint}")
            verdicts[kind.__name__, name in DAMAGED, verdict] += 1
    return wrong, verdicts


def main():
    program = sys.argv[1]
    faults = int(sys.argv[2]) if len(sys.argv) > 2 else 1000
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    texts = {}
    for file in sorted(TRACES.glob("*.xz")):
        text = lzma.decompress(file.read_bytes()).decode()
        texts[file.name[:-3]] = text.rstrip("\n").split("\n") if text.endswith("\n") else text.split("\n")
    with tempfile.TemporaryDirectory() as folder:
        wrong = check_real(program, pathlib.Path(folder), texts)
        more, verdicts = check_planted(program, pathlib.Path(folder), texts, faults, seed)
    for (kind, damaged, verdict), n in sorted(verdicts.items(), key=str):
        print(f"{n:6} {kind:16} {'damaged' if damaged else 'whole':8} {verdict}")
    wrong += more
    for it in wrong[:40]:
        print(it)
    print(f"{len(texts)} traces, {sum(verdicts.values())} faults, {len(wrong)} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
