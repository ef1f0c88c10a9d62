#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""docs/windows.md, from what the sweep finds.

The scenarios r1 to r12 are explored under the two upstream policies: verdict, share
of failing interleavings, least preemptions, the shortest schedule that shows each
violation. Their paragraphs are those of the scenario files; the matrix of scenarios
and policies is what the scenario files expect; other tests compare that with
searches.

usage: windows.py PROGRAM             search, write the file (a minute or two)
       windows.py PROGRAM --check     search, fail if the file would change
       windows.py PROGRAM --replay    no search: replay every schedule of docs/windows.md,
                                      compare paragraphs and matrix
"""

import decimal
import json
import pathlib
import re
import subprocess
import sys
import textwrap

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PAGE = ROOT / "docs" / "windows.md"
UPSTREAM = (("unmap-on-marshal-error", "pre-fix"), ("leave-registered", "fix"))
MARKS = {"violated": "V", "exhausted": "·", "bound_reached": "?"}

HEAD = """# The windows, as found

What the upstream fix does not close, and which later design does. Every verdict, number and
schedule on this page was found by `frwrsim explore`; the page is written by `tools/dev/windows.py`.
No window of [kernel.md](kernel.md) was refuted: under the fix each of the twelve is violated.

Failing of all interleavings is not a probability. `preemptions` is the least number of an
interleaving that fails. Where a budget cuts some interleavings, the verdict is still `violated`;
what else could happen beyond the budget is not known.

"""

DESIGNS = """
## Which design closes what

V violated, · exhausted: clean in every interleaving, ? no violation, but a budget of the scenario
cut some interleavings. The last four columns are hypothetical. These are the verdicts that the
scenario files expect; `frwrsim compare` prints numbers and invariants beside them.

"""

READING = """
How to read it:

- Up to v4.14 nothing changes but R7. What closes R2 and R8, and leaves no violation of R1 within the
  budgets, is v4.15: a LOCAL_INV goes behind the FASTREG in the same queue, so nothing is in flight
  when the MR is given up. It does not close R6.
- v4.17 closes R6 and whatever else begins with a failed marshal: nothing has been posted then. Without it
  (`regression`) putting MRs back on the free list is the reported bug again, without recovery.
- v5.13 closes R10 and R11: the drain waits for replies, and MRs die after it.
- R3, R4, R5 and R9 stay open in the last row. What is left there is no second unmap but two walks
  of one registered list, a reply's and a task's; `use-after-free` goes away with v5.15, where
  no task sends during a connect. Later kernels pin a request while its reply is handled, which is the
  guard reply-pins-request in part; that is not modelled as a design.
- The three hypothetical repairs of the old kernel stop the double unmap of the report, but not R3 and
  similar windows: ignoring a late flush is not the same as not being late.
