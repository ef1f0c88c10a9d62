#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The rules of CONTRIBUTING.md that can be seen in the text of the source tree.

 - A source file begins with the SPDX line and a prologue.
 - Every file is in a room, no folder is crowded, and includes go from room to room as
   the table ROOMS says, in no circle.
 - Functions and files are of a readable size.
 - Public declarations have a contract.
 - Every name that the program lists is explained in docs/.

The commands of README and manual are run and their output compared by
tests/docs/manual_test.py; what a reader looks for is found by tests/docs/docs_test.py.

usage: check_style.py ROOT [PROGRAM]
       check_style.py --rooms      prints the table of rooms
Prints FILE:LINE: WHAT for all it finds; names are left out without a program.
Exits with 0: nothing found, 1: something, 2: bad usage.
"""

import ast
import collections
import pathlib
import re
import signal
import subprocess
import sys

sys.dont_write_bytecode = True  # none in the source tree
from cpp_outline import code_of, declarations  # noqa: E402

SUFFIXES = (".h", ".cpp", ".py", ".sh", ".bash", ".cmake", ".js", ".mjs")

FUNCTION_LIMIT = 60  # lines of code: neither blank nor comment
FILE_LIMIT = 400     # lines
TEST_FILE_LIMIT = 700

# Larger ones: (file, function or "" for the file itself) -> (its limit, the reason).
STATES = "one switch, a case per program counter or context: all of them at one glance"
EVENTS = "one switch, a line or two per kind of event"
LARGER = {
    ("model/kernel/frwr_race.h", ""): (500, "the race in the order of the timeline in its prologue"),
    ("model/kernel/rpc_task.h", ""): (500, "one task: its three parts hand over to each other"),
    ("model/kernel/connection.h", "connect_worker_step"): (80, STATES),
    ("model/kernel/frwr_race.h", "marshal_step"): (100, STATES),
    ("model/kernel/rpc_task.h", "connect_step"): (80, STATES),
    ("model/kernel/rpc_task.h", "transmit_step"): (80, STATES),
    ("model/reduction/footprint.cpp", "of_task"): (80, STATES),
    ("model/reduction/future.cpp", "set_going_by"): (70, STATES),
    ("model/labels.cpp", "task_label"): (110, STATES),
    ("tools/words/told.cpp", "as_verb"): (70, EVENTS),
    ("tools/words/words.cpp", "in_words"): (70, EVENTS),
    ("tools/bench/peers/run_peers.py", ""): (550, "a tool for one table, run by hand"),
    ("tests/tools/certificate/certificate_test.cpp", ""): (900, "a case per lie that a certificate can tell"),
    ("tests/tools/certificate/certificate_test.cpp", "mend"): (80, "counts again, all at once as the checker does"),
    ("tests/model/reduction/footprint_test.cpp", ""): (800, "a case per object that steps may share"),
    ("tests/model/reduction/footprint_test.cpp", "TEST_CASE"): (170, "sections, each by itself"),
    ("tests/model/policies_test.cpp", ""): (900, "a case per decision of every policy"),
    ("tests/program/schema_test.py", "others"): (80, "a list of values"),
}

# Where libraries may be included, by the beginning of the header's name.
LIBRARIES = {"benchmark/": "tools/bench/", "boost/asio": "sim/strategies/strand_",
             "catch2/": "tests/", "CLI/": "tools/(app|usage)/", "nlohmann/": "(model|tools|tests)/"}

# The rooms, and whose files each may include besides its own: these rooms', and what they
# may in turn. A room is a folder without the folders below it, or some files of one.
ROOMS = {
    "sim": [],
    "sim/search": ["sim"],
    "sim/questions": ["sim/search"],
    "sim/facts": ["sim/questions"],
    "sim/strategies": ["sim/questions"],
    "sim/check": ["sim/questions"],
    "model": ["sim"],
    "model/kernel": ["model"],
    "model/reduction": ["model/kernel"],
    "model/rules": ["model/kernel"],
    "model/property": ["model/rules", "model/scenario/input", "model/scenario/names"],
    "model/race_model": ["model/reduction", "model/property"],
    "model/scenario": ["model/property"],
    # What every text of the model is made of.
    "model/scenario/input": [],
    "model/scenario/names": ["model"],
    "model/trace": ["model/race_model", "model/scenario"],
    "tools/words": ["model/trace", "sim/facts", "sim/strategies"],
    "tools/engine": ["model/trace", "sim/facts", "sim/strategies"],
    "tools/files": ["tools/words", "tools/files/mapped_file"],
    "tools/usage": ["tools/files"],
    "tools/app": ["tools/usage", "tools/engine"],
    "tools/certificate": ["tools/app", "tools/certificate/checker"],
    "tools/run": ["tools/app"],
    "tools/explore": ["tools/certificate", "tools/run"],
    "tools/hunt": ["tools/explore"],
    "tools/synthesize": ["tools/run"],
    "tools/render": ["tools/run"],
    "tools/step": ["tools/run"],
    "tools/bounds": ["tools/explore"],
    "tools/compare": ["tools/explore"],
    "tools/find": ["tools/explore"],
    "tools/sweep": ["tools/hunt"],
    "tools/explain": ["tools/explore"],
    "tools/study": ["tools/hunt"],
    "tools/check": ["tools/compare"],
    "tools/new": ["tools/check"],
    "tools/page": ["tools/explain"],
    "tools/audit": ["tools/app"],
    "tools/triage": ["tools/audit"],
    # The checker of certificates shares nothing with the search.
    "tools/certificate/checker": ["model/trace", "tools/files/mapped_file"],
    "tools/files/mapped_file": ["model/scenario"],
}
# The files, less their suffix, that are a room of their own among others.
ALONE = {
    "sim/check": "sim/check",
    "model/race_model": "model/race_model",
    "model/scenario/input": "model/scenario/input",
    "model/scenario/names": "model/scenario/names",
    "tools/files/mapped_file": "tools/files/mapped_file",
    "tools/certificate/check_certificate": "tools/certificate/checker",
    "tools/certificate/certificate_check": "tools/certificate/checker",
    "tools/certificate/certificate_file": "tools/certificate/checker",
    "tools/certificate/certificate_format": "tools/certificate/checker",
}
# Source files in a folder, tests included.
ROOM_LIMIT = 25
# What model/ may know of sim/: no driver, no strategy.
VALUES = {f"sim/{name}.h" for name in ("distribution", "fingerprint", "model_concept",
                                       "run_result", "schedule", "verdict")}

# Which document explains what `frwrsim list` has.
EXPLAINED = {"invariants": "docs/semantics.md", "guards": "docs/semantics.md",
             "strategies": "docs/semantics.md", "latencies": "docs/timing.md",
             "policies": "docs/fidelity.md"}


class Source:
    """A file of the tree, as the rules look at it."""

    def __init__(self, root, path):
        self.path = path
        self.text = (root / path).read_text("utf-8")
        self.lines = self.text.splitlines()
        self.is_cpp = path.endswith((".h", ".cpp"))
        self.is_test = path.startswith("tests/")
        self.code = code_of(self.text) if self.is_cpp else ""
        self.declared = declarations(self.code)
        # (line, name): those in quotes are of this tree, from its root or from beside the file.
        self.includes = [(self.text.count("\n", 0, m.start()) + 1, m[2], m[1] == '"') for m in
                         re.finditer(r'^#include (["<])([^">]+)', self.text, re.M)]
        if not self.is_cpp:
            self.includes = []


def sources(root):
    """All source files, by path."""
    found = [root / "CMakeLists.txt", root / ".ci/run"]
    for folder in ("sim", "model", "tools", "tests", "docs"):
        for path in (root / folder).rglob("*"):
            if "node_modules" not in path.parts and (path.suffix in SUFFIXES or
                                                     path.name == "CMakeLists.txt"):
                found.append(path)
    paths = sorted(path.relative_to(root).as_posix() for path in found if path.is_file())
    return {path: Source(root, path) for path in paths}


def heads(files):
    """SPDX line and prologue."""
    for file in files.values():
        lines = [line for line in file.lines[:20] if not line.startswith("#!")]
        sign = "//" if file.path.endswith((".h", ".cpp", ".js", ".mjs")) else "#"
        if lines[:1] != [sign + " SPDX-License-Identifier: MIT"]:
            yield file.path, 1, "the first line does not name the licence (SPDX)"
        said = next((line for line in lines[1:] if line.strip(sign + " ")), "")
        if not re.match(f'({sign} |""")[^\\W_].* ', said):
            yield file.path, 2, "no prologue after the licence"


