#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# The completion offers what the program has, and every word it offers the
# program accepts.
#
# usage: completion_test.sh PROGRAM COMPLETION
set -euo pipefail

program=$1
PATH=$(dirname -- "$program"):$PATH
unset FRWRSIM_SCENARIOS
# shellcheck source=/dev/null
source "$2"

status=0
complete_words() {
  COMP_WORDS=("$@")
  COMP_CWORD=$(($# - 1))
  COMPREPLY=()
  set +e  # as in the shells it is made for: that a list has no match ends nothing
  _frwrsim
  set -e
}

# expect WORD among the completions of the words that follow
expect() {
  local wanted=$1
  shift
  complete_words "$@"
  if [[ " ${COMPREPLY[*]} " != *" $wanted "* ]]; then
    echo "completing '$*': '$wanted' is not among: ${COMPREPLY[*]}" >&2
    status=1
  fi
}

expect hunt frwrsim hu
expect upstream-report frwrsim run up
expect leave-registered frwrsim run upstream-report --policy le
expect pre-fix frwrsim hunt upstream-report -p pre
expect uniform frwrsim run upstream-report --strategy u
expect --preemptions frwrsim hunt --pre
expect timed frwrsim run upstream-report --strategy t
expect ftrace frwrsim run upstream-report --format f
expect guards frwrsim list gu
expect latencies frwrsim list la
expect --seeds frwrsim hunt --se
expect explore frwrsim ex
expect two-rpcs frwrsim explore tw
expect json frwrsim explore two-rpcs --format j
expect minimize frwrsim mi
expect upstream-report frwrsim minimize up
expect schedule frwrsim minimize bug.json --format s
expect compare frwrsim co
expect find frwrsim fi
expect no-loss frwrsim find no
expect --never frwrsim explore no-loss --ne
expect --where frwrsim find no-loss --wh
expect no-loss frwrsim compare two-rpcs no
expect markdown frwrsim compare --format m
expect all frwrsim explore two-rpcs --policy al
expect rpc-finishes frwrsim explore two-rpcs --invariant rpc
expect partial-order frwrsim explore two-rpcs --reduction p
expect never frwrsim explore two-rpcs --count-preemptions n
expect check frwrsim che
expect no-loss frwrsim check no
expect --update frwrsim check --u
expect synthesize frwrsim sy
expect upstream-report frwrsim synthesize up
expect always frwrsim synthesize upstream-report --pairs al
expect explain-bounds frwrsim explain-
expect no-loss frwrsim explain-bounds no
expect no-loss frwrsim new mine --from no
expect --force frwrsim new --f
expect study frwrsim stu
expect --only frwrsim render --on
expect lanes=t1,rec,nic,irq frwrsim render upstream-report --only l
expect stats frwrsim sta
expect upstream-report frwrsim study up
expect pre-fix frwrsim study upstream-report --policy pre
expect --vary frwrsim study upstream-report --va
expect json frwrsim stats --format j

# Files for stats, directories for study.
scratch=$(mktemp -d)
trap 'rm -rf -- "$scratch"' EXIT
mkdir "$scratch/results"
"$program" hunt no-loss --seeds 1..2 --format jsonl --output "$scratch/results.jsonl"
expect "$scratch/results.jsonl" frwrsim stats "$scratch/re"
expect "$scratch/results" frwrsim check "$scratch/re"
expect "$scratch/results" frwrsim study upstream-report --output "$scratch/re"
complete_words frwrsim study upstream-report --output "$scratch/results."
if ((${#COMPREPLY[@]} != 0)); then
  echo "offered for a directory: ${COMPREPLY[*]}" >&2
  status=1
fi
complete_words frwrsim explore two-rpcs --format f
if ((${#COMPREPLY[@]} != 0)); then
  echo "explore is offered formats it does not have: ${COMPREPLY[*]}" >&2
  status=1
fi
complete_words frwrsim explore two-rpcs --max-memory ''
if ((${#COMPREPLY[@]} != 0)); then
  echo "offered for a size: ${COMPREPLY[*]}" >&2
  status=1
fi
# Every word offered for these is accepted.
complete_words frwrsim explore no-loss --reduction ''
for word in "${COMPREPLY[@]}"; do
  "$program" explore no-loss --reduction "$word" >/dev/null || {
    echo "--reduction $word is offered but refused" >&2
    status=1
  }
done
complete_words frwrsim explore no-loss --count-preemptions ''
for word in "${COMPREPLY[@]}"; do
  "$program" explore no-loss --count-preemptions "$word" >/dev/null || {
    echo "--count-preemptions $word is offered but refused" >&2
    status=1
  }
done
complete_words frwrsim synthesize no-loss --pairs ''
for word in "${COMPREPLY[@]}"; do
  "$program" synthesize no-loss --pairs "$word" >/dev/null || {
    echo "--pairs $word is offered but refused" >&2
    status=1
  }
done

complete_words frwrsim stats results.jsonl --format ''
for word in "${COMPREPLY[@]}"; do
  "$program" stats "$scratch/results.jsonl" --format "$word" >/dev/null || {
    echo "--format $word is offered but refused" >&2
    status=1
  }
done

complete_words frwrsim render upstream-report --only ''
for word in "${COMPREPLY[@]}"; do
  "$program" render upstream-report --only "$word" >/dev/null || {
    echo "--only $word is offered but refused" >&2
    status=1
  }
done

# Every option it offers is one the command's help names.
for command in list new run replay minimize hunt explore explain-bounds compare check synthesize study stats render; do
  complete_words frwrsim "$command" --
  help=$("$program" "$command" --help)
  if ((${#COMPREPLY[@]} < 2)); then
    echo "no options offered for $command" >&2
    status=1
  fi
  for option in "${COMPREPLY[@]}"; do
    if [[ $help != *"$option"* ]]; then
      echo "$command: $option is offered but not in --help" >&2
      status=1
    fi
  done
  # And the other way round.
  while read -r option; do
    if [[ " ${COMPREPLY[*]} " != *" $option "* ]]; then
      echo "$command: $option is in --help but not offered" >&2
      status=1
    fi
  done < <(grep -oE '^ +(-[a-z],)?--[a-z-]+' <<<"$help" | grep -oE -- '--[a-z-]+')
done
exit "$status"
