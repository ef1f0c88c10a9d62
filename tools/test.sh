#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# The test: what it says decides whether a change is good.
#
# Installs what is missing, builds and runs the tests of the release build. A
# seed must give the same trace whatever the compiler and its options, so the
# program is built three ways (g++ optimised, g++ with assertions and less
# optimised, clang++) and tests compare what the three print. Each step must
# succeed for the next to begin; the last line says how it ended.
set -euo pipefail

usage() {
  cat <<'END'
usage: tools/test.sh [--full]

Installs what is missing, builds, and runs the tests.
  --full   also the long tests, the sanitizers, SPIN, coverage and static analysis
  --help   this text
Exit code: 0 all passed, 2 bad usage, anything else a failure.
END
}

full=no
for argument in "$@"; do
  case "$argument" in
    --full) full=yes ;;
    -h | --help)
      usage
      exit 0
      ;;
    *)
      usage >&2
      exit 2
      ;;
  esac
done

root=$(dirname -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")")
cd -- "$root"
# The tests are of this tree's scenarios, whatever the caller works with.
unset FRWRSIM_SCENARIOS
jobs=$(nproc)
tier=quick
[[ $full == no ]] || tier=full

current='start'
step() {
  current=$*
  printf '\n== %s\n' "$current"
}

finish() {
  local status=$?
  if ((status == 0)); then
    printf '\ntest.sh: PASSED (%s tier, %d s)\n' "$tier" "$SECONDS"
  else
    printf '\ntest.sh: FAILED (%s tier, %d s) in step: %s\n' "$tier" "$SECONDS" "$current"
  fi
  exit "$status"
}
trap finish EXIT

configure() { cmake --preset "$@"; }
build() { cmake --build --preset "$1" --parallel "$jobs" "${@:2}"; }
run_tests() { ctest --preset "$1" --parallel "$jobs"; }

step 'packages'
if [[ $full == yes ]]; then
  tools/install-deps.sh full
else
  tools/install-deps.sh test
fi

others=()
for preset in assertions clang; do
  step "the program, $preset"
  configure "$preset"
  build "$preset" --target frwrsim
  others+=("$root/build/$preset/tools/frwrsim")
done

step 'release build'
configure release -DFRWRSIM_OTHER_BUILDS:STRING="$(IFS=';' && printf '%s' "${others[*]}")"
build release

if [[ $full == no ]]; then
  step 'tests'
  run_tests release
  exit 0
fi

step 'tests, the long ones too'
run_tests release-full

step 'sanitizers and fuzz targets'
tools/dev/sanitize.sh --all

step 'the same states, counted by SPIN'
tools/install-deps.sh bench
build release --target fib_explore
tools/bench/peers/run_peers.py --check-only --only small --only medium --only unguarded \
  --only faults --only fib --fib-program build/release/tools/fib_explore

step 'coverage'
tools/dev/coverage.sh

step 'static analysis'
tools/dev/lint.sh
