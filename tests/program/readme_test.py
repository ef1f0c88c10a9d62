#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Every command shown in README.md prints what README.md says it prints.

In a block marked ```console a line "$ command" is followed by its output, to
the next command or the end of the block; a line "..." stands for any number of
lines. Commands that call frwrsim or check_certificate are run by a
shell in a scratch folder, one after the other, and so are those that make or
change a file for them; others (installing, building) are left to the tests of
what they call. A here document ends with END.

usage: readme_test.py README PROGRAM [--update]
--update writes the output found into the README instead, blocks without "..."
only; the change is then reviewed like any other.

A picture docs/NAME.svg that the README shows is the one that its study drew in the
folder NAME, or that another of its commands wrote to NAME.svg.
"""

import filecmp
import os
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


def main():
    readme, program = sys.argv[1], os.path.abspath(sys.argv[2])
    update = "--update" in sys.argv[3:]
    text = open(readme, encoding="utf-8").read()
    failures = checked = 0
    with tempfile.TemporaryDirectory() as folder:
        changes = []
        for start, end in blocks(text):
            block = text[start:end]
            for command, expected in commands(block):
                if not re.match(r"(frwrsim|check_certificate|cat >|sed -i) ", command):
                    continue
                found = run(command, folder, program)
                checked += 1
                if matches(expected, found):
                    continue
                if update and "...\n" not in expected:
                    block = block.replace("$ " + command + "\n" + expected,
                                          "$ " + command + "\n" + found)
                    continue
                failures += 1
                print(f"$ {command}\n-- README says\n{expected}-- it prints\n{found}")
            changes.append((start, end, block))
        for name in re.findall(r"!\[[^\]]*\]\(docs/([\w-]+)\.svg\)", text):
            kept = os.path.join(os.path.dirname(os.path.abspath(readme)), "docs", name + ".svg")
            drawn = os.path.join(folder, name, "failing.svg")
            if not os.path.exists(drawn):
                drawn = os.path.join(folder, name + ".svg")
            if update:
                shutil.copyfile(drawn, kept)
            elif not filecmp.cmp(kept, drawn, shallow=False):
                failures += 1
                print(f"docs/{name}.svg is not what the commands in README draw")
    if update:
        for start, end, block in reversed(changes):
            text = text[:start] + block + text[end:]
        open(readme, "w", encoding="utf-8").write(text)
    print(f"{checked} commands, {failures} with other output than the README says")
    return 1 if failures or checked < 5 else 0


if __name__ == "__main__":
    sys.exit(main())
