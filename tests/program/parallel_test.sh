#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# A sweep by GNU Parallel is the sweep of one machine. Exit code 77: not installed.
#
# usage: parallel_test.sh PROGRAM SOURCE_DIR
set -euo pipefail

program=$1 source=$2
command -v parallel >/dev/null || { echo 'skipped: GNU Parallel is not installed'; exit 77; }
scratch=$(mktemp -d)
trap 'rm -rf -- "$scratch"' EXIT
spec=$source/tools/cluster/pool-and-segments.json

"$program" sweep "$spec" --output "$scratch/one" >/dev/null
"$program" merge "$scratch/one" --output "$scratch/one.json"
FRWRSIM=$program "$source/tools/cluster/sweep-parallel.sh" 5 "$spec" "$scratch/many" -j 2 \
  >/dev/null
cmp "$scratch/one.json" "$scratch/many/results.json"
echo 'GNU Parallel: 5 shards, the same bytes as from one machine'
