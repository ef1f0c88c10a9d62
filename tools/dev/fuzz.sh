#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# Searches for inputs that break a reader, for as long as the caller says.
#
# One fuzz target after the other, each on from the corpus in the repository and from
# what earlier runs kept in build/fuzz-kept/. What breaks a target is left in that
# directory as crash-... with a line that says so; it belongs into
# tests/fuzz/corpus/<target>/ together with the repair.
set -euo pipefail

usage() {
  cat <<'END'
usage: tools/dev/fuzz.sh SECONDS [TARGET]...

Fuzzes each target (all: see tests/fuzz/*_target.cpp) for so many seconds, on one core.
Exit code: 0 nothing found, 1 something was, 2 bad usage.
END
}

case "${1:-}" in
  -h | --help)
    usage
    exit 0
    ;;
  '' | *[!0-9]*)
    usage >&2
    exit 2
    ;;
esac
seconds=$1
shift

root=$(readlink -f -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/../..")
cd -- "$root"
tools/install-deps.sh test
if (($# == 0)); then
  for source in tests/fuzz/*_target.cpp; do
    name=${source##*/}
    set -- "$@" "${name%_target.cpp}"
  done
fi
cmake --preset fuzz
cmake --build --preset fuzz --parallel "$(nproc)"

found=0
for target in "$@"; do
  kept=build/fuzz-kept/$target
  mkdir -p -- "$kept"
  corpora=("$kept" "tests/fuzz/corpus/$target")
  [[ $target != scenario ]] || corpora+=(scenarios)
  options=("-max_total_time=$seconds" -max_len=8192 -timeout=60 -print_final_stats=1
    "-artifact_prefix=$kept/")
  [[ ! -e tests/fuzz/$target.dict ]] || options+=("-dict=tests/fuzz/$target.dict")
  printf '\n== %s, %d s\n' "$target" "$seconds"
  if ! "build/fuzz/tests/fuzz/fuzz_$target" "${options[@]}" "${corpora[@]}"; then
    printf 'fuzz.sh: %s: something was found, see %s\n' "$target" "$kept"
    found=1
  fi
done
exit "$found"
