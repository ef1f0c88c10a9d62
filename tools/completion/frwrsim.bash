# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# Completion for bash. Names come from the program itself, so that scenarios and
# policies of one's own complete as well.

_frwrsim_names() {
  frwrsim list "$1" --names 2>/dev/null
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
        explore | synthesize | stats | step | diff | explain) words='text json' ;;
        compare) words='text markdown json' ;;
        *) words='text json ftrace schedule' ;;
      esac
      ;;
    --as) words='sequence-svg mermaid dot perfetto text' ;;
    --only) words='mr=1 lanes=t1,rec,nic,irq' ;;
    --part) words='whole reduced near:4' ;;
    --invariant) words=$(_frwrsim_names invariants) ;;
    --reduction) words='none symmetry partial-order all' ;;
    --count-preemptions) words='auto always never' ;;
    --pairs) words='never auto always' ;;
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
      --shard | --checkpoint-every)
      return
      ;;
  esac
  if [[ -z $words ]]; then
    if ((COMP_CWORD == 1)); then
      words='list validate run replay minimize hunt stats study explore compare check synthesize
        explain diff render step teach sweep merge doctor --help --version'
    elif [[ $current == -* ]]; then
      case $command in
        list) words='--names --about --help' ;;
        run) words='--policy --strategy --depth --preemptions --seed --max-steps --verbose --format --output --help' ;;
        replay) words='--schedule --by-name --policy --verbose --format --output --help' ;;
        minimize)
          words='--schedule --policy --verbose --format --output --max-states --max-memory
            --time-limit --help'
          ;;
        hunt)
          words='--seeds --policy --strategy --depth --preemptions --max-steps --jobs --all
            --reproducible --format --output --checkpoint --checkpoint-every --help'
          ;;
        explore)
          words='--policy --jobs --format --output --max-states --max-memory --time-limit
            --invariant --reduction --count-preemptions --verdict-only --reproducible
            --certificate --against --checkpoint --checkpoint-every --help'
          ;;
        compare)
          words='--policy --jobs --format --output --max-states --max-memory --time-limit
            --reproducible --help'
          ;;
        check)
          words='--jobs --max-states --max-memory --time-limit --junit --markdown --json --update
            --help'
          ;;
        synthesize)
          words='--policy --jobs --format --output --max-states --max-memory --time-limit
            --pairs --reproducible --help'
          ;;
        study) words='--vary --policy --seeds --max-steps --jobs --output --help' ;;
        stats) words='--format --output --help' ;;
        explain)
          words='--schedule --policy --format --output --max-states --max-memory --time-limit
            --help'
          ;;
        diff)
          words='--schedule --policy --verbose --format --output --max-states --max-memory
            --time-limit --help'
          ;;
        render)
          words='--schedule --policy --as --only --verbose --around --max-nodes --output
            --max-states --max-memory --time-limit --help'
          ;;
        sweep) words='--shard --jobs --output --help' ;;
        merge) words='--output --help' ;;
        doctor) words='--help' ;;
        step) words='--schedule --policy --format --max-states --max-memory --time-limit --help' ;;
        teach)
          words='--policy --output --part --max-size --jobs --max-states --max-memory --time-limit
            --help'
          ;;
      esac
    else
      case $command in
        list) words='scenarios policies invariants strategies latencies guards' ;;
        run | hunt | explore | compare | check | synthesize | study | replay | minimize | validate | \
          explain | diff | render | step | teach)
          mapfile -t COMPREPLY < <(
            compgen -W "$(_frwrsim_names scenarios)" -- "$current"
            compgen -f -X '!*.json' -- "$current"
            if [[ $command == check ]]; then compgen -d -- "$current"; fi
          )
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