def included(file, name, files):
    """The path of what `file` includes as "name"."""
    beside = (pathlib.PurePosixPath(file.path).parent / name).as_posix()
    return name if name in files else beside


def reached(paths, files):
    """What they include, themselves and by others."""
    all_of_it, new = set(), set(paths)
    while new:
        all_of_it |= new
        new = {included(files[p], name, files) for p in new if p in files
               for _, name, ours in files[p].includes if ours} - all_of_it
    return all_of_it


def room_of(path):
    """The room of a file; none of what belongs to no room, as tests and benchmarks."""
    folder = str(pathlib.PurePosixPath(path).parent)
    room = ALONE.get(path.rsplit(".", 1)[0], folder)
    return room if room in ROOMS else None


def below(room, above=()):
    """The rooms whose files this one may include, itself too."""
    if room in above:
        sys.exit(f"check_style.py: the table of rooms has a circle: {' -> '.join(above)} -> {room}")
    return {room}.union(*(below(other, (*above, room)) for other in ROOMS[room]))


def directions(files):
    """Which file includes what."""
    for file in files.values():
        room = room_of(file.path)
        may = below(room) if room else None
        for line, name, ours in file.includes:
            where = file.path, line
            if not ours:
                for library, home in LIBRARIES.items():
                    if name.startswith(library) and not re.match(home, file.path):
                        yield *where, f"{name} is not included here, only in {home}"
                continue
            path = included(file, name, files)
            if room and room_of(path) not in may:
                yield *where, f"{room} includes nothing of {room_of(path) or path}"
            elif file.path.startswith("model/") and path.startswith("sim/") and path not in VALUES:
                yield *where, f"model/ includes no {path}: no driver, no strategy"
            if file.path in reached([path], files):
                yield *where, f"{path} includes this file in turn"


