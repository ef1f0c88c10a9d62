#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# Finds what can be found wrong without running the program.
#
# Layout (clang-format), likely mistakes (clang-tidy, on each file that the release
# build compiles, by itself; the tests are left out for time), the scripts (shellcheck,
# if it is installed), and what check_style.py finds. All checks are made, whatever
# the first ones find; fails if any of them found something.
set -euo pipefail

case "${1:-}" in
  '') ;;
  -h | --help)
    printf 'usage: tools/dev/lint.sh\n\nChecks format, likely mistakes, scripts and style.\n'
    exit 0
    ;;
  *)
    echo 'usage: tools/dev/lint.sh' >&2
    exit 2
    ;;
esac

root=$(readlink -f -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/../..")
cd -- "$root"
tools/install-deps.sh full
jobs=$(nproc)

failed=()
check() {
  local name=$1
  shift
  printf -- '-- %s\n' "$name"
  "$@" || failed+=("$name")
}

layout() {
  find sim model tests tools \( -name '*.h' -o -name '*.cpp' \) -print0 |
    xargs -0 --no-run-if-empty clang-format --dry-run -Werror
}

scripts() {
  if ! command -v shellcheck >/dev/null; then
    echo 'skipped: shellcheck is not installed'
    return 0
  fi
  find tools .ci -type f \( -name '*.sh' -o -path .ci/run \) -print0 | xargs -0 shellcheck
}

# The files the release build compiles, tests excepted; NUL-separated.
compiled_files() {
  python3 - <<'END'
import json, os
for entry in json.load(open("build/lint/compile_commands.json")):
    file = os.path.relpath(os.path.join(entry["directory"], entry["file"]))
    if file.split(os.sep)[0] in ("sim", "model", "tools"):
        print(file, end="\0")
END
}

# One line per file, what was found below it; the count of suppressed warnings
# of the libraries' headers is left out. The commands are for g++, with options that clang lacks.
tidy_one() {
  local found status=0
  found=$(clang-tidy --quiet -p build/lint --extra-arg=-Wno-unknown-warning-option \
    --extra-arg=-Wno-unused-command-line-argument "$1" 2>&1) || status=$?
  found=$(grep -vE '^[0-9]+ warnings?( and [0-9]+ errors?)? generated\.$' <<<"$found" || true)
  printf '%s\n' "$1${found:+$'\n'$found}"
  return "$status"
}
export -f tidy_one

mistakes() {
  cmake --preset release -B build/lint -DFRWRSIM_UNITY=OFF -DBUILD_TESTING=OFF >/dev/null || return 1
  # shellcheck disable=SC2016 # $1 is for the inner shell
  compiled_files | sort -zu |
    xargs -0 --no-run-if-empty -n 1 -P "$jobs" bash -c 'tidy_one "$1"' tidy_one
}

check 'style' python3 tools/dev/check_style.py .
check 'clang-format' layout
check 'shellcheck' scripts
check 'clang-tidy' mistakes

if ((${#failed[@]})); then
  printf 'lint: FAILED:'
  printf ' %s;' "${failed[@]}"
  printf '\n'
  exit 1
fi
echo 'lint: nothing found'
