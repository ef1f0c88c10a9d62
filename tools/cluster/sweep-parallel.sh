#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# A sweep by GNU Parallel, on this machine or, with its --sshlogin, on several:
#
#     tools/cluster/sweep-parallel.sh 8 sweep.json sweep-output
#     tools/cluster/sweep-parallel.sh 8 sweep.json /shared/sweep --sshlogin node1,node2
#
# Arguments after the first three are passed to Parallel. Started again, after any kind
# of end, it continues after the last finished cell of each shard. Merges when all are
# done.
set -euo pipefail

if (($# < 3)); then
  echo 'usage: sweep-parallel.sh SHARDS SPEC OUTPUT [OPTIONS OF GNU PARALLEL]' >&2
  exit 2
fi
shards=$1 spec=$2 output=$3
shift 3
program=${FRWRSIM:-frwrsim}
mkdir -p -- "$output"
seq "$shards" | parallel --will-cite --halt soon,fail=1 "$@" \
  "$program" sweep "$spec" --shard "{}/$shards" --jobs 1 --output "$output/shard-{}"
mapfile -t directories < <(seq -f "$output/shard-%g" "$shards")
"$program" merge "${directories[@]}" --output "$output/results.json"
