#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Holds scenarios/scenario.schema.json against `frwrsim validate`.

Every scenario of the repository must satisfy the schema. Then single changes are
made to a valid scenario, and schema and program must agree on each: both accept
it or both refuse it. What a schema cannot say is listed here (PROGRAM_ONLY), and
is checked to be refused by the program and accepted by the schema, so that the
list stays true.

usage: schema_test.py PROGRAM SCENARIO_DIRECTORY
Exits with 77 (skipped) where the module jsonschema is missing.
"""

import copy
import json
import pathlib
import subprocess
import sys
import tempfile

try:
    import jsonschema
except ImportError:
    print("skipped: no Python module jsonschema (Debian: python3-jsonschema)")
    sys.exit(77)

# Valid, with every key there is, so that each can be changed or removed.
BASE = {
    "$schema": "scenario.schema.json",
    "format": "frwrsim-scenario/1",
    "title": "every key there is",
    "about": ["A line.", "Another."],
    "rpcs": [
        {"name": "first", "read_list": 2, "write_list": 1, "reply_chunk": 1},
        {"name": "next", "read_list": 1, "after": "first", "async": True},
    ],
    "mr_pool": 6,
    "refresh": {"batch": 2, "times": 1},
    "losses": {"count": 1, "when": "before-send", "rpc": "first"},
    "provider": "reject",
    "faults": {"dma_map": 1, "map_mr_sg": 1, "prepare_send": 1, "reset": 1, "drain_marker": 1,
               "signal": 1, "timeout": 1},
    "iova": "reuse",
    "detect": "dma-api",
    "invariants": {"double-unmap": "fatal", "mr-on-one-list": "fatal", "rpc-finishes": "off",
                   "leaked-mapping": "fatal", "stale-completion": "observed"},
    "properties": [
        {"name": "poisoned", "never": "mr.fr_state == FLUSHED_FR && mr.place == free_list",
         "severity": "observed", "about": "op_map would take it."},
        {"name": "both-done", "never": "all rpc: rpc.done"},
    ],
    "guards": ["enobufs-delay"],
    "budgets": {"retransmissions": 1, "enobufs_retries": 1, "reconnects": 1},
    "timing": {
        **{name: {"distribution": "exponential", "mean": 1000} for name in (
            "statement", "dereg_mr", "alloc_mr", "fastreg", "work_request", "softirq",
            "recovery_worker", "workqueue", "wakeup", "loss_upcall", "reconnect_delay",
            "connect", "server_reply", "enobufs_wait", "signal")},
        "marshal": {"distribution": "constant", "mean": 200},
        "loss": {"distribution": "uniform", "min": 0, "max": 100000000000},
        "flush": {"distribution": "lognormal", "mean": 5000, "sigma_percent": 50},
        "timeout": {"distribution": "constant", "mean": 60000000000},
    },
    "segment_pages": 16,
    "search": {"time_limit_s": 60, "max_memory_mib": 500, "max_states": 100000},
    "policies": [{"name": "mine", "base": "v4.9", "decisions": {"flush": "marks_nothing"},
                  "wait": ["op_map_get until recovery-done"],
                  "exclude": [["op_map_get..op_map_post", "rec.idle..rec.put", "mr"]],
                  "about": "x"}],
    "expect": {
        "unmap-on-marshal-error": "violated",
        "leave-registered": {"verdict": "exhausted", "states": 109,
                             "interleavings": "9007199254740993", "failing": 0},
    },
}

REMOVED = object()


def removals():
    """Every key of every object, left out."""
    for key in BASE:
        yield [key], REMOVED
        if isinstance(BASE[key], dict):
            for inner in BASE[key]:
                yield [key, inner], REMOVED
    for key in BASE["expect"]["leave-registered"]:
        yield ["expect", "leave-registered", key], REMOVED
    for latency, distribution in BASE["timing"].items():
        for key in distribution:
            yield ["timing", latency, key], REMOVED
    for key in ("name", "read_list", "write_list", "reply_chunk"):
        yield ["rpcs", 0, key], REMOVED
    for key in ("after", "async"):
        yield ["rpcs", 1, key], REMOVED
    for key in BASE["properties"][0]:
        yield ["properties", 0, key], REMOVED


def ranges():
    """Both ends of every range, and what lies just beyond."""
    for place, lowest, highest in (
        (["mr_pool"], 2, 10),  # 12, or the segments of 'first', less what refresh may add
        (["refresh", "batch"], 1, 6),
        (["refresh", "times"], 1, 3),
        (["losses", "count"], 0, 4),
        (["faults", "dma_map"], 0, 4),
        (["faults", "map_mr_sg"], 0, 4),
        (["faults", "prepare_send"], 0, 4),
        (["faults", "reset"], 0, 4),
        (["faults", "drain_marker"], 0, 4),
        (["faults", "signal"], 0, 4),
        (["faults", "timeout"], 0, 4),
        (["budgets", "retransmissions"], 0, 20),
        (["budgets", "enobufs_retries"], 0, 20),
        (["budgets", "reconnects"], 0, 20),
        (["segment_pages"], 1, 256),
        (["search", "time_limit_s"], 1, 1000000),
        (["search", "max_memory_mib"], 1, 1048576),
        (["search", "max_states"], 1, 2000000000),
        (["expect", "leave-registered", "states"], 1, 2000000000),
        (["timing", "marshal", "mean"], 0, 100000000000),
        (["timing", "softirq", "mean"], 0, 100000000000),
        (["timing", "loss", "min"], 0, 100000000000),
        (["timing", "loss", "max"], 0, 100000000000),
        (["timing", "flush", "mean"], 0, 100000000000),
        (["timing", "flush", "sigma_percent"], 0, 300),
        (["rpcs", 1, "read_list"], 0, 8),
        (["rpcs", 1, "write_list"], 0, 7),
        (["rpcs", 1, "reply_chunk"], 0, 7),
    ):
        yield place, lowest
        yield place, highest
        if place[0] != "mr_pool":
            yield place, lowest - 1
        if place[0] not in ("mr_pool", "refresh") and highest != 7:
            yield place, highest + 1
        if highest < 1000:
            yield place, 1000
        for wrong in ("1", 1.5, None, True, [1], {}, 2**70):
            yield place, wrong


def properties():
    """Their names, conditions and severities."""
    for value in ("off", "observed", "fatal", "on", "", 1, None):
        yield ["properties", 0, "severity"], value
    for value in ("a", "a-1", "x" * 40, "x" * 41, "A", "1a", "-a", "a b", "a_b", "", "é", 1, None):
        yield ["properties", 0, "name"], value
    for value in ("true", "connected", "", 1, None, ["true"], "connected\nx"):
        yield ["properties", 0, "never"], value
    yield ["properties", 0, "about"], "x" * 1000
    yield ["properties", 0, "about"], "x" * 1001
    yield ["properties", 0, "surprise"], 1
    for count in (0, 8, 9):
        yield ["properties"], [{"name": f"p{i}", "never": "true"} for i in range(count)]
    yield ["properties"], {}
    yield ["properties"], ["true"]


def others():
    """Strings, lists, words, unknown keys, and what is all right."""
    rpc = {"name": "first"}
    for place in (["title"], ["rpcs", 1, "name"], ["about", 0], ["$schema"]):
        for value in ("x", "é", "", 5, None, ["x"], "two\nlines", "\u001b[2J", "\u007f", "\u0085"):
            yield place, value
    yield ["title"], "x" * 120
    yield ["title"], "x" * 121
    yield ["rpcs", 1, "name"], "x" * 40
    yield ["rpcs", 1, "name"], "x" * 41
    yield ["about", 1], "x" * 1000
    yield ["about", 1], "x" * 1001
    for value in ([], ["x"] * 100, ["x"] * 101, "x", {}, [1]):
        yield ["about"], value
    for value in ([], [rpc], [rpc, {"name": "b"}, {"name": "c"}], {}, 5, [5], [[]],
                  [rpc, {"name": "b"}, {"name": "c"}, {"name": "d"}]):
        yield ["rpcs"], value
    for value in ([], ["enobufs-delay"] * 2, ["enobufs-delay"] * 7, ["enobufs"], [1], "x", None,
                  ["enobufs-delay", "wake-means-reconnect", "reply-pins-request",
                   "drain-covers-replies", "no-spurious-reconnect"]):
        yield ["guards"], value
    yield ["guards"], ["reconnect-delay"]
    for place, words in ((["iova"], ("fresh", "reuse", "Reuse")),
                         (["detect"], ("ledger", "dma-api", "dma_api")),
                         (["invariants", "double-unmap"], ("off", "observed", "fatal", "on")),
                         (["invariants", "mr-on-one-list"], ("off", "observed", "fatal")),
                         (["invariants", "rpc-finishes"], ("off", "observed", "fatal")),
                         (["invariants", "leaked-mapping"], ("off", "observed", "fatal")),
                         (["invariants", "rdma-on-live-mr"], ("off", "observed", "fatal"))):
        for value in (*words, "", 1, None, True, ["off"]):
            yield place, value
    yield ["invariants"], {}
    yield ["invariants", "none"], "off"
    for value in ("reject", "flush", "Reject", "", 1, None):
        yield ["provider"], value
    for value in ("frwrsim-scenario/2", "frwrsim-trace/1", 1, None):
        yield ["format"], value
    for value in ({"count": 1, "when": "any-time"}, {"count": 0, "when": "any-time"},
                  {"count": 1, "when": "any-time", "rpc": "first"},
                  {"count": 1, "when": "before-send"}, {"count": 1, "when": "never"},
                  {"when": "any-time"}, {"count": 1}, {}, [], 1, None):
        yield ["losses"], value
    for value in (True, False, 1, 0, "true", None):
        yield ["rpcs", 1, "async"], value
    for value in ("exhausted", "violated", "bound_reached", "none_found", "", 1, None):
        yield ["expect", "leave-registered"], value
        yield ["expect", "leave-registered", "verdict"], value
    for key in ("interleavings", "failing"):
        for value in (0, 1, 2**53, 2**53 + 1, -1, 1.5, None, True, [], {}, "", "0", "1", "007",
                      "00", "-1", "+1", " 1", "1e3", "12a", "9" * 1000, "9" * 1001):
            yield ["expect", "leave-registered", key], value
    yield ["expect", "leave-registered", "transitions"], 1
    yield ["expect", "leave-registered"], {"verdict": "violated"}
    for value in ({}, [], {"fix": "exhausted", "v5.13": "none_found"}, {"fix": "exhausted"}):
        yield ["expect"], value
    yield ["expect", "pre-fix,flush=marks_nothing"], "violated"
    yield ["expect", "mine"], "violated"
    for value in ({}, [], 5, None, "constant", {"distribution": "constant"},
                  {"distribution": "exponential", "mean": 1, "sigma_percent": 1},
                  {"distribution": "uniform", "mean": 1}, {"distribution": "uniform", "min": 1},
                  {"distribution": "uniform", "min": 1, "max": 1},
                  {"distribution": "uniform", "min": 1, "max": 2, "mean": 1},
                  {"distribution": "lognormal", "mean": 1}, {"mean": 1},
                  {"distribution": "lognormal", "mean": 1, "min": 1, "max": 2},
                  {"distribution": "normal", "mean": 1}, {"distribution": 1, "mean": 1}):
        yield ["timing", "softirq"], value
    yield ["timing"], {}
    for key in ("refresh", "faults", "invariants", "budgets", "losses", "search", "timing"):
        yield [key], []
        yield [key], None
        yield [key, "surprise"], 1
    yield ["faults"], {}
    yield ["search"], {}
    yield ["search"], {"max_states": 5}
    yield ["search"], {"max-states": 5}
    yield ["search"], 5
    yield ["surprise"], 1
    yield ["Title"], "x"
    yield ["rpcs", 0, "surprise"], 1
    yield ["rpcs", 0, "read-list"], 1


def policies():
    """Policies of the scenario's own."""
    mine = BASE["policies"][0]
    for key in mine:
        yield ["policies", 0, key], REMOVED
        for value in ("", 1, None, [], {}):
            yield ["policies", 0, key], value
    yield ["policies", 0, "surprise"], 1
    yield ["policies", 0, "format"], "frwrsim-policy/1"
    yield ["policies", 0, "format"], "frwrsim-policy/2"
    yield ["policies", 0, "name"], "Mine"
    yield ["policies", 0, "name"], "m" * 41
    yield ["policies", 0, "base"], "v4.8"
    yield ["policies", 0, "decisions"], {"flush": 1}
    yield ["policies", 0, "wait"], mine["wait"] * 4
    yield ["policies", 0, "wait"], mine["wait"] * 5
    yield ["policies", 0, "exclude"], mine["exclude"] * 2
    yield ["policies", 0, "exclude"], mine["exclude"] * 3
    yield ["policies", 0, "exclude", 0], mine["exclude"][0][:2]
    yield ["policies", 0, "exclude", 0, 2], "host"
    yield ["policies"], []
    yield ["policies"], {}
    yield ["policies"], None


