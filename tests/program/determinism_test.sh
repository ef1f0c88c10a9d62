#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# The same seed, the same bytes: whatever the compiler and its options, the
# locale and the number of workers.
#
# usage: determinism_test.sh record FILE PROGRAM     writes what PROGRAM prints
#        determinism_test.sh compare FILE PROGRAM    fails if PROGRAM prints anything else
# Traces in all formats, hunts, searches, minimized and synthesized schedules, studies.
# ctest records what one build prints and compares it with every other build. A build
# that prints nothing fails, too.
set -euo pipefail

# Everything a build says that depends on choices, with exit codes. All policies make
# one run each; the two upstream ones and the one that differs most do the rest.
everything() {
  local program=$1 scenario seed format mode strategy bound
  local some=(--policy pre-fix --policy fix --policy connect-owns-lock)
  for scenario in $("$program" list scenarios --names); do
    "$program" run "$scenario" --policy all --seed 209 --format json || echo "exit $?"
    for seed in 0 209 18446744073709551615; do
      for format in text json ftrace schedule; do
        "$program" run "$scenario" "${some[@]}" --seed "$seed" --format "$format" &&
          echo "exit 0" || echo "exit $?"
      done
      for strategy in uniform pos round-robin preemption-bounded; do
        "$program" run "$scenario" --strategy "$strategy" --seed "$seed" --verbose ||
          echo "exit $?"
      done
    done
    # Virtual time: floating point, and the times are printed.
    "$program" run "$scenario" --policy all --seed 209 --strategy timed --format json ||
      echo "exit $?"
    for format in text ftrace; do
      "$program" run "$scenario" "${some[@]}" --strategy timed --seed 18446744073709551615 \
        --format "$format" || echo "exit $?"
    done
    for mode in pct timed; do
      "$program" hunt "$scenario" "${some[@]}" --strategy "$mode" --seeds 1..500 --all \
        --format json --reproducible || echo "exit $?"
    done
    # Small ones to their end, larger ones to the same bound.
    for format in text json; do
      "$program" explore "$scenario" "${some[@]}" --max-states 5000 --reproducible \
        --format "$format" && echo "exit 0" || echo "exit $?"
    done
    for mode in '--reduction symmetry' '--reduction all' --verdict-only; do
      # shellcheck disable=SC2086
      "$program" explore "$scenario" "${some[@]}" --max-states 5000 --reproducible --jobs 3 \
        $mode || echo "exit $?"
    done
    "$program" synthesize "$scenario" --policy pre-fix --max-states 10000 --reproducible \
      --format json --jobs 2 && echo "exit 0" || echo "exit $?"
  done
  # Latencies and what is made of them: results, tables, pictures.
  local study
  study=$(mktemp -d)
  for format in text json; do
    "$program" hunt root-cause "${some[@]}" --seeds 1..500 --strategy timed --strategy uniform \
      --format jsonl | "$program" stats - --format "$format" || echo "exit $?"
  done
  for mode in curve map; do
    local more=()
    if [[ $mode == map ]]; then more=(--vary "timing.flush.sigma_percent=20,150"); fi
    "$program" study root-cause "${some[@]}" --vary timing.softirq.mean=3us,2ms "${more[@]}" \
      --seeds 200 --output "$study/$mode" || echo "exit $?"
    (cd "$study/$mode" && tail -n +1 -- *.json *.csv *.svg cells/*)
  done
  rm -rf -- "$study"
  # One that is explored, compared and repaired to the end.
  "$program" explore upstream-report "${some[@]}" --reproducible || echo "exit $?"
  "$program" hunt upstream-report --strategy interleavings "${some[@]}" --seeds 1..500 --all \
    --format json --reproducible || echo "exit $?"
  "$program" compare upstream-report --format json --reproducible || echo "exit $?"
  "$program" synthesize upstream-report --reproducible || echo "exit $?"
  local token=t1-16.link.t1-13.nic.irq.rec-5.irq.rec-2.con-2.cm.con-2.nic.irq.con-4.link.cm.rep.t1-14
  for bound in 1000 100000; do
    "$program" minimize upstream-report --schedule "1:02bed13d:$token.rec-6" \
      --max-states "$bound" || echo "exit $?"
  done
}

usage() {
  echo 'usage: determinism_test.sh record|compare FILE PROGRAM' >&2
  exit 2
}

(($# == 3)) || usage
mode=$1 file=$2 program=$3
case $mode in
  record)
    everything "$program" >"$file"
    size=$(wc -c <"$file")
    if ((size < 1000000)); then
      echo "only $size bytes printed: there is nothing to compare" >&2
      exit 1
    fi
    echo "$size bytes of $program"
    ;;
  compare)
    printed=$(mktemp)
    trap 'rm -f -- "$printed"' EXIT
    everything "$program" >"$printed"
    if ! cmp -- "$file" "$printed"; then
      diff --text -- "$file" "$printed" | head -n 20 | cut -c 1-500 || true
      echo "differs: $program" >&2
      exit 1
    fi
    ;;
  *) usage ;;
esac
