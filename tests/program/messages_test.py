#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What the program says about itself is so.

 - Every option named in a string literal of tools/ is one that a command has: of frwrsim, or
   of check_certificate. "--as dot recommends --most-nodes" misleads who follows it.
 - No message has an idiom of the kind "go on".

usage: messages_test.py ROOT PROGRAM
"""

import pathlib
import re
import subprocess
import sys

OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*[a-z]")
# What a literal may hold that is no option of ours.
FOREIGN = {
    "--git-dir",
}
IDIOMS = re.compile(r"\b(go|goes|going|gone) on\b(?! the\b)|\bnobody\b|\bbegin anew\b|\bsee to it\b")


def literals(text):
    """(line, string) of every string literal, without those in comments and #include."""
    text = re.sub(r"//[^\n]*|^#include[^\n]*", "", text, flags=re.M)
    for match in re.finditer(r'R"(\w*)\((.*?)\)\1"|"((?:[^"\\\n]|\\.)*)"', text, re.S):
        line = text.count("\n", 0, match.start()) + 1
        yield line, match.group(2) if match.group(3) is None else match.group(3)


def help_of(program, *command):
    return subprocess.run([program, *command, "--help"], check=True, encoding="utf-8",
                          stdout=subprocess.PIPE).stdout


def options_of(program):
    """Every option of every command, from the help itself."""
    everything = help_of(program)
    commands = re.findall(r"^  ([a-z][a-z_-]*) ", everything, re.M)
    if len(commands) < 20:
        sys.exit(f"--help lists only {len(commands)} commands")
    found = set()
    for text in [everything, *(help_of(program, command) for command in commands)]:
        for line in re.findall(r"^  (?:-[a-zA-Z],)?(--[a-z][a-z,-]*)", text, re.M):
            found.update(line.split(","))
    return found


def complaints(root, program):
    known = options_of(program) | FOREIGN
    known.add("--exact")  # of the command `odds` inside of step
    checked = 0
    for path in sorted(root.glob("tools/**/*")):
        if path.suffix not in (".cpp", ".h") or "bench" in path.parts:
            continue
        where = path.relative_to(root)
        for line, literal in literals(path.read_text("utf-8")):
            for option in OPTION.findall(literal):
                checked += 1
                if option not in known:
                    yield f"{where}:{line}: there is no option {option}"
            idiom = IDIOMS.search(literal)
            if idiom:
                yield f"{where}:{line}: '{idiom.group()}' is an idiom"
    if checked < 50:
        yield f"only {checked} options were found in messages"


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    found = list(complaints(pathlib.Path(sys.argv[1]).resolve(), sys.argv[2]))
    for complaint in found:
        print(complaint)
    print(f"{len(found)} failures")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