# What a schema cannot say, or says differently. All refused by the program.
PROGRAM_ONLY = {
    "two RPCs of one name": (["rpcs", 1, "name"], "first"),
    "more than 8 segments in all": (["rpcs", 1, "write_list"], 8),
    "a pool that could grow beyond 12 MRs": (["mr_pool"], 11),
    "a batch that could make it grow so far": (["refresh", "batch"], 7),
    "a number of batches that could": (["refresh", "times"], 4),
    "'after' of nobody": (["rpcs", 1, "after"], "nobody"),
    "'after' oneself": (["rpcs", 1, "after"], "next"),
    "'after' a later RPC": (["rpcs", 0, "after"], "next"),
    "a loss before the Send of nobody": (["losses", "rpc"], "nobody"),
    "two policies of one name": (["policies"], [{"name": "mine"}, {"name": "mine"}]),
    "a policy called as one of the program's": (["policies", 0, "name"], "fix"),
    "a base that there is not": (["policies", 0, "base"], "v4.7"),
    "a decision that there is not": (["policies", 0, "decisions"], {"flsh": "marks"}),
    "a value that there is not": (["policies", 0, "decisions"], {"flush": "mark"}),
    "an ordering that is none": (["policies", 0, "wait"], ["op_map_get"]),
    "a region that is none": (["policies", 0, "exclude", 0, 0], "op_map_get"),
    "an expectation of nobody": (["expect", "nobody"], "violated"),
    "two expectations of one policy": (["expect", "v4.9"], "violated"),
    "a duration at least so long and at most less": (
        ["timing", "loss"], {"distribution": "uniform", "min": 2, "max": 1}),
    "too few MRs for the segments of an RPC": (["mr_pool"], 1),
    "an integer written as a float: draft-07 takes 3.0 for one": (["mr_pool"], 3.0),
    "lengths count bytes here, characters there": (["title"], "é" * 61),
    "two properties of one name": (["properties", 1, "name"], "poisoned"),
    "a property called like an invariant": (["properties", 1, "name"], "double-unmap"),
    "a property called none": (["properties", 1, "name"], "none"),
    "a text that is no condition": (["properties", 1, "never"], "mr.mappd"),
    "a condition on an RPC that is not there": (["properties", 1, "never"], "rpc[3].done"),
}


