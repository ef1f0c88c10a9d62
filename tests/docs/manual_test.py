#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Every command shown on a page of the manual prints what the page says it prints.

In a block marked ```console a line "$ command" is followed by its output, up to the next
command or the end of the block. A line "..." stands for any number of lines. A here
document ends with END. All commands of a page are run by a shell, one after the other, in
a scratch folder that is the page's own: a page needs no other page, and pages can be
tested at the same time. What is not to be run here (building, installing) stands in a
block of another kind.

A picture NAME.svg that a page shows is the one that a command of that page wrote to
NAME.svg, or that a study of that page drew in the folder NAME.

usage: manual_test.py PROGRAM PAGE... [--update]
--update writes the output and the pictures found into the pages instead, blocks without
"..." only; the change is then reviewed like any other.
"""

import filecmp
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile


def blocks(text):
    """(start, end) of the inside of every console block."""
    for match in re.finditer(r"^```console\n(.*?)^```$", text, re.M | re.S):
        yield match.start(1), match.end(1)


def commands(block):
    """(command, expected output) pairs of a block."""
    for part in re.split(r"^\$ ", block, flags=re.M)[1:]:
        command, _, output = part.partition("\n")
        while command.endswith("\\"):
            more, _, output = output.partition("\n")
            command = command + "\n" + more
        if "<<'END'" in command:
            body, _, output = output.partition("\nEND\n")
            command = command + "\n" + body + "\nEND"
        yield command, output


def matches(expected, found):
    pattern = "".join(
        r"(?:.*\n)*?" if line == "...\n" else re.escape(line)
        for line in expected.splitlines(keepends=True)
    )
    return re.fullmatch(pattern, found) is not None


def run(command, folder, program):
    environment = dict(os.environ, PATH=os.path.dirname(program) + ":" + os.environ["PATH"])
    environment.pop("FRWRSIM_SCENARIOS", None)
    done = subprocess.run(
        ["bash", "-c", command], cwd=folder, env=environment, timeout=120,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    return done.stdout


def drawn(folder, name):
    """Where the page's commands left the picture NAME.svg."""
    of_study = folder / name / "failing.svg"
    return of_study if of_study.exists() else folder / f"{name}.svg"


def check_pictures(page, text, folder, update):
    failures = 0
    for target in re.findall(r"!\[[^\]]*\]\(([^)]+\.svg)\)", text):
        kept = page.parent / target
        new = drawn(folder, kept.stem)
        if update and new.exists():
            shutil.copyfile(new, kept)
        elif not new.exists() or not kept.exists() or not filecmp.cmp(kept, new, shallow=False):
            failures += 1
            print(f"{page}: {target} is not what the commands of the page draw")
    return failures


def check_page(page, program, update):
    """(number of commands, number of failures)"""
    text = page.read_text("utf-8")
    failures = checked = 0
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        changes = []
        for start, end in blocks(text):
            parts = [text[start:end].partition("$ ")[0]]
            for command, expected in commands(text[start:end]):
                found = run(command, folder, program)
                checked += 1
                if not matches(expected, found):
                    if update and "...\n" not in expected:
                        expected = found
                    else:
                        failures += 1
                        print(f"{page}\n$ {command}\n-- the page says\n{expected}"
                              f"-- it prints\n{found}")
                parts.append(f"$ {command}\n{expected}")
            changes.append((start, end, "".join(parts)))
        failures += check_pictures(page, text, folder, update)
    if update:
        for start, end, block in reversed(changes):
            text = text[:start] + block + text[end:]
        page.write_text(text, "utf-8")
    return checked, failures


def main():
    arguments = [argument for argument in sys.argv[1:] if argument != "--update"]
    if len(arguments) < 2:
        sys.exit(__doc__)
    program = os.path.abspath(arguments[0])
    failed = False
    for page in map(pathlib.Path, arguments[1:]):
        checked, failures = check_page(page, program, "--update" in sys.argv)
        print(f"{page}: {checked} commands, {failures} failures")
        # A page on which no command is found is not one that the test understands.
        failed = failed or failures > 0 or checked == 0
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
