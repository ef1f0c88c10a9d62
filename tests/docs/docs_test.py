#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A reader of the documentation finds what is there.

 - docs/README.md links every file of docs/ once.
 - Every link to a file of the tree leads to one, and to a heading that exists.
 - Every command has a page in docs/manual/, which begins with what its --help begins with.
 - docs/manual/scenarios.md names every key and every value of a scenario file, and says of
   every scenario what its file expects.
 - README.md and CONTRIBUTING.md stay short.

usage: docs_test.py ROOT PROGRAM
"""

import json
import pathlib
import re
import subprocess
import sys

LONGEST = {"README.md": 250, "CONTRIBUTING.md": 120}


def prose(text):
    """Without blocks and spans of code: what looks like a link there is none."""
    text = re.sub(r"^ *(```|~~~).*?^ *\1$", "", text, flags=re.M | re.S)
    return re.sub(r"`[^`\n]*`", "", text)


def links(text):
    """Where links and pictures lead, as written."""
    return re.findall(r"\]\(([^)\s]+)\)", prose(text))


def anchors(text):
    """What a heading is called in a link, as code hosts form it."""
    seen, found = {}, set(re.findall(r'<a id="([^"]+)">', text))
    for heading in re.findall(r"^#+ +(.*)$", re.sub(r"^ *```.*?^ *```$", "", text,
                                                    flags=re.M | re.S), re.M):
        words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
        name = re.sub(r"[^\w\- ]", "", words).replace(" ", "-")
        count = seen.get(name, 0)
        seen[name] = count + 1
        found.add(f"{name}-{count}" if count else name)
    return found


def pages(root):
    """What people read: whole documents, and the README of every room."""
    found = [root / "README.md", root / "CONTRIBUTING.md", root / "CHANGELOG.md"]
    found += root.glob("docs/**/*.md")
    for folder in ("sim", "model", "tools", "tests", "scenarios"):
        found += (page for page in root.glob(f"{folder}/**/README.md")
                  if "node_modules" not in page.parts)
    return sorted(found)


def broken_links(root):
    for page in pages(root):
        for link in links(page.read_text("utf-8")):
            if re.match(r"[a-z]+:", link):
                continue
            path, _, anchor = link.partition("#")
            target = (page.parent / path).resolve() if path else page
            where = page.relative_to(root)
            if not target.exists():
                yield f"{where}: {link} leads to no file"
            elif anchor and anchor not in anchors(target.read_text("utf-8")):
                yield f"{where}: {link} leads to no heading"


def missing_contents(root):
    """Files that the table of contents leaves out, or has twice."""
    contents = root / "docs/README.md"
    linked = [(contents.parent / link).resolve() for link in links(contents.read_text("utf-8"))]
    for file in sorted((root / "docs").rglob("*")):
        if file.is_dir() or file == contents:
            continue
        count = linked.count(file.resolve())
        if count != 1:
            yield f"docs/README.md: {file.relative_to(root)} is linked {count} times, not once"


def commands(program):
    """(command, first line of its --help) of each."""
    said = help_of(program)
    for name in re.findall(r"^  (\w[\w-]*) ", said, re.M):
        yield name, help_of(program, name).split("\n")[0]


def help_of(program, *command):
    return subprocess.run([program, *command, "--help"], check=True, encoding="utf-8",
                          stdout=subprocess.PIPE).stdout


def missing_pages(root, program):
    found = list(commands(program))
    if len(found) < 10:
        yield f"--help lists only {len(found)} commands"
    for name, line in found:
        page = root / f"docs/manual/{name}.md"
        if not page.exists():
            yield f"docs/manual/{name}.md: there is no such page"
            continue
        text = page.read_text("utf-8")
        title = f"# frwrsim {name}: {line}"
        if text.split("\n")[0] != title:
            yield f"docs/manual/{name}.md: does not begin with '{title}'"
        if f"$ frwrsim {name} --help\n" not in text:
            yield f"docs/manual/{name}.md: does not show its --help"


def words_of(schema):
    """Every key and every value that a file may have."""
    if isinstance(schema, list):
        for value in schema:
            yield from words_of(value)
    if not isinstance(schema, dict):
        return
    for key, value in schema.items():
        if key == "properties":
            yield from value
            yield from words_of(list(value.values()))
        elif key == "enum":
            yield from value
        elif key == "const":
            yield value
        else:
            yield from words_of(value)


def missing_words(root):
    schema = json.loads((root / "scenarios/scenario.schema.json").read_text("utf-8"))
    text = (root / "docs/manual/scenarios.md").read_text("utf-8")
    words = sorted(set(words_of(schema)))
    if len(words) < 80:
        yield f"scenario.schema.json has only {len(words)} words"
    for word in words:
        if f"`{word}`" not in text:
            yield f"docs/manual/scenarios.md: `{word}` is missing"


def verdict(expected):
    return expected["verdict"] if isinstance(expected, dict) else expected


def missing_verdicts(root):
    """Of the scenarios that are no window: docs/windows.md has those."""
    text = (root / "docs/manual/scenarios.md").read_text("utf-8")
    for path in sorted((root / "scenarios").glob("*.json")):
        if path.name == "scenario.schema.json" or re.match(r"r\d+-", path.name):
            continue
        expect = json.loads(path.read_text("utf-8"))["expect"]
        row = (f"| {path.stem} | {verdict(expect['unmap-on-marshal-error'])} | "
               f"{verdict(expect['leave-registered'])} | ")
        if row not in text:
            yield f"docs/manual/scenarios.md: there is no row '{row}'"


def too_long(root):
    for name, most in LONGEST.items():
        lines = len((root / name).read_text("utf-8").splitlines())
        if lines > most:
            yield f"{name}: {lines} lines, at most {most}"


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    root, program = pathlib.Path(sys.argv[1]).resolve(), sys.argv[2]
    failures = [*missing_contents(root), *broken_links(root), *missing_pages(root, program),
                *missing_words(root), *missing_verdicts(root), *too_long(root)]
    for failure in failures:
        print(failure)
    print(f"{len(failures)} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
