#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# The bug and its fix in one minute.
#
# One seed under the policy that had the bug: a double DMA unmap. The same seed
# under the upstream fix: nothing. Then the failing run once more, from the
# replay command it printed: the same failure, by its fingerprint. Last, every
# interleaving under the fix, none of which violates anything. Succeeds only if it
# went exactly like that.
set -euo pipefail

# A seed that fails under the policy "pre-fix". Others are found with the
# command in `hunt`.
SEED=209
hunt='frwrsim hunt upstream-report --policy pre-fix --seeds 1..2000'
bug='double DMA unmap'

case "${1:-}" in
  '') ;;
  -h | --help)
    printf 'usage: tools/demo.sh\n\nShows the bug, the fix, and a replay. Builds the program if need be.\n'
    exit 0
    ;;
  *)
    echo 'usage: tools/demo.sh' >&2
    exit 2
    ;;
esac

root=$(dirname -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")")
cd -- "$root"
program=$root/build/release/tools/frwrsim
# The scenario is that of this tree, not that of the caller's environment.
unset FRWRSIM_SCENARIOS

differs() {
  printf '\ndemo.sh: FAILED: %s\n' "$*"
  exit 1
}

build() {
  tools/install-deps.sh build &&
    cmake --preset release &&
    cmake --build --preset release --parallel "$(nproc)" --target frwrsim
}

# Runs the program with the arguments given, shows the command and what it
# printed; leaves that in `output`, its exit code in `status`, and its
# fingerprint line in `fingerprint`.
show() {
  printf '$ frwrsim %s\n' "$*"
  status=0
  output=$("$program" "$@" 2>&1) || status=$?
  printf '%s\n(exit code %d)\n' "$output" "$status"
  fingerprint=$(grep -m 1 '^fingerprint' <<<"$output" || true)
}

expect_violation() {
  ((status == 1)) || differs "$1: exit code $status instead of 1"
  [[ $output == *"$bug"* ]] || differs "$1: no \"$bug\" in what it printed"
  [[ -n $fingerprint ]] || differs "$1: no fingerprint line in what it printed"
}

echo '== Building'
if ! log=$(build 2>&1); then
  printf '%s\n' "$log"
  differs 'the build'
fi

printf '\n== 1. Before the fix: a failed marshal unmaps what it has registered\n'
show run upstream-report --policy pre-fix --seed "$SEED"
expect_violation 'the run before the fix'
failing_fingerprint=$fingerprint
replay=$(grep -m 1 -oE \
  'frwrsim replay upstream-report --policy [A-Za-z0-9_-]+ --schedule [^[:space:]]+' \
  <<<"$output") || differs 'the run before the fix printed no replay command'

printf '\n== 2. The same seed under the fix\n'
show run upstream-report --policy fix --seed "$SEED"
((status == 0)) || differs "the run under the fix: exit code $status instead of 0"
[[ $output != *"$bug"* ]] || differs "the run under the fix printed \"$bug\""

printf '\n== 3. The failing run again, choice by choice\n'
read -ra words <<<"$replay"
show "${words[@]:1}"
expect_violation 'the replay'
[[ $fingerprint == "$failing_fingerprint" ]] ||
  differs "the replay: \"$fingerprint\" instead of \"$failing_fingerprint\""

printf '\n== 4. Every interleaving under the fix\n'
show explore upstream-report --policy fix
((status == 0)) || differs "the exhaustive search under the fix: exit code $status instead of 0"
[[ $output == *'exhausted: every interleaving was covered, none violates'* ]] ||
  differs 'the exhaustive search under the fix did not end with "exhausted"'

cat <<END

== The bug, its fix, a replay with the same fingerprint, and every interleaving seen
To find other seeds that fail:
  $hunt
To replay the failure:
  $replay
To see every interleaving before the fix:
  frwrsim explore upstream-report --policy pre-fix
(frwrsim is build/release/tools/frwrsim)
END