def changed(place, value):
    """BASE with the value at `place` replaced, added or removed."""
    document = copy.deepcopy(BASE)
    *path, last = place
    target = document
    for key in path:
        target = target[key]
    if value is REMOVED:
        del target[last]
    else:
        target[last] = value
    return document


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    program, directory = sys.argv[1], pathlib.Path(sys.argv[2])
    schema = json.loads((directory / "scenario.schema.json").read_text("utf-8"))
    jsonschema.Draft7Validator.check_schema(schema)
    validator = jsonschema.Draft7Validator(schema)
    failures = []
    checked = 0

    for path in sorted(directory.glob("*.json")):
        if path.name.endswith(".schema.json"):
            continue
        checked += 1
        for error in validator.iter_errors(json.loads(path.read_text("utf-8"))):
            failures.append(f"{path.name}: {error.message}")
    if checked == 0:
        failures.append(f"no scenarios in {directory}")

    with tempfile.TemporaryDirectory() as scratch:
        file = pathlib.Path(scratch) / "scenario.json"

        def program_says(document):
            """Whether the program accepts it, and its complaint."""
            file.write_text(json.dumps(document, ensure_ascii=False), "utf-8")
            done = subprocess.run([program, "validate", str(file)], capture_output=True,
                                  text=True, check=False, timeout=60)
            if done.returncode not in (0, 2):
                failures.append(f"exit code {done.returncode} for {json.dumps(document)}")
            return done.returncode == 0, done.stderr.strip()

        def compare(name, document, by_schema_expected=None, by_program_expected=None):
            nonlocal checked
            checked += 1
            by_schema = validator.is_valid(document)
            by_program, complaint = program_says(document)
            if by_schema_expected is None:
                if by_schema != by_program:
                    failures.append(f"{name}: the schema {'accepts' if by_schema else 'refuses'} "
                                    f"it, the program does not agree {complaint}")
            elif (by_schema, by_program) != (by_schema_expected, by_program_expected):
                failures.append(f"{name}: schema {by_schema}, program {by_program} {complaint}")

        compare("the scenario that is changed", BASE, True, True)
        for mutations in (removals(), ranges(), properties(), others(), policies()):
            for place, value in mutations:
                shown = "removed" if value is REMOVED else json.dumps(value)[:60]
                compare("/" + "/".join(map(str, place)) + ": " + shown, changed(place, value))
        for name, (place, value) in PROGRAM_ONLY.items():
            compare(name, changed(place, value), True, False)
        for document in ([], 5, None, "x", {}, {"rpcs": [{"name": "a"}]}, {"mr_pool": 1}):
            compare(json.dumps(document), document, False, False)
        smallest = {"rpcs": [{"name": "a"}], "mr_pool": 1}
        compare(json.dumps(smallest), smallest, True, True)

    for failure in failures:
        print("FAILED:", failure)
    print(f"{checked} documents, {len(failures)} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
