#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# So many runs of a fuzz target from a fixed seed: the same ones every time. What it
# keeps goes to a directory that is emptied first, never into the corpus.
#
# usage: short_run.sh TARGET RUNS KEPT_DIR CORPUS... [-OPTION]...
set -euo pipefail

target=$1 runs=$2 kept=$3
shift 3
rm -rf -- "$kept"
mkdir -p -- "$kept"
cd -- "$kept"
exec "$target" "-runs=$runs" -seed=1 -max_len=8192 -timeout=60 -print_final_stats=1 "$kept" "$@"
