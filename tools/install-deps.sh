#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# Sees to it that the Debian packages are there: the only list of them.
#
# What is installed is asked of dpkg, so that nothing is downloaded, and nothing
# said, when nothing is missing. What is missing is installed if we may (root,
# or sudo without a password); otherwise the command to type is printed.
#
# The tiers build on each other: test contains build, full contains test and package;
# bench is build, the benchmark library and SPIN.
set -euo pipefail

usage() {
  cat <<'END'
usage: tools/install-deps.sh [build | test | full | bench | package]

Installs the Debian packages that are missing for
  build  building the program and its tests (default)
  test   running the tests
  full   tools/test.sh --full: coverage and static analysis too
  bench  building the benchmarks, and SPIN to compare with
  package  making the .deb, manual pages in it
Exit code: 0 all there, 1 something is missing and could not be installed, 2 bad usage.
END
}

build=(g++ cmake ninja-build libboost-dev nlohmann-json3-dev libcli11-dev libxxhash-dev libedit-dev catch2)
test=("${build[@]}" clang libclang-rt-14-dev python3 python3-jsonschema python3-yaml libxml2-utils chromium parallel)
# The page's tests; node may be there from elsewhere, and with npm in it.
command -v node >/dev/null || test+=(nodejs)
command -v npm >/dev/null || test+=(npm)
package=("${build[@]}" lowdown dpkg-dev file lintian)
full=("${test[@]}" "${package[@]}" clang-format clang-tidy gcovr
  slurm-wlm munge firefox-esr)
bench=("${build[@]}" libbenchmark-dev spin)

case "${1:-build}" in
  build) wanted=("${build[@]}") ;;
  test) wanted=("${test[@]}") ;;
  full) wanted=("${full[@]}") ;;
  bench) wanted=("${bench[@]}") ;;
  package) wanted=("${package[@]}") ;;
  -h | --help)
    usage
    exit 0
    ;;
  *)
    usage >&2
    exit 2
    ;;
esac
if (($# > 1)); then
  usage >&2
  exit 2
fi

say() { printf 'install-deps: %s\n' "$*" >&2; }

if ! command -v dpkg-query >/dev/null; then
  say "this is no Debian system, so it cannot tell what is missing; needed are: ${wanted[*]}"
  exit 1
fi

installed() {
  dpkg-query --show --showformat='${db:Status-Status}\n' -- "$1" 2>/dev/null | grep -qx installed
}

find_missing() {
  missing=()
  local package
  for package in "${wanted[@]}"; do
    installed "$package" || missing+=("$package")
  done
}

find_missing
((${#missing[@]})) || exit 0

if (($(id -u) == 0)); then
  as_root=(env)
elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
  as_root=(sudo -n env)
else
  say "missing: ${missing[*]}"
  say "install with: sudo apt-get update && sudo apt-get install --no-install-recommends ${missing[*]}"
  exit 1
fi

log=$(mktemp)
trap 'rm -f -- "$log"' EXIT

# dpkg wants sbin, which a user's PATH may lack.
apt() {
  "${as_root[@]}" DEBIAN_FRONTEND=noninteractive PATH="$PATH:/usr/sbin:/sbin" \
    apt-get -q -o DPkg::Lock::Timeout=300 "$@" </dev/null >>"$log" 2>&1
}

# A failing update is not the end: the lists that are there may do.
updated=yes
apt update || updated=no
if ! apt install -y --no-install-recommends "${missing[@]}"; then
  cat -- "$log" >&2
  say "could not install: ${missing[*]}"
  [[ $updated == yes ]] || say "apt-get update had failed before, see above"
  exit 1
fi

find_missing
if ((${#missing[@]})); then
  cat -- "$log" >&2
  say "still missing: ${missing[*]}"
  exit 1
fi
