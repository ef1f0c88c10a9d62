#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""docs/slide.svg: everything that can happen in the scenario one-slide, on one slide.

The states and steps are those that `frwrsim teach` embeds in its page (docs/page-format.md).
They are drawn as classes: two states are in one if the same steps of recovery worker,
RNIC and softirq can follow, whatever the other contexts do in between, and if failure is
equally certain (branching bisimulation, the other contexts' steps being the silent ones).
Nothing is left out thereby: every state is in a class, every step in a class or on an arrow.

A class whose failure is undecided is an ellipse. It stands where its states are in the race:
to the right by steps of recovery, down by those of the FASTREG. Where that is not so of all
ways to it, the script refuses.

usage: slide.py PROGRAM            draw
       slide.py PROGRAM --check    fail if the file would change
"""

import base64
import collections
import json
import pathlib
import subprocess
import sys
import tempfile
from xml.sax.saxutils import escape

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SLIDE = ROOT / "docs" / "slide.svg"
SCENARIO = ROOT / "scenarios" / "one-slide.json"
SAFE, INEVITABLE = -1, -2

# Colours by what they are for, on a light page and on a dark one.
INKS = {"page": ("#ffffff", "#0d1117"), "text": ("#111111", "#e6edf3"),
        "rec": ("#0b4fa8", "#7fb2ff"), "nic": ("#7a3b00", "#f0a868"),
        "irq": ("#00665a", "#4fd1bd"),
        "avoidable": ("#fff3c4", "#3d3013"), "avoidable-edge": ("#7d5a00", "#ebbb55"),
        "safe": ("#d5efd8", "#24351a"), "safe-edge": ("#1b6b2a", "#a3d07a"),
        "inevitable": ("#f9d2cd", "#4a1f1c"), "inevitable-edge": ("#9b1c10", "#ff9186")}

# The contexts that take part in the race: id, which is also its ink; name, dashes.
RACERS = {"rec": ("recovery worker", ""), "nic": ("RNIC", "10 5"), "irq": ("softirq", "3 5")}
# The steps' labels, in two lines each.
STEPS = {"idle": ("take", "MR 1"), "snapshot": ("read", "fr_state"), "dereg": ("", "dereg_mr"),
         "alloc": ("", "alloc_mr"), "set_invalid": ("fr_state", "= INVALID"),
         "poll": ("takes the", "completion"), "wc_fastreg": ("fr_state =", "FLUSHED_FR")}
SUCCEEDS, FAILS = ("executes:", "success"), ("executes:", "dead rkey")


def policies_of_page(program):
    """The policies' objects of the page: before the fix, and under it."""
    with tempfile.TemporaryDirectory() as folder:
        page = pathlib.Path(folder) / "page.html"
        subprocess.run([program, "teach", SCENARIO, "--policy", "pre-fix", "--policy", "fix",
                        "--output", page], check=True, stdout=subprocess.DEVNULL)
        text = page.read_text(encoding="utf-8")
    data, _ = json.JSONDecoder().raw_decode(text, text.index('{"format":"frwrsim-page/1"'))
    return data["scenarios"][0]["policies"]


class Graph:
    """The states of a policy: edges as (move, target), and how certain failure is."""

    def __init__(self, policy):
        self.policy = policy
        self.edges, self.end = [], []
        self._read(iter(base64.b64decode(policy["graph"])))
        if not policy["whole"] or any(t < 0 for edges in self.edges for _, t in edges):
            sys.exit("slide.py: the page has not all the states")
        self.order = self._ends_first()
        self.fate = [0] * len(self.edges)
        for state in self.order:
            fates = {self.fate[target] for _, target in self.edges[state]}
            if self.end[state] is not None and not fates:
                fates = {INEVITABLE if self.end[state] == "violation" else SAFE}
            self.fate[state] = fates.pop() if len(fates) == 1 else 0

    def _read(self, data):
        def varint():
            number = shift = 0
            while True:
                byte = next(data)
                number |= (byte & 127) << shift
                shift += 7
                if byte < 128:
                    return number

        met = 1
        for _ in range(self.policy["states"]):
            head = varint()
            ends = self.policy["ends_said"]
            self.end.append(ends[varint()]["end"] if head % 2 else None)
            self.edges.append([])
            for _ in range(head // 2):
                move, back = varint(), varint()
                self.edges[-1].append((move, met - back if 0 < back <= met else
                                       met if back == 0 else -1))
                met += back == 0

    def _ends_first(self):
        """All states, each after those that its steps lead to."""
        before = [0] * len(self.edges)
        for edges in self.edges:
            for _, target in edges:
                before[target] += 1
        ready, order = [0], []
        while ready:
            state = ready.pop()
            order.append(state)
            for _, target in self.edges[state]:
                before[target] -= 1
                if before[target] == 0:
                    ready.append(target)
        return order[::-1]

    def action(self, move):
        """(actor, step) of a racer's step, None of any other."""
        actor, _, step = self.policy["moves"][move][:3]
        name = self.policy["actors"][actor]["id"]
        return (name, self.policy["words"][step]) if name in RACERS else None


def classes_of(graph):
    """The class of each state: SAFE, INEVITABLE or a number, the coarsest there are."""
    cls, count = graph.fate[:], 0
    while True:
        names, follows, new = {}, [frozenset()] * len(cls), cls[:]
        for state in graph.order:
            if graph.fate[state] != 0:
                continue
            can = set()
            for move, target in graph.edges[state]:
                action = graph.action(move)
                if action is None and cls[target] == cls[state]:
                    can |= follows[target]
                else:
                    can.add((action, cls[target]))
            follows[state] = frozenset(can)
            new[state] = names.setdefault((cls[state], follows[state]), len(names))
        if len(names) == count:
            return cls
        cls, count = new, len(names)


def arrows_of(graph, cls):
    """{(class, class): set of the racers' steps between them}."""
    arrows = collections.defaultdict(set)
    for state, edges in enumerate(graph.edges):
        for move, target in edges:
            if cls[state] != cls[target]:
                arrows[cls[state], cls[target]].add(graph.action(move))
    for steps in arrows.values():
        if len(steps) != 1 or None in steps:
            sys.exit("slide.py: not each arrow is one racer's step")
    return {ends: next(iter(steps)) for ends, steps in arrows.items()}


def places_of(arrows, first):
    """{class: (steps of recovery, steps of the FASTREG)} on every way to it."""
    places, todo = {first: (0, 0)}, [first]
    while todo:
        at = todo.pop()
        for (source, target), (actor, _) in arrows.items():
            if source != at or target < 0:
                continue
            x, y = places[at]
            place = (x + 1, y) if actor == "rec" else (x, y + 1)
            if places.setdefault(target, place) != place:
                sys.exit("slide.py: an ellipse would have to stand at two places")
            todo.append(target)
    if len(set(places.values())) != len(places):
        sys.exit("slide.py: two ellipses would stand at one place")
    return places


def failing_path(graph, cls):
    """The arrows that the counterexample with the fewest preemptions goes along."""
    state, path = 0, set()
    for edge in graph.policy["counterexample"]:
        target = graph.edges[state][edge][1]
        if cls[state] != cls[target]:
            path.add((cls[state], cls[target]))
        state = target
    return path


# The drawing: 1280 x 720, no text below 19 px, which is 14 pt.

LEFT, TOP, PITCH_X, PITCH_Y, RADIUS_X, RADIUS_Y = 92, 190, 208, 136, 50, 35
SAFE_TOP, DOOM_LEFT = 558, 1110


def painted(fill=None, stroke=None):
    """Attributes for renderers without style sheets, and classes for the style sheet."""
    inks = [(name, kind) for kind, name in (("fill", fill), ("stroke", stroke)) if name]
    classes = " ".join(f"{name}-{kind}" for name, kind in inks)
    return f'class="{classes}" ' + " ".join(f'{kind}="{INKS[name][0]}"' for name, kind in inks)


def dark():
    """What changes where the reader prefers dark."""
    rules = "\n".join(f".{name}-{kind}{{{kind}:{ink[1]}}}"
                      for name, ink in INKS.items() for kind in ("fill", "stroke"))
    return f"<style>@media (prefers-color-scheme: dark) {{\n{rules}\n}}</style>"


def words(x, y, text, size=19, anchor="middle", style=""):
    style = " " + style if style else ""
    return (f'<text x="{x}" y="{y}" font-size="{size}" text-anchor="{anchor}"{style}>'
            f'{escape(text)}</text>')


def spot(place):
    return LEFT + place[0] * PITCH_X, TOP + place[1] * PITCH_Y


def arrow(source, target, step, bold):
    """An arrow from an ellipse to a place or to one of the two big boxes, with its label."""
    actor, name = step
    dashes = RACERS[actor][1]
    x, y = spot(source)
    label = f'{painted(actor)} font-weight="{"bold" if bold else "normal"}"'
    if actor == "rec":
        end = DOOM_LEFT if target == INEVITABLE else spot(target)[0] - RADIUS_X
        start, end = x + RADIUS_X, end - 2
        line = f'x1="{start}" y1="{y}" x2="{end - 12}" y2="{y}"'
        mid = (start + end) // 2
        first, second = STEPS[name]
        texts = [words(mid, y - 37, first, style=label), words(mid, y - 17, second, style=label)]
    else:
        end = SAFE_TOP if target == SAFE else spot(target)[1] - RADIUS_Y
        line = f'x1="{x}" y1="{y + RADIUS_Y}" x2="{x}" y2="{end - 14}"'
        first, second = STEPS.get(name) or (SUCCEEDS if target == SAFE else FAILS)
        texts = [words(x + 9, y + RADIUS_Y + 21, first, anchor="start", style=label),
                 words(x + 9, y + RADIUS_Y + 42, second, anchor="start", style=label)]
    width = 7 if bold else 3
    head = "#bold-" if bold else "#"
    return "\n".join([f'<line {line} {painted(stroke=actor)} stroke-width="{width}" '
                      f'stroke-dasharray="{dashes}" marker-end="url({head}{actor})"/>'] + texts)


def heads():
    """Arrow heads, which have the colour of their line."""
    text = []
    for actor in RACERS:
        for name, size in ((actor, 15), ("bold-" + actor, 22)):
            text.append(f'<marker id="{name}" markerUnits="userSpaceOnUse" markerWidth="{size}" '
                        f'markerHeight="{size}" refX="1" refY="5" viewBox="0 0 10 10" '
                        f'orient="auto"><path d="M0 0L10 5L0 10z" {painted(actor)}/></marker>')
    return "<defs>\n" + "\n".join(text) + "\n</defs>"


def ellipse(x, y, letter, count):
    return "\n".join([
        f'<ellipse cx="{x}" cy="{y}" rx="{RADIUS_X}" ry="{RADIUS_Y}" '
        f'{painted("avoidable", "avoidable-edge")} stroke-width="3"/>',
        words(x, y - 5, letter, 24, style='font-weight="bold"'), words(x, y + 19, f"{count}")])


def safe_box(count, cut):
    return "\n".join([
        f'<rect x="28" y="{SAFE_TOP}" width="1044" height="56" rx="4" '
        f'{painted("safe", "safe-edge")} stroke-width="3"/>',
        words(550, SAFE_TOP + 35, f"SAFE: nothing can fail any more ({count}; {cut} are cut: no "
              "reconnect)", 22, style='font-weight="bold"')])


def doom_box(count, last):
    """An octagon at the right, over the rows down to `last`."""
    left, right, top, low = DOOM_LEFT, 1256, TOP - 48, TOP + last * PITCH_Y + 48
    cut = 28
    corners = [(left + cut, top), (right - cut, top), (right, top + cut), (right, low - cut),
               (right - cut, low), (left + cut, low), (left, low - cut), (left, top + cut)]
    points = " ".join(f"{x},{y}" for x, y in corners)
    middle = (left + right) // 2
    lines = ["INEVITABLE", f"({count})", "", "INVALID is", "written,", "FLUSHED_FR",
             "will follow:", "a free MR is", "poisoned"]
    return "\n".join([f'<polygon points="{points}" '
                      f'{painted("inevitable", "inevitable-edge")} stroke-width="4"/>'] +
                     [words(middle, top + 56 + 30 * i, line, 19,
                            'middle', 'font-weight="bold"' if i == 0 else "")
                      for i, line in enumerate(lines) if line])


def legend(y):
    text, x = [], 28
    for actor, (name, dashes) in RACERS.items():
        text.append(f'<line x1="{x}" y1="{y - 6}" x2="{x + 46}" y2="{y - 6}" '
                    f'{painted(stroke=actor)} stroke-width="3" stroke-dasharray="{dashes}"/>')
        text.append(words(x + 54, y, name, anchor="start", style=painted(actor)))
        x += 54 + 11 * len(name) + 22
    text.append(f'<line x1="{x}" y1="{y - 6}" x2="{x + 46}" y2="{y - 6}" '
                f'{painted(stroke="text")} stroke-width="7"/>')
    text.append(words(x + 54, y, "failing run, fewest preemptions", anchor="start"))
    x += 54 + 340
    text.append(f'<ellipse cx="{x + 18}" cy="{y - 6}" rx="18" ry="11" '
                f'{painted("avoidable", "avoidable-edge")} stroke-width="3"/>')
    text.append(words(x + 44, y, "avoidable (states)", anchor="start"))
    return "\n".join(text)


def slide(program):
    before, after = (Graph(policy) for policy in policies_of_page(program))
    if before.fate[0] != 0:
        sys.exit("slide.py: before the fix not everything is undecided at the beginning")
    if set(after.fate) != {SAFE}:
        sys.exit("slide.py: under the fix not every state is safe")
    cls = classes_of(before)
    arrows, count = arrows_of(before, cls), collections.Counter(cls)
    places = places_of(arrows, cls[0])
    path = failing_path(before, cls)
    facts = before.policy["facts"]
    last = max(y for _, y in places.values())
    parts = [
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1280 720" width="1280" height="720" '
        'font-family="DejaVu Sans, Verdana, sans-serif" role="img" '
        f'{painted("text")} aria-labelledby="title">',
        '<title id="title">The race on one slide: recovery of a memory region against the handler '
        'of its FASTREG</title>',
        dark(), f'<rect width="1280" height="720" {painted("page")}/>', heads(),
        words(28, 44, "Recovery of MR 1 against its FASTREG: all that can happen", 31, "start",
              'font-weight="bold"'),
        words(28, 78, "Before the fix. The marshal posted a FASTREG for MR 1, found no second MR "
              "(-ENOBUFS), gave up.", anchor="start"),
        words(28, 106, "Recovery may start at once (to the right) while the FASTREG is still on "
              "its way (downwards).", anchor="start"),
    ]
    parts += [arrow(places[a], b if b < 0 else places[b], step, (a, b) in path)
              for (a, b), step in sorted(arrows.items()) if a >= 0]
    in_order = sorted(places, key=lambda c: places[c][::-1])
    parts += [ellipse(*spot(places[c]), chr(ord("A") + i), count[c])
              for i, c in enumerate(in_order)]
    parts += [
        safe_box(count[SAFE], before.end.count("cut")), doom_box(count[INEVITABLE], last),
        legend(646),
        words(28, 677, f"{len(before.edges)} states, {facts['interleavings']} interleavings, of "
              f"which {facts['failing']} fail; fewest preemptions: {facts['least_preemptions']}. "
              f"Under the fix: {len(after.edges)} states, all safe.", anchor="start"),
        words(28, 705, "An ellipse: states that differ only in what others do. In the reported bug a "
              "lost connection flushes the FASTREG.", anchor="start"),
        "</svg>", ""]
    return "\n".join(parts)


def main():
    drawn = slide(sys.argv[1])
    if "--check" not in sys.argv[2:]:
        SLIDE.write_text(drawn, encoding="utf-8")
        return 0
    if SLIDE.read_text(encoding="utf-8") == drawn:
        return 0
    print("docs/slide.svg is not what tools/dev/slide.py draws")
    return 1


if __name__ == "__main__":
    sys.exit(main())
