#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# What `frwrsim check --junit` writes is valid by the schema, whatever came out and
# whatever scenarios are called; and the schema can tell.
#
# usage: junit_test.sh PROGRAM SCHEMA
# Exits with 77 (skipped) where xmllint is missing.
set -euo pipefail

program=$1
schema=$2
unset FRWRSIM_SCENARIOS
if ! command -v xmllint >/dev/null; then
  echo 'skipped: no xmllint (Debian: libxml2-utils)'
  exit 77
fi
scenarios=$(dirname -- "$(readlink -f -- "$0")")/../../scenarios
scratch=$(mktemp -d)
trap 'rm -rf -- "$scratch"' EXIT

valid() { xmllint --noout --nonet --schema "$schema" "$1"; }

# As expected; different; by a bound, where a name is markup and no UTF-8.
mkdir "$scratch/in"
cp "$scenarios/r7-dma-map-failure.json" "$scratch/in/good.json"
sed 's/"exhausted"/"violated"/' "$scenarios/no-loss.json" >"$scratch/in/wrong & <b>\"'.json"
sed 's/"expect"/"search": {"max_states": 5}, &/' "$scenarios/no-loss.json" \
  >"$scratch/in/"$'bound \xff \x01'.json
code=0
"$program" check "$scratch/in" --junit "$scratch/junit.xml" >/dev/null || code=$?
if ((code != 1)); then
  echo "exit code $code, expected 1" >&2
  exit 1
fi
valid "$scratch/junit.xml"
for what in '<failure type' '<error type'; do
  grep -q "$what" "$scratch/junit.xml" || {
    echo "no $what in the report" >&2
    exit 1
  }
done

# Interrupted once it is at work: the rest is skipped.
"$program" check "$scenarios/no-loss.json" "$scenarios/two-rpcs.json" \
  --junit "$scratch/stopped.xml" >"$scratch/lines" &
until [[ -s "$scratch/lines" ]]; do sleep 0.05; done
kill -TERM $!
wait $! && code=0 || code=$?
if ((code != 3)); then
  echo "interrupted: exit code $code, expected 3" >&2
  exit 1
fi
valid "$scratch/stopped.xml"
grep -q '<skipped/>' "$scratch/stopped.xml"

# The schema can refuse.
for change in 's/ time="[0-9.]*"//' 's/ hostname="localhost"//' 's/<properties\/>//' \
  's/ type="not-as-expected"//' 's/testcase name/testcase called/' 's/tests="14"/tests="many"/'; do
  sed "$change" "$scratch/junit.xml" >"$scratch/changed.xml"
  if cmp -s "$scratch/junit.xml" "$scratch/changed.xml" || valid "$scratch/changed.xml" 2>/dev/null; then
    echo "not refused, or nothing changed: $change" >&2
    exit 1
  fi
done
