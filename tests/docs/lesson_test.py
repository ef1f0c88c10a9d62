#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The figures and commands of docs/teaching.md are the program's.

A figure is bold and begins with a digit. In its paragraph stand, each on a line of its own
and behind a dollar sign, the commands that give it: every figure must be a whole number or
word of what they print (thousands are written 86,619 there and 86619 here). A figure
without a command fails. Commands in ```sh blocks must work, as far as they call frwrsim.

usage: lesson_test.py LESSON PROGRAM
"""

import functools
import os
import re
import subprocess
import sys
import tempfile

WORKS = (0, 1, 3)  # 2 is bad usage or input


def run(command, folder, program):
    environment = dict(os.environ, PATH=os.path.dirname(program) + ":" + os.environ["PATH"])
    environment.pop("FRWRSIM_SCENARIOS", None)
    done = subprocess.run(["bash", "-c", command], cwd=folder, env=environment, timeout=120,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    return done.returncode, done.stdout


def occurs(figure, text):
    whole = r"(?<![\w.,/])" + re.escape(figure.replace(",", "")) + r"(?!\w|[./]\d)"
    return re.search(whole, text) is not None


def main():
    lesson, program = sys.argv[1], os.path.abspath(sys.argv[2])
    with open(lesson, encoding="utf-8") as file:
        text = file.read()
    failures, figures, commands = [], 0, 0
    with tempfile.TemporaryDirectory() as folder:
        ran = functools.cache(lambda command: run(command, folder, program))
        for block in re.findall(r"^ *```sh\n(.*?)^ *```$", text, re.M | re.S):
            for command in re.findall(r"^ *(frwrsim .*)", block, re.M):
                commands += 1
                code, said = ran(re.sub(r"\s+#.*", "", command))
                if code not in WORKS:
                    failures.append(f"$ {command}\n{said}does not work")
        prose = re.sub(r"^ *```.*?^ *```$", "", text, flags=re.M | re.S)
        for paragraph in re.split(r"\n\s*\n", prose):
            found = re.findall(r"\*\*(\d[^*]*)\*\*", paragraph)
            shown = re.findall(r"^\s*`\$ (frwrsim .*)`$", paragraph, re.M)
            printed = "".join(ran(command)[1] for command in shown)
            figures += len(found)
            commands += len(shown)
            for figure in found:
                if not occurs(figure, printed):
                    failures.append(f"{figure} is not in what these print: {shown}\n{printed}")
    for failure in failures:
        print(failure)
    print(f"{figures} figures, {commands} commands, {len(failures)} failures")
    return 1 if failures or figures < 20 or commands < 10 else 0


if __name__ == "__main__":
    sys.exit(main())
