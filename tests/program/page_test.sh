#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# One file of tests of the page, most in a real browser, with the packages that the lock file in
# tests/tools/page names. Exit code 77: Chromium, node, or the packages cannot be had here.
#
# usage: page_test.sh PROGRAM SOURCE_DIR FILE
set -euo pipefail

program=$1 source=$2 file=$3
export CHROMIUM=${CHROMIUM:-/usr/bin/chromium}
[[ -x $CHROMIUM ]] || { echo "skipped: no browser at $CHROMIUM"; exit 77; }
for tool in node npm cmake flock; do
  command -v "$tool" >/dev/null || { echo "skipped: $tool is not installed"; exit 77; }
done
cd -- "$source/tests/tools/page"
# Installed once, by the first of several that run at a time; anew where the lock file is newer.
exec {lock}<package-lock.json
flock "$lock"
if [[ ! node_modules/.package-lock.json -nt package-lock.json ]]; then
  npm ci --no-audit --no-fund --loglevel=error ||
    { echo 'skipped: npm could not install what package-lock.json names'; exit 77; }
fi
exec {lock}<&-
FRWRSIM_PROGRAM=$program FRWRSIM_SCENARIOS=$source/scenarios \
  exec node --test --test-reporter=spec "$file"