"""


def run(program, *arguments):
    done = subprocess.run([program, *arguments], capture_output=True, text=True, check=False)
    if done.returncode == 2:
        sys.exit(done.stderr)
    return done


def scenarios():
    files = [p for p in (ROOT / "scenarios").glob("*.json") if ".schema." not in p.name]
    return {p.stem: json.loads(p.read_text("utf-8")) for p in files}


def number_of(name):
    return int(re.match(r"r(\d+)-", name).group(1))


def windows(files):
    return sorted((n for n in files if re.match(r"r\d+-", n)), key=number_of)


def rounded(digits):
    if len(digits) <= 6:
        return digits
    return f"{decimal.Decimal(digits):.2e}".replace("e+", "e")


def explored(program, name, policy):
    return json.loads(run(program, "explore", name, "--policy", policy, "--reduction", "symmetry",
                          "--count-preemptions", "never", "--reproducible", "--format",
                          "json").stdout)


def violated(report):
    return [c["invariant"] for c in report["counterexamples"]]


def cell(report):
    if report["verdict"] != "violated":
        return report["verdict"]
    counts = report["interleavings"]
    least = min(c["preemptions"] for c in report["counterexamples"])
    return (f"violated ({', '.join(violated(report))}); {rounded(counts['failing'])} of "
            f"{rounded(counts['all'])}; {least}")


def table(reports):
    text = ("| window | pre-fix: failing of all interleavings; least preemptions | fix: the same |\n"
            "|---|---|---|\n")
    for name, by_policy in reports.items():
        text += f"| `{name}` | " + " | ".join(cell(r) for r in by_policy.values()) + " |\n"
    return text


def shortest(counterexample):
    least = counterexample.get("shortest", counterexample)
    return least["steps"], least["schedule"]


def section(name, file, by_policy):
    text = f"\n## {file['title']}\n\nScenario `{name}`, guards: "
    text += (", ".join(file.get("guards", [])) or "none") + ".\n\n"
    text += "\n".join(textwrap.wrap(" ".join(file["about"]), 100)) + "\n\n"
    text += "The shortest schedule of each violation under the fix:\n\n"
    for found in by_policy["leave-registered"]["counterexamples"]:
        steps, schedule = shortest(found)
        text += (f"- {found['invariant']}, {steps} steps; least preemptions "
                 f"{found['preemptions']}\n\n"
                 f"      frwrsim replay {name} --policy fix --schedule {schedule}\n\n")
    return text.rstrip("\n") + "\n"


def verdict(expected):
    return expected["verdict"] if isinstance(expected, dict) else expected


def matrix(program, files):
    listed = run(program, "list", "policies").stdout
    names = re.findall(r"^  (\S+) +\((\S+)\)", listed, re.M)
    text = "| | " + " | ".join(alias for _, alias in names) + " |\n"
    text += "|---|" + "---|" * len(names) + "\n"
    rest = sorted(set(files) - set(windows(files)))
    for name in windows(files) + rest:
        expect = files[name]["expect"]
        text += f"| {name} | " + " | ".join(MARKS[verdict(expect[p])] for p, _ in names) + " |\n"
    return text


def page(program, files, reports):
    text = HEAD + table(reports)
    for name, by_policy in reports.items():
        text += section(name, files[name], by_policy)
    return text + DESIGNS + matrix(program, files) + READING


def replay(program, files):
    failures = []
    text = PAGE.read_text("utf-8")
    found = re.findall(r"^- (\S+), (\d+) steps.*\n\n +frwrsim (replay .*)$", text, re.M)
    if len(found) < 12:
        failures.append(f"only {len(found)} schedules in {PAGE.name}")
    for invariant, steps, command in found:
        done = run(program, *command.split(), "--format", "json")
        trace = json.loads(done.stdout)
        said = (trace["end"].get("invariant"), len(trace["steps"]))
        if done.returncode != 1 or said != (invariant, int(steps)):
            failures.append(f"{command}: found {said}, exit code {done.returncode}")
    if matrix(program, files) not in text:
        failures.append("the matrix is not what the scenario files expect")
    for name in windows(files):
        about = "\n".join(textwrap.wrap(" ".join(files[name]["about"]), 100))
        if about not in text:
            failures.append(f"{name}: the paragraph is not the scenario file's")
    return failures


def main():
    if len(sys.argv) not in (2, 3) or (sys.argv[2:] and sys.argv[2] not in ("--check", "--replay")):
        sys.exit(__doc__)
    program, mode = sys.argv[1], sys.argv[2] if sys.argv[2:] else ""
    files = scenarios()
    failures = []
    if mode == "--replay":
        failures = replay(program, files)
    else:
        reports = {name: {policy: explored(program, name, policy) for policy, _ in UPSTREAM}
                   for name in windows(files)}
        new = page(program, files, reports)
        if mode != "--check":
            PAGE.write_text(new, "utf-8")
        elif PAGE.read_text("utf-8") != new:
            failures.append(f"{PAGE.name} is not what the sweep finds; run tools/dev/windows.py")
    for failure in failures:
        print("FAILED:", failure)
    sys.exit(1 if failures else 0)


main()
