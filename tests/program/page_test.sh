#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# The page in a real browser: tests/tools/page, with the packages its lock file names. Exit code
# 77: Chromium, node, or the packages cannot be had here.
#
# usage: page_test.sh PROGRAM SOURCE_DIR
set -euo pipefail

program=$1 source=$2
export CHROMIUM=${CHROMIUM:-/usr/bin/chromium}
[[ -x $CHROMIUM ]] || { echo "skipped: no browser at $CHROMIUM"; exit 77; }
for tool in node npm cmake; do
  command -v "$tool" >/dev/null || { echo "skipped: $tool is not installed"; exit 77; }
done
cd -- "$source/tests/tools/page"
# Installed once; anew where the lock file is newer.
if [[ ! node_modules/.package-lock.json -nt package-lock.json ]]; then
  npm ci --no-audit --no-fund --loglevel=error ||
    { echo 'skipped: npm could not install what package-lock.json names'; exit 77; }
fi
FRWRSIM_PROGRAM=$program FRWRSIM_SCENARIOS=$source/scenarios \
  exec node --test --test-reporter=spec ./*.test.mjs
