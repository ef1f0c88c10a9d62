#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The files for continuous integration are sound YAML, and what they run is there.

No key twice (a parser keeps the last one silently), every script executable, every
preset one of CMakePresets.json, every option one that frwrsim check has, and both
files run the same commands. Whether the services accept them only they can say.

usage: ci_files_test.py REPOSITORY
Exits with 77 (skipped) where the module yaml is missing.
"""

import json
import os
import pathlib
import re
import sys

try:
    import yaml
except ImportError:
    print("skipped: no Python module yaml (Debian: python3-yaml)")
    sys.exit(77)


class StrictLoader(yaml.SafeLoader):
    """Refuses a key that occurs twice."""

    def construct_mapping(self, node, deep=False):
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        for key in keys:
            if keys.count(key) > 1:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key '{key}' twice", node.start_mark)
        return super().construct_mapping(node, deep)


def load(path):
    return yaml.load(path.read_text("utf-8"), StrictLoader)  # a safe loader


def commands_of_github(document):
    """The commands of each job, those for the page of the job left out."""
    jobs = {}
    for name, job in document["jobs"].items():
        assert job["container"] == "debian:12", name
        steps = job["steps"]
        assert all(("run" in step) != ("uses" in step) for step in steps), name
        jobs[name] = [s["run"] for s in steps if "run" in s and "GITHUB_STEP_SUMMARY" not in s["run"]]
    return jobs


def commands_of_gitlab(document):
    assert document["default"]["image"] == "debian:12"
    return {name: job["script"] for name, job in document.items() if name != "default"}


def complaints(root, command, options, presets):
    words = command.split()
    script = root / words[0]
    if "/" in words[0] and not words[0].startswith("build/") and not os.access(script, os.X_OK):
        yield f"{command}: {words[0]} is no executable file"
    for preset in re.findall(r"--preset (\S+)", command):
        if preset not in presets:
            yield f"{command}: there is no preset '{preset}'"
    if words[0].endswith("/frwrsim"):
        for option in (word for word in words if word.startswith("--")):
            if option not in options:
                yield f"{command}: check has no {option}"


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    root = pathlib.Path(sys.argv[1])
    options = set(re.findall(r'"(--[a-z]+)"', (root / "tools/app/main.cpp").read_text("utf-8")))
    presets = {p["name"] for p in json.loads((root / "CMakePresets.json").read_text("utf-8"))
               ["configurePresets"]}
    github = commands_of_github(load(root / ".github/workflows/ci.yml"))
    gitlab = commands_of_gitlab(load(root / ".gitlab-ci.yml"))
    failures = []
    if github != gitlab:
        failures.append(f"the two run different commands: {github} and {gitlab}")
    for job, commands in github.items():
        for command in commands:
            failures += [f"{job}: {text}" for text in complaints(root, command, options, presets)]
    if not any("check scenarios" in c for c in github.get("check", [])):
        failures.append("no job checks the scenarios")
    # The loader can refuse.
    try:
        yaml.load("a: 1\na: 2\n", StrictLoader)
        failures.append("a key that occurs twice is not noticed")
    except yaml.YAMLError:
        pass
    for failure in failures:
        print("FAILED:", failure)
    print(f"{sum(map(len, github.values()))} commands, {len(failures)} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
