# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# Completion for bash. Names come from the program itself, so that scenarios and
# policies of one's own complete as well; so do commands and options.

_frwrsim_names() {
  frwrsim list "$1" --names 2>/dev/null
}

# What --help lists, so that a command or an option completes as soon as it is there.
_frwrsim_commands() {
  frwrsim help 2>/dev/null | grep -oE '^  [a-z][a-z_-]* '
}

_frwrsim_options() {
  frwrsim help "$1" 2>/dev/null | grep -oE '^  (-[a-z],)?--[a-z-]+' | grep -oE -- '--[a-z-]+'
}

_frwrsim() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
  local command=${COMP_WORDS[1]:-} words=''
  COMPREPLY=()
  case $previous in
    -p | --policy) words="all pre-fix fix $(_frwrsim_names policies)" ;;
    -s | --strategy) words="all $(_frwrsim_names strategies)" ;;
    --format)
      case $command in
        hunt) words='text json jsonl' ;;
        explore | explain-bounds | find | synthesize | stats | step | diff | explain | triage) words='text json' ;;
        compare) words='text markdown json' ;;
        check) words='text json junit markdown' ;;
        render) words='sequence-svg mermaid dot perfetto text' ;;
        audit) words='text json junit' ;;
        *) words='text json ftrace schedule' ;;
      esac
      ;;
    --as) words='sequence-svg mermaid dot perfetto text' ;;
    --only) words='mr=1 lanes=t1,rec,nic,irq' ;;
    --part) words='whole reduced near:4' ;;
    --invariant) words=$(_frwrsim_names invariants) ;;
    --reduction) words='none symmetry partial-order all' ;;
    --count-preemptions | --color) words='auto always never' ;;
    --pairs) words='never auto always' ;;
    --from) words=$(_frwrsim_names scenarios) ;;
    -o | --output)
      local kind=-f
      if [[ $command == study || $command == sweep ]]; then kind=-d; fi
      mapfile -t COMPREPLY < <(compgen "$kind" -- "$current")
      return
      ;;
    --certificate | --against | --checkpoint | --junit | --markdown | --json)
      mapfile -t COMPREPLY < <(compgen -f -- "$current")
      return
      ;;
    --seed | --seeds | --vary | --depth | --preemptions | --max-steps | --jobs | -j | --schedule | \
      --max-states | --max-memory | --time-limit | --max-size | --max-nodes | --around | \
      --shard | --checkpoint-every | --kernel | --never | --where | --before | --other-than)
      return
      ;;
  esac
  if [[ -z $words ]]; then
    if ((COMP_CWORD == 1)); then
      words="$(_frwrsim_commands) --help --version"
    elif [[ $current == -* ]]; then
      words=$(_frwrsim_options "$command")
    else
      case $command in
        help) words=$(_frwrsim_commands) ;;
        list) words='scenarios policies invariants strategies latencies guards' ;;
        run | hunt | explore | explain-bounds | find | compare | check | synthesize | study | replay | \
          minimize | validate | explain | diff | render | step | teach)
          mapfile -t COMPREPLY < <(
            compgen -W "$(_frwrsim_names scenarios)" -- "$current"
            compgen -f -X '!*.json' -- "$current"
            if [[ $command == check ]]; then compgen -d -- "$current"; fi
          )
          return
          ;;
        audit | triage)
          mapfile -t COMPREPLY < <(compgen -f -- "$current")
          return
          ;;
        sweep)
          mapfile -t COMPREPLY < <(compgen -f -X '!*.json' -- "$current"; compgen -d -- "$current")
          return
          ;;
        merge)
          mapfile -t COMPREPLY < <(compgen -d -- "$current")
          return
          ;;
        stats)
          mapfile -t COMPREPLY < <(
            compgen -f -X '!*.jsonl' -- "$current"
            compgen -d -- "$current"
          )
          return
          ;;
      esac
    fi
  fi
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}

complete -o filenames -F _frwrsim frwrsim
