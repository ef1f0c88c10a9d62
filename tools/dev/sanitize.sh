#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# What only shows under sanitizers: three builds, and in each the tests it is for.
#
# Address and undefined behaviour: the tests of what comes from outside and goes there,
# ctest's label "sanitized"; the whole quick tier takes too long for every change.
# Threads: what runs in several, label "threads"; strands share one thread and are of no
# interest to that sanitizer. Fuzz targets: a fixed number of runs from a fixed seed, so
# that a change either fails or does not; tools/dev/fuzz.sh looks for more.
set -euo pipefail

usage() {
  cat <<'END'
usage: tools/dev/sanitize.sh [--all]

Builds and runs tests under sanitizers, and the fuzz targets.
  --all    the whole quick tier under the address sanitizer, not only what is labelled
  --help   this text
Exit code: 0 all passed, 2 bad usage, anything else a failure.
END
}

all=no
case "${1:-}" in
  '') ;;
  --all) all=yes ;;
  -h | --help)
    usage
    exit 0
    ;;
  *)
    usage >&2
    exit 2
    ;;
esac

cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/../.."
unset FRWRSIM_SCENARIOS
tools/install-deps.sh test
jobs=$(nproc)

# PRESET, then what else cmake --build and ctest are to be told, with -- between.
tested() {
  local preset=$1 build=()
  shift
  printf '\n== %s\n' "$preset"
  while [[ $1 != -- ]]; do
    build+=("$1")
    shift
  done
  shift
  cmake --preset "$preset"
  cmake --build --preset "$preset" --parallel "$jobs" "${build[@]}"
  ctest --preset "$preset" --parallel "$jobs" "$@"
}

if [[ $all == yes ]]; then
  tested asan-ubsan --
else
  tested asan-ubsan --target sanitized_tests -- --label-regex '^sanitized$'
fi
tested tsan --
tested fuzz --
printf '\nsanitize.sh: PASSED (%d s)\n' "$SECONDS"
