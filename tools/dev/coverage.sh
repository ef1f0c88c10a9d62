#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# Which lines of sim/ and model/ the quick tests reach; fails below 90 %.
#
# In a build directory of its own, unoptimised, because optimised code has lost
# some of its lines. Counters of an earlier run are removed first: gcov adds up.
set -euo pipefail

minimum=90

case "${1:-}" in
  '') ;;
  -h | --help)
    printf 'usage: tools/dev/coverage.sh\n\nLine coverage of sim/ and model/; fails below %d %%.\n' "$minimum"
    exit 0
    ;;
  *)
    echo 'usage: tools/dev/coverage.sh' >&2
    exit 2
    ;;
esac

root=$(readlink -f -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/../..")
cd -- "$root"
tools/install-deps.sh full
jobs=$(nproc)
dir=build/coverage

cmake -S . -B "$dir" -G Ninja -DCMAKE_BUILD_TYPE=Debug -DCMAKE_CXX_COMPILER=g++ \
  -DCMAKE_CXX_FLAGS='--coverage -O0 -fprofile-update=atomic'
cmake --build "$dir" --parallel "$jobs"
find "$dir" -name '*.gcda' -delete
# One test limits the size of files a program may write, which the coverage
# runtime's own files exceed; it says nothing about coverage.
ctest --test-dir "$dir" --parallel "$jobs" --output-on-failure --no-tests=error --timeout 600 \
  --label-exclude '^full$' --exclude-regex 'untouched on failure'

gcovr --root . --filter 'sim/' --filter 'model/' --gcov-executable gcov -j "$jobs" \
  --print-summary --fail-under-line "$minimum" "$dir"
