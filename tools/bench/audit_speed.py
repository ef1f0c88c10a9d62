#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""How fast `frwrsim audit` reads: a trace of a real client, repeated to some 100 MB.

usage: audit_speed.py PROGRAM [REPETITIONS]
Prints MB/s of one core (user and system time), the wall time and the largest memory.
"""

import lzma
import os
import pathlib
import subprocess
import sys
import tempfile

TRACE = pathlib.Path(__file__).resolve().parents[2] / "tests/program/traces/6.1-loss-local-v3.trace.xz"


def main():
    program = sys.argv[1]
    repetitions = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    once = lzma.decompress(TRACE.read_bytes())
    with tempfile.NamedTemporaryFile() as file:
        while file.tell() < 100_000_000:
            file.write(once)
        file.flush()
        size = file.tell() / 1e6
        for _ in range(repetitions):
            with subprocess.Popen([program, "audit", file.name], stdout=subprocess.DEVNULL) as run:
                _, status, usage = os.wait4(run.pid, 0)
                run.returncode = os.waitstatus_to_exitcode(status)
            seconds = usage.ru_utime + usage.ru_stime
            print(f"{size:.0f} MB in {seconds:.2f} s of one core: {size / seconds:.0f} MB/s, "
                  f"{usage.ru_maxrss / 1024:.0f} MiB, exit code {run.returncode}")


if __name__ == "__main__":
    main()
