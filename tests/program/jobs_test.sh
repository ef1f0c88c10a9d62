#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# Whatever runs in several threads, with one and with four: the same bytes.
#
# Other tests look closer at single commands. This one is small enough for the thread
# sanitizer, which sees what threads did to each other even where nothing came of it.
#
# usage: jobs_test.sh PROGRAM
set -euo pipefail

program=$1
scratch=$(mktemp -d)
trap 'rm -rf -- "$scratch"' EXIT
export TSAN_OPTIONS="exitcode=66 ${TSAN_OPTIONS:-}"

# Runs a command; 0, 1 and 3 are verdicts, anything else is a failure.
verdict() {
  local code=0
  "$@" >"$out" || code=$?
  case $code in
    0 | 1 | 3) ;;
    *)
      printf 'exit code %d: %s\n' "$code" "$*" >&2
      return 1
      ;;
  esac
}

# Standard output, and what is written to a path called OUT.
same() {
  printf '%s\n' "$*"
  local jobs out
  for jobs in 1 4; do
    out=$scratch/stdout-$jobs
    verdict "$program" "${@/#OUT/$scratch/file-$jobs}" --jobs "$jobs"
  done
  cmp "$scratch/stdout-1" "$scratch/stdout-4"
  [[ " $* " != *' OUT '* ]] || diff -r "$scratch/file-1" "$scratch/file-4"
  rm -rf -- "${scratch:?}"/*
}

report=(--policy pre-fix --policy fix --format json --reproducible)
for reduction in none symmetry all; do
  same explore pool-exhaustion "${report[@]}" --reduction "$reduction"
done
same explore flushing-provider-short-pool "${report[@]}" --verdict-only
same explore upstream-report "${report[@]}" --max-states 5000
same compare no-loss pool-exhaustion --format json --reproducible
same synthesize root-cause --policy pre-fix --format json --reproducible
same teach root-cause --output OUT
same hunt upstream-report --seeds 1..1500 --format jsonl --output OUT
same hunt upstream-report --seeds 1..20000 --policy pre-fix --format json --reproducible
same study upstream-report --vary timing.softirq.mean=1us,1ms --seeds 600 --output OUT
echo 'jobs: the same bytes from one thread and from four'