def rooms(files):
    """Every source file of sim/, model/ and tools/ is in a room, and none is crowded."""
    count = collections.Counter()
    for path in files:
        if pathlib.PurePosixPath(path).name == "CMakeLists.txt":
            continue
        folder = str(pathlib.PurePosixPath(path).parent)
        count[folder] += 1
        if path.endswith((".h", ".cpp")) and not room_of(path) and \
                not re.match("tests/|docs/|tools/bench/", path):
            yield path, 1, f"{folder} is no room: ROOMS in check_style.py has them all"
    for folder, number in sorted(count.items()):
        if number > ROOM_LIMIT:
            yield folder, 1, f"{number} source files, at most {ROOM_LIMIT} are allowed in a folder"


def table_of_rooms():
    """Which room may include which, for readers."""
    for room, others in ROOMS.items():
        print(f"{room:26} -> {', '.join(others) or 'nothing'}")
    print("and what those may in turn. Alone in a room of its own:")
    for file, room in ALONE.items():
        print(f"  {file:40} in {room}")


def functions(file):
    """(line, name, lines of code) of all that the file defines."""
    if file.is_cpp:
        code = file.code.split("\n")
        for it in file.declared:
            if it.kind == "function":
                body = code[it.first - 1:it.end]
                yield it.first, it.name, sum(1 for line in body if line.strip())
    elif file.path.endswith(".py"):
        for it in ast.walk(ast.parse(file.text)):
            if isinstance(it, ast.FunctionDef):
                body = file.lines[it.lineno - 1:it.end_lineno]
                yield (it.lineno, it.name,
                       sum(1 for line in body if line.strip() and not line.strip().startswith("#")))


def sizes(files):
    """Functions and files against their limits."""
    unused = dict(LARGER)
    for file in files.values():
        limit = TEST_FILE_LIMIT if file.is_test else FILE_LIMIT
        measured = [(1, "", len(file.lines), limit)]
        measured += [(*it, FUNCTION_LIMIT) for it in functions(file)]
        for line, name, size, limit in measured:
            what = f"{name or 'the file'} has {size} lines"
            if size <= limit:
                continue
            unused.pop((file.path, name), None)
            limit = LARGER.get((file.path, name), (limit,))[0]
            if size > limit:
                yield file.path, line, f"{what}, at most {limit} are allowed"
    for path, name in unused:
        yield path, 1, f"{name or 'the file'} needs no exception in check_style.py any more"


def contracts(files):
    """/// above, or ///< behind, or a documented declaration without a blank line above."""
    def has_contract(it, lines):
        if lines[it.first - 2].lstrip().startswith("///") or it.is_opening:
            return True
        if any("///<" in line for line in lines[it.first - 1:it.head_end]):
            return True
        follows = it.before and it.before.end == it.first - 1
        return follows and has_contract(it.before, lines)

    headers = [file for path, file in files.items()
               if re.match("(sim|model|tools)/(?!bench/)", path) and path.endswith(".h")]
    # What sim/'s concepts ask of a class is said there.
    asked = {name for file in headers if file.path.startswith("sim/")
             for concept in re.findall(r"^concept .*?^}", file.code, re.S | re.M)
             for name in re.findall(r"\b\w+\.(\w+)\(", concept)}
    for file in headers:
        for it in file.declared:
            if it.needs_contract and it.name not in asked and not has_contract(it, file.lines):
                yield file.path, it.first, f"{it.kind} {it.name} has no contract (///)"


def names(root, program):
    """What the program lists is explained."""
    for section, path in EXPLAINED.items():
        listed = subprocess.run([program, "list", section, "--names"], check=True,
                                stdout=subprocess.PIPE, encoding="utf-8").stdout.split()
        text = (root / path).read_text("utf-8")
        for name in listed:
            if not re.search(rf"`{re.escape(name)}`|^\| {re.escape(name)} \|", text, re.M):
                yield path, 1, f"{section}: {name} is not explained here"


def findings(root, program=None):
    """All that breaks a rule, as FILE:LINE: WHAT."""
    files = sources(root)
    found = [*heads(files), *directions(files), *rooms(files), *sizes(files), *contracts(files)]
    found += names(root, program) if program else []
    return [f"{path}:{line}: {what}" for path, line, what in found]


def main():
    if sys.argv[1:] == ["--rooms"]:
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        table_of_rooms()
        return 0
    if len(sys.argv) not in (2, 3):
        print(__doc__, file=sys.stderr)
        return 2
    found = findings(pathlib.Path(sys.argv[1]), *sys.argv[2:])
    for finding in found:
        print(finding)
    print(f"{len(found)} findings")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
